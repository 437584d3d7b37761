"""The options that say which annotated images, and what is made of them, for every command that reads some."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compexp_widgets.progress import Report

if TYPE_CHECKING:
    from compexp_widgets.data.images.segmentation import SegmentationDataset

FOLDER = (
    "folder with annotated images: Broden, label maps with names.csv, ADE20K or COCO panoptic as distributed, or "
    "Cityscapes"
)


def add_data_options(group: argparse._ArgumentGroup) -> None:
    """Add what is made of the data: what labels mean nothing, colours, labels of whole images, no rare concepts."""
    add = group.add_argument
    add(
        "--nothing",
        metavar="NUMBERS",
        type=_numbers,
        default=(),
        help="label numbers that mean nothing besides 0, such as 255 where nobody labelled",
    )
    add(
        "--class-zero",
        action="store_true",
        help="label 0 is a class, with a row in names.csv, rather than nothing (label maps)",
    )
    add(
        "--colour-table",
        metavar="CSV",
        type=Path,
        help="what the colours of label maps stand for, from a table with the columns red, green, blue and number "
        "(not needed where names.csv has red, green and blue)",
    )
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
        type=at_least_one,
        help="leave out concepts that occur in fewer images than N; for that, the labels of all images are read first",
    )


def dataset_from(options: argparse.Namespace, report: Report) -> SegmentationDataset:
    """The images of the folder ``options.data`` with what the options make of them: equal options, equal data."""
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.concepts.colours import with_colours  # noqa: PLC0415
    from compexp_widgets.data.images.image_labels import with_image_labels  # noqa: PLC0415
    from compexp_widgets.data.images.layouts import read_dataset  # noqa: PLC0415

    dataset = read_dataset(
        options.data, nothing=options.nothing, class_zero=options.class_zero, colour_table=options.colour_table
    )
    if options.colours:
        dataset = with_colours(dataset)
    if options.image_labels is not None:
        dataset = with_image_labels(dataset, options.image_labels)
    if options.min_images is not None:
        dataset = dataset.limited(min_images=options.min_images, report=report)
    return dataset


def in_python(options: argparse.Namespace) -> str | None:
    """The same data in Python, for `open_study`; None where it is just what the folder holds."""
    folder = f"cw.read_dataset({str(options.data)!r})"
    told = [repr(str(options.data))]
    if options.nothing:
        told.append(f"nothing={list(options.nothing)}")
    if options.class_zero:
        told.append("class_zero=True")
    if options.colour_table is not None:
        told.append(f"colour_table={str(options.colour_table)!r}")
    text = f"cw.read_dataset({', '.join(told)})"
    if options.colours:
        text = f"cw.with_colours({text})"
    if options.image_labels is not None:
        text = f"cw.with_image_labels({text}, {str(options.image_labels)!r})"
    if options.min_images is not None:
        text += f".limited(min_images={options.min_images})"
    return None if text == folder else text


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of label numbers such as 255 or 254,255") from error


def at_least_one(text: str) -> int:
    """A whole number from 1, for argparse, which answers any other."""
    number = int(text) if text.isascii() and len(text) < _MOST_DIGITS else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text:.40} is not at least 1")
    return number


_MOST_DIGITS = 10
