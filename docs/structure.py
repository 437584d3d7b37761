"""Draws the rooms for docs/architecture.md, and lists the files that an action runs.

    python docs/structure.py            writes docs/rooms.svg and the lists in docs/architecture.md
    python docs/structure.py --check    writes nothing; exit status 1 where they are not what the sources give

The drawing is made from the imports. The lists are made by doing each action with the embedded worlds while every
function that is called is noted.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import compexp_widgets as cw
from compexp_widgets.analysis.lexical_table import LexicalTable, lexical_table

PACKAGE = Path(cw.__file__).resolve().parent
DOCS = Path(__file__).resolve().parent
PAGE, DRAWING = DOCS / "architecture.md", DOCS / "rooms.svg"
MOST_FILES = 15
"""Files that one must open to follow an action: a dozen is a house, three dozen a maze."""

DOORS = (
    "__init__.py", "study/__init__.py", "lazy_names.py", "needs.py",
    "argument_types.py", "argument_sentences.py", "files/given_pictures.py", "listing.py",
)  # fmt: skip
"""Files that one need not open to follow an action: they look names up, guard an import, or the types of arguments, or
make a tuple print short.
"""


def files_of(action: Callable[[], object]) -> list[str]:
    """The files of the package whose functions an action calls, in the order of their rooms."""
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            seen.add(frame.f_code.co_filename)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    seen -= {str(PACKAGE / name) for name in DOORS}
    ours = [Path(file).relative_to(PACKAGE).as_posix() for file in seen if Path(file).is_relative_to(PACKAGE)]
    return sorted(file for file in ours if not file.startswith("demo/"))  # the demo is the user's network and data


class Page:
    """The other end of a widget: sends requests and waits for their last answers."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._received: list[dict[str, Any]] = []
        self._number = 0
        widget.send = lambda message, buffers=None: self._received.append(message)

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request.

        Raises
        ------
        RuntimeError
            When it is an error, or none comes.
        """
        self._number += 1
        self._widget._handle_custom_msg({"type": kind, "id": self._number, **fields}, [])
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for message in list(self._received):
                if message.get("id") == self._number:
                    if message["type"] == "error":
                        raise RuntimeError(message["message"])
                    return message
            time.sleep(0.01)
        raise RuntimeError(f"no answer to {kind}")


@contextmanager
def actions() -> Iterator[dict[str, Callable[[], object]]]:
    """The actions that are followed, by what a person does."""
    study = cw.demo.vision_study()
    explorer, lab = cw.VisionExplorer(study, unit=17), cw.PasteLab(study, cw.demo.vision_network())
    cards, pastes = Page(explorer), Page(lab)
    cards.ask("hello")
    pastes.ask("hello")
    settings = {name: getattr(explorer, name) for name in SETTINGS}
    cards.ask("card", settings=settings | {"unit": 17})  # the page shows a unit from the start
    patch = pastes.ask("patches", query="fire engine", unit=-1, image=0)["patches"][0]
    pastes.ask("picture", image=0)
    paste = {"edit": "paste", "patch": patch["id"], **cw.adversarial.Placement(30, 40, 60, 40).to_json()}
    pastes.ask("response", image=0, edits=[paste], target=10, units=[104])  # the patch lies there, and is moved
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pairs.csv"
        file.write_text("premise,hypothesis,label\nA man sleeps.,Nobody sleeps.,contradiction\n", encoding="utf-8")
        yield {
            "**A card**: a click on a unit whose explanation is stored": lambda: cards.ask(
                "card", settings=settings | {"unit": 18}
            ),
            "**A paste**: from the mouse let go to the new prediction, units and formulas": lambda: pastes.ask(
                "response", image=0, edits=[paste | {"left": 50}], target=10, units=[104]
            ),
            "**A sentence pair**: from its file to the lexical table": lambda: lexical_table_of(file),
        }
    explorer.close()
    lab.close()


def lexical_table_of(file: Path) -> LexicalTable:
    """Every concept of the pairs of a file against a unit that fires on the first of them."""
    pairs = cw.read_pairs(file)
    vocabulary = cw.LexicalVocabulary.of(pairs, cw.LexicalSettings())
    table, positions = vocabulary.annotate(pairs).fold(vocabulary.concepts)
    active = np.bincount(positions[:1], minlength=len(table)).astype(np.int64)
    return lexical_table(table, active, "hyp:tok:nobody")


def lists() -> str:
    """The files of each action, as Markdown."""
    told = []
    with actions() as each:
        for name, action in each.items():
            files = files_of(action)
            if len(files) > MOST_FILES:
                print(f"{name}: {len(files)} files, more than {MOST_FILES}", file=sys.stderr)
            told.append(f"{name} ({len(files)} files):\n\n" + "\n".join(f"- `{file}`" for file in files))
    return "\n\n".join(told)


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports() -> dict[str, set[str]]:
    """Room → the rooms that its files import, at their heads or inside functions."""
    found: dict[str, set[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        if len(parts) == 1:
            continue  # the few files at the bottom, which every room imports, and the front door
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.startswith("compexp_widgets."):
                found.setdefault(parts[0], set()).add(room_of(module))
    rooms = set(found)
    return {room: (found[room] & rooms) - {room} for room in found}


def floors(below: dict[str, set[str]]) -> list[list[str]]:
    """The rooms from the top of the house to the bottom: each as low as its imports allow."""
    height: dict[str, int] = {}

    def height_of(room: str) -> int:
        if room not in height:
            height[room] = 1 + max((height_of(one) for one in below[room]), default=-1)
        return height[room]

    for room in below:
        height_of(room)
    return [sorted(room for room in below if height[room] == floor) for floor in range(max(height.values()), -1, -1)]


def drawing() -> str:
    """The rooms and what imports what, as SVG: an import that follows from two others is not drawn."""
    below = imports()
    place: dict[str, tuple[float, float]] = {}
    boxes, lines = [], []
    storeys = floors(below)
    for row, rooms in enumerate(storeys):
        for column, room in enumerate(rooms):
            x = WIDTH / 2 + (column - (len(rooms) - 1) / 2) * (BOX_WIDTH + 24)
            y = MARGIN + row * STOREY
            place[room] = x, y
            boxes.append(
                f'<rect x="{x - BOX_WIDTH / 2:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
                f'<text x="{x:g}" y="{y + 20:g}">{room}</text>'
            )
    for room, used in below.items():
        for other in sorted(used - set().union(*(reached(one, below) for one in used))):
            (x, y), (to_x, to_y) = place[room], place[other]
            lines.append(f'<path d="M{x:g} {y + BOX_HEIGHT:g}L{to_x:g} {to_y - 5:g}" marker-end="url(#arrow)"/>')
    height = 2 * MARGIN + len(storeys) * STOREY - (STOREY - BOX_HEIGHT)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            STYLE,
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


def reached(room: str, below: dict[str, set[str]]) -> set[str]:
    """All rooms that a room imports, at any remove."""
    return below[room].union(*(reached(one, below) for one in below[room]))


def with_lists(page: str, told: str) -> str:
    """The page with these lists between its two marks."""
    return re.sub(
        r"(<!-- files -->\n).*(<!-- end -->)", lambda marks: f"{marks[1]}\n{told}\n\n{marks[2]}", page, flags=re.DOTALL
    )


def main(checking: bool) -> int:
    """Write both, or say which is stale."""
    written = {PAGE: with_lists(PAGE.read_text(encoding="utf-8"), lists()), DRAWING: drawing()}
    stale = [file for file, text in written.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for file in stale:
        if checking:
            print(f"{file.name} is not what the sources give: run python docs/structure.py", file=sys.stderr)
        else:
            file.write_text(written[file], encoding="utf-8")
    return int(checking and bool(stale))


SETTINGS = (
    "quantile",
    "threshold_on",
    "cluster",
    "max_length",
    "beam_size",
    "operators",
    "metric",
    "excluded_categories",
    "formula_text",
    "switched_off",
    "gallery",
)

WIDTH, MARGIN, STOREY, BOX_WIDTH, BOX_HEIGHT = 560, 12, 58, 120, 30
STYLE = """<style>
svg { background: #fff; font: 14px system-ui, sans-serif }
rect { fill: #eef3fb; stroke: #5b7db1 }
text { text-anchor: middle; fill: #16243d }
path { stroke: #8a97ab; fill: none }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0L8 4L0 8z" style="fill:#8a97ab;stroke:none"/></marker></defs>"""

if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
