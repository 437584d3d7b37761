"""An annotated image set in memory: which images, which concepts, and where each concept holds.

Every reader (`broden`, `label_folder`, …) returns a `SegmentationDataset`; nothing after it knows the layout on disk.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import whole_number
from compexp_widgets.data.choosing import Chosen, Which, chosen_samples, sampled
from compexp_widgets.data.images.annotated_image import (
    AnnotatedImage,
    Concept,
    LabelSource,
    View,
    open_picture,
    thumbnail,
)
from compexp_widgets.data.images.concept_selection import (
    Selection,
    drop_concepts,
    keep_concepts,
    merge_concepts,
    rename_concepts,
)
from compexp_widgets.data.images.label_images import MaskFile
from compexp_widgets.data.images.summary import (
    ConceptCounts,
    ConceptExamples,
    DataSummary,
    Example,
    count_concepts,
    representative_concepts,
    summarise,
)
from compexp_widgets.data.recipe import NO_STEPS, DataRecipe, Step, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files import shown
from compexp_widgets.listing import Items, kept_short
from compexp_widgets.notebook_html import Html, facts, pictures, section
from compexp_widgets.progress import Report, Stage, bars
from compexp_widgets.short_text import counted, full_repr, named_counts, one_line

__all__ = ["AnnotatedImage", "Concept", "LabelSource", "MaskFile", "SegmentationDataset", "View"]

_SHOWN = 6  # images that a notebook shows


@dataclass(frozen=True)
class SegmentationDataset:
    """Images with concepts: what a network is probed with.

    Attributes
    ----------
    folder
        Where the data set lies.
    concepts
        Every concept, in the order that breaks ties between formulas.
    images
        Every image, in the order of the index.
    grid
        Height and width of the annotation grid, in positions.
    codes
        int32, shape (largest label number + 1,): label number → index into `concepts`; -1 for "nothing" (label 0, and
        concepts that were left out), -2 for a number that no concept has.
    views
        The part of each picture that is shown and annotated, see `crop_alike`; empty where that is the whole of all.
    recipe
        How it was read, and what was selected and added since.
    """

    folder: Path
    concepts: tuple[Concept, ...]
    images: tuple[AnnotatedImage, ...]
    grid: tuple[int, int]
    codes: NDArray[np.int32]
    views: tuple[View, ...] = ()
    recipe: DataRecipe = NO_STEPS

    def __post_init__(self) -> None:
        kept_short(self, "concepts", "images")

    def __repr__(self) -> str:
        made = f": {one_line(str(self.recipe), 300)}" if self.recipe.selection else ""
        return f"<SegmentationDataset of {self._contents()}, in {one_line(str(self.folder), 300)}{made}>"

    def _contents(self) -> str:
        height, width = self.grid
        return f"{counted(len(self), 'image')}, {counted(len(self.concepts), 'concept')}, grid {height} × {width}"

    def _repr_html_(self) -> Html:
        categories = Counter(concept.category for concept in self.concepts)
        shown = [
            thumbnail(image.name, partial(self.picture, place)) for place, image in enumerate(self.images[:_SHOWN])
        ]
        return section(
            counted(len(self), "annotated image"),
            facts(
                [
                    ("concepts", f"{len(self.concepts):,}: " + named_counts(categories)),
                    ("grid", f"{self.grid[0]} × {self.grid[1]} positions an image"),
                    ("folder", str(self.folder)),
                    ("made by", str(self.recipe)),
                ]
            ),
            pictures(shown),
            "summary() counts every concept and tells what will make explanations weak.",
        )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def concept_names(self) -> tuple[str, ...]:
        return Items(concept.name for concept in self.concepts)

    def picture(self, index: int) -> Image.Image:
        """Image `index` as an RGB picture, at its own size, upright (`annotated_image.open_picture`), or its view."""
        picture = open_picture(self._image(index))
        return self.views[index].of_picture(picture) if self.views else picture

    def labels(self, index: int) -> NDArray[np.int32]:
        """The concepts of image `index`: int32, shape (layers, height, width) of the grid.

        Each value is an index into `concepts`, or -1 where the layer says nothing. One layer a mask, then one a
        whole-image concept.
        """
        image = self._image(index)
        height, width = self.grid
        layers = np.empty((len(image.masks) + len(image.whole), height, width), np.int32)
        for layer, mask in zip(layers, image.masks, strict=False):
            layer[:] = self._concept_indices(mask, image)
        for layer, concept in zip(layers[len(image.masks) :], image.whole, strict=True):
            layer[:] = concept
        return self.views[index].of_labels(layers) if self.views else layers

    def _image(self, index: int) -> AnnotatedImage:
        if not isinstance(index, int | np.integer) or not -len(self) <= index < len(self):
            raise DataError(f"image {index!r:.60}: the data set has {len(self):,} images, counted from 0.")
        return self.images[index]

    def _concept_indices(self, mask: LabelSource, image: AnnotatedImage) -> NDArray[np.int32]:
        numbers = mask.numbers(image, self.grid)
        known = np.clip(numbers, 0, len(self.codes) - 1)
        indices = np.where(numbers == known, self.codes[known], -2).astype(np.int32)
        if (indices == -2).any():
            unknown = sorted({int(n) for n in numbers[indices == -2]})
            listed = ", ".join(map(str, unknown[:5])) + (", …" if len(unknown) > 5 else "")
            where = f"{shown((*mask.files, image.path)[0])} ({shown(image.origin)})"
            raise DataError(
                f"{where} holds label numbers that no concept has: {listed}. "
                f"Add them to the list of concepts; or, where they mean nothing, say so: nothing={unknown[:3]} in "
                f"Python, --nothing {','.join(map(str, unknown[:3]))} on the command line."
            )
        return indices

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over concepts, index and the bytes of every file: changes when anything that matters changes."""
        digest = hashlib.sha256()
        named = ", ".join(map(full_repr, self.concepts)) + "," * (len(self.concepts) == 1)
        text = f"({self.grid!r}, ({named}), {self.codes.tolist()!r})"
        digest.update(text.encode("utf-8", "surrogatepass"))
        if self.views:
            digest.update(repr(self.views).encode())
        for image in self.images:
            entry = (image.name, image.split, image.whole, [mask.recipe for mask in image.masks])
            digest.update(repr(entry).encode("utf-8", "surrogatepass"))
            for path in (image.path, *(path for mask in image.masks for path in mask.files)):
                try:
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
                except OSError as error:
                    raise DataError(f"{path} ({image.origin}) cannot be read: {error}") from error
        return digest.hexdigest()

    # Selecting images and concepts: each gives a new data set over the same files, with a fingerprint of its own.

    def __getitem__(self, which: Which) -> SegmentationDataset:
        """Some of the images: ``data[:60]``, ``data[[3, 5]]``, or by a mask with a truth for each, in the order given.

        The concepts stay, also those that hold in none of them.

        Raises
        ------
        DataError
            When none is chosen, one is chosen twice or is not there, or a mask has another length.
        """
        return self._some(chosen_samples(which, len(self), "images", "picture"))

    @checked(DataError, but=("count", "seed"))
    def sample(self, count: int, *, seed: int = 0) -> SegmentationDataset:
        """Some of the images, drawn at random, in the order of the data.

        The same seed draws the same images on every platform, and among more of them those that it draws among fewer.

        Parameters
        ----------
        count
            How many.
        seed
            A whole number of at least 0.

        Raises
        ------
        DataError
            When there are fewer, or count or seed is no such number.
        """
        return self._some(sampled(count, seed, len(self), "images"))

    def _some(self, chosen: Chosen) -> SegmentationDataset:
        images = tuple(self.images[number] for number in chosen.numbers)
        views = tuple(self.views[number] for number in chosen.numbers) if self.views else ()
        return dataclasses.replace(self, images=images, views=views, recipe=self.recipe.then(chosen.step))

    @checked(DataError)
    def renamed(self, names: Mapping[str, str]) -> SegmentationDataset:
        """The same data with concepts under other names, ``{"car-c": "car"}``.

        Raises
        ------
        DataError
            For a name that no concept has, an empty one, and one that two concepts would share.
        """
        return self._selected(rename_concepts(self.concepts, names), Step.of("renamed", names=dict(names)))

    @checked(DataError)
    def merged(self, groups: Mapping[str, Iterable[str]]) -> SegmentationDataset:
        """The same data with several concepts made one, ``{"vehicle": ["car", "bus", "truck"]}``.

        The new concept holds wherever one of them holds; it takes the place and the category of the first.

        Raises
        ------
        DataError
            For a name that no concept has, a concept in two groups, an empty group, and a name that is taken.
        """
        listed = {name: _listed(members) for name, members in groups.items()}
        return self._selected(merge_concepts(self.concepts, listed), Step.of("merged", groups=listed))

    @checked(DataError)
    def without(self, names: Iterable[str]) -> SegmentationDataset:
        """The same data without some concepts; `DataError` for a name that no concept has, or if none is left."""
        listed = _listed(names)
        return self._selected(drop_concepts(self.concepts, listed), Step.of("without", names=listed))

    @checked(DataError)
    def only(self, names: Iterable[str]) -> SegmentationDataset:
        """The same data with some concepts and no others; `DataError` for a name that no concept has."""
        listed = _listed(names)
        return self._selected(keep_concepts(self.concepts, listed), Step.of("only", names=listed))

    @checked(DataError)
    def limited(
        self, *, min_images: int = 1, min_positions: int = 1, report: Report | None = None
    ) -> SegmentationDataset:
        """The same data without rare concepts: what occurs in too few images says little of a unit.

        Reads the labels of every image.

        Parameters
        ----------
        min_images
            Images that a concept must occur in.
        min_positions
            Positions that it must hold at, over all images.
        report
            Told of progress; the default shows bars.
        """
        least = {
            name: whole_number(value, name, least=0, error=DataError)
            for name, value in (("min_images", min_images), ("min_positions", min_positions))
        }
        counts = self.counts(report=report)
        rare = (counts.images < least["min_images"]) | (counts.positions < least["min_positions"])
        return self._without_rare(
            [one.name for one, is_rare in zip(self.concepts, rare, strict=True) if is_rare], least
        )

    def _without_rare(self, rare: list[str], least: dict[str, int]) -> SegmentationDataset:
        kept = [concept.name for concept in self.concepts if concept.name not in set(rare)]
        verb = f"limited({', '.join(f'{name}={value}' for name, value in least.items())})"
        # Kept with the step, since counting reads the labels of every image.
        return self._selected(keep_concepts(self.concepts, kept, verb), Step.of("limited", {"rare": rare}, **least))

    def _selected(self, selection: Selection, step: Step) -> SegmentationDataset:
        codes = np.where(self.codes >= 0, selection.index[np.maximum(self.codes, 0)], self.codes).astype(np.int32)
        images = []
        for image in self.images:
            whole = dict.fromkeys(int(selection.index[concept]) for concept in image.whole)
            images.append(dataclasses.replace(image, whole=tuple(concept for concept in whole if concept >= 0)))
        recipe = self.recipe.then(step)
        return dataclasses.replace(self, concepts=selection.concepts, images=tuple(images), codes=codes, recipe=recipe)

    # What is in it

    @checked(DataError)
    def counts(self, *, report: Report | None = None) -> ConceptCounts:
        """Count every concept, in one pass over the labels of every image."""
        if report is None:
            with bars() as shown:
                return self.counts(report=shown)

        def layers() -> Iterator[tuple[NDArray[np.int32], int]]:
            for index, image in enumerate(self.images):
                yield self.labels(index), len(image.whole)
                report(Stage("labels read", "read-labels"), index + 1, len(self))

        return count_concepts(self.concepts, layers(), len(self))

    @checked(DataError)
    def summary(self, *, examples: int = 6, report: Report | None = None) -> DataSummary:
        """Summary of the data, with warnings of what will make explanations weak; a notebook shows it with pictures.

        Reads the labels of every image.

        Parameters
        ----------
        examples
            Concepts to show a picture of.
        report
            Told of progress; the default shows bars.
        """
        counts = self.counts(report=report)
        shown = tuple(
            (self.concepts[concept], self._example(int(counts.largest[concept]), concept))
            for concept in representative_concepts(self.concepts, counts, examples)
        )
        names = [image.name for image in self.images]
        return summarise(str(self.folder), names, self.grid, self.concepts, counts, shown)

    @checked(DataError)
    def examples(self, concept: str, *, count: int = 6, report: Report | None = None) -> ConceptExamples:
        """The images where a concept fills most positions, as small pictures with the rest dimmed.

        Reads the labels of every image.

        Parameters
        ----------
        concept
            Its name.
        count
            Pictures at most.
        report
            Told of progress; the default shows bars.

        Raises
        ------
        DataError
            For a name that no concept has.
        """
        if report is None:
            with bars() as shown:
                return self.examples(concept, count=count, report=shown)
        if concept not in self.concept_names:
            raise DataError(f"there is no concept {concept!r} in the data set in {self.folder}.")
        number = self.concept_names.index(concept)
        areas = np.zeros(len(self), np.int64)
        for index in range(len(self)):
            areas[index] = self._holds(index, number).sum()
            report(Stage("labels read", "read-labels"), index + 1, len(self))
        largest = np.argsort(-areas, kind="stable")[: max(count, 0)]
        found = tuple(self._example(int(index), number) for index in largest if areas[index])
        return ConceptExamples(self.concepts[number], int((areas > 0).sum()), found)

    def _example(self, index: int, concept: int) -> Example:
        return Example.of(index, self.images[index].name, self.picture(index), self._holds(index, concept))

    def _holds(self, index: int, concept: int) -> NDArray[np.bool_]:
        holds: NDArray[np.bool_] = (self.labels(index) == concept).any(axis=0)
        return holds


def _listed(names: Iterable[str]) -> Any:
    """Names as a list, those of a set in one order; a text, which is none, as it is."""
    return names if isinstance(names, str) else sorted(names) if isinstance(names, Set) else list(names)


@repeats("limited")
def _without_rare(data: SegmentationDataset, *, rare: list[str], **least: int) -> SegmentationDataset:
    return data._without_rare(rare, least)


repeats("renamed")(SegmentationDataset.renamed)
repeats("merged")(SegmentationDataset.merged)
repeats("without")(SegmentationDataset.without)
repeats("only")(SegmentationDataset.only)
