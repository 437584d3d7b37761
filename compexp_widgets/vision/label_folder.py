"""Data sets in plain folders: pictures, label maps of the same names, and a table of concept names.

::

    images/beach.jpg      the pictures
    labels/beach.png      their label maps: one channel of 8 or 16 bits, or a palette; the value is the label number
    names.csv             number,name or number,name,category
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from PIL import Image

from compexp_widgets.errors import DataError
from compexp_widgets.vision.concept_table import read_concepts
from compexp_widgets.vision.csv_table import read_csv_table
from compexp_widgets.vision.folder_files import FolderFiles
from compexp_widgets.vision.segmentation import IMAGE_ERRORS, AnnotatedImage, MaskFile, SegmentationDataset

_PICTURE_SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))


def read_label_folder(
    folder: str | Path,
    *,
    pictures: str = "images",
    labels: str | Sequence[str] = "labels",
    names: str = "names.csv",
    grid: tuple[int, int] | None = None,
) -> SegmentationDataset:
    """Read a folder of pictures and a folder of label maps.

    Concepts come in the order of their label numbers, images in the order of their file names. Files that are no
    pictures, hidden files, and label maps without a picture are left aside.

    Parameters
    ----------
    folder
        The folder with the table of names.
    pictures
        Subfolder of the pictures.
    labels
        Subfolder of the label maps, or several: each is a layer of its own, so that a position can hold several
        concepts. Every picture has a map in each of them, a PNG file of the same name.
    names
        The table: label number, concept name, and, if it has the column, category ("object" where it is empty).
    grid
        Height and width that the label maps are meant to have; those of the first one where it is left out.

    Raises
    ------
    DataError
        For a missing folder, table, column or label map, a number that is no label number, a number or name given
        twice, pictures whose names differ only in the suffix, and label maps that differ in size.
    """
    folder = Path(folder)
    layers = (labels,) if isinstance(labels, str) else tuple(labels)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder.")
    if not (folder / names).is_file():
        raise DataError(f"{folder} has no {names}, which tells the names of the label numbers (number,name,category).")
    table = read_concepts(
        read_csv_table(folder / names, ("number", "name")), lambda field, _: field.strip() or "object"
    )
    files = FolderFiles(folder)
    images: list[AnnotatedImage] = []
    for stem, name in _pictures_by_stem(files, pictures).items():
        origin = f"picture {name}"
        maps = tuple(_find_label_map(files, f"{layer}/{stem}.png", origin) for layer in layers)
        for label_map in maps:
            grid = _agreed_grid(grid, label_map.path, origin)
        images.append(AnnotatedImage(name, files.find(name, origin), "", maps, (), origin))
    if grid is None:
        raise DataError("read_label_folder got an empty list of labels: name at least one folder of label maps.")
    return SegmentationDataset(folder, table.concepts, tuple(images), grid, table.codes())


def _pictures_by_stem(files: FolderFiles, directory: str) -> dict[str, str]:
    """File name without suffix → path relative to the data set's folder, sorted."""
    found: dict[str, str] = {}
    for name in files.names(directory, f"reading {files.folder}"):
        path = PurePosixPath(name)
        if path.suffix.lower() not in _PICTURE_SUFFIXES or name.startswith("."):
            continue
        relative = f"{directory}/{name}"
        if path.stem in found:
            raise DataError(f"{files.folder}: {found[path.stem]} and {relative} would share one label map. Rename one.")
        found[path.stem] = relative
    if not found:
        raise DataError(f"{files.folder / directory} holds no picture ({', '.join(sorted(_PICTURE_SUFFIXES))}).")
    return found


def _find_label_map(files: FolderFiles, relative: str, origin: str) -> MaskFile:
    return MaskFile(files.find(relative, f"label map of {origin}"), "index")


def _agreed_grid(agreed: tuple[int, int] | None, label_map: Path, origin: str) -> tuple[int, int]:
    try:
        with Image.open(label_map) as file:
            size = (file.height, file.width)
    except IMAGE_ERRORS as error:
        raise DataError(f"{label_map} ({origin}) is not a readable label image: {error}") from error
    if agreed is not None and size != agreed:
        raise DataError(
            f"{label_map} ({origin}) is {size[0]} × {size[1]} positions, but the annotation grid is "
            f"{agreed[0]} × {agreed[1]}. Resize it with nearest neighbour."
        )
    return size
