"""Annotated images listed in a pandas data frame: a row an image, with the paths of its picture and label maps."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import checked_grid, checked_name, checked_names, checked_path
from compexp_widgets.data.images.annotated_image import AnnotatedImage, Concept
from compexp_widgets.data.images.concept_table import LARGEST_LABEL, ConceptTable, codes_with_nothing
from compexp_widgets.data.images.label_folder import map_layer, named_concepts
from compexp_widgets.data.images.label_images import Colour, ColourTable, check_numbers, read_colour_table
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe
from compexp_widgets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


@checked(DataError, but=("names",))
def read_frame(
    frame: pd.DataFrame,
    *,
    image: str = "image",
    mask: str | Sequence[str] = "mask",
    names: Mapping[int, str | Concept] | str | Path,
    nothing: Sequence[int] = (0,),
    class_zero: bool = False,
    colour_table: Mapping[Colour, int] | str | Path | None = None,
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
        is no label map. Maps have one channel of 1 to 16 bits, or a palette, and the shape of their picture.
    names
        Label number, 0 to 65,535, → name (of category ``object``) or `Concept`; or a CSV file with
        ``number,name`` or ``number,name,category``, and with columns ``red``, ``green``, ``blue``, which are the
        `colour_table`.
    nothing
        Label numbers that mean nothing; 0 does not if `names` has it. Many sets write 255 where nothing was labelled.
    class_zero, colour_table
        As of `read_label_folder`: whether a CSV file of `names` has a row for 0, and what colours stand for.
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
    if not hasattr(frame, "columns") or not hasattr(frame, "index"):
        raise DataError(f"read_frame takes a data frame of pandas, not {frame!r:.60}: try pandas.read_csv(…).")
    columns, image = list(checked_names(mask, "mask")), checked_name(image, "image")
    folder, grid = checked_path(folder, "folder"), checked_grid(grid)
    for column in (image, *columns):
        if column not in frame.columns:
            have = ", ".join(map(repr, frame.columns)) or "none"
            raise DataError(f"the data frame has no column {column!r}; its columns are {have}.")
    if not len(frame):
        raise DataError("the data frame has no row.")
    concepts, codes, colours = _concepts(names, nothing, colour_table, class_zero=class_zero)
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
            map_layer(_find(value, column, folder, origin), colours, resize=True)
            for column, value in zip(columns, paths, strict=True)
            if not _is_empty(value)
        )
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
        images.append(AnnotatedImage(name, path, "" if _is_empty(split) else str(split), masks, (), origin))
    return SegmentationDataset(folder, concepts, tuple(images), grid, codes, recipe=DataRecipe.reading(read_frame))


def _concepts(
    names: Mapping[int, str | Concept] | str | Path,
    nothing: Sequence[int],
    colour_table: Mapping[Colour, int] | str | Path | None,
    *,
    class_zero: bool,
) -> tuple[tuple[Concept, ...], NDArray[np.int32], ColourTable | None]:
    colours = None
    if isinstance(names, str | Path):
        table, colours = named_concepts(Path(names), colour_table, class_zero=class_zero)
        concept_of = dict(table.by_number)
    else:
        concept_of = _named(names)
    numbers = sorted(concept_of)
    codes = ConceptTable({number: concept_of[number] for number in numbers}).codes()
    if 0 not in concept_of:
        codes[0] = -2  # unless `nothing` says so
    elif isinstance(nothing, list | tuple):
        nothing = [number for number in nothing if number != 0]
    concepts = tuple(concept_of[number] for number in numbers)
    codes = codes_with_nothing(codes, nothing, concepts)
    if colour_table is not None and colours is None:
        colours = read_colour_table(colour_table, black=0 not in concept_of)
    if colours is not None:
        check_numbers(colours, codes)
    return concepts, codes, colours


def _named(names: object) -> dict[int, Concept]:
    """The mapping of label numbers to names as concepts; `DataError` where it is none."""
    if not isinstance(names, Mapping):
        raise DataError(f"names is {names!r:.60}; give a mapping {{1: 'water', 2: 'sand'}}, or a CSV file.")
    concept_of: dict[int, Concept] = {}
    called: dict[str, int] = {}
    for number, name in names.items():
        concept = name if isinstance(name, Concept) else Concept(name, "object")
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number <= LARGEST_LABEL:
            raise DataError(f"names: {number!r} is no label number; they run from 0 to {LARGEST_LABEL}.")
        if not isinstance(concept.name, str) or not concept.name.strip():
            raise DataError(f"names: label {number} is called {concept.name!r}; a concept needs a name.")
        concept_of[int(number)] = concept
        if called.setdefault(concept.name, int(number)) != number:
            raise DataError(
                f"names: labels {called[concept.name]} and {number} are both called {concept.name!r}. Give them names "
                "of their own, and make one concept of them with .merged({…})."
            )
    if not concept_of:
        raise DataError("names is empty: it tells what the label numbers stand for, {1: 'water', 2: 'sand'}.")
    return concept_of


def _is_empty(value: object) -> bool:
    """True for a field of a data frame that says nothing: None, NaN, pandas' NA, or an empty text."""
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or str(value) in ("", "<NA>")


def _find(value: object, column: str, folder: Path, origin: str) -> Path:
    if not isinstance(value, str | Path):
        raise DataError(f"{origin}: {column!r} is {value!r}, not a path.")
    if "\x00" in str(value):
        raise DataError(f"{origin}: {column!r} is {str(value)!r}, which cannot be a path.")
    written = (str(value), str(value).replace("\\", "/"))
    for spelling in (*written, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD") for name in written)):
        path = folder / spelling
        try:
            if path.is_file():
                return path
        except OSError:  # a name too long for the file system
            break
    raise DataError(
        f"{origin}: there is no file {str(value)!r} ({column!r}); relative paths start from {folder.resolve()}."
    )
