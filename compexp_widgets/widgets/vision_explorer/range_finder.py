"""What a unit detects at each range of its activations: found in the background, range by range."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from compexp_widgets.errors import CompexpError
from compexp_widgets.signatures.activation_ranges import Cluster, clusters
from compexp_widgets.study import Explanation, ExplanationSettings, VisionStudy
from compexp_widgets.widgets.kernel.answering import Answering, Tell
from compexp_widgets.widgets.kernel.background import Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import finite, formula_message, proof_of
from compexp_widgets.widgets.shared.stoppable_search import explanations_until
from compexp_widgets.widgets.vision_explorer.messages import of_cluster

MOST_RANGES = 20

# Bars of the histogram of a unit's activations: as many as a line of the table has room for.
_BINS = 40


class RangeFinder:
    """Explains the clusters of one unit's activations in a thread; a new question takes the place of the old one.

    Parameters
    ----------
    study
        Whose units are asked about; its store keeps the explanations.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread with one message on all ranges, then one for each, the last of which is ``finished``;
        see `Answering`.
    """

    def __init__(self, study: VisionStudy, pause: Pause, send: Callable[[dict[str, Any]], None]) -> None:
        self._study = study
        self._answering = Answering("range-finder", pause, send)
        self.cancel, self.wait = self._answering.cancel, self._answering.wait

    def start(self, number: Any, unit: int, settings: ExplanationSettings, of: int) -> None:
        """Answer the question with this number, from the highest activations down.

        Raises
        ------
        CompexpError
            When there are to be fewer than 1 or more than 20 ranges.
        """
        if not 1 <= of <= MOST_RANGES:
            raise CompexpError(f"a unit's activations are divided into 1 … {MOST_RANGES} ranges, not {of}")

        def find(stop: Stop, tell: Tell) -> dict[str, Any]:
            last = ranges_message(self._study, unit, of)
            if not last["ranges"]:
                return {**last, "finished": True}
            tell(last)
            ranges = [Cluster(place, of) for place in range(of, 0, -1)]
            found = explanations_until(stop, self._study, [unit], of_cluster(settings, (of, of)), ranges)
            for firing, explanation in zip(ranges, found, strict=False):
                last = range_message(self._study, explanation, firing)
                if firing.number > 1:
                    tell(last)
            return {**last, "finished": True}

        self._answering.start(number, find)


def ranges_message(study: VisionStudy, unit: int, of: int) -> dict[str, Any]:
    """Where the ranges of a unit lie, the highest first, and how its positive activations are distributed."""
    maps = study.units.maps_of(unit)
    largest = float(max(maps.max(), 0.0))
    borders = clusters(maps, of)
    between = list(pairwise(borders)) if borders else []
    counts, _ = np.histogram(maps[maps > 0], _BINS, (0.0, largest or 1.0))
    return {
        "type": "ranges",
        "unit": unit,
        "of": of,
        "ranges": [
            {"number": number, "low": low, "high": finite(high)}
            for number, (low, high) in reversed(list(enumerate(between, start=1)))
        ],
        "largest": largest,
        "histogram": counts.tolist(),
    }


def range_message(study: VisionStudy, explanation: Explanation, firing: Cluster) -> dict[str, Any]:
    """The formula of one range and its scores, by the names of La Rosa et al. 2023."""
    best = explanation.best
    active = int(study.activity(explanation.unit, firing).counts.by_signature().sum())
    return {
        "type": "range",
        "unit": explanation.unit,
        "number": firing.number,
        "of": firing.of,
        "share": active / study.table.positions,
        **formula_message(study, best.formula if best else None),
        "iou": best.overlap.iou if best else 0.0,
        "detection_accuracy": best.overlap.precision if best else 0.0,
        "activation_coverage": best.overlap.recall if best else 0.0,
        "sample_coverage": study.sample_coverage(explanation, firing),
        "proof": proof_of(explanation),
    }
