"""Pictures that show what a concept looks like in an annotated image set: its positions clear, the rest dimmed."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.concept import Concept
from compexp_widgets.data.images.mask_file import nearest
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report

_SIDE = 128  # pixels of a thumbnail's longer side
_COLOURS = 96  # in its palette: a thumbnail is 10 kB then, not 40
_DIM = 0.22  # of the picture is left where the concept does not hold
_GREY = 128.0


@dataclass(frozen=True)
class Example:
    """One image with a concept.

    Attributes
    ----------
    index
        Of the image in the data set.
    name
        Of the image.
    share
        Share of its positions where the concept holds, from 0 to 1.
    png
        The picture, 128 pixels long on its longer side, dimmed where the concept does not hold: a PNG file.
    """

    index: int
    name: str
    share: float
    png: bytes


@dataclass(frozen=True)
class ConceptExamples:
    """The images where a concept fills most positions; a notebook shows them.

    Attributes
    ----------
    concept
        The concept.
    images
        In how many images it occurs.
    examples
        The images, by area.
    """

    concept: Concept
    images: int
    examples: tuple[Example, ...]

    def __str__(self) -> str:
        lines = [f"{example.name}  {example.share:.1%}" for example in self.examples]
        return "\n".join([f"{self.concept.name} ({self.concept.category}), in {self.images:,} images", *lines])

    def _repr_html_(self) -> str:
        from compexp_widgets.data.images.summary_html import examples_html  # noqa: PLC0415

        return examples_html(self)


def find_examples(dataset: SegmentationDataset, concept: str, count: int, report: Report) -> ConceptExamples:
    """`SegmentationDataset.examples`."""
    if concept not in dataset.concept_names:
        raise DataError(f"there is no concept {concept!r} in the data set in {dataset.folder}.")
    place = dataset.concept_names.index(concept)
    areas = np.zeros(len(dataset), np.int64)
    for index in range(len(dataset)):
        areas[index] = (dataset.labels(index) == place).any(axis=0).sum()
        report("labels read", index + 1, len(dataset))
    best = np.argsort(-areas, kind="stable")[: max(count, 0)]
    found = tuple(example(dataset, int(index), place) for index in best if areas[index])
    return ConceptExamples(dataset.concepts[place], int((areas > 0).sum()), found)


def example(dataset: SegmentationDataset, index: int, concept: int) -> Example:
    """Image `index` with the concept of that number."""
    holds = (dataset.labels(index) == concept).any(axis=0)
    return Example(index, dataset.images[index].name, float(holds.mean()), _thumbnail(dataset.picture(index), holds))


def png_address(png: bytes) -> str:
    """A PNG file as an address that an ``img`` shows without a request."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def example_figure(example: Example, caption: str, words: str) -> str:
    """A thumbnail as HTML; `caption` and `words`, what the picture shows, are plain text."""
    return (
        f'<figure><img src="{png_address(example.png)}" alt="{escape(words)}" title="{escape(example.name)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _thumbnail(picture: Image.Image, holds: NDArray[np.bool_]) -> bytes:
    scale = _SIDE / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    pixels = np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS), np.float64)
    clear = holds[nearest(holds.shape[0], height)[:, None], nearest(holds.shape[1], width)]
    grey = pixels.mean(axis=-1, keepdims=True)
    dimmed = _GREY + _DIM * (grey - _GREY)
    shown = np.where(clear[..., None], pixels, dimmed).round().astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(shown).quantize(_COLOURS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
