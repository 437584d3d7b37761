"""Annotated images listed in a pandas data frame: a row an image, with the paths of its picture and label maps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.csv_table import read_csv_table
from compexp_widgets.errors import DataError
from compexp_widgets.vision.images.annotated_image import AnnotatedImage
from compexp_widgets.vision.images.concept import Concept
from compexp_widgets.vision.images.concept_table import LARGEST_LABEL, read_concepts
from compexp_widgets.vision.images.mask_file import MaskFile
from compexp_widgets.vision.images.segmentation import SegmentationDataset

if TYPE_CHECKING:
    import pandas as pd


def read_frame(
    frame: pd.DataFrame,
    *,
    image: str = "image",
    mask: str | Sequence[str] = "mask",
    names: Mapping[int, str | Concept] | str | Path,
    nothing: Sequence[int] = (0,),
    folder: str | Path = ".",
    grid: tuple[int, int] = (112, 112),
) -> SegmentationDataset:
    """Images and label maps as a data frame lists them.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"image": ["beach.jpg"], "mask": ["beach_labels.png"]})
    >>> data = read_frame(frame, names={1: "water", 2: "sand"})                       # doctest: +SKIP

    Pictures keep their size; label maps of any size are resized to `grid` with nearest neighbour.

    Parameters
    ----------
    frame
        One row an image. A column ``split``, if there is one, becomes `AnnotatedImage.split`.
    image
        Column of the pictures' paths, absolute or relative to `folder`; backslashes are taken for slashes where no file
        has the name as it stands.
    mask
        Column of the label maps' paths, or several columns, each a layer of its own; an empty field (None, NaN or "")
        is no label map. Maps have one channel of 1 to 16 bits, or a palette.
    names
        Label number, 0 to 65,535, → name (of category ``object``) or `Concept`; or a CSV file with
        ``number,name`` or ``number,name,category``.
    nothing
        Label numbers that mean nothing; 0 does not if `names` has it. Many sets write 255 where nothing was labelled.
    folder
        What relative paths start from.
    grid
        Height and width of the annotation grid, in positions.

    Raises
    ------
    DataError
        For a missing column, a path that is none or leads to no file, a picture that is listed twice, a label number or
        name that does not fit. Errors name the row by its index label.
    """
    columns = [mask] if isinstance(mask, str) else list(mask)
    for column in (image, *columns):
        if column not in frame.columns:
            have = ", ".join(map(repr, frame.columns)) or "none"
            raise DataError(f"the data frame has no column {column!r}; its columns are {have}.")
    if not len(frame):
        raise DataError("the data frame has no row.")
    concepts, codes = _concepts(names, nothing)
    folder = Path(folder)
    splits = frame["split"].tolist() if "split" in frame.columns else [""] * len(frame)
    maps = zip(*(frame[column].tolist() for column in columns), strict=True) if columns else [()] * len(frame)
    images: list[AnnotatedImage] = []
    seen: dict[Path, str] = {}
    for label, picture, paths, split in zip(frame.index.tolist(), frame[image].tolist(), maps, splits, strict=True):
        origin = f"row {label!r} of the data frame"
        if _is_empty(picture):
            raise DataError(f"{origin}: {image!r} is empty; every row needs a picture.")
        path = _find(picture, image, folder, origin)
        if seen.setdefault(path, origin) != origin:
            raise DataError(f"{origin}: the picture {path} is in {seen[path]} already.")
        masks = tuple(
            MaskFile(_find(value, column, folder, origin), "index", resize=True)
            for column, value in zip(columns, paths, strict=True)
            if not _is_empty(value)
        )
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
        images.append(AnnotatedImage(name, path, "" if _is_empty(split) else str(split), masks, (), origin))
    return SegmentationDataset(folder, concepts, tuple(images), grid, codes)


def _concepts(
    names: Mapping[int, str | Concept] | str | Path, nothing: Sequence[int]
) -> tuple[tuple[Concept, ...], NDArray[np.int32]]:
    if isinstance(names, str | Path):
        table = read_concepts(read_csv_table(Path(names), ("number", "name")), lambda kind, _: kind.strip() or "object")
        concept_of = dict(table.by_number)
    else:
        concept_of = {}
        for number, name in names.items():
            concept = name if isinstance(name, Concept) else Concept(name, "object")
            if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number <= LARGEST_LABEL:
                raise DataError(f"names: {number!r} is no label number; they run from 0 to {LARGEST_LABEL}.")
            if not isinstance(concept.name, str) or not concept.name.strip():
                raise DataError(f"names: label {number} is called {concept.name!r}; a concept needs a name.")
            concept_of[int(number)] = concept
    called: dict[str, int] = {}
    for number, concept in concept_of.items():
        if called.setdefault(concept.name, number) != number:
            raise DataError(
                f"names: labels {called[concept.name]} and {number} are both called {concept.name!r}. Give them names "
                "of their own, and make one concept of them with .merged({…})."
            )
    if not concept_of:
        raise DataError("names is empty: it tells what the label numbers stand for, {1: 'water', 2: 'sand'}.")
    numbers = sorted(concept_of)
    empty = [int(number) for number in nothing if not (number == 0 and number in concept_of)]
    for number in empty:
        if number in concept_of or not 0 <= number <= LARGEST_LABEL:
            raise DataError(
                f"nothing: {number} is the label of {concept_of[number].name!r}."
                if number in concept_of
                else f"nothing: {number} is no label number; they run from 0 to {LARGEST_LABEL}."
            )
    codes = np.full(max((*numbers, *empty)) + 1, -2, np.int32)
    codes[empty] = -1
    codes[numbers] = np.arange(len(numbers))
    return tuple(concept_of[number] for number in numbers), codes


def _is_empty(value: object) -> bool:
    """Whether a field of a data frame says nothing: None, NaN, pandas' NA, or an empty text."""
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or str(value) in ("", "<NA>")


def _find(value: object, column: str, folder: Path, origin: str) -> Path:
    if not isinstance(value, str | Path):
        raise DataError(f"{origin}: {column!r} is {value!r}, not a path.")
    if "\x00" in str(value):
        raise DataError(f"{origin}: {column!r} is {str(value)!r}, which cannot be a path.")
    for spelling in (str(value), str(value).replace("\\", "/")):
        path = folder / spelling
        try:
            if path.is_file():
                return path
        except OSError:  # a name too long for the file system
            break
    raise DataError(
        f"{origin}: there is no file {str(value)!r} ({column!r}); relative paths start from {folder.resolve()}."
    )
