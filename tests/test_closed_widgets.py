"""A widget that was closed, and to which nothing refers any more, is given back, with its study and its files."""

import gc
import os
import time
import weakref
from pathlib import Path

import pytest
from hostile_pairs import LAYER, hostile_pairs, pair_network
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets import LexicalSettings
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect_pairs

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture(scope="module")
def pair_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    settings = LexicalSettings(tokens=50)
    dissect_pairs(pair_network(), LAYER, hostile_pairs(), folder, concepts=settings, report=silent).close()
    return folder


@pytest.fixture(scope="module")
def vision_folder(tiny_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vision") / "study"
    cw.dissect(tiny_network(), "body.3", tiny_dataset, folder, report=silent).close()
    return folder


MAKE = {
    "VisionExplorer": cw.VisionExplorer,
    "PasteLab": lambda study: cw.PasteLab(study, tiny_network()),
    "NLIExplorer": lambda study: cw.NLIExplorer(study, pair_network()),
    "TextLab": lambda study: cw.TextLab(study, pair_network()),
}


def used_and_closed(name: str, folder: Path) -> list[weakref.ref]:
    """A widget whose page said hello, closed together with its study; what is left of both."""
    study = cw.open_study(folder)
    widget = MAKE[name](study)
    widget.send = lambda *_message: None
    widget._handle_custom_msg({"type": "hello", "id": 1}, [])
    widget.close()
    study.close()
    return [weakref.ref(widget), weakref.ref(study)]


def open_files() -> list[str]:
    """What is open within the test's own folders, where the system tells."""
    if not OPEN_FILES.is_dir():
        return []
    return [path for one in OPEN_FILES.iterdir() if "study" in (path := os.path.realpath(one))]


@pytest.mark.parametrize("name", MAKE)
def test_a_closed_widget_is_given_back_with_its_study_and_its_files(name, vision_folder, pair_folder):
    folder = vision_folder if name in ("VisionExplorer", "PasteLab") else pair_folder
    gc.collect()
    files = open_files()
    left = [one for _ in range(3) for one in used_and_closed(name, folder)]
    end = time.monotonic() + 20
    while any(one() is not None for one in left) and time.monotonic() < end:
        gc.collect()  # threads that were asked to stop look up once more
        time.sleep(0.05)
    assert [type(one()).__name__ for one in left if one() is not None] == []
    assert set(open_files()) <= set(files)
