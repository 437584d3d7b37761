from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real photographs, networks and sentence pairs; skips the test where it is absent."""
    folder = Path(os.environ.get("COMPEXP_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set COMPEXP_REAL to the folder that has broden_coco in it")
    return folder
