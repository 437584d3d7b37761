"""A sentence-pair network ready to be probed: the module, the way from a pair to its input, the order of its labels."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from compexp_widgets.data.pairs.dataset import LABELS, TWO_WAY_LABELS, PairDataset, label_set
from compexp_widgets.data.pairs.tokens import Tokens, detokenize
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.pairs.probing import Arguments, LayerCall, LayerProbe, trace
from compexp_widgets.networks.pairs.responses import Responses
from compexp_widgets.networks.pairs.word_index import PADDING, UNKNOWN
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import evaluation_mode, refuse_unready, split_layer
from compexp_widgets.progress import Report, silent

Encode: TypeAlias = "Callable[[list[tuple[Any, Any]]], Arguments]"
"""(premise, hypothesis) of each pair of a batch → the module's arguments."""

Reads: TypeAlias = Literal["tokens", "text"]
"""What `Encode` is given of a sentence: its tokens, or the text as it was written."""


@dataclass(frozen=True)
class PairNetwork:
    """A torch module with what is needed to show it sentence pairs.

    Attributes
    ----------
    name
        What the network is called in titles and files.
    module
        Any module that maps a batch of pairs to logits of shape (B, labels); left in the mode it is in.
    encode
        (premise, hypothesis) of each pair of a batch → the module's arguments, a tuple or a dictionary.
    labels
        What the module's logits stand for, in its own order; `respond` brings them into the order of `answers`.
    vocabulary
        The words it knows, where it has a list of them; part of the fingerprint. See `unknown`.
    reads
        What `encode` is given of each sentence: ``"tokens"``, those of `tokenize` or of the file; ``"text"``, the text
        as it was written, for a network with a tokenizer of its own.
    """

    name: str
    module: nn.Module
    encode: Encode
    labels: tuple[str, ...] = LABELS
    vocabulary: tuple[str, ...] = ()
    reads: Reads = "tokens"

    @staticmethod
    def of(
        module: nn.Module,
        encode: Encode,
        *,
        name: str | None = None,
        labels: Sequence[str] = LABELS,
        vocabulary: Sequence[str] = (),
        reads: Reads = "tokens",
    ) -> PairNetwork:
        """A network of one's own.

        >>> network = PairNetwork.of(module, encode, name="mine", labels=("contradiction", "neutral", "entailment"))
        >>> network.layers()
        {'pooler': 256, 'hidden': 512, 'classifier': 3}
        >>> network.respond(pairs, "hidden").activations.shape
        (10000, 512)

        A network with a tokenizer of its own takes the sentences as they were written:

        >>> def encode(batch):
        ...     premises, hypotheses = zip(*batch)
        ...     return tokenizer(list(premises), list(hypotheses), padding=True, return_tensors="pt")
        >>> network = PairNetwork.of(module, encode, reads="text", labels=("not_entailment", "entailment"))

        Parameters
        ----------
        encode
            See `PairNetwork`; its tensors are brought to the device of the module.
        name
            What it is called; the name of its class when not given.
        labels
            What its logits stand for, in order: the three of `LABELS`, or the two of `TWO_WAY_LABELS`.
        vocabulary, reads
            See `PairNetwork`.

        Raises
        ------
        NetworkError
            When these are not a module, a function and such labels, or the module cannot be probed: a TorchScript
            program, or one without weights yet (lazy layers, the meta device).
        """
        if not isinstance(module, nn.Module):
            raise NetworkError(f"a network is a torch.nn.Module, not {type(module).__name__}: {module!r:.80}")
        refuse_unready(module)
        if not callable(encode):
            raise NetworkError(f"encode is a function from pairs to the module's arguments, not {encode!r:.80}")
        if label_set(labels) is None:
            raise NetworkError(
                f"labels are {', '.join(LABELS)}, or {', '.join(TWO_WAY_LABELS)}, in the order of the network's "
                f"logits, not {labels!r:.100}"
            )
        if reads not in get_args(Reads):
            raise NetworkError(f"encode reads tokens or text, not {reads!r:.60}")
        return PairNetwork(name or type(module).__name__, module, encode, tuple(labels), tuple(vocabulary), reads)

    @property
    def answers(self) -> tuple[str, ...]:
        """Its labels in the order in which `respond` gives their logits: `LABELS` or `TWO_WAY_LABELS`."""
        return label_set(self.labels) or self.labels

    def unknown(self, tokens: Tokens) -> tuple[bool, ...] | None:
        """Which words of a sentence the network has no vector for; None where it has no list of the words it knows.

        A word is known as it is written or in lower case. To the network all unknown words are the same one.

        >>> load_bowman("network.safetensors").unknown(("A", "blorp", "sleeps"))
        (False, True, False)
        """
        if not self.vocabulary or self.reads == "text":
            return None
        return tuple(token.lower() not in self._known and token not in self._known for token in tokens)

    @cached_property
    def _known(self) -> frozenset[str]:
        signs = self.vocabulary[:2] == (UNKNOWN, PADDING)
        return frozenset(self.vocabulary[2:] if signs else self.vocabulary)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every weight, the words it knows, its labels, and what `encode` makes of three fixed pairs."""
        about: list[object] = [self.labels, self.vocabulary]
        if self.reads == "text":  # so that a network that reads tokens is what it was before there were others
            about.append(self.reads)
        digest = hashlib.sha256(json.dumps(about, ensure_ascii=True).encode())
        with undisturbed_random():
            arguments = self.encode(self.as_read(TEST_PAIRS))
        given = arguments.items() if isinstance(arguments, Mapping) else enumerate(arguments)
        for name, tensor in (*self.module.state_dict().items(), *given):
            if not isinstance(tensor, torch.Tensor):  # the extra state of some modules, without a fixed form
                continue
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()

    def layers(self) -> dict[str, int]:
        """The layers that can be probed and how many units each has, in the order in which they answer.

        A layer can be probed when it answers with one vector a pair. One that is called several times in a pass is
        listed as ``encoder:1``, ``encoder:2``. The logits' own layer is among them.

        Raises
        ------
        NetworkError
            When the network fails on three fixed pairs.
        """
        calls = self._traced()
        often = Counter(call.module for call in calls)
        return {
            f"{call.module}:{call.number}" if often[call.module] > 1 else call.module: units
            for call in calls
            if (units := call.units(len(TEST_PAIRS)))
        }

    def respond(
        self,
        pairs: PairDataset,
        layer: str,
        *,
        silenced: Sequence[int] = (),
        batch_size: int = 64,
        allow_empty: bool = False,
        report: Report = silent,
    ) -> Responses:
        """What a layer and the network answer to every pair.

        Pairs of similar length are shown together, in the same batches each time; the answers are in the order of the
        pairs. The module is shown them in evaluation mode, without gradients. If it was not in that mode a warning says
        so; afterwards, also after an error, every part of it is in the mode it was in.

        Parameters
        ----------
        layer
            Dotted name of a submodule, one of `layers()`; with ``:2`` behind it the second call of a module that is
            called several times in one pass.
        silenced
            Units of the layer that answer 0, to the layers behind it too.
        batch_size
            Pairs shown at once.
        allow_empty
            Say nothing of sentences without words; else a warning names how many there are and the first.

        Raises
        ------
        NetworkError
            When there is no such layer or unit, or the layer does not give one vector a pair, the network fails on a
            batch, its logits have another shape than (B, labels) or are not finite, no unit is, or there are no pairs.
        """
        if not (isinstance(batch_size, int) and batch_size > 0):
            raise NetworkError(f"batch_size is a number of pairs above 0, not {batch_size!r:.60}")
        if not len(pairs):
            raise NetworkError(f"there are no pairs in {pairs.source} to show to {self.name}")
        lengths = [
            len(premise) + len(hypothesis) for premise, hypothesis in zip(pairs.premises, pairs.hypotheses, strict=True)
        ]
        order = np.argsort(lengths, kind="stable")
        if not allow_empty:
            _warn_of_empty(pairs)
        logits = np.empty((len(pairs), len(self.labels)), np.float32)
        activations: NDArray[np.float32] | None = None
        with undisturbed_random(), evaluation_mode(self.module), LayerProbe(self.module, layer, silenced) as probe:
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                batch = self._shown(pairs, chosen.tolist())
                answer, units = probe.show(self.encode(batch), len(batch))
                if activations is None:
                    activations = np.empty((len(pairs), units.shape[1]), np.float32)
                activations[chosen] = units.cpu().numpy()
                logits[chosen] = self._logits(answer, len(batch))
                strange = np.flatnonzero(~np.isfinite(activations[chosen]).all(axis=0)).tolist()
                cause = f", as unit {strange[0]} of layer {layer!r} is there" if strange else ""
                self._refuse_infinite(logits, chosen, pairs, cause)
                report("pairs shown to the network", min(start + batch_size, len(order)), len(order))
        assert activations is not None
        responses = Responses(activations, logits, self.answers)
        if len(responses.not_finite) == activations.shape[1]:
            raise NetworkError(
                f"layer {layer!r} of {self.name} gives values that are not finite for every unit: check the weights "
                "and encode"
            )
        return responses

    def class_weights(self, layer: str) -> NDArray[np.float32] | None:
        """How much each unit of a layer speaks for each label.

        Returns
        -------
        float32, shape (labels, units), in the order of `answers`: the weights of the last linear layer, where the layer
        feeds it directly or through ReLU and dropout alone; else None.

        Raises
        ------
        NetworkError
            When there is no such layer, or the network fails on three fixed pairs.
        """
        name, number = split_layer(self.module, layer)
        calls = self._traced()
        linear, arrived = next(
            ((one.part, one.given) for one in reversed(calls) if isinstance(one.part, nn.Linear)), (None, None)
        )
        answer = next((one.answer for one in calls if one.module == name and one.number == (number or 1)), None)
        if linear is None or arrived is None or linear.out_features != len(self.labels):
            return None
        if answer is None or not answer.is_floating_point():
            return None
        # By what arrives there, because ReLU and dropout may also be functions that no hook sees.
        if not any(
            arrived.shape == passed_on.shape and torch.equal(arrived, passed_on)
            for passed_on in (answer, answer.clamp(min=0))
        ):
            return None
        weights: NDArray[np.float32] = linear.weight.detach().float().cpu().numpy()[self._order]
        return weights

    @property
    def _order(self) -> list[int]:
        """Where each of `answers` stands among the module's logits."""
        return [self.labels.index(label) for label in self.answers]

    def as_read(self, pairs: Sequence[tuple[Tokens, Tokens]]) -> list[tuple[Any, Any]]:
        """Pairs of tokens as `encode` reads them: a network that reads text gets what the tokens read as."""
        if self.reads == "tokens":
            return list(pairs)
        return [(detokenize(premise), detokenize(hypothesis)) for premise, hypothesis in pairs]

    def _shown(self, pairs: PairDataset, numbers: Sequence[int]) -> list[tuple[Any, Any]]:
        """Some of the pairs as `encode` reads them."""
        if self.reads == "text":
            return [pairs.text(number) for number in numbers]
        return [(pairs.premises[number], pairs.hypotheses[number]) for number in numbers]

    def _traced(self) -> list[LayerCall]:
        pairs = len(TEST_PAIRS)
        with undisturbed_random(), evaluation_mode(self.module):
            answer, calls = trace(self.module, self.encode(self.as_read(TEST_PAIRS)), pairs)
        self._logits(answer, pairs)
        return calls

    def _logits(self, answer: object, pairs: int) -> NDArray[np.float32]:
        logits = getattr(answer, "logits", answer)  # what the models of transformers answer
        if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != (pairs, len(self.labels)):
            found = tuple(logits.shape) if isinstance(logits, torch.Tensor) else f"a {type(logits).__name__}"
            raise NetworkError(
                f"{self.name} must answer a batch of {pairs} pairs with logits of shape ({pairs}, {len(self.labels)}), "
                f"one a label, not {found}"
                + (f"; for two labels give labels={TWO_WAY_LABELS!r}, in their order" * (found == (pairs, 2)))
            )
        values: NDArray[np.float32] = logits.float().cpu().numpy()[:, self._order]
        return values

    def _refuse_infinite(
        self, logits: NDArray[np.float32], chosen: NDArray[np.intp], pairs: PairDataset, cause: str
    ) -> None:
        finite = np.isfinite(logits[chosen])
        if finite.all():
            return
        row, label = (int(place) for place in np.argwhere(~finite)[0])
        number = int(chosen[row])
        raise NetworkError(
            f"{self.name} gives {logits[number, label]} as the logit of {self.answers[label]} for pair "
            f"{pairs.ids[number]!r:.60} of {pairs.source}, {' '.join(pairs.premises[number])!r:.100} and "
            f"{' '.join(pairs.hypotheses[number])!r:.100}{cause}: check the weights and encode"
        )


def _warn_of_empty(pairs: PairDataset) -> None:
    empty = [
        number
        for number, sentences in enumerate(zip(pairs.premises, pairs.hypotheses, strict=True))
        if not all(sentences)
    ]
    if empty:
        first = empty[0]
        part = "premise" if not pairs.premises[first] else "hypothesis"
        warnings.warn(
            f"{len(empty):,} of {len(pairs):,} pairs of {pairs.source} have an empty sentence (the first: the {part} "
            f"of pair {pairs.ids[first]!r:.60}): the network is shown no word there, and its answer is to nothing",
            stacklevel=3,
        )


TEST_PAIRS: tuple[tuple[Tokens, Tokens], ...] = (
    (("A", "man", "in", "a", "red", "shirt", "plays", "the", "guitar", "."), ("The", "man", "is", "sleeping", ".")),
    (("Two", "dogs", "run", "."), ("The", "animals", "are", "outside", "with", "a", "child", ".")),
    (("A", "woman", "reads", "a", "book", "in", "the", "park", "."), ("Nobody", "is", "reading")),
)
"""What a network is shown to find out how it is built; three, so that the axis of the pairs can be told."""
