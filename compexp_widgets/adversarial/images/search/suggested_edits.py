"""What a search for edits found, and how often it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

from compexp_widgets.adversarial.images.edits.edits import Paste
from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.adversarial.images.edits.placement import Placement

Stage = Literal["grid", "refined", "faded"]


@dataclass(frozen=True)
class Attempt:
    """A placement that was tried.

    Attributes
    ----------
    patch, placement
        What was pasted, and where.
    stage
        ``"grid"``: of the first look; ``"refined"``: near one that was promising; ``"faded"``: with less opacity.
    predicted
        The class that the network answers.
    probability
        Of that class.
    margin
        The logit of the wanted class less that of the best other one, above 0 on success. Where any class will do, the
        best logit of the others less that of the original class.
    share
        Of the picture that is covered, 0 … 1: without what lies outside, soft edges by their alpha, fading left aside.
    contrast
        The mean absolute difference to the picture, over all pixels and channels, 0 … 1.
    flips
        Whether the answer is as wanted.
    """

    patch: Patch
    placement: Placement
    stage: Stage
    predicted: int
    probability: float
    margin: float
    share: float
    contrast: float
    flips: bool

    @property
    def edit(self) -> Paste:
        """The edit to apply."""
        return Paste(self.patch, self.placement)

    @property
    def rank(self) -> tuple[float, ...]:
        """Orders attempts, best first: successes by share, then contrast; the others by margin, largest first."""
        return (0, self.share, self.contrast) if self.flips else (1, -self.margin, self.share)


@dataclass(frozen=True)
class PatchTally:
    """How one patch fared.

    Attributes
    ----------
    patch
        As given.
    tried, succeeded
        Placements of it.
    margin
        The largest one, see `Attempt`; None where it was not tried.
    """

    patch: Patch
    tried: int
    succeeded: int
    margin: float | None


@dataclass(frozen=True)
class SuggestedEdits:
    """What a search found.

    Attributes
    ----------
    original
        The class of the picture as it was given.
    target
        The class that was wanted; None: any other than the original.
    best
        Every placement that succeeded, best first: the smallest share, then the least contrast, then the order in which
        they were tried.
    closest
        The failure with the largest margin, where nothing succeeded.
    by_patch
        One a patch, in the order given.
    grid_tried, grid_succeeded
        Of the first look alone. The search looks for more successes near a success, so that `succeeded` of `tried` is
        no rate; this comes closer to one, but what is larger than a success is not tried there either. A rate is what
        `sweep` gives.
    complete
        False when the search was cancelled.
    """

    original: int
    target: int | None
    best: tuple[Attempt, ...]
    closest: Attempt | None
    by_patch: tuple[PatchTally, ...]
    grid_tried: int
    grid_succeeded: int
    complete: bool

    @property
    def tried(self) -> int:
        """Placements that the network was shown."""
        return sum(tally.tried for tally in self.by_patch)

    @property
    def succeeded(self) -> int:
        """How many of them have the answer that was wanted."""
        return len(self.best)

    def words(self, class_names: Sequence[str]) -> str:
        """The outcome as sentences, failures included.

        >>> found.words(network.class_names)
        '240 placements of 3 patches tried, 36 turn street into another class (of the first 55: 6). The smallest is …'
        """
        wanted = "another class" if self.target is None else class_names[self.target]
        patches = len(self.by_patch)
        outcome = (
            f"{self.tried} placement{'s' * (self.tried != 1)} of {patches} patch{'es' * (patches != 1)} tried, "
            f"{self.succeeded or 'none'} turn{'s' * (self.succeeded <= 1)} {class_names[self.original]} into {wanted} "
            f"(of the first {self.grid_tried}: {self.grid_succeeded})"
        )
        if self.best:
            best = self.best[0]
            outcome += (
                f". The smallest is {best.edit.words}: it covers {best.share:.1%} of the picture and makes it "
                f"{class_names[best.predicted]} with {best.probability:.2f}"
            )
        elif self.closest:
            outcome += f". The closest is {self.closest.edit.words}, short by {-self.closest.margin:.2f} in the logits"
        return outcome + ("." if self.complete else ". The search was stopped early.")

    def to_frame(self, class_names: Sequence[str]) -> pd.DataFrame:
        """Every success as a row, best first: the patch, its placement, and the columns of `Attempt`."""
        rows = [
            {
                "patch": found.patch.name,
                "origin": found.patch.origin,
                **asdict(found.placement),
                "share": found.share,
                "contrast": found.contrast,
                "predicted": class_names[found.predicted],
                "probability": found.probability,
                "margin": found.margin,
                "stage": found.stage,
            }
            for found in self.best
        ]
        frame: pd.DataFrame = pd.DataFrame(rows, columns=COLUMNS)
        return frame


COLUMNS = (
    "patch",
    "origin",
    "left",
    "top",
    "width",
    "height",
    "rotation",
    "flipped",
    "opacity",
    "share",
    "contrast",
    "predicted",
    "probability",
    "margin",
    "stage",
)
