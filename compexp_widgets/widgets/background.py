"""Work in a thread while the page stays usable: one piece at a time, a new one takes the place of the old."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Runs one piece of work at a time.

    Parameters
    ----------
    name
        What the thread is called, for who looks at a stuck kernel.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, work: Callable[[threading.Event], None]) -> None:
        """Begin a piece of work in place of what is running.

        Parameters
        ----------
        work
            Given an event that is set when it should stop; it looks at it often.
        """
        self.cancel()
        self._stop = stop = threading.Event()
        self._thread = threading.Thread(target=work, args=(stop,), name=self._name, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask what is running to stop."""
        self._stop.set()

    def is_current(self, stop: threading.Event) -> bool:
        """Whether no other work has taken the place of the one with this event."""
        return stop is self._stop

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing runs; False when something still does after so many seconds."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()
