"""Messages of NLIExplorer, besides those of every explorer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from compexp_widgets.search import Operator
from compexp_widgets.widgets.kernel.messages import Message, Part, Request
from compexp_widgets.widgets.shared.messages import (
    CardMessage,
    CardSettings,
    NamedConcept,
    Row,
    Rows,
    SearchDefaults,
    StudyMessage,
    Token,
)
from compexp_widgets.widgets.shared.pair_reader import MarkedLeaf, UnknownWords

Firing: TypeAlias = Literal["positive", "largest"]
Tab: TypeAlias = Literal["words", "pairs", "labels"]


class PairSettings(CardSettings, kw_only=True):
    """The settings of a card: the traits of NLIExplorer.

    Attributes
    ----------
    firing
        Which activations count as firing; the quantile has an effect on the largest ones alone.
    tab
        What is shown of the data.
    """

    firing: Firing
    tab: Tab = "words"


class PairCardRequest(Request, tag="card"):
    """Ask for the card of a unit."""

    settings: PairSettings
    pairs: Annotated[int, Meta(ge=0, le=60)] = 12


class PairEvidenceRequest(Request, tag="evidence"):
    """Ask for evidence for the formula of a unit."""

    settings: PairSettings


class ExplainAllPairs(Request, tag="explain_all"):
    """Explain all units with these settings."""

    settings: PairSettings


class ProveRequest(Request, tag="prove"):
    """Ask for a proof that the best formula of a unit is the best there is."""

    settings: PairSettings


class ToggleRequest(Request, tag="toggle"):
    """Put a concept into a formula, or take it out."""

    formula: str
    concept: int
    operator: Operator


class ProbeRequest(Request, tag="probe"):
    """Show a typed pair to the network."""

    premise: str
    hypothesis: str
    settings: PairSettings


class LexicalConceptPart(NamedConcept, kw_only=True):
    """A concept of the data.

    Attributes
    ----------
    side, kind
        Of which sentence it is, and what kind of thing it says of it.
    operator
        Whether it is made of another by NEIGHBORS or HYPERNYM.
    """

    side: str
    kind: str
    count: int
    operator: bool


class PairRow(Row, kw_only=True):
    """One row of the unit table.

    Attributes
    ----------
    active, share
        On how many pairs the unit fires, and their share of all pairs.
    silent
        Whether it is not explained.
    """

    active: int
    share: float
    silent: bool


class PairDefaults(SearchDefaults):
    """The settings of the unit table."""

    firing: Firing


class PairStudyMessage(StudyMessage, tag="study", kw_only=True):
    """Description of a study of sentence pairs.

    Attributes
    ----------
    labels, gold_labels
        What the network answers, and what people say.
    agreement
        For each of the gold labels, which of the network's say the same.
    class_weights
        How much each unit speaks for each label: a row for each label; None where the layer does not feed the logits.
    probe
        Whether the network is there, so that sentences can be tried.
    """

    concepts: Sequence[LexicalConceptPart]
    pairs: int
    labels: list[str]
    gold_labels: list[str]
    agreement: list[list[bool]]
    class_weights: list[list[float]] | None
    probe: bool
    defaults: PairDefaults
    rows: Sequence[PairRow]


class PairRows(Rows, tag="rows", kw_only=True):
    """Rows of the unit table as units are explained."""

    rows: Sequence[PairRow]


class WordMarks(Part):
    """For every token of both sentences, the places of the formula's leaves that it makes true."""

    premise: list[list[int]]
    hypothesis: list[list[int]]


class BestPair(Part):
    """The pair on which a unit fires most: its tokens, and its texts where these were kept."""

    premise: list[str]
    hypothesis: list[str]
    text: tuple[str, str] | None


class PairExample(Part):
    """A pair of the data.

    Attributes
    ----------
    marks
        The words that make leaves of the formula hold.
    gold, predicted
        What people say of it, an index or -1, and what the network says, an index.
    probability
        Of what the network says.
    """

    pair: int
    id: str
    premise: list[str]
    hypothesis: list[str]
    marks: WordMarks
    gold: int
    predicted: int
    probability: float
    activation: float | None
    fires: bool
    holds: bool


class Confusions(Part):
    """Counts of pairs by gold label (row) and answer (column); the last row has pairs without a gold label.

    On all pairs, where the unit fires, and where the formula holds.
    """

    all: list[list[int]]
    fires: list[list[int]]
    holds: list[list[int]]


class PairCard(CardMessage, tag="card"):
    """The card of one unit of a sentence-pair network; what the open tab does not show is None.

    Attributes
    ----------
    min_active
        On fewer pairs than this a unit is not explained.
    marked_leaves
        The leaves of the formula whose words are marked in the examples.
    """

    active: int
    pairs: int
    min_active: int
    best_pair: BestPair | None
    tab: Tab
    labels: Confusions | None = None
    marked_leaves: list[MarkedLeaf] | None = None
    gallery_counts: dict[str, int] | None = None
    examples: list[PairExample] | None = None


class ToggledFormula(Message, tag="formula"):
    """A formula with one concept more or less; empty where none is left."""

    text: str


class ProbedUnit(Part):
    """The chosen unit on a typed pair."""

    unit: int
    activation: float | None
    fires: bool
    holds: bool


class FiringUnit(Part):
    """A unit that fires on a typed pair.

    Attributes
    ----------
    explained
        Whether its formula is known yet.
    holds
        Whether that is true of the pair.
    """

    unit: int
    activation: float | None
    explained: bool
    text: str
    tokens: list[Token]
    holds: bool


class ProbedLeaf(MarkedLeaf):
    """A leaf of the formula, and whether it holds for a typed pair."""

    holds: bool


class ProbeMessage(Message, tag="probe"):
    """The network's answer to a typed pair, and what is true of it.

    Attributes
    ----------
    firing
        The units that fire most.
    count, units
        How many units fire, of how many.
    """

    probabilities: list[float]
    unit: ProbedUnit
    leaves: list[ProbedLeaf]
    premise: list[str]
    hypothesis: list[str]
    marks: WordMarks
    unknown: UnknownWords | None
    firing: list[FiringUnit]
    count: int
    units: int
    seconds: float
