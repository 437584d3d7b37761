"""PasteLab used by hand: real clicks, drags and keys in a real JupyterLab, on the embedded demo.

What the page says is compared with what a probed of the kernel's own, which the widget does not know of, says of the
edits as they are. Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lab_driver import Lab, LabPage, eventually, in_kernel, opened_notebook, run_in_kernel
from paste_stage import drag, grasp
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

LAB = """
import compexp_widgets as cw
study = cw.demo.vision_study()
network = cw.demo.vision_network()
street = next(i for i, image in enumerate(study.dataset.images) if "street" in image.name and image.split == "val")
fire_station = network.class_names.index("fire station")
lab = cw.PasteLab(study, network, image=street, target=fire_station)
lab
"""
BENCH = """
import numpy as np
from compexp_widgets.adversarial import Paste, Placement
probed = cw.adversarial.ProbedNetwork(study, cw.demo.vision_network())

def placement(edit):
    return Placement(**{name: value for name, value in edit.items() if name not in ("edit", "patch")})

def responses():
    shown = [study.dataset.picture(lab.image)]
    for one, edit in zip(lab.picture_edits, lab.edits):
        shown.append(Paste(one.patch, placement(edit)).on(shown[-1]))
    return [probed.respond(picture) for picture in (shown[0], shown[-1])[: len(shown)]]

def score(probability):
    return "1.00" if probability >= 0.9995 else f"{probability:.3f}".lstrip("0")

def answers():
    return [f"{network.class_names[one.predicted]} {score(one.probabilities.max())}" for one in responses()]
"""
RESET = """
with lab.hold_sync():
    lab.image, lab.edits, lab.units, lab.target = street, [], [], fire_station
"""

Edits = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lab(browser: Browser, jupyterlab: Lab) -> Iterator[LabPage]:
    """A notebook with the lab on a street that is to become a fire station, its prediction painted."""
    with opened_notebook(browser, jupyterlab, "paste.ipynb", [LAB, BENCH], ".compexp[data-painted-id]") as lab:
        yield lab


@pytest.fixture(scope="module")
def ideas(lab: LabPage) -> list[str]:
    """What the lab suggests for the street as it is."""
    expect(fire_engine(lab.page)).to_be_visible()
    return lab.page.locator(".compexp-idea-words .compexp-strong").all_inner_texts()


@pytest.fixture
def page(lab: LabPage, ideas: list[str]) -> Iterator[Page]:
    """The page with the street, without edits; checked for troubles afterwards."""
    run_in_kernel(lab, RESET)
    expect(answers(lab.page)).to_have_count(1)
    expect(lab.page.locator(".compexp-idea-words .compexp-strong")).to_have_text(ideas)
    yield lab.page
    assert lab.troubles == []


@pytest.fixture
def pasted(page: Page, lab: LabPage) -> Page:
    """A fire engine on the street as the lab suggests it, selected."""
    fire_engine(page).click()
    edits(lab, lambda found: len(found) == 1)
    page.wait_for_selector(".compexp-layer[data-known=true]")
    page.wait_for_selector(".compexp-stage-frame:not([hidden])")
    as_the_kernel_says(page, lab)
    return page


def answers(page: Page) -> Locator:
    """The class and its probability: before and, once there are edits, after."""
    return page.locator(".compexp-class-answer")


def fire_engine(page: Page) -> Locator:
    return page.get_by_role("button", name="place: paste fire engine", exact=True)


def edits(lab: LabPage, holds: Callable[[Edits], bool] = bool) -> Edits:
    """The kernel's edits, once they are as they should be."""
    return eventually(lab, lambda: in_kernel(lab, "lab.edits"), holds)


def as_the_kernel_says(page: Page, lab: LabPage) -> list[str]:
    """Wait until the page says of the kernel's edits what the probed says of them; returns the words."""
    said: list[str] = in_kernel(lab, "answers()")
    expect(answers(page)).to_have_text(said)
    return said


def middle(edit: dict[str, Any]) -> tuple[float, float]:
    return edit["left"] + edit["width"] / 2, edit["top"] + edit["height"] / 2


def width(lab: LabPage) -> int:
    """Of the picture, in its own pixels."""
    found: int = in_kernel(lab, "study.dataset.picture(lab.image).width")
    return found


def test_the_first_picture_and_its_prediction_need_no_click(page: Page, lab: LabPage):
    assert as_the_kernel_says(page, lab)[0].startswith("street ")
    shown = page.evaluate(
        """() => {
          const canvas = document.querySelector('.compexp-stage-base');
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          return [0, 1, 2].map(part => pixels.filter((_, at) => at % 4 === part).length
            && pixels.reduce((sum, value, at) => at % 4 === part ? sum + value : sum, 0) / (pixels.length / 4));
        }"""
    )
    mean = in_kernel(lab, "np.asarray(study.dataset.picture(street)).mean(axis=(0, 1)).tolist()")
    assert shown == pytest.approx(mean, abs=2)


def test_the_suggested_fire_engine_makes_a_fire_station_of_the_street(page: Page, lab: LabPage):
    fire_engine(page).click()
    (edit,) = edits(lab)
    before, after = as_the_kernel_says(page, lab)
    assert edit["edit"] == "paste"
    assert before.startswith("street ")
    assert after.startswith("fire station ")
    expect(page.locator(".compexp-flip-words").first).to_contain_text("Flipped from street to fire station, as wanted.")


def test_a_drag_moves_the_patch_in_the_kernel_once_it_is_let_go(pasted: Page, lab: LabPage):
    (before,) = edits(lab)
    said = as_the_kernel_says(pasted, lab)
    x, y = middle(before)
    grasp(pasted, (x, y), (x + 90, y - 100), width(lab))
    pasted.wait_for_function(
        "left => document.querySelector('.compexp-number-fields input').value !== left", arg=str(before["left"])
    )
    assert edits(lab) == [before]
    pasted.mouse.up()
    (after,) = edits(lab, lambda found: found != [before])
    assert after["left"] == pytest.approx(before["left"] + 90, abs=1)
    assert after["top"] == pytest.approx(before["top"] - 100, abs=1)
    assert {**after, "left": before["left"], "top": before["top"]} == before
    assert as_the_kernel_says(pasted, lab) != said


@pytest.mark.parametrize("way", ["button", "keys"])
def test_undo_brings_the_edit_before_back_and_redo_the_one_after(pasted: Page, lab: LabPage, way: str):
    before = edits(lab)
    said = as_the_kernel_says(pasted, lab)
    start = middle(before[0])
    drag(pasted, start, (start[0] - 30, start[1] - 90), width(lab))
    after = edits(lab, lambda found: found != before)
    as_the_kernel_says(pasted, lab)
    cells = pasted.locator(".jp-Notebook .jp-Cell").count()

    def step(name: str, keys: str) -> None:
        if way == "keys":
            pasted.keyboard.press(keys)
        else:
            pasted.get_by_role("button", name=name, exact=True).click()

    step("undo", "Control+z")
    edits(lab, lambda found: found == before)
    assert as_the_kernel_says(pasted, lab) == said
    step("redo", "Control+Shift+z")
    edits(lab, lambda found: found == after)
    assert as_the_kernel_says(pasted, lab) != said
    assert pasted.locator(".jp-Notebook .jp-Cell").count() == cells


def test_arrow_keys_move_the_patch_by_one_pixel_and_with_shift_by_ten(pasted: Page, lab: LabPage):
    (before,) = edits(lab)
    for key, moved in (
        ("ArrowRight", (1, 0)),
        ("ArrowDown", (1, 1)),
        ("ArrowLeft", (0, 1)),
        ("ArrowUp", (0, 0)),
        ("Shift+ArrowUp", (0, -10)),
    ):
        pasted.keyboard.press(key)
        there = [{**before, "left": before["left"] + moved[0], "top": before["top"] + moved[1]}]
        edits(lab, lambda found, there=there: found == there)
    as_the_kernel_says(pasted, lab)


def test_a_patch_that_the_kernel_pastes_shows_and_can_be_taken_away_by_hand(page: Page, lab: LabPage):
    run_in_kernel(
        lab, "tree = cw.adversarial.PatchLibrary(study).find('tree', count=1)[0].patch\nlab.paste(tree, 20, 30, 60)"
    )
    page.wait_for_selector(".compexp-layer[data-known=true]")
    as_the_kernel_says(page, lab)
    page.get_by_role("button", name="paste tree", exact=True).click()
    page.keyboard.press("Delete")
    edits(lab, lambda found: found == [])
    as_the_kernel_says(page, lab)


def test_keys_for_the_picture_do_not_reach_the_notebook(pasted: Page, lab: LabPage):
    cells = pasted.locator(".jp-Notebook .jp-Cell").count()
    for key in ("b", "a", "d", "d", "f"):
        pasted.keyboard.press(key)
    edits(lab, lambda found: found[0]["flipped"] is True)
    assert pasted.locator(".jp-Notebook .jp-Cell").count() == cells


def test_a_sweep_runs_and_its_cells_place_the_patch(pasted: Page, lab: LabPage):
    pasted.get_by_role("tab", name="Sweep", exact=True).click()
    pasted.get_by_role("button", name="sweep this patch", exact=True).click()
    expect(pasted.locator(".compexp-tool:not([hidden]) .compexp-job-words")).to_have_text(
        "tried 216 placements", timeout=300_000
    )
    successes = pasted.locator(".compexp-sweep-cell[data-outcome=s]")
    words = pasted.locator(".compexp-sweep-counts").inner_text()
    assert f"216 placements: {successes.count()} reach fire station (success)" in words
    for cell, reached in (
        (successes.first, True),
        (pasted.locator(".compexp-sweep-cell[data-outcome=f]").nth(50), False),
    ):
        place_a_cell(pasted, lab, cell, reached)


def place_a_cell(page: Page, lab: LabPage, cell: Locator, reached: bool) -> None:
    """Click a cell, and see that the patch lies there and that the network says what the cell promised."""
    label = (cell.get_attribute("aria-label") or "").replace("−", "-")
    promised = re.fullmatch(r"(\d+) pixels large at x (-?\d+), y (-?\d+): [a-z ]+, fire station (.+ %)", label)
    assert promised, label
    size, left, top = map(int, promised.groups()[:3])
    cell.click()
    (edit,) = edits(lab, lambda found: (found[0]["left"], found[0]["top"]) == (left, top))
    assert max(edit["width"], edit["height"]) == size
    assert as_the_kernel_says(page, lab)[-1].startswith("fire station ") is reached
    probability = in_kernel(lab, "float(responses()[-1].probabilities[fire_station])")
    assert promised[4] in percentages(probability)


def percentages(probability: float) -> set[str]:
    """A share as the page writes it, and as it writes its neighbours: a batch may answer in another last bit."""
    return {percentage(probability + step) for step in (-1e-5, 0.0, 1e-5)}


def percentage(share: float) -> str:
    percent = 100 * share
    if percent < 0.095:
        return "under 0.1 %" if percent > 0 else "0 %"
    if percent >= 99.5:
        return "over 99 %"
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %".replace(".0 %", " %")
