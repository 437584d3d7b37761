"""From pairs as they stand in a file to a `PairDataset`: columns, tokens, and what is wrong with them and where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.data.pairs.readers.label_names import LabelNames, RawLabel, gold_labels
from compexp_widgets.data.pairs.tokens import tokenize
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report

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


class ChosenColumns(NamedTuple):
    """The names of columns as a person gives them; None to find the usual one."""

    premise: str | None
    hypothesis: str | None
    label: LabelColumn


@dataclass(frozen=True)
class Columns:
    """Names of columns; None where the table has no labels, no names for its pairs, or no language."""

    premise: str
    hypothesis: str
    label: str | None
    id: str | None
    language: str | None = None

    @classmethod
    def of(cls, where: str, names: Sequence[str], chosen: ChosenColumns, way_on: str = "") -> Columns:
        """The columns that a person chose of `names`, and for those not chosen the usual ones, in any case.

        `where` opens, and `way_on` ends the `DataError` for a column that is missing.
        """
        return cls(
            _find(where, names, "premise", chosen.premise, way_on),
            _find(where, names, "hypothesis", chosen.hypothesis, way_on),
            None if chosen.label is False else _find(where, names, "label", chosen.label, way_on),
            usual_column("id", names),
            usual_column("language", names),
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


Place: TypeAlias = Callable[[int, str], str]
"""Says where the premise, hypothesis or label of a pair stands, to open an error message with."""

_PAIRS_A_REPORT = 1000
_SIGNS_AT_THE_END = (".", "?", "!")


class Parsed(NamedTuple):
    """A sentence of which the file has the text and the tokens."""

    text: str
    tokens: Tokens


@dataclass
class RawPairs:
    """Pairs as they stand in a file.

    Attributes
    ----------
    source
        What `PairDataset.source` will be.
    where
        From the number of a pair and "premise", "hypothesis" or "label" to the place in the file.
    premises, hypotheses
        Texts, with tokens where the file has them.
    labels
        As written; None for a pair that has none.
    ids
        What the file calls each pair; empty where it has no names for them.
    languages
        Of each pair, where the file tells; else empty.
    """

    source: str
    where: Place
    premises: list[str | Parsed] = field(default_factory=list)
    hypotheses: list[str | Parsed] = field(default_factory=list)
    labels: list[object] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def gather(
    raw: RawPairs,
    label_names: LabelNames,
    *,
    tokenized: bool | None,
    skip_empty: bool,
    report: Report,
    language: str | None = None,
) -> PairDataset:
    """Tokens and gold labels of all pairs.

    Parameters
    ----------
    raw
        The pairs.
    label_names
        What their labels mean, where it is not plain.
    tokenized
        Whether blanks part the tokens of the texts already; None to see from the texts.
    skip_empty
        Whether a pair with an empty sentence is left out; else it is an error.
    report
        Told how many pairs are done.
    language
        The pairs in other languages are left out.

    Raises
    ------
    DataError
        Naming the place of an empty sentence, or of one that is no text; all unknown labels; the languages, where there
        are several and none is chosen; or where no pair is left.
    """
    spoken = _in_language(raw, language)
    if tokenized is None:
        tokenized = _looks_tokenized([part[index] for part in (raw.premises, raw.hypotheses) for index in spoken])
    tokens_of = _Tokenizer(tokenized)
    kept: list[int] = []
    sentences: dict[str, list[Tokens]] = {"premise": [], "hypothesis": []}
    for done, index in enumerate(spoken):
        if done % _PAIRS_A_REPORT == 0:
            report("reading sentence pairs", done, len(spoken))
        found = []
        for part, text in zip(sentences, (raw.premises[index], raw.hypotheses[index]), strict=True):
            tokens = tokens_of(text)
            if tokens is None:
                raise DataError(f"{raw.where(index, part)}: the {part} holds characters that are no text.")
            if not tokens and not skip_empty:
                raise DataError(
                    f"{raw.where(index, part)}: the {part} is empty. Mend it, or pass skip_empty=True to leave such "
                    "pairs out."
                )
            found.append(tokens)
        if all(found):
            kept.append(index)
            for part, tokens in zip(sentences, found, strict=True):
                sentences[part].append(tokens)
    if not kept:
        raise DataError(f"{raw.source} has no sentence pairs.")
    labels, gold = gold_labels(raw.source, [_raw_label(raw, index) for index in kept], label_names)
    report("reading sentence pairs", len(spoken), len(spoken))
    ids = raw.ids or [str(index) for index in range(len(raw.premises))]
    # Where blanks part the tokens, nothing is known of the text before: it reads as its tokens do.
    written = not tokenized or isinstance(raw.premises[kept[0]], Parsed)
    return PairDataset(
        raw.source,
        tuple(sentences["premise"]),
        tuple(sentences["hypothesis"]),
        gold,
        tuple(ids[index] for index in kept),
        labels,
        tuple((_text(raw.premises[index]), _text(raw.hypotheses[index])) for index in kept) if written else (),
    )


def _raw_label(raw: RawPairs, index: int) -> RawLabel:
    return RawLabel(
        raw.labels[index],
        lambda: raw.where(index, "label"),
        lambda: (_text(raw.premises[index]), _text(raw.hypotheses[index])),
    )


def _in_language(raw: RawPairs, language: str | None) -> Sequence[int]:
    """The numbers of the pairs in a language; of all, where the file has one language or tells none.

    Raises
    ------
    DataError
        Where there are several and none is chosen, or none in the one that is.
    """
    spoken = sorted(set(raw.languages))
    if language is None and len(spoken) > 1:
        raise DataError(
            f"{raw.source} has pairs in {len(spoken)} languages: {', '.join(spoken)}. Say which, as in "
            f"language={spoken[0]!r}."
        )
    if language is None:
        return range(len(raw.premises))
    if language not in spoken:
        there = f"it has {', '.join(spoken)}" if spoken else "it has no column called language"
        raise DataError(f"{raw.source} has no pairs in the language {language!r}: {there}.")
    return [index for index, one in enumerate(raw.languages) if one == language]


def _text(sentence: str | Parsed) -> str:
    return sentence.text if isinstance(sentence, Parsed) else sentence


class _Tokenizer:
    """Tokens of texts, each text once: a premise stands in three pairs, and a word in thousands of sentences."""

    def __init__(self, tokenized: bool) -> None:
        self._tokenized = tokenized
        self._known: dict[str | Parsed, Tokens | None] = {}

    def __call__(self, text: str | Parsed) -> Tokens | None:
        if text not in self._known:
            self._known[text] = self._tokens(text)
        return self._known[text]

    def _tokens(self, text: str | Parsed) -> Tokens | None:
        if isinstance(text, Parsed):
            tokens: Iterable[str] = text.tokens
        else:
            tokens = text.split() if self._tokenized else tokenize(text)
        # Neither NUL nor half a surrogate pair can be written to a file that others read.
        whole = "".join((_text(text), *(tokens := tuple(tokens))))
        if "\0" in whole or (not whole.isascii() and any("\ud800" <= sign <= "\udfff" for sign in whole)):
            return None
        return tuple(sys.intern(token) for token in tokens)


def _looks_tokenized(texts: Sequence[str | Parsed]) -> bool:
    """Whether most sentences that end in a stop have a blank before it."""
    ended = [text.rstrip() for text in texts if isinstance(text, str) and text.rstrip().endswith(_SIGNS_AT_THE_END)]
    return 2 * sum(text[-2:-1].isspace() for text in ended) > len(ended)
