"""Arrays of NumPy from outside: nothing in them is run, and a header is believed only where the file is as large."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files.regular import ClippedFile, check_regular, readable, shown, unpacked_budget

Array = NDArray[Any]


def load_array(
    path: str | Path, what: str, *, error: type[CompexpError] = DataError, memory_map: bool = False
) -> Array:
    """The array of an ``.npy`` file.

    `what`, `error`: as of `check_regular`. `memory_map`: whether it is left on the disk and read where it is looked at;
    it cannot be written to. Raises `CompexpError` of the class `error`, where there is no such file, it is damaged, of
    another size than its header says, or holds Python objects.
    """
    size = check_regular(path, what, error=error)
    origin = f"the {what} {shown(path)}"
    try:
        with ClippedFile(io.FileIO(path), size) as file:
            if file.read(2) == b"PK":
                raise _RefusedError("it holds several arrays: call it .npz")
            file.seek(0)
            shape, _, dtype = _header(file)
            _check_size(shape, dtype, size - file.tell())
            if not memory_map:
                file.seek(0)
                return _array(file)
        # Of an array without elements there is nothing to map.
        return np.load(path, mmap_mode="r" if prod(shape) else None, allow_pickle=False)  # type: ignore[no-any-return]
    except Exception as reason:
        raise error(f"{origin} cannot be read as an array of NumPy: {_said(reason)}") from reason


def load_arrays(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> Mapping[str, Array]:
    """The arrays of an ``.npz`` file, by name; parameters and errors as of `load_array`.

    Raises `CompexpError` also where the file would unfold to more than its budget, or a member is no array.
    """
    size = check_regular(path, what, error=error)
    origin = f"the {what} {shown(path)}"
    try:
        with Path(path).open("rb") as file:
            if file.read(6) == npy.MAGIC_PREFIX:
                raise _RefusedError("it holds a single array: call it .npy")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            budget = unpacked_budget(size)
            if (unpacked := sum(member.file_size for member in members)) > budget:
                raise _RefusedError(
                    f"its {readable(size)} would unfold to {readable(unpacked)}, more than the {readable(budget)} that "
                    "are read"
                )
            if len(members) != len({member.filename for member in members}):
                raise _RefusedError("two of its arrays have the same name")
            return {member.filename.removesuffix(".npy"): _member(archive, member) for member in members}
    except Exception as reason:
        raise error(f"{origin} cannot be read as arrays of NumPy: {_said(reason)}") from reason


class _RefusedError(ValueError):
    """Reason to refuse a file, in a sentence."""


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    name = f"its member {shown(member.filename)!r:.100}"
    try:
        with archive.open(member) as file:
            shape, _, dtype = _header(file)
            _check_size(shape, dtype, member.file_size - file.tell())
        with archive.open(member) as file:
            return _array(file)
    except Exception as reason:
        raise _RefusedError(f"{name}: {_said(reason)}") from reason


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    if version not in _HEADERS:
        raise _RefusedError(f"its format is {version}; those that can be read are 1.0 and 2.0")
    shape, order, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise _RefusedError("it holds objects of Python, which could only be read by running what is in the file")
    if any(length < 0 for length in shape):
        raise _RefusedError(f"its shape is {shape}")
    return shape, order, dtype


def _check_size(shape: tuple[int, ...], dtype: np.dtype[Any], there: int) -> None:
    """Before memory is taken: a header of a few bytes can ask for any number of them."""
    needed = prod(shape) * dtype.itemsize
    if needed != there:
        raise _RefusedError(
            f"its header announces {shape} of {dtype}, {readable(needed)}, but {readable(max(there, 0))} follow: the "
            "file is cut off or damaged"
        )


def _array(file: IO[bytes]) -> Array:
    array: Array = npy.read_array(file, allow_pickle=False)
    return array


def _said(reason: Exception) -> str:
    """The first line of what a decoder says: they raise what they like, of BadZipFile, TokenError or OverflowError."""
    text = str(reason).strip() or "damaged"
    return text.splitlines()[0][:300] if isinstance(reason, _RefusedError) else f"{type(reason).__name__}, {text:.200}"


# Version 3 differs in the names of fields, which no array of ours has, and has no reader of its own in NumPy's API.
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
