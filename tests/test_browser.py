"""VisionExplorer used by hand: real clicks and keys in a real JupyterLab, on the embedded demo.

Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab_driver import Lab, LabPage, at_rest, eventually, opened_notebook, run_in_kernel
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CELLS = ["import compexp_widgets as cw\nexplorer = cw.VisionExplorer(cw.demo.vision_study())\nexplorer"]

NOTEBOOK, SHOWN = "browser.ipynb", ".compexp[data-painted-id]"


@pytest.fixture(scope="module")
def opened(browser: Browser, jupyterlab: Lab) -> Iterator[LabPage]:
    """A notebook with the explorer."""
    with opened_notebook(browser, jupyterlab, NOTEBOOK, CELLS, SHOWN) as opened:
        yield opened


@pytest.fixture(scope="module", params=["light", "dark"])
def lab(request: pytest.FixtureRequest, opened: LabPage) -> LabPage:
    """The explorer painted in one of JupyterLab's themes."""
    if request.param == "dark":
        opened.run(NOTEBOOK, SHOWN, dark=True)
    return opened


RESET = """
explorer.gallery, explorer.overlay = "fires", "both"
explorer.quantile, explorer.max_length, explorer.cluster = 0.005, 3, []
explorer.formula_text, explorer.switched_off = "", []
"""


@pytest.fixture
def page(lab: LabPage):
    """The page with the explorer in its initial state, apart from the unit; checked for troubles afterwards."""
    run_in_kernel(lab, RESET)
    lab.page.locator(".compexp-filter").fill("")
    at_rest(lab.page)
    yield lab.page
    assert lab.troubles == []


def score(page) -> str:
    return page.locator("[data-score=iou] .compexp-score-number").inner_text()


def repainted(page, action) -> None:
    """Do something and wait until the card is painted anew."""
    before = page.locator(".compexp").get_attribute("data-painted-id")
    action()
    page.wait_for_function(
        "before => document.querySelector('.compexp').dataset.paintedId !== before", arg=before, timeout=10_000
    )


def test_the_first_picture_needs_no_click(page):
    assert page.locator(".compexp-pill").count() >= 1
    assert page.locator(".compexp-tile:not(.compexp-vacant)").count() == 12
    assert score(page).startswith(".")


def test_the_filter_finds_units_by_concept_and_arrows_move_through_them(page):
    page.locator(".compexp-filter").fill("engine")
    rows = page.locator(".compexp-table [role=row][aria-selected]")
    assert rows.count() >= 1
    assert all("engine" in text for text in rows.all_inner_texts())
    repainted(page, rows.first.click)
    first = page.locator(".compexp-card h2").inner_text()
    if rows.count() > 1:
        repainted(page, lambda: page.keyboard.press("ArrowDown"))
        assert page.locator(".compexp-card h2").inner_text() != first


def test_the_quantile_explains_the_unit_anew_while_it_moves(page):
    numbers = page.locator(".compexp-numbers")
    before = numbers.inner_text()
    slider = page.locator(".compexp-slider[aria-label=quantile]")
    slider.focus()
    repainted(page, lambda: page.keyboard.press("PageUp"))
    assert numbers.inner_text() != before


def test_switching_a_concept_off_changes_the_scores(page, lab):
    run_in_kernel(lab, "explorer.unit = int(explorer.study.to_frame().query('formula.str.contains(\" \")').index[0])")
    at_rest(page)
    before = score(page)
    pill = page.locator(".compexp-pill").first
    repainted(page, pill.click)
    assert pill.get_attribute("aria-pressed") == "false"
    assert score(page) != before
    repainted(page, lambda: page.keyboard.press("Space"))
    assert score(page) == before


def test_a_formula_is_tested_against_luck(page):
    page.get_by_role("tab", name="real or luck?").click()
    note = page.locator(".compexp-evidence-note").first
    note.wait_for(timeout=60_000)
    assert "searches in shuffled pictures" in note.inner_text()
    assert page.locator(".compexp-tested").is_visible()
    assert page.locator(".compexp-proof:not(.compexp-state)").inner_text() == "proven optimal"
    page.get_by_role("tab", name="by length").click()


def test_the_first_answer_gives_way_to_the_final_one(page, lab):
    # The quantile is one that no test has used, so that nothing is remembered.
    together = "with explorer.hold_sync():\n    explorer.quantile, explorer.max_length = 0.0123, 4"
    repainted(page, lambda: run_in_kernel(lab, together))
    at_rest(page)
    best = "explorer.study.explain_unit(explorer.unit, explorer.settings).best"
    assert "proven" in page.locator(".compexp-proof:not(.compexp-state)").inner_text()
    assert score(page) == f"{float(run_in_kernel(lab, f'print({best}.overlap.iou)')):.3f}".lstrip("0")
    lengths = page.locator(".compexp-length-line")
    assert lengths.count() == 4
    repainted(page, lengths.first.click)
    assert page.locator(".compexp-pill").count() == 1


def test_a_range_of_activations_is_shown_and_left_again(page, lab):
    before, formula = score(page), page.locator(".compexp-formula").inner_text()
    page.get_by_role("tab", name="ranges of activation").click()
    lines = page.locator(".compexp-range-line")
    page.wait_for_function("() => document.querySelectorAll('.compexp-range-figures').length === 5", timeout=60_000)
    tile = page.locator(".compexp-tile canvas").first
    largest = tile.screenshot()
    repainted(page, lines.nth(3).click)
    at_rest(page)
    explanation = "explorer.study.explain(explorer.unit, ranges=5)[1].best"
    assert score(page) == f"{float(run_in_kernel(lab, f'print({explanation}.overlap.iou)')):.3f}".lstrip("0")
    assert lines.nth(3).get_attribute("aria-pressed") == "true"
    assert tile.screenshot() != largest
    assert page.locator(".compexp-slider[aria-label=quantile]").is_disabled()
    assert run_in_kernel(lab, "print(explorer.cluster)").strip() == "[2, 5]"
    repainted(page, page.get_by_role("button", name="back to the largest activations").click)
    assert (score(page), page.locator(".compexp-formula").inner_text()) == (before, formula)
    page.get_by_role("tab", name="by length").click()


def test_a_formula_is_edited_with_completion_and_scored_as_one_types(page, lab):
    page.get_by_role("button", name="edit", exact=True).click()
    field = page.locator(".compexp-editor-input")
    field.fill("sky OR lihgthouse")
    page.locator(".compexp-editor-error", has_text="lighthouse").wait_for()
    field.fill("")
    field.press_sequentially("sky OR lightho")
    page.locator(".compexp-options [role=option]").first.wait_for()
    repainted(page, lambda: page.keyboard.press("Tab"))
    assert field.input_value().strip() == "sky OR lighthouse"
    page.keyboard.press("Enter")
    page.locator(".compexp-pill-text", has_text="lighthouse").wait_for()
    assert run_in_kernel(lab, "print(explorer.formula_text)").strip() == "sky OR lighthouse"
    iou = run_in_kernel(lab, "print(explorer.study.overlap(cw.parse(explorer.formula_text), explorer.unit).iou)")
    assert score(page) == f"{float(iou):.3f}".lstrip("0")


@pytest.mark.parametrize("name", ["formula holds", "formula false"])
def test_the_other_galleries_show_their_pictures_or_say_that_there_are_none(page, name):
    repainted(page, lambda: page.get_by_role("tab", name=name).click())
    shown = page.locator(".compexp-tile:not(.compexp-vacant)").count()
    assert shown > 0 or page.locator(".compexp-gallery .compexp-empty").is_visible()


@pytest.mark.parametrize("overlay", ["neuron", "formula", "heat", "none"])
def test_the_overlays_differ(page, lab, overlay):
    tile = page.locator(".compexp-tile canvas").first
    before = tile.screenshot()
    page.get_by_role("radiogroup", name="overlay").get_by_role("radio", name=overlay, exact=True).check()
    eventually(lab, tile.screenshot, lambda shown: shown != before)


def test_hovering_names_the_concepts_under_the_pointer(page):
    page.locator(".compexp-tile canvas").first.hover()
    tooltip = page.locator(".compexp-tooltip")
    tooltip.wait_for()
    assert "activation" in tooltip.inner_text()


def test_the_kernel_moves_the_page(page, lab):
    repainted(page, lambda: run_in_kernel(lab, "explorer.unit = (explorer.unit + 7) % explorer.study.units.count"))
    unit = run_in_kernel(lab, "print(explorer.unit)").strip()
    assert page.locator(".compexp-card h2").inner_text() == f"unit {unit}"


def test_typing_in_the_widget_does_not_reach_the_notebook(page):
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator(".compexp-table [role=row][aria-selected]").first.click()
    page.keyboard.press("b")
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_after_a_restart_of_the_kernel_the_card_keeps_its_name_and_says_what_happened(lab):
    """The last one in this file: nobody answers this page any more."""
    page = lab.page
    heading = page.locator(".compexp-card h2").inner_text()
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(".compexp > .compexp-notice", has_text="run the cell again").wait_for()
    page.get_by_role("button", name="next unit in the table").click()
    page.locator(".compexp-card > .compexp-notice", has_text=f"what stands here is {heading}").wait_for()
    assert page.locator(".compexp-card h2").inner_text() == heading
