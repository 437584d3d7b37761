"""Work in threads while the page stays usable: one piece at a time, and none while somebody waits for an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Pause:
    """Entered while somebody waits for an answer; work in the background stands still meanwhile.

    Threads of one Python process share its interpreter: with the table being filled, the demo's cards took 74 ms in
    place of 42.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0

    def __enter__(self) -> None:
        with self._changed:
            self._waiting += 1

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._waiting -= 1
            self._changed.notify_all()

    def wait(self) -> None:
        """Come back when nobody waits for an answer."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting == 0)


class Stop:
    """Whether a piece of work should end. It is asked often, since asking also waits while others have precedence."""

    def __init__(self, pause: Pause | None = None) -> None:
        self._pause = pause
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the work to end."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the work should end."""
        if self._pause and not self._event.is_set():
            self._pause.wait()
        return self._event.is_set()


class Background:
    """Runs one piece of work at a time.

    Parameters
    ----------
    name
        What the thread is called, for who looks at a stuck kernel.
    pause
        While it is entered the work stands still.
    """

    def __init__(self, name: str, pause: Pause | None = None) -> None:
        self._name = name
        self._pause = pause
        self._stop = Stop()
        self._thread: threading.Thread | None = None

    def start(self, work: Callable[[Stop], None]) -> None:
        """Begin a piece of work in place of what is running.

        Parameters
        ----------
        work
            Given a stop that is set when it should end; it looks at it often.
        """
        self.cancel()
        self._stop = stop = Stop(self._pause)
        self._thread = threading.Thread(target=work, args=(stop,), name=self._name, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask what is running to stop."""
        self._stop.set()

    def is_current(self, stop: Stop) -> bool:
        """Whether no other work has taken the place of the one with this stop."""
        return stop is self._stop

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing runs; False when something still does after so many seconds."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()
