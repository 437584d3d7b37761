"""Placements shown to a network within a budget, and what came of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, Placement
from compexp_widgets.adversarial.images.search.settings import Constraints, SearchSettings, solid_coverage
from compexp_widgets.arguments import class_number
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.notebook_html import Html, fields_html, section, table
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr, clipped, counted, percent_text, score_text

Phase = Literal["grid", "refined", "faded"]


_SHOWN = 10  # edits that a notebook lists

TRIED = Stage("placements tried", "search")


@dataclass(frozen=True)
class Attempt:
    """A placement of a patch that was tried, and the class that the network predicts, with its probability.

    `stage` is ``"grid"`` for the first look, ``"refined"`` near a promising one, ``"faded"`` with less opacity.
    `margin` is the logit of the wanted class less that of the best other one, above 0 on success; where any class will
    do, the best logit of the others less that of the original class. `share` of the picture is covered, 0 … 1: without
    what lies outside, soft edges by their alpha, fading left aside. `contrast` is the mean absolute difference to the
    picture, over all pixels and channels, 0 … 1. `flips` is True where the answer is as wanted.
    """

    patch: Patch
    placement: Placement
    stage: Phase
    predicted: int
    probability: float
    margin: float
    share: float
    contrast: float
    flips: bool

    def __repr__(self) -> str:
        came = "as wanted" if self.flips else f"short by {-self.margin:.2f} in the logits"
        return (
            f"<Attempt: {clipped(self.edit.description, 200)}: class {self.predicted} with "
            f"{score_text(self.probability)}, {came}; it covers {percent_text(self.share)}>"
        )

    _repr_html_ = fields_html

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
    """The placements of one patch, tried and succeeded, and the largest margin (None where none was tried)."""

    patch: Patch
    tried: int
    succeeded: int
    margin: float | None

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True)
class SuggestedEdits:
    """The result of a search for edits that lead from the class `original` to `target`; None: to any other.

    `best` are all placements that succeeded: the smallest share first, then the least contrast, then the order in which
    they were tried. `closest` is the failure with the largest margin, where nothing succeeded. `by_patch` has one tally
    a patch, in the order given. `grid_tried` and `grid_succeeded` are of the first look alone: the search looks for
    more successes near a success, so that `succeeded` of `tried` is no rate; this comes closer to one, but what is
    larger than a success is not tried there either. A rate is what `sweep` gives. `complete` is False when it was
    cancelled.
    """

    original: int
    target: int | None
    best: tuple[Attempt, ...]
    closest: Attempt | None
    by_patch: tuple[PatchTally, ...]
    grid_tried: int
    grid_succeeded: int
    complete: bool

    def __repr__(self) -> str:
        tried = counted(self.tried, "placement")
        stopped = "" if self.complete else ", stopped early"
        return f"<SuggestedEdits: {self.succeeded:,} of {tried} lead to the class that was wanted{stopped}>"

    def _repr_html_(self) -> Html:
        rows = [
            (
                (one.patch.name, one.stage),
                (f"{one.predicted}", score_text(one.probability), percent_text(one.share), f"{one.contrast:.2f}"),
                one.probability,
            )
            for one in self.best[:_SHOWN]
        ]
        best = (
            table(("patch", "found"), ("class", "probability", "covers", "contrast"), rows, wide=True) if rows else ""
        )
        more = f"{len(self.best) - _SHOWN:,} more" * (len(self.best) > _SHOWN)
        near = f"The closest: {self.closest!r}" if self.closest and not self.best else ""
        return section(
            f"{self.succeeded:,} of {counted(self.tried, 'placement')} lead from class {self.original} to "
            f"{'another class' if self.target is None else f'class {self.target}'}",
            best or near,
            more,
            "" if self.complete else "The search was stopped early.",
        )

    @property
    def tried(self) -> int:
        """Placements that the network was shown."""
        return sum(tally.tried for tally in self.by_patch)

    @property
    def succeeded(self) -> int:
        """Those of them that have the answer that was wanted."""
        return len(self.best)

    def summary(self, class_names: Sequence[str]) -> str:
        """The outcome as sentences, failures included.

        >>> found.summary(network.class_names)
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
                f". The smallest is {best.edit.description}: it covers {best.share:.1%} of the picture and makes it "
                f"{class_names[best.predicted]} with {best.probability:.2f}"
            )
        elif self.closest:
            outcome += (
                f". The closest is {self.closest.edit.description}, short by {-self.closest.margin:.2f} in the logits"
            )
        return outcome + ("." if self.complete else ". The search was stopped early.")

    def to_frame(self, class_names: Sequence[str]) -> pd.DataFrame:
        """Every success as a row, best first: the patch, its placement, and the columns of `Attempt`."""
        rows = [
            {
                **vars(found),
                **vars(found.placement),
                "patch": found.patch.name,
                "origin": found.patch.origin,
                "predicted": class_names[found.predicted],
            }
            for found in self.best
        ]
        frame: pd.DataFrame = pd.DataFrame(rows, columns=COLUMNS)
        return frame


_PLACEMENT = tuple(field.name for field in fields(Placement))
COLUMNS = ("patch", "origin", *_PLACEMENT, "share", "contrast", "predicted", "probability", "margin", "stage")


CLOSE_CALL = 1e-3
"""Of the largest logit: where the two best classes are nearer than that, the picture is shown again by itself.

In a batch the last bits differ, so that the same picture shown alone later could have another class."""


@dataclass(frozen=True)
class Candidate:
    """A patch, by its number among those given, at a placement."""

    patch: int
    placement: Placement


class PlacementEvaluator:
    """Tries placements within a budget and keeps what came of them, the best by `Attempt.rank` apart."""

    def __init__(
        self,
        network: Network,
        picture: Image.Image,
        patches: Sequence[Patch],
        target: int | str | None,
        constraints: Constraints,
        settings: SearchSettings,
        *,
        report: Report = silent,
        cancelled: Callable[[], bool] | None = None,
        on_batch: Callable[[SuggestedEdits], None] | None = None,
    ) -> None:
        self.network = network
        self.picture = picture.convert("RGB")
        self.patches = patches
        self.constraints = constraints
        self.attempts: dict[Candidate, Attempt] = {}
        self.best: Attempt | None = None
        self.stopped = False
        self._pixels = np.asarray(self.picture, np.int16)
        self._shares: dict[Candidate, float] = {}
        self._budget, self._batch_size = settings.budget, settings.batch_size
        self._report, self._cancelled, self._on_batch = report, cancelled, on_batch
        logits = network.respond([self.picture]).logits[0]
        self.original = int(logits.argmax())
        self.target = (
            None
            if target is None
            else class_number(target, network.class_names, len(logits), network=network.name, error=EditError)
        )
        if self.target == self.original:
            name = f" ({network.class_names[self.original]})" if network.class_names else ""
            raise EditError(f"the network answers class {self.original}{name} already: choose another target")

    @property
    def left(self) -> int:
        """Placements that may still be tried; 0 after it was stopped."""
        return 0 if self.stopped else self._budget - len(self.attempts)

    def allows(self, candidate: Candidate) -> bool:
        """True for a candidate that keeps to the constraints."""
        return self.share(candidate) < math.inf

    def share(self, candidate: Candidate) -> float:
        """The share that a candidate covers; infinite where it does not keep to the constraints."""
        if candidate not in self._shares:
            edit = Paste(self.patches[candidate.patch], candidate.placement)
            self._shares[candidate] = math.inf
            if not self.constraints.broken_by(edit):
                covered = solid_coverage(edit, self.picture.size)
                if not self.constraints.broken_by(edit, covered):
                    self._shares[candidate] = float(covered.mean())
        return self._shares[candidate]

    def could_be_best(self, candidate: Candidate) -> bool:
        """True for a candidate that is allowed, was not tried, and is no larger than the smallest success."""
        if candidate in self.attempts or not self.allows(candidate):
            return False
        return self.best is None or not self.best.flips or self.share(candidate) <= self.best.share

    def run(self, candidates: Iterable[Candidate], stage: Phase) -> None:
        """Try allowed candidates, taken batch by batch, until they or the budget end, or it is stopped."""
        waiting = iter(candidates)
        while self.left > 0:
            if self._cancelled and self._cancelled():
                self.stopped = True
                return
            batch = dict.fromkeys(islice(waiting, min(self._batch_size, self.left)))
            if not batch:
                return
            self._try([candidate for candidate in batch if candidate not in self.attempts], stage)
            self._report(TRIED, len(self.attempts), self._budget)
            if self._on_batch:
                self._on_batch(self.found())

    def _try(self, batch: Sequence[Candidate], stage: Phase) -> None:
        edited = [Paste(self.patches[candidate.patch], candidate.placement).on(self.picture) for candidate in batch]
        logits = self.network.respond(edited, batch_size=self._batch_size).logits
        for candidate, after, scores in zip(batch, edited, logits, strict=True):
            attempt = self._judged(candidate, after, self._settled(after, scores), stage)
            self.attempts[candidate] = attempt
            if self.best is None or attempt.rank < self.best.rank:
                self.best = attempt

    def _settled(self, edited: Image.Image, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        second, first = np.partition(logits, -2)[-2:] if len(logits) > 1 else (-np.inf, logits[0])
        if first - second > CLOSE_CALL * np.abs(logits).max():
            return logits
        alone: NDArray[np.float32] = self.network.respond([edited]).logits[0]
        return alone

    def _judged(self, candidate: Candidate, edited: Image.Image, logits: NDArray[np.float32], stage: Phase) -> Attempt:
        predicted = int(logits.argmax())
        pivot = self.original if self.target is None else self.target
        others = np.delete(logits, pivot).max(initial=-np.inf)
        margin = float(others - logits[pivot])
        return Attempt(
            patch=self.patches[candidate.patch],
            placement=candidate.placement,
            stage=stage,
            predicted=predicted,
            probability=float(softmax(logits.astype(np.float64))[predicted]),
            margin=margin if self.target is None else -margin,
            share=self.share(candidate),
            contrast=float(np.abs(np.asarray(edited, np.int16) - self._pixels).mean() / 255),
            flips=predicted != self.original if self.target is None else predicted == self.target,
        )

    def found(self) -> SuggestedEdits:
        """The result so far."""
        successes = sorted((one for one in self.attempts.values() if one.flips), key=lambda one: one.rank)
        grid = [one for one in self.attempts.values() if one.stage == "grid"]
        return SuggestedEdits(
            original=self.original,
            target=self.target,
            best=tuple(successes),
            closest=self.best if self.best and not self.best.flips else None,
            by_patch=tuple(self._tally(number) for number in range(len(self.patches))),
            grid_tried=len(grid),
            grid_succeeded=sum(one.flips for one in grid),
            complete=not self.stopped,
        )

    def _tally(self, patch: int) -> PatchTally:
        mine = [attempt for candidate, attempt in self.attempts.items() if candidate.patch == patch]
        margin = max((attempt.margin for attempt in mine), default=None)
        return PatchTally(self.patches[patch], len(mine), sum(attempt.flips for attempt in mine), margin)
