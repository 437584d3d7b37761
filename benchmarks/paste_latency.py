"""How long PasteLab takes to answer after a patch was let go, in a real browser, and how smoothly the patch is dragged.

    python benchmarks/paste_latency.py [--moves 20] [--network resnet18] [--dark]

Opens JupyterLab with PasteLab on the demo, or on ResNet-18 of torchvision with random weights, whose layer4 is
dissected on a few pictures of the demo at 224 × 224. Drags a patch to a new place again and again, and prints the
milliseconds from the release of the mouse to the painted answer: predictions, units, overlays and formulas before and
after. Then drags it in circles for two seconds and prints the frames a second. Needs Chromium or Chrome.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from lab_driver import LabPage, in_kernel, notebook_page
from paste_stage import grasp, on_screen

STUDIES = {
    "demo": "study, network = cw.demo.vision_study(), cw.demo.vision_network()",
    "resnet18": """
from dataclasses import replace
data = cw.demo.vision_data()
names = [f"class {number}" for number in range(1000)]
network = cw.load_network("torchvision:resnet18", weights=None, class_names=names)
study = cw.dissect(network, "layer4", replace(data, images=data.images[:: len(data) // 12]), "study")
study.explain()
""",
}
LAB = """
patch = cw.adversarial.PatchLibrary(study).find("tree", count=1)[0].patch
lab = cw.PasteLab(study, network)
lab.paste(patch, 60, 60, 80)
lab
"""

LISTEN = """() => {
  window.paintings = [];
  document.addEventListener('compexp:painted', event => window.paintings.push(event.detail));
  document.addEventListener('pointerup', event => { window.released = event.timeStamp }, true);
}"""
WATCH = """() => {
  const layer = document.querySelector('.compexp-layer');
  window.watched = [];
  const look = now => {
    window.watched.push([now, layer.style.transform]);
    window.watching = requestAnimationFrame(look);
  };
  window.watching = requestAnimationFrame(look);
}"""
WATCHED = "() => { cancelAnimationFrame(window.watching); return window.watched }"

REST = 500
"""Milliseconds between two moves; as long as a person takes at least, and ideas are looked for meanwhile."""


def main() -> None:
    """Drag a patch about, and print how long the answers took and how many frames there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--network", choices=sorted(STUDIES), default="demo")
    parser.add_argument("--dark", action="store_true", help="with JupyterLab's dark theme")
    options = parser.parse_args()
    cells = ["import compexp_widgets as cw", STUDIES[options.network], LAB]
    with notebook_page(cells, ".compexp[data-painted-id]", dark=options.dark, seconds=600) as lab:
        answers = _move(lab, options.moves)
        frames = _circle(lab, seconds=2)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.network}")
    print(f"{len(answers)} moves of a patch")
    for what, milliseconds in (
        ("kernel's answer", [one for one, _ in answers]),
        ("painted", [one for _, one in answers]),
    ):
        print(
            f"{what:16s} {median(milliseconds):.0f} ms after the release (median), {max(milliseconds):.0f} ms (slowest)"
        )
    print(frames)


def _move(lab: LabPage, moves: int) -> list[tuple[float, float]]:
    """Milliseconds from each release to the kernel's answer and to the painted one; no place comes twice."""
    page = lab.page
    page.wait_for_selector(".compexp-layer[data-known=true]")
    page.wait_for_selector(".compexp-idea-panel .compexp-strong", timeout=300_000)
    page.evaluate(LISTEN)
    width: int = in_kernel(lab, "study.dataset.picture(lab.image).width")
    answers: list[tuple[float, float]] = []
    x, y = _middle(lab)
    for move in range(moves):
        end = 40 + 37 * (move + 1) % 139, 40 + 23 * (move + 1) % 131
        grasp(page, (x, y), end, width, steps=10)
        page.evaluate("() => { window.released = Infinity }")
        page.mouse.up()
        page.wait_for_function("() => window.paintings.at(-1)?.requested_at >= window.released", timeout=60_000)
        released, painting = page.evaluate("() => [window.released, window.paintings.at(-1)]")
        answers.append((painting["replied_at"] - released, painting["painted_at"] - released))
        x, y = end
        page.wait_for_timeout(REST)
    return answers


def _circle(lab: LabPage, seconds: float) -> str:
    """Drags the patch in circles; the frames that the page drew, and in how many of them the patch had moved."""
    page: Any = lab.page
    width: int = in_kernel(lab, "study.dataset.picture(lab.image).width")
    x, y = _middle(lab)
    grasp(page, (x, y), (x + 1, y), width, steps=1)
    centre, edge = on_screen(page, (width / 2, width / 2), width), on_screen(page, (width * 0.75, width / 2), width)
    radius = edge[0] - centre[0]
    page.evaluate(WATCH)
    started = time.monotonic()
    while (elapsed := time.monotonic() - started) < seconds:
        angle = 2 * math.pi * elapsed
        page.mouse.move(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
    watched: list[tuple[float, str]] = page.evaluate(WATCHED)
    page.keyboard.press("Escape")
    page.mouse.up()
    times = [moment for moment, _ in watched]
    steps = [later - earlier for earlier, later in pairwise(times)]
    moved = sum(one != other for (_, one), (_, other) in pairwise(watched))
    rate = 1000 / (times[-1] - times[0])
    return (
        f"{len(steps) * rate:.0f} frames a second while dragging, the patch elsewhere in {moved * rate:.0f} of them; "
        f"longest gap {max(steps):.0f} ms"
    )


def _middle(lab: LabPage) -> tuple[float, float]:
    """Where the patch can be grasped, in pixels of the picture."""
    edit: dict[str, float] = in_kernel(lab, "lab.edits[0]")
    return edit["left"] + edit["width"] / 2, edit["top"] + edit["height"] / 2


if __name__ == "__main__":
    main()
