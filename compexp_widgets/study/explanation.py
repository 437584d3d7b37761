"""What is known about one unit: the settings that were asked for, and the formulas that were found."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from compexp_widgets.errors import SearchError
from compexp_widgets.formula import parse
from compexp_widgets.search import BeamSearch, Overlap, ScoredFormula


@dataclass(frozen=True)
class ExplanationSettings:
    """Everything that an explanation depends on besides the study.

    Attributes
    ----------
    quantile
        Share of a unit's activations above its threshold, in (0, 1).
    search
        The search for the formula.
    exclude
        Names of concepts, or of whole categories, that no formula may use.
    """

    quantile: float = 0.005
    search: BeamSearch = field(default_factory=BeamSearch)
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.quantile < 1:
            raise SearchError(
                f"quantile is the share of activations above the threshold, in (0, 1), not {self.quantile}"
            )
        object.__setattr__(self, "exclude", tuple(sorted(set(self.exclude))))

    @classmethod
    def of(cls, *, quantile: float = 0.005, exclude: tuple[str, ...] = (), **search: Any) -> ExplanationSettings:
        """Settings from keywords; those that are not named here belong to `BeamSearch`."""
        if unknown := set(search) - {setting.name for setting in fields(BeamSearch)}:
            known = ", ".join(["quantile", "exclude", *(setting.name for setting in fields(BeamSearch))])
            raise SearchError(f"there is no setting {min(unknown)!r}; there are {known}")
        return cls(quantile, BeamSearch(**search), exclude)

    @property
    def key(self) -> str:
        """The settings as text: equal exactly when the settings are."""
        return json.dumps({"version": SEARCH_VERSION, **asdict(self)}, sort_keys=True)


@dataclass(frozen=True)
class Explanation:
    """What a unit detects, as far as formulas tell.

    Attributes
    ----------
    unit
        Number of the unit in its layer, from 0.
    threshold
        The activation above which the unit counts as firing.
    by_length
        Entry ``n − 1`` is the best formula with at most n concepts; empty when no concept overlaps with the unit.
    """

    unit: int
    threshold: float
    by_length: tuple[ScoredFormula, ...]

    @property
    def best(self) -> ScoredFormula | None:
        """The best formula found, or None for a unit that no concept overlaps with."""
        return self.by_length[-1] if self.by_length else None

    def to_json(self) -> str:
        """The explanation as text that `from_json` reads back to an equal one."""
        found = [
            {"formula": str(one.formula), "overlap": asdict(one.overlap), "score": one.score} for one in self.by_length
        ]
        return json.dumps({"unit": self.unit, "threshold": self.threshold, "by_length": found}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Explanation:
        """Read what `to_json` wrote."""
        value = json.loads(text)
        found = tuple(
            ScoredFormula(parse(one["formula"]), Overlap(**one["overlap"]), one["score"]) for one in value["by_length"]
        )
        return cls(value["unit"], value["threshold"], found)


# Part of every key: raise it when the same settings begin to give another answer.
SEARCH_VERSION = 1
