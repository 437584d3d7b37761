"""The probe set on disk, in the layout of Broden."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

LARGEST_SEED = 1_000_000
"""Probe pictures have seeds below this; training and held-out pictures have theirs above."""


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """A short hash over the drawing code: changes when any picture could change."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "vision_world").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
