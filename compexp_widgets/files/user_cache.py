"""The user's cache, where made and fetched data lie between sessions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_dir

from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files import check_writable


def cache_folder() -> Path:
    """The folder for everything that can be made again; the environment variable ``COMPEXP_CACHE`` overrides it.

    It may not exist yet.

    Raises `CompexpError` when nothing is chosen and the user has no home folder.
    """
    folders = cache_folders()
    if not folders:
        raise CompexpError("there is no home folder for a cache: set COMPEXP_CACHE to a folder that can be written")
    return folders[0]


def place_in_cache(name: str, is_made: Callable[[Path], bool]) -> Path:
    """Path in the cache of something that was made before, by whomever, or that this user can make.

    That is the folder that ``COMPEXP_CACHE`` chooses; where it is not there and this user cannot write it, the user's
    own.

    `is_made`: whether a path holds it, whole. Raises `DataError` when no cache has it and none can be written.
    """
    reasons = []
    for folder in cache_folders():
        place = folder / name
        try:
            if is_made(place):
                return place
            folder.mkdir(parents=True, exist_ok=True)
            check_writable(place if place.exists() else folder)
        except OSError as error:
            reasons.append(str(error))
            continue
        return place
    raise DataError(
        f"no cache folder can be written ({'; '.join(reasons) or 'there is no home folder'}): set the environment "
        "variable COMPEXP_CACHE to a folder that can be written"
    )


def cache_folders() -> list[Path]:
    """The folder that ``COMPEXP_CACHE`` chooses, which others may share, and the user's own, where there are any."""
    chosen = os.environ.get("COMPEXP_CACHE", "").strip()
    own = Path(user_cache_dir("compexp_widgets", appauthor=False))
    folders = [own] if own.is_absolute() else []  # without a home, its sign stays in the path
    if chosen:
        try:
            folders.insert(0, Path(chosen).expanduser())
        except RuntimeError as error:
            raise CompexpError(f"COMPEXP_CACHE is {chosen!r}, but there is no such home folder: {error}") from error
    return folders
