"""Progress of long work: one callback, shown as bars to a person, as lines in a log, as JSON to a program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, TextIO, TypeAlias, TypeVar

Item = TypeVar("Item")

StageKey: TypeAlias = Literal[
    "annotate", "control", "download", "evaluate", "explain", "fold", "other", "paint", "probe", "read-labels",
    "read-pairs", "score", "search", "sort", "sweep", "tag", "test", "train", "transfer", "unpack", "verify",
]  # fmt: skip
"""What is being done, for programs: stays when the words change. ``docs/command_line.md`` says what each stands for."""


class Stage(str):
    """What is being done, in words, as progress is told of; with what a program needs to know of it.

    >>> stage = Stage("images shown to the network", "probe", 0.0, 0.8)
    >>> f"{stage}: {stage.share(50, 200):.0%} of all"
    'images shown to the network: 20% of all'

    Attributes
    ----------
    key
        The kind of work, which stays when the words change.
    begin, end
        The part of the whole work that the stage takes, 0 … 1: an estimate, since how long stages take differs.
    """

    key: StageKey
    begin: float
    end: float

    def __new__(cls, words: str, key: StageKey = "other", begin: float = 0.0, end: float = 1.0) -> Stage:
        stage = super().__new__(cls, words)
        stage.key, stage.begin, stage.end = key, begin, end
        return stage

    @classmethod
    def of(cls, words: str) -> Stage:
        """A stage as it is; words of code that knows no stages, such as a user's, with the key ``"other"``."""
        return words if isinstance(words, Stage) else cls(words)

    def share(self, done: int, total: int) -> float:
        """The share of the whole work that is done, 0 … 1, when `done` of `total` of this stage are."""
        return self.begin + (self.end - self.begin) * (min(max(done / total, 0.0), 1.0) if total > 0 else 1.0)

    def within(self, begin: float, end: float) -> Stage:
        """The same stage where its whole is the part from `begin` to `end` of a larger whole."""
        length = end - begin
        return Stage(str(self), self.key, begin + length * self.begin, begin + length * self.end)


Report: TypeAlias = Callable[[Stage, int, int], None]
"""Called with (what is being done, how much of it is done, how much there is).

What is being done is a text, so a function of (str, int, int) will do; it is a `Stage`, too, with a stable `Stage.key`
and the share of the whole work in `Stage.share`.
"""

Told: TypeAlias = Callable[[str, int, int], None]
"""A `Report` that takes any text."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def within(report: Report, begin: float, end: float) -> Report:
    """A report for a part of the work that takes `begin` to `end` of the whole, 0 … 1."""

    def told(stage: str, done: int, total: int) -> None:
        report(Stage.of(stage).within(begin, end), done, total)

    return told


@contextmanager
def bars() -> Iterator[Told]:
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


def told(items: Iterable[Item], stage: Stage, total: int, report: Report | None = None) -> Iterator[Item]:
    """Items one by one, each told of when the next one is asked for: to a report, or on a bar."""
    with nullcontext(report) if report else bars() as tell:
        for done, item in enumerate(items, start=1):
            yield item
            tell(stage, done, total)


def lines(stream: TextIO | None = None, *, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> Told:
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

    def tell(stage: Stage, done: int, total: int, left: float | None) -> None:
        hint = "" if left is None else f", about {_duration(left)} left"
        print(f"{stage}: {done} of {total}{hint}", file=stream or sys.stderr, flush=True)

    return _paced(tell, seconds, clock)


def json_lines(
    stream: TextIO | None = None, *, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic
) -> Told:
    """A JSON object a line, as often as `lines` writes one: for programs. Arguments as there.

    >>> report = json_lines()
    >>> report(Stage("images shown to the network", "probe"), 320, 22210)            # doctest: +SKIP
    {"progress": "probe", "text": "images shown to the network", "done": 320, "total": 22210, "share": 0.0144}

    ``share`` is that of the whole work, 0 … 1. Where it can be told, ``seconds_left`` is for this stage.
    """

    def tell(stage: Stage, done: int, total: int, left: float | None) -> None:
        told: dict[str, object] = {"progress": stage.key, "text": stage, "done": done, "total": total}
        told["share"] = round(stage.share(done, total), 4)
        if left is not None:
            told["seconds_left"] = round(left, 1)
        print(json.dumps(told), file=stream or sys.stderr, flush=True)

    return _paced(tell, seconds, clock)


def _paced(tell: Callable[[Stage, int, int, float | None], None], seconds: float, clock: Callable[[], float]) -> Told:
    """Tell of the beginning and the end of every stage, and every few seconds between, with the seconds it has left."""
    stages: dict[str, _Pace] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = clock()
        known = stages.get(stage)
        if known is None or done < known.done:
            known = stages[stage] = _Pace(done, now, done, now - seconds)
        known.done = done
        if done < total and now - known.told < seconds:
            return
        known.told = now
        tell(Stage.of(stage), done, total, known.left(now, total))

    return report


@dataclass
class _Pace:
    """The pace of a stage: what was done when it was first heard of, and when; what is done now, and last told when."""

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
