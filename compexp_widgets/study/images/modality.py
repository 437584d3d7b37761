"""Studies of annotated images, which are probed by whole maps."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compexp_widgets.argument_types import checked
from compexp_widgets.data.images.layouts import AnyDataset, read_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.images.activations import Extracted, LayerToProbe, extract_activations
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report
from compexp_widgets.study.configuration import VISION, StudyConfiguration
from compexp_widgets.study.images.drawing import PictureDrawing
from compexp_widgets.study.images.probed_images import probed_images
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.modality import Amounts, Modality
from compexp_widgets.study.positions import open_activations


class Images(Modality):
    kind, samples, data_type = VISION, "images", SegmentationDataset
    options = frozenset({"layout", "directions", "half"})
    drawing = PictureDrawing()

    def read(self, place: str | Path) -> SegmentationDataset:
        return read_dataset(place)

    def source(self, data: SegmentationDataset) -> str:
        return str(data.folder.resolve())

    def probe(
        self,
        network: Network,
        layers: Sequence[LayerToProbe],
        data: SegmentationDataset,
        amounts: Amounts,
        report: Report,
    ) -> dict[Path, Extracted]:
        made = extract_activations(
            network,
            layers,
            data,
            batch_size=amounts.batch_size,
            memory=amounts.memory,
            half=amounts.half,
            report=report,
        )
        halved = [layer.folder for layer in layers if open_activations(layer.folder).dtype == np.float16]
        if amounts.half is None and halved:
            warnings.warn(
                f"the study in {halved[0]} keeps its maps in half precision, as was asked for when it was made: to "
                "have them in full, choose another folder",
                stacklevel=6,
            )
        return made

    @checked(StudyError)
    def open(self, folder: Path, configuration: StudyConfiguration, data: AnyDataset | None = None) -> VisionStudy:
        """The study, when these are the images that were probed."""
        return VisionStudy(folder, configuration, probed_images(folder, configuration, data))
