"""Read and change what the units of a layer answer, by a hook, and leave the network as it was found."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from types import TracebackType
from typing import overload

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.geometry import Geometry
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.images.proven_layers import proven_calls
from compexp_widgets.networks.layer_calls import Activations, CallName, LayerCall, SampleLayout
from compexp_widgets.networks.passes import Batch, evaluation_mode, forward, only_tensor, with_tensor
from compexp_widgets.networks.torch_modules import split_layer

Change = Callable[[torch.Tensor], torch.Tensor]


class Probe:
    """A layer of a network, listened to while inside a ``with`` block.

    >>> with network.probe("layer4") as probe:
    ...     maps = probe.activations(batch)         # float32 (images, units, height, width)

    Inside the block the network is in evaluation mode; if it was not, a warning says so. Afterwards, also after an
    error, the hook is gone and every module is in the mode it was in.

    Convolutions, window transformers, vision transformers and flat layers are told apart by what the network does with
    the first batch (see `list_layers`), and held against where the layer changes when a quarter of its first picture
    does; `layout` says it where that fails.

    Parameters
    ----------
    module
        Any torch module.
    layer
        Dotted name of a submodule, as in ``module.named_modules()``; with ``:2`` behind it the second call of a module
        that is called several times in one pass.
    layout
        How the layer's output lies on the positions of a sample; None: as recognised for pictures. Where the change
        shows it to be wrong, a warning says so and it is taken all the same.
    directions
        Probe these linear combinations of the layer's channels in place of the channels.

    Attributes
    ----------
    answer
        What the module as a whole answered to the last batch; None outside the block.
    geometry
        Where the layer's map changed with the picture, once it was looked at; None where it has no positions.

    Raises
    ------
    NetworkError
        When there is no such layer; the message names the nearest ones.
    """

    def __init__(
        self,
        module: nn.Module,
        layer: str,
        *,
        layout: SampleLayout | Form | None = None,
        directions: Directions | None = None,
    ) -> None:
        self.module = module
        self.layer = layer
        self.layout = Layout(layout) if isinstance(layout, str) else layout
        self.directions = directions
        name, self._number = split_layer(module, layer)
        parts = list(module.named_modules(remove_duplicate=False))
        self._target = dict(parts)[name]
        # A pass names a module that has two names by the first.
        self._name: CallName = next(one for one, part in parts if part is self._target), self._number or 1
        self._calls = 0
        self._output: object = None
        self._change: Change | None = None
        self.answer: object = None
        self.geometry: Geometry | None = None
        self._recognised: dict[object, Layout] = {}
        self._layout_now: SampleLayout
        self._listening = self._reading = False

    def on(self, module: nn.Module) -> Probe:
        """A probe of the same layer of another module, read in the same way."""
        return Probe(module, self.layer, layout=self.layout, directions=self.directions)

    def __enter__(self) -> Probe:
        self._mode = evaluation_mode(self.module)
        self._mode.__enter__()
        self._hook = self._target.register_forward_hook(self._called)
        self._listening = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening = False
        self._hook.remove()
        self._output = self.answer = self._change = None
        self._mode.__exit__(kind, error, trace)

    def _called(self, _module: nn.Module, _inputs: object, output: object) -> object:
        self._calls += 1
        if not self._reading or self._calls != (self._number or 1):
            return None
        tensor = only_tensor(output)
        # Cloned, because a later in-place operation may overwrite it.
        self._output = output if tensor is None else tensor.detach().float().clone()
        if self._change is None or tensor is None:
            return None
        # A copy, because the output may be what another layer gave, as that of dropout is.
        return with_tensor(output, self._change(tensor.clone()))

    @contextmanager
    def changing(self, change: Change | None) -> Iterator[None]:
        """Inside the block the layers behind are given what `change` makes of a copy of the layer's output.

        What is read is the output as it was before.
        """
        self._change = change
        try:
            yield
        finally:
            self._change = None

    def answer_with(self, change: Change, batch: Batch, run: Callable[[nn.Module, Batch], object] = forward) -> object:
        """Run the network on a batch while the layers behind are given something else, see `changing`."""
        with self.changing(change):
            return _run([self], batch, run)

    def silencing(self, units: Sequence[int]) -> Change:
        """The change that sets units to 0 at every position, once the layout is known."""
        chosen = torch.tensor(list(units), dtype=torch.int64)

        def silenced(output: torch.Tensor) -> torch.Tensor:
            axis = self._layout_now.unit_axis % output.ndim
            if unknown := [unit for unit in units if not 0 <= unit < output.shape[axis]]:
                raise NetworkError(
                    f"layer {self.layer!r} has units 0 … {output.shape[axis] - 1}, so none is {unknown[0]}"
                )
            return output.index_fill(axis, chosen.to(output.device), 0)

        return silenced

    @overload
    def activations(self, batch: torch.Tensor) -> torch.Tensor: ...

    @overload
    def activations(self, batch: Batch) -> Activations: ...

    def activations(self, batch: torch.Tensor | Batch) -> Activations:
        """The layer's activations for a batch, which is brought to the module's device: float32, on that device.

        Of pictures, a float tensor of shape (images, 3, H, W), they have shape (images, units, height, width); height
        and width are 1 in a layer without positions, and with directions they are the units. A NetworkError where the
        layer cannot be probed, was not called, or was called several times and the name does not say which call is
        meant.
        """
        (found,) = activations_of([self], batch)
        return found

    def layout_for(self, batch: Batch) -> SampleLayout:
        """The layout of the layer's output for inputs of this size; as for `activations`."""
        _recognise_all([self], batch)
        return self._layout_now

    @property
    def _told(self) -> SampleLayout | None:
        """The layout, where it was told and leaves nothing open."""
        given = self.layout
        return None if isinstance(given, Layout) and given.kind == "tokens" and given.grid is None else given

    def _recognise(self, batch: Batch, calls: Callable[[], list[LayerCall]]) -> None:
        """Find out how the layer's output lies for inputs of this size."""
        given, told = self.layout, self._told
        if told is not None and (not isinstance(told, Layout) or told.kind == "flat"):
            self._layout_now = told
            return
        if batch.size not in self._recognised:
            found = told or self._my_layout(calls())
            self.geometry = next((call.geometry for call in calls() if call.name == self._name), None)
            if told is not None and self.geometry is not None and self.geometry.verdict == "elsewhere":
                warnings.warn(
                    f"layer {self.layer!r}: its positions lie elsewhere than layout={told!r} says: {self.geometry}",
                    stacklevel=5,
                )
            if told is None and isinstance(given, Layout):
                if found.kind != "tokens":
                    raise NetworkError(f"layer {self.layer!r} gives {found.form!r}, not tokens: leave layout out")
                found = Layout(given.form, found.grid, found.skipped)
            self._recognised[batch.size] = found
        self._layout_now = self._recognised[batch.size]

    def _my_layout(self, calls: Sequence[LayerCall]) -> Layout:
        mine = [call for call in calls if call.module == self._name[0]]
        self._check_number(len(mine))
        call = mine[(self._number or 1) - 1]
        if call.layout is None:
            raise NetworkError(f"layer {self.layer!r} cannot be probed: {call.why_not}")
        assert isinstance(call.layout, Layout)
        return call.layout

    def _check_number(self, calls: int) -> None:
        """See that the layer was called as often as its name says."""
        if calls < (self._number or 1):
            raise NetworkError(
                f"layer {self.layer!r} was called {calls} times in one pass: it has no activations to probe. It is "
                "unused, used in training alone, or a part of something that computes with its weights directly"
            )
        if calls > 1 and self._number is None:
            raise NetworkError(
                f"layer {self.layer!r} was called {calls} times in one pass: say which call, as {self.layer}:1 … "
                f"{self.layer}:{calls}"
            )

    def _take(self, batch: Batch) -> Activations:
        output, self._output = self._output, None
        self._check_number(self._calls)
        if not isinstance(output, torch.Tensor):
            raise NetworkError(
                f"layer {self.layer!r} cannot be probed: it gives a {type(output).__name__}, not a tensor; probe a "
                "part of it, or what it feeds"
            )
        found = self._layout_now.read(output, batch, self.layer)
        if self.directions is None:
            return found
        if isinstance(found, list):
            return [self.directions.activations(one[None], self.layer)[0] for one in found]
        return self.directions.activations(found, self.layer)


@overload
def activations_of(probes: Sequence[Probe], batch: torch.Tensor) -> list[torch.Tensor]: ...


@overload
def activations_of(probes: Sequence[Probe], batch: Batch) -> list[Activations]: ...


def activations_of(probes: Sequence[Probe], batch: torch.Tensor | Batch) -> Sequence[Activations]:
    """The activations of several layers of one network, in a single pass; see `Probe.activations`, as for errors.

    >>> with open_probes([network.probe("layer3"), network.probe("layer4")]) as probes:
    ...     early, late = activations_of(probes, batch)
    """
    if isinstance(batch, torch.Tensor):
        batch = Batch(batch, len(batch))
    _recognise_all(probes, batch)
    answer = _run(probes, batch, forward)
    for probe in probes:
        probe.answer = answer
    return [probe._take(batch) for probe in probes]


def _run(probes: Sequence[Probe], batch: Batch, run: Callable[[nn.Module, Batch], object]) -> object:
    """One pass, listened to; other passes, in which layouts are recognised, are not."""
    for probe in probes:
        probe._calls, probe._output, probe._reading = 0, None, True
    try:
        return run(probes[0].module, batch)
    finally:
        for probe in probes:
            probe._reading = False


def _recognise_all(probes: Sequence[Probe], batch: Batch) -> None:
    @cache
    def calls() -> list[LayerCall]:
        told = {probe._name: probe._told for probe in probes if isinstance(probe._told, Layout)}
        return proven_calls(probes[0].module, batch, told)

    for probe in probes:
        if not probe._listening or probe.module is not probes[0].module:
            raise NetworkError(f"the probe of {probe.layer!r} is not inside its with block, or is of another network")
        probe._recognise(batch, calls)


@contextmanager
def open_probes(probes: Sequence[Probe]) -> Iterator[Sequence[Probe]]:
    """Probes of several layers of one network, inside their ``with`` blocks."""
    with ExitStack() as stack:
        yield [stack.enter_context(probe) for probe in probes]
