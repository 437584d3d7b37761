"""What an edit led to, in the terms of the paper: success, partial success or failure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from compexp_widgets.adversarial.rate import Rate
from compexp_widgets.errors import EditError

PasteOutcome = Literal["success", "partial", "failure"]
Label = TypeVar("Label", bound=Hashable)


def outcome_of(predicted: Label, *, target: Label, original: Label, own: Label | None = None) -> PasteOutcome:
    """Whether an edit led to the class that was wanted (Mu and Andreas 2020, appendix on copy-paste examples).

    Parameters
    ----------
    predicted
        The class that the network gives the edited picture; all four are numbers, or all are names.
    target
        The class that was wanted.
    original
        The class that the picture had before. In the paper this is the class that the picture is labelled with; the
        class that the network gave the unedited picture can be put here as well.
    own
        The class of what was pasted, taken by itself: a laundromat that is pasted large enough is a laundromat.

    Returns
    -------
    ``"success"``: it is the target. ``"failure"``: it is still the original class, or that of the patch.
    ``"partial"``: another class. Where the target is the patch's own class, reaching it is a success.

    Raises
    ------
    EditError
        When the target is the original class.
    """
    if target == original:
        raise EditError(f"the target {target!r:.80} is the class that the picture already has: choose another")
    if predicted == target:
        return "success"
    return "failure" if predicted == original or (own is not None and predicted == own) else "partial"


@dataclass(frozen=True)
class OutcomeCounts:
    """How many edits led to which outcome."""

    success: int
    partial: int
    failure: int

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
