"""Messages between TextLab and its page.

Labels are those of the network, by name in requests and by number in answers; those called gold are the data's. Pairs
and units are counted from 0. Edits are as `adversarial.TextEdit.to_json` describes them; those of the person's own have
their tokens as a text, which is cut up here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from compexp_widgets.adversarial.text.evaluation import TrueLabel
from compexp_widgets.widgets.kernel.messages import Message, Part, Progress, Request
from compexp_widgets.widgets.shared.messages import CertificatePart, FormulaPart
from compexp_widgets.widgets.shared.pair_reader import MarkedLeaf, UnknownWords

Number = Annotated[int, Meta(ge=0)]
Sentences = tuple[str, str]
"""Premise and hypothesis, as a person reads them."""

EditFields = dict[str, object]
"""An edit as JSON."""


# Requests


class PairRequest(Request, kw_only=True):
    """A pair as it stands on the page, before and after its edit, and what is wanted of it.

    Attributes
    ----------
    source, target
        The label that the network gives before the edit, and the one that it should give after it.
    unit
        The chosen unit; None for all.
    pair
        Which pair of the data was edited; None where it was typed.
    """

    source: str
    target: str
    unit: Number | None
    pair: Number | None
    original: Sentences
    edited: Sentences


class ResponseRequest(PairRequest, tag="response", kw_only=True):
    """The response to a pair before and after its edit."""


class FormulaEditsRequest(PairRequest, tag="formula_edits", kw_only=True):
    """Edits that the units' formulas suggest."""


class SmallestRequest(PairRequest, tag="smallest", kw_only=True):
    """The smallest edits that flip the pair while a rule, by its name, keeps its true label.

    Attributes
    ----------
    label
        The true label; None for what people say of the pair, if they agree.
    any
        Whether any other label than the source will do.
    two
        Whether two edits may be made at once.
    """

    rule: str
    label: str | None = None
    any: bool = False
    two: bool = False


class RecipeRequest(PairRequest, tag="recipe", kw_only=True):
    """The recipe of the edits that lead from the original to what is edited; None where that was typed."""

    edits: list[EditFields] | None = None


class StepRequest(Request, tag="step", kw_only=True):
    """The next or the previous pair that the network calls the source; after the last comes the first."""

    source: str
    pair: Number | None
    by: Literal[-1, 1]


class ApplyRequest(Request, tag="apply", kw_only=True):
    """Sentences after an edit."""

    edit: EditFields
    edited: Sentences


class EffectRequest(Request, tag="effect", kw_only=True):
    """The effect on all pairs of edits made one after the other, and the true label after them."""

    edits: list[EditFields]
    source: str
    target: str
    true_label: TrueLabel = "unchanged"


class RecountRequest(Request, tag="recount", kw_only=True):
    """The last effect, with another true label after the edits."""

    true_label: TrueLabel


class CsvRequest(Request, tag="csv", kw_only=True):
    """The last effect as a table of all pairs."""


class ControlsRequest(Request, tag="controls", kw_only=True):
    """An edit beside its controls, for which units are silenced."""

    edits: list[EditFields]
    source: str
    target: str
    units: tuple[Number, ...] = ()


# Answers, parts of them, and events


class Rule(Part, kw_only=True):
    """A rule that keeps the true label, and what it guarantees."""

    name: str
    sentence: str


class UnitRow(Part, kw_only=True):
    """A unit, its formula as text, empty where it has none, and the share of the pairs on which it fires."""

    unit: int
    formula: str
    share: float


class Study(Message, tag="study", kw_only=True):
    """The study.

    Attributes
    ----------
    categories
        Of the concepts, in the order of their colours.
    labels, gold_labels, agreement
        The network's, the data's, and which of the data's (rows) say the same as which of the network's (columns).
    class_weights
        How much each unit (columns) speaks for each label (rows); None where the layer does not tell.
    rows
        The units that are explained.
    """

    title: str
    subtitle: str
    certificate: CertificatePart
    units: list[int]
    categories: list[str]
    pairs: int
    labels: tuple[str, ...]
    gold_labels: tuple[str, ...]
    agreement: list[list[bool]]
    class_weights: list[list[float]] | None
    rules: list[Rule]
    rows: list[UnitRow]


class Rows(Message, tag="rows", kw_only=True):
    """Units that were explained since the last message."""

    rows: list[UnitRow]
    done: int
    total: int


class PairAnswer(Part, kw_only=True):
    """The network's answer to a pair of token sequences: one probability a label, and the words that it does not know,
    None where it has no list of those that it knows.
    """

    premise: tuple[str, ...]
    hypothesis: tuple[str, ...]
    probabilities: list[float]
    predicted: int
    unknown: UnknownWords | None


class Place(Part, kw_only=True):
    """The place of a pair among those that the network calls the source, from 0, and how many these are.

    Attributes
    ----------
    place
        None where it is none of them.
    id, gold
        Of the pair in the data: its name and the number of its label, -1 for none; None where it was typed.
    """

    count: int
    place: int | None = None
    id: str | None = None
    gold: int | None = None


class LeafChange(MarkedLeaf, kw_only=True):
    """A leaf of a formula, and whether it holds before and after the edit."""

    before: bool
    after: bool


class UnitResponse(FormulaPart, kw_only=True):
    """A unit's activation before and after the edit, None where that is no number, and its formula.

    Attributes
    ----------
    push
        How far it moves the network from the source (negative) to the target (positive).
    holds_before, holds_after
        Whether the formula holds.
    """

    unit: int
    before: float | None
    after: float | None
    push: float
    explained: bool
    holds_before: bool
    holds_after: bool
    leaves: list[LeafChange]


class Response(Message, tag="response", kw_only=True):
    """The response to a pair before and after its edit.

    Attributes
    ----------
    edited
        Whether the words are others.
    units
        Those that the edit moved most; of an unedited pair, those that fire.
    moved, began, ended
        How many units moved, began to fire, fell silent.
    """

    edited: bool
    before: PairAnswer
    after: PairAnswer
    place: Place
    units: list[UnitResponse]
    moved: int
    began: int
    ended: int
    seconds: float


class PairNumber(Message, tag="pair", kw_only=True):
    """A pair of the data."""

    pair: int


class FormulaEdit(FormulaPart, kw_only=True):
    """An edit that a formula suggests: what it does, and the label that it should lead to.

    Attributes
    ----------
    unit, units
        The unit whose formula it is made from, if one was chosen, and all whose formulas suggest it.
    leaf
        The concept that it makes true or false.
    warning
        Why the true label may change; empty where it hardly can.
    probabilities
        Of the pair on the page after it; None where it does not apply.
    unknown
        Words that it puts in and the network does not know.
    """

    edit: EditFields
    words: str
    unit: int | None
    units: tuple[int, ...]
    leaf: str
    expected: int
    reason: str
    warning: str
    probabilities: list[float] | None
    unknown: tuple[str, ...]


class FormulaEdits(Message, tag="formula_edits", kw_only=True):
    """Edits that formulas suggest; the note says why there are none."""

    edits: list[FormulaEdit]
    note: str = ""


class Applied(Message, tag="applied", kw_only=True):
    """Sentences after an edit."""

    edited: Sentences


class PairTokens(Part, kw_only=True):
    """The tokens of a pair."""

    premise: tuple[str, ...]
    hypothesis: tuple[str, ...]


class PairText(Part, kw_only=True):
    """A pair as a person reads it."""

    premise: str
    hypothesis: str


class AccuracyRow(Part, kw_only=True):
    """The share of the pairs of a gold label, or of "all", that the network gets right; None where nothing is true."""

    gold: str
    pairs: int
    before: float | None
    after: float | None


class Flipped(Part, kw_only=True):
    """Pairs that flip to the target, of those that the network rightly calls the source before."""

    count: int
    of: int


class EditedPair(Part, kw_only=True):
    """A pair of the data before and after an edit, with its text after it. The gold label before and the true one after
    it are labels of the data; -1 where that is not known.
    """

    id: str
    before: PairTokens
    after: PairTokens
    text: PairText
    gold: int
    true_label: int
    predicted_before: int
    predicted_after: int
    probabilities_before: list[float]
    probabilities_after: list[float]


class Examples(Part, kw_only=True):
    """Pairs that flip, those whose probability rises most first, and pairs that do not."""

    flipped: list[EditedPair]
    kept: list[EditedPair]


class ExampleCounts(Part, kw_only=True):
    """Numbers of pairs that flip and that do not."""

    flipped: int
    kept: int


class EffectPart(Part, kw_only=True):
    """The effect of edits on all pairs: what they do, and to how many pairs they apply.

    Attributes
    ----------
    warning
        Why the true label may change; empty where it hardly can.
    unknown
        Words that they put in and the network does not know.
    complete
        Whether all pairs were looked at.
    flips
        How many pairs have which label before (rows) and after (columns).
    """

    words: str
    warning: str
    unknown: tuple[str, ...]
    applicable: int
    pairs: int
    complete: bool
    accuracy: list[AccuracyRow]
    flips: list[list[int]]
    flipped: Flipped
    examples: Examples
    example_counts: ExampleCounts


class Effect(Progress, tag="effect", kw_only=True):
    """The effect of edits on all pairs; None before the end."""

    effect: EffectPart | None = None


class Recounted(Message, tag="recounted", kw_only=True):
    """The effect with another true label."""

    effect: EffectPart


class Csv(Message, tag="csv", kw_only=True):
    """The effect as a table, one row a pair."""

    name: str
    header: list[str]
    rows: list[list[str | int | float | bool | None]]


class SmallEdit(Part, kw_only=True):
    """Edits of a pair, what they do, its text and probabilities after them, and their size in words."""

    edits: list[EditFields]
    words: str
    before: PairTokens
    after: PairTokens
    text: PairText
    probabilities: list[float]
    size: int


class Smallest(Progress, tag="smallest", kw_only=True):
    """The smallest edits that flip a pair, the smallest first.

    Attributes
    ----------
    tried, succeeded
        How many edits were shown to the network, and how many of them flip the pair; None before the end.
    complete
        Whether all were tried.
    closest
        The edit that comes nearest, where none flips the pair.
    """

    tried: int | None = None
    succeeded: int = 0
    complete: bool = False
    best: tuple[SmallEdit, ...] = ()
    closest: SmallEdit | None = None


class ControlRow(Part, kw_only=True):
    """An edit (`what` is "edit") or one of its controls, its kind in words, and how many pairs it flips."""

    what: str
    kind: str
    words: str
    count: int
    of: int


class Controls(Progress, tag="controls", kw_only=True):
    """An edit beside its controls, and what they say together; empty before the end."""

    rows: tuple[ControlRow, ...] = ()
    verdict: str = ""


class LoadedRecipe(Message, tag="loaded", kw_only=True):
    """A recipe's labels, sentences and edits; in words what the network answers now, beside what it did."""

    source: str
    target: str
    original: Sentences
    edited: Sentences
    edits: list[EditFields]
    words: str
