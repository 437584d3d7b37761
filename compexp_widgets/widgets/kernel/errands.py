"""Answers that take longer than a blink: made one after another in a thread, none of them dropped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from compexp_widgets.widgets.kernel.answering import cancelled_message
from compexp_widgets.widgets.kernel.background import Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import Message, error_message

Errand = Callable[[Stop], Message]
"""Makes an answer; given a stop that is set when nobody wants it any more, and which it looks at often."""


class Errands:
    """Runs errands in the order in which they were asked for.

    Unlike what `Background` runs, each is brought to its end, since the page waits for it.

    Parameters
    ----------
    name
        What the thread is called, for who looks at a stuck kernel.
    going
        Entered while an errand is under way: somebody waits for its answer.
    send
        Called from the thread with the answer and its buffers.

    Attributes
    ----------
    pause
        While it is entered the errands stand still.
    """

    def __init__(self, name: str, going: Pause, send: Callable[[dict[str, Any], list[bytes]], None]) -> None:
        self._name = name
        self._going = going
        self._send = send
        self.pause = Pause()
        self._stop = Stop(self.pause)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Any, Errand]] = deque()
        self._thread: threading.Thread | None = None

    def take(self, number: Any, errand: Errand) -> None:
        """Answer the request with this number as soon as those before it are answered."""
        with self._lock:
            self._waiting.append((number, errand))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def cancel(self) -> None:
        """Drop what is waiting and ask what is under way to stop; for when the page is gone."""
        with self._lock:
            dropped = [number for number, _ in self._waiting]
            self._waiting.clear()
        self._stop.set()
        self._stop = Stop(self.pause)
        for number in dropped:
            self._send({**cancelled_message(), "id": number}, [])

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until every errand is done; False when one is still under way after so many seconds."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(seconds)
        return not thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                number, errand = self._waiting.popleft()
                stop = self._stop
            with self._going:
                try:
                    answer, buffers = errand(stop)
                except Exception as error:  # shown to the person in front of the page
                    answer, buffers = error_message(error), []
                if stop.is_set():
                    answer, buffers = cancelled_message(), []
                self._send({**answer, "id": number}, buffers)
