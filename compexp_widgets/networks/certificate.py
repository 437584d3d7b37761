"""The checks made before a layer was probed, and the conditions under which the network answered.

A certificate is a line for a title and a sentence for each check. The last bits of an answer depend, besides the
weights, on threads, batch, device and precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import msgspec
import torch

from compexp_widgets.notebook_html import Html, fields_html, html_of, muted, section, table, warned
from compexp_widgets.short_text import brief_repr, clipped


@dataclass(frozen=True)
class Check:
    """One check: its name in files, of which a certificate has one; what came of it in a few words, such as ``"same
    answer twice"``, and in a sentence with figures; and whether it held, False for what a person was warned of.
    """

    name: str
    words: str
    detail: str = ""
    held: bool = True

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True)
class Certificate:
    """All checks, in the order in which they were made; empty for a study made before there were certificates.

    >>> print(study.certificate)
    checked: same answer twice · alone as in a batch · all 512 units finite · 1 thread, batches of 32, cpu, float32
    """

    checks: tuple[Check, ...] = ()

    def __repr__(self) -> str:
        return f"<Certificate, {clipped(str(self), 1000)}>"

    def _inline_html_(self) -> Html:
        return html_of(str(self)) if self.held else warned(str(self))

    def _repr_html_(self) -> Html:
        if not self.checks:
            return section("Certificate", f"{self}: {self.details}")
        marks = (html_of("✓") if check.held else warned("⚠") for check in self.checks)
        rows = [
            ((mark, check.words, muted(check.detail)), (), None) for mark, check in zip(marks, self.checks, strict=True)
        ]
        return section("Certificate", table(("", "check", "what was seen"), (), rows, wide=True))

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
        """True where no check warned of something."""
        return all(check.held for check in self.checks)

    def and_also(self, *checks: Check) -> Certificate:
        """The certificate with more checks behind; one of a name that is there already takes its place."""
        found = {check.name: check for check in (*self.checks, *checks)}
        return Certificate(tuple(found.values()))

    def to_json(self) -> list[dict[str, Any]]:
        """The same as JSON has it."""
        return [asdict(check) for check in self.checks]

    @staticmethod
    def from_json(value: Any) -> Certificate:
        """The certificate that `to_json` described; a ValueError where it describes none."""
        return Certificate(_converted(value, tuple[Check, ...], "a certificate"))


def _converted(value: Any, kind: Any, what: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{what} cannot be read ({error}): {value!r:.100}") from error


UNCHECKED = Certificate()
"""Of a study made before there were certificates."""

MOST_THREADS = 1024
"""More than these are no number of threads that a machine was used with, but damage."""


@dataclass(frozen=True)
class Conditions:
    """Under which conditions a network answered: with so many threads of torch on the CPU, on ``"cpu"``, ``"cuda"``, …

    Equal conditions on one machine give equal bits. Others give the same numbers up to rounding, which is enough for a
    formula and not always enough for an answer that stands on a knife's edge.
    """

    threads: Annotated[int, msgspec.Meta(ge=1, le=MOST_THREADS)]
    batch_size: Annotated[int, msgspec.Meta(ge=1)]
    device: str
    precision: str
    version: str

    _repr_html_ = fields_html

    @staticmethod
    def now(device: torch.device, precision: torch.dtype, batch_size: int) -> Conditions:
        """The conditions of a network on a device, in a precision, that is shown so many samples at once."""
        words = str(precision).removeprefix("torch.")
        return Conditions(torch.get_num_threads(), batch_size, device.type, words, torch.__version__)

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """In a few words: ``"1 thread, batches of 32, cpu, float32"``."""
        threads = f"{self.threads} thread{'s' * (self.threads != 1)}"
        batch = f"batches of {self.batch_size}" if self.batch_size > 1 else "one at a time"
        return f"{threads}, {batch}, {self.device}, {self.precision}"

    @property
    def check(self) -> Check:
        """The line for a certificate."""
        return Check("conditions", self.words, f"the network answered with {self.words}, torch {self.version}")

    def to_json(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return asdict(self)

    @staticmethod
    def from_json(value: Any) -> Conditions:
        """The conditions that `to_json` described; a ValueError where it describes none."""
        conditions: Conditions = _converted(value, Conditions, "conditions")
        return conditions


def differences(then: Conditions | None, now: Conditions) -> str:
    """The differences in words such as ``"1 thread(s) then and 2 thread(s) now"``; empty for none."""
    if then is None:
        return ""
    told = {"threads": "{} thread(s)", "batch_size": "batches of {}", "version": "torch {}"}
    both = ((told.get(name, "{}").format(getattr(one, name)) for one in (then, now)) for name in asdict(now))
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
