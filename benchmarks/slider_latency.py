"""How long the explorer takes to repaint a unit's card after the quantile slider moved, in a real browser.

    python benchmarks/slider_latency.py [--changes 20] [--study FOLDER]

Opens JupyterLab with VisionExplorer on the demo (or a study of your own), moves the slider step by step, and prints the
milliseconds from the change to the finished repaint, pictures included. Needs Chromium or Chrome.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from lab_driver import notebook_page

LISTEN = """() => {
  window.painted = [];
  document.addEventListener('compexp:painted', event => window.painted.push(event.detail));
}"""


def main() -> None:
    """Move the slider and print how long the answers took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--study", help="folder of a study; without it, the demo")
    options = parser.parse_args()
    study = f"cw.open_study({options.study!r})" if options.study else "cw.demo.vision_study()"
    cell = f"import compexp_widgets as cw\ncw.VisionExplorer({study})"
    with notebook_page([cell], ".compexp[data-painted-id]") as lab:
        milliseconds = _move(lab.page, options.changes)
    print(f"{len(milliseconds)} changes of the quantile")
    print(f"repainted after {median(milliseconds):.0f} ms (median), {max(milliseconds):.0f} ms (slowest)")


def _move(page: Any, changes: int) -> list[float]:
    """Milliseconds from each change to its repaint; half the changes go up, half back."""
    page.wait_for_timeout(3000)  # the table is filled meanwhile
    page.evaluate(LISTEN)
    page.locator(".compexp-slider[aria-label=quantile]").focus()
    milliseconds: list[float] = []
    for change in range(changes):
        page.keyboard.press("ArrowRight" if change < changes / 2 else "ArrowLeft")
        page.wait_for_function("seen => window.painted.length > seen", arg=change)
        painted = page.evaluate("() => window.painted.at(-1)")
        milliseconds.append(painted["painted_at"] - painted["requested_at"])
        page.wait_for_timeout(200)
    return milliseconds


if __name__ == "__main__":
    main()
