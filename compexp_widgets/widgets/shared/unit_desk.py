"""What the page of every explorer asks for: the study, cards of units, rows of the unit table, evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from compexp_widgets.study import Explanation, ExplanationSettings, Study
from compexp_widgets.widgets.kernel.front_desk import DONE, FrontDesk
from compexp_widgets.widgets.kernel.page_requests import PageRequest, page_request
from compexp_widgets.widgets.shared.cards import Asked, Cards, Describe
from compexp_widgets.widgets.shared.evidence import EvidenceFinder
from compexp_widgets.widgets.shared.explanation_messages import Message
from compexp_widgets.widgets.shared.unit_table_filler import UnitTableFiller


@dataclass(frozen=True)
class Manner(Generic[Asked]):
    """How one kind of study is shown.

    Attributes
    ----------
    present
        The widget's settings for the unit table.
    study
        The answer to the page's first message: given these settings, and the rows known so far.
    read
        Reads a request for a card.
    card
        Makes a card.
    row
        Makes a row of the unit table.
    table_settings
        Reads the settings for the unit table from those that the page sends.
    label
        Settings in a few words, for a heading.
    """

    present: Callable[[], ExplanationSettings]
    study: Callable[[ExplanationSettings, list[dict[str, Any]]], dict[str, Any]]
    read: Callable[[PageRequest], Asked]
    card: Describe[Asked]
    row: Callable[[Explanation], dict[str, Any]]
    table_settings: Callable[[dict[str, Any]], ExplanationSettings]
    label: Callable[[ExplanationSettings], str]


class UnitDesk(Generic[Asked]):
    """Answers an explorer's page.

    Parameters
    ----------
    study
        Whose units are shown.
    manner
        How.
    send
        Sends a message and its buffers to the page; called from threads too.

    Attributes
    ----------
    pause
        Entered while the page waits for an answer.
    works
        What can be cancelled, under the names that the page calls it by.
    """

    def __init__(
        self, study: Study, manner: Manner[Asked], send: Callable[[dict[str, Any], list[bytes]], None]
    ) -> None:
        self._study = study
        self._manner = manner
        self._front = FrontDesk(send)
        self.pause, self.works, self.deliver = self._front.pause, self._front.works, self._front.deliver
        self.cards = Cards(study, self.pause, send, manner.card)
        self.filler = UnitTableFiller(study, self.pause, self._send_rows, manner.row)
        self.evidence = EvidenceFinder(study, self.pause, self.deliver)
        self.works |= {"table": self.filler, "evidence": self.evidence}

    def close(self) -> None:
        """Stop what runs in the background."""
        self.cards.cancel()
        self._front.close()

    def answer(self, content: object, own: Callable[[PageRequest], Message]) -> None:
        """Answer a message of the page; whatever goes wrong is answered too, so that the page can show it.

        Parameters
        ----------
        own
            Answers what only this kind of explorer is asked; an empty message is not sent, because the answer follows.
        """
        request = page_request(content)
        answer = self._front.answer(request, lambda asked: self._answer_to(asked, own))
        if answer.get("type") == "card":
            self.cards.follow(request.get("id"), self._manner.read(request), answer)
        elif answer.get("type") == "study":
            self._fill_table()

    def _answer_to(self, content: PageRequest, own: Callable[[PageRequest], Message]) -> Message:
        kind = content.get("type")
        if kind == "hello":
            settings = self._manner.present()
            known = self._study.stored_explanations(settings).values()
            return self._manner.study(settings, [self._manner.row(one) for one in known]), []
        if kind == "card":
            request = self._manner.read(content)
            answer, buffers = self.cards.answer(request)
            return {**answer, "evidence": self.evidence.known(request.unit, request.settings)}, buffers
        if kind == "evidence":
            request = self._manner.read(content)
            self.evidence.start(content.get("id"), request.unit, request.settings)
        elif kind == "explain_all":
            self.filler.start(self._manner.table_settings(content.fields("settings")))
            return DONE
        elif kind == "cancel":
            return self._front.cancel(content.get("what", "table"))
        else:
            return own(content)
        return {}, []

    def _fill_table(self) -> None:
        """Explain, in the background, the units that no row is known of yet."""
        settings = self._manner.present()
        if len(self._study.stored_explanations(settings)) < self._study.units.count:
            self.filler.start(settings)

    def _send_rows(self, settings: ExplanationSettings, message: dict[str, Any]) -> None:
        self.deliver({**message, "label": self._manner.label(settings)})


def best_known_unit(study: Study) -> int:
    """The unit to begin with: of those explained with the default settings, the one with the largest IoU."""
    known = study.stored_explanations(study.default_settings).values()
    found = [one for one in known if one.best]
    return max(found, key=lambda one: one.best.overlap.iou if one.best else 0.0).unit if found else 0
