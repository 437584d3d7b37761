from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.environ.get("PYTEST_XDIST_WORKER"):
    # A process of many has one processor: libraries that would take all of them get in each other's way.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")

from hostile_pairs import LAYER, hostile_pairs, pair_network
from hypothesis import settings
from lab_driver import Lab, find_chromium, launch, served, started_lab, watched
from playwright.sync_api import Browser, Page, sync_playwright
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network

from compexp_widgets import LexicalSettings, Network, load_network, read_dataset
from compexp_widgets.data.images import SegmentationDataset
from compexp_widgets.progress import silent
from compexp_widgets.study import Study, dissect, dissect_pairs, open_study

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

MOST_PROCESSES = 4
"""Of `-n auto`: each imports torch, which takes half a gigabyte."""

FIRST = ("test_notebooks.py", "test_layers.py", "test_real_networks.py", "test_vision_world.py", "test_cli.py")
"""Files that take longest, after those that need JupyterLab: begun first, so that no process ends alone with one."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many processes as there are processors that this one may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_PROCESSES)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, those of JupyterLab all: what they share is then made once."""
    no_browser = pytest.mark.skip(reason="no Chromium or Chrome is installed")
    without_browser = find_chromium() is None
    for item in items:
        if without_browser and item.get_closest_marker("browser"):
            item.add_marker(no_browser)
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_turn)  # keeps the order in a file


def _group(item: pytest.Item) -> str:
    return "jupyterlab" if "jupyterlab" in getattr(item, "fixturenames", ()) else item.path.name


def _turn(item: pytest.Item) -> int:
    name = item.path.name
    if _group(item) == "jupyterlab":
        return 0
    return 1 + FIRST.index(name) if name in FIRST else len(FIRST) + 1


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real photographs, networks and sentence pairs; skips the test where it is absent."""
    folder = Path(os.environ.get("COMPEXP_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set COMPEXP_REAL to the folder that has broden_coco in it")
    return folder


@pytest.fixture(scope="session")
def places365_squeezenet(real_data: Path) -> Network:
    """SqueezeNet 1.1 with the weights of Places365, read by the example of a network of one's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACES365_SQUEEZENET", str(real_data / "places365"))
        patch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
        return load_network("places365_squeezenet:load")


@pytest.fixture(scope="session")
def tiny_dataset(tmp_path_factory: pytest.TempPathFactory) -> SegmentationDataset:
    """Forty small images in the Broden layout, with every category."""
    folder = tmp_path_factory.mktemp("tiny_broden")
    write_tiny_broden(folder, images=40)
    return read_dataset(folder)


@pytest.fixture(scope="session")
def tiny_dissection(tiny_dataset: SegmentationDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of the tiny network's last convolution on the tiny data set: to copy, not to change."""
    folder = tmp_path_factory.mktemp("tiny_study") / "study"
    dissect(tiny_network(), "body.3", tiny_dataset, folder, report=silent).close()
    return folder


@pytest.fixture
def tiny_study(tiny_dissection: Path, tiny_dataset: SegmentationDataset, tmp_path: Path) -> Iterator[Study]:
    """A study of the test's own of the tiny network's last convolution, in `tmp_path / "study"`."""
    shutil.copytree(tiny_dissection, tmp_path / "study")
    study = open_study(tmp_path / "study", tiny_dataset)
    yield study
    study.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def checkout_address() -> Iterator[str]:
    """The checkout, served on loopback: the pages of js/harness open from there without a kernel."""
    with served(Path(__file__).resolve().parents[1]) as address:
        yield address


@pytest.fixture(scope="module")
def window(browser: Browser, checkout_address: str) -> tuple[Page, list[str]]:
    """A window for pages of js/harness, and what goes wrong in it."""
    page = browser.new_page()
    page.set_default_timeout(15_000)
    return page, watched(page, checkout_address)


@pytest.fixture
def open_page(window: tuple[Page, list[str]], checkout_address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of js/harness and waits for a CSS selector; the test fails when something goes wrong on the page.

    What a page asked that was never recorded is added to the file that the environment names as COMPEXP_UNRECORDED.
    """
    page, troubles = window
    troubles.clear()

    def note() -> None:
        if (file := os.environ.get("COMPEXP_UNRECORDED")) and page.url.startswith(checkout_address):
            asked = page.evaluate("(window.model?.unrecorded ?? []).map((one) => JSON.stringify(one))")
            with Path(file).open("a", encoding="utf-8") as lines:
                lines.writelines(f"{page.url} {one}\n" for one in asked)

    def opened(name: str, shown: str = ".compexp[data-painted-id]", *, width: int = 1250, height: int = 1100) -> Page:
        note()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{checkout_address}/js/harness/{name}")
        page.wait_for_selector(shown)
        return page

    yield opened
    note()
    page.goto("about:blank")
    assert troubles == []


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests that open notebooks."""
    with started_lab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


@pytest.fixture(scope="session")
def hostile_lab(jupyterlab: Lab) -> Lab:
    """The same, with a study of pairs that have markup and quotes in them, in ``hostile_study``."""
    folder, concepts = jupyterlab.root / "hostile_study", LexicalSettings(tokens=50)
    dissect_pairs(pair_network(), LAYER, hostile_pairs(), folder, concepts=concepts, report=silent).close()
    return jupyterlab
