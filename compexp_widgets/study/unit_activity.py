"""Where one unit of a study fires."""

from __future__ import annotations

from dataclasses import dataclass

from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits
from compexp_widgets.signatures.position_counts import PositionCounts
from compexp_widgets.study.probed_units import ProbedUnits


@dataclass(frozen=True, eq=False)
class UnitActivity:
    """Where one unit fires.

    Attributes
    ----------
    limits
        The activations between which it fires.
    counts
        Its active positions, by sample and signature.
    extent
        Its smallest and largest activation, NaN where one of them is no number.
    """

    limits: Limits
    counts: PositionCounts
    extent: tuple[float, float]

    @classmethod
    def of(cls, units: ProbedUnits, unit: int, firing: ActivationRange) -> UnitActivity:
        """Where a unit fires when these activations count."""
        limits = units.limits(unit, firing)
        return cls(limits, units.activity(unit, limits), units.extent(unit))

    @property
    def threshold(self) -> float:
        """The activation above which it fires; with it where the limits include it."""
        return self.limits.low
