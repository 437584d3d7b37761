"""Every layer of a network, with the proof that its positions lie where they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.images.geometry import QUARTERS, UNEQUAL, Geometry, change, disturbed, judge
from compexp_widgets.networks.images.layout_recognition import IMAGES, recognise
from compexp_widgets.networks.images.pictures import Layout, maps_from, picture_layout
from compexp_widgets.networks.layer_calls import CallName, LayerCall, every_call, layer_calls
from compexp_widgets.networks.passes import Batch, forward, only_tensor, undisturbed_random


def proven_calls(module: nn.Module, batch: Batch, told: Mapping[CallName, Layout] | None = None) -> list[LayerCall]:
    """The calls of `layer_calls`, each layout held against where the layer changes when a quarter of the picture does.

    Five more pictures are shown, once for all layers together: the first of the batch, which is also shown twice to
    tell the axis of the images, as it is and disturbed. A layer whose change lands elsewhere is refused; where its
    tensor read the other way (channels first or last) has the change in the right place, it is read that way. Where a
    change spreads too evenly to tell, a layer passes; tokens only if others of the network prove the same grid of
    positions, or one of twice as many a side where no others have these positions elsewhere.

    The layouts in `told`, which a person has given, are held against the change and kept.
    """
    told = told or {}
    (pictures,) = batch.tensors
    twice = replace(batch, arguments=pictures[:1].repeat(IMAGES, *(1 for _ in pictures.shape[1:])), count=IMAGES)
    calls = layer_calls(module, twice, partial(recognise, picture=tuple(pictures.shape[-2:])))
    readings = {}
    for call in calls:
        layout = told.get(call.name, picture_layout(call))
        if layout is not None and layout.kind != "flat":
            # The other way to read the same tensor.
            other = {"maps": Layout("channels last"), "channels last": Layout("maps")}.get(layout.form)
            readings[call.name] = [layout] if other is None or call.name in told else [layout, other]
    if not readings:
        return calls
    largest = max(prod(call.shape) for call in calls if call.shape is not None)
    at_once = QUARTERS if largest * (1 + QUARTERS) // 2 <= _MOST_NUMBERS else 1
    changes = _changes(module, disturbed(pictures[0]), readings, at_once)
    judged = [_judged(call, changes.get(call.name, []), told) for call in calls]
    proven = {_grid(call) for call in judged if call.geometry is not None and call.geometry.verdict == "right"}
    lost = {_grid(call) for call, one in zip(calls, judged, strict=True) if call.layout and one.layout is None}
    proven |= {size for grid in proven for size in _halved(grid)} - lost
    return [call if call.name in told else _without_guesses(call, proven) for call in judged]


def _changes(
    module: nn.Module, pictures: torch.Tensor, readings: Mapping[CallName, Sequence[Layout]], at_once: int
) -> dict[CallName, list[tuple[Layout, torch.Tensor]]]:
    """The change of every layer, in each of its readings: float32, shape (`QUARTERS`, h, w); outputs are not kept.

    `at_once` disturbed pictures are shown together, beside the one as it is.
    """
    found: dict[CallName, dict[Layout, list[torch.Tensor]]] = {name: {} for name in readings}

    def note(name: CallName, _part: nn.Module, _inputs: object, output: object) -> None:
        tensor = only_tensor(output)
        if tensor is None or not tensor.is_floating_point():
            return
        for layout in readings.get(name, ()):
            try:
                maps = maps_from(tensor.detach(), layout, name[0])
            except NetworkError:  # a layout that was told and does not fit is refused where it is read
                continue
            if prod(maps.shape[2:]) > 1 and len(maps) > 1:
                found[name].setdefault(layout, []).append(change(maps))

    with every_call(module, note) as numbers:
        for first in range(1, 1 + QUARTERS, at_once):
            numbers.clear()
            shown = torch.cat([pictures[:1], pictures[first : first + at_once]])
            with undisturbed_random():
                forward(module, Batch(shown, len(shown)))
    return {
        name: [(layout, torch.cat(parts)) for layout, parts in one.items() if sum(map(len, parts)) == QUARTERS]
        for name, one in found.items()
    }


def _judged(
    call: LayerCall, changes: Sequence[tuple[Layout, torch.Tensor]], told: Mapping[CallName, Layout]
) -> LayerCall:
    """A call with what its change says, in the reading that the change supports."""
    layout = told.get(call.name, picture_layout(call))
    found = {reading: judge(changed) for reading, changed in changes}
    geometry = found.pop(layout, None) if layout is not None else None
    if geometry is None or geometry.verdict == "right" or call.name in told:
        return replace(call, geometry=geometry)
    for other, another in found.items():
        if another.verdict == "right" and another.spread >= UNEQUAL:
            return replace(call, layout=other, geometry=another)
    return _refused(call, geometry) if geometry.verdict == "elsewhere" else replace(call, geometry=geometry)


def _without_guesses(call: LayerCall, proven: set[tuple[int, int]]) -> LayerCall:
    """Refuse tokens that nothing shows to be a grid: neither their own change nor a layer with these positions."""
    layout, geometry = picture_layout(call), call.geometry
    if layout is None or geometry is None or geometry.verdict != "not told":
        return call
    return call if layout.kind == "maps" or _grid(call) in proven else _refused(call, geometry)


def _halved(grid: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """The grids that come of making one coarser by half, again and again, rounded down or up."""
    for by in (2**step for step in range(1, max(grid).bit_length())):
        yield grid[0] // by, grid[1] // by
        yield -(-grid[0] // by), -(-grid[1] // by)


def _refused(call: LayerCall, geometry: Geometry) -> LayerCall:
    """A call that is not read this way, with the reason and what to do."""
    layout, (height, width) = picture_layout(call), _grid(call)
    assert layout is not None
    lies = "lie elsewhere" if geometry.verdict == "elsewhere" else "are not shown to lie there"
    why_not = (
        f"read as {layout.form!r}, its {height} × {width} positions {lies}: {geometry}. Probe the block around it "
        f"or before it; layout={layout!r} reads it all the same"
    )
    return replace(call, layout=None, geometry=geometry, why_not=why_not)


def geometry_checks(layer: str, geometry: Geometry | None) -> tuple[Check, ...]:
    """The check of where a layer's positions lie; none where it has no positions."""
    if geometry is None:
        return ()
    if geometry.verdict == "elsewhere":
        told = f"the positions of layer {layer!r} lie elsewhere than they are read: {geometry}"
        return (Check("geometry", "positions lie elsewhere", told, held=False),)
    if geometry.verdict == "right":
        told = f"the positions of layer {layer!r} lie where they are read: {geometry}"
        return (Check("geometry", "positions proven", told),)
    told = f"where the positions of layer {layer!r} lie is not told by how it changes ({geometry})"
    return (Check("geometry", "positions not told", f"{told}: they are read as those of other layers are"),)


def _grid(call: LayerCall) -> tuple[int, int]:
    """Height and width of the positions of a call that has some."""
    layout = picture_layout(call)
    return (1, 1) if layout is None or call.shape is None else layout.positions(call.shape) or (1, 1)


# Numbers in the largest answer to all five pictures at once: 256 MB in float32.
_MOST_NUMBERS = 2**26
