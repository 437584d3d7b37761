"""Which drawing code is at work: names cached pictures, so that old ones are never taken for new ones."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """Twelve hexadecimal digits over the code that draws and exports the vision world."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*sorted((here / "vision_world").glob("*.py")), here / "vision_export.py"):
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
