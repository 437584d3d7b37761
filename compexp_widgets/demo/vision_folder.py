"""The probe set in the cache: made on first use, made again if it is damaged."""

from __future__ import annotations

import json
import shutil
import time
import uuid
import warnings
from contextlib import nullcontext
from pathlib import Path

from compexp_widgets.demo.drawing_version import drawing_version
from compexp_widgets.demo.vision_export import CONTENTS, export_broden
from compexp_widgets.errors import DataError
from compexp_widgets.files.user_cache import place_in_cache
from compexp_widgets.progress import bars, silent

IMAGES_PER_SCENE = 52
_DAY = 24 * 3600.0


def vision_world_in_cache(progress: bool = True) -> Path:
    """The folder of the probe set, in the layout of Broden.

    It lies in the cache, in a folder whose name changes with the drawing code. Two processes that need it at the same
    time both make it, each under a name of its own; the first to finish gives it its name.

    Parameters
    ----------
    progress
        Show a progress bar while it is made.

    Raises
    ------
    DataError
        If the cache cannot be written.
    """
    place = place_in_cache(
        f"vision_world-{drawing_version()}", lambda made: what_is_damaged(made / "vision world") is None
    )
    folder = place / "vision world"
    damage = what_is_damaged(folder)
    if damage is None:
        return folder
    if folder.exists():
        warnings.warn(f"The vision world in {folder} is damaged ({damage}); it is made again.", stacklevel=2)
        _set_aside(folder)
    _remove_leftovers(folder)
    with bars() if progress else nullcontext(silent) as report:
        try:
            export_broden(folder, IMAGES_PER_SCENE, progress=report)
        except DataError as error:
            # Somebody else may have been faster; their folder is as good as ours.
            if what_is_damaged(folder) is not None:
                raise DataError(
                    f"{error} The environment variable COMPEXP_CACHE chooses another cache folder."
                ) from error
    return folder


def what_is_damaged(folder: Path) -> str | None:
    """None for a whole folder, else what is wrong with it."""
    try:
        sizes = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        for name, size in sizes.items():
            if (folder / name).stat().st_size != size:
                return f"{name} has {(folder / name).stat().st_size} bytes, not {size}"
    except OSError as error:
        return f"{error.filename or folder} cannot be read"
    except (ValueError, AttributeError):
        return f"{CONTENTS} is not what was written"
    return None


def _set_aside(folder: Path) -> None:
    trash = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        folder.rename(trash)
    except OSError:
        if folder.exists():
            raise DataError(f"{folder} is damaged and cannot be moved out of the way. Remove it by hand.") from None
    shutil.rmtree(trash, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """What processes left that were killed while they wrote; younger folders may still be written to."""
    for path in folder.parent.glob(f".{folder.name}.*.partial"):
        try:
            if time.time() - path.stat().st_mtime > _DAY:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
