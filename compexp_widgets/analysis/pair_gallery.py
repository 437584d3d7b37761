"""The sentence pairs that show best what a formula gets right about a unit, and what it gets wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.analysis.gallery import Gallery


def pair_galleries(
    activations: NDArray[np.float32], fires: NDArray[np.bool_], holds: NDArray[np.bool_]
) -> dict[Gallery, NDArray[np.intp]]:
    """Three rankings of pairs, each best first; ties in the order of the data set.

    Parameters
    ----------
    activations
        float32, shape (N,): of the unit.
    fires
        bool, shape (N,): where they count as firing.
    holds
        bool, shape (N,): where the formula is true.

    Returns
    -------
    Numbers of pairs, under

    fires
        Every pair on which the unit fires, by its activation.
    silent
        Where the formula is true and the unit does not fire, the lowest activation first.
    unexplained
        Where the unit fires although the formula is false, by its activation.
    """
    return {
        "fires": _ranked(fires, -activations),
        "silent": _ranked(holds & ~fires, activations),
        "unexplained": _ranked(fires & ~holds, -activations),
    }


def _ranked(chosen: NDArray[np.bool_], order: NDArray[np.float32]) -> NDArray[np.intp]:
    numbers = np.flatnonzero(chosen)
    return numbers[np.argsort(order[numbers], kind="stable")]
