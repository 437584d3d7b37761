"""Fill the unit table in the background, row by row, while the page stays usable."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from compexp_widgets.study import Explanation, ExplanationSettings, Study
from compexp_widgets.widgets.kernel.background import Background, Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import error_message
from compexp_widgets.widgets.shared.stoppable_search import explanations_until

# Rows are sent in parcels: often enough to see the table grow, rarely enough not to slow the page.
_PARCEL_SECONDS = 0.25


class UnitTableFiller:
    """Explains every unit of a study in a thread and hands the rows on.

    Parameters
    ----------
    study
        Whose units are explained; its store keeps the explanations, so filling again with the same settings is quick.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread with the settings and a message: ``rows`` since the last one, ``done``, ``total``,
        ``seconds_left`` (None when not known), ``filling`` (its number, from 1: of a filling that another took the
        place of, rows may still be on their way), ``finished``, ``cancelled``; or an ``error`` with its traceback.
    describe
        Makes the row of an explanation.
    """

    def __init__(
        self,
        study: Study,
        pause: Pause,
        send: Callable[[ExplanationSettings, dict[str, Any]], None],
        describe: Callable[[Explanation], dict[str, Any]],
    ) -> None:
        self._study = study
        self._send = send
        self._describe = describe
        self._background = Background("unit-table-filler", pause)
        self.cancel, self.wait = self._background.cancel, self._background.wait
        self._fillings = 0

    def start(self, settings: ExplanationSettings) -> None:
        """Begin with these settings, in place of what is being filled; cancelling keeps the rows made so far."""
        self._fillings += 1
        filling = self._fillings
        self._background.start(lambda stop: self._fill(settings, filling, stop))

    def _fill(self, settings: ExplanationSettings, filling: int, stop: Stop) -> None:
        total = self._study.units.count
        rows: list[dict[str, Any]] = []
        done = 0
        started = last = time.monotonic()

        def parcel(finished: bool) -> dict[str, Any]:
            passed = time.monotonic() - started
            left = passed / done * (total - done) if done else None
            return {"type": "rows", "rows": list(rows), "done": done, "total": total, "seconds_left": left,
                    "filling": filling, "finished": finished, "cancelled": finished and done < total}  # fmt: skip

        try:
            for explanation in explanations_until(stop, self._study, range(total), settings):
                rows.append(self._describe(explanation))
                done += 1
                if time.monotonic() - last > _PARCEL_SECONDS and self._background.is_current(stop):
                    self._send(settings, parcel(finished=False))
                    rows.clear()
                    last = time.monotonic()
            if self._background.is_current(stop):  # what another filling took the place of is not finished
                self._send(settings, parcel(finished=True))
        except Exception as error:  # shown to the person in front of the page
            self._send(settings, error_message(error))
