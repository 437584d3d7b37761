"""What there is to be said of a unit besides its formula: whether it fires as asked, and why not.

The five states, the first that applies:

not finite
    Some of its activations are NaN or infinite. It is not explained.
constant
    All its activations are one value. There is nothing to explain.
silent
    It fires at fewer positions than an explanation needs, or at none: too few to explain it.
saturated
    More of its activations equal its largest one than were asked for. It fires where its activation is that largest
    one, and is explained there. With the threshold on the map, the positions of the finer grid where that is so may
    still be fewer than were asked for.
fires
    As asked. Its active share is told all the same: it differs from what was asked for where activations tie at the
    threshold, and wherever the threshold is taken on the map.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import numpy as np

from compexp_widgets.signatures.activation_ranges import Limits

UnitState: TypeAlias = Literal["fires", "saturated", "silent", "constant", "not finite"]
STATES: tuple[UnitState, ...] = get_args(UnitState)

UNEXPLAINED: tuple[UnitState, ...] = ("silent", "constant", "not finite")
"""The states of units that are not explained."""


def state_of(extent: tuple[float, float], limits: Limits, active: int, least: int) -> UnitState:
    """The state of a unit.

    Parameters
    ----------
    extent
        Its smallest and largest activation, NaN where one of them is no number.
    limits
        Between which activations it fires.
    active
        At how many positions it does.
    least
        How many an explanation needs.
    """
    smallest, largest = extent
    if not np.isfinite(extent).all():
        return "not finite"
    if smallest == largest:
        return "constant"
    if active < max(least, 1):
        return "silent"
    return "saturated" if limits.includes_low and limits.low == largest else "fires"


def in_words(states: Iterable[UnitState], kind: str = "units") -> str:
    """How many units are in which state but firing: ``"of 1,280 units: 543 saturated, 3 constant"``; empty for none."""
    counts = Counter(states)
    told = ", ".join(f"{counts[state]:,} {state}" for state in STATES if state != "fires" and counts[state])
    return f"of {counts.total():,} {kind}: {told}" if told else ""
