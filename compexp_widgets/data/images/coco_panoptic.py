"""Panoptic annotations as COCO has them (Kirillov et al. 2019, "Panoptic Segmentation", arXiv 1801.00868).

::

    val2017/000000000139.jpg                         the pictures
    annotations/panoptic_val2017.json                images, annotations with segments_info, categories
    annotations/panoptic_val2017/000000000139.png    segment id = red + 256·green + 65536·blue, 0 is nothing
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import checked_folder, checked_grid, checked_path
from compexp_widgets.data.images.annotated_image import AnnotatedImage, Concept
from compexp_widgets.data.images.concept_table import LARGEST_LABEL
from compexp_widgets.data.images.folder_files import FolderFiles
from compexp_widgets.data.images.label_images import image_size, read_pixels
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, inside, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files import json_field, read_json_object
from compexp_widgets.files.regular import INDEX_BYTES
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class PanopticMask:
    """A label image of segments, and which category each segment is of.

    `path`: the PNG file. `segments`: (segment id, label number) of every segment, ids ascending.
    """

    path: Path
    segments: tuple[tuple[int, int], ...]

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def files(self) -> tuple[Path, ...]:
        """The PNG file."""
        return (self.path,)

    @property
    def recipe(self) -> str:
        """The segments."""
        return f"panoptic, nearest neighbour, {self.segments}"

    def numbers(self, image: AnnotatedImage, grid: tuple[int, int]) -> NDArray[np.int64]:
        """The label numbers: int64, shape `grid`; `DataError` for no image and for unlisted segments."""
        pixels = read_pixels(self.path, image, grid, colour=True, resize=True).astype(np.int64)
        ids = pixels @ np.array([1, 256, 65536])
        known, numbers = np.array([(0, 0), *self.segments], np.int64).T
        place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        unknown = np.unique(ids[known[place] != ids])
        if len(unknown):
            raise DataError(
                f"{self.path} ({image.origin}) has the segment {unknown[0]}, which its segments_info does not list. "
                "Take the PNG files and the JSON from the same release."
            )
        found: NDArray[np.int64] = numbers[place]
        return found

    def drawn_on(self) -> tuple[int, int] | None:
        """The size of the PNG file; None where it is no image."""
        return image_size(self.path)


def read_coco_panoptic(
    images: str | Path, json: str | Path, png_folder: str | Path, *, grid: tuple[int, int] = (112, 112), split: str = ""
) -> SegmentationDataset:
    """Read panoptic annotations: the category of every segment, ``thing`` or ``stuff``.

    The JSON file is read and checked and every file it names is looked for; pictures and PNG files are opened only when
    they are asked for. Pictures keep their size; annotations are resized to `grid` with nearest neighbour. Concepts
    come in the order of their category ids, images in that of the JSON file; an image without annotation has no label.

    Parameters
    ----------
    images
        Folder of the pictures.
    json
        ``panoptic_*.json``.
    png_folder
        Folder of the segments' PNG files.
    grid
        Height and width of the annotation grid, in positions.
    split
        What `AnnotatedImage.split` is to say.

    Raises
    ------
    DataError
        For anything that does not fit the format, with file and entry.
    """
    images, png_folder = checked_folder(images), checked_folder(png_folder)
    path, grid = checked_path(json, "json"), checked_grid(grid)
    content = read_json_object(path, "index", most_bytes=INDEX_BYTES)
    concepts = _read_categories(content, path)
    number_of = {category: number for number, category in enumerate(concepts, start=1)}
    annotations = _read_annotations(content, path, FolderFiles(png_folder), number_of)
    pictures = FolderFiles(images)
    listed: list[AnnotatedImage] = []
    seen: dict[object, str] = {}
    for place, entry in enumerate(json_field(content, "images", list, str(path))):
        origin = f"images[{place}] of {path.name}"
        where = f"{path}, images[{place}]"
        image_id, name = json_field(entry, "id", int, where), json_field(entry, "file_name", str, where)
        for key, what in ((image_id, f"the image id {image_id}"), (name, f"the picture {name!r}")):
            if seen.setdefault(key, where) != where:
                raise DataError(f"{where}: {what} stands in {seen[key]} already.")
        masks = (annotations.pop(image_id),) if image_id in annotations else ()
        listed.append(AnnotatedImage(name, pictures.find(name, where), split, masks, (), origin))
    if not listed:
        raise DataError(f"{path} lists no image: 'images' is empty.")
    if annotations:
        raise DataError(f"{path} annotates the image id {next(iter(annotations))}, which its 'images' does not list.")
    codes = np.arange(-1, len(concepts), dtype=np.int32)
    folder = _shared_folder(images, path, png_folder)
    places = (inside(place, folder) for place in (images, path, png_folder))
    given = dict(zip(("images", "json", "png_folder"), places, strict=True))
    recipe = DataRecipe.reading(read_coco_panoptic, **given, grid=grid, split=split)
    return SegmentationDataset(folder, tuple(concepts.values()), tuple(listed), grid, codes, recipe=recipe)


@repeats("read_coco_panoptic")
def _read_again(folder: Path, *, images: str, json: str, png_folder: str, **options: Any) -> SegmentationDataset:
    return read_coco_panoptic(folder / images, folder / json, folder / png_folder, **options)


def _read_categories(content: dict[str, Any], path: Path) -> dict[int, Concept]:
    """Category id → concept, ascending."""
    concepts: dict[int, Concept] = {}
    names: set[str] = set()
    for place, entry in enumerate(json_field(content, "categories", list, str(path))):
        where = f"{path}, categories[{place}]"
        number, name = json_field(entry, "id", int, where), json_field(entry, "name", str, where)
        is_thing = json_field(entry, "isthing", int, where)
        if number in concepts or name in names or not name.strip():
            raise DataError(f"{where}: the id {number} or the name {name!r} is empty or stands above already.")
        if is_thing not in (0, 1):
            raise DataError(f"{where}: 'isthing' is {is_thing}, not 0 or 1.")
        names.add(name)
        concepts[number] = Concept(name, "thing" if is_thing else "stuff")
    if not 0 < len(concepts) <= LARGEST_LABEL:
        raise DataError(f"{path} names {len(concepts)} categories, not 1 to {LARGEST_LABEL}.")
    return dict(sorted(concepts.items()))


def _read_annotations(
    content: dict[str, Any], path: Path, files: FolderFiles, number_of: dict[int, int]
) -> dict[int, PanopticMask]:
    """Image id → mask."""
    masks: dict[int, PanopticMask] = {}
    for place, entry in enumerate(json_field(content, "annotations", list, str(path))):
        where = f"{path}, annotations[{place}]"
        image_id = json_field(entry, "image_id", int, where)
        if image_id in masks:
            raise DataError(f"{where}: the image id {image_id} is annotated above already.")
        if "segments_info" not in entry:
            raise DataError(
                f"{where} has no 'segments_info'. This is not a panoptic annotation: use panoptic_*.json, not "
                "instances_*.json or stuff_*.json."
            )
        segments: dict[int, int] = {}
        for segment in json_field(entry, "segments_info", list, where):
            number, category = json_field(segment, "id", int, where), json_field(segment, "category_id", int, where)
            if not 0 < number < 1 << 24 or number in segments:
                raise DataError(f"{where}: the segment id {number} is not between 1 and 16777215, or stands twice.")
            if category not in number_of:
                raise DataError(f"{where}: the segment {number} is of category {category}, which 'categories' lacks.")
            segments[number] = number_of[category]
        mask = files.find(json_field(entry, "file_name", str, where), where)
        masks[image_id] = PanopticMask(mask, tuple(sorted(segments.items())))
    return masks


def _shared_folder(*paths: Path) -> Path:
    """The folder that all of them are in."""
    try:
        return Path(os.path.commonpath([path.resolve() for path in paths]))
    except ValueError:  # on Windows, on different drives
        return paths[0]
