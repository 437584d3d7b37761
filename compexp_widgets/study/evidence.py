"""Evidence for a formula: held-out IoU, the p-value of a permutation test, and a bootstrap interval over samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import CompexpError, SearchError, StudyError
from compexp_widgets.formula import Formula, read_printed
from compexp_widgets.notebook_html import Html, Row, facts, fields_html, muted, score_bar, section
from compexp_widgets.search import Overlap
from compexp_widgets.short_text import brief_repr, counted, one_line, score_text
from compexp_widgets.study.explanation import Natural, StoredOverlap


@dataclass(frozen=True)
class EvidenceSettings:
    """The effort with which formulas are tested.

    Attributes
    ----------
    samples
        Null samples at most: how often the search is repeated with exchanged images, pairs or texts. The smallest
        possible p-value is 1 / (samples + 1), and where n units are tested and k of them are real, it can be corrected
        to no less than n / k times that: few real units among many need more null samples.
    enough
        Stop as soon as so many null samples are at least as good as the formula: it is luck, and how much so is known
        well enough.
    resamples
        How many times the images, pairs or texts are drawn again for the interval.
    level
        Share of these within the interval, in (0, 1).
    seed
        Of the random numbers; 0 or more.
    """

    samples: int = 999
    enough: int = 20
    resamples: int = 1000
    level: float = 0.95
    seed: int = 0

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name in ("samples", "enough", "resamples"):
            object.__setattr__(self, name, whole_number(getattr(self, name), name, error=SearchError))
        meant = "level, the share of samples within the interval,"
        object.__setattr__(self, "level", number_within(self.level, meant, above=0, below=1, error=SearchError))
        object.__setattr__(self, "seed", whole_number(self.seed, "seed", least=0, error=SearchError))

    @property
    def key(self) -> str:
        """The settings as text: equal exactly when the settings are."""
        return json.dumps({"version": EVIDENCE_VERSION, **asdict(self)}, sort_keys=True)


@dataclass(frozen=True)
class HeldOut:
    """A formula found on some samples, None where nothing overlaps there, with its counts there (`searched`) and on the
    samples that the search did not see (`held_out`).
    """

    formula: Formula | None
    searched: Overlap
    held_out: Overlap

    _repr_html_ = fields_html


@dataclass(frozen=True)
class NullTest:
    """A score held against those of null samples, where activations and concepts have nothing to do with each other."""

    p_value: float  # the chance of such a score under the null hypothesis, in (0, 1]
    samples: Natural = 0  # null samples drawn
    exceedances: Natural = 0  # of them, those that scored at least as high
    mean: float = 0.0  # of the scores of the first 100
    high: float = 0.0  # their 95th percentile

    _repr_html_ = fields_html


@dataclass(frozen=True)
class Evidence:
    """The evidence for the formula of one unit, a number from 0 in its layer.

    `formula` is the unit's best, None where no concept overlaps with it, and `iou` its IoU on all samples; `apart` the
    formula that a search on one part of the samples finds, with its counts on the other part; `null` the permutation
    test; and `interval` the lower and upper end of the formula's IoU, had other samples been drawn.
    """

    unit: int
    formula: Formula | None
    iou: float
    apart: HeldOut
    null: NullTest
    interval: tuple[float, float]

    def __repr__(self) -> str:
        if self.formula is None:
            return f"<Evidence for unit {self.unit}: no formula to test>"
        return (
            f"<Evidence for unit {self.unit}: {one_line(str(self.formula), 300)}, IoU {score_text(self.iou)}; "
            f"held out {score_text(self.held_out_iou)}, p = {score_text(self.p_value)}, interval {self._interval()}>"
        )

    def _interval(self) -> str:
        return " – ".join(map(score_text, self.interval))

    _table_name_ = "tested formula"
    _table_heads_ = ("unit", "formula"), ("IoU", "held out", "p", "interval")

    def _table_row_(self) -> Row:
        formula = muted("no formula to test") if self.formula is None else self.formula._inline_html_()
        scores = map(score_text, (self.iou, self.held_out_iou, self.p_value))
        return (str(self.unit), formula), (*scores, self._interval()), None

    def _repr_html_(self) -> Html:
        if self.formula is None:
            return section(f"unit {self.unit}", "No concept overlaps with it: there is no formula to test.")
        null, apart = self.null, self.apart
        as_good = (
            f"{null.exceedances:,} of {counted(null.samples, 'search', 'searches')} in shuffled samples do as well"
        )
        elsewhere = "" if apart.formula is None else apart.formula._inline_html_()
        told = [
            ("IoU", score_bar(self.iou)),
            ("interval", f"{self._interval()}, had other samples been drawn"),
            ("held out", score_bar(self.held_out_iou)),
            ("found on the others", elsewhere),
            ("p-value", f"{score_text(self.p_value)}; {as_good}"),
            (
                "by luck alone",
                f"IoU {score_text(null.mean)} on average, {score_text(null.high)} at the 95th percentile",
            ),
        ]
        return section(f"unit {self.unit}", self.formula._inline_html_(), facts(told))

    @property
    def held_out_iou(self) -> float:
        """IoU on samples that the search did not see; 0 where it found nothing on the others."""
        return self.apart.held_out.iou

    @property
    def p_value(self) -> float:
        """The chance of such a score by luck; 1 for a unit without a formula."""
        return self.null.p_value

    def to_json(self) -> str:
        """The evidence as text that `from_json` reads back to an equal one."""
        apart = {
            "formula": _text(self.apart.formula),
            "searched": self.apart.searched.to_json(),
            "held_out": self.apart.held_out.to_json(),
        }
        about = {"unit": self.unit, "formula": _text(self.formula), "iou": self.iou, "apart": apart, "null": self.null}
        return msgspec.json.encode({**about, "interval": self.interval}).decode()

    @classmethod
    def from_json(cls, text: str) -> Evidence:
        """Read what `to_json` wrote; StudyError where it is damaged."""
        try:
            stored = msgspec.json.decode(text, type=_StoredEvidence)
            apart = stored.apart
            held_out = HeldOut(_formula(apart.formula), apart.searched.counts, apart.held_out.counts)
            return cls(stored.unit, _formula(stored.formula), stored.iou, held_out, stored.null, stored.interval)
        except (msgspec.MsgspecError, UnicodeError, CompexpError, RecursionError) as error:
            raise StudyError(f"stored evidence is damaged ({error!s:.200}): delete explanations.sqlite") from error


class _StoredHeldOut(msgspec.Struct):
    formula: str | None
    searched: StoredOverlap
    held_out: StoredOverlap


class _StoredEvidence(msgspec.Struct):
    unit: int
    formula: str | None
    iou: float
    apart: _StoredHeldOut
    null: NullTest
    interval: tuple[float, float]


def q_values(evidence: Sequence[Evidence]) -> NDArray[np.float64]:
    """The p-values of some units corrected for their number (Benjamini and Hochberg 1995).

    Of the units with q ≤ .05, at most 5 % are expected to be false discoveries, if the units are independent or depend
    on each other positively.

    Returns
    -------
    float64, shape (units,), in [0, 1], in the same order
    """
    from scipy.stats import false_discovery_control  # noqa: PLC0415 - takes as long as many a search

    p_values = np.array([one.p_value for one in evidence], np.float64)
    corrected: NDArray[np.float64] = false_discovery_control(p_values) if len(p_values) else p_values
    return corrected


def _text(formula: Formula | None) -> str | None:
    return None if formula is None else str(formula)


def _formula(text: str | None) -> Formula | None:
    return None if text is None else read_printed(text)


# Part of every key: raise it when the same settings begin to give another answer.
EVIDENCE_VERSION = 1
