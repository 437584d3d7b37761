"""Which columns of a table hold the sentences, the label and the name of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compexp_widgets.errors import DataError

LabelColumn: TypeAlias = str | Literal[False] | None
"""The name of the column with the labels; None to find it, False where there is none."""

_USUAL = {
    "premise": ("premise", "sentence1", "sentence_a", "s1"),
    "hypothesis": ("hypothesis", "sentence2", "sentence_b", "s2"),
    "label": ("gold_label", "label", "entailment_judgment", "entailment_label", "gold", "gt"),
    "id": ("pairid", "pair_id", "id"),
}


@dataclass(frozen=True)
class Columns:
    """Names of columns; None where the table has no labels or no names for its pairs."""

    premise: str
    hypothesis: str
    label: str | None
    id: str | None

    @classmethod
    def of(
        cls, where: str, names: Sequence[str], premise: str | None, hypothesis: str | None, label: LabelColumn
    ) -> Columns:
        """The columns that a person named, and for those not named the usual ones, in any case.

        Parameters
        ----------
        where
            What the columns belong to, to open an error message with.
        names
            All columns of the table.
        premise, hypothesis, label
            As a person named them.

        Raises
        ------
        DataError
            Where a column is missing.
        """
        chosen = {
            "premise": _find(where, names, "premise", premise),
            "hypothesis": _find(where, names, "hypothesis", hypothesis),
        }
        return cls(
            **chosen,
            label=None if label is False else _find(where, names, "label", label),
            id=_usual("id", names),
        )


def _find(where: str, names: Sequence[str], part: str, named: str | None) -> str:
    has = f"it has: {', '.join(str(name)[:40] for name in names) or '(none)'}"
    if named is not None:
        if named not in names:
            raise DataError(f"{where}: there is no column {named!r} for the {part}; {has}.")
        return named
    found = _usual(part, names)
    if found is None:
        without = " or label=False for pairs without labels" if part == "label" else ""
        raise DataError(
            f"{where}: no column is called {', '.join(_USUAL[part])}; {has}. Name it with {part}='…'{without}."
        )
    return found


def _usual(part: str, names: Sequence[str]) -> str | None:
    by_name = {str(name).casefold(): name for name in reversed(names)}
    return next((by_name[usual] for usual in _USUAL[part] if usual in by_name), None)
