"""How long work says how far it is: one callback, shown as bars where somebody watches and as lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from tqdm.auto import tqdm

Report = Callable[[str, int, int], None]
"""Called with (what is being done, how much of it is done, how much there is)."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def bars() -> Iterator[Report]:
    """Progress bars, one a stage: in a notebook as widgets, in a terminal as text."""
    shown: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in shown:
            # Work that is over in a moment needs no bar.
            shown[stage] = tqdm(total=total, desc=stage, initial=done, delay=0.5)
        bar = shown[stage]
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    try:
        yield report
    finally:
        for bar in shown.values():
            bar.close()


def lines(stream: TextIO | None = None, *, seconds: float = 5.0) -> Report:
    """A line at the beginning and the end of every stage and every few seconds between: for logs and pipes."""
    last: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage not in last or done >= total or now - last[stage] >= seconds:
            last[stage] = now
            print(f"{stage}: {done} of {total}", file=stream or sys.stderr, flush=True)

    return report
