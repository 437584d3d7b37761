"""A dissected layer of a vision network.

activations.npy          activation maps of every unit on every image
positions.npy            the signature of every position of every image
signatures.npz           the signature table
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.formula import Formula
from compexp_widgets.networks.images.activations import COMPLETE, open_activations
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.signatures.position_counts import PositionCounts
from compexp_widgets.study.array_checks import check_array, check_counts, check_table
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.images.positions import POSITIONS, TABLE, open_positions
from compexp_widgets.study.images.units import VisionUnits
from compexp_widgets.study.study import Study


def open_vision_units(folder: Path) -> tuple[SignatureTable, VisionUnits, PositionCounts]:
    """The files of a finished study: signatures, units, and positions by image.

    Raises
    ------
    StudyError
        When a file is missing or damaged.
    """
    try:
        table, positions, counts = open_positions(folder)
        maps = open_activations(folder)
    except CompexpError as error:
        raise StudyError(f"the study in {folder} is not finished: {error}") from error
    check_table(folder / TABLE, table)
    check_array(folder / POSITIONS, "positions", positions, [np.int32], (None, None, None))
    check_counts(folder / TABLE, table, counts)
    check_array(folder / COMPLETE, "maps", maps, [np.float32, np.float16], (None, len(positions), None, None))
    return table, VisionUnits(maps, positions, len(table)), counts


class VisionStudy(Study):
    """A study whose samples are images, and whose positions are the pixels of their annotation grid.

    Attributes
    ----------
    dataset
        The annotated images.
    """

    units: VisionUnits
    open_units = staticmethod(open_vision_units)

    def __init__(self, folder: Path, configuration: StudyConfiguration, dataset: SegmentationDataset) -> None:
        table, self.units, counts = open_vision_units(folder)
        super().__init__(folder, configuration, table, counts, [concept.category for concept in dataset.concepts])
        self.dataset = dataset
        if table.concepts != tuple(dataset.concept_names):
            raise StudyError(
                f"{folder / TABLE} does not belong to the images of the study: it holds other concepts. Delete "
                f"{POSITIONS} and {TABLE} and dissect again"
            )
        check_array(folder / POSITIONS, "positions", self.units.positions, [np.int32], (len(dataset), *dataset.grid))
        if configuration.unit_names and len(configuration.unit_names) != self.units.count:
            raise StudyError(
                f"the study in {folder} is damaged: study.json names {len(configuration.unit_names)} units, the maps "
                f"have {self.units.count}. Delete the folder and dissect again"
            )

    def __repr__(self) -> str:
        about = self.configuration
        return (
            f"<VisionStudy of {about.network}, layer {about.layer}: {self.units.count} units, {self.samples:,} images, "
            f"{len(self.table):,} signatures, in {self.folder}; {self.certificate}>"
        )

    def held_out_samples(self) -> NDArray[np.bool_]:
        """Which images are kept from a search: those of the split "val" where the data has one, else every second.

        A split made with the data comes first, since its makers may have kept pictures of one place together, which
        every second image tears apart. A data set that is nothing but "val" has no split.

        Returns
        -------
        bool, shape (images,)
        """
        chosen = np.array([image.split == "val" for image in self.dataset.images])
        return super().held_out_samples() if chosen.all() or not chosen.any() else chosen

    def unit_mask(
        self,
        unit: int,
        images: NDArray[np.integer] | Sequence[int],
        firing: float | ActivationRange = 0.005,
    ) -> NDArray[np.bool_]:
        """Where a unit fires: bool, shape (len(images), height, width) of the annotation grid.

        The activations that count are given as to `activity`.
        """
        return self.units.active_mask(unit, self.activity(unit, firing).limits, np.asarray(images, int))

    def formula_mask(self, formula: Formula, images: NDArray[np.integer] | Sequence[int]) -> NDArray[np.bool_]:
        """Where a formula holds: bool, shape (len(images), height, width) of the annotation grid."""
        mask: NDArray[np.bool_] = self.table.truth(formula)[self.units.positions[np.asarray(images, int)]]
        return mask
