"""From pairs as they stand in a file to a `PairDataset`: tokens, labels, and what is wrong with them and where."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.dataset import (
    LABELS,
    NO_LABEL,
    TWO_WAY_LABELS,
    PairDataset,
    Tokens,
    label_set,
    tokenize,
)
from compexp_widgets.errors import DataError
from compexp_widgets.files import text_lines
from compexp_widgets.files.text_files import read_csv_table
from compexp_widgets.progress import Report, Stage

LabelNames: TypeAlias = Sequence[str] | Mapping[Any, str | None] | None
"""What the labels of a file mean, where it is not plain: `LABELS` or `TWO_WAY_LABELS` in the order of the numbers 0, 1,
2, or a mapping from the file's spelling to one of them, or to None for pairs without a gold label."""

MEANINGS = (*LABELS, *TWO_WAY_LABELS[1:])
"""What a label can mean."""

_SPELLINGS = {
    # In any case. ANLI and ChaosNLI have single letters, FEVER verdicts, SciTail "entails", XNLI "contradictory", HANS
    # and RTE the last.
    "entailment": ("entailment", "entails", "e", "supports"),
    "neutral": ("neutral", "n", "not enough info"),
    "contradiction": ("contradiction", "contradictory", "c", "refutes"),
    "not_entailment": ("not_entailment", "non-entailment", "not-entailment", "not entailment", "non_entailment"),
}
_NO_GOLD = ("-", "unk", "hidden")
_LABEL_COLUMNS = ("gold_label", "label", "gt", "gold")
_MOST_NAMED = 12


@dataclass(frozen=True)
class RawLabel:
    """A label as it stands in a file, with where it stands and what it is said of, for a message."""

    written: object
    where: Callable[[], str]
    pair: Callable[[], tuple[str, str]]


def gold_labels(
    source: str, found: Sequence[RawLabel], names: LabelNames = None
) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The labels that a file's are of, and for each pair the index of its own among them.

    Labels are read in any case; ``-``, ``UNK``, ``hidden`` and a missing value stand for a pair without a gold label.
    Where a label says that something is not entailed, and no more, the set is two-way; also where the file says
    ``entails`` or ``neutral`` alone, as SciTail does.

    `source`: where they come from, to open a message with. `names`: what they mean, where it is not plain. Returns
    `LABELS` or `TWO_WAY_LABELS`; int8, shape (N,), with `NO_LABEL`. Raises `DataError` with all labels that are not
    known, how often each stands there and an example; or where `names` makes no sense, or the file has labels of both
    sets.
    """
    known, two_way = _known(names)
    spelled = [None if _missing(one.written) else _spelling(one.written) for one in found]
    counts = Counter(spelled)
    if unknown := [spelling for spelling in counts if spelling is not None and spelling not in known]:
        raise _unknown(source, unknown, counts, dict(zip(reversed(spelled), reversed(found), strict=True)))
    labels: tuple[str, ...] = LABELS
    meant = [None if spelling is None else known[spelling] for spelling in spelled]
    present = {label for label in meant if label is not None}
    if "not_entailment" in present or two_way:
        if unknown := sorted(present - set(TWO_WAY_LABELS)):
            both = ", ".join(f"{label!r}: 'not_entailment'" for label in unknown)
            raise DataError(
                f"{source} tells not_entailment from entailment, and has pairs called {' and '.join(unknown)} too. "
                f"To read all as two-way, say label_names={{{both}}}."
            )
        labels = TWO_WAY_LABELS
    elif names is None and "entails" in counts and "contradiction" not in present:
        labels = TWO_WAY_LABELS
        meant = ["not_entailment" if label == "neutral" else label for label in meant]
    return labels, np.array([NO_LABEL if label is None else labels.index(label) for label in meant], np.int8)


def is_label(cell: str) -> bool:
    """True for a cell with a label written out, which tells a row of data from a header."""
    spelling = _spelling(cell)
    return len(spelling) > 1 and any(spelling in spellings for spellings in _SPELLINGS.values())


def _known(names: LabelNames) -> tuple[dict[str, str | None], bool]:
    """Spelling → meaning, and whether a person said that the labels are two-way."""
    known: dict[str, str | None] = {
        spelling: meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings
    } | dict.fromkeys(_NO_GOLD, None)
    if names is None:
        return known, False
    if isinstance(names, Mapping):
        for spelling, meaning in names.items():
            if meaning is not None and meaning not in MEANINGS:
                raise DataError(
                    f"label_names: {spelling!r} cannot mean {meaning!r}, only one of {', '.join(MEANINGS)}, or None."
                )
            known[_spelling(spelling)] = meaning
        return known, "not_entailment" in names.values()
    ordered = label_set(names)
    if ordered is None:
        raise DataError(
            f"label_names: {names!r} is neither {', '.join(LABELS)} nor {', '.join(TWO_WAY_LABELS)}, in the order of "
            "the numbers 0, 1, …, nor a mapping from the file's spellings to these."
        )
    known |= {str(number): label for number, label in enumerate(names)}
    # What is written where numbers are used and the annotators did not agree.
    known["-1"] = None
    return known, ordered == TWO_WAY_LABELS


_MOST_DIGITS = 20  # longer ones count no label, and Python refuses to read them


def _unknown(
    source: str, unknown: Sequence[str], counts: Mapping[str | None, int], first: Mapping[str | None, RawLabel]
) -> DataError:
    """The error for labels that nobody knows. What they mean is left to the person: a guess could turn them around."""
    numbers = all(spelling.removeprefix("-").isdecimal() and len(spelling) < _MOST_DIGITS for spelling in unknown)
    unknown = sorted(unknown, key=int) if numbers else sorted(unknown, key=lambda each: -counts[each])

    def told(spelling: str) -> str:
        one = first[spelling]
        premise, hypothesis = (text if len(text) <= 60 else f"{text[:59]}…" for text in one.pair())
        pairs = f"{counts[spelling]:,} pair{'s' if counts[spelling] > 1 else ''}"
        return f"{str(one.written)[:40]!r} ({pairs}, first at {one.where()}: {premise!r} / {hypothesis!r})"

    listed = "; ".join(map(told, unknown[:_MOST_NAMED]))
    more = f"; and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
    plural = "s" if len(unknown) > 1 else ""
    if numbers:
        return DataError(
            f"{source} has labels by number: {listed}{more}. Look up what they stand for, which differs from one data "
            f"set to the next, and say it in the order of 0, 1, …: label_names=('…', '…', '…') with "
            f"{', '.join(LABELS)}, or label_names=('…', '…') with {', '.join(TWO_WAY_LABELS)}."
        )
    blanks = ", ".join(f"{str(first[spelling].written)[:40]!r}: '…'" for spelling in unknown[:_MOST_NAMED])
    return DataError(
        f"{source} has {len(unknown)} unknown label{plural}: {listed}{more}. Say what each means: "
        f"label_names={{{blanks}}}, where '…' is one of {', '.join(MEANINGS)}, or None for no gold label."
    )


def read_labels(path: Path) -> tuple[list[int], list[str]]:
    """Line number and label of every line of a file that holds labels.

    Either one label a line and nothing else, or CSV or TSV with a header that has ``gold_label``, ``label``, ``gt`` or
    ``gold``.

    Raises `DataError` where it cannot be read, or its header names none of these.
    """
    lines = list(text_lines(path))
    separator = next((sign for sign in "\t," if lines and sign in lines[0]), None)
    if separator is None:
        return list(range(1, len(lines) + 1)), lines
    table = read_csv_table(path, (), separator=separator)
    column = next((name for name in _LABEL_COLUMNS if name in table.columns), None)
    if column is None:
        raise DataError(
            f"{path} has none of the columns {', '.join(_LABEL_COLUMNS)}; its header is: {', '.join(table.columns)}."
        )
    rows = list(table.column(column))
    return [number for number, _ in rows], [label for _, label in rows]


def _missing(label: object) -> bool:
    return label is None or (isinstance(label, float) and isnan(label))


def _spelling(label: object) -> str:
    if isinstance(label, float) and label.is_integer():
        # A column of whole numbers that has gaps holds floating-point numbers in pandas.
        label = int(label)
    return str(label).strip().casefold()


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

    `label_names`: what their labels mean, where it is not plain. `tokenized`: whether blanks part the
    tokens of the texts already; None to see from the texts. `skip_empty`: whether a pair with an empty sentence is left
    out; else it is an error. `report`: told how many pairs are done. `language`: the pairs in other languages are left
    out. Raises `DataError` naming the place of an empty sentence, or of one that is no text; all unknown labels; the
    languages, where there are several and none is chosen; or where no pair is left.
    """
    spoken = _in_language(raw, language)
    if tokenized is None:
        tokenized = _looks_tokenized([part[index] for part in (raw.premises, raw.hypotheses) for index in spoken])
    tokens_of = _Tokenizer(tokenized)
    kept: list[int] = []
    sentences: dict[str, list[Tokens]] = {"premise": [], "hypothesis": []}
    for done, index in enumerate(spoken):
        if done % _PAIRS_A_REPORT == 0:
            report(Stage("reading sentence pairs", "read-pairs"), done, len(spoken))
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
    report(Stage("reading sentence pairs", "read-pairs"), len(spoken), len(spoken))
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

    Raises `DataError` where there are several and none is chosen, or none in the one that is.
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
    """True if most sentences that end in a stop have a blank before it."""
    ended = [text.rstrip() for text in texts if isinstance(text, str) and text.rstrip().endswith(_SIGNS_AT_THE_END)]
    return 2 * sum(text[-2:-1].isspace() for text in ended) > len(ended)
