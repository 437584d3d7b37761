"""Where made and fetched data lie between sessions."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_dir


def cache_folder() -> Path:
    """The folder for everything that can be made again; the environment variable ``COMPEXP_CACHE`` overrides it.

    It may not exist yet.
    """
    chosen = os.environ.get("COMPEXP_CACHE", "").strip()
    return Path(chosen).expanduser() if chosen else Path(user_cache_dir("compexp_widgets", appauthor=False))
