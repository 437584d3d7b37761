"""Where the pages lie: a script and a style sheet for each widget, built from the folder page of each."""

from __future__ import annotations

from pathlib import Path

_STATIC = Path(__file__).parents[1] / "static"


def page_source(file: str) -> str:
    """The text of a script or a style sheet.

    Given as a path, anywidget would watch the file for every widget, and hold the widget for as long as Python runs.
    """
    return (_STATIC / file).read_text(encoding="utf-8")
