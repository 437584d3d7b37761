"""Data sets in plain folders: pictures, label maps of the same names, and a table of concept names.

::

    images/beach.jpg      the pictures, in subfolders too
    labels/beach.png      their label maps: one channel of 8 or 16 bits, or a palette; the value is the label number
    names.csv             number,name or number,name,category; with red,green,blue, the labels are colours
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from compexp_widgets.arguments import checked_folder, checked_grid, checked_name, checked_names
from compexp_widgets.data.images.annotated_image import AnnotatedImage, LabelSource
from compexp_widgets.data.images.concept_table import ConceptTable, codes_with_nothing, read_concepts
from compexp_widgets.data.images.folder_files import FolderFiles, composed
from compexp_widgets.data.images.label_images import (
    Colour,
    ColouredMask,
    ColourTable,
    MaskFile,
    check_numbers,
    colours_again,
    has_colours,
    kept_colours,
    read_colour_table,
)
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files import opened_image, shown
from compexp_widgets.files.text_files import CsvTable, read_csv_table

_PICTURE_SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))
_UNREAD_SUFFIXES = frozenset((".avif", ".dng", ".heic", ".heif", ".j2k", ".jp2", ".jxl", ".psd", ".raw", ".svg"))
_MAP_SUFFIXES = (".png", ".tif", ".tiff", ".bmp", ".gif")
_GRID = (112, 112)  # Broden's


def read_label_folder(
    folder: str | Path,
    *,
    pictures: str = "images",
    labels: str | Sequence[str] = "labels",
    names: str = "names.csv",
    grid: tuple[int, int] | None = None,
    nothing: Sequence[int] = (),
    class_zero: bool = False,
    colour_table: Mapping[Colour, int] | str | Path | None = None,
) -> SegmentationDataset:
    """Read a folder of pictures and a folder of label maps.

    Concepts come in the order of their label numbers, images in the order of their file names. Files that are no
    pictures, hidden files, and label maps without a picture are left aside; so are subfolders of the pictures that no
    folder of label maps has. Pictures keep their size. Folders and files may be links.

    Parameters
    ----------
    folder
        The folder with the table of names.
    pictures
        Subfolder of the pictures; ``"."`` is the folder itself.
    labels
        Subfolder of the label maps, or several: each is a layer of its own, so that a position can hold several
        concepts. Every picture has a map in each of them, of the same name but for the suffix: a PNG, TIFF, BMP or GIF
        file of the picture's shape. Where maps and pictures share a folder, PNG files are the maps.
    names
        The table: label number, concept name, and, if it has the column, category ("object" where it is empty).
        With columns ``red``, ``green`` and ``blue`` it is the table of colours too; rows of number 0 then list colours
        that mean nothing.
    grid
        Height and width of the annotation grid, in positions. Left out, it is the size of the label maps where all have
        the same, else 112 × 112. Maps of another size are resized to it with nearest neighbour.
    nothing
        Label numbers, besides 0, that mean nothing; many sets write 255 where nothing was labelled.
    class_zero
        Whether 0 is a class, with a row in the table of names, and not nothing.
    colour_table
        Where the colours of label maps (RGB or palette) stand for labels: ``{(128, 0, 0): 1}``, or a CSV file with
        ``red,green,blue,number``. Number 0 means nothing, and so does black unless it is listed.

    Raises
    ------
    DataError
        For a missing folder, table, column or label map, a number that is no label number, a number or name given
        twice, and pictures whose names differ only in the suffix.
    """
    folder = checked_folder(folder)
    layers = checked_names(labels, "labels")
    if not layers:
        raise DataError("read_label_folder got an empty list of labels: name at least one folder of label maps.")
    pictures, names = checked_name(pictures, "pictures"), checked_name(names, "names")
    grid = asked = checked_grid(grid) if grid is not None else None
    if not (folder / names).is_file():
        raise DataError(f"{folder} has no {names}, which tells the names of the label numbers (number,name,category).")
    table, colours = named_concepts(folder / names, colour_table, class_zero=class_zero)
    files = FolderFiles(folder)
    maps_of = [_LabelMaps(files, layer) for layer in layers]
    found = []
    sizes: set[tuple[int, int]] = set()
    for stem, name in _pictures_by_stem(files, pictures, maps_of).items():
        origin = f"picture {name}"
        maps = [layer.find(stem, f"label map of {origin}") for layer in maps_of]
        sizes.update(_size(label_map, origin) for label_map in maps)
        found.append((name, files.find(name, origin), maps, origin))
    if grid is None:
        grid = next(iter(sizes)) if len(sizes) == 1 else _GRID
    resize = sizes != {grid}
    images = tuple(
        AnnotatedImage(name, path, "", tuple(map_layer(each, colours, resize=resize) for each in maps), (), origin)
        for name, path, maps, origin in found
    )
    codes = codes_with_nothing(table.codes(), nothing, table.concepts)
    if colours is not None:
        check_numbers(colours, codes)
    recipe = DataRecipe.reading(
        read_label_folder,
        pictures=pictures,
        labels=labels,
        names=names,
        grid=asked,
        nothing=nothing,
        class_zero=class_zero,
        colour_table=kept_colours(colour_table, folder),
    )
    return SegmentationDataset(folder, table.concepts, images, grid, codes, recipe=recipe)


@repeats("read_label_folder")
def _read_again(folder: Path, *, colour_table: Any = None, **options: Any) -> SegmentationDataset:
    return read_label_folder(folder, colour_table=colours_again(colour_table, folder), **options)


def map_layer(path: Path, colours: ColourTable | None, *, resize: bool) -> LabelSource:
    """The layer of a label map whose values, or whose colours, are label numbers."""
    return ColouredMask(path, colours) if colours is not None else MaskFile(path, "index", resize)


def named_concepts(
    names: Path, colour_table: Mapping[Colour, int] | str | Path | None, *, class_zero: bool
) -> tuple[ConceptTable, ColourTable | None]:
    """The concepts of a table of names, and the colours that it or another table gives them, if any does."""
    table = read_csv_table(names, ("number", "name"))
    colours = None
    if colour_table is not None:
        colours = read_colour_table(colour_table, black=not class_zero)
    elif has_colours(table):
        colours = read_colour_table(table, black=not class_zero)
        if not class_zero:
            table = _without_nothing(table)
    concepts = read_concepts(table, lambda kind, _: kind.strip() or "object", class_zero=class_zero)
    return concepts, colours


def _without_nothing(table: CsvTable) -> CsvTable:
    """A table of names and colours without the rows of number 0."""
    place = table.columns.index("number")
    return dataclasses.replace(table, rows=tuple(row for row in table.rows if row[1][place].strip("0 ")))


class _LabelMaps:
    """The label maps in one folder, by the name that they share with their picture."""

    def __init__(self, files: FolderFiles, directory: str) -> None:
        self._files = files
        self.directory = directory
        self._by_stem: dict[str, dict[str, str]] = {}
        self.subfolders: set[str] = set()
        for name in files.below(directory, f"reading {files.folder}"):
            path = PurePosixPath(name)
            self._by_stem.setdefault(_stem(path), {})[path.suffix.lower()] = name
            self.subfolders.update(composed(str(parent)) for parent in path.parents)

    def find(self, stem: str, where: str) -> Path:
        """The map of the picture called `stem`; `DataError` where there is none of a kind that keeps numbers."""
        kinds = self._by_stem.get(stem, {})
        name = next((kinds[suffix] for suffix in _MAP_SUFFIXES if suffix in kinds), None)
        place = "" if self.directory == "." else f"{self.directory}/"
        if name is not None:
            return self._files.find(f"{place}{name}", where)
        if (suffix := next(iter(kinds), None)) in (".jpg", ".jpeg", ".webp"):
            raise DataError(
                f"{where}: {self._files.folder / place / kinds[suffix]} is of a format that changes label numbers when "
                "it saves space. Save label maps as PNG."
            )
        raise DataError(f"{where}: the file {f'{place}{stem}.png'!r} is missing from {self._files.folder}.")


def _stem(path: PurePosixPath) -> str:
    return composed(str(path.with_suffix("")))


def _pictures_by_stem(files: FolderFiles, directory: str, maps: Sequence[_LabelMaps]) -> dict[str, str]:
    """Path in the folder of pictures without suffix → path relative to the data set's folder, sorted."""
    shared = any(directory == each.directory for each in maps)
    suffixes = _PICTURE_SUFFIXES - {".png"} if shared else _PICTURE_SUFFIXES
    subfolders = set().union(*(each.subfolders for each in maps)) | {"."}
    found: dict[str, str] = {}
    left_aside: set[str] = set()
    unread: list[str] = []
    for name in files.below(directory, f"reading {files.folder}"):
        path = PurePosixPath(name)
        relative = name if directory == "." else f"{directory}/{name}"
        suffix = path.suffix.lower()
        if suffix not in suffixes | _UNREAD_SUFFIXES:
            continue
        if composed(str(path.parent)) not in subfolders:
            left_aside.add(str(PurePosixPath(relative).parent))
        elif suffix in _UNREAD_SUFFIXES:
            unread.append(relative)
        elif (stem := _stem(path)) in found:
            raise DataError(f"{files.folder}: {found[stem]} and {relative} would share one label map. Rename one.")
        else:
            found[stem] = relative
    if not found:
        aside = f" Its subfolders were left aside: no folder of label maps has {min(left_aside)}." if left_aside else ""
        raise DataError(f"{files.folder / directory} holds no picture ({', '.join(sorted(suffixes))}).{aside}")
    if unread:
        warnings.warn(
            f"{files.folder}: {len(unread)} pictures are of formats that are not read and were left out, such as "
            f"{unread[0]}. Save them as JPEG or PNG",
            stacklevel=3,
        )
    return found


def _size(label_map: Path, origin: str) -> tuple[int, int]:
    with opened_image(label_map, f"{shown(label_map)} ({shown(origin)})", what="label image") as file:
        return file.size
