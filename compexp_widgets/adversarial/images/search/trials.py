"""Placements shown to a network within a budget: each once, in batches, and all of them remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from compexp_widgets.adversarial.images.edits.edits import Paste
from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.adversarial.images.edits.placement import Placement
from compexp_widgets.adversarial.images.search.constraints import Constraints, solid_coverage
from compexp_widgets.adversarial.images.search.suggested_edits import Attempt, PatchTally, Stage, SuggestedEdits
from compexp_widgets.arguments import class_number
from compexp_widgets.errors import EditError

from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report

CLOSE_CALL = 1e-3
"""Of the largest logit: where the two best classes are nearer than that, the picture is shown again by itself.

In a batch the last bits differ, so that the same picture shown alone later could have another class."""


@dataclass(frozen=True)
class Spot:
    """A patch, by its number among those given, at a placement."""

    patch: int
    placement: Placement


class Trials:
    """Tries placements and keeps what came of them.

    Attributes
    ----------
    picture
        RGB, as it was given.
    original
        Its class.
    attempts
        What was tried, in that order.
    best
        The best attempt by `Attempt.rank`; None before the first.
    stopped
        Whether `cancelled` said so.

    Raises
    ------
    EditError
        When the target is no class of the network, or is the class of the picture already.
    NetworkError
        When the network does not classify.
    """

    def __init__(
        self,
        network: Network,
        picture: Image.Image,
        patches: Sequence[Patch],
        target: int | str | None,
        constraints: Constraints,
        *,
        budget: int,
        batch_size: int,
        report: Report,
        cancelled: Callable[[], bool] | None,
        on_better: Callable[[Attempt], None] | None,
        on_batch: Callable[[SuggestedEdits], None] | None,
    ) -> None:
        self.network = network
        self.picture = picture.convert("RGB")
        self.patches = patches
        self.constraints = constraints
        self.attempts: dict[Spot, Attempt] = {}
        self.best: Attempt | None = None
        self.stopped = False
        self._pixels = np.asarray(self.picture, np.int16)
        self._shares: dict[Spot, float | None] = {}
        self._budget, self._batch_size = budget, batch_size
        self._report, self._cancelled, self._on_better, self._on_batch = report, cancelled, on_better, on_batch
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

    def allows(self, spot: Spot) -> bool:
        """Whether a spot keeps to the constraints."""
        if spot not in self._shares:
            edit = Paste(self.patches[spot.patch], spot.placement)
            share = None
            if not self.constraints.broken_by(edit):
                covered = solid_coverage(edit, self.picture.size)
                share = None if self.constraints.broken_by(edit, covered) else float(covered.mean())
            self._shares[spot] = share
        return self._shares[spot] is not None

    def share(self, spot: Spot) -> float:
        """The share that an allowed spot covers."""
        share = self._shares[spot]
        assert share is not None
        return share

    def could_be_best(self, spot: Spot) -> bool:
        """Whether a spot is allowed, was not tried, and is no larger than the smallest success."""
        if spot in self.attempts or not self.allows(spot):
            return False
        return self.best is None or not self.best.flips or self.share(spot) <= self.best.share

    def run(self, spots: Iterable[Spot], stage: Stage) -> None:
        """Try allowed spots, which are asked for batch by batch, until they or the budget end, or it is stopped."""
        waiting = iter(spots)
        while self.left > 0:
            if self._cancelled and self._cancelled():
                self.stopped = True
                return
            batch = dict.fromkeys(islice(waiting, min(self._batch_size, self.left)))
            if not batch:
                return
            self._try([spot for spot in batch if spot not in self.attempts], stage)
            self._report("placements tried", len(self.attempts), self._budget)
            if self._on_batch:
                self._on_batch(self.summary())

    def _try(self, batch: Sequence[Spot], stage: Stage) -> None:
        edited = [Paste(self.patches[spot.patch], spot.placement).on(self.picture) for spot in batch]
        logits = self.network.respond(edited, batch_size=self._batch_size).logits
        for spot, after, scores in zip(batch, edited, logits, strict=True):
            attempt = self._judged(spot, after, self._settled(after, scores), stage)
            self.attempts[spot] = attempt
            if self.best is None or attempt.rank < self.best.rank:
                self.best = attempt
                if self._on_better:
                    self._on_better(attempt)

    def _settled(self, edited: Image.Image, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        second, first = np.partition(logits, -2)[-2:] if len(logits) > 1 else (-np.inf, logits[0])
        if first - second > CLOSE_CALL * np.abs(logits).max():
            return logits
        alone: NDArray[np.float32] = self.network.respond([edited]).logits[0]
        return alone

    def _judged(self, spot: Spot, edited: Image.Image, logits: NDArray[np.float32], stage: Stage) -> Attempt:
        predicted = int(logits.argmax())
        pivot = self.original if self.target is None else self.target
        others = np.delete(logits, pivot).max(initial=-np.inf)
        margin = float(others - logits[pivot])
        return Attempt(
            patch=self.patches[spot.patch],
            placement=spot.placement,
            stage=stage,
            predicted=predicted,
            probability=float(softmax(logits.astype(np.float64))[predicted]),
            margin=margin if self.target is None else -margin,
            share=self.share(spot),
            contrast=float(np.abs(np.asarray(edited, np.int16) - self._pixels).mean() / 255),
            flips=predicted != self.original if self.target is None else predicted == self.target,
        )

    def summary(self) -> SuggestedEdits:
        """What was found so far."""
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
        mine = [attempt for spot, attempt in self.attempts.items() if spot.patch == patch]
        margin = max((attempt.margin for attempt in mine), default=None)
        return PatchTally(self.patches[patch], len(mine), sum(attempt.flips for attempt in mine), margin)
