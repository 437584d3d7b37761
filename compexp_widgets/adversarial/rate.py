"""Rates of success, with the interval that so few or so many tries allow."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import nan
from typing import Literal, TypeVar

from compexp_widgets.errors import EditError
from compexp_widgets.notebook_html import Html, block, fields_html


@dataclass(frozen=True)
class Rate:
    """Successes among tries: whole numbers, 0 ≤ successes ≤ tried.

    >>> str(Rate(19, 648))
    '19 of 648, 2.9 % (1.9 to 4.5 %)'
    """

    successes: int
    tried: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.tried:
            raise EditError(f"{self.successes} successes among {self.tried} tries make no rate")

    @property
    def share(self) -> float:
        """Successes by tries, 0 … 1; NaN where nothing was tried."""
        return self.successes / self.tried if self.tried else nan

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Wilson's interval (1927, "Probable inference, the law of succession, and statistical inference"), 0 … 1.

        It holds the rates that a test of the normal approximation does not reject; it stays within 0 … 1 and is
        usable for few tries and for shares of 0 and 1; (0, 1) where nothing was tried. It takes the tries for
        independent of each other. `level` is the share of samples whose interval has the true rate in it, in (0, 1).
        """
        if not 0 < level < 1:
            raise EditError(f"level is the share of samples within the interval, in (0, 1), not {level}")
        if not self.tried:
            return 0.0, 1.0
        from scipy.stats import binomtest  # noqa: PLC0415  half a second, which only who asks should wait for

        ends = binomtest(self.successes, self.tried).proportion_ci(level, method="wilson")
        return float(ends.low), float(ends.high)

    def _repr_html_(self) -> Html:
        return block(str(self))

    def __str__(self) -> str:
        if not self.tried:
            return "none tried"
        low, high = self.interval()
        return f"{self.successes:,} of {self.tried:,}, {100 * self.share:.1f} % ({100 * low:.1f} to {100 * high:.1f} %)"


PasteOutcome = Literal["success", "partial", "failure"]
Label = TypeVar("Label", bound=Hashable)


def outcome_of(predicted: Label, *, target: Label, original: Label, own: Label | None = None) -> PasteOutcome:
    """The outcome of an edit, in the paper's terms (Mu and Andreas 2020, appendix on copy-paste examples).

    ``"success"``: the edited picture is predicted to be the target; ``"failure"``: still the original class (in the
    paper the picture's label), or `own`, that of what was pasted: a laundromat that is pasted large enough is a
    laundromat; ``"partial"``: another class. Where the target is the patch's own class, reaching it is a success.
    Classes are all numbers, or all names.
    """
    if target == original:
        raise EditError(f"the target {target!r:.80} is the class that the picture already has: choose another")
    if predicted == target:
        return "success"
    return "failure" if predicted == original or (own is not None and predicted == own) else "partial"


@dataclass(frozen=True)
class OutcomeCounts:
    """Outcomes of edits, counted."""

    success: int
    partial: int
    failure: int

    _repr_html_ = fields_html

    @staticmethod
    def of(outcomes: Iterable[PasteOutcome]) -> OutcomeCounts:
        """Count outcomes."""
        found = list(outcomes)
        return OutcomeCounts(found.count("success"), found.count("partial"), found.count("failure"))

    @property
    def tried(self) -> int:
        """All edits that were tried."""
        return self.success + self.partial + self.failure

    @property
    def rate(self) -> Rate:
        """Successes among all tries."""
        return Rate(self.success, self.tried)
