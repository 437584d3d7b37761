"""Every call of every module in one pass, and how each output lies on the positions of the samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.images.geometry import Geometry
from compexp_widgets.networks.passes import Batch, described, forward, only_tensor, undisturbed_random
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

Activations: TypeAlias = "torch.Tensor | list[torch.Tensor]"
"""Of a layer for some samples: shape (samples, units, …) where all have the same positions, else one tensor a sample,
shape (units, positions)."""

CallName: TypeAlias = "tuple[str, int]"
"""A module's dotted name, and the number of its call in a pass, from 1."""


class SampleLayout(Protocol):
    """The way a layer's output lies on the positions of samples: the second interface of the modality seam."""

    @property
    def unit_axis(self) -> int:
        """The axis of the units in the layer's output."""
        ...

    def read(self, output: torch.Tensor, batch: Batch, layer: str) -> Activations:
        """The activations that an output holds, in its own precision.

        Parameters
        ----------
        batch
            What the module was given.
        layer
            What the layer is called in messages.

        Raises
        ------
        NetworkError
            When the output does not lie so.
        """
        ...


@dataclass(frozen=True)
class LayerCall:
    """One call of one module during a pass, its first (number 1), second, ….

    Attributes
    ----------
    shape
        Of its output; None where there is no tensor in it, or several.
    layout, why_not
        How the output lies on the positions, or why it cannot be probed.
    wrapped
        What the tensor was given in, such as ``"tuple"``; empty where the output is the tensor itself.
    geometry
        Where its map changes with the picture; None where that was not looked at, or there are no positions.
    """

    module: str
    number: int
    shape: tuple[int, ...] | None
    layout: SampleLayout | None
    why_not: str = ""
    wrapped: str = ""
    geometry: Geometry | None = None

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def name(self) -> CallName:
        return self.module, self.number

    @property
    def units(self) -> int:
        """The number of units; 0 where it cannot be probed."""
        return 0 if self.layout is None or self.shape is None else self.shape[self.layout.unit_axis]


Recognise: TypeAlias = (
    "Callable[[nn.Module, tuple[object, ...], torch.Tensor, Sequence[LayerCall]], SampleLayout | str]"
)
"""(module, its inputs, its output, the calls that ended before) → how the output lies, or why it cannot be probed."""


def layer_calls(module: nn.Module, batch: Batch, recognise: Recognise) -> list[LayerCall]:
    """Show a network some samples and write down every call of every module, in the order in which they end.

    The module is left in the mode it is in; call it in evaluation mode.
    """
    calls: list[LayerCall] = []

    def note(name: CallName, part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        tensor = only_tensor(output)
        if tensor is None:
            why_not = f"it gives {described(output)}, not a tensor: probe a part of it, or the block around it"
            calls.append(LayerCall(*name, None, None, why_not))
            return
        found = recognise(part, inputs, tensor, calls)
        layout, why_not = (None, found) if isinstance(found, str) else (found, "")
        wrapped = "" if tensor is output else type(output).__name__
        calls.append(LayerCall(*name, tuple(tensor.shape), layout, why_not, wrapped))

    with every_call(module, note), undisturbed_random():
        forward(module, batch)
    return calls


def calls_in(module: nn.Module, batch: Batch, layout: SampleLayout) -> list[LayerCall]:
    """As `layer_calls`, where one layout holds for every layer: those that do not lie so cannot be probed."""

    def recognise(
        _part: nn.Module, _inputs: tuple[object, ...], output: torch.Tensor, _before: Sequence[LayerCall]
    ) -> SampleLayout | str:
        try:
            layout.read(output, batch, "")
        except NetworkError as error:
            return str(error)
        return layout

    return layer_calls(module, batch, recognise)


@contextmanager
def every_call(
    module: nn.Module, note: Callable[[CallName, nn.Module, tuple[object, ...], object], None]
) -> Iterator[Counter[str]]:
    """Inside the block `note` is told of every call of a module's parts: its name, the part, its inputs, its output.

    Given is how often each part was called; clear it before each further pass.
    """
    numbers: Counter[str] = Counter()

    def hook(name: str) -> Callable[[nn.Module, tuple[object, ...], object], None]:
        def ended(part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
            numbers[name] += 1
            note((name, numbers[name]), part, inputs, output)

        return ended

    hooks: list[RemovableHandle] = []
    try:
        for name, part in module.named_modules():
            if name and not isinstance(part, torch.jit.ScriptModule):  # which take no hooks
                hooks.append(part.register_forward_hook(hook(name)))
        yield numbers
    finally:
        for handle in hooks:
            handle.remove()
