"""Summary of an annotated image set: counts, warnings of what will make explanations weak, and examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.annotated_image import COLOUR_CATEGORY, THUMBNAIL, Concept, png_bytes
from compexp_widgets.data.images.label_images import nearest
from compexp_widgets.notebook_html import (
    Html,
    block,
    bullets,
    fields_html,
    figure,
    folded,
    paragraph,
    pictures,
    section,
    table,
)
from compexp_widgets.short_text import brief_repr, counted, one_line


@dataclass(frozen=True)
class ConceptCounts:
    """Frequencies of concepts and categories.

    Attributes
    ----------
    images
        int64, shape (concepts,): images in which each concept occurs.
    positions
        int64, shape (concepts,): positions at which it holds.
    largest
        int64, shape (concepts,): the image in which it holds at most positions, the first of equals; -1 for none.
    categories
        Every category, in the order of the concepts.
    category_images
        int64, shape (categories,): images with a concept of the category.
    category_positions
        int64, shape (categories,): positions with at least one concept of the category.
    labelled
        int64, shape (images of the set,): positions of each image where some layer names what is there. Colours, which
        any picture has, and whole-image concepts do not count.
    any_label
        bool, shape (images of the set,): whether an image has any label, colours aside.
    """

    images: NDArray[np.int64]
    positions: NDArray[np.int64]
    largest: NDArray[np.int64]
    categories: tuple[str, ...]
    category_images: NDArray[np.int64]
    category_positions: NDArray[np.int64]
    labelled: NDArray[np.int64]
    any_label: NDArray[np.bool_]

    __repr__ = brief_repr
    _repr_html_ = fields_html


def count_concepts(
    concepts: Sequence[Concept], images: Iterable[tuple[NDArray[np.int32], int]], count: int
) -> ConceptCounts:
    """Count every concept over images, one after another.

    `images`: for each image its labels, int32, shape (layers, height, width), concept indices
    or -1, and how many of the last layers are concepts of the whole image. `count`: how many images there are.
    """
    categories = tuple(dict.fromkeys(concept.category for concept in concepts))
    category_of = np.array([categories.index(concept.category) for concept in concepts], np.int64)
    colour = categories.index(COLOUR_CATEGORY) if COLOUR_CATEGORY in categories else -1
    in_images, at_positions, most = (np.zeros(len(concepts), np.int64) for _ in range(3))
    largest = np.full(len(concepts), -1, np.int64)
    category_images, category_positions = (np.zeros(len(categories), np.int64) for _ in range(2))
    labelled = np.zeros(count, np.int64)
    any_label = np.zeros(count, np.bool_)
    for image, (layers, whole) in enumerate(images):
        flat = layers.reshape(len(layers), layers.shape[1] * layers.shape[2])  # also where there is no layer
        areas = _areas(flat, len(concepts))
        present = np.flatnonzero(areas)
        in_images[present] += 1
        at_positions += areas
        record = areas > most
        largest[record] = image
        most[record] = areas[record]
        named = np.zeros(flat.shape[1], np.bool_)
        covered = np.zeros((len(categories), flat.shape[1]), np.bool_)
        for place, layer in enumerate(flat):
            where = np.flatnonzero(layer >= 0)
            kinds = category_of[layer[where]]
            covered[kinds, where] = True
            if place < len(flat) - whole:
                named[where[kinds != colour]] = True
        category_positions += covered.sum(axis=1)
        category_images += covered.any(axis=1)
        labelled[image] = named.sum()
        any_label[image] = bool((category_of[present] != colour).any())
    return ConceptCounts(
        in_images, at_positions, largest, categories, category_images, category_positions, labelled, any_label
    )


def _areas(flat: NDArray[np.int32], concepts: int) -> NDArray[np.int64]:
    """Positions at which each concept holds; one that stands in several layers of a position counts once."""
    areas = np.zeros(concepts, np.int64)
    seen = np.zeros(concepts, np.bool_)
    twice: set[int] = set()
    for layer in flat:
        counts = np.bincount(layer[layer >= 0], minlength=concepts)
        twice.update(np.flatnonzero(seen & (counts > 0)).tolist())
        seen |= counts > 0
        areas += counts
    for concept in twice:
        areas[concept] = int((flat == concept).any(axis=0).sum())
    return areas


FEW_IMAGES = 500
"""Fewer images than this are warned of: a unit's 0.5 % most active positions then come from a handful of pictures."""

RARE_IMAGES = 10
"""A concept in fewer images than this is called rare: what overlaps with it may be those pictures, not the concept."""

LITTLE_LABELLED = 0.5
"""A smaller labelled share of the positions than this is warned of."""

EVERYWHERE = 0.5
"""A concept at a larger share of the positions than this is warned of: nearly any unit overlaps with it."""

_SHOWN = 5  # names that a warning lists


_DIMMED = 0.22  # of the picture is left where the concept does not hold
_GREY = 128.0
_TABLE_ROWS = 200  # of the table of concepts


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

    __repr__ = brief_repr

    def _repr_html_(self) -> Html:
        return block(figure(self.png, f"{self.name}, {self.share:.0%}", self.name, self.name))

    @classmethod
    def of(cls, index: int, name: str, picture: Image.Image, holds: NDArray[np.bool_]) -> Example:
        """An image as an example of a concept that holds where `holds`, bool of any shape (height, width), says."""
        scale = THUMBNAIL / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        pixels = np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS), np.float64)
        clear = holds[nearest(holds.shape[0], height)[:, None], nearest(holds.shape[1], width)]
        dimmed = _GREY + _DIMMED * (pixels.mean(axis=-1, keepdims=True) - _GREY)
        shown = np.where(clear[..., None], pixels, dimmed).round().astype(np.uint8)
        return cls(index, name, float(holds.mean()), png_bytes(Image.fromarray(shown)))

    def figure(self, caption: str, concept: Concept) -> Html:
        """The picture as HTML."""
        return figure(self.png, caption, f"{self.name}: {concept.name} clear, the rest dimmed", self.name)


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

    __repr__ = brief_repr

    def __str__(self) -> str:
        lines = [f"{example.name}  {example.share:.1%}" for example in self.examples]
        return "\n".join([f"{self.concept.name} ({self.concept.category}), in {self.images:,} images", *lines])

    def _repr_html_(self) -> Html:
        return section(
            self.concept.name,
            paragraph(f"{self.concept.category}, in {self.images:,} image{'' if self.images == 1 else 's'}"),
            pictures(example.figure(f"{example.name}, {example.share:.0%}", self.concept) for example in self.examples),
        )


@dataclass(frozen=True)
class ConceptSummary:
    """A concept, the number of images in which it occurs, and of positions at which it holds."""

    concept: Concept
    images: int
    positions: int

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True)
class CategorySummary:
    """A category: its concepts that occur, images with one of them, share of all positions with one (0 to 1)."""

    name: str
    concepts: int
    images: int
    coverage: float

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True)
class DataSummary:
    """Summary of an annotated image set; a notebook shows it as a table with pictures, `str` as text.

    Attributes
    ----------
    folder
        Where the data lie.
    images
        How many images there are.
    grid
        Height and width of the annotation grid, in positions.
    concepts
        Every concept, the most frequent (in positions) first.
    categories
        Every category, in the order of the data set.
    labelled
        Share of all positions, 0 to 1, where some layer names what is there; colours and whole-image labels aside.
    unlabelled_images
        Names of the images without any label, colours aside.
    warnings
        What will make explanations weak, in words, and what can be done.
    examples
        Of a few concepts, the image that shows most of each.
    """

    folder: str
    images: int
    grid: tuple[int, int]
    concepts: tuple[ConceptSummary, ...]
    categories: tuple[CategorySummary, ...]
    labelled: float
    unlabelled_images: tuple[str, ...]
    warnings: tuple[str, ...]
    examples: tuple[tuple[Concept, Example], ...]

    def __repr__(self) -> str:
        warned = f"; {counted(len(self.warnings), 'warning')}" * bool(self.warnings)
        return (
            f"<DataSummary of {counted(self.images, 'image')} with {counted(len(self.concepts), 'concept')}, "
            f"in {one_line(self.folder, 300)}{warned}>"
        )

    @property
    def rare(self) -> tuple[ConceptSummary, ...]:
        """Concepts that occur, but in fewer than `RARE_IMAGES` images."""
        return tuple(each for each in self.concepts if 0 < each.images < RARE_IMAGES)

    @property
    def absent(self) -> tuple[ConceptSummary, ...]:
        """Concepts that occur nowhere."""
        return tuple(each for each in self.concepts if not each.images)

    def __str__(self) -> str:
        height, width = self.grid
        occurring = len(self.concepts) - len(self.absent)
        lines = [
            f"{self.images:,} images, {height} × {width} positions each, in {self.folder}",
            f"{occurring:,} concepts occur, {len(self.rare):,} of them in fewer than {RARE_IMAGES} images; "
            f"{len(self.absent):,} occur nowhere",
            f"{self.labelled:.1%} of the positions say what is there; "
            f"{len(self.unlabelled_images):,} images say nothing",
            "",
            f"{'category':<16}{'concepts':>10}{'images':>10}{'positions':>11}",
            *(
                f"{each.name:<16}{each.concepts:>10,}{each.images:>10,}{each.coverage:>11.1%}"
                for each in self.categories
            ),
        ]
        if self.warnings:
            lines += ["", *(f"! {warning}" for warning in self.warnings)]
        return "\n".join(lines)

    def _repr_html_(self) -> Html:
        height, width = self.grid
        positions = max(self.images * height * width, 1)
        occurring = len(self.concepts) - len(self.absent)
        shares = [each.positions / positions for each in self.concepts[:_TABLE_ROWS]]
        rest = len(self.concepts) - len(shares)
        return section(
            f"{self.images:,} images, {occurring:,} concept{'' if occurring == 1 else 's'}",
            paragraph(
                f"{self.folder}, {height} × {width} positions an image. {self.labelled:.1%} of the positions say what "
                f"is there; {len(self.unlabelled_images):,} images say nothing."
            ),
            bullets("What will make explanations weak", self.warnings),
            table(
                ("category",),
                ("concepts", "images", "positions"),
                (
                    ((each.name,), (f"{each.concepts:,}", f"{each.images:,}", f"{each.coverage:.1%}"), each.coverage)
                    for each in self.categories
                ),
            ),
            pictures(
                example.figure(f"{concept.name} ({concept.category}), {example.share:.0%}", concept)
                for concept, example in self.examples
            ),
            folded(
                f"Every concept, the most frequent first ({len(self.concepts):,})",
                table(
                    ("concept", "category"),
                    ("images", "positions"),
                    (
                        ((each.concept.name, each.concept.category), (f"{each.images:,}", f"{share:.2%}"), share)
                        for each, share in zip(self.concepts, shares, strict=False)
                    ),
                ),
                paragraph(f"{rest:,} more, each rarer than these: see .concepts of the summary.") if rest else "",
            ),
        )


def summarise(
    folder: str,
    names: Sequence[str],
    grid: tuple[int, int],
    concepts: Sequence[Concept],
    counts: ConceptCounts,
    examples: tuple[tuple[Concept, Example], ...],
) -> DataSummary:
    """The summary of a data set: where it lies, the names of its images, its grid and its concepts, as counted."""
    everything = len(names) * grid[0] * grid[1]
    ordered = tuple(
        ConceptSummary(concepts[place], int(counts.images[place]), int(counts.positions[place]))
        for place in np.argsort(-counts.positions, kind="stable").tolist()
    )
    categories = tuple(
        CategorySummary(
            name,
            sum(each.concept.category == name and each.images > 0 for each in ordered),
            int(counts.category_images[place]),
            float(counts.category_positions[place]) / max(everything, 1),
        )
        for place, name in enumerate(counts.categories)
    )
    labelled = float(counts.labelled.sum()) / max(everything, 1)
    unlabelled = tuple(name for name, has in zip(names, counts.any_label.tolist(), strict=True) if not has)
    warnings = _warnings(len(names), everything, ordered, labelled, unlabelled)
    return DataSummary(folder, len(names), grid, ordered, categories, labelled, unlabelled, tuple(warnings), examples)


def representative_concepts(concepts: Sequence[Concept], counts: ConceptCounts, count: int) -> list[int]:
    """Indices of the most frequent concept of each category, then of the most frequent of all that are no colours."""
    order = np.argsort(-counts.positions, kind="stable").tolist()
    occurring = [place for place in order if counts.largest[place] >= 0]
    first: dict[str, int] = {}
    for place in occurring:
        first.setdefault(concepts[place].category, place)
    leaders = [place for place in occurring if place in first.values()]
    others = [place for place in occurring if place not in leaders and concepts[place].category != COLOUR_CATEGORY]
    return [*leaders, *others][: max(count, 0)]


def _warnings(
    images: int, everything: int, concepts: tuple[ConceptSummary, ...], labelled: float, unlabelled: tuple[str, ...]
) -> list[str]:
    found: list[str] = []
    if images < FEW_IMAGES:
        found.append(
            f"Only {images:,} images: the strongest responses of a unit come from a handful of them, and a formula may "
            f"describe those pictures rather than the unit. Use {FEW_IMAGES:,} or more, or look at held-out IoU."
        )
    if labelled < LITTLE_LABELLED:
        found.append(
            f"Only {labelled:.0%} of the positions say what is there: where nothing is labelled, no formula can hold, "
            "so a unit that fires there looks unexplained. Add concepts, or read low IoU with care."
        )
    if unlabelled:
        found.append(
            f"{_some(unlabelled, 'image')} without any label. If nothing was annotated there, leave them out: they "
            "count as places where every concept is absent."
        )
    rare = [each for each in concepts if 0 < each.images < RARE_IMAGES]
    if rare:
        found.append(
            f"{_some([each.concept.name for each in rare], 'concept')} in fewer than {RARE_IMAGES} images: an overlap "
            f"with one of them can be chance. Leave them out with .limited(min_images={RARE_IMAGES}), or merge them."
        )
    absent = [each.concept.name for each in concepts if not each.images]
    if absent:
        found.append(f"{_some(absent, 'concept')} in no image: nothing can be said of them.")
    for each in concepts:
        if each.concept.category == COLOUR_CATEGORY:
            continue
        if each.images == images and images > 1:
            found.append(
                f"{each.concept.name!r} is in every image"
                + (f", at {each.positions / everything:.0%} of the positions" if everything else "")
                + ": what fires in all of them overlaps with it. Consider .without([…])."
            )
        elif everything and each.positions > EVERYWHERE * everything:
            found.append(
                f"{each.concept.name!r} holds at {each.positions / everything:.0%} of the positions: nearly any unit "
                "overlaps with it. Consider .without([…]) or finer concepts."
            )
    if sum(each.images > 0 for each in concepts) < 2:
        found.append("Fewer than two concepts occur: there is nothing to combine into a formula.")
    return found


def _some(names: list[str] | tuple[str, ...], noun: str) -> str:
    """``3 concepts (a, b, c)``, with an end."""
    shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f"{len(names):,} {noun}{'s' if len(names) > 1 else ''} ({shown})"
