"""Record what real kernels answer, for the harness: ``python js/harness/record.py [--check] [widget …]``.

``requests/<widget>.json`` has what a page asks, one request a line, in the order in which it is asked; ``set`` stands
for setting a trait. The answers go to ``recordings/<widget>.json.gz``. The kernels work on the demo's worlds, whose
explanations are found anew. What differs from run to run is made the same: times, how many parts of an answer were
told. Pictures are made small. With ``--check`` nothing is written, and the command fails when a recording is not what
the kernels answer now.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image

import compexp_widgets as cw
from compexp_widgets import demo
from compexp_widgets.widgets.kernel import jobs

HERE = Path(__file__).parent

# So many of the parts of a long answer are kept.
PARTS = 5


def fresh(study: Any, folder: str) -> Any:
    """The same study without the explanations that were found before."""
    copy = Path(folder) / Path(study.folder).name
    shutil.copytree(study.folder, copy, ignore=shutil.ignore_patterns("explanations.*"))
    return cw.open_study(copy)


WIDGETS: dict[str, Callable[[str], Any]] = {
    "vision_explorer": lambda folder: cw.VisionExplorer(fresh(demo.vision_study(), folder)),
    "nli_explorer": lambda folder: cw.NLIExplorer(fresh(demo.nli_study(), folder), demo.nli_network()),
    "paste_lab": lambda folder: cw.PasteLab(
        fresh(demo.vision_study(), folder),
        demo.vision_network(),
        networks=[replace(demo.vision_network(), name=name) for name in ("its copy", "another copy")],
    ),
    "text_lab": lambda folder: cw.TextLab(fresh(demo.nli_study(), folder), demo.nli_network()),
}


def main() -> int:
    """Record or check; the number of recordings that are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("widgets", nargs="*", default=list(WIDGETS), metavar="widget")
    options = parser.parse_args()
    jobs.PART_SECONDS = 0.0  # every part is told, however quick the machine
    torch.set_num_threads(1)  # more add the same numbers in another order
    stale = 0
    for name in options.widgets:
        requests = [json.loads(line) for line in (HERE / "requests" / f"{name}.json").read_text("utf-8").splitlines()]
        recording = packed(record(name, requests))
        file = HERE / "recordings" / f"{name}.json.gz"
        if not options.check:
            file.write_bytes(recording)
            print(f"{file.name}: {len(requests)} requests, {len(recording) / 1024:.0f} kB")
        elif not file.is_file() or gzip.decompress(file.read_bytes()) != gzip.decompress(recording):
            print(f"{file.name} is not what the kernel answers now: run python js/harness/record.py", file=sys.stderr)
            stale += 1
    return stale


def record(name: str, requests: list[dict[str, Any]]) -> dict[str, Any]:
    """A widget's traits before any request, and all that it answers."""
    received: list[tuple[dict[str, Any], list[bytes]]] = []
    buffers: dict[str, int] = {}
    exchanges = []
    with tempfile.TemporaryDirectory() as folder:
        widget = WIDGETS[name](folder)
        traits = {trait: getattr(widget, trait) for trait in widget.page_traits()}
        widget.send = lambda content, data=None: received.append((content, [bytes(one) for one in data or []]))
        for number, request in enumerate(requests):
            if request["type"] == "set":
                exchanges.append({"request": request, "traits": consequences(widget, request)})
                continue
            received.clear()
            file = base64.b64decode(request["file"]) if "file" in request else None
            content = {key: value for key, value in request.items() if key != "file"}
            widget._handle_custom_msg({**content, "id": number}, [] if file is None else [memoryview(file)])
            wait(lambda number=number: any(one["id"] == number and one["finished"] for one, _ in list(received)))
            if not widget.jobs.wait(600):
                raise TimeoutError(f"{name} is still busy with {content}")
            messages = [
                {
                    "message": {**steady(message), "id": None if message["id"] is None else 0},
                    "buffers": [
                        buffers.setdefault(base64.b64encode(small(data)).decode(), len(buffers)) for data in binary
                    ],
                }
                for message, binary in kept(list(received))
            ]
            exchanges.append({"request": content, "messages": messages})
        widget.close()
    return {"traits": traits, "exchanges": exchanges, "buffers": list(buffers)}


def consequences(widget: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Sets a trait; what else the kernel sets then."""
    changes: dict[str, Any] = {}

    def changed(change: dict[str, Any]) -> None:
        changes[change["name"]] = change["new"]

    names = request.keys() - {"type"}
    widget.observe(changed, list(widget.page_traits()))
    for name in names:
        setattr(widget, name, request[name])
    widget.unobserve(changed, list(widget.page_traits()))
    return {name: value for name, value in changes.items() if name not in names}


def wait(ready: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 600
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("no answer came")
        time.sleep(0.005)


def kept(received: list[tuple[dict[str, Any], list[bytes]]]) -> list[tuple[dict[str, Any], list[bytes]]]:
    """Of the parts of a long answer some, evenly; of events that tell how far something is, one with all rows."""
    parts = [message for message, _ in received if message["id"] is not None and not message["finished"]]
    dropped = set()
    if len(parts) > PARTS:
        chosen = {round(place * (len(parts) - 1) / (PARTS - 1)) for place in range(PARTS)}
        dropped = {id(part) for place, part in enumerate(parts) if place not in chosen}
    events = {message["type"]: message for message, _ in received if message["id"] is None}
    for kind, last in events.items():
        alike = [message for message, _ in received if message["id"] is None and message["type"] == kind]
        if "rows" in last:
            last["rows"] = [row for message in alike for row in message["rows"]]
        dropped |= {id(message) for message in alike if message is not last}
    for message, _ in received:
        if message["type"] == "csv":
            message["rows"] = message["rows"][:PARTS]
    answers = [one for one in received if id(one[0]) not in dropped]
    return sorted(answers, key=lambda one: one[0]["id"] is None)


def steady(value: Any, name: str = "") -> Any:
    """A message without what differs from run to run and from machine to machine."""
    match value:
        case dict():
            return {key: steady(inner, key) for key, inner in value.items()}
        case list():
            return [steady(inner) for inner in value]
        case float() if name != "seconds":
            value = float(f"{value:.4g}")
        case str():  # a recipe tells where its picture lies
            value = value.replace(f"{demo.vision_world_folder().parent}/", "")
    return {"seconds": 0.01, "seconds_left": None, "detail": ""}.get(name, value)


def small(data: bytes) -> bytes:
    """A picture file in few bytes; other buffers as they are."""
    if not data.startswith((b"\x89PNG", b"\xff\xd8")) or len(data) < 2000:
        return data
    file = io.BytesIO()
    Image.open(io.BytesIO(data)).save(file, "WEBP", quality=40, method=4)
    return file.getvalue()


def packed(recording: dict[str, Any]) -> bytes:
    """As a file, the same for the same recording."""
    text = json.dumps(recording, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


if __name__ == "__main__":
    sys.exit(main())
