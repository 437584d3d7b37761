"""TextLab's page used by hand in a real browser, on a recorded kernel: typing, undo, suggestions, all pairs, recipes.

Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The page with its first answer and its suggestions."""
    return open_page("?widget=text_lab&delay=5", ".compexp[data-ideas-id]", width=1100, height=1200)


def repainted(page: Page, action) -> None:
    """Do something and wait until the page shows the answer to it."""
    before = page.locator(".compexp").get_attribute("data-painted-id")
    action()
    page.wait_for_function("before => document.querySelector('.compexp').dataset.paintedId !== before", arg=before)


def hypothesis(page: Page) -> str:
    return page.get_by_label("hypothesis", exact=True).input_value()


def type_behind(page: Page, text: str) -> None:
    field = page.get_by_label("hypothesis", exact=True)
    field.press("End")
    repainted(page, lambda: field.press_sequentially(text))


def does(page: Page, what: str):
    return page.locator(f"[data-does={what}]").first


def test_the_first_answer_needs_no_click(page):
    assert page.locator(".compexp-shift-answer").inner_text().startswith("entailment")
    assert page.locator(".compexp-suggestion").count() == 12
    assert page.locator(".compexp-unit-shift-line").count() > 5


def test_typed_words_are_tracked_and_answered_as_text(page):
    repainted(page, lambda: page.get_by_label("hypothesis", exact=True).fill("Nobody <i>sleeps</i> ."))
    assert page.locator(".compexp-tracked ins").all_inner_texts() != []
    assert page.locator(".compexp-tracked del").all_inner_texts() != []
    assert "< i > sleeps < /i >" in page.locator(".compexp-tracked-line").nth(1).inner_text()
    assert page.locator(".compexp-tracked i").count() == 0
    assert "→" in page.locator(".compexp-shift-answer").inner_text()


def test_only_the_latest_of_what_is_typed_is_asked(page):
    asked = "() => window.model.log.filter(({ type }) => type === 'response').length"
    before = page.evaluate(asked)
    type_behind(page, " and so on and so on")
    page.wait_for_timeout(200)
    assert page.evaluate(asked) - before <= 6
    assert page.evaluate("() => window.model.traits.edited[1]").endswith("and so on and so on")


def test_a_suggestion_is_applied_and_undone_and_done_again(page):
    first = hypothesis(page)
    repainted(page, does(page, "apply").click)
    assert hypothesis(page) == f"No {first[0].lower()}{first[1:]}"
    assert page.locator(".compexp-tracked ins").all_inner_texts() == ["No"]
    repainted(page, does(page, "undo").click)
    assert hypothesis(page) == first
    assert page.locator(".compexp-tracked").count() == 0
    repainted(page, does(page, "redo").click)
    assert hypothesis(page).startswith("No ")
    assert does(page, "redo").get_attribute("aria-disabled") == "true"


def test_the_keyboard_undoes_typing_and_applied_edits_alike(page):
    first = hypothesis(page)
    repainted(page, does(page, "apply").click)
    applied = hypothesis(page)
    type_behind(page, " xy")
    field = page.get_by_label("hypothesis", exact=True)
    repainted(page, lambda: field.press("Control+z"))
    assert hypothesis(page) == applied
    repainted(page, lambda: field.press("Control+z"))
    assert hypothesis(page) == first
    repainted(page, lambda: field.press("Control+Shift+Z"))
    assert hypothesis(page) == applied


def test_the_edit_says_which_parts_of_formulas_became_true(page):
    repainted(page, does(page, "apply").click)
    leaves = page.locator(".compexp-unit-shift-leaves").all_inner_texts()
    assert any("hyp:tok:no became true" in text for text in leaves)
    assert page.locator(".compexp-line-proof", has_text="became true").count() > 0


def test_the_arrows_go_through_the_pairs_with_the_label_and_a_number_goes_to_any(page):
    number = page.get_by_label("number of the pair")
    first = number.input_value()
    repainted(page, does(page, "next").click)
    second = number.input_value()
    assert int(second) > int(first)
    assert page.locator(".compexp-pair-editor [role=status]").first.inner_text().startswith("2 of ")
    repainted(page, does(page, "previous").click)
    assert number.input_value() == first
    number.fill("4499")
    repainted(page, lambda: number.press("Enter"))
    assert page.evaluate("() => window.model.traits.pair") == 4499
    number.fill("4500")
    number.press("Enter")
    assert number.get_attribute("aria-invalid") == "true"
    assert page.evaluate("() => window.model.traits.pair") == 4499


def test_typed_sentences_may_become_the_pair_before_the_edit(page):
    type_behind(page, " again")
    page.get_by_role("button", name="start from this text").click()
    page.wait_for_function("() => document.querySelectorAll('.compexp-tracked').length === 0")
    assert page.evaluate("() => window.model.traits.pair") is None
    assert page.evaluate("() => window.model.traits.original[1]").endswith(" again")
    assert "Your own sentences" in page.locator(".compexp-pair-editor").inner_text()


def test_one_label_is_never_both_source_and_target(page):
    repainted(page, lambda: page.get_by_label("to the label").get_by_role("radio", name="entailment").check())
    labels = page.evaluate("() => [window.model.traits.source, window.model.traits.target]")
    assert labels == ["contradiction", "entailment"]


def test_a_click_on_a_unit_asks_its_formula_for_suggestions_and_a_second_one_all(page):
    line = page.locator(".compexp-unit-shift-line").nth(2)
    unit = line.get_attribute("data-unit")
    repainted(page, line.click)
    page.locator(".compexp-suggestions", has_text=f"from unit {unit},").wait_for()
    assert page.get_by_label("unit whose formula suggests edits").input_value() == unit
    repainted(page, page.locator(f".compexp-unit-shift-line[data-unit='{unit}']").click)
    page.locator(".compexp-suggestions", has_text="from all units").wait_for()


def test_an_edit_of_ones_own_is_applied_as_a_suggestion_is(page):
    first = hypothesis(page)
    own = page.get_by_label("an edit of your own")
    apply = own.get_by_role("button", name="apply")
    assert apply.get_attribute("aria-disabled") == "true"
    own.get_by_label("what to do").select_option("append")
    own.get_by_label("words").fill("<b>at</b> night")
    repainted(page, apply.click)
    assert hypothesis(page) == f"{first[:-1]} <b> at </b> night."
    assert page.locator(".compexp-tracked ins").all_inner_texts() == ["< b > at < /b > night"]


def test_a_unit_without_suggestions_says_so(page):
    page.get_by_label("unit whose formula suggests edits").select_option("4")
    page.locator(".compexp-suggestions .compexp-empty", has_text="Choose another unit").wait_for()


def test_an_edit_on_all_pairs_is_counted_and_counted_again_when_its_true_label_is_marked(page):
    does(page, "everywhere").click()
    page.locator(".compexp-accuracy").wait_for()
    assert "flip to contradiction" in page.locator(".compexp-effect-body").inner_text()
    assert "may change" in page.locator(".compexp-warning").inner_text()
    flips = [int(cell.replace(",", "")) for cell in page.locator(".compexp-flips td").all_inner_texts()]
    applicable = page.locator(".compexp-accuracy tbody tr").last.locator("td").first.inner_text()
    assert sum(flips) >= int(applicable.replace(",", ""))
    before = page.locator(".compexp-accuracy").inner_text()
    page.get_by_label("what people would say after the edit").get_by_role("radio", name="contradiction").check()
    page.wait_for_function("before => document.querySelector('.compexp-accuracy').innerText !== before", arg=before)
    page.get_by_label("what people would say after the edit").get_by_role("radio", name="not known").check()
    page.wait_for_function("() => /–/.test(document.querySelector('.compexp-accuracy').innerText)")


def test_examples_are_text_with_tracked_changes_and_a_copy_button(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    does(page, "everywhere").click()
    page.locator(".compexp-effect-pair").first.wait_for()
    assert page.locator(".compexp-effect-pair b").count() == 0
    assert page.locator(".compexp-effect-pair ins").first.inner_text() == "No"
    page.locator(".compexp-effect-pair").first.get_by_role("button", name="copy").click()
    page.wait_for_function("async () => /\\nNo /.test(await navigator.clipboard.readText())")


def test_the_table_of_all_pairs_is_saved_as_csv_without_spreadsheet_formulas(open_page: Callable[..., Page]):
    page = open_page("?widget=text_lab&delay=5&rename=A:=A", ".compexp[data-ideas-id]")
    does(page, "everywhere").click()
    page.locator(".compexp-accuracy").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="save all as CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("pair,id,premise_before")
    assert lines[1].startswith("0,0: generalise,'=A man")


def test_a_search_tells_how_many_were_tried_and_can_be_cancelled(page):
    page.get_by_role("tab", name="smallest edit").click()
    page.get_by_label("rule that keeps the true label").select_option("no new claim")
    assert "claim nothing new" in page.locator(".compexp-smallest").inner_text()
    does(page, "search").click()
    page.locator(".compexp-smallest", has_text="Tried 30 edits").wait_for()
    assert page.locator(".compexp-smallest .compexp-pair").count() > 0
    page.evaluate("() => { window.model.delay = 300; }")
    does(page, "search").click()
    page.locator(".compexp-smallest .compexp-job").get_by_role("button", name="cancel").click()
    page.locator(".compexp-smallest", has_text="not everything was tried").wait_for()


def test_the_smallest_edit_is_applied_to_the_original(page):
    first = hypothesis(page)
    type_behind(page, " xy")
    page.get_by_role("tab", name="smallest edit").click()
    page.get_by_label("rule that keeps the true label").select_option("any edit")
    does(page, "search").click()
    item = page.locator(".compexp-smallest .compexp-pair").first
    page.locator(".compexp-smallest", has_text="Tried 537 edits").wait_for()
    repainted(page, item.get_by_role("button", name="apply").click)
    assert hypothesis(page) == first.replace("person", "nobody")


def test_controls_are_about_the_edit_on_all_pairs_and_end_with_a_verdict(page):
    page.get_by_role("tab", name="does the formula cause it?").click()
    assert does(page, "controls").get_attribute("aria-disabled") == "true"
    does(page, "everywhere").click()
    page.get_by_role("tab", name="does the formula cause it?").click()
    does(page, "controls").click()
    page.locator(".compexp-verdict", has_text="Other words in its place do so").wait_for()
    assert page.locator(".compexp-controls tbody tr").count() == 4
    assert page.locator(".compexp-controls i").count() == 0


def test_a_recipe_is_saved_and_loaded_again(page, tmp_path):
    page.get_by_role("tab", name="recipe").click()
    save = page.get_by_role("button", name="save", exact=True)
    assert save.get_attribute("aria-disabled") == "true"
    repainted(page, does(page, "apply").click)
    edited = hypothesis(page)
    with page.expect_download() as download:
        save.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert json.loads(text)["edits"] == [{"edit": "prepend", "side": "hypothesis", "tokens": ["no"]}]
    repainted(page, does(page, "next").click)
    (tmp_path / "recipe.json").write_text(text, encoding="utf-8")
    repainted(page, lambda: page.locator("input[type=file]").set_input_files(tmp_path / "recipe.json"))
    page.locator(".compexp-recipe", has_text="exactly what it said").wait_for()
    assert hypothesis(page) == edited
    (tmp_path / "recipe.json").write_text("no recipe", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(tmp_path / "recipe.json")
    page.locator(".compexp-notice", has_text="no valid JSON").wait_for()


def test_at_900_pixels_nothing_is_wider_than_the_page(page):
    for width in (1100, 900, 700):
        page.set_viewport_size({"width": width, "height": 1200})
        does(page, "everywhere").click()
        page.locator(".compexp-accuracy").wait_for()
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
