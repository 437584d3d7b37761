"""An answer keeps its own name until the next one comes, on every page, on recorded kernels.

The kernel is slow, fails, or is gone; in each case the page says so where one looks, and withdraws it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

# Messages of a type are answered, held back until `release` is called, or answered with an error.
GATE = """() => {
  const answer = model.answer.bind(model);
  const held = [];
  window.gate = {};
  model.answer = (message, buffers) => {
    const fate = window.gate[message.type];
    const no = { type: 'error', id: message.id, finished: true, message: 'the kernel says no', detail: '' };
    if (fate === 'fail') model.emit(no);
    else if (fate === 'hold') held.push(() => answer(message, buffers));
    else answer(message, buffers);
  };
  window.release = () => { window.gate = {}; held.splice(0).forEach((one) => one()); };
}"""

NOTICE = ".compexp-notice-here:not([hidden])"


@pytest.fixture
def gated(open_page: Callable[..., Page]) -> Callable[[str], Page]:
    """Opens a page of the harness, painted, with a gate before its kernel."""

    def opened(name: str, wishes: str = "&unit=3") -> Page:
        page = open_page(f"?widget={name}&delay=5{wishes}")
        page.evaluate(GATE)
        return page

    return opened


@pytest.mark.parametrize("name", ["vision_explorer", "nli_explorer"])
def test_a_card_keeps_its_name_until_another_comes_and_says_that_one_did_not(gated, name):
    page = gated(name)
    heading, card = page.locator(".compexp-card h2"), page.locator(".compexp-card")
    formula = page.locator(".compexp-answer-words").inner_text()
    page.evaluate("gate.card = 'hold'; model.set('unit', 5)")
    expect(card).to_have_attribute("aria-busy", "true")
    assert heading.inner_text() == "unit 3"
    page.evaluate("release()")
    expect(heading).to_have_text("unit 5")
    expect(card).to_have_attribute("aria-busy", "false")
    page.evaluate("gate.card = 'fail'; model.set('unit', 3)")
    expect(card.locator(NOTICE)).to_contain_text("the kernel says no unit 3 is not shown; what stands here is unit 5.")
    assert heading.inner_text() == "unit 5"
    page.evaluate("gate = {}")
    card.locator(NOTICE).get_by_role("button", name="try again").click()
    expect(heading).to_have_text("unit 3")
    expect(card.locator(NOTICE)).to_have_count(0)
    assert page.locator(".compexp-answer-words").inner_text() == formula


def test_after_a_restart_of_the_kernel_the_card_keeps_its_name_and_the_page_says_what_happened(gated):
    page = gated("vision_explorer")
    page.evaluate(
        """() => {
          gate.card = 'hold';
          model.set('unit', 5);
          model.kernelTold.forEach((tell) => tell(null, 'restarting'));
        }"""
    )
    expect(page.locator(f".compexp-card {NOTICE}")).to_contain_text("run the cell again")
    expect(page.locator(".compexp > .compexp-notice")).to_contain_text("What stands here was answered before")
    assert page.locator(".compexp-card h2").inner_text() == "unit 3"


def test_the_pictures_tab_that_is_marked_is_the_one_that_is_shown(gated):
    page = gated("vision_explorer")
    page.evaluate("gate.card = 'fail'")
    page.get_by_role("tab", name="formula holds").click()
    expect(page.locator(f".compexp-card {NOTICE}")).to_be_visible()
    expect(page.get_by_role("tab", name="fires most")).to_have_attribute("aria-selected", "true")


def test_an_answer_does_not_stand_under_a_typed_pair_that_was_not_answered(gated):
    page = gated("nli_explorer")
    bars, probe = page.locator(".compexp-probe-bars"), page.locator(".compexp-probe")
    expect(bars).to_be_visible()
    page.evaluate("gate.probe = 'fail'")
    probe.get_by_label("premise").fill("far too long")
    expect(probe.locator(NOTICE)).to_contain_text("the kernel says no")
    expect(bars).to_be_hidden()
    page.evaluate("gate = {}")
    probe.get_by_label("premise").fill("short")
    expect(bars).to_be_visible()
    expect(probe.locator(NOTICE)).to_have_count(0)


def test_patches_do_not_stand_under_a_query_that_did_not_find_them(gated):
    page = gated("paste_lab", "&image=11")
    patches = page.locator(".compexp-patch")
    page.evaluate("model.set('query', 'sailboat')")
    expect(patches.first).to_be_visible()
    page.evaluate("model.set('query', 'no such concept')")
    expect(patches).to_have_count(0)
    page.evaluate("model.set('query', 'sailboat')")
    expect(patches.first).to_be_visible()
    page.evaluate("gate.patches = 'fail'; model.set('query', 'tree')")
    expect(page.locator(f".compexp-found-patches {NOTICE}")).to_contain_text("the kernel says no")
    expect(patches).to_have_count(0)
    page.evaluate("gate = {}; model.set('query', 'sailboat')")
    expect(patches.first).to_be_visible()
    expect(page.locator(f".compexp-found-patches {NOTICE}")).to_have_count(0)


def test_a_prediction_that_did_not_come_is_told_beside_the_one_before(gated):
    page = gated("paste_lab", "&image=11")
    answers = page.locator(".compexp-paste-middle")
    page.evaluate("gate.response = 'hold'; model.set('target', 2)")
    expect(answers).to_have_attribute("aria-busy", "true")
    page.evaluate("release(); gate.response = 'fail'; model.set('target', 1)")
    expect(answers.locator(NOTICE)).to_contain_text("What stands here is the answer to the edits before.")
    page.evaluate("gate = {}; model.set('target', 0)")
    expect(answers.locator(NOTICE)).to_have_count(0)
    expect(answers).to_have_attribute("aria-busy", "false")


def test_textlab_shows_no_answer_to_sentences_that_were_not_answered(gated):
    page = gated("text_lab", "")
    answer, right = page.locator(".compexp-text-answer"), page.locator(".compexp-text-right")
    page.evaluate("gate.response = 'fail'; model.set('edited', ['far too long', 'far too long'])")
    expect(right.locator(NOTICE)).to_contain_text("the kernel says no")
    expect(answer).to_be_hidden()
    page.evaluate("gate = {}; model.set('edited', model.get('original'))")
    expect(answer).to_be_visible()
    expect(right.locator(NOTICE)).to_have_count(0)
