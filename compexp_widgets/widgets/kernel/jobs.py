"""The one way to run work that takes longer than a blink: in threads, while the page stays usable.

Three rules hold for every job. It stands still while something more urgent is under way: threads of one Python process
share its interpreter, and with the table being filled the demo's cards took 74 ms in place of 42. It ends soon after it
was cancelled, since it asks often whether it was. And its request gets exactly one last message: what the job returns,
an error, or that it was cancelled.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from compexp_widgets.widgets.kernel.messages import Cancelled, Done, Message, Reply, failure, to_page

Send = Callable[[dict[str, Any], list[bytes]], None]
"""Sends a message and its buffers to the page; called from threads too."""

# Between two parts of an answer: often enough to see the bar move, rarely enough not to slow the page.
PART_SECONDS = 0.2


@dataclass(frozen=True)
class Policy:
    """Rule by which the jobs of one kind are run.

    Attributes
    ----------
    name
        What the page cancels them by.
    lane
        Jobs of one lane are run one after another, in one thread.
    replaces
        Whether a new job takes the place of those of its name that are about something else.
    rank
        Jobs stand still while one of a lower rank is under way. 0 has what is answered at once.
    """

    name: str
    lane: str
    replaces: bool
    rank: int


def queue(name: str) -> Policy:
    """One after another, none of them dropped; the background stands still, since the page waits for the answers."""
    return Policy(name, name, replaces=False, rank=1)


def latest(name: str, *, lane: str = "") -> Policy:
    """In the background; a new job takes the place of the old one. Jobs with the same lane wait for each other."""
    return Policy(name, lane or name, replaces=True, rank=2)


class Precedence:
    """Lets jobs stand still while others of a lower rank are under way."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = [0, 0, 0]

    @contextmanager
    def under_way(self, rank: int) -> Iterator[None]:
        """While it is entered, jobs of higher ranks stand still."""
        with self._changed:
            self._under_way[rank] += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way[rank] -= 1
                self._changed.notify_all()

    def wait(self, rank: int) -> None:
        """Come back when nothing of a lower rank is under way."""
        if rank:
            with self._changed:
                self._changed.wait_for(lambda: not any(self._under_way[:rank]))


class Job:
    """A piece of work, as its own code sees it.

    Attributes
    ----------
    part
        Makes a part of the answer; called when one is due (see `progress`). None tells of no parts.
    stage, done, total
        How far it is, as it last reported.
    """

    def __init__(self, number: int | None, policy: Policy, work: Work, about: object, jobs: Jobs) -> None:
        self.number, self.policy, self.work, self.about = number, policy, work, about
        self._jobs = jobs
        self._cancelled = threading.Event()
        self.replaced = False
        self.part: Callable[[], Message] | None = None
        self.stage, self.done, self.total = "", 0, 0
        self.seconds_left: float | None = None
        self._begun = self._told = 0.0

    @property
    def cancelled(self) -> bool:
        """True once it was asked to end."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to end."""
        self._cancelled.set()

    def run(self) -> Reply | None:
        """Do the work."""
        self._begun = self._told = time.monotonic()
        return self.work(self)

    def stopped(self) -> bool:
        """True once it should end. It is asked often, since asking also waits while others have precedence."""
        if not self.cancelled:
            self._jobs.precedence.wait(self.policy.rank)
        return self.cancelled

    def tell(self, reply: Reply) -> None:
        """Send a part of the answer, unless nobody waits for it any more."""
        self._told = time.monotonic()
        if not self.cancelled:
            self._jobs.send(reply, self.number, finished=False)

    def progress(self, done: int, total: int, stage: str = "") -> None:
        """Tell how far it is; sends a part of the answer unless that was done a moment ago."""
        now = time.monotonic()
        if stage != self.stage or done < self.done:
            self._begun = now
        self.stage, self.done, self.total = stage, done, total
        self.seconds_left = (now - self._begun) / done * (total - done) if done else None
        if self.part and not self.cancelled and now - self._told >= PART_SECONDS:
            self.tell(self.part())

    @property
    def so_far(self) -> dict[str, Any]:
        """The fields of a `Progress`."""
        return {"stage": self.stage, "done": self.done, "total": self.total, "seconds_left": self.seconds_left}

    def report(self, stage: str, done: int, total: int) -> None:
        """Tell how far it is, as a `compexp_widgets.progress.Report`."""
        self.progress(done, total, str(stage))  # a message holds plain texts


Work = Callable[[Job], Reply | None]
"""Makes an answer. It asks often whether it should stop; then it returns what it has, or None."""


@dataclass(frozen=True)
class Later:
    """A handler's return value where the answer takes longer.

    Attributes
    ----------
    about
        What is asked: it does not take the place of a job about the same thing, but waits for its end.
    """

    work: Work
    about: object = None
    first: Reply | None = None


class Jobs:
    """Runs jobs.

    Attributes
    ----------
    precedence
        Entered while the page waits for an answer.
    closed
        Whether the widget is gone: nothing is sent any more, and nothing begun.
    """

    def __init__(self, send: Send) -> None:
        self._deliver = send
        self.precedence = Precedence()
        self.closed = False
        self._changed = threading.Condition()
        self._lanes: dict[str, deque[Job]] = {}  # the first of each is under way

    def send(self, reply: Reply, number: int | None, *, finished: bool = True) -> None:
        """Send a message under the number of a request, while there is a page."""
        message, buffers = reply if isinstance(reply, tuple) else (reply, [])
        try:
            plain = to_page(message)
        except Exception as error:
            if not finished:
                raise  # to the job, whose last message tells of it
            plain, buffers = to_page(failure(error)), []
        if not self.closed:
            self._deliver({**plain, "id": number, "finished": finished}, buffers)

    def start(self, policy: Policy, work: Work, *, number: int | None = None, about: object = None) -> None:
        """Run a job as its policy says.

        Without the number of a request its messages are events, and it says nothing more when another took its place.
        """
        if policy.replaces:
            self._end(policy.name, about, replaced=True)
        job = Job(number, policy, work, about, self)
        with self._changed:
            if self.closed:
                return
            lane = self._lanes.setdefault(policy.lane, deque())
            lane.append(job)
            if len(lane) == 1:
                threading.Thread(target=self._run, args=(lane,), name=policy.lane, daemon=True).start()

    def running(self, name: str, about: object) -> bool:
        """True while a job of this name about this is under way or waits, and was not cancelled."""
        with self._changed:
            jobs = [job for lane in self._lanes.values() for job in lane]
        return any(job.policy.name == name and job.about == about and not job.cancelled for job in jobs)

    def cancel(self, name: str, *, unless_about: object = None) -> None:
        """Ask the jobs of this name to end, but those about one thing; the last message of each says so."""
        self._end(name, unless_about, replaced=False)

    def close(self) -> None:
        """End all jobs, and begin and send nothing more."""
        with self._changed:
            self.closed = True
            for lane in self._lanes.values():
                for job in lane:
                    job.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no job is left; False when one still is after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not any(self._lanes.values()), seconds)

    def _end(self, name: str, kept: object, *, replaced: bool) -> None:
        dropped = []
        with self._changed:
            for lane in self._lanes.values():
                for place, job in reversed(list(enumerate(lane))):
                    if job.policy.name == name and (kept is None or job.about != kept):
                        job.replaced = job.replaced or replaced
                        job.cancel()
                        if place:
                            del lane[place]
                            dropped.append(job)
        for job in reversed(dropped):
            if job.number is not None:
                self.send(Cancelled(), job.number)

    def _run(self, lane: deque[Job]) -> None:
        while True:
            job = lane[0]
            reply = self._reply(job)
            if reply is not None:
                self.send(reply, job.number)
            with self._changed:
                lane.popleft()
                self._changed.notify_all()
                if not lane:
                    return

    def _reply(self, job: Job) -> Reply | None:
        """The last message of a job; None where it has none."""
        asked = job.number is not None
        reply: Reply | None = None
        try:
            self.precedence.wait(job.policy.rank)
            if not (self.closed or (asked and job.cancelled)):
                with self.precedence.under_way(job.policy.rank):
                    reply = job.run()
        except Exception as error:  # shown to the person in front of the page
            reply = None if job.cancelled else failure(error)
        if not asked:
            return None if job.replaced else reply
        if job.cancelled:
            return Cancelled(found=reply[0] if isinstance(reply, tuple) else reply)
        return reply if reply is not None else Done()
