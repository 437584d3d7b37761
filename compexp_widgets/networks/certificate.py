"""What was looked at before a layer was probed, and what came of it: a line for a title, a sentence for each check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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
