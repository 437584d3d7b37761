"""One pass of any torch module: what it is given, what it answers, and that it is left as it was found."""

from __future__ import annotations

import copy
import random
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import nn

from compexp_widgets.data.pairs.dataset import rightly
from compexp_widgets.errors import NetworkError
from compexp_widgets.notebook_html import Html, section, table
from compexp_widgets.short_text import brief, counted, score_text

Arguments: TypeAlias = "torch.Tensor | Sequence[torch.Tensor] | Mapping[str, torch.Tensor]"
"""A module's arguments: one tensor, several by place, or several by name; the samples are their first axis."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some samples as a module takes them.

    `lengths` tells how many positions each sample has, where they differ. `samples` and `prepares` are words for
    messages: what samples are called, and the function of the user's that made the arguments.
    """

    arguments: Arguments
    count: int
    lengths: tuple[int, ...] | None = None
    samples: str = "images"
    prepares: str = "preprocess"

    @staticmethod
    def encoded(arguments: Arguments, count: int, samples: str, lengths: tuple[int, ...] | None = None) -> Batch:
        """The batch behind the output of an `encode` of the user's; a NetworkError where that is no tensors by place or
        name.
        """
        parts = arguments.values() if isinstance(arguments, Mapping) else arguments
        if not isinstance(arguments, (tuple, list, Mapping)) or not all(isinstance(one, torch.Tensor) for one in parts):
            raise NetworkError(
                "encode must give the module's arguments as a tuple of tensors, or a dictionary of them by name, not "
                f"{described(arguments)}"
            )
        return Batch(arguments, count, lengths, samples, "encode")

    @property
    def named(self) -> list[tuple[str, torch.Tensor]]:
        """Every argument with its name, or its place as text."""
        given = self.arguments
        if isinstance(given, torch.Tensor):
            return [("0", given)]
        return list(given.items()) if isinstance(given, Mapping) else [(str(k), one) for k, one in enumerate(given)]

    @property
    def tensors(self) -> list[torch.Tensor]:
        """The arguments without their names."""
        return [tensor for _, tensor in self.named]

    @property
    def size(self) -> tuple[tuple[int, ...], ...]:
        """The shape of each argument for one sample."""
        return tuple(tuple(tensor.shape[1:]) for tensor in self.tensors)

    def __str__(self) -> str:
        if isinstance(self.arguments, torch.Tensor):
            return f"an input of shape {tuple(self.arguments.shape)}"
        told = described(self.arguments, shapes=True)
        return f"a batch of {self.count} {self.samples} that {self.prepares} turned into {told}"


def forward(module: nn.Module, batch: Batch) -> object:
    """Run a module on a batch, which is brought to its device and precision, without gradients; a NetworkError with
    advice where it fails.
    """
    device, dtype = device_and_dtype(module)
    try:
        # Not inference_mode: a tensor that the module keeps from this pass could never be trained with.
        with torch.no_grad(), uncompiled():
            return call(module, batch)
    except (RuntimeError, AssertionError, ValueError, TypeError, LookupError, AttributeError) as error:
        # CUDA has a class of its own for this; MPS and the CPU say it in words.
        if isinstance(error, torch.cuda.OutOfMemoryError) or any(words in str(error) for words in _OUT_OF_MEMORY):
            raise NetworkError(
                f"the memory of {device} does not suffice for {batch.count} {batch.samples} at once: take a smaller "
                "batch_size"
            ) from error
        where = f", {dtype} on {device}" if isinstance(batch.arguments, torch.Tensor) else ""
        raise NetworkError(
            f"the network fails on {batch}{where} ({first_line(error):.200}): {_advice(module, batch)}"
        ) from error


def call(module: nn.Module, batch: Batch) -> object:
    """Run a module as `forward` does, with gradients as they are switched, and with the module's own errors."""
    device, dtype = device_and_dtype(module)

    def brought(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(device=device, dtype=dtype) if tensor.is_floating_point() else tensor.to(device)

    if isinstance(batch.arguments, torch.Tensor):
        return module(brought(batch.arguments))
    if isinstance(batch.arguments, Mapping):
        return module(**{name: brought(tensor) for name, tensor in batch.arguments.items()})
    return module(*map(brought, batch.arguments))


def first_line(error: Exception) -> str:
    """The first line of an error's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _advice(module: nn.Module, batch: Batch) -> str:
    """Advice for a network that fails."""
    if batch.prepares != "preprocess":
        return f"see that {batch.prepares} gives what its forward takes"
    tower = next((name for name in _TOWERS if isinstance(getattr(module, name, None), nn.Module)), None)
    size = "see that preprocess gives the size it was built for, and that it can work on this device in this precision"
    return (
        f"if it takes texts besides pictures, as CLIP does, give .{tower}, its part for them; {size}" if tower else size
    )


def described(value: object, *, shapes: bool = False) -> str:
    """A value in words, for messages: its type and what it holds; with `shapes` also those of tensors by name."""

    def one(part: object) -> str:
        return f"tensor {tuple(part.shape)}" if isinstance(part, torch.Tensor) else type(part).__name__

    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} ({', '.join(one(part) for part in value[:4])})"
    if isinstance(value, Mapping):
        parts = [f"{key!r:.30}" + f", {one(part)}" * shapes for key, part in list(value.items())[:6]]
        return f"a {type(value).__name__} with {', '.join(parts)}"
    return f"a {type(value).__name__}"


def only_tensor(output: object) -> torch.Tensor | None:
    """The tensor that a module answers, also where it is wrapped in a tuple, list or dictionary.

    Attention and blocks often answer ``(hidden, None)``, and whole models a dictionary with one entry: the floating
    tensor of two or more axes in it, where there is exactly one, else None. An answer that is a tensor is taken as it
    is.
    """
    if isinstance(output, torch.Tensor):
        return output
    found = [tensor for tensor in _tensors(output) if tensor.is_floating_point() and tensor.ndim > 1]
    return found[0] if len(found) == 1 else None


def _tensors(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list, Mapping)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _tensors(part)


def with_tensor(output: object, changed: torch.Tensor) -> object:
    """A module's answer with another tensor in place of `only_tensor`, in a container of the same kind.

    Nothing is changed in place: a path that leads past the layers behind may hold the very tensor, or the container.
    """
    found = only_tensor(output)
    if found is output:
        return changed
    try:
        return _replaced(output, found, changed)
    except (TypeError, ValueError, AttributeError) as error:
        raise NetworkError(
            f"the {type(output).__name__} that a layer answers cannot be copied ({error}), so its units cannot be "
            "changed: choose a layer that answers a tensor"
        ) from error


def _replaced(value: object, old: object, new: torch.Tensor) -> object:
    if value is old:
        return new
    if isinstance(value, tuple):
        parts = [_replaced(part, old, new) for part in value]
        make: Callable[..., object] = type(value)
        return make(*parts) if hasattr(value, "_fields") else make(parts)
    if isinstance(value, list):
        return [_replaced(part, old, new) for part in value]
    if isinstance(value, MutableMapping):
        # Dictionaries, and the outputs of transformers, which are dictionaries with attributes.
        other = copy.copy(value)
        for name, part in value.items():
            other[name] = _replaced(part, old, new)
        return other
    return value


_SHOWN = 10  # answers that a notebook lists


@dataclass(frozen=True, eq=False)
class Response:
    """The answers of a network to N samples.

    Attributes
    ----------
    logits
        float32, shape (N, classes): the scores before softmax.
    activations
        Of a layer's units, float32: shape (N, units, height, width) for pictures, (N, units) for sentence pairs; where
        samples differ in their positions a list of N arrays of shape (units, positions). None where no layer was asked
        for.
    class_names
        What the logits are of, in order; empty where the network has no names for its classes.
    """

    logits: NDArray[np.float32]
    activations: Any = None
    class_names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        found = f", activations {brief(self.activations)}" * (self.activations is not None)
        samples, classes = counted(len(self), "sample"), counted(self.logits.shape[1], "class", "classes")
        return f"<Response to {samples}: {classes}{found}>"

    def _repr_html_(self) -> Html:
        rows = [
            (
                (f"{sample}", self.class_names[first] if self.class_names else f"class {first}"),
                (score_text(share),),
                share,
            )
            for sample, first in enumerate(self.predicted[:_SHOWN].tolist())
            for share in [float(self.probabilities[sample, first])]
        ]
        more = f"{len(self) - _SHOWN:,} more samples" * (len(self) > _SHOWN)
        activations = "" if self.activations is None else f"activations {brief(self.activations)}"
        answers = table(("sample", "likeliest class"), ("probability",), rows)
        return section(f"Response to {counted(len(self), 'sample')}", answers, more, activations)

    def __len__(self) -> int:
        return len(self.logits)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """float64, shape (N, classes): the softmax of the logits."""
        shares: NDArray[np.float64] = softmax(self.logits.astype(np.float64), axis=1)
        return shares

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """intp, shape (N,): the likeliest class of each."""
        predicted: NDArray[np.intp] = self.logits.argmax(axis=1)
        return predicted

    def accuracy(self, gold: NDArray[np.int8], labels: Sequence[str] | None = None) -> float:
        """The share of the samples with a gold label whose predicted class says the same; NaN without any.

        Parameters
        ----------
        gold
            int8, shape (N,): indices into `labels`, below 0 where there is none.
        labels
            Those of the data, where they are not the network's: see `agreement`.
        """
        known = gold >= 0
        right = rightly(gold, self.predicted, labels or self.class_names, self.class_names)
        return float(right[known].mean()) if known.any() else float("nan")

    @cached_property
    def not_finite(self) -> tuple[int, ...]:
        """The units with an activation that is not finite, in order."""
        return tuple(np.flatnonzero(not_finite(self.activations)).tolist())


def not_finite(activations: Any) -> NDArray[np.bool_]:
    """bool, shape (units,): whether some activation of a unit is not finite; of what `Response.activations` may be."""
    if activations is None:
        return np.zeros(0, np.bool_)
    if isinstance(activations, list):
        found: NDArray[np.bool_] = np.any([~np.isfinite(one).all(axis=1) for one in activations], axis=0)
        return found
    everywhere = tuple(axis for axis in range(activations.ndim) if axis != 1)
    finite: NDArray[np.bool_] = np.isfinite(activations).all(axis=everywhere)
    return ~finite


def device_and_dtype(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """The device and precision of a module's input: those of its first floating weight or buffer."""
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            return tensor.device, tensor.dtype
    return torch.device("cpu"), torch.float32


@contextmanager
def uncompiled() -> Iterator[None]:
    """Inside the block what torch.compile has compiled runs as the Python that it was made from, so that hooks work."""
    # Versions of torch before 2.6 cannot say so; and whoever has compiled nothing need not.
    stance = getattr(torch.compiler, "set_stance", None) if "torch._dynamo" in sys.modules else None
    with stance("force_eager") if stance else nullcontext():
        yield


def training_parts(module: nn.Module) -> str:
    """The number of modules in training mode, with an example; empty when none is."""
    names = [(name, part) for name, part in module.named_modules() if getattr(part, "training", False)]
    if not names:
        return ""
    # The one that shows in the answers, where there is one.
    telling = [one for one in names if isinstance(one[1], (nn.Dropout, nn.modules.batchnorm._BatchNorm))]
    name, part = (telling or names)[0]
    return f"{len(names)} of its modules, such as {f'{name}, a ' if name else ''}{type(part).__name__}"


def switch_to_evaluation(module: nn.Module) -> None:
    """Put a module into evaluation mode, for good; a NetworkError where it cannot be put there."""
    try:
        module.eval()
    except NotImplementedError as error:
        raise NetworkError(
            f"a {type(module).__name__} cannot be put into evaluation mode ({error}), as programs of torch.export "
            "cannot: give the module that it was made from"
        ) from error


@contextmanager
def evaluation_mode(module: nn.Module, *, quiet: bool = False) -> Iterator[None]:
    """The module in evaluation mode, with a warning if it was not; afterwards every part in the mode it was in."""
    if not quiet and (training := training_parts(module)):
        warnings.warn(
            f"the network is in training mode ({training}); it is probed in evaluation mode and put back into training "
            "mode afterwards",
            stacklevel=4,
        )
    modes = [(part, part.training) for part in module.modules() if hasattr(part, "training")]
    switch_to_evaluation(module)
    try:
        yield
    finally:
        for part, was_training in modes:
            # Not part.train(): that would set the children too.
            part.training = was_training


RandomState: TypeAlias = "tuple[torch.Tensor, Any, Any]"
"""Of torch on the CPU, of NumPy's old generator, and of Python."""


@contextmanager
def undisturbed_random() -> Iterator[None]:
    """Leave torch's, NumPy's and Python's random numbers as they were, whatever is drawn inside the block.

    In the main thread alone: another thread would take back numbers that the main one has drawn meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    state = random_state()
    cards = _card_states()
    try:
        yield
    finally:
        torch.set_rng_state(state[0])
        np.random.set_state(state[1])  # noqa: NPY002 - what others draw from is put back
        random.setstate(state[2])
        for put_back in cards:
            put_back()


def random_state() -> RandomState:
    """The state of the random numbers; a draw changes it."""
    return torch.get_rng_state(), np.random.get_state(legacy=True), random.getstate()  # noqa: NPY002


def _card_states() -> list[Callable[[], None]]:
    """Functions that put back the random numbers of graphics cards that are in use."""
    found: list[Callable[[], None]] = []
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        states = torch.cuda.get_rng_state_all()
        found.append(lambda: torch.cuda.set_rng_state_all(states))
    if torch.backends.mps.is_available():
        state = torch.mps.get_rng_state()
        found.append(lambda: torch.mps.set_rng_state(state))
    return found


def same_state(one: RandomState, other: RandomState) -> bool:
    """True where nothing was drawn between two states."""
    (torch_then, numpy_then, python_then), (torch_now, numpy_now, python_now) = one, other
    return bool(
        torch.equal(torch_then, torch_now)
        and python_then == python_now
        and all(np.array_equal(a, b) for a, b in zip(numpy_then, numpy_now, strict=True))
    )


# What the parts for pictures are called in the models of transformers, of open_clip, and of many others.
_TOWERS = ("vision_model", "vision_tower", "visual", "image_encoder")

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
