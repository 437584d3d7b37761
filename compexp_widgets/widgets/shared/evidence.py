"""Is the formula real or luck? Found out in the background, for the unit that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compexp_widgets.study import Evidence, EvidenceSettings, ExplanationSettings, Study, q_values
from compexp_widgets.study.significance import find_evidence
from compexp_widgets.widgets.kernel.answering import Answering, Tell
from compexp_widgets.widgets.kernel.background import Pause, Stop

_TESTS = EvidenceSettings()


class EvidenceFinder:
    """Tests one formula at a time in a thread; a new question takes the place of the old one.

    Parameters
    ----------
    study
        Whose units are asked about.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread with the answer: held-out IoU, p-value and interval; see `Answering`.
    """

    def __init__(self, study: Study, pause: Pause, send: Callable[[dict[str, Any]], None]) -> None:
        self._study = study
        self._answering = Answering("evidence-finder", pause, send)
        self.cancel, self.wait = self._answering.cancel, self._answering.wait
        self._whole: tuple[ExplanationSettings, dict[int, dict[str, Any]]] | None = None
        self._found: dict[tuple[int, ExplanationSettings], dict[str, Any]] = {}

    def start(self, number: Any, unit: int, settings: ExplanationSettings) -> None:
        """Answer the question with this number in place of one that is still being answered."""

        def find(stop: Stop, _tell: Tell) -> dict[str, Any]:
            return self.known(unit, settings) or self._find(unit, settings, stop)

        self._answering.start(number, find)

    def known(self, unit: int, settings: ExplanationSettings) -> dict[str, Any] | None:
        """The answer, if it is in the study (see `Study.evidence`) or was found before."""
        return self._stored(settings).get(unit) or self._found.get((unit, settings))

    def _stored(self, settings: ExplanationSettings) -> dict[int, dict[str, Any]]:
        """The study's evidence by unit, read again until it is whole. A q-value needs the p-values of all units."""
        if self._whole and self._whole[0] == settings:
            return self._whole[1]
        stored = self._study.stored_evidence(settings, _TESTS)
        if len(stored) < self._study.units.count:
            return {unit: evidence_message(one, None) for unit, one in stored.items()}
        corrected = q_values(list(stored.values())).tolist()
        messages = {unit: evidence_message(one, q) for (unit, one), q in zip(stored.items(), corrected, strict=True)}
        self._whole = settings, messages
        return messages

    def _find(self, unit: int, settings: ExplanationSettings, stop: Stop) -> dict[str, Any]:
        explanation = self._study.explain_unit(unit, settings, cancelled=stop.is_set)
        found = find_evidence(self._study, explanation, settings, _TESTS, cancelled=stop.is_set)
        message = evidence_message(found, None)
        if not stop.is_set():
            self._found[unit, settings] = message
        return message


def evidence_message(found: Evidence, q_value: float | None) -> dict[str, Any]:
    """What speaks for the formula of a unit.

    Parameters
    ----------
    q_value
        None where not all units were tested.
    """
    if found.formula is None:
        return {"type": "evidence", "unit": found.unit, "found": False}
    return {
        "type": "evidence",
        "unit": found.unit,
        "found": True,
        "held_out": {
            "text": str(found.apart.formula or ""),
            "searched_iou": found.apart.searched.iou,
            "held_out_iou": found.held_out_iou,
        },
        "p_value": found.p_value,
        "q_value": q_value,
        "samples": found.null.samples,
        "exceedances": found.null.exceedances,
        "null_mean": found.null.mean,
        "interval": list(found.interval),
    }
