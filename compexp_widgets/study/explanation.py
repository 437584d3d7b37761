"""The explanation of one unit: the settings that it was asked for with, the formulas found, and the unit's state."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypedDict, get_args

import msgspec

from compexp_widgets.argument_sentences import nearest, sentence
from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import CompexpError, SearchError, StudyError
from compexp_widgets.formula import read_printed
from compexp_widgets.notebook_html import Html, Row, facts, fields_html, muted, section, warned
from compexp_widgets.search import EVERY_FORM, BeamSearch, Metric, Operator, OptimalSearch, Overlap, ScoredFormula
from compexp_widgets.search.found_html import found_html, proof_words
from compexp_widgets.short_text import brief_repr, one_line, percent_text, score_text
from compexp_widgets.signatures import PositionCounts
from compexp_widgets.signatures.activation_ranges import (
    THRESHOLD_ON,
    Above,
    ActivationRange,
    Limits,
    QuantileRange,
    ThresholdOn,
)
from compexp_widgets.study.units import ProbedUnits

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True, eq=False)
class UnitActivity:
    """The active positions of one unit."""

    limits: Limits  # between which it fires
    counts: PositionCounts  # its active positions, by sample and signature
    extent: tuple[float, float]  # its smallest and largest activation, NaN where one of them is no number

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @classmethod
    def of(cls, units: ProbedUnits, unit: int, firing: ActivationRange) -> UnitActivity:
        """Where one of these units fires."""
        limits = units.limits(unit, firing)
        return cls(limits, units.activity(unit, limits), units.extent(unit))


UnitState: TypeAlias = Literal["fires", "saturated", "silent", "constant", "not finite"]
"""The state of a unit: that it fires as asked, or why not; the first that applies:

not finite
    Some of its activations are NaN or infinite. It is not explained.
constant
    All its activations are one value. There is nothing to explain.
silent
    It fires at fewer positions than an explanation needs, or at none: too few to explain it.
saturated
    More of its activations equal its largest one than were asked for. It fires where its activation is that largest
    one, and is explained there. With the threshold on the map, the positions of the finer grid where that is so may
    still be fewer than were asked for.
fires
    As asked. Its active share is told all the same: it differs from what was asked for where activations tie at the
    threshold, and wherever the threshold is taken on the map.
"""


UNEXPLAINED: tuple[UnitState, ...] = ("silent", "constant", "not finite")
"""The states of units that are not explained."""


class FiringOptions(TypedDict, total=False):
    """The keywords that tell which activations count as firing; see `ExplanationSettings`.

    `settings` are those to begin with, in place of the study's default; `threshold` is the activation above which every
    unit fires, in place of a quantile.
    """

    settings: ExplanationSettings
    quantile: float
    threshold: float
    threshold_on: ThresholdOn


class ExplanationOptions(FiringOptions, total=False):
    """The keywords that tell how units are explained; see `ExplanationSettings` and `BeamSearch`."""

    only: str | Iterable[str]
    exclude: str | Iterable[str]
    proof_nodes: int
    min_active: int
    beam_size: int
    max_length: int
    operators: Iterable[Operator]
    metric: Metric
    length_penalty: float
    candidate_limit: int | None
    distinct: bool


@dataclass(frozen=True)
class ExplanationSettings:
    """Everything that an explanation depends on besides the study.

    Attributes
    ----------
    quantile
        Share of a unit's activations above its threshold, in (0, 1). See `Cut` for activations that equal it.
    threshold_on
        Of which activations the quantile is, and quantiles that cut ranges are: ``"map"``, of the layer's own, as
        published; or ``"grid"``, of those on the annotation grid, so that the unit is active at exactly this share of
        all positions, ties aside. A unit is active where its map, made as large as the grid, exceeds the threshold:
        the smaller the map, the fewer positions reach what a share of the map exceeds, and the less can layers be
        compared. Of sentence pairs both are the same.
    search
        The search for the formula.
    only
        Names of concepts, or of whole categories: formulas use nothing else. Empty: they may use all.
    exclude
        Names of concepts, or of whole categories, that no formula may use, though `only` names them.
    activation_range
        The activations that count as firing, where they are not simply the largest ones: takes the place of `quantile`.
    min_active
        A unit with fewer active positions is *silent*: not explained, since a handful of positions fits any formula.
    proof_nodes
        Into how many regions the certified search may look that follows the beam, to find the best formula there is and
        prove it; 0 keeps what the beam finds. Without effect on searches that it does not cover (see `proof`).
    """

    quantile: float = 0.005
    search: BeamSearch = field(default_factory=BeamSearch)
    exclude: tuple[str, ...] = ()
    proof_nodes: int = 700
    activation_range: ActivationRange | None = None
    min_active: int = 0
    threshold_on: ThresholdOn = "map"
    only: tuple[str, ...] = ()

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        meant = "quantile, the share of activations above the threshold,"
        share = number_within(self.quantile, meant, above=0, below=1, error=SearchError)
        object.__setattr__(self, "quantile", share)
        for name in ("proof_nodes", "min_active"):
            object.__setattr__(self, name, whole_number(getattr(self, name), name, least=0, error=SearchError))
        for name in ("only", "exclude"):
            object.__setattr__(self, name, _names(getattr(self, name), name))
        if not isinstance(self.threshold_on, str) or self.threshold_on not in THRESHOLD_ON:
            raise SearchError(
                f"threshold_on is {' or '.join(map(repr, THRESHOLD_ON))}, not {self.threshold_on!r:.80}: where the "
                "quantile of a unit's activations is taken"
            )

    @classmethod
    def of(cls, **settings: Unpack[ExplanationOptions]) -> ExplanationSettings:
        """Settings from keywords; those that are not named are the defaults. See `changed`."""
        return cls().changed(**settings)

    def changed(self, **settings: Unpack[ExplanationOptions]) -> ExplanationSettings:
        """These settings with some others.

        Parameters
        ----------
        **settings
            ``quantile``, ``threshold_on``, ``only``, ``exclude``, ``proof_nodes``, ``min_active``; ``threshold``, the
            activation above which every unit fires, in place of a quantile; and the settings of `BeamSearch`, such as
            ``max_length=3``. Or ``settings``: others to begin with in place of these.

        Raises
        ------
        SearchError
            When there is no such setting, or a value makes no sense.
        """
        given: dict[str, Any] = dict(settings)
        base = given.pop("settings", None)
        if not isinstance(base, ExplanationSettings | None):
            raise SearchError(sentence("settings", base, ExplanationSettings))
        names = [*_KEYWORDS, *(setting.name for setting in fields(BeamSearch))]
        if unknown := given.keys() - set(names):
            near = nearest(min(unknown), names, False)
            raise SearchError(f"there is no setting {min(unknown)!r}; there are {', '.join(names)}{near}")
        if "quantile" in given and "threshold" in given:
            raise SearchError("a unit fires above a threshold or a quantile: say one of the two")
        own = {name: given.pop(name) for name in _KEYWORDS if name in given}
        if "quantile" in own:
            own["activation_range"] = None
        if "threshold" in own:
            own["activation_range"] = Above(own.pop("threshold"))
        base = base or self
        return replace(base, **own, search=replace(base.search, **given))

    @cached_property
    def firing(self) -> ActivationRange:
        """The activations that count as firing."""
        firing = self.activation_range or QuantileRange(self.quantile)
        return replace(firing, on=self.threshold_on) if isinstance(firing, QuantileRange) else firing

    @property
    def proof(self) -> OptimalSearch | None:
        """The certified search that these settings ask for.

        None when they ask for none, or for what it does not cover: another metric than IoU, a length penalty, a limit
        of candidates, or the published search.
        """
        beam = self.search
        covered = beam.metric == "iou" and beam.length_penalty == 1 and beam.candidate_limit is None and beam.distinct
        if not (covered and self.proof_nodes):
            return None
        return OptimalSearch(beam.max_length, beam.operators, nodes=self.proof_nodes, beam_size=beam.beam_size)

    @property
    def key(self) -> str:
        """The settings as text: equal exactly when the settings are."""
        settings = asdict(self)
        if not self.only:  # as keys were before there was such a setting
            del settings["only"]
        return json.dumps({"version": SEARCH_VERSION, **settings}, sort_keys=True)


@dataclass(frozen=True)
class Explanation:
    """The formulas that describe a unit best.

    `limits` are the activations between which the unit counts as firing: `threshold`, and `upper_limit` for a range of
    activations, else infinity. Entry ``n − 1`` of `by_length` is the best formula with at most n concepts; it is empty
    when no concept overlaps with the unit. Entry ``n − 1`` of `bounds`: no formula of at most n distinct concepts has a
    higher IoU, whatever its form up to three and if it is left-deep with more (see `optimal_search`); empty when no
    proof was asked for. The unit, a number from 0, fires at `active` of all `positions`; `state` tells whether as
    asked, and why not.
    """

    unit: int
    limits: Limits
    by_length: tuple[ScoredFormula, ...] = ()
    bounds: tuple[float, ...] = ()
    active: int = 0
    positions: int = 0
    state: UnitState = "fires"

    def __repr__(self) -> str:
        return f"<Explanation of unit {self.unit}: {self}>"

    def __str__(self) -> str:
        if self.best is None:
            return self.state if self.silent else "no concept overlaps with it"
        proof = proof_words(self.by_length, self.bounds)
        told = [self.state] * (self.state != "fires") + [proof] * bool(proof)
        return "; ".join([f"{one_line(str(self.best.formula), 300)}, IoU {score_text(self.best.overlap.iou)}", *told])

    _table_name_ = "explanation"
    _table_heads_ = ("unit", "best formula"), ("IoU", "active")

    def _table_row_(self) -> Row:
        iou = self.best.overlap.iou if self.best else None
        formula = self.best._inline_html_() if self.best else muted(str(self))
        return (str(self.unit), formula), (score_text(iou), percent_text(self.active_share)), iou

    def _repr_html_(self) -> Html:
        return section(f"unit {self.unit}", *self._parts_())

    def _parts_(self) -> list[Html]:
        low, high, with_low, with_high = self.limits
        above = f"{'from' if with_low else 'above'} {low:.4g}"
        between = f"{above} {'to' if with_high else 'and below'} {high:.4g}" if math.isfinite(high) else above
        at = f"at {percent_text(self.active_share)} of {self.positions:,} positions" if self.positions else ""
        fires = ", ".join(filter(None, (between if math.isfinite(low) else "nowhere", at)))
        state = "" if self.state == "fires" else warned(self.state)
        about = [("fires", fires), ("state", state)]
        return [facts(about)] if self.silent else found_html(self.by_length, self.bounds, about)

    @property
    def threshold(self) -> float:
        """The activation above which it fires; from which on where the limits include it."""
        return self.limits.low

    @property
    def upper_limit(self) -> float:
        """The activation above which it does not fire any more; infinity but for a range of activations."""
        return self.limits.high

    @property
    def active_share(self) -> float:
        """The share of all positions at which the unit fires."""
        return self.active / self.positions if self.positions else 0.0

    @property
    def silent(self) -> bool:
        """True if it was not explained, since it fires at too few positions, never changes or is not finite."""
        return self.state in UNEXPLAINED

    @property
    def best(self) -> ScoredFormula | None:
        """The best formula found, or None for a unit that no concept overlaps with."""
        return self.by_length[-1] if self.by_length else None

    @property
    def bound(self) -> float | None:
        """The IoU that no formula of the allowed length exceeds; None when no proof was asked for."""
        return self.bounds[-1] if self.bounds else None

    @property
    def proven(self) -> bool:
        """True if the best formula is proven to be the best there is, whatever its form (see `CertifiedResult`)."""
        return self.proven_left_deep and (len(self.bounds) <= EVERY_FORM or self.bound == 1)

    @property
    def proven_left_deep(self) -> bool:
        """True if it is proven that no left-deep formula is better."""
        return self.best is not None and self.bound == self.best.score

    def to_json(self) -> str:
        """The explanation as text that `from_json` reads back to an equal one."""
        low, high, *included = self.limits
        found = [(str(one.formula), one.overlap.to_json(), one.score) for one in self.by_length]
        about = {
            "unit": self.unit,
            "limits": [limit if math.isfinite(limit) else None for limit in (low, high)],
            "included": included,
            "by_length": [dict(zip(("formula", "overlap", "score"), one, strict=True)) for one in found],
            "bounds": self.bounds,
            "active": self.active,
            "positions": self.positions,
            "state": self.state,
        }
        return msgspec.json.encode(about).decode()

    @classmethod
    def from_json(cls, text: str) -> Explanation:
        """Read what `to_json` wrote; StudyError where it is damaged."""
        try:
            stored = msgspec.json.decode(text, type=_StoredExplanation)
            found = [
                ScoredFormula(read_printed(one.formula), one.overlap.counts, one.score) for one in stored.by_length
            ]
        except (msgspec.MsgspecError, UnicodeError, CompexpError, RecursionError) as error:
            raise StudyError(f"a stored explanation is damaged ({error!s:.200}): delete explanations.sqlite") from error
        low, high = (math.inf if limit is None else limit for limit in stored.limits)
        limits = Limits(low, high, *stored.included)
        return cls(stored.unit, limits, tuple(found), stored.bounds, stored.active, stored.positions, stored.state)


Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]


class StoredOverlap(msgspec.Struct):
    active: Natural
    holds: Natural
    both: Natural

    @property
    def counts(self) -> Overlap:
        return Overlap(self.active, self.holds, self.both)


class _StoredFormula(msgspec.Struct):
    formula: str
    overlap: StoredOverlap
    score: float


class _StoredExplanation(msgspec.Struct):
    unit: int
    limits: tuple[float | None, float | None]
    included: tuple[bool, bool]
    by_length: list[_StoredFormula]
    bounds: tuple[float, ...]
    active: Natural
    positions: Natural
    state: UnitState


def state_of(extent: tuple[float, float], limits: Limits, active: int, least: int) -> UnitState:
    """The state of a unit with these smallest and largest activations that fires at `active` positions, where an
    explanation needs `least`.
    """
    smallest, largest = extent
    if not (math.isfinite(smallest) and math.isfinite(largest)):
        return "not finite"
    if smallest == largest:
        return "constant"
    if active < max(least, 1):
        return "silent"
    return "saturated" if limits.includes_low and limits.low == largest else "fires"


def state_summary(states: Iterable[UnitState], kind: str = "units") -> str:
    """The units that do not fire as asked, such as ``"of 1,280 units: 543 saturated, 3 constant"``; empty for none."""
    counts = Counter(states)
    named: tuple[UnitState, ...] = get_args(UnitState)
    told = ", ".join(f"{counts[state]:,} {state}" for state in named if state != "fires" and counts[state])
    return f"of {counts.total():,} {kind}: {told}" if told else ""


def _names(given: Any, setting: str) -> tuple[str, ...]:
    """Names of concepts or categories, one or several, in one order; SearchError where something else is among them."""
    names = (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    if not all(isinstance(name, str) for name in names):
        raise SearchError(f"{setting} names concepts or categories, not {given!r:.60}")
    return tuple(sorted(set(names)))


_KEYWORDS = ("quantile", "threshold", "threshold_on", "only", "exclude", "proof_nodes", "min_active")

# Part of every key: raise it when the same settings begin to give another answer.
SEARCH_VERSION = 5
