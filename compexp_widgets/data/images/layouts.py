"""The way in for annotated images of any layout."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias, Union

from compexp_widgets.argument_sentences import sentence
from compexp_widgets.arguments import checked_folder, checked_grid
from compexp_widgets.data.images.ade20k import find_ade20k, read_ade20k
from compexp_widgets.data.images.broden import read_broden
from compexp_widgets.data.images.cityscapes import read_cityscapes
from compexp_widgets.data.images.coco_panoptic import read_coco_panoptic
from compexp_widgets.data.images.concept_table import codes_with_nothing
from compexp_widgets.data.images.label_folder import read_label_folder
from compexp_widgets.data.images.label_images import Colour, colours_again, kept_colours
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, repeats
from compexp_widgets.errors import DataError

AnyDataset: TypeAlias = Annotated[
    Union[SegmentationDataset, str, Path],  # noqa: UP007 - read at run time
    "a SegmentationDataset, or the folder of one",
]
"""Annotated images as a person gives them."""


def as_dataset(dataset: AnyDataset, what: str = "dataset") -> SegmentationDataset:
    """Annotated images as they are, or those that `read_dataset` finds in a folder; DataError for anything else."""
    given: Any = dataset
    if isinstance(given, str | Path):
        return read_dataset(given)
    if not isinstance(given, SegmentationDataset):
        raise DataError(sentence(what, given, AnyDataset))
    return given


def read_dataset(
    folder: str | Path,
    *,
    grid: tuple[int, int] | None = None,
    nothing: Sequence[int] = (),
    class_zero: bool = False,
    colour_table: Mapping[Colour, int] | str | Path | None = None,
) -> SegmentationDataset:
    """Read a folder of annotated images with the reader for its layout.

    Parameters
    ----------
    folder
        The first of these that fits: with ``index.csv``, the Broden layout (`read_broden`); with ``names.csv``,
        pictures and label maps in plain folders (`read_label_folder`); with ``leftImg8bit``, Cityscapes
        (`read_cityscapes`); with ``annotations/panoptic_NAME.json``, COCO panoptic (`read_coco_panoptic`), whose
        pictures are in ``NAME`` or ``images/NAME``; ADE20K as distributed (`read_ade20k`).
    grid
        Height and width of the annotation grid, in positions, where it is not to be the reader's own choice. (Broden's
        stands in its index.)
    nothing
        Label numbers that mean nothing and that the layout does not know of, often 255.
    class_zero, colour_table
        For plain folders of label maps: as of `read_label_folder`.

    Raises
    ------
    DataError
        Where nothing fits, with what was looked for, and for what the reader finds wrong.
    """
    folder = checked_folder(folder)
    dataset = _read(folder, grid, nothing, class_zero=class_zero, colour_table=colour_table)
    recipe = DataRecipe.reading(
        read_dataset,
        grid=grid,
        nothing=nothing,
        class_zero=class_zero,
        colour_table=kept_colours(colour_table, dataset.folder),
    )
    return dataclasses.replace(dataset, recipe=recipe)


@repeats("read_dataset")
def _read_again(folder: Path, *, colour_table: Any = None, **options: Any) -> SegmentationDataset:
    return read_dataset(folder, colour_table=colours_again(colour_table, folder), **options)


def _read(
    folder: Path,
    grid: tuple[int, int] | None,
    nothing: Sequence[int],
    *,
    class_zero: bool,
    colour_table: Mapping[Colour, int] | str | Path | None,
) -> SegmentationDataset:
    options: dict[str, Any] = {} if grid is None else {"grid": checked_grid(grid)}
    if not (folder / "index.csv").is_file() and (folder / "names.csv").is_file():
        return read_label_folder(folder, **options, nothing=nothing, class_zero=class_zero, colour_table=colour_table)
    for name, value in (("class_zero", class_zero or None), ("colour_table", colour_table)):
        if value is not None:
            raise DataError(f"{name} is for plain folders of label maps with names.csv, and {folder} is none.")
    dataset = _of_layout(folder, options)
    codes = codes_with_nothing(dataset.codes, nothing, dataset.concepts)
    return dataclasses.replace(dataset, codes=codes)


def _of_layout(folder: Path, options: dict[str, Any]) -> SegmentationDataset:
    if (folder / "index.csv").is_file():
        if options:
            raise DataError(f"grid: {folder} is in the layout of Broden, whose index.csv says its grid (sh × sw).")
        return read_broden(folder)
    if (folder / "leftImg8bit").is_dir():
        annotations = "gtFine" if (folder / "gtFine").is_dir() else "gtCoarse"
        return read_cityscapes(folder, annotations=annotations, **options)
    panoptic = sorted((folder / "annotations").glob("panoptic_*.json"))
    if panoptic:
        return _read_coco(folder, panoptic, options)
    if find_ade20k(folder) is not None:
        return read_ade20k(folder, **options)
    raise DataError(
        f"{folder} holds no data set that is known. Looked for: index.csv (Broden: index.csv, label.csv, category.csv, "
        "images/); names.csv (plain folders: names.csv, images/, labels/); leftImg8bit/ (Cityscapes: leftImg8bit/, "
        "gtFine/ or gtCoarse/); annotations/panoptic_*.json (COCO panoptic); index_ade20k.pkl, index_ade20k.mat or "
        "images/ with *_seg.png (ADE20K). For pictures and label maps that lie elsewhere, list them in a data frame: "
        "read_frame."
    )


def _read_coco(folder: Path, panoptic: list[Path], options: dict[str, Any]) -> SegmentationDataset:
    """The one panoptic annotation whose pictures are there."""
    tried: list[str] = []
    complete: list[tuple[Path, Path, Path]] = []
    for json in panoptic:
        name = json.stem.removeprefix("panoptic_")
        masks = json.with_suffix("")
        pictures = next((path for path in (folder / name, folder / "images" / name) if path.is_dir()), None)
        if pictures is not None and masks.is_dir():
            complete.append((pictures, json, masks))
        tried.append(f"{json.name} with {name}/ or images/{name}/ and annotations/{json.stem}/")
    if len(complete) == 1:
        pictures, json, masks = complete[0]
        split = json.stem.removeprefix("panoptic_").rstrip("0123456789")
        return read_coco_panoptic(pictures, json, masks, split=split, **options)
    if complete:
        raise DataError(
            f"{folder} has several panoptic annotations: {', '.join(json.name for _, json, _ in complete)}. Choose one "
            "with read_coco_panoptic(images, json, png_folder)."
        )
    raise DataError(
        f"{folder} has panoptic annotations, but not all that belongs to them. Looked for: {'; '.join(tried)}. Extract "
        "the archives of the pictures and of the PNG files there."
    )
