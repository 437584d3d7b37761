"""Data sets in the layout of Broden (Bau et al. 2017, "Network Dissection", arXiv 1704.05796).

::

    index.csv       image,split,ih,iw,sh,sw, then one column a category: color,object,part,material,scene,texture
    label.csv       number,name,category,frequency,coverage,syns; category is like object(2000);part(100)
    category.csv    name,first,last,count,frequency
    c_object.csv    code,number,name,frequency,coverage; one file a category, if at all
    images/         the pictures and the masks: label number = red + 256·green, 0 is nothing

A category field of the index is empty, or holds mask files or label numbers (which then hold in the whole image), with
semicolons between several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from compexp_widgets.arguments import checked_path
from compexp_widgets.data.images.concept_table import ConceptTable, is_number, label_number, read_concepts
from compexp_widgets.data.images.folder_files import FolderFiles
from compexp_widgets.data.images.segmentation import AnnotatedImage, MaskFile, SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files.text_files import CsvTable, read_csv_table

_INDEX_COLUMNS = ("image", "split", "ih", "iw", "sh", "sw")
_LARGEST_SIDE = 65_535
_EXPECTED = "A data set in the Broden layout has index.csv, label.csv, category.csv and a folder images."


@repeats("read_broden")
def read_broden(folder: str | Path) -> SegmentationDataset:
    """Read a data set in the Broden layout.

    Tables are read and checked, and every file they name is looked for; pictures and masks are opened only when they
    are asked for. Concepts come in the order of their label numbers, whether or not they occur.

    `folder`: the folder with ``index.csv``. Raises `DataError` for anything that does not fit the layout, with file and
    row: a missing file, column or concept, a number or size that is none, an image, number or name given twice, a path
    that leads out of the folder, rows that disagree on the size of the annotation grid (``sh`` × ``sw``), a ``c_*.csv``
    that contradicts ``label.csv``.
    """
    folder = checked_path(folder, "the data set")
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder. {_EXPECTED}")
    for name in ("index.csv", "label.csv", "category.csv"):
        if not (folder / name).is_file():
            raise DataError(f"{folder} has no {name}. {_EXPECTED}")
    categories = _read_categories(folder)
    labels = read_csv_table(folder / "label.csv", ("number", "name", "category"))
    table = read_concepts(labels, lambda field, where: _categories_in(field, where, categories)[0])
    _check_category_files(folder, labels, table, categories)
    images, grid = _read_index(folder, table, categories)
    recipe = DataRecipe.reading(read_broden)
    return SegmentationDataset(folder, table.concepts, images, grid, table.codes(), recipe=recipe)


def _read_categories(folder: Path) -> frozenset[str]:
    table = read_csv_table(folder / "category.csv", ("name",))
    names: set[str] = set()
    for row, field in table.column("name"):
        name = field.strip()
        if not name or name in names:
            raise DataError(f"{table.where(row)}: the category {name!r} is empty or stands in a row above already.")
        names.add(name)
    return frozenset(names)


def _categories_in(field: str, where: str, known: frozenset[str]) -> list[str]:
    """The categories in a field like ``object(2000);part(100)``; the first is what the concept mainly is."""
    names = [re.sub(r"\([^()]*\)$", "", entry.strip()).strip() for entry in field.split(";")]
    for name in names:
        if name not in known:
            raise DataError(
                f"{where}: the category {name!r} (in {field!r}) is not in category.csv, "
                f"which has {', '.join(sorted(known)) or 'none'}."
            )
    return names


def _check_category_files(folder: Path, labels: CsvTable, table: ConceptTable, categories: frozenset[str]) -> None:
    """Hold every ``c_*.csv`` against ``label.csv``; nothing else is taken from them."""
    fields = zip(labels.column("number"), labels.column("category"), strict=True)
    categories_of = {
        int(number): _categories_in(field, labels.where(row), categories) for (row, number), (_, field) in fields
    }
    for path in sorted(folder.glob("c_*.csv")):
        category = path.stem[2:]
        if category not in categories:
            raise DataError(f"{path} is about the category {category!r}, which is not in category.csv.")
        codes = read_csv_table(path, ("code", "number", "name"))
        for (row, field), (_, name) in zip(codes.column("number"), codes.column("name"), strict=True):
            number = label_number(field, codes.where(row))
            expected = table.by_number[number].name if number in table.by_number else None
            if name != expected or category not in categories_of[number]:
                said = "does not have it" if expected is None else f"calls it {expected!r}, {categories_of[number]}"
                raise DataError(
                    f"{codes.where(row)}: label {number} is {name!r} of {category!r}, but label.csv {said}. "
                    "Correct one of the two."
                )


def _read_index(
    folder: Path, table: ConceptTable, categories: frozenset[str]
) -> tuple[tuple[AnnotatedImage, ...], tuple[int, int]]:
    """Every image of ``index.csv``, and the height and width of the annotation grid."""
    index = read_csv_table(folder / "index.csv", _INDEX_COLUMNS)
    if not index.rows:
        raise DataError(f"{index.path} lists no image: it has no row after the header.")
    files = FolderFiles(folder)
    concept_of = {number: order for order, number in enumerate(table.by_number)}
    row_of: dict[str, int] = {}
    images: list[AnnotatedImage] = []
    grid: tuple[int, int] | None = None
    for row, fields in index.rows:
        where = index.where(row)
        entry = dict(zip(index.columns, fields, strict=True))
        image = entry["image"]
        if row_of.setdefault(image, row) != row:
            raise DataError(f"{where}: the image {image!r} is listed in row {row_of[image]} already.")
        grid = _agreed_grid(grid, entry, where)
        masks: list[MaskFile] = []
        whole: list[int] = []
        for category, field in entry.items():
            if category in _INDEX_COLUMNS or not field:
                continue
            if category not in categories:
                raise DataError(f"{where}: column {category!r} has {field!r}, but category.csv has no {category!r}.")
            for item in field.split(";"):
                if is_number(item):
                    whole.append(_concept_of_number(int(item), concept_of, where))
                else:
                    masks.append(MaskFile(files.find(f"images/{item}", where), "rg"))
        name = f"images/{image}"
        origin = f"index.csv, row {row}"
        images.append(AnnotatedImage(name, files.find(name, where), entry["split"], tuple(masks), tuple(whole), origin))
    assert grid is not None
    return tuple(images), grid


def _agreed_grid(agreed: tuple[int, int] | None, entry: Mapping[str, str], where: str) -> tuple[int, int]:
    for name in ("ih", "iw", "sh", "sw"):
        if not is_number(entry[name]) or not 1 <= int(entry[name]) <= _LARGEST_SIDE:
            raise DataError(f"{where}: {name} is {entry[name]!r}, not a size in pixels between 1 and {_LARGEST_SIDE}.")
    grid = (int(entry["sh"]), int(entry["sw"]))
    if agreed is not None and grid != agreed:
        raise DataError(
            f"{where}: sh × sw is {grid[0]} × {grid[1]}, but {agreed[0]} × {agreed[1]} in the rows above. "
            "A data set has one annotation grid: resize the masks with nearest neighbour."
        )
    return grid


def _concept_of_number(number: int, concept_of: Mapping[int, int], where: str) -> int:
    if number not in concept_of:
        raise DataError(f"{where}: the label number {number} is not in label.csv. Add it there, or empty the field.")
    return concept_of[number]
