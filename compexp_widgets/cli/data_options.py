"""The options that say which annotated images, and what is made of them, for every command that reads some."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compexp_widgets.progress import Report

if TYPE_CHECKING:
    from compexp_widgets.vision.images.segmentation import SegmentationDataset

FOLDER = (
    "folder with annotated images: Broden, label maps with names.csv, ADE20K or COCO panoptic as distributed, or "
    "Cityscapes"
)


def add_data_options(group: argparse._ArgumentGroup) -> None:
    """Add what is made of the data: colours, labels of whole images, no rare concepts."""
    add = group.add_argument
    add("--colours", action="store_true", help="add the colours of the pictures as concepts, black-c to yellow-c")
    add(
        "--image-labels",
        metavar="CSV",
        type=Path,
        help="add labels of whole images from a table with the columns image and label (and category, else scene)",
    )
    add(
        "--min-images",
        metavar="N",
        type=_at_least_one,
        help="leave out concepts that occur in fewer images than N; for that, the labels of all images are read first",
    )


def dataset_from(options: argparse.Namespace, report: Report) -> SegmentationDataset:
    """The images of the folder ``options.data`` with what the options make of them: equal options, equal data."""
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.vision.images.colours import with_colours  # noqa: PLC0415
    from compexp_widgets.vision.images.dataset import read_dataset  # noqa: PLC0415
    from compexp_widgets.vision.images.image_labels import with_image_labels  # noqa: PLC0415

    dataset = read_dataset(options.data)
    if options.colours:
        dataset = with_colours(dataset)
    if options.image_labels is not None:
        dataset = with_image_labels(dataset, options.image_labels)
    if options.min_images is not None:
        dataset = dataset.limited(min_images=options.min_images, report=report)
    return dataset


def in_python(options: argparse.Namespace) -> str | None:
    """The same data in Python, for `open_study`; None where it is just what the folder holds."""
    text = f"cw.read_dataset({str(options.data)!r})"
    folder = text
    if options.colours:
        text = f"cw.with_colours({text})"
    if options.image_labels is not None:
        text = f"cw.with_image_labels({text}, {str(options.image_labels)!r})"
    if options.min_images is not None:
        text += f".limited(min_images={options.min_images})"
    return None if text == folder else text


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number
