"""Where made and fetched data lie between sessions."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_dir

from compexp_widgets.errors import CompexpError


def cache_folder() -> Path:
    """The folder for everything that can be made again; the environment variable ``COMPEXP_CACHE`` overrides it.

    It may not exist yet.

    Raises
    ------
    CompexpError
        When nothing is chosen and the user has no home folder.
    """
    folders = cache_folders()
    if not folders:
        raise CompexpError("there is no home folder for a cache: set COMPEXP_CACHE to a folder that can be written")
    return folders[0]


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
