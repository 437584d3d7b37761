"""NLIExplorer's controller: cards with words, pairs or labels, and the network's answers to typed pairs."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import PurePath
from typing import Any

import numpy as np

from compexp_widgets.analysis.label_counts import confusion
from compexp_widgets.analysis.lexical_table import lexical_table, without_leaf
from compexp_widgets.concepts.lexicon import LexicalConcept
from compexp_widgets.data.pairs.dataset import Tokens, agreement
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula, Leaf, read_printed
from compexp_widgets.networks.network import Network
from compexp_widgets.search import joined
from compexp_widgets.signatures.activation_ranges import QuantileRange
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy
from compexp_widgets.study.explanation import FiringOptions
from compexp_widgets.study.pairs.word_marks import word_marks
from compexp_widgets.widgets.kernel.jobs import Jobs, latest
from compexp_widgets.widgets.kernel.messages import Done, finite
from compexp_widgets.widgets.kernel.router import Contract, Route
from compexp_widgets.widgets.nli_explorer import messages
from compexp_widgets.widgets.shared.explanations import (
    CardSubject,
    formula_fields,
    row_fields,
    search_defaults,
    settings_label,
    study_fields,
    text_of,
)
from compexp_widgets.widgets.shared.explorer import CARD, EVIDENCE, TABLE, ExplorerController
from compexp_widgets.widgets.shared.messages import EvidenceMessage, Hello, Proof
from compexp_widgets.widgets.shared.pair_reader import PairReader, ReadPair, marked_leaves

DEFAULT_QUANTILE = 0.05
"""The share of pairs to begin with where a person asks for a unit's largest activations."""

# Units that are told of one by one; the others are counted.
_MOST_UNITS = 40


class PairController(ExplorerController):
    """Answers the page about a study of sentence pairs; without the network no pairs can be tried."""

    study: PairStudy
    rows = messages.PairRows

    def __init__(self, study: PairStudy, network: Network | None, jobs: Jobs, present: Any) -> None:
        super().__init__(study, jobs, present)
        self._reader = PairReader(study, network) if network else None

    def settings(self, asked: messages.PairSettings) -> ExplanationSettings:
        """The settings of a unit's explanation; what the page does not name is the study's default.

        Formulas are searched for without a proof: over thousands of concepts a beam takes hundredths of a second, and
        a proof many seconds.
        """
        firing: FiringOptions = {"quantile": asked.quantile} if asked.firing == "largest" else {"threshold": 0.0}
        return self.study.default_settings.changed(
            **firing,
            exclude=asked.excluded_categories,
            beam_size=asked.beam_size,
            max_length=asked.max_length,
            operators=tuple(asked.operators),
            metric=asked.metric,
            proof_nodes=0,
        )

    def describe_study(self, settings: ExplanationSettings, rows: list[messages.PairRow]) -> messages.PairStudyMessage:
        study, firing, weights = self.study, settings.firing, self.study.class_weights
        quantile = firing.low if isinstance(firing, QuantileRange) else None
        return messages.PairStudyMessage(
            **study_fields(study),
            subtitle=f"{PurePath(study.pairs.source).name} · {len(study.pairs):,} pairs · "
            f"{len(study.table.concepts):,} concepts · {len(study.table):,} signatures",
            concepts=[
                messages.LexicalConceptPart(
                    name=concept.name,
                    category=concept.category,
                    side=concept.side,
                    kind=concept.kind,
                    count=count,
                    operator=not isinstance(concept.leaf, Leaf),
                )
                for concept, count in zip(study.vocabulary.concepts, study.table.concept_total.tolist(), strict=True)
            ],
            pairs=len(study.pairs),
            labels=list(study.labels),
            gold_labels=list(study.pairs.labels),
            agreement=agreement(study.pairs.labels, study.labels).tolist(),
            class_weights=None if weights is None else np.round(weights.astype(np.float64), 4).tolist(),
            probe=self._reader is not None,
            defaults=messages.PairDefaults(
                firing="positive" if quantile is None else "largest",
                quantile=DEFAULT_QUANTILE if quantile is None else quantile,
                **search_defaults(settings),
            ),
            table_label=self.label(settings),
            rows=rows,
        )

    def label(self, settings: ExplanationSettings) -> str:
        firing = settings.firing
        named = f"largest {firing.low:.3g}" if isinstance(firing, QuantileRange) else "above 0"
        return settings_label(named, settings)

    def row(self, explanation: Explanation) -> messages.PairRow:
        return messages.PairRow(
            **row_fields(self.study, explanation),
            active=explanation.active,
            share=explanation.active_share,
            silent=explanation.silent,
        )

    def draw(self, asked: messages.PairCardRequest, subject: CardSubject) -> tuple[messages.PairCard, list[bytes]]:
        """The card of a unit with what the open tab shows."""
        study, shown, firing = self.study, subject.shown, subject.ranked["fires"]
        active, activations = subject.activity.counts.by_signature(), study.units.activations(subject.unit)
        card = messages.PairCard(
            **subject.fields,
            max_activation=finite(float(activations.max())),
            active=subject.fields["scores"].active,
            pairs=len(study.pairs),
            min_active=subject.settings.min_active,
            best_pair=self._best_pair(int(firing[0])) if len(firing) else None,
            tab=asked.settings.tab,
        )
        if card.tab == "words":
            table = lexical_table(study.table, active, shown, subject.settings.search.operators)
            columns = [table.iou, table.precision, table.recall, table.change]
            return card, [*(column.astype("<f4").tobytes() for column in columns), table.way.tobytes()]
        fires = study.fires(subject.unit, firing=subject.settings.firing)
        holds = study.holds(shown) if shown else np.zeros(len(study.pairs), np.bool_)
        if card.tab == "labels":
            counted = [
                confusion(
                    study.pairs.gold, study.predicted, chosen, gold_labels=study.pairs.labels, labels=study.labels
                ).tolist()
                for chosen in (None, fires, holds)
            ]
            card.labels = messages.Confusions(*counted)
            return card, []
        card.marked_leaves = marked_leaves(shown)
        card.gallery_counts = {name: len(found) for name, found in subject.ranked.items()}
        card.examples = [
            self._example(pair, shown, finite(float(activations[pair])), bool(fires[pair]), bool(holds[pair]))
            for pair in subject.ranked[asked.settings.gallery][: asked.pairs].tolist()
        ]
        return card, []

    def _best_pair(self, pair: int) -> messages.BestPair:
        pairs = self.study.pairs
        return messages.BestPair(
            premise=list(pairs.premises[pair]),
            hypothesis=list(pairs.hypotheses[pair]),
            text=pairs.text(pair) if pairs.texts else None,
        )

    def _example(
        self, pair: int, formula: Formula | None, activation: float | None, fires: bool, holds: bool
    ) -> messages.PairExample:
        """A pair as the page shows it, with the words marked that make the formula's leaves hold."""
        study = self.study
        table, pairs, signature = study.table, study.pairs, study.units.positions[pair]
        holding = set(table.row_concepts[table.row_starts[signature] : table.row_starts[signature + 1]].tolist())
        premise, hypothesis = pairs.premises[pair], pairs.hypotheses[pair]
        predicted = int(study.predicted[pair])
        return messages.PairExample(
            pair=pair,
            id=pairs.ids[pair],
            premise=list(premise),
            hypothesis=list(hypothesis),
            marks=marks_of(leaf_concepts(study, formula, holding), premise, hypothesis),
            gold=int(pairs.gold[pair]),
            predicted=predicted,
            probability=float(study.probabilities[pair, predicted]),
            activation=activation,
            fires=fires,
            holds=holds,
        )

    def toggle(self, asked: messages.ToggleRequest) -> messages.ToggledFormula:
        """A formula with one concept more, or without it where it has it: what a click in the lexical table does."""
        formula = read_printed(asked.formula) if asked.formula else None
        leaves = self.study.table.leaves
        if not 0 <= asked.concept < len(leaves):
            raise CompexpError(f"there is no concept {asked.concept}: the data has {len(leaves)}")
        leaf = leaves[asked.concept]
        if formula and leaf in formula.leaves():
            return messages.ToggledFormula(text=text_of(without_leaf(formula, leaf)))
        return messages.ToggledFormula(text=text_of(joined(formula, asked.operator, leaf)))

    def probe(self, asked: messages.ProbeRequest) -> messages.ProbeMessage:
        """Show a typed pair to the network: its answer, the units that fire, the concepts that hold."""
        started = time.perf_counter()
        study, reader = self.study, self._reader
        if reader is None:
            raise CompexpError("the network is not there to try sentences: give it to NLIExplorer beside the study")
        formula = read_printed(asked.settings.formula_text) if asked.settings.formula_text else None
        (unit,) = study.checked_units(asked.settings.unit)
        sentences = asked.premise, asked.hypothesis
        premise, hypothesis = (reader.tokens(sentence) for sentence in sentences)
        (pair,) = reader.read([(premise, hypothesis)], [sentences])
        fires = reader.fires(pair, self.settings(asked.settings).firing)
        concepts = leaf_concepts(study, formula, pair.holding)
        strongest = [other for other in np.argsort(-pair.activations, kind="stable").tolist() if fires[other]]
        return messages.ProbeMessage(
            probabilities=pair.probabilities.tolist(),
            unit=messages.ProbedUnit(
                unit=unit,
                activation=finite(float(pair.activations[unit])),
                fires=bool(fires[unit]),
                holds=formula is not None and reader.holds(formula, pair),
            ),
            leaves=[
                messages.ProbedLeaf(name=leaf.name, negated=leaf.negated, holds=place in concepts)
                for place, leaf in enumerate(marked_leaves(formula))
            ],
            premise=list(premise),
            hypothesis=list(hypothesis),
            marks=marks_of(concepts, premise, hypothesis),
            unknown=pair.unknown,
            firing=[self._firing_unit(reader, other, pair) for other in strongest[:_MOST_UNITS]],
            count=len(strongest),
            units=study.units.count,
            seconds=time.perf_counter() - started,
        )

    def _firing_unit(self, reader: PairReader, unit: int, pair: ReadPair) -> messages.FiringUnit:
        explanation = self.explained.get(unit)
        best = explanation.best.formula if explanation and explanation.best else None
        return messages.FiringUnit(
            unit=unit,
            activation=finite(float(pair.activations[unit])),
            explained=explanation is not None,
            **formula_fields(self.study, best),
            holds=best is not None and reader.holds(best, pair),
        )


def leaf_concepts(study: PairStudy, formula: Formula | None, holding: Collection[int]) -> dict[int, LexicalConcept]:
    """The concepts of those leaves of a formula that hold for a pair, by the leaf's place.

    Parameters
    ----------
    holding
        The indices of the concepts that hold for the pair.
    """
    places = enumerate(formula.leaves() if formula else ())
    indices = {place: study.table.index_of.get(leaf, -1) for place, leaf in places}
    return {place: study.vocabulary.concepts[index] for place, index in indices.items() if index in holding}


def marks_of(concepts: dict[int, LexicalConcept], premise: Tokens, hypothesis: Tokens) -> messages.WordMarks:
    """The words that make concepts hold."""
    marks = word_marks(concepts, premise, hypothesis)
    return messages.WordMarks(premise=marks[0], hypothesis=marks[1])


CONTRACT = Contract(
    "NLIExplorer",
    routes=(
        Route(Hello, PairController.hello, (messages.PairStudyMessage,)),
        Route(
            messages.PairCardRequest,
            PairController.card,
            (messages.PairCard, Proof),
            CARD,
            parts=(messages.PairCard,),
            buffers="when the tab is words: IoU, precision, recall and change of every concept, float32; the way to "
            "add it, int8, as in `LexicalTable`",
        ),
        Route(messages.PairEvidenceRequest, PairController.evidence, (EvidenceMessage,), EVIDENCE),
        Route(messages.ProveRequest, PairController.prove, (Proof,), latest("proof")),
        Route(messages.ExplainAllPairs, PairController.explain_all, (Done,)),
        Route(messages.ToggleRequest, PairController.toggle, (messages.ToggledFormula,)),
        Route(messages.ProbeRequest, PairController.probe, (messages.ProbeMessage,)),
    ),
    events=(messages.PairRows,),
    jobs=(TABLE,),
)
