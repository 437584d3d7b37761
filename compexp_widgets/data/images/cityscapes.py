"""Data sets in the layout of Cityscapes (Cordts et al. 2016, arXiv 1604.01685).

::

    leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png        the pictures
    gtFine/train/aachen/aachen_000000_000019_gtFine_labelIds.png         their label maps (or gtCoarse/…)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compexp_widgets.arguments import checked_folder, checked_grid, checked_names
from compexp_widgets.data.images.annotated_image import AnnotatedImage, Concept
from compexp_widgets.data.images.folder_files import FolderFiles
from compexp_widgets.data.images.label_images import MaskFile
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, repeats
from compexp_widgets.errors import DataError

_PICTURES = "leftImg8bit"

# Label ids and groups of the data set, as its cityscapesScripts give them; ids 0 to 3 mean that nothing was labelled.
_NOTHING = (0, 1, 2, 3)
_GROUPS = {
    "void": {4: "static", 5: "dynamic", 6: "ground"},
    "flat": {7: "road", 8: "sidewalk", 9: "parking", 10: "rail track"},
    "construction": {11: "building", 12: "wall", 13: "fence", 14: "guard rail", 15: "bridge", 16: "tunnel"},
    "object": {17: "pole", 18: "polegroup", 19: "traffic light", 20: "traffic sign"},
    "nature": {21: "vegetation", 22: "terrain"},
    "sky": {23: "sky"},
    "human": {24: "person", 25: "rider"},
    "vehicle": {
        26: "car",
        27: "truck",
        28: "bus",
        29: "caravan",
        30: "trailer",
        31: "train",
        32: "motorcycle",
        33: "bicycle",
    },
}
LABELS: Mapping[int, Concept] = {
    number: Concept(name, group) for group, names in _GROUPS.items() for number, name in names.items()
}
"""Label id → concept, whose category is the group that Cityscapes puts it in."""


def read_cityscapes(
    folder: str | Path,
    *,
    splits: Sequence[str] = ("train", "val"),
    annotations: str = "gtFine",
    labels: Mapping[int, Concept] = LABELS,
    grid: tuple[int, int] = (112, 112),
) -> SegmentationDataset:
    """Read a data set in the layout of Cityscapes.

    Pictures keep their size; label maps are resized to `grid` with nearest neighbour. Images come split by split, city
    by city. Label maps without a picture are left aside.

    Parameters
    ----------
    folder
        The folder with ``leftImg8bit``.
    splits
        Subfolders to read; those that are not there are passed over, as long as one is. The labels of ``test`` are not
        public.
    annotations
        ``"gtFine"`` or ``"gtCoarse"``.
    labels
        Label id → concept, for data sets of the same layout with other labels. Other ids than these and 0 to 3, which
        mean nothing, are refused.
    grid
        Height and width of the annotation grid, in positions.

    Raises
    ------
    DataError
        Where a folder or a label map is missing, or there is no picture.
    """
    folder, grid, splits = checked_folder(folder), checked_grid(grid), checked_names(splits, "splits")
    for name in (_PICTURES, annotations):
        if not (folder / name).is_dir():
            raise DataError(
                f"{folder} has no folder {name!r}. Data in the layout of Cityscapes has {_PICTURES} and {annotations}, "
                "each with a folder a split and in it a folder a city."
            )
    files = FolderFiles(folder)
    images: list[AnnotatedImage] = []
    for split in splits:
        directory = folder / _PICTURES / split
        cities = sorted(path.name for path in directory.iterdir() if path.is_dir()) if directory.is_dir() else []
        for city in cities:
            for name in files.names(f"{_PICTURES}/{split}/{city}", f"reading {folder}"):
                stem, mark, suffix = name.partition(f"_{_PICTURES}.")
                if not mark or suffix.lower() not in ("png", "jpg", "jpeg") or name.startswith("."):
                    continue
                picture = f"{_PICTURES}/{split}/{city}/{name}"
                origin = f"picture {picture}"
                mask = files.find(
                    f"{annotations}/{split}/{city}/{stem}_{annotations}_labelIds.png", f"label map of {origin}"
                )
                masks = (MaskFile(mask, "index", resize=True),)
                images.append(AnnotatedImage(picture, files.find(picture, origin), split, masks, (), origin))
    if not images:
        raise DataError(
            f"{folder / _PICTURES} holds no picture in {' or '.join(splits)}: looked for CITY/*_{_PICTURES}.png there."
        )
    codes = np.full(max((*labels, *_NOTHING)) + 1, -2, np.int32)
    codes[list(_NOTHING)] = -1
    numbers = sorted(labels)
    codes[numbers] = np.arange(len(numbers))
    given = {} if labels == LABELS else {"labels": [[number, labels[number]] for number in numbers]}
    recipe = DataRecipe.reading(read_cityscapes, splits=splits, annotations=annotations, grid=grid, **given)
    concepts = tuple(labels[number] for number in numbers)
    return SegmentationDataset(folder, concepts, tuple(images), grid, codes, recipe=recipe)


@repeats("read_cityscapes")
def _read_again(folder: Path, *, labels: list[Any] | None = None, **options: Any) -> SegmentationDataset:
    if labels is not None:
        options["labels"] = {number: Concept(name, category) for number, (name, category) in labels}
    return read_cityscapes(folder, **options)
