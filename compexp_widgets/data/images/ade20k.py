"""ADE20K as its authors distribute it (Zhou et al. 2019, arXiv 1608.05442), the releases of 2016 and of 2021.

::

    ADE20K_2021_17_01/
      index_ade20k.pkl or .mat                                      names of the labels, scenes
      images/ADE/training/urban/street/ADE_train_00016869.jpg       picture (2016: images/training/s/street/…)
                                       ADE_train_00016869_seg.png       objects: label = ⌊R / 10⌋·256 + G
                                       ADE_train_00016869_parts_1.png   parts of them, parts of parts in …_parts_2.png
                                       ADE_train_00016869.json          the same in words (2021)
                                       ADE_train_00016869/              one mask an instance (2021), not read
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np

from compexp_widgets.data.images.ade20k_index import INDEX_FILES, AdeIndex, read_index_file, read_json_files
from compexp_widgets.data.images.annotated_image import AnnotatedImage
from compexp_widgets.data.images.concept import Concept
from compexp_widgets.data.images.folder_files import FolderFiles, files_below
from compexp_widgets.data.images.mask_file import MaskFile
from compexp_widgets.data.images.reader_arguments import checked_folder, checked_grid
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report, bars

_SPLITS = {"training": "train", "validation": "val"}


def read_ade20k(
    folder: str | Path, *, grid: tuple[int, int] = (112, 112), report: Report | None = None
) -> SegmentationDataset:
    """Read the full ADE20K, or the part of it that is there: objects, parts on every level, and scenes.

    Pictures and label maps are looked for on disk and opened only when they are asked for. Pictures keep their size;
    label maps are resized to `grid` with nearest neighbour. A concept is called by the first of its synonyms, or by all
    of them where two share the first. As in Broden, an object and a part of one name are one concept, of the category
    that it occurs in more often; scenes end in ``-s``.

    Parameters
    ----------
    folder
        ``ADE20K_2021_17_01``, ``ADE20K_2016_07_26``, or the folder that has one of them in it.
    grid
        Height and width of the annotation grid, in positions.
    report
        Told of progress where every JSON file must be read for want of an index; the default shows bars.

    Raises
    ------
    DataError
        Where there is no picture, no label map of one, nothing that names the labels, or an index that is damaged. A
        ``.pkl`` that holds anything but arrays is refused unread.
    """
    if report is None:
        with bars() as shown:
            return read_ade20k(folder, grid=grid, report=shown)
    root, grid = _root(checked_folder(folder)), checked_grid(grid)
    files = FolderFiles(root)
    pictures = _pictures(root)
    index = _index(root, files, pictures, report)
    names = _short_names(index)
    order = {number: place for place, number in enumerate(names)}
    concepts = [Concept(name, "part" if number in index.parts else "object") for number, name in names.items()]
    scenes = sorted({index.scenes[name] for name in map(_file_name, pictures) if name in index.scenes})
    taken = set(names.values())
    scene_place: dict[str, int] = {}
    for scene in scenes:
        scene_place[scene] = len(concepts)
        concepts.append(Concept(f"{scene}-s" if f"{scene}-s" not in taken else f"{scene} (scene)", "scene"))
    images = []
    for picture in pictures:
        origin = f"picture {picture}"
        stem = picture[:-4]
        masks = [MaskFile(files.find(f"{stem}_seg.png", f"label map of {origin}"), "ade20k", resize=True)]
        while (root / f"{stem}_parts_{len(masks)}.png").is_file():
            masks.append(MaskFile(files.find(f"{stem}_parts_{len(masks)}.png", origin), "ade20k", resize=True))
        here = index.scenes.get(_file_name(picture))
        split = next((_SPLITS[part] for part in picture.split("/") if part in _SPLITS), "")
        whole = () if here is None else (scene_place[here],)
        images.append(AnnotatedImage(picture, files.find(picture, origin), split, tuple(masks), whole, origin))
    codes = np.full(max(index.names, default=0) + 1, -2, np.int32)
    codes[[0, *index.names]] = -1  # a number without a name says nothing
    codes[list(order)] = list(order.values())
    return SegmentationDataset(root, tuple(concepts), tuple(images), grid, codes)


def find_ade20k(folder: Path) -> Path | None:
    """The folder of the release that `folder` is or has in it, if there is one."""
    candidates = [folder, *sorted(path for path in folder.glob("ADE20K_*") if path.is_dir())]
    for root in candidates:
        layouts = (root / "images" / "ADE", root / "images" / "training", root / "images" / "validation")
        if any((root / name).is_file() for name in INDEX_FILES) or any(map(_has_label_map, layouts)):
            return root
    return None


def _has_label_map(folder: Path) -> bool:
    return folder.is_dir() and any(name.endswith("_seg.png") for name in files_below(folder))


def _root(folder: Path) -> Path:
    root = find_ade20k(folder)
    if root is None or not (root / "images").is_dir():
        raise DataError(
            f"{root or folder} is no distribution of ADE20K: it has no index_ade20k.pkl or .mat with a folder images, "
            "and no images/ADE, images/training or images/validation with *_seg.png in it."
        )
    return root


def _pictures(root: Path) -> list[str]:
    """Every picture below ``images``, relative to `root` with forward slashes, sorted."""
    found: list[str] = []
    for directory, below, names in os.walk(root / "images", followlinks=True):
        pictures = [name for name in names if name.endswith(".jpg") and not name.startswith(".")]
        of_instances = {name[:-4] for name in pictures}  # a folder of masks beside each picture: 700,000 files in all
        below[:] = [name for name in below if name not in of_instances and not _leads_back(directory, name)]
        where = Path(directory).relative_to(root).as_posix()
        found += [f"{where}/{name}" for name in pictures]
    if not found:
        raise DataError(f"{root / 'images'} holds no picture (*.jpg).")
    return sorted(found)


def _leads_back(directory: str, name: str) -> bool:
    """Whether a folder is a link to one that it lies in."""
    path = Path(directory, name)
    return path.is_symlink() and Path(os.path.realpath(directory)).is_relative_to(os.path.realpath(path))


def _index(root: Path, files: FolderFiles, pictures: list[str], report: Report) -> AdeIndex:
    for name in INDEX_FILES:
        if (root / name).is_file():
            return read_index_file(root / name)
    described = [f"{picture[:-4]}.json" for picture in pictures]
    if not (root / described[0]).is_file():
        raise DataError(
            f"{root} has nothing that names its labels: neither {' nor '.join(INDEX_FILES)}, nor {described[0]}. "
            f"Put one of the index files of the release into {root}."
        )
    paths = [files.find(name, f"annotation of picture {name[:-5]}.jpg") for name in described]
    return read_json_files(paths, lambda done, total: report("annotations read", done, total))


def _short_names(index: AdeIndex) -> dict[int, str]:
    """Label number → a name of its own, as short as it can be."""
    named = {number: name for number, name in index.names.items() if name.strip(" ,-")}  # "-" stands for no name
    short = {number: name.split(",")[0].strip() for number, name in named.items()}
    shared = Counter(short.values())
    unique = {number: named[number] if shared[name] > 1 else name for number, name in short.items()}
    shared = Counter(unique.values())
    return {number: f"{name} ({number})" if shared[name] > 1 else name for number, name in unique.items()}


def _file_name(picture: str) -> str:
    return picture.rpartition("/")[2]
