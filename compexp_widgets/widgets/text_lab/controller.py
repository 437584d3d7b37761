"""What TextLab's page asks for, and who answers: looks at once, everything long in the background."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from compexp_widgets.adversarial.recipe import record
from compexp_widgets.adversarial.text.changes import edits_between
from compexp_widgets.adversarial.text.controls import run_text_controls
from compexp_widgets.adversarial.text.effect import EditEffect, label_index
from compexp_widgets.adversarial.text.evaluation import evaluate_edit, unknown_words
from compexp_widgets.adversarial.text.from_formula import FormulaTextEdit, edits_from_formula
from compexp_widgets.adversarial.text.rules import (
    ANY_EDIT,
    CLAIMS_LESS,
    CLAIMS_MORE,
    NO_NEW_CLAIM,
    REORDERED,
    LabelRule,
    generalising_rule,
    synonyms_rule,
)
from compexp_widgets.adversarial.text.suggest import TextSearchSettings, suggest_text_edits
from compexp_widgets.data.pairs.dataset import NO_LABEL, Tokens
from compexp_widgets.data.pairs.tokens import detokenize
from compexp_widgets.errors import CompexpError, EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy
from compexp_widgets.widgets.kernel.answering import Answering, Tell, cancelled_message
from compexp_widgets.widgets.kernel.background import Stop
from compexp_widgets.widgets.kernel.front_desk import FrontDesk, unknown_message
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.kernel.told_work import Teller, ToldWork
from compexp_widgets.widgets.shared.explanation_messages import Message, pair_label, pair_row
from compexp_widgets.widgets.shared.pair_reader import PairReader, ReadPair
from compexp_widgets.widgets.shared.stoppable_search import explanations_until
from compexp_widgets.widgets.shared.unit_table_filler import UnitTableFiller
from compexp_widgets.widgets.text_lab.effects import (
    controls_message,
    edit_from_page,
    edit_words,
    edits_from_page,
    effect_message,
    smallest_message,
    suggestion_message,
    true_label,
)
from compexp_widgets.widgets.text_lab.messages import (
    Sentences,
    TextRequest,
    UnitFormula,
    look_message,
    text_request,
    text_study_message,
)
from compexp_widgets.widgets.text_lab.recipes import labels_of, read_recipe, recipe_message, replayed

SUGGESTIONS = 12
"""Edits that are suggested at once."""

# Sentences whose tokens are remembered as they are in the data; of two with the same text, the one shown last.
_REMEMBERED = 2_000


class TextDesk:
    """Answers TextLab's page.

    Parameters
    ----------
    study
        Whose units are read.
    network
        The network that was probed.
    rules
        Of keeping a true label, besides those that there are for all pairs.
    send
        Sends a message to the page; called from threads too.

    Raises
    ------
    StudyError
        When it is another network.
    """

    def __init__(
        self,
        study: PairStudy,
        network: Network,
        rules: Sequence[LabelRule],
        send: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._study = study
        self._network = network
        self._desk = FrontDesk(send)
        self._send = self._desk.deliver
        detokenize(())  # imports nltk before there are threads: two that import it at once may end in a deadlock
        self._reader = PairReader(study, network)
        pause = self._desk.pause
        self._explained: dict[int, Explanation] = {}
        self._formulas: dict[int, UnitFormula] = {}
        self._filler = UnitTableFiller(study, pause, self._send_rows, self._row)
        self._reading = Answering("text-suggestions", pause, self._send)
        self._suggested: dict[tuple[int | None, int, int], list[FormulaTextEdit]] = {}
        self._tokens_of: OrderedDict[str, Tokens] = OrderedDict()
        self._effect: tuple[EditEffect, str, str] | None = None
        pairs = study.pairs
        shipped = (
            *(synonyms_rule(pairs), generalising_rule(pairs)),
            *(CLAIMS_LESS, CLAIMS_MORE, NO_NEW_CLAIM, REORDERED, ANY_EDIT),
        )
        self._rules = {rule.name: rule for rule in (*rules, *shipped)}
        turn = threading.Lock()
        self._works = {
            name: ToldWork(f"text-{name}", pause, turn, self._send)
            for name in ("effect", "csv", "smallest", "controls")
        }
        self._desk.works.update(self._works)
        self._answers: dict[str, Callable[[PageRequest], dict[str, Any]]] = {
            "hello": self._hello,
            "look": self._look,
            "step": self._step,
            "ideas": self._ideas,
            "apply": self._apply,
            "effect": self._start_effect,
            "recount": self._recount,
            "csv": self._start_csv,
            "smallest": self._start_smallest,
            "controls": self._start_controls,
            "recipe": self._recipe,
            "load_recipe": self._load_recipe,
            "cancel": self._cancel,
        }

    def close(self) -> None:
        """Stop what runs in the background."""
        self._filler.cancel()
        self._reading.cancel()
        self._desk.close()

    def sentences_of(self, pair: int) -> Sentences:
        """A pair of the data as a person reads it."""
        pairs = self._study.pairs
        return self._remembered(pairs.text(pair), (pairs.premises[pair], pairs.hypotheses[pair]))

    def answer(self, content: object) -> None:
        """Answer a message of the page; whatever goes wrong is answered too, so that the page can show it."""
        answer = self._desk.answer(content, self._answer_to)
        if answer.get("type") == "study":
            self._fill_table()

    def _answer_to(self, content: PageRequest) -> Message:
        kind = content.get("type")
        if kind not in self._answers:
            raise unknown_message(kind)
        return self._answers[kind](content), []

    def _hello(self, _content: PageRequest) -> dict[str, Any]:
        known = self._study.stored_explanations(self._study.default_settings)
        rules = [{"name": rule.name, "sentence": rule.statement} for rule in self._rules.values()]
        return text_study_message(self._study, [self._row(known[unit]) for unit in sorted(known)], rules)

    def _row(self, explanation: Explanation) -> dict[str, Any]:
        self._explained[explanation.unit] = explanation
        return pair_row(self._study, explanation)

    def _fill_table(self) -> None:
        if len(self._explained) < self._study.units.count:
            self._filler.start(self._study.default_settings)

    def _send_rows(self, settings: ExplanationSettings, message: dict[str, Any]) -> None:
        self._send({**message, "label": pair_label(settings)})

    def _look(self, content: PageRequest) -> dict[str, Any]:
        started = time.perf_counter()
        request = text_request(self._study, content)
        sentences = request.original, request.edited
        before, after = self._reader.read([self._tokens(one) for one in sentences], sentences)
        look = look_message(self._study, self._reader, self._formula_of, request, before, after)
        return {**look, "seconds": time.perf_counter() - started}

    def _formula_of(self, unit: int) -> UnitFormula:
        explanation = self._explained.get(unit)
        if explanation is None:
            return UnitFormula.of(self._study, None)
        if unit not in self._formulas:
            self._formulas[unit] = UnitFormula.of(self._study, explanation)
        return self._formulas[unit]

    def _step(self, content: PageRequest) -> dict[str, Any]:
        """The next or the previous pair that the network calls the source; after the last comes the first."""
        try:
            source, by = label_index(content["source"], self._study.labels), content.number("by")
            pair = content["pair"]
        except (KeyError, TypeError, ValueError) as error:
            raise CompexpError(f"the page sent a request that cannot be read: {error!r}") from error
        chosen = np.flatnonzero(self._study.predicted == source)
        if not len(chosen):
            raise CompexpError(f"the network calls no pair of the data {content['source']}; choose another label")
        here = -1 if pair is None else int(pair)
        place = np.searchsorted(chosen, here, side="right") if by > 0 else np.searchsorted(chosen, here) - 1
        return {"type": "pair", "pair": int(chosen[place % len(chosen)])}

    def _ideas(self, content: PageRequest) -> dict[str, Any]:
        request = text_request(self._study, content)
        key = request.unit, request.source, request.target
        if key in self._suggested:
            return self._ideas_message(request, self._suggested[key])

        def find(stop: Stop, _tell: Tell) -> dict[str, Any]:
            found = self._find_suggestions(request, stop)
            if found is None:
                return cancelled_message()
            self._suggested[key] = found
            return self._ideas_message(request, found)

        self._reading.start(content.get("id"), find)
        return {}

    def _find_suggestions(self, request: TextRequest, stop: Stop) -> list[FormulaTextEdit] | None:
        """What the formulas suggest; None when nobody waits for it any more."""
        units = range(self._study.units.count) if request.unit is None else [request.unit]
        for _ in explanations_until(stop, self._study, units, self._study.default_settings):
            pass
        if stop.is_set():
            return None
        source, target = self._study.labels[request.source], self._study.labels[request.target]
        return edits_from_formula(self._study, request.unit, source=source, target=target, count=SUGGESTIONS)

    def _ideas_message(self, request: TextRequest, found: Sequence[FormulaTextEdit]) -> dict[str, Any]:
        pair = self._tokens(request.edited)
        edited = [one.edit.on(pair) for one in found]
        read = iter(self._reader.read(pairs) if (pairs := [pair for pair in edited if pair]) else [])
        after: list[ReadPair | None] = [next(read) if pair else None for pair in edited]
        return {
            "type": "ideas",
            "ideas": [
                suggestion_message(self._study, one, pair, unknown_words(self._network, [one.edit]))
                for one, pair in zip(found, after, strict=True)
            ],
            "note": "" if found else self._why_none(request),
        }

    def _why_none(self, request: TextRequest) -> str:
        labels = f"{self._study.labels[request.target]} against {self._study.labels[request.source]}"
        if request.unit is None:
            return f"No formula of the units that speak for {labels} names words that can be put in or left out."
        return (
            f"The formula of unit {request.unit} names no word that makes the network say {labels}. Choose another "
            "unit, all units, or other labels."
        )

    def _apply(self, content: PageRequest) -> dict[str, Any]:
        edit = edit_from_page(content.get("edit"))
        edited = edit.on(self._tokens(_sentences(content.get("edited"))))
        if edited is None:
            raise EditError(
                f"it does not apply to this pair: {edit.description}. The pair lacks what the edit takes hold of"
            )
        return {"type": "applied", "edited": self._text(*edited)}

    def _start_effect(self, content: PageRequest) -> dict[str, Any]:
        edits, truth = edits_from_page(content.get("edits")), true_label(content)
        source, target = self._labels(content)

        def work(teller: Teller) -> dict[str, Any]:
            effect = evaluate_edit(
                self._own_network, self._study, edits, true_label_after=truth, report=teller.report,
                cancelled=teller.cancelled,
            )  # fmt: skip
            self._effect = effect, source, target
            return {"effect": effect_message(effect, source, target)}

        self._works["effect"].start(content.get("id"), work)
        return {}

    def _recount(self, content: PageRequest) -> dict[str, Any]:
        effect, source, target = self._last_effect()
        effect = replace(effect, true_label_after=true_label(content))
        self._effect = effect, source, target
        return {"type": "recounted", "effect": effect_message(effect, source, target)}

    def _start_csv(self, content: PageRequest) -> dict[str, Any]:
        effect, _, _ = self._last_effect()

        def work(teller: Teller) -> dict[str, Any]:
            frame = effect.to_frame().round(6)
            rows = frame.astype(object).to_numpy().tolist()
            return {"name": "edit.csv", "header": list(frame.columns), "rows": rows}

        self._works["csv"].start(content.get("id"), work)
        return {}

    def _start_smallest(self, content: PageRequest) -> dict[str, Any]:
        request = text_request(self._study, content)
        rule = self._rules.get(str(content.get("rule")))
        if rule is None:
            raise CompexpError(f"no rule is called {content.get('rule')!r:.60}; there are {', '.join(self._rules)}")
        label, pair = self._true_label(request, content), self._tokens(request.original)
        target = None if content.get("any") else self._study.labels[request.target]
        settings = TextSearchSettings(most_edits=2 if content.get("two") else 1)

        def work(teller: Teller) -> dict[str, Any]:
            found = suggest_text_edits(
                self._own_network, self._study, pair, target=target, label=label, rule=rule, settings=settings,
                report=teller.report, cancelled=teller.cancelled,
            )  # fmt: skip
            return smallest_message(found)

        self._works["smallest"].start(content.get("id"), work)
        return {}

    def _true_label(self, request: TextRequest, content: PageRequest) -> str | None:
        """The label that the page marks for the pair; else what people say of it, if they agree."""
        if label := content.get("label"):
            label_index(str(label))
            return str(label)
        pairs = self._study.pairs
        gold = NO_LABEL if request.pair is None else int(pairs.gold[request.pair])
        return None if gold == NO_LABEL else pairs.labels[gold]

    def _labels(self, content: PageRequest) -> tuple[str, str]:
        """Source and target."""
        source, target = (str(content.get(name)) for name in ("source", "target"))
        for label in (source, target):
            label_index(label, self._study.labels)
        return source, target

    def _start_controls(self, content: PageRequest) -> dict[str, Any]:
        edits = edits_from_page(content.get("edits"))
        if len(edits) > 1:
            raise EditError(f"controls are run for one edit at a time, not for {edit_words(edits)}")
        source, target = self._labels(content)
        units = self._study.checked_units(content.get("units") or [])

        def work(teller: Teller) -> dict[str, Any]:
            controls = run_text_controls(
                self._own_network, self._study, edits[0], source=source, target=target, units=units,
                report=teller.report, cancelled=teller.cancelled,
            )  # fmt: skip
            return controls_message(controls)

        self._works["controls"].start(content.get("id"), work)
        return {}

    def _recipe(self, content: PageRequest) -> dict[str, Any]:
        request = text_request(self._study, content)
        original, typed = self._tokens(request.original), content.get("edits") is None
        edits = edits_between(original, self._tokens(request.edited)) if typed else edits_from_page(content["edits"])
        if not edits:
            raise EditError(
                "what was typed cannot be kept as edits, which leave the final stop, the first capital and the forms "
                "of “a” as they should be: type it with these, or apply suggestions"
            )
        with self._reader.alone():
            recipe = record(self._network, [original], edits, target=self._study.labels[request.target])
        return recipe_message(recipe)

    def _load_recipe(self, content: PageRequest) -> dict[str, Any]:
        recipe = read_recipe(content.get("text"))
        with self._reader.alone():
            words = replayed(recipe, self._network)
        source, target = labels_of(recipe)
        if {source, target} - set(self._study.labels):
            raise EditError(
                f"the recipe leads from {source} to {target}, and this network says {' or '.join(self._study.labels)}: "
                "open it beside a network with its labels"
            )
        return {
            "type": "loaded",
            "source": source,
            "target": target,
            "original": self._text(*recipe.samples[0]),
            "edited": self._text(*recipe.edited()[0]),
            "edits": [edit.to_json() for edit in recipe.edits],
            "words": words,
        }

    def _last_effect(self) -> tuple[EditEffect, str, str]:
        if self._effect is None:
            raise CompexpError("no edit has been tried on all pairs yet")
        return self._effect

    def _cancel(self, content: PageRequest) -> dict[str, Any]:
        return self._desk.cancel(content.get("what"))[0]

    @cached_property
    def _own_network(self) -> Network:
        """For the background: two threads that listen to the layers of one module hear each other."""
        return self._network.sharing_weights()

    def _tokens(self, sentences: Sentences) -> tuple[Tokens, Tokens]:
        """The tokens of two sentences: those of the data where the text came from there, however they were cut."""
        premise, hypothesis = (self._tokens_of.get(text) or self._reader.tokens(text) for text in sentences)
        return premise, hypothesis

    def _text(self, premise: Tokens, hypothesis: Tokens) -> Sentences:
        return self._remembered((detokenize(premise), detokenize(hypothesis)), (premise, hypothesis))

    def _remembered(self, texts: Sentences, pair: tuple[Tokens, Tokens]) -> Sentences:
        for text, tokens in zip(texts, pair, strict=True):
            self._tokens_of[text] = tokens
            self._tokens_of.move_to_end(text)
            if len(self._tokens_of) > _REMEMBERED:
                self._tokens_of.popitem(last=False)
        return texts


def _sentences(value: object) -> Sentences:
    if not isinstance(value, list) or len(value) != 2:
        raise CompexpError(f"the page sent no pair of sentences: {value!r:.100}")
    return str(value[0]), str(value[1])
