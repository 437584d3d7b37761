"""Recognise the layout of a layer's output: from the layer, the shape, and the outputs before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt

import torch
from torch import nn

from compexp_widgets.networks.images.pictures import Form, Layout, picture_layout
from compexp_widgets.networks.layer_calls import LayerCall

Shape = tuple[int, ...]


def recognise(
    part: nn.Module, inputs: tuple[object, ...], output: torch.Tensor, before: Sequence[LayerCall], picture: Shape
) -> Layout | str:
    """The layout of the output of a layer (`part`), or why it cannot be probed.

    The network was shown the same picture `IMAGES` times, of a height and width; `before` are the calls that ended
    before this one in the same pass.
    """
    shape = tuple(output.shape)
    if not output.is_floating_point():
        return f"it gives {str(output.dtype).removeprefix('torch.')}, not floating numbers"
    if output.ndim not in {2, 3, 4}:
        return f"its shape {shape} has {output.ndim} axes: neither maps, tokens nor a vector"
    candidates = [axis for axis in range(2 if output.ndim == 3 else 1) if shape[axis] == IMAGES]
    axis = next((axis for axis in candidates if _alike(output, axis)), None)
    if axis is None:
        return _no_images(shape, differ=bool(candidates))
    if output.ndim == 3:
        return _tokens(part, shape, axis, before, picture)
    return Layout("flat") if output.ndim == 2 else _maps(part, inputs, output, before)


def _alike(output: torch.Tensor, axis: int) -> bool:
    """True where the two entries of an axis are equal but for rounding, as the answers to two equal images are."""
    if output.numel() == 0:
        return True
    first, second = output.float().unbind(axis)
    # So written that a NaN in both counts as equal.
    return not bool((first - second).abs().max() > _ROUNDING * first.abs().max())


def _no_images(shape: Shape, *, differ: bool) -> str:
    if differ:
        return (
            f"its shape {shape} has no axis along which two equal images have equal answers: that of {IMAGES} entries "
            "is another, or it answers at random"
        )
    if len(shape) == 3:
        return f"its shape {shape} has no axis of {IMAGES} images: they were cut into windows or mixed"
    return f"its first axis has {shape[0]} entries for {IMAGES} images: they were cut up or mixed"


def _maps(
    part: nn.Module, inputs: tuple[object, ...], output: torch.Tensor, before: Sequence[LayerCall]
) -> Layout | str:
    shape = tuple(output.shape)
    if _in_windows(part, shape, before):
        return _WINDOWS
    if (form := _form_by_class(part)) is not None:
        return Layout(form)
    norm = isinstance(part, nn.LayerNorm)
    last = type(part) is nn.Linear or (isinstance(part, nn.LayerNorm) and _over_the_last_axis(part, inputs, output))
    # What neither mixes nor turns axes goes on in the layout of the answer before it.
    same = next((call for call in reversed(before) if call.shape == shape), None)
    if not (last or norm) and same is not None and (layout := picture_layout(same)) is not None:
        return layout
    return _by_the_grid_before(shape, last, before)


def _in_windows(part: nn.Module, shape: Shape, before: Sequence[LayerCall]) -> bool:
    kind = type(part).__name__
    if kind == "WindowPartition":
        return True
    along = bool(before) and before[-1].shape is not None and before[-1].shape[:-1] == shape[:-1]
    return bool(before) and before[-1].why_not == _WINDOWS and (along or kind == "SwapAxes")


def _form_by_class(part: nn.Module) -> Form | None:
    kind = type(part).__name__
    if kind in _CHANNELS_LAST:
        return "channels last"
    turned = tuple(getattr(part, "dims", None) or ()) if kind == "Permute" else ()
    if turned == (0, 2, 3, 1):
        return "channels last"
    return "maps" if turned == (0, 3, 1, 2) or isinstance(part, _CHANNELS_FIRST) else None


def _over_the_last_axis(part: nn.LayerNorm, inputs: tuple[object, ...], output: torch.Tensor) -> bool:
    """True where a norm works along the last axis: many libraries have subclasses that work along the second."""
    if part.normalized_shape != tuple(output.shape[-1:]):
        return False
    if type(part) is nn.LayerNorm or output.shape[1] != output.shape[-1]:
        return True
    given = inputs[0] if inputs else None
    if not isinstance(given, torch.Tensor):
        return False
    return torch.allclose(nn.LayerNorm.forward(part, given), output, rtol=0.01, atol=0.01)


def _by_the_grid_before(shape: Shape, last: bool, before: Sequence[LayerCall]) -> Layout | str:
    """The layout in which the last grid of positions goes on, as it was or coarser; `last` for a layer that works along
    the last axis.
    """
    usual = Layout("channels last" if last else "maps")
    found = _positions(before)
    if found is None:
        return usual
    form, grid = found
    if not last and _reduced(shape[2:], grid):
        return Layout("maps")
    if (last or form != "maps") and _reduced(shape[1:3], grid):
        return Layout("channels last")
    # Attention lays the whole grid along one axis.
    heads = form.startswith("tokens") or grid[0] * grid[1] in (shape[1:3] if last else shape[2:])
    return _HEADS if heads else usual


def _positions(before: Sequence[LayerCall]) -> tuple[Form, tuple[int, int]] | None:
    """Form, and height and width, of the last answer that has positions."""
    for call in reversed(before):
        layout = picture_layout(call)
        if layout is None or call.shape is None or layout.kind == "flat":
            continue
        grid = layout.positions(call.shape)
        if grid is not None and grid != (1, 1):
            return layout.form, grid
    return None


def _reduced(size: Shape, grid: tuple[int, int]) -> bool:
    """True for the height and width of a grid, or of the grid in which 2 × 2, 3 × 3, … cells became one."""
    return any(
        size in {(grid[0] // by, grid[1] // by), (-(-grid[0] // by), -(-grid[1] // by))}
        for by in range(1, max(grid) + 1)
    )


def _tokens(part: nn.Module, shape: Shape, axis: int, before: Sequence[LayerCall], picture: Shape) -> Layout | str:
    form: Form = "tokens" if axis == 0 else "tokens first"
    count = shape[1 - axis]
    if isinstance(part, _IN_A_ROW) or (form == "tokens" and _turned(shape, before)):
        return _TURNED
    if form == "tokens" and count == 1:
        return Layout("class token")
    grid = next(_grids(count, before, picture), None)
    if grid is not None:
        return Layout(form, grid, count - grid[0] * grid[1])
    return (
        f"its {count} tokens are no grid of patches over a picture of {picture[0]} × {picture[1]}: "
        "if they are, give layout=Layout('tokens', grid=(height, width), skipped=…)"
    )


def _turned(shape: Shape, before: Sequence[LayerCall]) -> bool:
    """True where tokens and units have changed places since the last tokens, as where an MLP mixes tokens."""
    for call in reversed(before):
        layout = picture_layout(call)
        if layout is not None and layout.form == "tokens" and call.shape is not None:
            return call.shape[1] != shape[1] == call.shape[2]
    return False


def _grids(count: int, before: Sequence[LayerCall], picture: Shape) -> Iterator[tuple[int, int]]:
    """Height and width that patches may have, the likeliest first."""
    for call in reversed(before):
        layout = picture_layout(call)
        if layout is None or call.shape is None:
            continue
        if layout.kind == "tokens" and layout.grid is not None:
            if layout.grid[0] * layout.grid[1] + layout.skipped == count:
                yield layout.grid
        elif (
            # The patches as the convolution before laid them out.
            layout.form == "maps"
            and 0 <= count - call.shape[2] * call.shape[3] <= _MOST_SKIPPED
            and min(call.shape[2:]) > 1
        ):
            yield call.shape[2], call.shape[3]
    height, width = picture
    for skipped in range(min(_MOST_SKIPPED, count - 1) + 1):
        rows = isqrt((count - skipped) * height // width)
        if rows > 1 and (count - skipped) % rows == 0:
            columns = (count - skipped) // rows
            if rows * width == columns * height:
                yield rows, columns


IMAGES = 2
_MOST_SKIPPED = 16
# Of the largest activation: half precision rounds to 2⁻⁸ a step.
_ROUNDING = 0.05
_WINDOWS = "it works on windows cut out of the grid, not on the grid: probe the block around it"
_HEADS = "its axes are those of attention heads, not of maps: probe the attention, or the block around it"
_TURNED = "its tokens are on its last axis, mixed or pooled: probe the block around it, or the layer before it"
_CHANNELS_FIRST = (
    nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm,
    nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d,
)  # fmt: skip
_IN_A_ROW = (nn.Conv1d, nn.BatchNorm1d, nn.AvgPool1d, nn.MaxPool1d, nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d)
# By name, because each library has classes of its own under these names.
_CHANNELS_LAST = {
    name + version
    for name in ("PatchMerging", "ShiftedWindowAttention", "SwinTransformerBlock")
    for version in ("", "V2")
}
