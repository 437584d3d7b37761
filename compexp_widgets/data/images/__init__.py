"""Annotated image sets: readers of their formats, label layers, concepts, and what a set is worth."""

from compexp_widgets.data.images.ade20k import read_ade20k
from compexp_widgets.data.images.annotated_image import AnnotatedImage, Concept, LabelSource
from compexp_widgets.data.images.broden import read_broden
from compexp_widgets.data.images.cityscapes import read_cityscapes
from compexp_widgets.data.images.coco_panoptic import read_coco_panoptic
from compexp_widgets.data.images.frame import read_frame
from compexp_widgets.data.images.image_labels import with_image_labels
from compexp_widgets.data.images.label_folder import read_label_folder
from compexp_widgets.data.images.label_images import MaskFile
from compexp_widgets.data.images.layouts import read_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset

__all__ = [
    "AnnotatedImage",
    "Concept",
    "LabelSource",
    "MaskFile",
    "SegmentationDataset",
    "read_ade20k",
    "read_broden",
    "read_cityscapes",
    "read_coco_panoptic",
    "read_dataset",
    "read_frame",
    "read_label_folder",
    "with_image_labels",
]
