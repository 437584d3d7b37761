"""Images and networks: what a vision network is shown, and where its units fire."""

from compexp_widgets.vision.broden import read_broden
from compexp_widgets.vision.dataset import read_dataset
from compexp_widgets.vision.label_folder import read_label_folder
from compexp_widgets.vision.segmentation import AnnotatedImage, Concept, MaskFile, SegmentationDataset

__all__ = [
    "AnnotatedImage",
    "Concept",
    "MaskFile",
    "SegmentationDataset",
    "read_broden",
    "read_dataset",
    "read_label_folder",
]
