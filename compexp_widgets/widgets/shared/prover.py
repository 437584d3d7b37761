"""Proofs where they take long: only when somebody asks for one, in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compexp_widgets.study import ExplanationSettings, Study
from compexp_widgets.widgets.kernel.answering import Answering, Tell
from compexp_widgets.widgets.kernel.background import Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import proof_message


class Prover:
    """Runs the certified search for one unit at a time in a thread; a new question takes the place of the old one.

    Parameters
    ----------
    study
        Whose units are asked about.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread with a ``proof``; see `Answering`.
    """

    def __init__(self, study: Study, pause: Pause, send: Callable[[dict[str, Any]], None]) -> None:
        self._study = study
        self._answering = Answering("prover", pause, send)
        self.cancel, self.wait = self._answering.cancel, self._answering.wait

    def start(self, number: Any, unit: int, settings: ExplanationSettings) -> None:
        """Answer the question with this number."""
        certified = replace(settings, proof_nodes=ExplanationSettings().proof_nodes)

        def prove(stop: Stop, _tell: Tell) -> dict[str, Any]:
            return proof_message(self._study, self._study.explain_unit(unit, certified, cancelled=stop.is_set))

        self._answering.start(number, prove)
