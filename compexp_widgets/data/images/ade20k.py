"""ADE20K as its authors distribute it (Zhou et al. 2019, arXiv 1608.05442), the releases of 2016 and of 2021.

::

    ADE20K_2021_17_01/
      index_ade20k.pkl or .mat                                      names of the labels, scenes
      images/ADE/training/urban/street/ADE_train_00016869.jpg       picture (2016: images/training/s/street/…)
                                       ADE_train_00016869_seg.png       objects: label = ⌊R / 10⌋·256 + G
                                       ADE_train_00016869_parts_1.png   parts of them, parts of parts in …_parts_2.png
                                       ADE_train_00016869.json          the same in words (2021)
                                       ADE_train_00016869/              one mask an instance (2021), not read

``index_ade20k.pkl`` is a pickle, which can run code; it is read with an unpickler that knows arrays and nothing else.
Where there is neither index, the JSON files beside the pictures say the same (2021 only).
"""

from __future__ import annotations

import io
import os
import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compexp_widgets.arguments import checked_folder, checked_grid
from compexp_widgets.data.images.annotated_image import AnnotatedImage, Concept
from compexp_widgets.data.images.concept_table import LARGEST_LABEL
from compexp_widgets.data.images.folder_files import FolderFiles, files_below
from compexp_widgets.data.images.label_images import MaskFile
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import DataRecipe, repeats
from compexp_widgets.errors import DataError
from compexp_widgets.files import json_field, read_bytes, read_json_object
from compexp_widgets.files.regular import INDEX_BYTES
from compexp_widgets.needs import needs
from compexp_widgets.progress import Report, Stage, bars

INDEX_FILES = ("index_ade20k.pkl", "index_ade20k.mat")


@dataclass(frozen=True)
class AdeIndex:
    """The index.

    `names`: label number → all synonyms, ``"car, auto, automobile, machine, motorcar"``. `parts`: label numbers that
    are parts of other objects more often than objects of their own. `scenes`: file name of a picture → scene, for those
    that have one.
    """

    names: Mapping[int, str]
    parts: frozenset[int]
    scenes: Mapping[str, str]


def read_index_file(path: Path) -> AdeIndex:
    """Read ``index_ade20k.pkl`` or ``index_ade20k.mat``; `DataError` for one that is damaged or says something else."""
    content = _read_pickle(path) if path.suffix == ".pkl" else _read_mat(path)
    columns: dict[str, list[Any]] = {}
    for name in ("filename", "scene", "objectnames"):
        if name not in content:
            raise DataError(f"{path} has no {name!r}: it is no index of ADE20K.")
        columns[name] = np.asarray(content[name]).ravel().tolist()
        if not all(isinstance(value, str) for value in columns[name]):
            raise DataError(f"{path}: {name!r} holds something else than texts.")
    if len(columns["filename"]) != len(columns["scene"]):
        raise DataError(
            f"{path} has {len(columns['filename'])} file names, but {len(columns['scene'])} scenes. Fetch it again."
        )
    names = dict(enumerate(columns["objectnames"], start=1))
    parts = frozenset[int]()
    if "objectIsPart" in content and "objectPresence" in content:
        try:
            as_part, at_all = (_row_sums(content[name]) for name in ("objectIsPart", "objectPresence"))
        except (ValueError, TypeError) as error:
            raise DataError(f"{path}: 'objectIsPart' or 'objectPresence' is no table of numbers: {error}.") from error
        if len(as_part) != len(names) or len(at_all) != len(names):
            raise DataError(f"{path} names {len(names)} objects, but counts {len(as_part)} and {len(at_all)}.")
        parts = frozenset((np.flatnonzero(2 * as_part > at_all) + 1).tolist())
    scenes = {
        file: scene_name(scene) for file, scene in zip(columns["filename"], columns["scene"], strict=True) if scene
    }
    return AdeIndex(names, parts, {file: scene for file, scene in scenes.items() if scene})


def read_json_files(paths: Sequence[Path], on_file: Callable[[int, int], None]) -> AdeIndex:
    """The same from the JSON files of the release of 2021, one a picture; `DataError` with file and entry."""
    names: dict[int, str] = {}
    as_part: Counter[int] = Counter()
    at_all: Counter[int] = Counter()
    scenes: dict[str, str] = {}
    for done, path in enumerate(paths, start=1):
        annotation = json_field(read_json_object(path, "index", most_bytes=INDEX_BYTES), "annotation", dict, str(path))
        for place, entry in enumerate(json_field(annotation, "object", list, f"{path}, annotation")):
            where = f"{path}, object[{place}]"
            number, name = json_field(entry, "name_ndx", int, where), json_field(entry, "name", str, where)
            level = json_field(json_field(entry, "parts", dict, where), "part_level", int, f"{where}, parts")
            if not 0 < number <= LARGEST_LABEL or not name.strip():
                raise DataError(f"{where}: {number} ({name!r}) is no label number with a name.")
            if names.setdefault(number, name) != name:
                raise DataError(f"{where}: label {number} is {name!r}, but {names[number]!r} in a file before.")
            at_all[number] += 1
            as_part[number] += level > 0
        words = [word for word in json_field(annotation, "scene", list, f"{path}, annotation") if isinstance(word, str)]
        if words and scene_name(words[-1]):
            scenes[f"{path.stem}.jpg"] = scene_name(words[-1])
        on_file(done, len(paths))
    parts = frozenset(number for number in names if 2 * as_part[number] > at_all[number])
    return AdeIndex(dict(sorted(names.items())), parts, scenes)


def scene_name(text: str) -> str:
    """A scene as NetDissect writes it (``bakery/shop`` → ``bakery-shop``); empty for ``~not labeled``."""
    name = text.strip().strip("/").replace(" - ", "-").replace("/", "-")
    return "" if name.startswith("~") else name


def _row_sums(table: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    sums = np.asarray(table.sum(axis=1) if hasattr(table, "sum") else np.sum(table, axis=1), np.float64)
    return sums.ravel()


def _read_mat(path: Path) -> Mapping[str, Any]:
    with needs(f"reading {path}", "put index_ade20k.pkl beside it"):
        from scipy.io import loadmat  # noqa: PLC0415 - a second, for this file alone

    try:
        index = loadmat(path, squeeze_me=True)["index"]
        return {name: index[name][()] for name in index.dtype.names or ()}
    except Exception as error:  # SciPy raises anything for damaged files
        raise DataError(f"{path} is no readable index of ADE20K: {error!r}. Fetch it again.") from error


def _read_pickle(path: Path) -> Mapping[str, Any]:
    try:
        content = _ArraysOnly(io.BytesIO(read_bytes(path, "index"))).load()
    except DataError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        raise DataError(f"{path} is no readable index of ADE20K: {error!r}. Fetch it again.") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} is no index of ADE20K: it holds {type(content).__name__}, not a dict.")
    return content


def _allowed() -> dict[tuple[str, str], Any]:
    """The functions that a pickled NumPy array needs, under the names that NumPy has given them over time."""
    array = np.zeros(1)
    made = {
        "_reconstruct": array.__reduce__()[0],
        "scalar": np.float64(0).__reduce__()[0],
        "_frombuffer": array.__reduce_ex__(5)[0],
    }
    names: dict[tuple[str, str], Any] = {("numpy", "ndarray"): np.ndarray, ("numpy", "dtype"): np.dtype}
    for core in ("numpy.core", "numpy._core"):
        names |= {(f"{core}.multiarray", name): made[name] for name in ("_reconstruct", "scalar")}
        names[f"{core}.numeric", "_frombuffer"] = made["_frombuffer"]
    return names


class _ArraysOnly(pickle.Unpickler):
    """Reads texts, numbers, lists, dicts and NumPy arrays; refuses all else before it is run."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = _allowed()
        if (module, name) == ("_codecs", "encode"):  # how Python 2 and protocol 2 write bytes
            return _encode
        if (module, name) not in allowed:
            raise DataError(
                f"the pickle asks for {module}.{name}, which an index of ADE20K does not need and which could run "
                "code. Do not use this file: fetch the index from the authors."
            )
        return allowed[module, name]


def _encode(text: str, encoding: str = "latin1") -> bytes:
    return text.encode(encoding)


_SPLITS = {"training": "train", "validation": "val"}


@repeats("read_ade20k")
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
    recipe = DataRecipe.reading(read_ade20k, grid=grid)
    return SegmentationDataset(root, tuple(concepts), tuple(images), grid, codes, recipe=recipe)


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
    """True for a folder that is a link to one that it lies in."""
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
    return read_json_files(paths, lambda done, total: report(Stage("annotations read", "read-labels"), done, total))


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
