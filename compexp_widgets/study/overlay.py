"""Where explanations go that a study's own folder cannot take: it belongs to somebody else, or lies on a medium that
cannot be written.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from compexp_widgets.errors import CompexpError
from compexp_widgets.files.user_cache import cache_folders
from compexp_widgets.study.configuration import StudyConfiguration

# Both kinds of studies keep their activations under this name.
_ACTIVATIONS = "activations.npy"
_LOOKED_AT = 2**16


def overlays(folder: Path, configuration: StudyConfiguration) -> list[Path]:
    """Files for the user's own explanations of a study, one a cache of this user; the preferred one first.

    They are named after what explanations follow from, not after where the study lies: a copy of it has the same.
    """
    about = configuration
    identity = [about.kind, about.network_fingerprint, about.layer, about.layout, about.directions]
    identity += [about.data_fingerprint, about.concepts]
    digest = hashlib.sha256(repr(identity).encode("utf-8", "surrogatepass"))
    try:
        with (folder / _ACTIVATIONS).open("rb") as file:  # one network may be probed in two precisions
            size = file.seek(0, 2)
            for start in (0, max(size - _LOOKED_AT, 0)):
                file.seek(start)
                digest.update(file.read(_LOOKED_AT))
        digest.update(str(size).encode())
    except OSError:
        return []
    try:
        return [cache / "explanations" / f"{digest.hexdigest()[:32]}.sqlite" for cache in cache_folders()]
    except CompexpError:
        return []
