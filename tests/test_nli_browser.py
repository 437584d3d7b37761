"""NLIExplorer used by hand: real clicks and keys in a real JupyterLab, on pairs with markup and quotes in them.

Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_driver import Lab, LabPage, at_rest, opened_notebook, run_in_kernel
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CELL = """
import sys
sys.path.append({tests!r})
from hostile_pairs import pair_network
from compexp_widgets.study import open_study
from compexp_widgets.widgets import NLIExplorer
explorer = NLIExplorer(open_study("hostile_study"), pair_network(), unit=0, max_length=3)
explorer
"""


RESET = """
explorer.unit, explorer.firing, explorer.gallery = 0, "positive", "fires"
explorer.formula_text, explorer.switched_off = "", []
"""

NOTEBOOK, SHOWN = "nli_browser.ipynb", ".compexp[data-settled-id]"


@pytest.fixture(scope="module")
def opened(browser: Browser, hostile_lab: Lab) -> Iterator[LabPage]:
    """A notebook with the explorer."""
    with opened_notebook(
        browser, hostile_lab, NOTEBOOK, [CELL.format(tests=str(Path(__file__).parent))], SHOWN
    ) as opened:
        yield opened


@pytest.fixture(scope="module", params=["light", "dark"])
def lab(request: pytest.FixtureRequest, opened: LabPage) -> LabPage:
    """The explorer painted in one of JupyterLab's themes."""
    if request.param == "dark":
        opened.run(NOTEBOOK, SHOWN, dark=True)
    return opened


@pytest.fixture
def page(lab: LabPage):
    """The page with the explorer in its initial state, apart from the tab; checked for troubles afterwards."""
    run_in_kernel(lab, RESET)
    at_rest(lab.page)
    yield lab.page
    assert lab.troubles == []


def score(page) -> str:
    return page.locator("[data-score=iou] .compexp-score-number").inner_text()


def pills(page) -> list[str]:
    return page.locator(".compexp-pill-text").all_inner_texts()


def repainted(page, action) -> None:
    """Do something and wait until the card is painted anew."""
    before = page.locator(".compexp").get_attribute("data-painted-id")
    action()
    page.wait_for_function(
        "before => document.querySelector('.compexp').dataset.paintedId !== before", arg=before, timeout=10_000
    )


def open_tab(page, name: str) -> None:
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.get_attribute("aria-selected") != "true":
        repainted(page, tab.click)
        at_rest(page)


def test_the_first_card_needs_no_click(page):
    assert pills(page)
    assert score(page).startswith(".") or score(page) == "1.00"
    assert page.locator(".compexp-lexicon [role=row][aria-selected]").count() > 5


def test_a_click_in_the_lexical_table_puts_a_concept_into_the_formula_and_takes_it_out(page):
    open_tab(page, "words")
    before = pills(page)
    page.locator(".compexp-lexicon .compexp-filter").fill("<b>girl</b>")
    page.get_by_role("radio", name="hypothesis").check()
    row = page.locator(".compexp-lexicon .compexp-table-rows [role=row]").first
    assert "hyp:tok:<b>girl</b>" in row.inner_text()
    name = "hyp:tok:<b>girl</b>"
    repainted(page, row.click)
    assert sorted(pills(page)) == sorted({*before} ^ {name})
    repainted(page, lambda: page.keyboard.press("Enter"))
    assert sorted(pills(page)) == sorted(before)
    page.locator(".compexp-lexicon .compexp-filter").fill("")
    page.get_by_role("radio", name="both sides").check()


def test_pairs_show_their_words_as_text_with_the_formulas_words_marked(page):
    open_tab(page, "pairs")
    assert page.locator(".compexp-pair").count() > 0
    assert page.locator(".compexp-pair b").count() == 0
    assert any("<b>girl</b>" in text for text in page.locator(".compexp-pair").all_inner_texts())
    assert page.locator(".compexp-pair mark").count() > 0
    for name in ("fires, formula false", "silent"):
        repainted(page, page.get_by_role("tab", name=name).click)
        shown = page.locator(".compexp-pair").count()
        assert shown > 0 or page.locator(".compexp-pairs .compexp-empty").is_visible()


def test_labels_are_told_for_all_pairs_where_the_unit_fires_and_where_the_formula_holds(page):
    open_tab(page, "labels")
    heads = page.locator(".compexp-label-panel h3").all_inner_texts()
    assert heads == ["all pairs", "the neuron fires", "the formula holds"]
    cells = page.locator(".compexp-matrix").first.locator("td").all_inner_texts()
    assert sum(int(cell) for cell in cells) == 64


def test_a_typed_pair_is_judged_while_one_types(page):
    bars = page.locator(".compexp-probe-bars")
    page.wait_for_function("() => document.querySelector('.compexp-probe-unit').textContent.includes('unit 0')")
    before = bars.inner_text()
    field = page.locator(".compexp-probe-input").nth(1)
    field.fill("")
    field.press_sequentially("Nobody <i>sleeps</i>")
    page.wait_for_function(
        "before => document.querySelector('.compexp-probe-bars').innerText !== before", arg=before, timeout=10_000
    )
    assert page.locator(".compexp-probe i").count() == 0
    page.get_by_role("button", name="the unit’s best pair").click()
    page.wait_for_function("before => document.querySelector('.compexp-probe-bars').innerText === before", arg=before)


def test_a_unit_may_fire_on_its_largest_activations_alone(page):
    numbers = page.locator(".compexp-numbers")
    before = numbers.inner_text()
    assert "above 0" in before
    assert not page.locator(".compexp-slider[aria-label=quantile]").is_visible()
    repainted(page, lambda: page.get_by_role("radio", name="its largest").check())
    field = page.locator(".compexp-small-input")
    field.fill(".3")
    repainted(page, lambda: field.press("Enter"))
    assert "on its strongest 30 %" in numbers.inner_text()
    repainted(page, lambda: page.get_by_role("radio", name="above 0").check())
    assert numbers.inner_text() == before


def test_a_proof_is_made_when_it_is_asked_for(page):
    page.get_by_role("button", name="prove it").click()
    better = page.get_by_role("button", name="show it")
    better.or_(page.locator(".compexp-proof:not(.compexp-state)")).wait_for(timeout=60_000)
    if better.is_visible():
        before = score(page)
        repainted(page, better.click)
        assert score(page) > before
    assert page.locator(".compexp-proof:not(.compexp-state)").inner_text() == "proven optimal"


def test_a_unit_that_never_fires_says_so(page):
    page.locator(".compexp-list .compexp-filter").fill("5")
    repainted(page, page.locator(".compexp-list .compexp-table-rows [role=row]").first.click)
    assert "never fires on these pairs" in page.locator(".compexp-silence").inner_text()
    page.locator(".compexp-list .compexp-filter").fill("")
