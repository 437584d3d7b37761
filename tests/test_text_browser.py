"""TextLab used by hand: real typing and clicks in a real JupyterLab, on the embedded demo and on hostile pairs.

What the page says is compared with what the network says in the kernel of the sentences as they are. Every test also
fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_driver import Lab, LabPage, eventually, in_kernel, opened_notebook, run_in_kernel
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

DEMO = """
import compexp_widgets as cw
study, network, asked = cw.demo.nli_study(), cw.demo.nli_network(), cw.demo.nli_network()
lab = cw.TextLab(study, network)
lab
"""
HOSTILE = """
import sys
sys.path.append({tests!r})
from hostile_pairs import pair_network
import compexp_widgets as cw
study, network, asked = cw.open_study("hostile_study"), pair_network(), pair_network()
lab = cw.TextLab(study, network)
lab
"""
SUGGESTED = """
suggested = cw.adversarial.edits_from_formula(study, source="entailment", target="contradiction", count=12)
nobody = next(one.edit for one in suggested if one.edit.description == {nobody!r})
"""
NETWORK = """
import numpy as np
from compexp_widgets.data.pairs.dataset import LABELS, PairDataset
from compexp_widgets.data.pairs.dataset import tokenize
first = lab.pair, lab.original

def tokens(sentence, side):
    # A sentence of the data is made of its own tokens, which may be others than a tokenizer finds.
    if lab.pair is not None and sentence == lab.original[side]:
        return (study.pairs.premises, study.pairs.hypotheses)[side][lab.pair]
    return tokenize(sentence)

def probabilities(sentences):
    typed = PairDataset.of("typed", [(tokens(sentences[0], 0), tokens(sentences[1], 1), None)])
    powers = np.exp(asked.respond(typed, study.configuration.layer).logits[0].astype(float))
    return powers / powers.sum()

def written(probability):
    if not 0.005 <= probability < 0.995:
        return "under .01" if probability < 0.5 else "over .99"
    return f"{probability:.2f}".lstrip("0")

def bars():
    before, after = ([written(one) for one in probabilities(pair)] for pair in (lab.original, lab.edited))
    if lab.original == lab.edited:
        return [label + now for label, now in zip(LABELS, after)]
    return [f"{label}{was} → {now}" for label, was, now in zip(LABELS, before, after)]
"""
RESET = """
with lab.hold_sync():
    lab.source, lab.target, lab.unit, lab.pair = "entailment", "contradiction", None, first[0]
    lab.original = lab.edited = first[1]
"""
NOBODY = "replace the subject of the hypothesis by “nobody”"
MARKUP = """<b>Nobody</b> <img src=x onerror="document.title='taken'">"""


@pytest.fixture(scope="module")
def lab(browser: Browser, jupyterlab: Lab) -> Iterator[LabPage]:
    """The demo's notebook with the lab, its first answer and suggestions shown."""
    cells = [DEMO, NETWORK, SUGGESTED.format(nobody=NOBODY)]
    with opened_notebook(browser, jupyterlab, "demo.ipynb", cells, ".compexp[data-ideas-id]") as lab:
        yield lab


@pytest.fixture(scope="module")
def hostile_text_lab(browser: Browser, hostile_lab: Lab) -> Iterator[LabPage]:
    """The notebook on pairs with markup and quotes in them, its first answer and suggestions shown."""
    cells = [HOSTILE.format(tests=str(Path(__file__).parent)), NETWORK]
    with opened_notebook(browser, hostile_lab, "hostile.ipynb", cells, ".compexp[data-ideas-id]") as lab:
        yield lab


@pytest.fixture
def page(lab: LabPage) -> Iterator[Page]:
    """The demo's page with the pair of the beginning, unedited; checked for troubles afterwards."""
    yield from as_at_first(lab)


@pytest.fixture
def hostile_page(hostile_text_lab: LabPage) -> Iterator[Page]:
    """The page on hostile pairs, unedited; checked for troubles afterwards."""
    yield from as_at_first(hostile_text_lab)


def as_at_first(lab: LabPage) -> Iterator[Page]:
    run_in_kernel(lab, RESET)
    expect(hypothesis(lab.page)).to_have_value(in_kernel(lab, "first[1][1]"))
    as_the_network_says(lab)
    yield lab.page
    assert lab.page.locator(".compexp b, .compexp i, .compexp img").count() == 0
    assert lab.page.title() != "taken"
    assert lab.troubles == []


def hypothesis(page: Page) -> Locator:
    return page.get_by_label("hypothesis", exact=True)


def bars(page: Page) -> Locator:
    """A line for each label, with its probability: before, if there is an edit, and now."""
    return page.locator(".compexp-shift .compexp-share-row")


def as_the_network_says(lab: LabPage) -> list[str]:
    """Wait until the page says of the kernel's sentences what the network says of them; returns the words."""
    said: list[str] = in_kernel(lab, "bars()")
    expect(bars(lab.page)).to_have_text(said)
    return said


def edited(lab: LabPage, sentence: str) -> list[str]:
    """Wait until the kernel's edited hypothesis is this one, and the answer to it is shown; returns the answer."""
    eventually(lab, lambda: in_kernel(lab, "lab.edited[1]"), lambda found: found == sentence)
    expect(hypothesis(lab.page)).to_have_value(sentence)
    return as_the_network_says(lab)


def answer(page: Page) -> Locator:
    return page.locator(".compexp-shift-answer")


def suggestions(page: Page) -> Locator:
    return page.get_by_role("region", name="suggestions", exact=True).get_by_role("listitem")


def suggestion(page: Page, words: str, does: str) -> Locator:
    """A button of the suggestion with these words."""
    return suggestions(page).filter(has_text=words).locator(f"[data-does={does}]:not([aria-disabled=true])")


def test_the_first_answer_and_its_suggestions_need_no_click(page: Page, lab: LabPage):
    expect(answer(page)).to_contain_text("entailment")
    words = in_kernel(lab, "[one.edit.description for one in suggested]")
    expect(suggestions(page)).to_contain_text(words)


def test_what_is_typed_is_answered_as_the_network_answers_it(page: Page, lab: LabPage):
    sentence: str = in_kernel(lab, "first[1][1]")
    field = hypothesis(page)
    field.press("End")
    field.press_sequentially(" Nobody", delay=30)
    halfway = edited(lab, f"{sentence} Nobody")
    field.press_sequentially(" is asleep.", delay=30)
    assert edited(lab, f"{sentence} Nobody is asleep.") != halfway
    expect(page.locator(".compexp-tracked ins")).to_have_text(["Nobody is asleep."])


def test_a_suggestion_shows_the_tracked_change_and_flips_the_prediction(page: Page, lab: LabPage):
    sentence: str = in_kernel(lab, "first[1][1]")
    assert sentence == "The person is sitting."
    suggestion(page, NOBODY, "apply").click()
    edited(lab, "Nobody is sitting.")
    expect(page.locator(".compexp-tracked del")).to_have_text(["The person"])
    expect(page.locator(".compexp-tracked ins")).to_have_text(["Nobody"])
    expect(answer(page)).to_contain_text("contradiction")
    expect(page.locator(".compexp-shift-sentence")).to_contain_text("Flipped as wanted: it was entailment before")
    unit, leaf = in_kernel(lab, "next([one.unit, one.leaf] for one in suggested if one.edit == nobody)")
    expect(page.locator(f"[data-unit='{unit}'] .compexp-unit-shift-leaves")).to_contain_text(f"{leaf} became true")


@pytest.mark.parametrize("way", ["button", "keys"])
def test_undo_brings_the_sentence_before_back_and_redo_the_one_after(page: Page, lab: LabPage, way: str):
    sentence: str = in_kernel(lab, "first[1][1]")
    before = as_the_network_says(lab)
    suggestion(page, NOBODY, "apply").click()
    after = edited(lab, "Nobody is sitting.")

    def step(name: str, keys: str) -> None:
        if way == "keys":
            hypothesis(page).press(keys)
        else:
            page.locator(f"[data-does={name}]").click()

    step("undo", "Control+z")
    assert edited(lab, sentence) == before
    expect(page.locator(".compexp-tracked")).to_have_count(0)
    step("redo", "Control+Shift+z")
    assert edited(lab, "Nobody is sitting.") == after


def test_the_effect_on_all_pairs_is_the_one_that_is_computed_without_the_page(page: Page, lab: LabPage):
    suggestion(page, NOBODY, "everywhere").click()
    expect(page.locator(".compexp-effect-title")).to_have_text(NOBODY, timeout=180_000)
    run_in_kernel(
        lab,
        "effect = cw.adversarial.evaluate_edit(asked, study, nobody)\n"
        "flipped = effect.flipped('contradiction', source='entailment')",
    )
    flips = in_kernel(lab, "effect.flips.ravel().tolist()")
    assert page.locator(".compexp-flips td").all_inner_texts() == [f"{count:,}" for count in flips]
    count, of = in_kernel(lab, "[flipped.successes, flipped.tried]")
    rightly = f"Of the {of:,} that the network rightly calls entailment, {count:,} ({100 * count / of:.0f} %) flip"
    assert rightly in page.locator(".compexp-effect-body").inner_text()
    for row, (before, after) in zip(
        page.locator(".compexp-accuracy tbody tr").all(),
        in_kernel(lab, "effect.accuracy()[['before', 'after']].to_numpy().tolist()"),
        strict=True,
    ):
        shown = [float(cell.removesuffix(" %")) for cell in row.locator("td").all_inner_texts()[1:3]]
        assert shown == pytest.approx([100 * before, 100 * after], abs=0.51)
    assert page.locator(".compexp-effect-pair ins").first.inner_text().lower() == "nobody"


def test_markup_that_is_typed_or_put_into_all_pairs_stays_text(page: Page, lab: LabPage):
    sentence: str = in_kernel(lab, "first[1][1]")
    field = hypothesis(page)
    field.press("End")
    field.press_sequentially(f" {MARKUP}")
    edited(lab, f"{sentence} {MARKUP}")
    expect(page.locator(".compexp-tracked ins")).to_contain_text(["Nobody < /b > < img src=x"])
    own = page.get_by_label("an edit of your own")
    own.get_by_label("words").fill(MARKUP)
    own.get_by_role("button", name="on all pairs").click()
    expect(page.locator(".compexp-effect-title")).to_contain_text(
        "<b> Nobody </b> <img src=x onerror=", timeout=180_000
    )
    page.get_by_label("which pairs").get_by_role("radio", name="do not flip", exact=True).check()
    expect(page.locator(".compexp-effect-pair").first).to_contain_text("Nobody < /b > < img src=x")


def test_a_hostile_pair_that_is_chosen_in_python_is_shown_as_text(hostile_page: Page, hostile_text_lab: LabPage):
    number = in_kernel(
        hostile_text_lab, "next(i for i, words in enumerate(study.pairs.hypotheses) if '<b>girl</b>' in words)"
    )
    run_in_kernel(hostile_text_lab, f"lab.pair = {number}")
    sentence: str = in_kernel(hostile_text_lab, "lab.original[1]")
    assert "<b>girl</b>" in sentence
    expect(hostile_page.locator(".compexp-pair-number")).to_have_value(str(number))
    edited(hostile_text_lab, sentence)


def test_an_edit_of_hostile_pairs_has_controls_and_a_recipe_that_replays(hostile_page: Page, hostile_text_lab: LabPage):
    page = hostile_page
    own = page.get_by_label("an edit of your own")
    own.get_by_label("words").fill("nobody")
    own.get_by_role("button", name="on all pairs").click()
    expect(page.locator(".compexp-effect-title")).to_contain_text("nobody", timeout=180_000)
    page.get_by_role("tab", name="does the formula cause it?").click()
    page.locator("[data-does=controls]").click()
    expect(page.locator(".compexp-verdict")).to_contain_text("The edit turns", timeout=180_000)
    own.get_by_role("button", name="apply").click()
    expect(bars(page)).to_contain_text(["→"] * 3)
    changed, said = hypothesis(page).input_value(), bars(page).all_inner_texts()
    assert changed.startswith("Nobody the <b>girl</b>")
    page.get_by_role("tab", name="recipe").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="save", exact=True).click()
    page.locator("[data-does=undo]").click()
    edited(hostile_text_lab, in_kernel(hostile_text_lab, "first[1][1]"))
    page.locator(".compexp-recipe input[type=file]").set_input_files(download.value.path())
    expect(page.locator(".compexp-recipe")).to_contain_text("exactly what it said")
    expect(hypothesis(page)).to_have_value(changed)
    expect(bars(page)).to_have_text(said, use_inner_text=True)
