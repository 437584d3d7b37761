"""Data sets in plain folders: pictures, label maps of the same names, and a table of concept names.

::

    images/beach.jpg      the pictures
    labels/beach.png      their label maps: one channel of 8 or 16 bits, or a palette; the value is the label number
    names.csv             number,name or number,name,category
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.csv_table import read_csv_table
from compexp_widgets.errors import DataError
from compexp_widgets.files import opened_image
from compexp_widgets.vision.images.annotated_image import AnnotatedImage
from compexp_widgets.vision.images.concept_table import LARGEST_LABEL, ConceptTable, read_concepts
from compexp_widgets.vision.images.folder_files import FolderFiles
from compexp_widgets.vision.images.mask_file import MaskFile
from compexp_widgets.vision.images.segmentation import SegmentationDataset

_PICTURE_SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))
_GRID = (112, 112)  # Broden's


def read_label_folder(
    folder: str | Path,
    *,
    pictures: str = "images",
    labels: str | Sequence[str] = "labels",
    names: str = "names.csv",
    grid: tuple[int, int] | None = None,
    nothing: Sequence[int] = (),
) -> SegmentationDataset:
    """Read a folder of pictures and a folder of label maps.

    Concepts come in the order of their label numbers, images in the order of their file names. Files that are no
    pictures, hidden files, and label maps without a picture are left aside. Pictures keep their size.

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
        Height and width of the annotation grid, in positions. Left out, it is the size of the label maps where all have
        the same, else 112 × 112. Maps of another size are resized to it with nearest neighbour.
    nothing
        Label numbers, besides 0, that mean nothing; many sets write 255 where nothing was labelled.

    Raises
    ------
    DataError
        For a missing folder, table, column or label map, a number that is no label number, a number or name given
        twice, and pictures whose names differ only in the suffix.
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
    found = []
    sizes: set[tuple[int, int]] = set()
    for stem, name in _pictures_by_stem(files, pictures).items():
        origin = f"picture {name}"
        maps = [files.find(f"{layer}/{stem}.png", f"label map of {origin}") for layer in layers]
        sizes.update(_size(label_map, origin) for label_map in maps)
        found.append((name, files.find(name, origin), maps, origin))
    if not layers:
        raise DataError("read_label_folder got an empty list of labels: name at least one folder of label maps.")
    if grid is None:
        grid = next(iter(sizes)) if len(sizes) == 1 else _GRID
    resize = sizes != {grid}
    images = tuple(
        AnnotatedImage(name, path, "", tuple(MaskFile(each, "index", resize) for each in maps), (), origin)
        for name, path, maps, origin in found
    )
    codes = _with_nothing(table, nothing)
    return SegmentationDataset(folder, table.concepts, images, grid, codes)


def _with_nothing(table: ConceptTable, nothing: Sequence[int]) -> NDArray[np.int32]:
    codes = table.codes()
    for number in nothing:
        if number in table.by_number or not 0 <= number <= LARGEST_LABEL:
            raise DataError(
                f"nothing: {number} is the label of a concept, or no label number (0 to {LARGEST_LABEL}) at all."
            )
        codes = np.concatenate([codes, np.full(max(number + 1 - len(codes), 0), -2, np.int32)])
        codes[number] = -1
    return codes


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


def _size(label_map: Path, origin: str) -> tuple[int, int]:
    with opened_image(label_map, f"{label_map} ({origin})", what="label image") as file:
        return file.size
