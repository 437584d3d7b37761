"""Read what the units of a layer answer, by a hook, and leave the network as it was found."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from types import TracebackType

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.geometry import Geometry
from compexp_widgets.networks.layer_calls import forward
from compexp_widgets.networks.layer_geometry import Name, geometry_of, proven_calls
from compexp_widgets.networks.layout import Form, LayerCall, Layout, maps_from, only_tensor
from compexp_widgets.networks.torch_modules import evaluation_mode, split_layer


class Probe:
    """A layer of a network, listened to while inside a ``with`` block.

    >>> with Probe(module, "layer4") as probe:
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
        How the layer's answer is laid out; None: as recognised. Where the change shows it to be wrong, a warning says
        so and it is taken all the same.
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
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
    ) -> None:
        self.module = module
        self.layer = layer
        self.layout = Layout(layout) if isinstance(layout, str) else layout
        self.directions = directions
        name, self._number = split_layer(module, layer)
        self._target = dict(module.named_modules(remove_duplicate=False))[name]
        self._calls = 0
        self._output: object = None
        self.answer: object = None
        self.geometry: Geometry | None = None
        self._recognised: dict[tuple[int, ...], Layout] = {}
        self._listening = False

    def __enter__(self) -> Probe:
        self._mode = evaluation_mode(self.module)
        self._mode.__enter__()
        self._hook = self._target.register_forward_hook(self._keep)
        self._listening = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening = False
        self._hook.remove()
        self._output = self.answer = None
        self._mode.__exit__(kind, error, trace)

    def _keep(self, _module: nn.Module, _inputs: object, output: object) -> None:
        self._calls += 1
        if self._calls != (self._number or 1):
            return
        tensor = only_tensor(output)
        # Cloned, because a later in-place operation may overwrite it.
        self._output = output if tensor is None else tensor.detach().float().clone()

    def activations(self, batch: torch.Tensor) -> torch.Tensor:
        """The layer's activation maps for a batch.

        Parameters
        ----------
        batch
            What the module takes: float, shape (images, 3, H, W); brought to the module's device and precision.

        Returns
        -------
        float32, shape (images, units, height, width), on the module's device. A layer without positions gives height
        and width 1; with directions they are the units.

        Raises
        ------
        NetworkError
            When the layer cannot be probed, was not called, or was called several times and the name does not say
            which call is meant.
        """
        (maps,) = activations_of([self], batch)
        return maps

    def layout_for(self, batch: torch.Tensor) -> Layout:
        """How the layer answers inputs of this size; as for `activations`."""
        _recognise_all([self], batch)
        return self._recognised[tuple(batch.shape[1:])]

    @property
    def _told(self) -> Layout | None:
        """The layout, where it was told and leaves nothing open."""
        given = self.layout
        return None if given is None or (given.kind == "tokens" and given.grid is None) else given

    def _recognise(self, batch: torch.Tensor, calls: Callable[[], list[LayerCall]]) -> None:
        """Find out how the layer's answer is laid out for inputs of this size."""
        size = tuple(batch.shape[1:])
        if size in self._recognised:
            return
        given = self.layout
        if self._told is not None:
            if self._told.kind != "flat":
                self.geometry = geometry_of(calls(), self._name)
                if self.geometry is not None and self.geometry.verdict == "elsewhere":
                    warnings.warn(
                        f"layer {self.layer!r}: its positions lie elsewhere than layout={self._told!r} says: "
                        f"{self.geometry}",
                        stacklevel=4,
                    )
            self._recognised[size] = self._told
            return
        found = self._layout_of(calls())
        self.geometry = geometry_of(calls(), self._name)
        if given is not None:
            if found.kind != "tokens":
                raise NetworkError(f"layer {self.layer!r} gives {found.form!r}, not tokens: leave layout out")
            found = Layout(given.form, found.grid, found.skipped)
        self._recognised[size] = found

    @property
    def _name(self) -> Name:
        """The layer as a pass names it: a module with two names has the first."""
        return next(name for name, part in self.module.named_modules() if part is self._target), self._number or 1

    def _layout_of(self, calls: Sequence[LayerCall]) -> Layout:
        mine = [call for call in calls if call.module == self._name[0]]
        if len(mine) < (self._number or 1):
            raise NetworkError(
                f"layer {self.layer!r} was called {len(mine)} times in one pass: it has no activations to probe. It is "
                "unused, used in training alone, or a part of something that computes with its weights directly"
            )
        if len(mine) > 1 and self._number is None:
            raise NetworkError(
                f"layer {self.layer!r} was called {len(mine)} times in one pass: say which call, as {self.layer}:1 … "
                f"{self.layer}:{len(mine)}"
            )
        call = mine[(self._number or 1) - 1]
        if call.layout is None:
            raise NetworkError(f"layer {self.layer!r} cannot be probed: {call.why_not}")
        return call.layout

    def _take(self, batch: torch.Tensor) -> torch.Tensor:
        output, self._output = self._output, None
        if not isinstance(output, torch.Tensor):
            given = "nothing" if output is None else type(output).__name__
            raise NetworkError(f"layer {self.layer!r} gives {given} for this batch, not a tensor")
        layout = self._recognised[tuple(batch.shape[1:])]
        maps = maps_from(output, layout, self.layer)
        if len(maps) != len(batch):
            raise NetworkError(
                f"layer {self.layer!r} gives shape {tuple(output.shape)} for {len(batch)} images; the layout "
                f"{layout.form!r} does not fit"
            )
        return maps if self.directions is None else self.directions.activations(maps, self.layer)


def activations_of(probes: Sequence[Probe], batch: torch.Tensor) -> list[torch.Tensor]:
    """The activation maps of several layers of one network, in a single pass.

    >>> with open_probes(module, ["layer3", "layer4"]) as probes:
    ...     early, late = activations_of(probes, batch)

    Parameters
    ----------
    probes
        Probes of the same module, each inside its ``with`` block.
    batch
        See `Probe.activations`, as for what is returned for each and for errors.
    """
    _recognise_all(probes, batch)
    for probe in probes:
        probe._calls, probe._output = 0, None
    answer = forward(probes[0].module, batch)
    for probe in probes:
        probe.answer = answer
    return [probe._take(batch) for probe in probes]


def _recognise_all(probes: Sequence[Probe], batch: torch.Tensor) -> None:
    @cache
    def calls() -> list[LayerCall]:
        told = {probe._name: probe._told for probe in probes if probe._told is not None}
        return proven_calls(probes[0].module, batch, told)

    for probe in probes:
        if not probe._listening or probe.module is not probes[0].module:
            raise NetworkError(f"the probe of {probe.layer!r} is not inside its with block, or is of another network")
        probe._recognise(batch, calls)


@contextmanager
def open_probes(module: nn.Module, layers: Sequence[str]) -> Iterator[list[Probe]]:
    """Probes of several layers of one network, inside their ``with`` blocks.

    Raises
    ------
    NetworkError
        When there is no such layer.
    """
    with ExitStack() as stack:
        yield [stack.enter_context(probe) for probe in [Probe(module, layer) for layer in layers]]
