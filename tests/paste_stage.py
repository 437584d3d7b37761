"""PasteLab's picture under a real mouse, in pixels of that picture."""

from __future__ import annotations

from playwright.sync_api import Page


def on_screen(page: Page, point: tuple[float, float], width: int) -> tuple[float, float]:
    """Where a point of the picture, which is so many pixels wide, is in the window."""
    stage = page.locator(".compexp-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None, "the picture is not on the page"
    scale = box["width"] / width
    return box["x"] + point[0] * scale, box["y"] + point[1] * scale


def grasp(page: Page, start: tuple[float, float], end: tuple[float, float], width: int, *, steps: int = 8) -> None:
    """Press the mouse at one point of the picture and move it to another, without letting go."""
    x, y = on_screen(page, start, width)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*on_screen(page, end, width), steps=steps)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], width: int, *, steps: int = 8) -> None:
    """Drag what lies at one point of the picture to another."""
    grasp(page, start, end, width, steps=steps)
    page.mouse.up()
