"""What the index of ADE20K says: the names of the label numbers, which of them are parts, the scene of each image.

``index_ade20k.pkl`` is a pickle, which can run code; it is read with an unpickler that knows arrays and nothing else.
``index_ade20k.mat`` needs SciPy. Where there is neither, the JSON files beside the pictures say the same (2021 only).
"""

from __future__ import annotations

import importlib
import io
import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compexp_widgets.data.images.concept_table import LARGEST_LABEL
from compexp_widgets.data.images.json_file import field, read_json
from compexp_widgets.errors import DataError
from compexp_widgets.files import read_bytes

INDEX_FILES = ("index_ade20k.pkl", "index_ade20k.mat")


@dataclass(frozen=True)
class AdeIndex:
    """The index.

    Attributes
    ----------
    names
        Label number → all synonyms, ``"car, auto, automobile, machine, motorcar"``.
    parts
        Label numbers that are parts of other objects more often than objects of their own.
    scenes
        File name of a picture → scene, for those that have one.
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
        annotation = field(read_json(path), "annotation", dict, str(path))
        for place, entry in enumerate(field(annotation, "object", list, f"{path}, annotation")):
            where = f"{path}, object[{place}]"
            number, name = field(entry, "name_ndx", int, where), field(entry, "name", str, where)
            level = field(field(entry, "parts", dict, where), "part_level", int, f"{where}, parts")
            if not 0 < number <= LARGEST_LABEL or not name.strip():
                raise DataError(f"{where}: {number} ({name!r}) is no label number with a name.")
            if names.setdefault(number, name) != name:
                raise DataError(f"{where}: label {number} is {name!r}, but {names[number]!r} in a file before.")
            at_all[number] += 1
            as_part[number] += level > 0
        words = [word for word in field(annotation, "scene", list, f"{path}, annotation") if isinstance(word, str)]
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
    try:
        loadmat = importlib.import_module("scipy.io").loadmat
    except ImportError as error:
        raise DataError(
            f"{path} can only be read with SciPy: run  pip install scipy  or put index_ade20k.pkl beside it."
        ) from error
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
    """What a pickled NumPy array needs, under the names that NumPy has given it over time."""
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
