"""PasteLab's page used by hand, on a recorded kernel: drags, keys, undo, ideas, sweeps, regions.

Every test also fails when the page reports an error or asks for anything outside this machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

RESPONSES = "model.log.filter(({type}) => type === 'response').length"

WASHING_MACHINE = "b93199a84c0ff0b7"
"""The patch that one of the ideas pastes."""


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A kitchen, 224 × 224 pixels without edits, twice as large on the screen."""
    return open_page("?widget=paste_lab&image=11&delay=5")


@pytest.fixture
def pasted(page: Page) -> Page:
    """A washing machine on the picture: 60 × 30 pixels at 40, 100, selected."""
    page.evaluate(
        """(patch) => {
          const edit = {edit: 'paste', patch, left: 40, top: 100, width: 60, height: 30,
                        rotation: 0, flipped: false, opacity: 1};
          model.set('edits', [edit]);
        }""",
        WASHING_MACHINE,
    )
    page.wait_for_selector(".compexp-layer[data-known=true]")
    page.locator(".compexp-edit-name").click()
    page.wait_for_selector(".compexp-stage-frame:not([hidden])")
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the answer about the present edits is painted."""
    page.wait_for_function("""() => {
        const asked = model.log.filter(({type}) => type === 'response').at(-1);
        const root = document.querySelector('.compexp');
        return root.dataset.paintedId === String(asked.id)
          && JSON.stringify(asked.edits) === JSON.stringify(model.get('edits'));
    }""")


def edits(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("model.get('edits')")
    return found


def geometry(page: Page, place: int = 0) -> list[float]:
    edit = edits(page)[place]
    return [edit[name] for name in ("left", "top", "width", "height", "rotation")]


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the picture is in the window."""
    box = page.locator(".compexp-stage").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / 224, box["y"] + y * box["height"] / 224


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one point of the picture to another, in several moves."""
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=8)
    page.mouse.up()


def test_the_first_picture_and_its_prediction_need_no_click(page: Page):
    assert page.locator(".compexp-class-answer").first.inner_text().startswith("kitchen")
    expect(page.locator(".compexp-idea")).to_have_count(8)
    expect(page.locator(".compexp-patch")).to_have_count(7)


def test_a_drag_moves_the_patch_and_is_one_step(pasted: Page):
    drag(pasted, (70, 112), (100, 62))
    settle(pasted)
    assert geometry(pasted) == [70, 50, 60, 30, 0]
    pasted.keyboard.press("Control+z")
    assert geometry(pasted) == [40, 100, 60, 30, 0]
    pasted.keyboard.press("Control+Shift+z")
    assert geometry(pasted) == [70, 50, 60, 30, 0]


def test_while_the_pointer_is_down_the_patch_follows_and_the_kernel_is_not_asked(pasted: Page):
    sent = pasted.evaluate(RESPONSES)
    layer = pasted.locator(".compexp-layer")
    before = layer.get_attribute("style")
    pasted.mouse.move(*on_screen(pasted, 70, 112))
    pasted.mouse.down()
    pasted.mouse.move(*on_screen(pasted, 90, 122), steps=5)
    pasted.wait_for_function(
        "before => document.querySelector('.compexp-layer').getAttribute('style') !== before", arg=before
    )
    assert pasted.locator(".compexp-number-fields input").first.input_value() == "60"
    assert geometry(pasted)[:2] == [40, 100]
    assert pasted.evaluate(RESPONSES) == sent
    pasted.keyboard.press("Escape")
    pasted.mouse.up()
    assert geometry(pasted)[:2] == [40, 100]
    assert pasted.evaluate(RESPONSES) == sent


def test_a_corner_keeps_the_ratio_and_the_opposite_corner(pasted: Page):
    drag(pasted, (100, 125), (160, 150))
    left, top, width, height, _ = geometry(pasted)
    assert (left, top, width / height) == (40, 100, 2)
    assert abs(width - 120) <= 2


def test_shift_frees_the_ratio(pasted: Page):
    pasted.keyboard.down("Shift")
    drag(pasted, (40, 100), (20, 110))
    pasted.keyboard.up("Shift")
    assert geometry(pasted) == [20, 110, 80, 20, 0]


def test_the_upper_handle_turns_in_steps_with_shift(pasted: Page):
    handle = pasted.locator(".compexp-handle-turn").bounding_box()
    assert handle is not None
    pasted.keyboard.down("Shift")
    pasted.mouse.move(handle["x"] + 7, handle["y"] + 7)
    pasted.mouse.down()
    pasted.mouse.move(*on_screen(pasted, 120, 114), steps=6)
    pasted.mouse.up()
    pasted.keyboard.up("Shift")
    assert geometry(pasted) == [40, 100, 60, 30, 90]


def test_arrow_keys_move_by_one_or_ten_and_are_undone_together(pasted: Page):
    pasted.keyboard.press("ArrowRight")
    pasted.keyboard.press("ArrowRight")
    pasted.keyboard.press("Shift+ArrowUp")
    assert geometry(pasted)[:2] == [42, 90]
    pasted.keyboard.press("Control+z")
    assert geometry(pasted)[:2] == [40, 100]


def test_keys_flip_resize_and_remove(pasted: Page):
    pasted.keyboard.press("f")
    assert edits(pasted)[0]["flipped"] is True
    pasted.keyboard.press("]")
    assert geometry(pasted)[2] > 60
    pasted.keyboard.press("Delete")
    assert edits(pasted) == []
    pasted.keyboard.press("Control+z")
    assert len(edits(pasted)) == 1


def test_a_number_that_is_typed_places_the_patch(pasted: Page):
    pasted.get_by_label("width, in pixels").fill("120")
    pasted.keyboard.press("Enter")
    assert geometry(pasted)[2:4] == [120, 60]


def test_no_key_reaches_the_notebook(pasted: Page):
    pasted.evaluate("() => { window.heard = []; addEventListener('keydown', ({key}) => heard.push(key)) }")
    for key in ("b", "ArrowDown", "Delete", "Control+z"):
        pasted.locator(".compexp-stage").press(key)
    assert pasted.evaluate("heard") == []
    assert pasted.locator(".compexp").get_attribute("data-lm-suppress-shortcuts") == "true"


def test_an_idea_is_placed_with_one_click_and_flips_the_prediction(page: Page):
    page.get_by_role("button", name="place: paste washing machine").click()
    settle(page)
    assert edits(page)[0]["patch"] == WASHING_MACHINE
    assert page.locator(".compexp-class-answer").nth(1).inner_text().startswith("laundry room")
    assert "Flipped from kitchen to laundry room" in page.locator(".compexp-flip-words").first.inner_text()
    page.get_by_role("button", name="undo").click()
    settle(page)
    assert page.locator(".compexp-class-answer").count() == 1


def test_the_answer_is_told_with_its_times(pasted: Page):
    pasted.keyboard.press("ArrowLeft")
    settle(pasted)
    told = pasted.evaluate("paintings.at(-1)")
    assert told["requested_at"] <= told["replied_at"] <= told["painted_at"]


def test_a_cell_of_a_sweep_places_the_patch(page: Page):
    page.get_by_role("button", name="place: paste washing machine").click()
    settle(page)
    page.get_by_role("tab", name="Sweep").click()
    page.get_by_role("button", name="sweep this patch").click()
    page.wait_for_function(
        "document.querySelectorAll('.compexp-sweep-cell[data-outcome]:not([data-outcome=\"\"])').length === 216"
    )
    assert "216 placements: " in page.locator(".compexp-sweep-counts").inner_text()
    cell = page.locator(".compexp-sweep-map").nth(5).locator(".compexp-sweep-cell").nth(7)
    words = cell.get_attribute("aria-label") or ""
    cell.click()
    settle(page)
    left, top, width, height, _ = geometry(page)
    assert words.startswith(f"{max(width, height)} pixels large at x {left}, y {top}: ".replace("-", "−"))
    assert len(edits(page)) == 1


def test_a_patch_is_dragged_from_the_list_onto_the_picture(page: Page):
    tile = page.locator(".compexp-patch").first.bounding_box()
    assert tile is not None
    page.mouse.move(tile["x"] + 40, tile["y"] + 40)
    page.mouse.down()
    page.mouse.move(*on_screen(page, 60, 70), steps=8)
    page.mouse.up()
    (edit,) = edits(page)
    assert abs(edit["left"] + edit["width"] / 2 - 60) <= 1
    assert abs(edit["top"] + edit["height"] / 2 - 70) <= 1


def test_a_patch_let_go_beside_the_picture_is_not_placed(page: Page):
    tile = page.locator(".compexp-patch").first.bounding_box()
    assert tile is not None
    page.mouse.move(tile["x"] + 40, tile["y"] + 40)
    page.mouse.down()
    page.mouse.move(tile["x"] + 400, tile["y"] + 40, steps=5)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert edits(page) == []


def test_patches_are_found_by_formula_and_a_wrong_one_says_where(page: Page):
    field = page.get_by_label("search patches by concept or formula")
    field.fill("sailboat AND NOT pier")
    field.press("Enter")
    page.locator(".compexp-patch", has_text="sailboat AND NOT pier").first.wait_for()
    assert page.locator(".compexp-patch", has_not_text="sailboat AND NOT pier").count() == 0
    field.fill("hous OR nothere")
    field.press("Enter")
    page.wait_for_selector(".compexp-patches .compexp-editor-error:not([hidden])")
    assert "No concept is called hous" in page.locator(".compexp-patches .compexp-editor-message").inner_text()


def test_a_region_is_recoloured_in_the_picture_that_is_shown(page: Page):
    pixel = """() => {
          const canvas = document.querySelector('.compexp-stage-base');
          const [x, y] = [canvas.width / 10, 0.95 * canvas.height];
          return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
        }"""
    before = page.evaluate(pixel)
    page.get_by_role("button", name="recolour…").click()
    page.locator(".compexp-present").get_by_role("button", name="floor", exact=True).click()
    page.get_by_text("floor holds on").wait_for()
    page.get_by_role("button", name="red", exact=True).click()
    page.locator(".compexp-region-form").get_by_role("button", name="apply").click()
    page.wait_for_function("model.get('edits').length === 1")
    assert edits(page) == [{"edit": "recolour", "formula": "floor", "colour": [200, 40, 40], "strength": 1}]
    page.wait_for_function(f"before => String(({pixel})()) !== String(before)", arg=before)
    red, green, blue, _ = page.evaluate(pixel)
    assert red > 1.5 * max(green, blue)


def test_edits_that_the_kernel_sets_show_with_their_patches(page: Page):
    page.evaluate(
        """() => model.set('edits', [{edit: 'paste', patch: 'f854aa15283d88d1', left: 10, top: 10, width: 30,
                                       height: 55,
                                       rotation: 0, flipped: false, opacity: 1}])"""
    )
    page.wait_for_selector(".compexp-layer[data-patch=f854aa15283d88d1][data-known=true]")
    assert page.locator(".compexp-edit-name").inner_text() == "paste cabin"


def test_a_search_says_how_many_were_tried_and_its_best_can_be_placed(page: Page):
    page.wait_for_selector(".compexp-idea")
    page.get_by_role("combobox", name="wanted class").click()
    page.get_by_role("option", name="any other class").click()
    page.get_by_role("button", name="search the smallest edit").click()
    page.wait_for_function(
        "/^tried [0-9,]+ placements · flipped [0-9]+$/.test(document.querySelector('.compexp-job-words').textContent)",
        timeout=20_000,
    )
    page.get_by_role("button", name="place the best edit").click()
    settle(page)
    assert "Flipped" in page.locator(".compexp-flip-words").first.inner_text()


def test_a_search_can_be_cancelled(page: Page):
    page.wait_for_selector(".compexp-idea")
    page.evaluate("model.delay = 60")
    page.get_by_role("button", name="search the smallest edit").click()
    page.wait_for_function("document.querySelector('.compexp-job-words').textContent.startsWith('tried')")
    page.get_by_role("button", name="cancel").click()
    page.wait_for_function("document.querySelector('.compexp-job-words').textContent.includes('then stopped')")


def test_controls_and_other_networks_answer_in_tables(page: Page):
    page.get_by_role("button", name="place: paste washing machine").click()
    settle(page)
    page.get_by_role("tab", name="Controls").click()
    page.get_by_role("button", name="run the controls").click()
    page.locator(".compexp-tool:not([hidden]) .compexp-flip-words", has_text="into laundry room").wait_for()
    assert page.locator(".compexp-tool:not([hidden]) tbody tr").count() > 3
    page.get_by_role("tab", name="Other networks").click()
    page.get_by_role("button", name="show it to 2 other networks").click()
    page.wait_for_function("document.querySelectorAll('.compexp-tool:not([hidden]) tbody tr').length === 3")


def test_a_recipe_that_is_saved_can_be_loaded(pasted: Page, tmp_path: Path):
    pasted.get_by_role("tab", name="Recipe").click()
    with pasted.expect_download() as download:
        pasted.get_by_role("button", name="save").click()
    file = tmp_path / "kept.json"
    download.value.save_as(file)
    kept = edits(pasted)
    assert [edit["edit"] for edit in json.loads(file.read_text(encoding="utf-8"))["edits"]] == ["paste"]
    pasted.locator(".compexp-stage").press("Delete")
    assert edits(pasted) == []
    pasted.locator("input[accept*=json]").set_input_files(file)
    pasted.wait_for_function("model.get('edits').length === 1")
    assert edits(pasted) == kept
    assert "to the last bit" in pasted.locator(".compexp-tool:not([hidden]) [role=status]").inner_text()


def test_a_patch_and_a_picture_of_ones_own_are_taken(page: Page, tmp_path: Path):
    Image.new("RGBA", (40, 20), (255, 0, 0, 128)).save(tmp_path / "<b>mine.png")
    page.locator("section.compexp-patches input[type=file]").set_input_files(tmp_path / "<b>mine.png")
    page.wait_for_function("model.get('edits').length === 1")
    assert page.locator(".compexp-edit-name").inner_text() == "paste <b>mine.png"
    Image.new("RGB", (300, 150), (250, 250, 250)).save(tmp_path / "white.png")
    page.locator(".compexp-paste-choices input[type=file]").set_input_files(tmp_path / "white.png")
    page.wait_for_function("model.get('image') === -1")
    settle(page)
    box = page.locator(".compexp-stage").bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 2) < 0.02


def test_a_file_that_is_no_picture_is_refused_with_words(page: Page, tmp_path: Path):
    (tmp_path / "notes.png").write_text("no picture", encoding="utf-8")
    page.locator("section.compexp-patches input[type=file]").set_input_files(tmp_path / "notes.png")
    page.wait_for_selector(".compexp-notice:not([hidden])")
    assert "'notes.png' is no readable picture" in page.locator(".compexp > .compexp-notice").inner_text()


def test_names_from_data_are_text(open_page: Callable[..., Page]):
    page = open_page(f"?widget=paste_lab&image=11&delay=5&rename=kitchen:{quote('<img src=x onerror=alert(1)>')}")
    page.wait_for_selector(".compexp-idea")
    page.get_by_label("unit to watch").fill("8")
    page.keyboard.press("Enter")
    settle(page)
    assert page.locator(".compexp-class-answer").first.inner_text().startswith("<img src=x")
    assert page.locator(".compexp img[src=x], .compexp b").count() == 0


@pytest.mark.parametrize("width", [1100, 900, 640])
def test_nothing_is_wider_than_the_page(pasted: Page, width: int):
    pasted.set_viewport_size({"width": width, "height": 900})
    for tab in ("Suggest", "Sweep", "Controls", "Other networks", "Recipe"):
        pasted.get_by_role("tab", name=tab).click()
        assert pasted.evaluate("document.documentElement.scrollWidth") <= width
