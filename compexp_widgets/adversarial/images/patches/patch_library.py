"""The patches of a probe dataset: every region where a concept or a formula holds, cut out when it is asked for."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.edits.regions import (
    at_size,
    checked_mask,
    pieces,
    see_that_mask_fits,
    soft_mask,
)
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import EditError
from compexp_widgets.formula import Formula, Leaf
from compexp_widgets.listing import Listing
from compexp_widgets.notebook_html import Html, block, section
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.given import AnyVisionStudy, as_study
from compexp_widgets.study.images.upsampling import upsample


class Box(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


def cut_out(
    picture: Image.Image, mask: NDArray[np.bool_], name: str, origin: str = "", concepts: tuple[str, ...] = ()
) -> tuple[Patch, Box]:
    """Cut a region, bool of shape (height, width), out of a picture, and where that lies; EditError where it is empty.

    The patch is the smallest rectangle with all of the region and of its soft edge (see `soft_mask`). Pixels of alpha 0
    are black, so that nothing of the surroundings travels with it.
    """
    see_that_mask_fits(checked_mask(mask, name), picture.size, name)
    alpha = np.rint(soft_mask(mask) * 255).astype(np.uint8)
    rows, columns = (np.flatnonzero(alpha.any(axis=axis)) for axis in (1, 0))
    left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    alpha = alpha[top:bottom, left:right]
    colours = np.asarray(picture.crop((left, top, right, bottom)).convert("RGB"))
    pixels = np.dstack([np.where(alpha[..., None] > 0, colours, np.uint8(0)), alpha])
    return Patch(pixels, name, origin, concepts), Box(left, top, right - left, bottom - top)


SMALLEST_SHARE = 0.0005
"""Of the positions of an image: smaller regions are left out."""


@dataclass(frozen=True)
class FoundPatch:
    """A region of an image of the probe dataset as a patch; `box` is where it lies there, `area` its pixels.

    The patch's `concepts` are those that hold on at least half of the region, without those that hold in the whole
    image. `drive` is how strongly the region drives the unit that was asked for, None where none was: the largest
    activation inside it, as stored when the image was probed and upsampled to the annotation grid. It is what the unit
    answered to the region *in its own picture*, in which it may also have looked at what lies around: it foretells, and
    does not promise, what the patch does elsewhere.
    """

    patch: Patch
    image: int
    box: Box
    area: int
    drive: float | None = None

    _table_name_: ClassVar[str] = "cut-out"

    def __repr__(self) -> str:
        width, height = self.patch.size
        drive = "" if self.drive is None else f", drive {self.drive:.3g}"
        return f"<FoundPatch {self.patch.name!r:.80} of image {self.image}, {width} × {height} pixels{drive}>"

    def _figure_(self) -> Html:
        drive = "" if self.drive is None else f" · {self.drive:.3g}"
        return self.patch.figure(f"image {self.image}{drive}")

    def _repr_html_(self) -> Html:
        return block(self._figure_())


class PatchLibrary:
    """Finds patches in the images of a study.

    >>> library = PatchLibrary(study)
    >>> best = library.find("(water OR river) AND NOT blue-c", unit=17)[0]
    >>> best.patch.picture

    Parameters
    ----------
    study
        Whose images and units they are.
    """

    def __repr__(self) -> str:
        return f"<PatchLibrary of {self.study!r}>"

    def _repr_html_(self) -> Html:
        return section("Patches", f'cut from {self.study.data!r}; find("water", unit=17) cuts them')

    @checked(EditError)
    def __init__(self, study: AnyVisionStudy) -> None:
        self.study = as_study(study, VisionStudy)

    @checked(EditError)
    def find(
        self,
        what: str | Formula,
        *,
        unit: int | None = None,
        count: int = 24,
        exclude_image: int | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Listing[FoundPatch]:
        """The patches on which a concept or formula holds, best first.

        A patch is one connected region of one image. Those that drive the unit most (see `FoundPatch.drive`) come
        first; without a unit, and among equals, those that fill the largest share of their picture; then the order of
        the data set. Regions of less than `SMALLEST_SHARE` of an image are left out.

        Parameters
        ----------
        what
            The name of a concept, or a formula.
        unit
            The unit to be driven.
        count
            How many at most.
        exclude_image
            An image that no patch is to come from: the one that they will be pasted into.
        cancelled
            Asked at every image; True ends the search with the best of those looked at.

        Raises
        ------
        FormulaError
            When `what` is no formula, or names a concept that the data does not have.
        StudyError
            When there is no such unit.
        EditError
            When `count` is below 1.
        """
        if count < 1:
            raise EditError(f"count is a number of patches, at least 1, not {count!r:.60}")
        formula = self.study.table.formula(what)
        if unit is not None:
            (unit,) = self.study.checked_units(unit)
        truth = self.study.table.truth(formula)
        best: list[_Region] = []  # a heap, the worst on top
        for image, most in self._images(truth, unit, exclude_image):
            # No image after this one has a region that could take a place among the best.
            if (len(best) == count and (most,) < best[0][:1]) or (cancelled and cancelled()):
                break
            for region in self._regions(truth, unit, image, best[0].rank if len(best) == count else -np.inf):
                if len(best) < count:
                    heapq.heappush(best, region)
                else:
                    heapq.heappushpop(best, region)
        return self._cut(formula, unit, sorted(best, reverse=True))

    @property
    def _smallest(self) -> int:
        height, width = self.study.units.grid
        return int(np.ceil(SMALLEST_SHARE * height * width))

    def _images(
        self, truth: NDArray[np.bool_], unit: int | None, exclude_image: int | None
    ) -> Iterator[tuple[int, float]]:
        """The images with enough positions, and what no region of theirs ranks above: the most promising first."""
        areas = self.study.positions.by_sample(truth)
        most = areas.astype(np.float64) if unit is None else self.study.units.peaks(unit).astype(np.float64)
        possible = np.flatnonzero(areas >= self._smallest)
        for image in possible[np.argsort(-most[possible], kind="stable")].tolist():
            if image != exclude_image:
                yield image, float(most[image])

    def _regions(self, truth: NDArray[np.bool_], unit: int | None, image: int, least: float) -> Iterator[_Region]:
        """The regions of an image; none where all rank below `least`."""
        mask = truth[self.study.units.positions[image]]
        activation = None
        if unit is not None:
            activation = upsample(self.study.units.activations(unit)[image][None], self.study.units.grid)[0]
            if activation[mask].max() < least:
                return
        numbers, areas = pieces(mask)
        for number in range(1, len(areas)):
            if areas[number] >= self._smallest:
                rank = areas[number] if activation is None else activation[numbers == number].max()
                yield _Region(float(rank), int(areas[number]), -image, -number)

    def _cut(self, formula: Formula, unit: int | None, regions: list[_Region]) -> Listing[FoundPatch]:
        """Each image is read once."""
        name = formula.name if isinstance(formula, Leaf) else str(formula)
        truth = self.study.table.truth(formula)
        made: dict[_Region, FoundPatch] = {}
        for image in dict.fromkeys(-region.minus_image for region in regions):
            picture = self.study.dataset.picture(image)
            signatures = self.study.units.positions[image]
            numbers, _ = pieces(truth[signatures])
            for region in regions:
                if -region.minus_image != image:
                    continue
                here = numbers == -region.minus_number
                mask = at_size(here, picture.size)
                origin = self.study.dataset.images[image].name
                patch, box = cut_out(picture, mask, name, origin, self._concepts(signatures[here], image))
                drive = None if unit is None else region.rank
                made[region] = FoundPatch(patch, image, box, int(np.count_nonzero(mask)), drive)
        return Listing(made[region] for region in regions)

    def _concepts(self, signatures: NDArray[np.int32], image: int) -> tuple[str, ...]:
        """The names of what holds on at least half of some positions of an image, in the order of the data set."""
        rows, counts = np.unique(signatures, return_counts=True)
        held = 2 * self.study.table.count_by_concept(rows.astype(np.intp), counts.astype(np.int64)) >= len(signatures)
        held[list(self.study.dataset.images[image].whole)] = False
        return tuple(self.study.table.concepts[concept] for concept in np.flatnonzero(held).tolist())


class _Region(NamedTuple):
    """One region, ordered as they are ranked: the larger the better."""

    rank: float
    area: int
    minus_image: int
    minus_number: int
