"""Files that are either whole or not there: write to a temporary name beside the target, then rename."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compexp_widgets.errors import CompexpError

_DAY = 24 * 3600.0


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder, which takes the place of `path` when the block ends without an error.

    A device or a pipe, such as ``/dev/stdout``, stays what it is: what was written is copied to it then.
    """
    if _is_special(path):
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "whole"
            with (Path(folder) / "whole").open("rb") as whole, path.open("ab") as place:
                shutil.copyfileobj(whole, place)
        return
    temporary = _temporary(path)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """True where there is something else than an ordinary file or a folder."""
    return path.exists() and not path.is_dir() and (not path.is_file() or path.parent == Path("/dev"))


def place_to_write(path: str | Path, what: str, *, error: type[CompexpError]) -> Path:
    """Where a person wants a file; an `error` where that is a folder, or in a folder that is not there."""
    place = Path(path)
    if not str(path) or place.is_dir():
        raise error(f"{what} cannot be written to {str(path)!r:.200}, which is a folder: name a file in it")
    if not place.absolute().parent.is_dir():
        raise error(f"{what} cannot be written to {place}: there is no folder {place.absolute().parent}; make it first")
    return place


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, whole or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check_writable(folder: Path) -> None:
    """See whether this user can make files in a folder.

    Raises `OSError` when not.
    """
    temporary = _temporary(folder / "written")
    try:
        temporary.touch()
    finally:
        temporary.unlink(missing_ok=True)


def is_left_behind(path: Path) -> bool:
    """True for the temporary file of a process that was killed, for sure.

    One of a process of this machine is when no process has its number; any is when it has not changed for a day, since
    numbers are given again and those of other machines are not known here.
    """
    name = re.fullmatch(r"\..+\.(\d+)(?:@(.*))?\.partial", path.name)
    if not name:
        return False
    number, machine = int(name[1]), name[2]
    if machine in {None, _machine()} and number != os.getpid() and not _runs(number):
        return True
    try:
        return time.time() - path.stat().st_mtime > _DAY
    except OSError:
        return False


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}@{_machine()}.partial")


def _machine() -> str:
    return re.sub(r"[^\w-]", "-", platform.node())[:32]


def _runs(number: int) -> bool:
    """True if a process has this number."""
    if sys.platform == "win32":  # where the signal 0 is Ctrl-C
        import ctypes  # noqa: PLC0415

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, 0, number)  # to ask for limited information
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle) or ctypes.windll.kernel32.GetLastError() == 5  # there is one, of somebody else
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
