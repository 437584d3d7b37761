"""List the layers of a network that can be probed, and say why the others cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd
import torch
from torch import nn

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import NetworkError
from compexp_widgets.listing import Listing
from compexp_widgets.networks.images.geometry import Geometry
from compexp_widgets.networks.images.pictures import Kind, picture_layout
from compexp_widgets.networks.images.proven_layers import proven_calls
from compexp_widgets.networks.layer_calls import LayerCall
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.passes import Batch, evaluation_mode, training_parts
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.networks.torch_modules import refuse_unready
from compexp_widgets.notebook_html import Row, fields_html, muted
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class LayerInfo:
    """One layer of a network, as it answered one sample.

    Attributes
    ----------
    name
        What to give as `layer`: dotted, and ``:2`` behind it for the second call of a module that is called often.
    output_shape
        For one image, without the axis of the images; None where the answer is not a tensor or there is none.
    units
        How many units it has; 0 where it cannot be probed.
    kind
        ``"maps"`` and ``"tokens"`` have positions, ``"flat"`` one activation for the whole image; None where it
        cannot be probed.
    grid
        Height and width of the activation maps; None where it cannot be probed.
    why_not, note
        Why its units cannot be probed, and what else is good to know, such as the tokens that are left out.
    geometry
        Where its map changes with the picture; None where it has no positions.
    """

    name: str
    type: str
    output_shape: tuple[int, ...] | None
    units: int
    kind: Kind | None
    grid: tuple[int, int] | None
    probeable: bool
    why_not: str = ""
    note: str = ""
    geometry: Geometry | None = field(default=None, compare=False)

    __repr__ = brief_repr
    _repr_html_ = fields_html
    _table_name_ = "layer"
    _table_heads_ = ("layer", "type", "note"), ("units", "grid")

    def _table_row_(self) -> Row:
        name, note = (self.name, self.note) if self.probeable else (muted(self.name), self.why_not)
        grid = " × ".join(map(str, self.grid)) if self.grid else ""
        return (name, self.type, muted(note)), (f"{self.units:,}" if self.units else "", grid), None


@checked(NetworkError)
def list_layers(network: AnyNetwork | nn.Module, input_shape: Sequence[int] | None = None) -> list[LayerInfo]:
    """Every layer of a network, found by showing it one picture.

    The same picture with each of its quarters disturbed tells whether the positions of a layer lie where they are read;
    a layer whose change lands elsewhere cannot be probed. Pictures are shown in evaluation mode; a module that was in
    training mode is put back into it. Functions that a network calls without a module (``torch.relu``) are no layers.

    Parameters
    ----------
    network
        A `Network`, or any torch module, on any device and in any precision.
    input_shape
        (3, H, W) or (H, W) of what it is shown; for a `Network` the size that its preprocess gives when not given.

    Returns
    -------
    One `LayerInfo` a call of a layer, in the order in which the network defines its layers. `layers_frame` makes a
    table of them.

    Raises
    ------
    NetworkError
        When the network fails on such an input, or no shape is given for a bare module.
    """
    if isinstance(network, str):
        network = as_network(network)
    module = network.module if isinstance(network, Network) else network
    if not isinstance(module, nn.Module):
        raise NetworkError(f"list_layers takes a Network or a torch.nn.Module, not {type(module).__name__}")
    refuse_unready(module)
    batch = _input(network, input_shape)
    with evaluation_mode(module, quiet=True):
        calls = network.layer_calls(batch) if isinstance(network, Network) else proven_calls(module, batch)
    by_module = defaultdict(list)
    for call in calls:
        by_module[call.module].append(call)
    mode = "probed in evaluation mode, though it is in training mode now" if training_parts(module) else ""
    return Listing(
        info
        for name, part in module.named_modules()
        if name
        for info in _infos(name, part, by_module[name], batch.samples, mode)
    )


@checked(NetworkError)
def layers_frame(layers: Iterable[LayerInfo], *, only_probeable: bool = False) -> pd.DataFrame:
    """Layers as a table, with the columns name, type, output shape, units, kind, grid, probeable, why not, note."""
    frame: pd.DataFrame = pd.DataFrame(
        [
            {
                "name": layer.name,
                "type": layer.type,
                "output shape": " × ".join(map(str, layer.output_shape)) if layer.output_shape else "",
                "units": layer.units,
                "kind": layer.kind or "",
                "grid": " × ".join(map(str, layer.grid)) if layer.grid else "",
                "probeable": layer.probeable,
                "why not": layer.why_not,
                "note": layer.note,
            }
            for layer in layers
            if layer.probeable or not only_probeable
        ],
        columns=["name", "type", "output shape", "units", "kind", "grid", "probeable", "why not", "note"],
    )
    return frame


def _input(network: Network | nn.Module, input_shape: Sequence[int] | None) -> Batch:
    if input_shape is None:
        if not isinstance(network, Network):
            raise NetworkError("give input_shape=(3, height, width): a bare module does not say what it is shown")
        return network.batch(network.inputs.fixed_samples())
    shape = tuple(input_shape)
    if not all(isinstance(side, int) and side > 0 for side in shape) or len(shape) not in {2, 3}:
        raise NetworkError(f"input_shape is (3, height, width) or (height, width), not {input_shape!r:.60}")
    if len(shape) == 2:
        shape = (3, *shape)
    return Batch(torch.rand(1, *shape, generator=torch.Generator().manual_seed(0)), 1)


def _infos(name: str, part: nn.Module, calls: Sequence[LayerCall], samples: str, mode: str) -> Iterable[LayerInfo]:
    kind = type(part).__name__
    if not calls:
        yield LayerInfo(name, kind, None, 0, None, None, False, _never_called(part, samples))
    for call in calls:
        called = f"{name}:{call.number}" if len(calls) > 1 else name
        if call.layout is None or call.shape is None:
            shape = None if call.shape is None else call.shape[1:]
            yield LayerInfo(called, kind, shape, 0, None, None, False, call.why_not, geometry=call.geometry)
            continue
        layout = picture_layout(call)
        samples_axis = 1 if layout is not None and layout.form == "tokens first" else 0
        shape = tuple(size for axis, size in enumerate(call.shape) if axis != samples_axis)
        grid = None if layout is None else layout.positions(call.shape)
        form: Kind | None = None if layout is None else "flat" if grid == (1, 1) else layout.kind
        note = "; ".join(filter(None, [*_notes(part, call, len(calls), grid), mode]))
        yield LayerInfo(called, kind, shape, call.units, form, grid, True, note=note, geometry=call.geometry)


def _notes(part: nn.Module, call: LayerCall, calls: int, grid: tuple[int, int] | None) -> Iterable[str]:
    layout = picture_layout(call)
    if calls > 1:
        yield f"call {call.number} of {calls}"
    if call.wrapped:
        yield f"the tensor in the {call.wrapped} that it gives"
    if layout is not None and layout.left_out:
        yield f"the {layout.left_out} {'is' if layout.skipped == 1 else 'are'} left out"
    if layout is not None and layout.form == "channels last":
        yield "its last axis holds the units"
    if call.geometry is not None and call.geometry.verdict == "not told":
        yield "where its positions lie is not told: a change anywhere reaches all of them"
    if grid == (1, 1):
        yield "one activation for the whole image"
    if getattr(part, "inplace", False) is True:
        yield "works in place: the layer before it can still be probed as it was"


def _never_called(part: nn.Module, samples: str) -> str:
    if isinstance(part, (nn.ModuleList, nn.ModuleDict)):
        return "it is a list of layers and never called itself: probe one of them"
    these = "this picture" if samples == "images" else f"the fixed {samples}"
    if next(part.parameters(), None) is not None:
        return f"it was not called for {these}: used in training alone, or its weights are used directly"
    return f"it was not called for {these}"
