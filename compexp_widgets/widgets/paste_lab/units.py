"""What a page that edits pictures shows of the units of the study's layer: formulas, thresholds, weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compexp_widgets.adversarial.probed_network import ProbedNetwork, Response
from compexp_widgets.formula import Formula
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study import Explanation, ExplanationSettings
from compexp_widgets.widgets.kernel.background import Pause
from compexp_widgets.widgets.shared.unit_table_filler import UnitTableFiller

SHOWN = 6
"""Units that are shown where the person has chosen none."""


class PasteUnits:
    """The units as far as they are explained; the others are explained in the background.

    Parameters
    ----------
    bench
        Whose units they are.
    pause
        While it is entered the background stands still.
    send
        Called from a thread with ``explained`` (done, total, finished) as units are explained, or an ``error``.

    Attributes
    ----------
    explanations
        Those found so far, by unit.
    weights
        How much each unit speaks for each class; see `ProbedNetwork.class_weights`.
    """

    def __init__(self, bench: ProbedNetwork, pause: Pause, send: Callable[[dict[str, Any]], None]) -> None:
        self._bench = bench
        self._study = bench.study
        self._send = send
        self._settings = bench.study.default_settings
        self.explanations: dict[int, Explanation] = bench.study.stored_explanations(self._settings)
        self.weights = bench.class_weights
        self._limits: dict[int, Limits] = {}
        self._filler = UnitTableFiller(bench.study, pause, self._tell, self._keep)
        self.cancel, self.wait = self._filler.cancel, self._filler.wait

    def fill(self) -> None:
        """Explain, in the background, the units that are not explained yet."""
        if len(self.explanations) < self._study.units.count:
            self._filler.start(self._settings)

    def formula(self, unit: int) -> Formula | None:
        """What describes a unit; None where nothing does, or it is not explained yet."""
        explanation = self.explanations.get(unit)
        return explanation.best.formula if explanation and explanation.best else None

    def limits(self, unit: int) -> Limits:
        """The activations between which a unit fires."""
        if unit not in self._limits:  # of a large study, reading the maps takes a while
            known = self.explanations.get(unit)
            self._limits[unit] = known.limits if known else self._bench.limits(unit)
        return self._limits[unit]

    def telling(self, before: Response, after: Response, wanted: int) -> list[int]:
        """The units that tell most of what happened, the most telling first.

        With edits: those whose mean activation changed most, each change times how much more the unit speaks for the
        wanted class than for the original one. Without: those that speak most for the original class. Where the layer
        has no weights to the classes, a change counts in units of the threshold, and units that are not explained yet
        come last.

        Parameters
        ----------
        wanted
            The class that the edits are about.
        """
        means = [sight.maps.reshape(len(sight.maps), -1).mean(axis=1).astype(np.float64) for sight in (before, after)]
        change = means[1] - means[0] if after is not before else means[0]
        if self.weights is not None:
            weights = self.weights.astype(np.float64)
            difference = weights[wanted] - weights[before.predicted]
            telling = np.abs(change * difference) if after is not before else change * weights[before.predicted]
        else:
            known = {unit: one.threshold for unit, one in self.explanations.items() if one.threshold > 0}
            scale = np.array([known.get(unit, np.inf) for unit in range(len(change))])
            telling = np.abs(change) / scale if after is not before else change / scale
        strongest = np.argsort(-telling, kind="stable")[:SHOWN]
        return [int(unit) for unit in strongest]

    def _keep(self, explanation: Explanation) -> dict[str, Any]:
        self.explanations[explanation.unit] = explanation
        return {"unit": explanation.unit}

    def _tell(self, _settings: ExplanationSettings, message: dict[str, Any]) -> None:
        if message["type"] == "rows":
            told = ("done", "total", "seconds_left", "finished")
            message = {"type": "explained", **{name: message[name] for name in told}}
        self._send(message)
