"""Cards at once, and their proof when it is found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

from compexp_widgets.study import Explanation, ExplanationSettings, Study
from compexp_widgets.widgets.kernel.answering import cancelled_message
from compexp_widgets.widgets.kernel.background import Background, Pause, Stop
from compexp_widgets.widgets.shared.explanation_messages import FormulaRequest, Message, error_message, proof_message

Asked = TypeVar("Asked", bound=FormulaRequest)
Asked_contra = TypeVar("Asked_contra", bound=FormulaRequest, contravariant=True)

# How long is searched before a card is answered. Most units of the demo are proven by then at length 3, and an answer
# within a tenth of a second seems to come at once.
PROMPT_SECONDS = 0.08


class Describe(Protocol[Asked_contra]):
    """Makes a card: what a request asks to see of an explanation that may still be searched for."""

    def __call__(self, request: Asked_contra, explanation: Explanation, *, searching: bool = False) -> Message: ...


@dataclass(frozen=True, eq=False)
class _Proof(Generic[Asked]):
    """A search that goes on after its first answer.

    Attributes
    ----------
    question
        Unit and settings.
    first
        What was found at once; None when it is no longer needed.
    asked
        Who waits for the rest: the ids of their requests, the requests, and the searched formula as it was answered.
    """

    question: tuple[int, ExplanationSettings]
    first: Explanation | None = None
    asked: list[tuple[Any, Asked, str]] = field(default_factory=list)


class Cards(Generic[Asked]):
    """Searches twice: for as long as a person does not notice, then in a thread to the end.

    What the thread finds depends on the settings alone; the first answer also on how fast the machine is.

    Parameters
    ----------
    study
        Whose units are shown.
    pause
        While it is entered the thread stands still.
    send
        Called from the thread with a message and its buffers.
    describe
        Makes the card of a request.
    """

    def __init__(
        self,
        study: Study,
        pause: Pause,
        send: Callable[[dict[str, Any], list[bytes]], None],
        describe: Describe[Asked],
    ) -> None:
        self._study = study
        self._send = send
        self._describe = describe
        self._background = Background("card-proof", pause)
        self.wait = self._background.wait
        self._stored = lru_cache(maxsize=1)(study.stored_explanations)
        self._lock = threading.Lock()
        self._proof: _Proof[Asked] | None = None

    def cancel(self) -> None:
        """Stop searching; who waits for the rest of an answer is told."""
        self._background.cancel()
        self._displace(None)

    def answer(self, request: Asked) -> Message:
        """The card with what is found at once; while its proof is ``"searching"``, `follow` has more to say."""
        started = time.perf_counter()
        explanation, final = self._first_answer(request)
        message, buffers = self._describe(request, explanation, searching=not final)
        return {**message, "seconds": time.perf_counter() - started}, buffers

    def follow(self, number: Any, request: Asked, card: dict[str, Any]) -> None:
        """Send the rest of an answer when it is found: the proof, or the card anew where its formula changes.

        Parameters
        ----------
        number
            Id of the request.
        card
            How it was answered.
        """
        if card["proof"]["state"] != "searching":
            return
        question = request.unit, request.settings
        displaced = None
        with self._lock:
            proof = self._proof
            if proof is None or proof.question != question:  # it ended after the answer
                displaced, self._proof = proof, _Proof(question)
                proof = self._proof
            proof.asked.append((number, request, card["searched"]["text"]))
            begins = len(proof.asked) == 1
        if displaced:
            self._tell_cancelled(displaced.asked)
        if begins:
            self._background.start(lambda stop: self._finish(stop, proof))

    def _finish(self, stop: Stop, proof: _Proof[Asked]) -> None:
        unit, settings = proof.question
        started = time.perf_counter()
        asked: list[tuple[Any, Asked, str]] = []
        try:
            explanation = self._study.explain_unit(unit, settings, cancelled=stop.is_set)
            # A page that asked several times looks at the last answer; another page may have asked as well.
            asked = self._ended(proof)
            while asked:
                number, request, text = asked[0]
                message, buffers = self._rest(request, explanation, text)
                if stop.is_set():
                    message, buffers = cancelled_message(), []
                self._send({**message, "id": number, "seconds": time.perf_counter() - started}, buffers)
                asked.pop(0)
        except Exception as error:  # shown to the person in front of the page
            for number, _, _ in asked or self._ended(proof):
                self._send({**error_message(error), "id": number}, [])

    def _ended(self, proof: _Proof[Asked]) -> list[tuple[Any, Asked, str]]:
        """Who waits for the rest, from now on nobody else; none when something else is searched for."""
        with self._lock:
            if self._proof is not proof:
                return []
            self._proof = None
            asked = proof.asked[:]
        self._tell_cancelled(asked[:-_FOLLOWED])
        return asked[-_FOLLOWED:]

    def _displace(self, proof: _Proof[Asked] | None) -> None:
        """Search for something else; who waited for the rest of another answer is told that it will not come."""
        with self._lock:
            before, self._proof = self._proof, proof
        if before:
            self._tell_cancelled(before.asked)

    def _tell_cancelled(self, asked: list[tuple[Any, Asked, str]]) -> None:
        for number, _, _ in asked:
            self._send({**cancelled_message(), "id": number}, [])

    def _rest(self, request: Asked, explanation: Explanation, text: str) -> Message:
        same = text == str(explanation.best.formula if explanation.best else "")
        if same or request.formula_text:
            return proof_message(self._study, explanation), []
        return self._describe(request, explanation)

    def _first_answer(self, request: Asked) -> tuple[Explanation, bool]:
        """What is found within the time there is, and whether that is final."""
        unit, settings = question = request.unit, request.settings
        with self._lock:
            running = self._proof
        if running and running.question != question:
            self.cancel()
        if (stored := self._stored(settings).get(unit)) is not None:
            return stored, True
        # Concepts are switched off by their place in the formula, so it must be the final one.
        patient = bool(request.switched_off and not request.formula_text)
        if running and running.question == question and running.first and not patient:
            return running.first, False
        self._study.activity(unit, settings.firing)  # all of the time is for the search
        end = time.perf_counter() + PROMPT_SECONDS
        late = False

        def is_late() -> bool:
            nonlocal late
            late = late or (not patient and time.perf_counter() > end)
            return late

        explanation = self._study.explain_unit(unit, settings, cancelled=is_late)
        if late:
            self._displace(_Proof(question, explanation))
        return explanation, not late


# Requests for the same card whose answers are completed.
_FOLLOWED = 3
