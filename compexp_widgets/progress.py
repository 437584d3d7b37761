"""Progress of long work: one callback, shown as bars where somebody watches and as lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

Report = Callable[[str, int, int], None]
"""Called with (what is being done, how much of it is done, how much there is)."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def bars() -> Iterator[Report]:
    """Progress bars, one a stage: in a notebook as widgets, in a terminal as text."""
    from tqdm.auto import tqdm  # noqa: PLC0415 - neither `compexp --help` nor a worker process shows a bar

    shown: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage in shown and done < shown[stage].n:  # the same work on something else, such as the next layer
            shown.pop(stage).close()
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


def lines(stream: TextIO | None = None, *, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> Report:
    """A line at the beginning and the end of every stage and every few seconds between: for logs and pipes.

    >>> report = lines()                # images shown to the network: 320 of 22210, about 13 min left

    Parameters
    ----------
    stream
        Where they are written; None: standard error.
    seconds
        Between two lines at least.
    clock
        Gives the time in seconds.
    """
    stages: dict[str, _Stage] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = clock()
        known = stages.get(stage)
        if known is None or done < known.done:
            known = stages[stage] = _Stage(done, now, done, now - seconds)
        known.done = done
        if done < total and now - known.told < seconds:
            return
        known.told = now
        left = known.left(now, total)
        hint = "" if left is None else f", about {_duration(left)} left"
        print(f"{stage}: {done} of {total}{hint}", file=stream or sys.stderr, flush=True)

    return report


@dataclass
class _Stage:
    """Progress of a stage: what was done when it was first heard of, and when; what is done now, and last told when."""

    first: int
    begun: float
    done: int
    told: float

    def left(self, now: float, total: int) -> float | None:
        """Seconds that the rest takes at the rate so far; what an earlier run did tells nothing of the rate."""
        if self.done <= self.first or self.done >= total:
            return None
        return (now - self.begun) * (total - self.done) / (self.done - self.first)


def _duration(seconds: float) -> str:
    """Seconds in words as coarse as an estimate is: ``40 s``, ``13 min``, ``1 h 20 min``, ``30 h``."""
    if seconds < 59.5:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 600:
        hours, minutes = divmod(5 * round(minutes / 5), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(minutes / 60)} h"
