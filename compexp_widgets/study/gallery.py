"""The samples that show best what a formula gets right about a unit, and what it gets wrong."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import Formula
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.explanation import UnitActivity

Gallery = Literal["fires", "silent", "unexplained"]
GALLERIES: tuple[Gallery, ...] = get_args(Gallery)


def galleries(
    study: DissectedLayer, unit: int, activity: UnitActivity, formula: Formula | None
) -> dict[Gallery, NDArray[np.intp]]:
    """Three rankings of images, pairs or texts, as indices of samples, best first; ties in the order of the data set.

    *fires* has every sample with active positions, by its largest activation, or, where activations count only up to a
    limit, by the number of positions at which they do. *silent*: where the formula holds and the unit is active
    nowhere, by the number of positions at which it holds; where every sample is one position, such as a pair, the
    lowest activation first. *unexplained*: where the unit is active, and the formula at none of its active positions,
    in the order of *fires*. A formula that is None holds nowhere.
    """
    truth = np.zeros(len(study.table), np.bool_) if formula is None else study.table.truth(formula)
    active = activity.counts.by_sample()
    both = activity.counts.by_sample(truth)
    holds = study.positions.by_sample(truth)
    peaks = study.units.peaks(unit)
    single = study.samples == study.table.positions
    strength = peaks if single or activity.limits.high == np.inf else active
    return {
        "fires": _ranked(active > 0, strength),
        "silent": _ranked((holds > 0) & (active == 0), -peaks if single else holds),
        "unexplained": _ranked((active > 0) & (both == 0), strength),
    }


def _ranked(chosen: NDArray[np.bool_], score: NDArray[np.generic]) -> NDArray[np.intp]:
    indices = np.flatnonzero(chosen)
    return indices[np.argsort(-score[indices].astype(np.float64), kind="stable")]
