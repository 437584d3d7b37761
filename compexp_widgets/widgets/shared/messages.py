"""Messages of every explorer: settings, rows of the unit table, formulas, scores, proofs, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from compexp_widgets.search import OPERATORS, Metric, Operator
from compexp_widgets.study.explanation import UnitState
from compexp_widgets.study.gallery import Gallery
from compexp_widgets.widgets.kernel.messages import Fields, Message, Part, Request

Share: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]


class Hello(Request, tag="hello"):
    """The first message of a page."""


class LoadRecipe(Request, tag="load_recipe"):
    """Replay a recipe, the text of a file."""

    text: str


class RecipeFile(Message, tag="recipe"):
    """A recipe as a file."""

    text: str
    name: str


class CardSettings(Fields, kw_only=True):
    """The settings of a card: the traits of an explorer.

    Attributes
    ----------
    quantile
        Share of activations that count as firing.
    switched_off
        Leaves that are left out of the formula, counted from the left.
    """

    unit: Annotated[int, Meta(ge=0)]
    quantile: Share
    max_length: Annotated[int, Meta(ge=1, le=10)]
    beam_size: Annotated[int, Meta(ge=1, le=100)]
    operators: tuple[Operator, ...]
    metric: Metric
    excluded_categories: tuple[str, ...] = ()
    formula_text: str = ""
    switched_off: tuple[int, ...] = ()
    gallery: Gallery = "fires"


class LeafToken(Part, tag_field="kind", tag="leaf"):
    """A concept within a formula.

    Attributes
    ----------
    index
        Counts leaves from the left.
    text, name
        As the formula writes it, and as the data does.
    """

    index: int
    text: str
    name: str
    category: str = ""


class OperatorToken(Part, tag_field="kind", tag="operator"):
    """AND, OR, AND NOT, OR NOT or NOT."""

    text: str


class ParenthesisToken(Part, tag_field="kind", tag="paren"):
    """An opening or closing parenthesis."""

    text: str


Token: TypeAlias = LeafToken | OperatorToken | ParenthesisToken


class FormulaPart(Part):
    """A formula as text, and as tokens in reading order; both empty where there is none."""

    text: str
    tokens: list[Token]


class CardFormula(FormulaPart):
    """The formula that a card is about."""

    edited: bool
    length: int


class ShownFormula(Part):
    """The rest of a card's formula without the leaves that are switched off."""

    text: str


class SearchedFormula(FormulaPart):
    """The formula that the search found, whatever formula is shown."""

    iou: float


class FormulaOfLength(FormulaPart):
    """The best formula with at most so many concepts, and what none exceeds; None where no proof was asked for."""

    length: int
    iou: float
    proven: bool
    bound: float | None


class Row(FormulaPart, kw_only=True):
    """One row of the unit table.

    Attributes
    ----------
    gain
        IoU beyond that of the best single concept.
    category, single
        Of the best single concept: its kind, and its name.
    """

    unit: int
    formula: str
    iou: float = 0.0
    precision: float = 0.0
    recall: float = 0.0
    gain: float = 0.0
    category: str = ""
    single: str = ""
    proven: bool = False
    state: UnitState
    active_share: float


class Rows(Message, tag="rows"):
    """Rows of the unit table as units are explained.

    Attributes
    ----------
    filling
        The number of the filling, from 1: of one that another took the place of, rows may still be on their way.
    cancelled
        Whether it ended before all units were explained.
    """

    rows: Sequence[Row]
    done: int
    total: int
    seconds_left: float | None
    filling: int
    cancelled: bool
    label: str


class CertificatePart(Part):
    """The checks made before the layer was probed: in a few words for the title, and all of them to hover."""

    words: str
    details: str


class NamedConcept(Part):
    """A concept of the data."""

    name: str
    category: str


class StudyMessage(Message, tag="study", kw_only=True):
    """Description of a study.

    Attributes
    ----------
    units, unit_names
        Numbers of the units; their names, where they have any.
    """

    title: str
    subtitle: str
    certificate: CertificatePart
    units: list[int]
    unit_names: list[str]
    concepts: Sequence[NamedConcept]
    categories: list[str]
    operators: tuple[Operator, ...] = OPERATORS
    defaults: SearchDefaults
    table_label: str
    rows: Sequence[Row]


class SearchDefaults(Part, kw_only=True):
    """The settings of the unit table."""

    quantile: float
    max_length: int
    beam_size: int
    operators: tuple[str, ...]
    metric: str


class ProofState(Part):
    """Certainty that the best formula is the best there is.

    Attributes
    ----------
    bound
        What no formula exceeds; None where no proof was asked for.
    length
        Up to how many concepts that holds.
    """

    state: Literal["searching", "done"]
    proven: bool
    bound: float | None
    length: int


class Proof(Message, tag="proof"):
    """End of a search whose best formula stands on the card already, or need not stand there."""

    unit: int
    proof: ProofState
    searched: SearchedFormula
    by_length: list[FormulaOfLength]
    seconds: float | None = None


class Scores(Part):
    """The scores of a formula, and the counts of positions that they follow from."""

    iou: float
    precision: float
    recall: float
    f1: float
    active: int
    holds: int
    both: int


class LeafScore(Part):
    """Worth of a concept of a formula: its IoU alone, and the formula's without it."""

    name: str
    category: str
    iou: float
    without_iou: float


class HeldOutPart(Part):
    """A formula found on one part of the samples, and its IoU there and on the other part."""

    text: str
    searched_iou: float
    held_out_iou: float


class EvidenceMessage(Message, tag="evidence"):
    """Evidence for the formula of a unit; None where there is no formula.

    Attributes
    ----------
    q_value
        None where not all units were tested.
    samples, exceedances, null_mean
        How many null samples were drawn, how many scored as high, and the mean of their scores.
    interval
        Lower and upper end of the formula's IoU.
    """

    unit: int
    found: bool
    held_out: HeldOutPart | None = None
    p_value: float | None = None
    q_value: float | None = None
    samples: int | None = None
    exceedances: int | None = None
    null_mean: float | None = None
    interval: tuple[float, float] | None = None


class CardMessage(Message, tag="card", kw_only=True):
    """The card of one unit, as every explorer shows it.

    Attributes
    ----------
    threshold, includes_threshold
        The activation above which the unit fires, and whether it fires there too.
    """

    unit: int
    threshold: float | None
    includes_threshold: bool
    active_share: float
    state: UnitState
    silent: bool
    max_activation: float | None
    proof: ProofState
    formula: CardFormula
    shown: ShownFormula
    scores: Scores
    searched: SearchedFormula
    by_length: list[FormulaOfLength]
    leaves: list[LeafScore]
    evidence: EvidenceMessage | None = None
    seconds: float | None = None
