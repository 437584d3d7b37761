"""A network ready to be probed: a torch module with the way from samples to its input, and what it answers to them."""

from __future__ import annotations

import copy
import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.parameter import UninitializedParameter

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import whole_number
from compexp_widgets.data.pairs.dataset import LABELS, label_set
from compexp_widgets.errors import NetworkError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.listing import kept_short
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, PictureInputs, Preprocess
from compexp_widgets.networks.images.proven_layers import proven_calls
from compexp_widgets.networks.inputs import Inputs
from compexp_widgets.networks.layer_calls import LayerCall, SampleLayout, calls_in
from compexp_widgets.networks.pairs.sentence_pairs import Encode, PairInputs, Reads
from compexp_widgets.networks.passes import (
    Batch,
    Response,
    device_and_dtype,
    evaluation_mode,
    forward,
    not_finite,
    only_tensor,
    switch_to_evaluation,
    training_parts,
    undisturbed_random,
)
from compexp_widgets.networks.probe import Probe
from compexp_widgets.networks.torch_modules import checked_device, refuse_unready, sharing_weights, tensor_bytes
from compexp_widgets.notebook_html import Html, facts, section
from compexp_widgets.progress import Report, Stage
from compexp_widgets.short_text import counted, one_line, some_names

SomeInputs = TypeVar("SomeInputs", bound=Inputs)


@dataclass(frozen=True)
class Network:
    """A torch module with what is needed to show it samples.

    Attributes
    ----------
    name
        What the network is called in titles and files.
    module
        Any module; left in the mode it is in.
    inputs
        How samples are shown to it: `PictureInputs`, `PairInputs`, or those of another modality.
    class_names
        One name a class, in the order of `Response.logits`, where the module classifies; else empty.
    class_order
        Where each class stands among the module's outputs; empty: in the same order.
    reference
        The network on the CPU in float32 that this one was made from by `to`; else None.
    """

    name: str
    module: nn.Module
    inputs: Inputs
    class_names: tuple[str, ...] = ()
    class_order: tuple[int, ...] = ()
    reference: Network | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        classes = f", {counted(len(self.class_names), 'class', 'classes')}" if self.class_names else ""
        return (
            f"<Network {one_line(self.name)!r}: {type(self.module).__name__}, shown {self.inputs.samples}{classes}, "
            f"on {self.device} in {str(self.dtype).removeprefix('torch.')}>"
        )

    def _repr_html_(self) -> Html:
        weights = sum(one.numel() for one in self.module.parameters() if not isinstance(one, UninitializedParameter))
        return section(
            self.name,
            facts(
                [
                    ("module", f"{type(self.module).__name__}, {counted(weights, 'weight')}"),
                    ("shown", self.inputs.samples),
                    (
                        "classes",
                        f"{len(self.class_names):,}: {some_names(self.class_names)}" if self.class_names else "",
                    ),
                    ("device", f"{self.device}, {str(self.dtype).removeprefix('torch.')}"),
                ]
            ),
            "cw.list_layers(network) lists the layers that can be probed.",
        )

    def __post_init__(self) -> None:
        if not isinstance(self.inputs, Inputs):
            raise NetworkError(f"the inputs of a network are Inputs, not {self.inputs!r:.80}: use Network.of")
        kept_short(self, "class_names", "class_order")

    @staticmethod
    @checked(NetworkError, but=("module", "preprocess", "class_names"))
    def of(
        module: nn.Module,
        preprocess: Preprocess | Inputs,
        *,
        name: str | None = None,
        class_names: Sequence[str] = (),
    ) -> Network:
        """A network of one's own.

        A module in training mode is switched to evaluation mode, for good and with a warning: dropout and batch norm
        would otherwise answer differently each time.

        Parameters
        ----------
        preprocess
            PIL image (RGB, any size) → float tensor of shape (3, H, W): the one the network was trained with. Or the
            inputs of another modality.
        name
            What it is called; the name of its class when not given.
        class_names
            One a class, in the order of its outputs.

        Raises
        ------
        NetworkError
            When these are not a module, a function and texts, or the module cannot be probed: a TorchScript program, or
            one without weights yet (lazy layers, the meta device).
        """
        _check_module(module)
        if not (callable(preprocess) or isinstance(preprocess, Inputs)):
            raise NetworkError(f"preprocess is a function from a PIL picture to a tensor, not {preprocess!r:.80}")
        if not _are_texts(class_names):
            raise NetworkError(f"class_names is a sequence of texts, one an output, not {class_names!r:.80}")
        if training := training_parts(module):
            warnings.warn(
                f"the network was in training mode ({training}) and is now in evaluation mode: call .eval() yourself "
                "before, and .train() when you train on",
                stacklevel=3,
            )
            switch_to_evaluation(module)
        inputs = preprocess if isinstance(preprocess, Inputs) else PictureInputs(preprocess)
        return Network(name or type(module).__name__, module, inputs, tuple(class_names))

    @staticmethod
    @checked(NetworkError, but=("module", "labels"))
    def of_pairs(
        module: nn.Module,
        encode: Encode,
        *,
        name: str | None = None,
        labels: Sequence[str] = LABELS,
        vocabulary: Sequence[str] = (),
        reads: Reads = "tokens",
    ) -> Network:
        """A network of one's own for sentence pairs.

        >>> network = cw.Network.of_pairs(module, encode, labels=("contradiction", "neutral", "entailment"))
        >>> network.layers()
        {'pooler': 256, 'hidden': 512, 'classifier': 3}
        >>> network.respond(pairs, "hidden").activations.shape
        (10000, 512)

        A network with a tokenizer of its own takes the sentences as they were written:

        >>> def encode(batch):
        ...     premises, hypotheses = zip(*batch)
        ...     return tokenizer(list(premises), list(hypotheses), padding=True, return_tensors="pt")
        >>> network = cw.Network.of_pairs(module, encode, reads="text", labels=("not_entailment", "entailment"))

        Parameters
        ----------
        encode
            (premise, hypothesis) of each pair of a batch → the module's arguments, a tuple of tensors or a dictionary
            of them; they are brought to the device of the module.
        name
            What it is called; the name of its class when not given.
        labels
            What its logits stand for, in order: the three of `LABELS`, or the two of `TWO_WAY_LABELS`.
        vocabulary, reads
            See `PairInputs`.

        Raises
        ------
        NetworkError
            When these are not a module, a function and such labels, or the module cannot be probed: a TorchScript
            program, or one without weights yet (lazy layers, the meta device).
        """
        _check_module(module)
        if not _are_texts(labels):
            raise NetworkError(f"labels are what the logits stand for, in order, not {labels!r:.80}")
        inputs = PairInputs(encode, tuple(labels), tuple(vocabulary), reads)
        classes = label_set(labels) or ()
        order = tuple(inputs.labels.index(label) for label in classes)
        return Network(name or type(module).__name__, module, inputs, classes, order)

    @property
    def device(self) -> torch.device:
        """The device of the first weight."""
        return device_and_dtype(self.module)[0]

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the first floating weight."""
        return device_and_dtype(self.module)[1]

    def to(self, device: str | torch.device | None = None, dtype: torch.dtype | None = None) -> Network:
        """A copy on another device, in another precision; this network stays as it is.

        `check_device` tells how far the copy's activations are from those of this network. Half precision gives the
        network another fingerprint, a device does not.

        Parameters
        ----------
        device
            ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``; None keeps it.
        dtype
            torch.float32, float16, bfloat16 or float64; None keeps it.

        Raises
        ------
        NetworkError
            When there is no such device here, it does not have that precision, or its memory is full.
        """
        target = checked_device(device) if device is not None else self.device
        if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
            raise NetworkError(f"dtype is a floating type such as torch.float16, not {dtype!r}")
        if target.type == "mps" and dtype == torch.float64:
            raise NetworkError("MPS has no float64: use torch.float32")
        try:
            module = copy.deepcopy(self.module).to(device=target, dtype=dtype)
        except (RuntimeError, TypeError, NotImplementedError) as error:
            raise NetworkError(f"{self.name} cannot be copied to {target} as {dtype or self.dtype}: {error}") from error
        plain = self.device.type == "cpu" and self.dtype == torch.float32
        return replace(self, module=module, reference=self.reference or (self if plain else None))

    def sharing_weights(self) -> Network:
        """A copy over the same weights, for another thread: each probes its own."""
        return replace(self, module=sharing_weights(self.module))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every weight and what tells its inputs from others, such as `preprocess` of a fixed picture."""
        refuse_unready(self.module)
        with undisturbed_random(), self._naming():
            before, behind = self.inputs.identity()
        digest = hashlib.sha256(before)
        for name, tensor in self.module.state_dict().items():
            if isinstance(tensor, torch.Tensor):  # unlike the extra state of some modules, without a fixed form
                digest.update(tensor_bytes(name, tensor))
        digest.update(behind)
        return digest.hexdigest()

    @property
    def preprocess(self) -> Preprocess:
        """From a PIL picture to the tensor that the network is shown.

        Raises
        ------
        NetworkError
            When it is not shown pictures.
        """
        return self.inputs_as(PictureInputs).preprocess

    @checked(NetworkError)
    def input_from(self, picture: AnyPicture) -> torch.Tensor:
        """What the network is shown for a picture: float32, shape (3, H, W), on the CPU.

        Raises
        ------
        NetworkError
            When `preprocess` gives something else than a float tensor of three dimensions.
        """
        inputs = self.inputs_as(PictureInputs)
        with self._naming():
            return inputs.one(as_picture(picture, error=NetworkError))

    def inputs_as(self, kind: type[SomeInputs]) -> SomeInputs:
        """Its inputs, where they are of a kind, such as `PairInputs`.

        Raises
        ------
        NetworkError
            When it is shown something else.
        """
        if not isinstance(self.inputs, kind):
            raise NetworkError(f"{self.name} is shown {self.inputs.samples}, not {kind.samples}")
        return self.inputs

    @checked(NetworkError)
    def batch(self, samples: Any, numbers: Sequence[int] | None = None) -> Batch:
        """The module's arguments for samples, all or those of some numbers, on the CPU.

        Raises
        ------
        NetworkError
            When the user's function makes something else of them.
        """
        self.inputs.check_samples(samples, self.name, quiet=True)
        with self._naming():
            return self.inputs.batch(samples, range(len(samples)) if numbers is None else numbers)

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Errors about the inputs say whose they are."""
        try:
            yield
        except NetworkError as error:
            raise NetworkError(f"{self.name}: {error}") from error

    @checked(NetworkError)
    def probe(
        self, layer: str, *, layout: SampleLayout | Form | None = None, directions: Directions | None = None
    ) -> Probe:
        """A probe of a layer, which reads what its units answer inside a ``with`` block; see `Probe`, as for errors."""
        return Probe(self.module, layer, layout=layout or self.inputs.layout, directions=directions)

    def layer_calls(self, batch: Batch) -> list[LayerCall]:
        """Every call of every module in one pass; the module is to be in evaluation mode."""
        layout = self.inputs.layout
        return proven_calls(self.module, batch) if layout is None else calls_in(self.module, batch, layout)

    def layers(self) -> dict[str, int]:
        """The layers that can be probed and how many units each has, in the order in which they answer.

        One that is called several times in a pass is listed as ``encoder:1``, ``encoder:2``. `list_layers` tells more,
        and why the others cannot be probed.

        Raises
        ------
        NetworkError
            When the network fails on a few fixed samples.
        """
        with undisturbed_random(), evaluation_mode(self.module):
            calls = self.layer_calls(self.batch(self.inputs.fixed_samples()))
        often = Counter(call.module for call in calls)
        named = {f"{call.module}:{call.number}" if often[call.module] > 1 else call.module: call for call in calls}
        return {name: call.units for name, call in named.items() if call.layout is not None}

    @checked(NetworkError)
    def respond(
        self,
        samples: Any,
        layer: str | Probe | None = None,
        *,
        layout: SampleLayout | Form | None = None,
        directions: Directions | None = None,
        silenced: Sequence[int] = (),
        batch_size: int | None = None,
        classes: bool = True,
        quiet: bool = False,
        cancelled: Callable[[], bool] | None = None,
        report: Report | None = None,
    ) -> Response:
        """Show samples to the network, and read its answers and those of a layer.

        The same samples in the same batches give the same bits; a sample alone and the same sample among others can
        differ in the last ones. The module is shown them in evaluation mode, without gradients; afterwards, also after
        an error, every part of it is in the mode it was in.

        Parameters
        ----------
        samples
            A sequence of PIL pictures or an image set; a `PairDataset`; whatever its `inputs` take. Pairs of similar
            length are shown together; the answers are in the order of the samples.
        layer
            The layer whose activations are wanted: a name, one of `layers`, with ``:2`` behind it for the second call
            of a module that is called several times in one pass. Or a probe of it, which remembers how the layer's
            output lies: where that has to be found out, more pictures are shown to the network first.
        layout, directions
            See `Probe`.
        silenced
            Units of `layer` whose activation is set to 0 wherever they are, before the layers behind it see them. The
            activations are as they were before.
        batch_size
            Samples shown at once; 32 pictures or 64 pairs when not given.
        classes
            False: ask for the activations alone, also of a network that does not classify; there are no logits.
        quiet
            Warn of nothing about the samples, such as sentences without words.
        cancelled
            Asked before each batch; True leaves out the samples from there on.

        Raises
        ------
        NetworkError
            When the network does not classify: its answer is not one score a class for each sample. When there is no
            such layer or unit, units are to be silent and no layer is given, the network fails on a batch, its logits
            or all of the units are not finite, or there are no pairs.
        """
        if len(silenced) and layer is None:
            raise NetworkError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
        at_once = self.inputs.batch_size
        if batch_size is not None:
            at_once = whole_number(batch_size, "batch_size", error=NetworkError)
        self.inputs.check_samples(samples, self.name, quiet=quiet)
        probe = self.probe(layer, layout=layout, directions=directions) if isinstance(layer, str) else layer
        order = np.array(self.inputs.order(samples), np.intp)
        shown, logits, activations = [order[:0]], [], []
        with undisturbed_random(), probe or evaluation_mode(self.module), ExitStack() as stack:
            if probe and len(silenced):
                stack.enter_context(probe.changing(probe.silencing(silenced)))
            for start in range(0, len(order), at_once):
                if cancelled and cancelled():
                    break
                numbers = order[start : start + at_once]
                batch = self.batch(samples, numbers.tolist())
                found = probe.activations(batch) if probe else None
                answer = probe.answer if probe else forward(self.module, batch)
                scores = np.empty((len(numbers), 0), np.float32)
                if classes:
                    scores = class_scores(self, answer, len(numbers)).cpu().numpy()
                values: Any = [one.cpu().numpy() for one in found] if isinstance(found, list) else found
                if isinstance(found, torch.Tensor):
                    values = found.cpu().numpy()
                strange = np.flatnonzero(not_finite(values)).tolist()
                cause = f", as unit {strange[0]} of layer {probe.layer!r} is there" if strange and probe else ""
                self._refuse_infinite(samples, numbers, scores, cause)
                shown.append(numbers)
                logits.append(scores)
                activations.append(values)
                if report:
                    told = Stage(f"{self.inputs.samples} shown to the network", "probe")
                    report(told, start + len(numbers), len(order))
        rows = np.argsort(np.concatenate(shown))
        whole = np.concatenate(logits)[rows] if logits else np.empty((0, len(self.class_names)), np.float32)
        response = Response(whole, self._gathered(activations, rows) if probe else None, self.class_names)
        if probe and len(rows) and not_finite(response.activations).all():
            raise NetworkError(
                f"layer {probe.layer!r} of {self.name} gives values that are not finite for every unit: check the "
                f"weights and {self.inputs.prepares}"
            )
        return response

    def _gathered(self, parts: Sequence[Any], rows: NDArray[np.intp]) -> Any:
        """The activations of all batches, in the order of the samples; see `Response.activations`."""
        if parts and isinstance(parts[0], list):
            every = [one for part in parts for one in part]
            return [every[row] for row in rows]
        if len(sizes := {part.shape[1:] for part in parts}) > 1:
            raise NetworkError(
                f"{self.name} gives activations of {' and '.join(map(str, sorted(sizes)))}: "
                f"{self.inputs.prepares} must give every sample the same size"
            )
        return np.concatenate(parts)[rows] if parts else np.empty((0, 0), np.float32)

    def _refuse_infinite(
        self, samples: Any, numbers: NDArray[np.intp], logits: NDArray[np.float32], cause: str
    ) -> None:
        finite = np.isfinite(logits)
        if finite.all():
            return
        row, place = (int(index) for index in np.argwhere(~finite)[0])
        label = self.class_names[place] if self.class_names else f"class {place}"
        raise NetworkError(
            f"{self.name} gives {logits[row, place]} as the logit of {label} for "
            f"{self.inputs.describe(samples, int(numbers[row]))}{cause}: check the weights and {self.inputs.prepares}"
        )


def class_scores(network: Network, answer: object, samples: int, *, gradients: bool = False) -> torch.Tensor:
    """The scores before softmax, float32 of shape (samples, classes), from what the module answers, or a NetworkError.

    With `gradients` they keep the way to the weights and layers.
    """
    scores = getattr(answer, "logits", None)  # what the models of transformers answer
    scores = scores if isinstance(scores, torch.Tensor) else only_tensor(answer)
    if scores is not None and scores.ndim == 4 and tuple(scores.shape[2:]) == (1, 1):
        scores = scores[:, :, 0, 0]
    classes = len(network.class_names) or (scores.shape[-1] if scores is not None and scores.ndim == 2 else 0)
    if scores is None or tuple(scores.shape) != (samples, classes):
        found = tuple(scores.shape) if scores is not None else type(answer).__name__
        raise NetworkError(
            f"{network.name} answers {samples} {network.inputs.samples} with {found}, not with one score a class "
            f"({classes or 'without names'}): only a classifier can be asked{network.inputs.about_classes}"
        )
    scores = (scores if gradients else scores.detach()).float()
    return scores[:, network.class_order] if network.class_order else scores


def _are_texts(names: object) -> bool:
    several = isinstance(names, Iterable) and not isinstance(names, str | bytes)
    return several and all(isinstance(name, str) for name in cast("Iterable[object]", names))


def _check_module(module: object) -> None:
    if not isinstance(module, nn.Module):
        raise NetworkError(f"a network is a torch.nn.Module, not {type(module).__name__}: {module!r:.80}")
    refuse_unready(module)
