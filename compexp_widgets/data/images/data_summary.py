"""What is in an annotated image set, and what in it will make explanations weak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compexp_widgets.data.images.concept import COLOUR_CATEGORY, Concept
from compexp_widgets.data.images.concept_counts import ConceptCounts
from compexp_widgets.data.images.examples import Example, example
from compexp_widgets.data.images.segmentation import SegmentationDataset

FEW_IMAGES = 500
"""Fewer images than this are warned of: a unit's 0.5 % most active positions then come from a handful of pictures."""

RARE_IMAGES = 10
"""A concept in fewer images than this is called rare: what overlaps with it may be those pictures, not the concept."""

LITTLE_LABELLED = 0.5
"""A smaller labelled share of the positions than this is warned of."""

EVERYWHERE = 0.5
"""A concept at a larger share of the positions than this is warned of: nearly any unit overlaps with it."""

_SHOWN = 5  # names that a warning lists


@dataclass(frozen=True)
class ConceptSummary:
    """A concept, the number of images in which it occurs, and of positions at which it holds."""

    concept: Concept
    images: int
    positions: int


@dataclass(frozen=True)
class CategorySummary:
    """A category: its concepts that occur, images with one of them, share of all positions with one (0 to 1)."""

    name: str
    concepts: int
    images: int
    coverage: float


@dataclass(frozen=True)
class DataSummary:
    """What is in an annotated image set; a notebook shows it as a table with pictures, `str` as text.

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

    def _repr_html_(self) -> str:
        from compexp_widgets.data.images.summary_html import summary_html  # noqa: PLC0415

        return summary_html(self)


def summarise(dataset: SegmentationDataset, counts: ConceptCounts, examples: int) -> DataSummary:
    """`SegmentationDataset.summary` of what was counted."""
    everything = len(dataset) * dataset.grid[0] * dataset.grid[1]
    order = np.argsort(-counts.positions, kind="stable").tolist()
    concepts = tuple(
        ConceptSummary(dataset.concepts[place], int(counts.images[place]), int(counts.positions[place]))
        for place in order
    )
    categories = tuple(
        CategorySummary(
            name,
            sum(each.concept.category == name and each.images > 0 for each in concepts),
            int(counts.category_images[place]),
            float(counts.category_positions[place]) / max(everything, 1),
        )
        for place, name in enumerate(counts.categories)
    )
    labelled = float(counts.labelled.sum()) / max(everything, 1)
    unlabelled = tuple(
        image.name for image, has in zip(dataset.images, counts.any_label.tolist(), strict=True) if not has
    )
    return DataSummary(
        str(dataset.folder),
        len(dataset),
        dataset.grid,
        concepts,
        categories,
        labelled,
        unlabelled,
        tuple(_warnings(len(dataset), everything, concepts, labelled, unlabelled)),
        tuple(
            (dataset.concepts[place], example(dataset, int(counts.largest[place]), place))
            for place in _worth_showing(dataset, counts, order, examples)
        ),
    )


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


def _worth_showing(dataset: SegmentationDataset, counts: ConceptCounts, order: list[int], count: int) -> list[int]:
    """The most frequent concept of each category, then the most frequent of all that are no colours."""
    occurring = [place for place in order if counts.largest[place] >= 0]
    first: dict[str, int] = {}
    for place in occurring:
        first.setdefault(dataset.concepts[place].category, place)
    leaders = [place for place in occurring if place in first.values()]
    others = [
        place for place in occurring if place not in leaders and dataset.concepts[place].category != COLOUR_CATEGORY
    ]
    return [*leaders, *others][: max(count, 0)]
