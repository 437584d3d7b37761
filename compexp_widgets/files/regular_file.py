"""Files that are opened only if they are files: a named pipe would wait for ever, a device give what it likes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from compexp_widgets.files.origin import Origin, told

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _open_without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


@contextmanager
def regular_file(path: Path, origin: Origin, most_bytes: int) -> Iterator[tuple[BinaryIO, int]]:
    """A file, opened to be read, and its size in bytes.

    Parameters
    ----------
    path
        The file, or a link to it.
    origin
        What it is called in messages, and the error that is raised.
    most_bytes
        A larger file is refused.

    Raises
    ------
    CompexpError
        (of `origin`) where there is no such file, it may not be read, is something else than a file, or is too large.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else")
            raise origin.refusal(f"is {kind}, not a file. Give a file.")
        # Without waiting, should a named pipe have taken its place since.
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 - closed below, outside this `try`
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise origin.refusal(f"cannot be read: {told_of_file(error)}.") from error
    with file:
        size = os.fstat(file.fileno()).st_size
        check_bytes(size, origin, most_bytes)
        yield file, size


def check_bytes(size: int, origin: Origin, most_bytes: int) -> None:
    """See that something of `size` bytes is no larger than it may be; `CompexpError` (of `origin`) otherwise."""
    if size > most_bytes:
        raise origin.refusal(f"has {in_megabytes(size)}; at most {in_megabytes(most_bytes)} are read.")


def in_megabytes(size: int) -> str:
    """A number of bytes in words: ``"20 MB"``, ``"1.5 MB"``."""
    return f"{size / 1e6:,.0f} MB" if size >= 10_000_000 else f"{size / 1e6:.1g} MB"


def told_of_file(error: OSError | ValueError) -> str:
    """What the system says of a file that it cannot open, without number and name: ``"No such file or directory"``."""
    return error.strerror if isinstance(error, OSError) and error.strerror else told(error)
