"""The folder of a study while somebody works on it: one at a time, and without what a killed process left there."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from compexp_widgets.errors import StudyError
from compexp_widgets.files import check_writable, is_left_behind

DESCRIPTION, ACTIVATIONS, ANSWERS = "study.json", "activations.npy", "answers.npz"
POSITIONS, SIGNATURES = "positions.npy", "signatures.npz"
POSITIONS_LOG, SIGNATURES_LOG = "positions.partial.npy", "signatures.partial"

# What work goes through on its way to a file: of no use once that is there.
_ON_THE_WAY = {
    ACTIVATIONS: ("activations.partial", "activations.partial.json"),
    SIGNATURES: (POSITIONS_LOG, SIGNATURES_LOG),
}


def is_finished(folder: Path) -> bool:
    """True if a folder holds a study with all of its files, of whatever kind: they are written in this order."""
    return all((folder / name).exists() for name in (DESCRIPTION, ACTIVATIONS, SIGNATURES))


@contextmanager
def study_folder(folder: Path) -> Iterator[None]:
    """Have a folder to oneself for work on a study: made where it is not there, without what killed processes left.

    A finished study is only opened: it is not locked and nothing is written, so that anybody may, wherever it lies.
    """
    try:
        finished = is_finished(folder)
        if not finished:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder} cannot be made or looked into ({error}): choose another folder") from error
    if not finished:
        with folder_lock(folder):
            _sweep(folder)
            yield
        return
    if _left_behind(folder):
        # Where somebody is at work, or only others may write, it stays.
        with contextlib.suppress(StudyError), folder_lock(folder, wait=0):
            _sweep(folder)
    yield


@contextmanager
def folder_lock(folder: Path, wait: float = -1) -> Iterator[None]:
    """Be the only process that works in a folder; waits seconds for another one, or, negative, as long as it takes."""
    lock = folder / ".lock"
    try:
        # Tried first, since a lock that may not be had looks like one that somebody else holds on some systems.
        check_writable(folder)
        # Whoever may write in the folder may work there.
        held = FileLock(lock, timeout=wait, mode=folder.stat().st_mode & 0o666 | 0o600).acquire()
    except Timeout as error:
        raise StudyError(f"another process works in {folder}: wait for it, or choose another folder") from error
    except (OSError, NotImplementedError) as error:
        raise StudyError(
            f"nothing can be made in {folder} by this user ({error}): choose another folder, or ask whoever owns it"
        ) from error
    with held:
        yield


def _left_behind(folder: Path) -> list[Path]:
    """Files that killed processes left in the folder of a study, as far as it is certain that nobody writes to them."""
    try:
        places = [folder, folder / SIGNATURES_LOG]
        found = [path for place in places if place.is_dir() for path in place.iterdir() if is_left_behind(path)]
        for name, others in _ON_THE_WAY.items():
            if (folder / name).exists():
                found += [folder / other for other in others if (folder / other).exists()]
    except OSError:
        return []
    return found


def _sweep(folder: Path) -> None:
    if not (folder / DESCRIPTION).exists():
        return  # a folder that is no study yet may be anybody's
    for path in _left_behind(folder):
        with contextlib.suppress(OSError):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
