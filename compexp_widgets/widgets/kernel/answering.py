"""Requests that are answered by a thread: each gets exactly one last message, whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compexp_widgets.widgets.kernel.background import Background, Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import error_message

Tell = Callable[[dict[str, Any]], None]
"""Sends a part of an answer."""

Making = Callable[[Stop, Tell], dict[str, Any]]
"""Makes an answer: given a stop that it looks at often and a way to tell what there is so far, it returns the last
message; when it is stopped it returns early with what it has."""


def cancelled_message(found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The last message to a request that was cancelled, or whose place another took.

    Parameters
    ----------
    found
        What there was by then.
    """
    return {**(found or {}), "type": "cancelled", "finished": True}


class Answering:
    """Answers one request at a time; a new one takes the place of the old one, which is told that it is cancelled.

    Parameters
    ----------
    name
        What the thread is called, for who looks at a stuck kernel.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread. The last message to a request is its answer, an ``error``, or ``cancelled`` with what
        there was by then.
    """

    def __init__(self, name: str, pause: Pause, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._background = Background(name, pause)
        self.cancel, self.wait = self._background.cancel, self._background.wait

    def start(self, number: Any, make: Making) -> None:
        """Answer the request with this number."""

        def run(stop: Stop) -> None:
            def tell(message: dict[str, Any]) -> None:
                if not stop.is_set():
                    self._send({**message, "id": number})

            try:
                last = make(stop, tell)
            except Exception as error:  # shown to the person in front of the page
                last = cancelled_message() if stop.is_set() else error_message(error)
            self._send({**(cancelled_message(last) if stop.is_set() else last), "id": number})

        self._background.start(run)
