"""Sentence pairs: how they are shown to a network, whose layers give one vector a pair."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import torch

from compexp_widgets.data.pairs.dataset import LABELS, TWO_WAY_LABELS, PairDataset, Tokens, label_set
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.inputs import Inputs
from compexp_widgets.networks.passes import Arguments, Batch
from compexp_widgets.networks.torch_modules import tensor_bytes
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

Encode: TypeAlias = "Callable[[list[tuple[Any, Any]]], Arguments]"
"""(premise, hypothesis) of each pair of a batch → the module's arguments."""

UNKNOWN, PADDING = "UNK", "PAD"
"""The first two words of the list of a Bowman network, as in the published checkpoints."""

Reads: TypeAlias = Literal["tokens", "text"]
"""The form of a sentence that `Encode` is given: its tokens, or the text as it was written."""


@dataclass(frozen=True)
class Vectors:
    """One vector a sample: shape (samples, units)."""

    unit_axis: int = 1

    _repr_html_ = fields_html

    def read(self, output: torch.Tensor, batch: Batch, layer: str) -> torch.Tensor:
        """See `SampleLayout.read`: shape (samples, units)."""
        shape = tuple(output.shape)
        if not output.is_floating_point():
            refused = f"it gives {str(output.dtype).removeprefix('torch.')}, not floating numbers"
        elif len(shape) != 2:
            refused = f"its shape {shape} for {batch.count} {batch.samples} is not one vector a pair"
            refused += "; probe what makes one vector of it"
        elif shape[0] != batch.count:
            refused = f"its first axis has {shape[0]} entries for {batch.count} {batch.samples}"
            refused += ": they were cut up or mixed"
        else:
            return output
        raise NetworkError(f"layer {layer!r} cannot be probed: {refused}")


@dataclass(frozen=True)
class PairInputs(Inputs):
    """Sentence pairs as the input of a network.

    Attributes
    ----------
    encode
        (premise, hypothesis) of each pair of a batch → the module's arguments, a tuple of tensors or a dictionary.
    labels
        What the module's logits stand for, in its own order: the three of `LABELS`, or the two of `TWO_WAY_LABELS`.
    vocabulary
        The words it knows, where it has a list of them; part of the fingerprint. See `unknown`.
    reads
        What `encode` is given of each sentence: ``"tokens"``, those of `tokenize` or of the file; ``"text"``, the text
        as it was written, for a network with a tokenizer of its own.

    Raises
    ------
    NetworkError
        When these are not a function, such labels and one of these words.
    """

    encode: Encode
    labels: tuple[str, ...] = LABELS
    vocabulary: tuple[str, ...] = ()
    reads: Reads = "tokens"

    __repr__ = brief_repr
    _repr_html_ = fields_html

    samples = "pairs"
    layout = Vectors()
    about_classes = f"; for two labels give labels={TWO_WAY_LABELS!r}, in their order"

    def __post_init__(self) -> None:
        if not callable(self.encode):
            raise NetworkError(f"encode is a function from pairs to the module's arguments, not {self.encode!r:.80}")
        if label_set(self.labels) is None:
            raise NetworkError(
                f"labels are {', '.join(LABELS)}, or {', '.join(TWO_WAY_LABELS)}, in the order of the network's "
                f"logits, not {self.labels!r:.100}"
            )
        if self.reads not in get_args(Reads):
            raise NetworkError(f"encode reads tokens or text, not {self.reads!r:.60}")

    def batch(self, samples: PairDataset, numbers: Sequence[int]) -> Batch:
        """See `Inputs.batch`."""
        shown: list[tuple[Any, Any]]
        if self.reads == "text":
            shown = [samples.text(number) for number in numbers]
        else:
            shown = [(samples.premises[number], samples.hypotheses[number]) for number in numbers]
        return Batch.encoded(self.encode(shown), len(shown), self.samples)

    def fixed_samples(self, like: PairDataset | None = None) -> PairDataset:
        """See `Inputs.fixed_samples`: three pairs, whatever the others are like."""
        return TEST_PAIRS

    def identity(self) -> tuple[bytes, bytes]:
        """See `Inputs.identity`: the labels, the words, and what `encode` makes of the fixed pairs."""
        about: list[object] = [self.labels, self.vocabulary]
        if self.reads == "text":  # so that a network that reads tokens is what it was before there were others
            about.append(self.reads)
        arguments = self.batch(TEST_PAIRS, range(len(TEST_PAIRS))).named
        encoded = b"".join(tensor_bytes(name, tensor) for name, tensor in arguments)
        return json.dumps(about, ensure_ascii=True).encode(), encoded

    def order(self, samples: PairDataset) -> Sequence[int]:
        """See `Inputs.order`: pairs of similar length stand together."""
        lengths = [len(one) + len(other) for one, other in zip(samples.premises, samples.hypotheses, strict=True)]
        order: list[int] = np.argsort(lengths, kind="stable").tolist()
        return order

    def check_samples(self, samples: PairDataset, network: str, *, quiet: bool = False) -> None:
        """Refuse to show no pairs; warn of sentences without words, how many there are and the first."""
        if not isinstance(samples, PairDataset):
            raise NetworkError(
                f"{network} is shown a PairDataset, such as read_pairs gives, not {type(samples).__name__}"
            )
        if not len(samples):
            raise NetworkError(f"there are no pairs in {samples.source} to show to {network}")
        pairs = zip(samples.premises, samples.hypotheses, strict=True)
        empty = [] if quiet else [number for number, sentences in enumerate(pairs) if not all(sentences)]
        if empty:
            part = "premise" if not samples.premises[empty[0]] else "hypothesis"
            warnings.warn(
                f"{len(empty):,} of {len(samples):,} pairs of {samples.source} have an empty sentence (the first: the "
                f"{part} of pair {samples.ids[empty[0]]!r:.60}): the network is shown no word there, and its answer is "
                "to nothing",
                stacklevel=4,
            )

    def describe(self, samples: PairDataset, number: int) -> str:
        """See `Inputs.describe`: the id, and both sentences."""
        return (
            f"pair {samples.ids[number]!r:.60} of {samples.source}, {' '.join(samples.premises[number])!r:.100} and "
            f"{' '.join(samples.hypotheses[number])!r:.100}"
        )

    def samples_fingerprint(self, samples: PairDataset) -> str:
        """See `Inputs.samples_fingerprint`: the texts count only where the network reads them."""
        return samples.fingerprint if self.reads == "tokens" else samples.text_fingerprint

    def unknown(self, tokens: Tokens) -> tuple[bool, ...] | None:
        """Mark the words of a sentence that the network has no vector for; None where it has no list of words.

        A word is known as it is written or in lower case. To the network all unknown words are the same one.

        >>> pair_inputs(load_bowman("network.safetensors")).unknown(("A", "blorp", "sleeps"))
        (False, True, False)
        """
        if not self.vocabulary or self.reads == "text":
            return None
        return tuple(token.lower() not in self._known and token not in self._known for token in tokens)

    @cached_property
    def _known(self) -> frozenset[str]:
        signs = self.vocabulary[:2] == (UNKNOWN, PADDING)
        return frozenset(self.vocabulary[2:] if signs else self.vocabulary)


TEST_PAIRS = PairDataset.of(
    "fixed pairs",
    [
        (premise.split(), hypothesis.split(), None)
        for premise, hypothesis in (
            ("A man in a red shirt plays the guitar .", "The man is sleeping ."),
            ("Two dogs run .", "The animals are outside with a child ."),
            ("A woman reads a book in the park .", "Nobody is reading"),
        )
    ],
)
"""Shown to a network to list its layers; three, so that the axis of the pairs can be told."""
