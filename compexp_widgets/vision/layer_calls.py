"""What every layer of a network answers in one pass, and how each answer is laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isqrt

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from compexp_widgets.errors import NetworkError
from compexp_widgets.vision.layout import Form, Layout, only_tensor
from compexp_widgets.vision.network import device_and_dtype

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerCall:
    """One call of one module during a pass.

    Attributes
    ----------
    module
        Dotted name of the module.
    number
        1 for its first call in the pass, 2 for its second, …
    shape
        Of its answer, with two images; None where there is no tensor in it, or several.
    layout
        How the answer is laid out; None where it cannot be probed.
    why_not
        Why it cannot be probed; empty where it can.
    wrapped
        What the tensor was given in, such as ``"tuple"``; empty where the answer is the tensor itself.
    """

    module: str
    number: int
    shape: Shape | None
    layout: Layout | None
    why_not: str = ""
    wrapped: str = ""


def forward(module: nn.Module, batch: torch.Tensor) -> object:
    """What a module answers to a batch, which is brought to its device and precision, without gradients.

    Raises
    ------
    NetworkError
        When the module fails on the batch, or memory does not suffice.
    """
    device, dtype = device_and_dtype(module)
    try:
        with torch.inference_mode():
            return module(batch.to(device=device, dtype=dtype))
    except torch.cuda.OutOfMemoryError as error:
        raise NetworkError(
            f"the memory of {device} does not suffice for {len(batch)} images at once: take a smaller batch_size"
        ) from error
    except (RuntimeError, AssertionError, ValueError, TypeError, LookupError, AttributeError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(
            f"the network fails on an input of shape {tuple(batch.shape)}, {dtype} on {device} ({reason:.200}): see "
            "that preprocess gives the size it was built for, and that it can work on this device in this precision"
        ) from error


def layer_calls(module: nn.Module, batch: torch.Tensor) -> list[LayerCall]:
    """Show a network two images and write down every call of every module, in the order in which they end.

    The module is left in the mode it is in; call it in evaluation mode.

    Parameters
    ----------
    batch
        Float, shape (images, 3, H, W), of which the first is shown twice: with two, the axis of the images is known.

    Raises
    ------
    NetworkError
        When the module fails on the batch.
    """
    tracer = _Tracer(tuple(batch.shape[-2:]))
    hooks: list[RemovableHandle] = []
    try:
        for name, part in module.named_modules():
            if name:
                hooks.append(part.register_forward_hook(tracer.hook(name)))
        forward(module, batch[:1].repeat(_IMAGES, *(1 for _ in batch.shape[1:])))
    finally:
        for hook in hooks:
            hook.remove()
    return tracer.calls


class _Tracer:
    """Follows a pass and keeps what is needed to tell how the next answer is laid out."""

    def __init__(self, picture: Shape) -> None:
        self.calls: list[LayerCall] = []
        self._numbers: Counter[str] = Counter()
        self._picture = picture

    def hook(self, name: str) -> _Hook:
        return _Hook(self, name)

    def note(self, name: str, part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        self._numbers[name] += 1
        number = self._numbers[name]
        tensor = only_tensor(output)
        if tensor is None:
            why_not = f"it gives {_described(output)}, not a tensor: probe a part of it, or the block around it"
            self.calls.append(LayerCall(name, number, None, None, why_not))
            return
        layout, why_not = self._layout(part, inputs, tensor)
        wrapped = "" if tensor is output else type(output).__name__
        self.calls.append(LayerCall(name, number, tuple(tensor.shape), layout, why_not, wrapped))

    def _layout(
        self, part: nn.Module, inputs: tuple[object, ...], output: torch.Tensor
    ) -> tuple[Layout | None, str]:
        shape = tuple(output.shape)
        if not output.is_floating_point():
            return None, f"it gives {str(output.dtype).removeprefix('torch.')}, not floating numbers"
        if output.ndim not in {2, 3, 4}:
            return None, f"its shape {shape} has {output.ndim} axes: neither maps, tokens nor a vector"
        axes = [axis for axis in range(2 if output.ndim == 3 else 1) if shape[axis] == _IMAGES]
        if not axes:
            if output.ndim == 3:
                return None, f"its shape {shape} has no axis of {_IMAGES} images: they were cut into windows or mixed"
            return None, f"its first axis has {shape[0]} entries for {_IMAGES} images: they were cut up or mixed"
        axis = next((axis for axis in axes if _alike(output, axis)), None)
        if axis is None:
            return None, (
                f"its shape {shape} has no axis along which two equal images have equal answers: that of {_IMAGES} "
                "entries is another, or it answers at random"
            )
        if output.ndim == 3:
            return self._tokens(part, shape, axis)
        if output.ndim == 2:
            return Layout("flat"), ""
        return self._maps(part, inputs, output)

    def _maps(self, part: nn.Module, inputs: tuple[object, ...], output: torch.Tensor) -> tuple[Layout | None, str]:
        shape, kind, windows = tuple(output.shape), type(part).__name__, (None, _WINDOWS)
        before = self.calls[-1] if self.calls else None
        along = before is not None and before.shape is not None and before.shape[:-1] == shape[:-1]
        cut = before is not None and before.why_not == _WINDOWS
        if kind == "WindowPartition":
            return windows
        if cut and (along or kind == "SwapAxes"):
            return windows
        if kind in _CHANNELS_LAST:
            return Layout("channels last"), ""
        dims = getattr(part, "dims", None) if kind == "Permute" else None
        if dims is not None and list(dims) in ([0, 2, 3, 1], [0, 3, 1, 2]):
            return Layout("channels last" if list(dims) == [0, 2, 3, 1] else "maps"), ""
        if isinstance(part, _CHANNELS_FIRST):
            return Layout("maps"), ""
        last = type(part) is nn.Linear or (isinstance(part, nn.LayerNorm) and _over_the_last_axis(part, inputs, output))
        # What neither mixes nor turns axes goes on in the layout of the answer before it.
        same = next((call for call in reversed(self.calls) if call.shape == shape), None)
        if not (last or isinstance(part, nn.LayerNorm)) and same is not None and same.layout is not None:
            return same.layout, ""
        before_it = self._positions()
        if before_it is None:
            return Layout("channels last" if last else "maps"), ""
        form, grid = before_it
        if _fits(shape[2:], grid) and not last:
            return Layout("maps"), ""
        if _fits(shape[1:3], grid) and (last or form != "maps"):
            return Layout("channels last"), ""
        if form.startswith("tokens") or grid[0] * grid[1] in shape[1:]:
            return None, _HEADS
        return Layout("channels last" if last else "maps"), ""

    def _positions(self) -> tuple[Form, tuple[int, int]] | None:
        """Form, and height and width, of the last answer that has positions."""
        for call in reversed(self.calls):
            if call.layout is None or call.shape is None or call.layout.kind == "flat":
                continue
            first = {"maps": 2, "channels last": 1}.get(call.layout.form)
            grid = call.layout.grid if first is None else (call.shape[first], call.shape[first + 1])
            if grid is not None and grid != (1, 1):
                return call.layout.form, grid
        return None

    def _tokens(self, part: nn.Module, shape: Shape, axis: int) -> tuple[Layout | None, str]:
        form: Form = "tokens" if axis == 0 else "tokens first"
        count = shape[1 - axis]
        if isinstance(part, _IN_A_ROW) or (axis == 0 and self._turned(shape)):
            return None, _TURNED
        if form == "tokens" and count == 1:
            return Layout("class token"), ""
        for grid in self._grids(count):
            skipped = count - grid[0] * grid[1]
            return Layout(form, grid, skipped), ""
        return None, (
            f"its {count} tokens are no grid of patches over a picture of {self._picture[0]} × {self._picture[1]}: "
            "if they are, give layout=Layout('tokens', grid=(height, width), skipped=…)"
        )

    def _turned(self, shape: Shape) -> bool:
        """Whether tokens and units have changed places since the last tokens, as where an MLP mixes tokens."""
        tokens = next(
            (call.shape for call in reversed(self.calls) if call.layout is not None and call.layout.form == "tokens"), None
        )
        return tokens is not None and tokens[1] != shape[1] == tokens[2]

    def _grids(self, count: int) -> Iterable[tuple[int, int]]:
        """Height and width that patches may have, the likeliest first."""
        for call in reversed(self.calls):
            if call.layout is not None and call.layout.grid is not None and call.layout.kind == "tokens":
                if call.layout.grid[0] * call.layout.grid[1] + call.layout.skipped == count:
                    yield call.layout.grid
            elif (
                # The patches as the convolution before laid them out.
                call.layout is not None
                and call.layout.form == "maps"
                and call.shape is not None
                and 0 <= count - call.shape[2] * call.shape[3] <= _MOST_SKIPPED
                and min(call.shape[2:]) > 1
            ):
                yield call.shape[2], call.shape[3]
        height, width = self._picture
        for skipped in range(min(_MOST_SKIPPED, count - 1) + 1):
            rows = isqrt((count - skipped) * height // width)
            if rows > 1 and (count - skipped) % rows == 0:
                columns = (count - skipped) // rows
                if rows * width == columns * height:
                    yield rows, columns


class _Hook:
    """A forward hook that knows the name of its layer."""

    def __init__(self, tracer: _Tracer, name: str) -> None:
        self._tracer = tracer
        self._name = name

    def __call__(self, part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        self._tracer.note(self._name, part, inputs, output)


def _alike(output: torch.Tensor, axis: int) -> bool:
    """Whether the two entries of an axis are equal but for rounding, as the answers to two equal images are."""
    first, second = output.float().unbind(axis)
    # So written that a NaN in both counts as equal.
    return not bool((first - second).abs().max() > 0.05 * first.abs().max())


def _over_the_last_axis(part: nn.LayerNorm, inputs: tuple[object, ...], output: torch.Tensor) -> bool:
    """Whether a norm works along the last axis: subclasses that turn the axes first are found in many libraries."""
    if part.normalized_shape != tuple(output.shape[-1:]):
        return False
    if type(part) is nn.LayerNorm or output.shape[1] != output.shape[-1]:
        return True
    given = inputs[0] if inputs else None
    if not isinstance(given, torch.Tensor):
        return False
    return torch.allclose(nn.LayerNorm.forward(part, given), output, rtol=0.01, atol=0.01)


def _fits(size: Shape, grid: tuple[int, int]) -> bool:
    """Whether a grid may have been reduced to this height and width."""
    return any(
        tuple(size) in {(grid[0] // by, grid[1] // by), (-(-grid[0] // by), -(-grid[1] // by))}
        for by in range(1, max(grid) + 1)
    )


def _described(output: object) -> str:
    def one(value: object) -> str:
        return f"tensor {tuple(value.shape)}" if isinstance(value, torch.Tensor) else type(value).__name__

    if isinstance(output, (tuple, list)):
        return f"a {type(output).__name__} ({', '.join(one(value) for value in output[:4])})"
    if isinstance(output, dict):
        return f"a {type(output).__name__} with {', '.join(f'{key!r:.30}' for key in list(output)[:4])}"
    return f"a {type(output).__name__}"


_IMAGES = 2
_MOST_SKIPPED = 16
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
    "PatchMerging",
    "PatchMergingV2",
    "ShiftedWindowAttention",
    "ShiftedWindowAttentionV2",
    "SwinTransformerBlock",
    "SwinTransformerBlockV2",
}
