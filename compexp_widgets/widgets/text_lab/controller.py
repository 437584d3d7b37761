"""Answers TextLab's page."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import PurePath

import numpy as np

from compexp_widgets.adversarial.recipe import Recipe, record
from compexp_widgets.adversarial.text.changes import edits_between
from compexp_widgets.adversarial.text.controls import run_text_controls
from compexp_widgets.adversarial.text.edits import Pair
from compexp_widgets.adversarial.text.evaluation import EditEffect, evaluate_edit, label_index, unknown_words
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
from compexp_widgets.data.pairs.dataset import NO_LABEL, Tokens, agreement, detokenize
from compexp_widgets.errors import CompexpError, EditError
from compexp_widgets.files import parse_json
from compexp_widgets.networks.network import Network
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.kernel.jobs import Job, Jobs, Later, latest
from compexp_widgets.widgets.kernel.messages import Reply
from compexp_widgets.widgets.kernel.router import Contract, Route
from compexp_widgets.widgets.shared.explanations import certificate, text_of
from compexp_widgets.widgets.shared.explorer import TABLE, explain_units, explanations_until
from compexp_widgets.widgets.shared.messages import Hello, LoadRecipe, RecipeFile
from compexp_widgets.widgets.shared.pair_reader import PairReader, ReadPair
from compexp_widgets.widgets.text_lab import messages
from compexp_widgets.widgets.text_lab.edits import (
    control_rows,
    edit_from_page,
    edits_from_page,
    effect_part,
    formula_edit,
    in_words,
    labels_of,
    replayed_in_words,
    small_edit,
)
from compexp_widgets.widgets.text_lab.messages import PairRequest, Sentences
from compexp_widgets.widgets.text_lab.response import respond, unit_formula

SUGGESTIONS = 12
"""Edits that are suggested at once."""

# Sentences whose tokens are remembered as they are in the data; of two with the same text, the one shown last.
_REMEMBERED = 2_000

# Those that show the network many pairs wait for each other.
FORMULA_EDITS = latest("formula_edits")
EFFECT, CSV, SMALLEST, CONTROLS = (latest(name, lane="network") for name in ("effect", "csv", "smallest", "controls"))


class TextController:
    """Answers TextLab's page; `rules` keep a true label, besides those that there are for all pairs."""

    def __init__(self, study: PairStudy, network: Network, rules: Sequence[LabelRule], jobs: Jobs) -> None:
        self._study = study
        self._network = network
        self._jobs = jobs
        detokenize(())  # imports nltk before there are threads: two that import it at once may end in a deadlock
        self._reader = PairReader(study, network)
        self._explained: dict[int, Explanation] = {}
        self._formula = lru_cache(maxsize=None)(partial(unit_formula, study))
        self._suggested: dict[tuple[int | None, str, str], list[FormulaTextEdit]] = {}
        self._tokens_of: OrderedDict[str, Tokens] = OrderedDict()
        self._effect: tuple[EditEffect, str, str] | None = None
        shipped = (
            *(synonyms_rule(study.pairs), generalising_rule(study.pairs)),
            *(CLAIMS_LESS, CLAIMS_MORE, NO_NEW_CLAIM, REORDERED, ANY_EDIT),
        )
        self._rules = {rule.name: rule for rule in (*rules, *shipped)}

    def sentences_of(self, pair: int) -> Sentences:
        """A pair of the data as a person reads it."""
        pairs = self._study.pairs
        return self._remembered(pairs.text(pair), (pairs.premises[pair], pairs.hypotheses[pair]))

    # The study and its units

    def hello(self, _asked: Hello) -> Reply:
        """The study; its units are explained meanwhile."""
        study = self._study
        self._explained |= study.stored_explanations(study.default_settings)
        if len(self._explained) < study.units.count:
            self._jobs.start(TABLE, self._explain)
        about, pairs, weights = study.configuration, study.pairs, study.class_weights
        return messages.Study(
            title=f"{about.network} · {about.layer}",
            subtitle=f"{PurePath(pairs.source).name} · {len(pairs):,} pairs · {study.units.count:,} units",
            certificate=certificate(study),
            units=list(range(study.units.count)),
            categories=list(dict.fromkeys(study.categories)),
            pairs=len(pairs),
            labels=study.labels,
            gold_labels=pairs.labels,
            agreement=agreement(study.pairs.labels, study.labels).tolist(),
            class_weights=None if weights is None else np.round(weights.astype(np.float64), 4).tolist(),
            rules=[messages.Rule(name=rule.name, sentence=rule.statement) for rule in self._rules.values()],
            rows=[_row(self._explained[unit]) for unit in sorted(self._explained)],
        )

    def _explain(self, job: Job) -> Reply:
        """Explain the units that are not explained yet."""
        rows: list[messages.UnitRow] = []

        def keep(explanation: Explanation) -> None:
            self._explained[explanation.unit] = explanation
            rows.append(_row(explanation))

        def part() -> messages.Rows:
            sent = messages.Rows(rows=rows[:], done=job.done, total=job.total)
            rows.clear()
            return sent

        job.part = part
        explain_units(job, self._study, self._study.default_settings, keep)
        return part()

    # The pair

    def response(self, asked: messages.ResponseRequest) -> Reply:
        """The response to a pair before and after its edit."""
        started = time.perf_counter()
        self._check(asked)
        sentences = asked.original, asked.edited
        before, after = self._reader.read([self._tokens(one) for one in sentences], sentences)
        return respond(self._study, self._reader, self._explained, self._formula, asked, before, after, started)

    def step(self, asked: messages.StepRequest) -> Reply:
        """The next or the previous pair that the network calls the source."""
        chosen = np.flatnonzero(self._study.predicted == label_index(asked.source, self._study.labels))
        if not len(chosen):
            raise CompexpError(f"the network calls no pair of the data {asked.source}; choose another label")
        here = -1 if asked.pair is None else asked.pair
        place = np.searchsorted(chosen, here, side="right") if asked.by > 0 else np.searchsorted(chosen, here) - 1
        return messages.PairNumber(pair=int(chosen[place % len(chosen)]))

    def apply(self, asked: messages.ApplyRequest) -> Reply:
        """Sentences after an edit."""
        edit = edit_from_page(asked.edit)
        edited = edit.on(self._tokens(asked.edited))
        if edited is None:
            raise EditError(
                f"it does not apply to this pair: {edit.description}. The pair lacks what the edit takes hold of"
            )
        return messages.Applied(edited=self._text(*edited))

    # Edits

    def formula_edits(self, asked: messages.FormulaEditsRequest) -> Reply | Later:
        """Edits that formulas suggest, and what they do to the pair on the page."""
        self._check(asked)
        key = asked.unit, asked.source, asked.target
        if key in self._suggested:
            return self._formula_edits(asked, self._suggested[key])

        def work(job: Job) -> Reply | None:
            units = range(self._study.units.count) if asked.unit is None else [asked.unit]
            for _ in explanations_until(job, self._study, units, self._study.default_settings):
                pass
            if job.stopped():
                return None
            self._suggested[key] = edits_from_formula(
                self._study, asked.unit, source=asked.source, target=asked.target, count=SUGGESTIONS
            )
            return self._formula_edits(asked, self._suggested[key])

        return Later(work)

    def _formula_edits(self, asked: PairRequest, found: Sequence[FormulaTextEdit]) -> messages.FormulaEdits:
        pair = self._tokens(asked.edited)
        edited = [one.edit.on(pair) for one in found]
        read = iter(self._reader.read(pairs) if (pairs := [pair for pair in edited if pair]) else [])
        after: list[ReadPair | None] = [next(read) if pair else None for pair in edited]
        return messages.FormulaEdits(
            edits=[
                formula_edit(self._study, one, pair, unknown_words(self._network, [one.edit]))
                for one, pair in zip(found, after, strict=True)
            ],
            note="" if found else _why_none(asked),
        )

    def effect(self, asked: messages.EffectRequest) -> Later:
        """The effect of edits on all pairs."""
        edits = edits_from_page(asked.edits)
        source, target = self._labels(asked.source, asked.target)

        def work(job: Job) -> Reply:
            job.part = lambda: messages.Effect(**job.so_far)
            effect = evaluate_edit(
                self._own_network,
                self._study,
                edits,
                true_label_after=asked.true_label,
                report=job.report,
                cancelled=job.stopped,
            )
            self._effect = effect, source, target
            return messages.Effect(**job.so_far, effect=effect_part(effect, source, target))

        return Later(work)

    def recount(self, asked: messages.RecountRequest) -> Reply:
        """The last effect, with another true label after the edits."""
        effect, source, target = self._last_effect()
        effect = replace(effect, true_label_after=asked.true_label)
        self._effect = effect, source, target
        return messages.Recounted(effect=effect_part(effect, source, target))

    def csv(self, _asked: messages.CsvRequest) -> Later:
        """The last effect as a table."""
        effect, _, _ = self._last_effect()

        def work(_job: Job) -> Reply:
            frame = effect.to_frame().round(6)
            rows = frame.astype(object).to_numpy().tolist()
            return messages.Csv(name="edit.csv", header=list(frame.columns), rows=rows)

        return Later(work)

    def _last_effect(self) -> tuple[EditEffect, str, str]:
        if self._effect is None:
            raise CompexpError("no edit has been tried on all pairs yet")
        return self._effect

    def smallest(self, asked: messages.SmallestRequest) -> Later:
        """The smallest edits that flip the pair while its true label is kept."""
        self._check(asked)
        rule = self._rules.get(asked.rule)
        if rule is None:
            raise CompexpError(f"no rule is called {asked.rule!r:.60}; there are {', '.join(self._rules)}")
        label, pair = self._true_label(asked), self._tokens(asked.original)

        def work(job: Job) -> Reply:
            job.part = lambda: messages.Smallest(**job.so_far)
            found = suggest_text_edits(
                self._own_network,
                self._study,
                pair,
                target=None if asked.any else asked.target,
                label=label,
                rule=rule,
                settings=TextSearchSettings(most_edits=2 if asked.two else 1),
                report=job.report,
                cancelled=job.stopped,
            )
            closest = None if found.best else found.closest
            return messages.Smallest(
                **job.so_far,
                tried=found.tried,
                succeeded=found.succeeded,
                complete=found.complete,
                best=tuple(small_edit(*pair, one) for one in found.best),
                closest=None if closest is None else small_edit(*pair, closest),
            )

        return Later(work)

    def _true_label(self, asked: messages.SmallestRequest) -> str | None:
        """The label that the page marks for the pair; else what people say of it, if they agree."""
        if asked.label:
            label_index(asked.label)
            return asked.label
        pairs = self._study.pairs
        gold = NO_LABEL if asked.pair is None else int(pairs.gold[asked.pair])
        return None if gold == NO_LABEL else pairs.labels[gold]

    def controls(self, asked: messages.ControlsRequest) -> Later:
        """An edit beside its controls."""
        edits = edits_from_page(asked.edits)
        if len(edits) > 1:
            raise EditError(f"controls are run for one edit at a time, not for {in_words(edits)}")
        source, target = self._labels(asked.source, asked.target)
        units = self._study.checked_units(asked.units)

        def work(job: Job) -> Reply:
            job.part = lambda: messages.Controls(**job.so_far)
            found = run_text_controls(
                self._own_network,
                self._study,
                edits[0],
                source=source,
                target=target,
                units=units,
                report=job.report,
                cancelled=job.stopped,
            )
            verdict = found.verdict if found.complete else "Stopped before all controls were tried."
            return messages.Controls(**job.so_far, rows=control_rows(found), verdict=verdict)

        return Later(work)

    # Recipes

    def recipe(self, asked: messages.RecipeRequest) -> Reply:
        """The recipe of the edit."""
        self._check(asked)
        original = self._tokens(asked.original)
        if asked.edits is None:
            edits = edits_between(original, self._tokens(asked.edited))
        else:
            edits = edits_from_page(asked.edits)
        if not edits:
            raise EditError(
                "what was typed cannot be kept as edits, which leave the final stop, the first capital and the forms "
                "of “a” as they should be: type it with these, or apply suggestions"
            )
        with self._reader.alone():
            recipe = record(self._network, [original], edits, target=asked.target)
        return RecipeFile(name="recipe.json", text=json.dumps(recipe.to_json(), ensure_ascii=False, indent=1))

    def load_recipe(self, asked: LoadRecipe) -> Reply:
        """Replay a recipe."""
        recipe: Recipe[Pair] = Recipe.from_json(parse_json(asked.text, "the recipe", error=EditError))
        with self._reader.alone():
            words = replayed_in_words(recipe, self._network)
        source, target = labels_of(recipe)
        if {source, target} - set(self._study.labels):
            raise EditError(
                f"the recipe leads from {source} to {target}, and this network says {' or '.join(self._study.labels)}: "
                "open it beside a network with its labels"
            )
        return messages.LoadedRecipe(
            source=source,
            target=target,
            original=self._text(*recipe.samples[0]),
            edited=self._text(*recipe.edited()[0]),
            edits=[edit.to_json() for edit in recipe.edits],
            words=words,
        )

    # What handlers have in common

    def _check(self, asked: PairRequest) -> None:
        """Refuse labels, units and pairs that are not there."""
        self._labels(asked.source, asked.target)
        if asked.source == asked.target:
            raise CompexpError(f"an edit leads from one label to another, not from {asked.source} to itself")
        if asked.unit is not None:
            self._study.checked_units(asked.unit)
        if asked.pair is not None and asked.pair >= len(self._study.pairs):
            raise CompexpError(f"there is no pair {asked.pair}: the data has {len(self._study.pairs):,}")

    def _labels(self, *labels: str) -> tuple[str, ...]:
        """Labels of the network."""
        for label in labels:
            label_index(label, self._study.labels)
        return labels

    @cached_property
    def _own_network(self) -> Network:
        """For the jobs: two threads that listen to the layers of one module hear each other."""
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


def _row(explanation: Explanation) -> messages.UnitRow:
    best = explanation.best
    return messages.UnitRow(
        unit=explanation.unit, formula=text_of(best.formula if best else None), share=explanation.active_share
    )


def _why_none(asked: PairRequest) -> str:
    labels = f"{asked.target} against {asked.source}"
    if asked.unit is None:
        return f"No formula of the units that speak for {labels} names words that can be put in or left out."
    return (
        f"The formula of unit {asked.unit} names no word that makes the network say {labels}. Choose another unit, all "
        "units, or other labels."
    )


CONTRACT = Contract(
    "TextLab",
    routes=(
        Route(Hello, TextController.hello, (messages.Study,)),
        Route(messages.ResponseRequest, TextController.response, (messages.Response,)),
        Route(messages.StepRequest, TextController.step, (messages.PairNumber,)),
        Route(messages.ApplyRequest, TextController.apply, (messages.Applied,)),
        Route(messages.FormulaEditsRequest, TextController.formula_edits, (messages.FormulaEdits,), FORMULA_EDITS),
        Route(messages.EffectRequest, TextController.effect, (messages.Effect,), EFFECT, (messages.Effect,)),
        Route(messages.RecountRequest, TextController.recount, (messages.Recounted,)),
        Route(messages.CsvRequest, TextController.csv, (messages.Csv,), CSV),
        Route(messages.SmallestRequest, TextController.smallest, (messages.Smallest,), SMALLEST, (messages.Smallest,)),
        Route(messages.ControlsRequest, TextController.controls, (messages.Controls,), CONTROLS, (messages.Controls,)),
        Route(messages.RecipeRequest, TextController.recipe, (RecipeFile,)),
        Route(LoadRecipe, TextController.load_recipe, (messages.LoadedRecipe,)),
    ),
    events=(messages.Rows,),
    jobs=(TABLE,),
)
