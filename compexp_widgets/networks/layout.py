"""How a layer's answer is laid out, and the way from it to activation maps of shape (images, units, height, width)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Literal, get_args

import torch

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.geometry import Geometry

Form = Literal["maps", "channels last", "tokens", "tokens first", "flat", "class token"]
Kind = Literal["maps", "tokens", "flat"]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """The meaning of the axes of a layer's answer.

    Attributes
    ----------
    form
        - ``"maps"``: (images, units, height, width), as convolutions answer.
        - ``"channels last"``: (images, height, width, units), as Swin transformers do.
        - ``"tokens"``: (images, tokens, units), as vision transformers do; the grid of patches is read row by row.
        - ``"tokens first"``: (tokens, images, units), as ``nn.MultiheadAttention`` does unless told otherwise.
        - ``"flat"``: (images, units): one activation for the whole image.
        - ``"class token"``: (images, tokens, units), of which the first token is read as ``"flat"`` is.
    grid
        Height and width of the patches, for tokens; None: found from the layers before.
    skipped
        For tokens: how many stand before the patches (class token, registers) and are left out.
    """

    form: Form
    grid: tuple[int, int] | None = None
    skipped: int = 0

    def __post_init__(self) -> None:
        if self.form not in get_args(Form):
            raise NetworkError(f"layout {self.form!r:.60}: it is one of {', '.join(map(repr, get_args(Form)))}")
        if self.skipped < 0 or (self.grid is not None and min(self.grid) < 1):
            raise NetworkError(
                f"layout {self.form!r}: grid {self.grid} and {self.skipped} tokens left out make no sense"
            )

    @property
    def kind(self) -> Kind:
        """``"maps"`` and ``"tokens"`` have positions; ``"flat"`` has one for the whole image."""
        if self.form in {"flat", "class token"}:
            return "flat"
        return "tokens" if self.form.startswith("tokens") else "maps"

    @property
    def unit_axis(self) -> int:
        """The axis of the units: 1 or the last."""
        return 1 if self.form in {"maps", "flat"} else -1

    @property
    def left_out(self) -> str:
        """What stands before the patches, in words; empty for none."""
        names = ["", "class token", "class and distillation token"]
        if self.skipped < len(names):
            return names[self.skipped]
        return f"class token and {self.skipped - 1} register tokens"


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
    geometry
        Where its map changes with the picture; None where that was not looked at, or there are no positions.
    """

    module: str
    number: int
    shape: Shape | None
    layout: Layout | None
    why_not: str = ""
    wrapped: str = ""
    geometry: Geometry | None = None


DIMENSIONS: dict[str, int] = {
    "maps": 4, "channels last": 4, "tokens": 3, "tokens first": 3, "flat": 2, "class token": 3
}  # fmt: skip


def only_tensor(output: object) -> torch.Tensor | None:
    """The tensor that a layer answers, also where it is wrapped in a tuple, list or dictionary.

    Attention and blocks often answer ``(hidden, None)``, and whole models a dictionary with one entry.

    Returns
    -------
    The floating tensor of two or more axes in it, where there is exactly one; an answer that is a tensor as it is; None
    otherwise.
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
    """A layer's answer with another tensor in place of `only_tensor`, in a container of the same kind.

    Nothing is changed in place: a path that leads past the layers behind may hold the very tensor, or the container.

    Raises
    ------
    NetworkError
        When the container cannot be copied.
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
        other = copy.copy(
            value
        )  # dictionaries, and the outputs of transformers, which are dictionaries with attributes
        for name, part in value.items():
            other[name] = _replaced(part, old, new)
        return other
    return value


def maps_from(output: torch.Tensor, layout: Layout, layer: str) -> torch.Tensor:
    """Activation maps from a layer's answer.

    Parameters
    ----------
    output
        Float, with the axes of `layout`.
    layer
        What the layer is called in messages.

    Returns
    -------
    Same dtype, shape (images, units, height, width); height and width are 1 where the layer has no positions.

    Raises
    ------
    NetworkError
        When the answer does not have such axes.
    """
    if output.ndim != DIMENSIONS[layout.form]:
        raise NetworkError(
            f"layer {layer!r} gives shape {tuple(output.shape)}; the layout {layout.form!r} has "
            f"{DIMENSIONS[layout.form]} axes"
        )
    if layout.form == "maps":
        return output
    if layout.form == "channels last":
        return output.permute(0, 3, 1, 2)
    if layout.form == "flat":
        return output[:, :, None, None]
    if layout.form == "class token":
        return output[:, 0, :, None, None]
    if layout.form == "tokens first":
        output = output.transpose(0, 1)
    grid = layout.grid
    if grid is None or output.shape[1] != layout.skipped + grid[0] * grid[1]:
        raise NetworkError(
            f"layer {layer!r} gives {output.shape[1]} tokens, which are not {layout.skipped} and a grid of {grid}: "
            "say which, with layout=Layout('tokens', grid=(height, width), skipped=…)"
        )
    patches = output[:, layout.skipped :].transpose(1, 2)
    return patches.reshape(*patches.shape[:2], *grid)
