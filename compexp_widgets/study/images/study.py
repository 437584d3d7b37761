"""A dissected layer of a vision network.

activations.npy          activation maps of every unit on every image
positions.npy            the signature of every position of every image
signatures.npz           the signature table
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.study.array_checks import check_array
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.images.units import VisionUnits, open_vision_units
from compexp_widgets.study.study import Study
from compexp_widgets.study.study_folder import POSITIONS, SIGNATURES


class VisionStudy(Study):
    """A study whose samples are the images of `dataset`, and its positions the pixels of their annotation grid."""

    units: VisionUnits
    open_units = staticmethod(open_vision_units)

    def __init__(self, folder: Path, configuration: StudyConfiguration, dataset: SegmentationDataset) -> None:
        super().__init__(folder, configuration, dataset)
        self.dataset = dataset
        self.categories = tuple(concept.category for concept in dataset.concepts)
        if self.table.concepts != tuple(dataset.concept_names):
            raise StudyError(
                f"{folder / SIGNATURES} does not belong to the images of the study: it holds other concepts. Delete "
                f"{POSITIONS} and {SIGNATURES} and dissect again"
            )
        check_array(folder / POSITIONS, "positions", self.units.positions, [np.int32], (len(dataset), *dataset.grid))

    def _contents(self) -> str:
        return f"{self.samples:,} images, {len(self.table):,} signatures"

    def held_out_samples(self) -> NDArray[np.bool_]:
        """The images that are kept from a search, bool of shape (images,): those of the split "val" where the data has
        one, else every second.

        A split made with the data comes first, since its makers may have kept pictures of one place together, which
        every second image tears apart. A data set that is nothing but "val" has no split.
        """
        chosen = np.array([image.split == "val" for image in self.dataset.images])
        return super().held_out_samples() if chosen.all() or not chosen.any() else chosen
