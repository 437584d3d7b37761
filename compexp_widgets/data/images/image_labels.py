"""Labels of whole images, from a table: the scene of a photograph, the style of a painting, who took it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from pathlib import Path

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import checked_name, checked_path
from compexp_widgets.data.images.annotated_image import Concept
from compexp_widgets.data.images.folder_files import composed
from compexp_widgets.data.images.layouts import AnyDataset, as_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import Step, inside, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files.text_files import CsvTable, read_csv_table


@checked(DataError)
def with_image_labels(
    dataset: AnyDataset,
    csv: str | Path,
    *,
    image: str = "image",
    label: str = "label",
    category: str = "scene",
) -> SegmentationDataset:
    """The same data with labels that hold at every position of an image.

    ::

        image,label
        beach.jpg,seaside
        images/alp.jpg,mountain;snowy

    Images that the table does not name get no label. A label is a new concept, or the one of its name and category.

    Parameters
    ----------
    csv
        A table in UTF-8. Several labels of an image stand in one field with semicolons between, or in several rows.
    image
        Column of the images: their `AnnotatedImage.name`, or their file name where only one image has it.
    label
        Column of the labels.
    category
        Category of the labels, where the table has no column ``category``.

    Raises
    ------
    DataError
        With file and row: for a missing column, an image that the data set lacks or that several could be, a row
        without a label, and a label that is the name of a concept of another category.
    """
    dataset = as_dataset(dataset)
    table = read_csv_table(checked_path(csv, "csv"), (checked_name(image, "image"), checked_name(label, "label")))
    places = _Places(dataset)
    concepts = list(dataset.concepts)
    index_of = {concept.name: index for index, concept in enumerate(concepts)}
    added: dict[int, list[int]] = defaultdict(list)
    for row, fields in table.rows:
        where = table.where(row)
        entry = dict(zip(table.columns, fields, strict=True))
        place = places.find(entry[image], where)
        kind = entry.get("category", "").strip() or category
        names = [name.strip() for name in entry[label].split(";") if name.strip()]
        if not names:
            raise DataError(f"{where}: the image {entry[image]!r} has no label. Give one, or remove the row.")
        for name in names:
            concept = Concept(name, kind)
            index = index_of.setdefault(name, len(concepts))
            if index == len(concepts):
                concepts.append(concept)
            elif concepts[index] != concept:
                raise DataError(
                    f"{where}: {name!r} is a concept of the category {concepts[index].category!r} already, so it "
                    f"cannot be a label of the category {kind!r} too. Call it {name + '-s'!r}, say, "
                    "or rename the concept first."
                )
            added[place].append(index)
    if not table.rows:
        raise DataError(f"{table.path} labels no image: it has no row after the header.")
    images = tuple(
        dataclasses.replace(each, whole=tuple(dict.fromkeys((*each.whole, *added[place])))) if place in added else each
        for place, each in enumerate(dataset.images)
    )
    columns = {"image": image, "label": label, "category": category}
    given = {name: value for name, value in columns.items() if value != _DEFAULTS[name]}
    step = Step.of("with_image_labels", {"sha256": _sha256(table)}, csv=inside(table.path, dataset.folder), **given)
    return dataclasses.replace(dataset, concepts=tuple(concepts), images=images, recipe=dataset.recipe.then(step))


@repeats("with_image_labels")
def _label_again(data: SegmentationDataset, *, csv: str, sha256: str, **names: str) -> SegmentationDataset:
    labelled = with_image_labels(data, data.folder / csv, **names)
    if labelled.recipe.steps[-1] != Step.of("with_image_labels", {"sha256": sha256}, csv=csv, **names):
        raise DataError(f"{data.folder / csv} is not what it was: put back the table with the labels of then")
    return labelled


def _sha256(table: CsvTable) -> str:
    return hashlib.sha256(repr((table.columns, table.rows)).encode("utf-8", "surrogatepass")).hexdigest()


_DEFAULTS = {"image": "image", "label": "label", "category": "scene"}


class _Places:
    """Finds the images of a data set by the names that a table gives them."""

    def __init__(self, dataset: SegmentationDataset) -> None:
        self._dataset = dataset
        self._by_name = {composed(image.name): place for place, image in enumerate(dataset.images)}
        self._by_file: dict[str, list[int]] = defaultdict(list)
        for place, image in enumerate(dataset.images):
            self._by_file[composed(image.name).rpartition("/")[2]].append(place)

    def find(self, name: str, where: str) -> int:
        wanted = composed(name.strip())
        if wanted not in self._by_name:
            wanted = wanted.replace("\\", "/").removeprefix("./")  # written on Windows, or by a shell
        if wanted in self._by_name:
            return self._by_name[wanted]
        found = self._by_file.get(wanted, [])
        if not found:
            example = self._dataset.images[0].name if self._dataset.images else "none"
            raise DataError(
                f"{where}: the data set in {self._dataset.folder} has no image {name!r}. Its images have names like "
                f"{example!r}.{' Some were chosen of them: add labels before that.' * self._dataset.recipe.chooses}"
            )
        if len(found) > 1:
            both = " and ".join(repr(self._dataset.images[place].name) for place in found[:2])
            raise DataError(f"{where}: {name!r} could be {both}. Write the whole name.")
        return found[0]
