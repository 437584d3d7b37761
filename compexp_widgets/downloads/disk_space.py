"""Check for free disk space, before it runs out."""

from __future__ import annotations

import shutil
from pathlib import Path

from compexp_widgets.errors import FetchError
from compexp_widgets.files.regular import readable


class NoRoomError(FetchError):
    """The disk has too little free space."""


def require_room(folder: Path, needed: int, what: str) -> None:
    """Do nothing where `needed` bytes are free on the disk of a folder, which need not exist yet.

    Raises `NoRoomError` where they are not; the message says how much is missing.
    """
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if needed > free:
        raise NoRoomError(
            f"{what} takes {readable(needed)}, and {there} has {readable(free)} free. Free "
            f"{readable(needed - free)}, or take a folder on another disk (--to FOLDER, folder=…)."
        )
