"""Pictures: how they are shown to a network, and how a layer's output lies over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import torch
from PIL import Image

from compexp_widgets.argument_types import check_fields
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import NetworkError
from compexp_widgets.files import as_picture
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.images.framing import framing_check
from compexp_widgets.networks.inputs import Inputs
from compexp_widgets.networks.layer_calls import LayerCall
from compexp_widgets.networks.passes import Batch
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

Form = Literal["maps", "channels last", "tokens", "tokens first", "flat", "class token"]
Kind = Literal["maps", "tokens", "flat"]
Preprocess = Callable[[Image.Image], torch.Tensor]
Pictures: TypeAlias = "Sequence[Image.Image] | SegmentationDataset"


@dataclass(frozen=True)
class PictureInputs(Inputs):
    """Pictures as the input of a network; `preprocess` makes a float tensor of shape (3, H, W) of an RGB PIL image of
    any size.
    """

    preprocess: Preprocess

    __repr__ = brief_repr
    _repr_html_ = fields_html

    samples = "images"
    prepares = "preprocess"
    batch_size = 32

    def one(self, picture: Image.Image) -> torch.Tensor:
        """The input for one picture: float32, shape (3, H, W), on the CPU."""
        tensor = self.preprocess(picture)
        if not (isinstance(tensor, torch.Tensor) and tensor.ndim == 3 and tensor.is_floating_point()):
            found = f"{tensor.dtype}, {tuple(tensor.shape)}" if isinstance(tensor, torch.Tensor) else type(tensor)
            raise NetworkError(f"preprocess must give a float tensor of shape (3, height, width), not {found}")
        return tensor.detach().float().cpu()

    def batch(self, samples: Pictures, numbers: Sequence[int]) -> Batch:
        """See `Inputs.batch`: float32, shape (images, 3, H, W)."""
        picture = samples.picture if isinstance(samples, SegmentationDataset) else samples.__getitem__
        inputs = [self.one(as_picture(picture(number), error=NetworkError)) for number in numbers]
        if len(shapes := {tuple(one.shape) for one in inputs}) > 1:
            raise NetworkError(f"preprocess gives inputs of different shapes: {sorted(shapes)}")
        return Batch(torch.stack(inputs), len(inputs))

    def fixed_samples(self, like: Pictures | None = None) -> list[Image.Image]:
        """Three pictures of the size of the first of `like`, see `fixed_pictures`; two where there are none."""
        if like is None or not len(like):
            return [TEST_PICTURE, TEST_PICTURE.transpose(Image.Transpose.ROTATE_180)]
        return fixed_pictures((like.picture(0) if isinstance(like, SegmentationDataset) else like[0]).size)

    def order(self, samples: Pictures) -> Sequence[int]:
        """The pictures as they come: one size, so any batch is as good as another."""
        return range(len(samples))

    def check_samples(self, samples: Pictures, network: str, *, quiet: bool = False) -> None:
        """Refuse a picture alone, and what is no collection of pictures."""
        if isinstance(samples, (str, bytes)) or not isinstance(samples, (Sequence, SegmentationDataset)):
            kind = type(samples).__name__
            raise NetworkError(f"{network} is shown a list of PIL pictures or an annotated image set, not {kind}")

    def identity(self) -> tuple[bytes, bytes]:
        """See `Inputs.identity`: what `preprocess` makes of a fixed picture."""
        return b"", self.one(TEST_PICTURE).numpy().tobytes()

    def describe(self, samples: Pictures, number: int) -> str:
        """The name of an image of a data set, else its number."""
        named = samples.images[number].name if isinstance(samples, SegmentationDataset) else number
        return f"image {named}"

    def checks(self, samples: SegmentationDataset) -> tuple[Check, ...]:
        """See `framing_check`, as for errors."""
        return (framing_check(self.preprocess, samples),)


def fixed_pictures(size: tuple[int, int]) -> list[Image.Image]:
    """Three pictures of a size (width, height): stripes that grow finer, slanted waves of colour, and noise.

    None is its own mirror image. Whole numbers alone make them, so that every machine makes the same.
    """
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.int64)
    finer = [rows % 256, columns % 256, rows * columns % 256]
    waves = [np.abs((rows * down + columns * right) % 510 - 255) for down, right in ((3, 5), (7, 2), (1, 11))]
    mixed = rows * 73_856_093 ^ columns * 19_349_663
    noise = [(mixed * factor >> 9) % 256 for factor in (31, 67, 83_492_791)]
    return [Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8)) for channels in (finer, waves, noise)]


TEST_PICTURE = fixed_pictures((320, 240))[0]
"""Shown to a network to list its layers; the fingerprint depends on it."""


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

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, NetworkError)
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

    def positions(self, shape: tuple[int, ...]) -> tuple[int, int] | None:
        """Height and width of the map in an output of a shape; None where tokens are no known grid."""
        if self.kind == "tokens":
            return self.grid
        first = {"maps": 2, "channels last": 1}.get(self.form)
        return (1, 1) if first is None else (shape[first], shape[first + 1])

    @property
    def left_out(self) -> str:
        """The tokens before the patches, in words; empty for none."""
        names = ["", "class token", "class and distillation token"]
        if self.skipped < len(names):
            return names[self.skipped]
        return f"class token and {self.skipped - 1} register tokens"

    def read(self, output: torch.Tensor, batch: Batch, layer: str) -> torch.Tensor:
        """Activation maps, shape (images, units, height, width); see `maps_from`, as for errors."""
        maps = maps_from(output, self, layer)
        if len(maps) != batch.count:
            raise NetworkError(
                f"layer {layer!r} gives shape {tuple(output.shape)} for {batch.count} images; the layout {self.form!r} "
                "does not fit"
            )
        return maps


def picture_layout(call: LayerCall) -> Layout | None:
    """The layout of a layer's call in a pass of pictures; None where it cannot be probed."""
    return call.layout if isinstance(call.layout, Layout) else None


DIMENSIONS: dict[str, int] = {
    "maps": 4, "channels last": 4, "tokens": 3, "tokens first": 3, "flat": 2, "class token": 3
}  # fmt: skip


def maps_from(output: torch.Tensor, layout: Layout, layer: str) -> torch.Tensor:
    """Activation maps from a layer's answer: shape (images, units, height, width), 1 × 1 where the layer has no
    positions.

    A NetworkError, which names the layer, where the answer does not have the axes of the layout.
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
