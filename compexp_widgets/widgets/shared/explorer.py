"""The controller of every explorer: the study, cards of units and their proofs, rows of the unit table, evidence."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypedDict

import traitlets

from compexp_widgets.search import METRICS, OPERATORS, Metric, Operator
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study import EvidenceSettings, Explanation, ExplanationSettings, Study, q_values
from compexp_widgets.study.gallery import GALLERIES, Gallery
from compexp_widgets.study.significance import find_evidence
from compexp_widgets.widgets.kernel.jobs import Job, Jobs, Later, latest
from compexp_widgets.widgets.kernel.messages import Done, Message, Reply
from compexp_widgets.widgets.kernel.router import PageWidget, checked_trait
from compexp_widgets.widgets.shared.explanations import CardSubject, evidence_message, proof, row_fields, text_of
from compexp_widgets.widgets.shared.messages import CardMessage, CardSettings, EvidenceMessage, Row, Rows, StudyMessage

CARD, TABLE, EVIDENCE = latest("card"), latest("table"), latest("evidence")
"""The policies of the rest of a card, of the unit table, and of evidence."""

# How long is searched before a card is answered. Most units of the demo are proven by then at length 3, and an answer
# within a tenth of a second seems to come at once.
PROMPT_SECONDS = 0.08

_TESTS = EvidenceSettings()


class ExplorerController(ABC):
    """Answers an explorer's page. A kind of study adds how it is shown.

    Parameters
    ----------
    present
        The widget: its traits are the settings of its page, by the names that the page sends.

    Attributes
    ----------
    explained
        What the unit table shows, by unit.
    """

    rows: type[Rows] = Rows

    def __init__(self, study: Study, jobs: Jobs, present: Any) -> None:
        self.study = study
        self.jobs = jobs
        self._present = present
        self._stored = lru_cache(maxsize=2)(study.stored_explanations)
        self._evidence = lru_cache(maxsize=4)(self._stored_evidence)
        self._first: Explanation | None = None
        self.explained: dict[int, Explanation] = {}
        self._fillings = 0

    # How a kind of study is shown: the seam that a new modality fills in

    @abstractmethod
    def describe_study(self, settings: ExplanationSettings, rows: list[Any]) -> StudyMessage:
        """The answer to the page's first message, given the settings of the unit table and the rows known so far."""

    @abstractmethod
    def settings(self, asked: Any) -> ExplanationSettings:
        """The settings of a unit's explanation, from those of the page."""

    @abstractmethod
    def draw(self, asked: Any, subject: CardSubject) -> tuple[CardMessage, list[bytes]]:
        """The card of a unit, with the samples that the page asks to see."""

    @abstractmethod
    def label(self, settings: ExplanationSettings) -> str:
        """Settings in a few words, for a heading."""

    def row(self, explanation: Explanation) -> Row:
        """A row of the unit table."""
        return Row(**row_fields(self.study, explanation))

    def table_settings(self, asked: Any) -> ExplanationSettings:
        """The settings of the unit table, from those of the page."""
        return self.settings(asked)

    # The study and its unit table

    def hello(self, _asked: object) -> Message:
        """Describe the study; the units without a row are explained in the background."""
        settings = self.table_settings(self._present)
        self._stored.cache_clear()
        self._evidence.cache_clear()
        known = list(self._stored(settings).values())
        self._evidence(settings)
        self.explained.update((one.unit, one) for one in known)
        if len(known) < self.study.units.count:
            self._fill(settings)
        return self.describe_study(settings, [self.row(one) for one in known])

    def explain_all(self, asked: Any) -> Done:
        """Explain all units in the background; a new filling takes the place of the last one, whose rows stay."""
        self._fill(self.table_settings(asked.settings))
        return Done()

    def _fill(self, settings: ExplanationSettings) -> None:
        self._fillings += 1
        filling, label, rows = self._fillings, self.label(settings), list[Row]()
        stored = self._stored(settings)

        def work(job: Job) -> Rows:
            def part() -> Rows:
                sent = self.rows(
                    rows=rows[:],
                    done=job.done,
                    total=job.total,
                    seconds_left=job.seconds_left,
                    filling=filling,
                    cancelled=job.cancelled and job.done < job.total,
                    label=label,
                )
                rows.clear()
                return sent

            def found(one: Explanation) -> None:
                stored[one.unit] = self.explained[one.unit] = one
                rows.append(self.row(one))

            job.part = part
            explain_units(job, self.study, settings, found)
            return part()

        self.jobs.start(TABLE, work)

    # Cards

    def card(self, asked: Any) -> Reply | Later:
        """A card with what is found at once; if that is not final, the proof or another card follows.

        What is found in the end depends on the settings alone; the first answer also on how fast the machine is.
        """
        started = time.perf_counter()
        settings = self.settings(asked.settings)
        question = asked.settings.unit, settings
        self.jobs.cancel(CARD.name, unless_about=question)
        explanation, final = self._first_answer(asked.settings, settings)
        first = self._card(asked, settings, explanation, started, searching=not final)
        if final:
            return first
        text = first[0].searched.text

        def finish(job: Job) -> Reply | None:
            started = time.perf_counter()
            explanation = self.study.explain_unit(*question, cancelled=job.stopped)
            if job.stopped():
                return None
            best = explanation.best
            if asked.settings.formula_text or text == text_of(best.formula if best else None):
                return proof(self.study, explanation, time.perf_counter() - started)
            return self._card(asked, settings, explanation, started, searching=False)

        return Later(finish, about=question, first=first)

    def _card(
        self, asked: Any, settings: ExplanationSettings, explanation: Explanation, started: float, *, searching: bool
    ) -> tuple[CardMessage, list[bytes]]:
        subject = CardSubject.of(self.study, settings, asked.settings, explanation, searching=searching)
        card, buffers = self.draw(asked, subject)
        card.evidence = self._evidence(settings).get(explanation.unit)
        card.seconds = time.perf_counter() - started
        return card, buffers

    def _first_answer(self, asked: CardSettings, settings: ExplanationSettings) -> tuple[Explanation, bool]:
        """The explanation found within the time there is, and whether it is final."""
        if (stored := self._stored(settings).get(asked.unit)) is not None:
            return stored, True
        # Concepts are switched off by their place in the formula, so it must be the final one.
        patient = bool(asked.switched_off and not asked.formula_text)
        if self._first and not patient and self.jobs.running(CARD.name, (asked.unit, settings)):
            return self._first, False
        self.study.activity(asked.unit, settings.firing)  # all of the time is for the search
        end = time.perf_counter() + PROMPT_SECONDS
        late = False

        def is_late() -> bool:
            nonlocal late
            late = late or (not patient and time.perf_counter() > end)
            return late

        self._first = self.study.explain_unit(asked.unit, settings, cancelled=is_late)
        return self._first, not late

    # Proofs and evidence

    def prove(self, asked: Any) -> Later:
        """Search until the best formula is proven, where `settings` ask for no proof because it takes long."""
        certified = replace(self.settings(asked.settings), proof_nodes=ExplanationSettings().proof_nodes)

        def work(job: Job) -> Message | None:
            found = self.study.explain_unit(asked.settings.unit, certified, cancelled=job.stopped)
            return None if job.stopped() else proof(self.study, found)

        return Later(work)

    def evidence(self, asked: Any) -> Reply | Later:
        """Test a formula: held-out IoU, p-value and interval."""
        unit, settings = asked.settings.unit, self.settings(asked.settings)

        def work(job: Job) -> Message | None:
            known = self._evidence(settings)
            if len(known) < self.study.units.count:
                known |= self._stored_evidence(settings)  # something else may have found it meanwhile
            if unit not in known:
                explanation = self.study.explain_unit(unit, settings, cancelled=job.stopped)
                found = find_evidence(self.study, explanation, settings, _TESTS, cancelled=job.stopped)
                if job.stopped():
                    return None
                known[unit] = evidence_message(found, None)
            return known[unit]

        return Later(work)

    def _stored_evidence(self, settings: ExplanationSettings) -> dict[int, EvidenceMessage]:
        """The study's evidence by unit (see `Study.evidence`). A q-value needs the p-values of all units."""
        stored = self.study.stored_evidence(settings, _TESTS)
        whole = len(stored) == self.study.units.count
        each = q_values(list(stored.values())).tolist() if whole else [None] * len(stored)
        return {unit: evidence_message(one, q) for (unit, one), q in zip(stored.items(), each, strict=True)}


class ExplorerOptions(TypedDict, total=False):
    """What an explorer is opened with; see its attributes."""

    unit: int
    max_length: int
    beam_size: int
    operators: Sequence[Operator]
    metric: Metric
    excluded_categories: Sequence[str]
    formula_text: str
    switched_off: Sequence[int]
    gallery: Gallery


class ExplorerWidget(PageWidget):
    """The traits that all explorers have."""

    unit = traitlets.Int(0, min=0).tag(sync=True)
    max_length = traitlets.Int(3, min=1, max=10).tag(sync=True)
    beam_size = traitlets.Int(5, min=1, max=100).tag(sync=True)
    operators = traitlets.List(traitlets.Enum(OPERATORS), list(OPERATORS)).tag(sync=True)
    metric = traitlets.Enum(METRICS, "iou").tag(sync=True)
    excluded_categories = traitlets.List(traitlets.Unicode()).tag(sync=True)
    formula_text = traitlets.Unicode("").tag(sync=True)
    switched_off = traitlets.List(traitlets.Int()).tag(sync=True)
    gallery = traitlets.Enum(GALLERIES, "fires").tag(sync=True)

    def __init__(self, study: Study, controller: Callable[[Jobs], ExplorerController], **settings: Any) -> None:
        self.study = study
        if "unit" not in settings:
            settings["unit"] = best_known_unit(study)
        super().__init__(controller, **settings)
        self.observe(self._forget_formula, "unit")

    @property
    def settings(self) -> ExplanationSettings:
        """The explorer's present settings, for ``study.explain_unit`` and the like."""
        return self.controller.settings(self)  # type: ignore[no-any-return]

    @traitlets.validate("unit")
    def _check_unit(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self.study.checked_units, proposal["value"])[0]

    def _forget_formula(self, _change: object) -> None:
        """A formula written by hand belongs to the unit it was written for."""
        self.formula_text = ""
        self.switched_off = []


def explain_units(
    job: Job, study: Study, settings: ExplanationSettings, found: Callable[[Explanation], object]
) -> None:
    """Explain all units of a study, or find them in its store, until the job is cancelled."""
    total = study.units.count
    job.progress(0, total)
    for done, explanation in enumerate(explanations_until(job, study, range(total), settings), start=1):
        found(explanation)
        job.progress(done, total)


def explanations_until(
    job: Job,
    study: Study,
    units: Sequence[int],
    settings: ExplanationSettings,
    ranges: Sequence[ActivationRange] = (),
) -> Iterator[Explanation]:
    """Yield from ``study.explanations(units, settings, ranges)`` until the job is cancelled.

    An explanation that was stopped half-way is neither given nor stored.
    """
    each = [replace(settings, activation_range=firing) for firing in ranges] or [settings]
    known = [study.stored_explanations(one).keys() for one in each]
    found = study.explanations(units, settings, ranges)
    for unit in units:
        for one, stored in zip(each, known, strict=True):
            if unit not in stored:
                study.explain_unit(unit, one, cancelled=job.stopped)  # the study remembers it for the next line
            if job.stopped():
                return
            yield next(found)


def best_known_unit(study: Study) -> int:
    """The unit to begin with: of those explained with the default settings, the one with the largest IoU."""
    known = study.stored_explanations(study.default_settings).values()
    found = [one for one in known if one.best]
    return max(found, key=lambda one: one.best.overlap.iou if one.best else 0.0).unit if found else 0
