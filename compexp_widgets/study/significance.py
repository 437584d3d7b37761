"""Tests of a formula: held-out IoU, a permutation test, and a bootstrap interval, all over samples.

A search over thousands of formulas finds something in any noise. Three answers to that: score the formula on samples
that the search did not see; search again after tearing activations and concepts apart; and see how the score varies
when other samples had been drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, takewhile
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.formula import Formula
from compexp_widgets.search import Overlap, certainly_below, scores
from compexp_widgets.signatures import PositionCounts, SignatureTable
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study.evidence import Evidence, EvidenceSettings, HeldOut, NullTest
from compexp_widgets.study.explaining import find_formulas
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.units import ProbedUnits, UnitActivity


class Searched(Protocol):
    """A probed layer whose formulas are tested: the part of a `Study` that evidence needs."""

    table: SignatureTable
    positions: PositionCounts
    units: ProbedUnits

    @property
    def samples(self) -> int: ...

    def held_out_samples(self) -> NDArray[np.bool_]: ...

    def activity(self, unit: int, firing: float | ActivationRange) -> UnitActivity: ...

    def excluded(self, settings: ExplanationSettings) -> frozenset[int]: ...

    def explain_unit(
        self, unit: int, settings: ExplanationSettings | None = None, *, cancelled: Callable[[], bool] | None = None
    ) -> Explanation: ...


def find_evidence(
    study: Searched,
    explanation: Explanation,
    settings: ExplanationSettings,
    tests: EvidenceSettings,
    *,
    split: Split | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Evidence:
    """The evidence for the best formula of an explanation made with `settings`.

    The p-value compares what the beam alone reaches with what the beam alone reaches in null samples. That is as fair
    as with a proof on both sides, and many times faster: a p-value holds for whatever score it is made of, as long as
    that is found in the same way on both sides, and the whole search is repeated in every null sample, so that having
    chosen among thousands of formulas is paid for.

    `split` tells which samples the search may see, see `held_out`; `cancelled`, asked often, ends the work with the
    null samples drawn so far.
    """
    unit, best = explanation.unit, explanation.best
    if best is None:
        nothing = Overlap(0, 0, 0)
        return Evidence(unit, None, 0.0, HeldOut(None, nothing, nothing), NullTest(1.0), (0.0, 0.0))
    beam = replace(settings, proof_nodes=0)
    reached = study.explain_unit(unit, beam, cancelled=cancelled).best
    score = reached.score if reached else 0.0
    null = takewhile(lambda _: not cancelled(), null_scores(study, unit, beam, seed=tests.seed, worth=score))
    return Evidence(
        unit,
        best.formula,
        best.overlap.iou,
        held_out(study, unit, settings, split, cancelled=cancelled),
        against_null(score, null, tests),
        bootstrap_interval(study, unit, best.formula, settings, tests),
    )


@dataclass(frozen=True, eq=False)
class Split:
    """Samples parted into those that a search may see and those that are kept from it; the same for every unit."""

    kept: NDArray[np.bool_]  # shape (samples,): those that are kept from the search
    table: SignatureTable  # signatures of the others
    rows: NDArray[np.intp]  # shape (S',): which rows of the study's table these are
    kept_total: NDArray[np.int64]  # shape (S,): positions of the samples kept back that carry each signature

    @classmethod
    def of(cls, study: Searched, kept: NDArray[np.bool_] | None = None) -> Split:
        """Part the samples of a study, as `Study.held_out_samples` does by default; SearchError where one part has
        none.
        """
        kept = study.held_out_samples() if kept is None else kept
        if kept.all() or not kept.any():
            raise SearchError(f"{int(kept.sum())} of {kept.size} samples are held out: both parts need at least one")
        kept_total = study.positions.of_samples(kept).by_signature()
        return cls(kept, *study.table.restricted(study.table.total - kept_total), kept_total)


def held_out(
    study: Searched,
    unit: int,
    settings: ExplanationSettings,
    split: Split | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> HeldOut:
    """Search on one part of the samples and score on the other; the unit's threshold is that over all samples. Without
    a split, `Study.held_out_samples` are kept back; `cancelled` ends the search with the best so far.
    """
    split = split or Split.of(study)
    activity = study.activity(unit, settings.firing).counts
    fires = activity.of_samples(split.kept).by_signature()
    active = (activity.by_signature() - fires)[split.rows]
    by_length, _ = find_formulas(split.table, active, settings, study.excluded(settings), cancelled)
    if not by_length:
        return HeldOut(None, Overlap(int(active.sum()), 0, 0), Overlap(int(fires.sum()), 0, 0))
    found = by_length[-1]
    truth = study.table.truth(found.formula)
    return HeldOut(found.formula, found.overlap, Overlap.of(truth, split.kept_total, fires))


def null_scores(
    study: Searched, unit: int, settings: ExplanationSettings, *, seed: int = 0, worth: float = 0.0
) -> Iterator[float]:
    """Scores of the same search in null samples: the unit's activations held against the concepts of other images.

    Every null sample permutes the images and repeats the whole search. Activations keep their shape, their size and
    their place in the picture, annotations keep all that holds within one picture, and only their meeting is chance. So
    a low p-value says that the unit's activations have to do with what is in *these* pictures. That a unit likes the
    upper edge, where skies are, is part of the null model and earns nothing. Images are exchanged rather than positions
    since neighbouring positions are alike: shuffled positions would make almost any formula look real. So it is with
    pairs and texts. Samples of different sizes are exchanged with those of their own number of positions, so that every
    activation keeps its place and none is lost; a sample whose number no other has stays where it is. SearchError where
    that is all of them.

    What it does not say: that the unit finds the concept's place. A unit that fires anywhere in pictures of one scene
    has to do with that scene, and with all that goes with it. And it takes any image for an exchange of any other: a
    unit that tells pictures of one source from those of another, which are annotated with other concepts, passes too.

    Yields the best score of each null sample, 0 where no concept overlaps, without end, and the same for the same unit
    and seed; NaN beyond the first 100 where it is certain without a search that it stays below `worth`.
    """
    excluded = study.excluded(settings)
    length = settings.search.max_length
    for sample, active in enumerate(_exchanged(study, unit, settings, seed)):
        skippable = sample >= DESCRIBED and settings.search.metric == "iou"
        if skippable and certainly_below(study.table, active, worth, length, excluded):
            yield math.nan
        else:
            by_length, _ = find_formulas(study.table, active, settings, excluded)
            yield by_length[-1].score if by_length else 0.0


def _exchanged(study: Searched, unit: int, settings: ExplanationSettings, seed: int) -> Iterator[NDArray[np.int64]]:
    """The unit's active positions a signature, int64 of shape (S,), with the samples exchanged in ever new ways."""
    signatures, starts = np.asarray(study.units.positions).reshape(-1), study.units.starts
    sizes = np.diff(starts)
    alike = [np.flatnonzero(sizes == size) for size in np.unique(sizes)]
    if study.samples > 1 and len(alike) == study.samples:
        raise SearchError("no two samples have the same number of positions: there is nothing to exchange for a test")
    by_sample, places = np.zeros(study.samples, np.int64), [np.empty(0, np.min_scalar_type(int(sizes.max())))]
    for sample, place in study.units.active_positions(unit, study.activity(unit, settings.firing).limits):
        by_sample += np.bincount(sample, minlength=study.samples)
        places.append(place.astype(places[0].dtype))
    place = np.concatenate(places)
    ends = np.cumsum(by_sample)
    # Some samples at a time: bounds the memory of a unit that is active nearly everywhere.
    cuts = np.flatnonzero(np.diff(ends // CHUNK)) + 1
    parts = list(zip(np.split(by_sample, cuts), np.split(place, ends[cuts - 1]), strict=True))
    rng = np.random.Generator(np.random.PCG64([seed, unit]))
    exchanged = np.empty(study.samples, np.intp)
    while True:
        active = np.zeros(len(study.table), np.int64)
        for samples in alike:
            exchanged[samples] = rng.permutation(samples)
        begins = np.split(starts[exchanged], cuts)
        for begin, (count, within) in zip(begins, parts, strict=True):
            active += np.bincount(signatures[np.repeat(begin, count) + within], minlength=len(active))
        yield active


def against_null(score: float, null: Iterable[float], tests: EvidenceSettings) -> NullTest:
    """A score compared with those of null samples, no more of them than it takes; NaN is one that is known to be lower.

    As soon as enough samples are at least as good, a tie included, p = enough / drawn; a score that withstands all
    samples gets p = (1 + exceedances) / (1 + drawn). Both are valid p-values: under the null hypothesis, P(p ≤ α) ≤ α.
    Source: Besag and Clifford 1991, "Sequential Monte Carlo p-values".
    """
    drawn: list[float] = []
    exceedances = 0
    for reached in islice(null, tests.samples):
        drawn.append(reached)
        exceedances += reached >= score
        if exceedances == tests.enough:
            break
    p_value = exceedances / len(drawn) if exceedances == tests.enough else (1 + exceedances) / (1 + len(drawn))
    if not drawn:
        return NullTest(p_value)
    described = drawn[:DESCRIBED]
    return NullTest(p_value, len(drawn), exceedances, float(np.mean(described)), float(np.quantile(described, 0.95)))


def bootstrap_interval(
    study: Searched,
    unit: int,
    formula: Formula,
    settings: ExplanationSettings,
    tests: EvidenceSettings,
) -> tuple[float, float]:
    """The range of the formula's IoU when samples are drawn again with replacement (percentile bootstrap).

    The formula and the unit's threshold stay as they are: this is not the range of what a search would find.
    """
    truth = study.table.truth(formula)
    activity = study.activity(unit, settings.firing).counts
    counts = np.stack([activity.by_sample(), study.positions.by_sample(truth), activity.by_sample(truth)])
    drawn = _drawn_samples(study.samples, tests.resamples, tests.seed)
    parts = np.array_split(drawn, -(-drawn.size // CHUNK))
    active, holds, both = np.concatenate([part.astype(np.float64) @ counts.T.astype(np.float64) for part in parts]).T
    low, high = np.quantile(scores("iou", active, holds, both), [(1 - tests.level) / 2, (1 + tests.level) / 2])
    return float(low), float(high)


@lru_cache(maxsize=2)
def _drawn_samples(samples: int, times: int, seed: int) -> NDArray[np.uint16]:
    """Number of times each sample is drawn: uint16, shape (times, samples). Kept for all units: drawing takes time."""
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = np.empty((times, samples), np.uint16)
    for one in drawn:
        one[:] = np.bincount(rng.integers(samples, size=samples), minlength=samples)
    return drawn


# Null samples that are searched in any case, for their mean and percentile.
DESCRIBED = 100
# Numbers handled at once: 8 MB in float64.
CHUNK = 2**20
