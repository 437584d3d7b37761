"""Which columns of a table, or fields of a record, hold the sentences, the label and the name of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from compexp_widgets.errors import DataError

LabelColumn: TypeAlias = str | Literal[False] | None
"""The name of the column with the labels; None to find it, False where there is none."""

_USUAL = {
    # "context" is ANLI's and FEVER-NLI's, "hypo" that of XNLI's training files; ChaosNLI keeps its pair in "example".
    "premise": ("premise", "sentence1", "sentence_a", "s1", "context", "example.premise"),
    # FEVER-NLI calls the claim that is to be judged by the context a query.
    "hypothesis": ("hypothesis", "sentence2", "sentence_b", "s2", "hypo", "query", "example.hypothesis"),
    "label": ("gold_label", "label", "majority_label", "entailment_judgment", "entailment_label", "gold", "gt"),
    "id": ("pairid", "pair_id", "id", "uid", "fid"),
    "language": ("language",),
}
_TOLD = {"premise": 4, "hypothesis": 4, "label": 7}


@dataclass(frozen=True)
class Columns:
    """Names of columns; None where the table has no labels, no names for its pairs, or no language."""

    premise: str
    hypothesis: str
    label: str | None
    id: str | None
    language: str | None = None

    @classmethod
    def of(
        cls,
        where: str,
        names: Sequence[str],
        premise: str | None,
        hypothesis: str | None,
        label: LabelColumn,
        way_on: str = "",
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
        way_on
            What else may be done about a missing column, to end the message with.

        Raises
        ------
        DataError
            Where a column is missing.
        """
        chosen = {
            "premise": _find(where, names, "premise", premise, way_on),
            "hypothesis": _find(where, names, "hypothesis", hypothesis, way_on),
        }
        return cls(
            **chosen,
            label=None if label is False else _find(where, names, "label", label, way_on),
            id=usual_column("id", names),
            language=usual_column("language", names),
        )


def usual_column(part: str, names: Sequence[str]) -> str | None:
    """The column with a usual name for a part of a pair; None where there is none."""
    by_name = {str(name).casefold(): name for name in reversed(names)}
    return next((by_name[usual] for usual in _USUAL[part] if usual in by_name), None)


def field_names(record: Mapping[str, Any]) -> Iterator[str]:
    """The names of a record's fields; those inside of another with its name and a dot before their own."""
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            yield from (f"{name}.{inner}" for inner in field_names(value))
        else:
            yield str(name)


def field_of(record: Mapping[str, Any], name: str) -> Any:
    """The field of a name, as `field_names` gives it.

    Raises
    ------
    KeyError
        Where there is none.
    """
    if name in record:
        return record[name]
    outer, dot, inner = name.partition(".")
    while dot:
        if isinstance(value := record.get(outer), Mapping):
            return field_of(value, inner)
        step, dot, inner = inner.partition(".")
        outer = f"{outer}.{step}"
    raise KeyError(name)


def _find(where: str, names: Sequence[str], part: str, named: str | None, way_on: str) -> str:
    has = f"it has: {', '.join(str(name)[:40] for name in names) or '(none)'}"
    if named is not None:
        if named not in names:
            raise DataError(f"{where}: there is no column {named!r} for the {part}; {has}.")
        return named
    found = usual_column(part, names)
    if found is None:
        without = " or label=False for pairs without labels" if part == "label" else ""
        usual = ", ".join(_USUAL[part][: _TOLD[part]])
        raise DataError(f"{where}: no column is called {usual}; {has}. Name it with {part}='…'{without}{way_on}.")
    return found
