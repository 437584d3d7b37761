"""What was checked before a layer was probed, and the conditions under which the network answered.

A certificate is a line for a title and a sentence for each check. The last bits of an answer depend, besides the
weights, on threads, batch, device and precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name
        What it is called in files; a certificate has one check of a name.
    words
        What came of it, in a few words for the certificate's line, such as ``"same answer twice"``.
    detail
        The same in a sentence, with figures.
    held
        Whether all is as it should be; False for what a person was warned of.
    """

    name: str
    words: str
    detail: str = ""
    held: bool = True


@dataclass(frozen=True)
class Certificate:
    """All that was looked at, in the order in which it was.

    >>> print(study.certificate)
    checked: same answer twice · alone as in a batch · all 512 units finite · 1 thread, batches of 32, cpu, float32

    Attributes
    ----------
    checks
        Empty where nothing was: a study made before there were certificates.
    """

    checks: tuple[Check, ...] = ()

    def __str__(self) -> str:
        if not self.checks:
            return "not checked"
        return "checked: " + " · ".join(("" if check.held else "⚠ ") + check.words for check in self.checks)

    def __bool__(self) -> bool:
        return bool(self.checks)

    @property
    def short(self) -> str:
        """The line for where there is little room: what did not hold, or that all did."""
        if not self.checks:
            return "not checked"
        return " · ".join(f"⚠ {check.words}" for check in self.checks if not check.held) or "✓ checked"

    @property
    def details(self) -> str:
        """A sentence for each check, each on a line of its own."""
        if not self.checks:
            return "made before a few fixed samples went first: dissect anew to have it checked"
        return "\n".join(check.detail or check.words for check in self.checks)

    @property
    def held(self) -> bool:
        """Whether no check warned of something."""
        return all(check.held for check in self.checks)

    def and_also(self, *checks: Check) -> Certificate:
        """The certificate with more checks behind; one of a name that is there already takes its place."""
        found = {check.name: check for check in (*self.checks, *checks)}
        return Certificate(tuple(found.values()))

    def to_json(self) -> list[dict[str, Any]]:
        """What JSON can hold."""
        return [
            {"name": check.name, "words": check.words, "detail": check.detail, "held": check.held}
            for check in self.checks
        ]

    @staticmethod
    def from_json(value: Sequence[Any]) -> Certificate:
        """The certificate that `to_json` described.

        Raises
        ------
        ValueError
            When it describes none.
        """
        if not isinstance(value, list) or not all(isinstance(check, dict) for check in value):
            raise ValueError(f"a certificate is a list of checks, not {value!r:.80}")
        for check in value:
            texts = [check.get(name) for name in ("name", "words", "detail")]
            if not all(isinstance(text, str) for text in texts) or not isinstance(check.get("held"), bool):
                raise ValueError(f"a check of a certificate has a name, words, a detail and held, not {check!r:.80}")
        return Certificate(tuple(Check(one["name"], one["words"], one["detail"], one["held"]) for one in value))


UNCHECKED = Certificate()
"""Of a study made before there were certificates."""


@dataclass(frozen=True)
class Conditions:
    """Under which conditions a network answered.

    Equal conditions on one machine give equal bits. Others give the same numbers up to rounding, which is enough for a
    formula and not always enough for an answer that stands on a knife's edge.

    Attributes
    ----------
    threads
        Of torch, on the CPU.
    batch_size
        Samples shown at once.
    device, precision
        Such as ``"cpu"`` or ``"cuda"``, and ``"float32"``.
    version
        Of torch.
    """

    threads: int
    batch_size: int
    device: str
    precision: str
    version: str

    @staticmethod
    def now(device: torch.device, precision: torch.dtype, batch_size: int) -> Conditions:
        """Those of a network on a device, in a precision, when so many samples are shown at once."""
        words = str(precision).removeprefix("torch.")
        return Conditions(torch.get_num_threads(), batch_size, device.type, words, torch.__version__)

    @property
    def words(self) -> str:
        """In a few words: ``"1 thread, batches of 32, cpu, float32"``."""
        threads = f"{self.threads} thread{'s' * (self.threads != 1)}"
        batch = f"batches of {self.batch_size}" if self.batch_size > 1 else "one at a time"
        return f"{threads}, {batch}, {self.device}, {self.precision}"

    @property
    def check(self) -> Check:
        """What a certificate says of them."""
        return Check("conditions", self.words, f"the network answered with {self.words}, torch {self.version}")

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)

    @staticmethod
    def from_json(value: Any) -> Conditions:
        """The conditions that `to_json` described.

        Raises
        ------
        ValueError
            When it describes none.
        """
        names = {field.name: int if field.name in {"threads", "batch_size"} else str for field in fields(Conditions)}
        if not isinstance(value, dict) or any(type(value.get(name)) is not kind for name, kind in names.items()):
            raise ValueError(f"conditions are {', '.join(names)}, not {value!r:.100}")
        if not (1 <= value["threads"] <= MOST_THREADS and value["batch_size"] >= 1):
            raise ValueError(f"conditions have at least one thread and one sample at once, not {value!r:.100}")
        return Conditions(**{name: value[name] for name in names})


def differences(then: Conditions | None, now: Conditions) -> str:
    """What is otherwise now, in words such as ``"1 thread(s) then and 2 thread(s) now"``; empty where nothing is."""
    if then is None:
        return ""
    told = {"threads": "{} thread(s)", "batch_size": "batches of {}", "version": "torch {}"}
    both = ((told.get(name, "{}").format(getattr(one, name)) for one in (then, now)) for name in _NAMES)
    return ", ".join(f"{before} then and {after} now" for before, after in both if before != after)


def as_then(then: Conditions | None) -> AbstractContextManager[None]:
    """As many threads inside the block as there were then, on the CPU; as many as there are where that is not known."""
    return nullcontext() if then is None or then.device != "cpu" else with_threads(then.threads)


@contextmanager
def with_threads(count: int) -> Iterator[None]:
    """Inside the block torch works with so many threads, afterwards with as many as before."""
    before = torch.get_num_threads()
    if count != before:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        if count != before:
            torch.set_num_threads(before)


_NAMES = tuple(field.name for field in fields(Conditions))

MOST_THREADS = 1024
"""More than these are no number of threads that a machine was used with, but damage."""
