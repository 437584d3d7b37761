"""Fill the unit table in the background, row by row, while the page stays usable."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from compexp_widgets.study import ExplanationSettings, Study
from compexp_widgets.widgets.background import Background
from compexp_widgets.widgets.vision_messages import row

# Rows are sent in parcels: often enough to see the table grow, rarely enough not to slow the page.
_PARCEL_SECONDS = 0.25


class UnitTableFiller:
    """Explains every unit of a study in a thread and hands the rows on.

    Parameters
    ----------
    study
        Whose units are explained; its store keeps the explanations, so filling again with the same settings is quick.
    send
        Called from the thread with the settings and a message: ``rows`` since the last one, ``done``, ``total``,
        ``seconds_left`` (None when not known), ``finished``; or an ``error`` with its traceback.
    """

    def __init__(self, study: Study, send: Callable[[ExplanationSettings, dict[str, Any]], None]) -> None:
        self._study = study
        self._send = send
        self._background = Background("unit-table-filler")
        self.cancel, self.wait = self._background.cancel, self._background.wait

    def start(self, settings: ExplanationSettings) -> None:
        """Begin with these settings, in place of what is being filled; cancelling keeps the rows made so far."""
        self._background.start(lambda stop: self._fill(settings, stop))

    def _fill(self, settings: ExplanationSettings, stop: threading.Event) -> None:
        total = self._study.units.count
        rows: list[dict[str, Any]] = []
        done = 0
        started = last = time.monotonic()

        def parcel(finished: bool) -> dict[str, Any]:
            passed = time.monotonic() - started
            left = passed / done * (total - done) if done else None
            return {"type": "rows", "rows": list(rows), "done": done, "total": total, "seconds_left": left,
                    "finished": finished}  # fmt: skip

        try:
            for explanation in self._study.explanations(range(total), settings):
                rows.append(row(self._study, explanation))
                done += 1
                if stop.is_set():
                    break
                if time.monotonic() - last > _PARCEL_SECONDS:
                    self._send(settings, parcel(finished=False))
                    rows.clear()
                    last = time.monotonic()
            if self._background.is_current(stop):  # what another filling took the place of is not finished
                self._send(settings, parcel(finished=True))
        except Exception as error:  # shown to the person in front of the page, with its traceback
            self._send(settings, {"type": "error", "message": str(error), "detail": traceback.format_exc()})
