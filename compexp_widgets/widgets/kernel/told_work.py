"""Work in the background that tells the page how far it is, and what the best is so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from compexp_widgets.widgets.kernel.answering import Answering, Tell
from compexp_widgets.widgets.kernel.background import Pause, Stop

# Between two messages of the same stage: often enough to see the bar move, rarely enough not to slow the page.
_SECONDS = 0.1


class Teller:
    """What a piece of work reports to, and asks whether it should end.

    Parameters
    ----------
    stop
        Set when it should end.
    send
        Called with the messages to the page.
    """

    def __init__(self, stop: Stop, send: Callable[[dict[str, Any]], None]) -> None:
        self._stop = stop
        self._send = send
        self._stage = ""
        self._begun = self._told = 0.0
        self._progress: dict[str, Any] = {"stage": "", "done": 0, "total": 0, "seconds_left": None}
        self._found: dict[str, Any] = {}

    @property
    def progress(self) -> dict[str, Any]:
        """What was reported last: stage, done, total and the seconds that are left, None where that is not known."""
        return self._progress

    def cancelled(self) -> bool:
        """Whether the work should end."""
        return self._stop.is_set()

    def report(self, stage: str, done: int, total: int) -> None:
        """Tell how far the work is; see `compexp_widgets.progress.Report`."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun, self._told = stage, now, 0.0
        left = (now - self._begun) / done * (total - done) if done else None
        self._progress = {"stage": stage, "done": done, "total": total, "seconds_left": left}
        if now - self._told >= _SECONDS:
            self._tell(now)

    def found(self, **fields: Any) -> None:
        """Tell of the best so far, which goes along with all that is told from now on."""
        self._found = fields
        self._tell(time.monotonic())

    def _tell(self, now: float) -> None:
        self._told = now
        self._send({**self._progress, **self._found, "finished": False})


class ToldWork:
    """Runs one piece of work at a time; a new one takes the place of the old one.

    Parameters
    ----------
    name
        What the thread is called.
    pause
        While it is entered the work stands still.
    turn
        Held while the work goes on: works that share one wait for each other.
    send
        Called from the thread with messages of type ``work``, the last of which is ``finished``; see `Answering`.
    """

    def __init__(self, name: str, pause: Pause, turn: threading.Lock, send: Callable[[dict[str, Any]], None]) -> None:
        self._turn = turn
        self._answering = Answering(name, pause, send)
        self.cancel, self.wait = self._answering.cancel, self._answering.wait

    def start(self, number: Any, work: Callable[[Teller], dict[str, Any]]) -> None:
        """Answer the request with this number.

        Parameters
        ----------
        work
            Returns what the last message tells; when it is cancelled it returns early with what it has.
        """

        def run(stop: Stop, tell: Tell) -> dict[str, Any]:
            teller = Teller(stop, lambda message: tell({"type": "work", **message}))
            teller.report("begins", 0, 0)
            while not self._turn.acquire(timeout=0.05):
                if stop.is_set():
                    return teller.progress
            try:
                last = work(teller)
            finally:
                self._turn.release()
            return {"type": "work", **teller.progress, **last, "finished": True}

        self._answering.start(number, run)
