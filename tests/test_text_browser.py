"""TextLab used by hand in a real JupyterLab with a real kernel, on pairs with markup and quotes in them.

Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_pairs import LAYER, hostile_pairs, pair_network
from lab_driver import LabPage, find_chromium, jupyterlab, run_in_kernel, write_notebook
from playwright.sync_api import Page, sync_playwright

from compexp_widgets.nli.lexicon import LexicalSettings
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect_pairs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium or Chrome is installed"),
]

CELL = """
import sys
sys.path.append({tests!r})
from hostile_pairs import pair_network
from compexp_widgets.study import open_study
from compexp_widgets.widgets import TextLab
lab = TextLab(open_study("study"), pair_network())
lab
"""
RESET = "lab.source, lab.target, lab.unit, lab.pair = 'entailment', 'contradiction', None, 0\nlab._show_pair()"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabPage]:
    """A notebook with the lab, its first answer and suggestions shown."""
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    concepts = LexicalSettings(tokens=50)
    dissect_pairs(pair_network(), LAYER, hostile_pairs(), root / "study", concepts=concepts, report=silent).close()
    write_notebook(root / "lab.ipynb", [CELL.format(tests=str(Path(__file__).parent))])
    with jupyterlab(root, home) as address, sync_playwright() as playwright:
        lab = LabPage(playwright, address)
        lab.run("lab.ipynb", seconds=240)
        lab.page.wait_for_selector(".compexp[data-ideas-id]", timeout=60_000)
        yield lab
        lab.close()


@pytest.fixture
def page(lab: LabPage) -> Iterator[Page]:
    """The page with pair 0, unedited; checked for troubles afterwards."""
    run_in_kernel(lab, RESET)
    lab.page.wait_for_function("() => document.querySelectorAll('.compexp-tracked').length === 0")
    lab.page.wait_for_timeout(400)
    yield lab.page
    assert lab.troubles == []


def repainted(page: Page, action) -> None:
    """Do something and wait until the page shows the answer to it."""
    before = page.locator(".compexp").get_attribute("data-painted-id")
    action()
    page.wait_for_function("before => document.querySelector('.compexp').dataset.paintedId !== before", arg=before)


def hypothesis(page: Page) -> str:
    return page.get_by_label("hypothesis", exact=True).input_value()


def in_kernel(lab: LabPage, expression: str):
    return json.loads(run_in_kernel(lab, f"import json; print(json.dumps({expression}))"))


def test_typed_words_are_answered_and_known_in_the_kernel(page, lab):
    field = page.get_by_label("hypothesis", exact=True)
    field.fill("")
    repainted(page, lambda: field.press_sequentially('Nobody eats <b>"food"</b> .', delay=30))
    page.wait_for_function("() => document.querySelector('.compexp-shift-answer').textContent.includes('→')")
    page.wait_for_timeout(500)
    assert hypothesis(page) == 'Nobody eats <b>"food"</b> .'
    assert in_kernel(lab, "lab.edited")[1] == 'Nobody eats <b>"food"</b> .'
    assert page.locator(".compexp-tracked b").count() == 0


def test_a_suggestion_is_applied_and_undone(page, lab):
    first = hypothesis(page)
    apply = page.locator("[data-does=apply]:not([aria-disabled=true])").first
    apply.wait_for()
    repainted(page, apply.click)
    assert page.locator(".compexp-tracked").count() > 0
    assert in_kernel(lab, "lab.edited != lab.original")
    repainted(page, page.locator("[data-does=undo]").click)
    assert hypothesis(page) == first


def test_a_pair_chosen_in_python_is_shown(page, lab):
    run_in_kernel(lab, "lab.pair = 9")
    page.wait_for_function("() => document.querySelector('.compexp-pair-number').value === '9'")
    page.wait_for_timeout(300)
    assert hypothesis(page) == in_kernel(lab, "lab.original")[1]


def test_an_edit_on_all_pairs_controls_and_a_recipe(page, lab):
    own = page.get_by_label("an edit of your own")
    own.get_by_label("words").fill("nobody")
    own.get_by_role("button", name="on all pairs").click()
    page.locator(".compexp-accuracy").wait_for(timeout=60_000)
    flips = [int(cell) for cell in page.locator(".compexp-flips td").all_inner_texts()]
    assert sum(flips) == in_kernel(lab, "int(lab._desk._effect[0].applicable.sum())") > 0
    page.get_by_role("tab", name="does the formula cause it?").click()
    page.locator("[data-does=controls]").click()
    page.locator(".compexp-verdict", has_text="The edit flips").wait_for(timeout=60_000)
    repainted(page, own.get_by_role("button", name="apply").click)
    edited = hypothesis(page)
    page.get_by_role("tab", name="recipe").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="save", exact=True).click()
    repainted(page, page.locator("[data-does=undo]").click)
    repainted(page, lambda: page.locator(".compexp-recipe input[type=file]").set_input_files(download.value.path()))
    page.locator(".compexp-recipe", has_text="exactly what it said").wait_for()
    assert hypothesis(page) == edited
