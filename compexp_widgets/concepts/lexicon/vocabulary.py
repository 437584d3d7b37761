"""The concepts chosen on a data set of sentence pairs, and which of them hold for any pair."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon.concepts import (
    SENTENCES,
    LexicalConcept,
    LexicalSettings,
    offered_concepts,
    word_of,
)
from compexp_widgets.concepts.lexicon.tagging import Tags, tag, tags_of
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.errors import DataError
from compexp_widgets.formula import to_tokens
from compexp_widgets.listing import kept_short
from compexp_widgets.notebook_html import Html, facts, pills, section
from compexp_widgets.progress import Report, Stage, silent, within
from compexp_widgets.short_text import counted, named_counts
from compexp_widgets.signatures import SignatureTable

_SHOWN = 12  # concepts that a notebook lists


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Tokens or tags of some sentences, as numbers.

    `rows`: int64: the sentence of every occurrence. `numbers`: int64: what stands there, as an index into `distinct`.
    `distinct`: the different tokens or tags.
    """

    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    distinct: tuple[str, ...]

    @classmethod
    def of(cls, sentences: Sequence[tuple[str, ...]]) -> Occurrences:
        """The occurrences in some sentences, in reading order."""
        number_of: dict[str, int] = {}
        lengths = np.array([len(sentence) for sentence in sentences], np.int64)
        numbers = np.fromiter(
            (number_of.setdefault(token, len(number_of)) for token in chain.from_iterable(sentences)),
            np.int64,
            count=int(lengths.sum()),
        )
        return cls(np.repeat(np.arange(len(sentences)), lengths), numbers, tuple(number_of))

    def keys(self, held_by: Sequence[Sequence[int]], size: int) -> NDArray[np.int64]:
        """``row · size + c`` for each ``c`` that each occurrence makes hold, repeated where several do.

        `held_by`: what each of `distinct` makes hold: numbers below `size`.
        """
        lengths = np.array([len(held) for held in held_by], np.int64)
        starts = np.cumsum(lengths) - lengths
        flat = np.fromiter(chain.from_iterable(held_by), np.int64, count=int(lengths.sum()))
        counts = lengths[self.numbers]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        held = flat[np.repeat(starts[self.numbers], counts) + within]
        keys: NDArray[np.int64] = np.repeat(self.rows, counts) * size + held
        return keys


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different ones of some numbers, increasing. On millions, far faster than NumPy 2.4's `unique`."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) > 0] if ordered.size else ordered


def shared(
    left: Occurrences, left_words: Sequence[int], right: Occurrences, right_words: Sequence[int], rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the different words that the sentences of each pair share, and those that stand in only one of them.

    `left`, `right`: the sentences of both sides. `left_words`, `right_words`: the word that each of their distinct
    tokens stands for, as a number; below 0 for none. `rows`: how many pairs there are. Returns both, only_one: int64,
    shape (rows,).
    """
    size = max(max(left_words, default=0), max(right_words, default=0)) + 1
    sides: list[NDArray[np.int64]] = []
    for occurrences, words in ((left, left_words), (right, right_words)):
        found = np.array(words, np.int64)[occurrences.numbers]
        sides.append(distinct((occurrences.rows * size + found)[found >= 0]))
    in_left, in_right = (np.bincount(side // size, minlength=rows) for side in sides)
    both = np.bincount(np.intersect1d(sides[0], sides[1], assume_unique=True) // size, minlength=rows)
    return both, in_left + in_right - 2 * both


@dataclass(frozen=True, eq=False)
class PairConcepts:
    """The concepts of every pair, as a sparse matrix in compressed form.

    Attributes
    ----------
    row_starts
        int64, shape (N + 1,): the concepts of pair ``n`` are ``row_concepts[row_starts[n] : row_starts[n + 1]]``.
    row_concepts
        int32: indices of concepts, increasing within a pair.
    """

    row_starts: NDArray[np.int64]
    row_concepts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row_starts) - 1

    def fold(self, concepts: Sequence[LexicalConcept]) -> tuple[SignatureTable, NDArray[np.int32]]:
        """The signature table of the pairs: those with the same concepts are one row.

        Parameters
        ----------
        concepts
            What the indices stand for.

        Returns
        -------
        table
            Its rows in the order in which their first pairs come.
        rows
            int32, shape (N,): the row of each pair.
        """
        row_of_set: dict[bytes, int] = {}
        rows = np.empty(len(self), np.int32)
        starts = self.row_starts.tolist()
        for pair, (begin, end) in enumerate(pairwise(starts)):
            rows[pair] = row_of_set.setdefault(self.row_concepts[begin:end].tobytes(), len(row_of_set))
        sets = [np.frombuffer(concepts_of_row, np.int32) for concepts_of_row in row_of_set]
        table = SignatureTable(
            tuple(concept.name for concept in concepts),
            np.bincount(rows, minlength=len(sets)).astype(np.int64),
            np.cumsum([0, *map(len, sets)], dtype=np.int64),
            np.concatenate([np.empty(0, np.int32), *sets]),
            tuple(concept.leaf for concept in concepts),
        )
        return table, rows


FORMAT = 1


@dataclass(frozen=True, eq=False)
class LexicalVocabulary:
    """Concepts of sentence pairs. It holds all that is needed to annotate any pair, save the tagger.

    Attributes
    ----------
    concepts
        The concepts, of different names; their order breaks ties between formulas.

    Examples
    --------
    >>> pairs = PairDataset.of("example", [(("A", "man", "sleeps"), ("A", "man", "eats"), "contradiction")])
    >>> vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=1, tags=False))
    >>> [concept.name for concept in vocabulary.concepts]
    ['pre:tok:man', 'hyp:tok:man', 'oth:overlap:25', 'oth:overlap:50', 'oth:overlap:75']
    """

    concepts: tuple[LexicalConcept, ...]

    def __repr__(self) -> str:
        return f"<LexicalVocabulary of {counted(len(self.concepts), 'concept')}: {self._kinds()}>"

    def _kinds(self) -> str:
        return named_counts(Counter(concept.kind for concept in self.concepts))

    def _repr_html_(self) -> Html:
        first = Html(" ").join(pills(to_tokens(concept.leaf)) for concept in self.concepts[:_SHOWN])
        about = [("kinds", self._kinds()), ("the first", Html(first))]
        return section(counted(len(self.concepts), "lexical concept"), facts(about))

    def __post_init__(self) -> None:
        if len(self.index_of) < len(self.concepts):
            raise DataError("the concepts of sentence pairs should have different names; some are the same")
        kept_short(self, "concepts")

    @classmethod
    @checked(DataError)
    def of(
        cls,
        pairs: PairDataset,
        settings: LexicalSettings | None = None,
        vectors: WordVectors | str | Path | None = None,
        report: Report = silent,
    ) -> LexicalVocabulary:
        """Choose the concepts that a data set offers.

        Parameters
        ----------
        pairs
            The data: the same data and settings give the same concepts.
        settings
            Which concepts; those of Mu and Andreas (2020) where it is left out.
        vectors
            Word vectors, or where `read_word_vectors` finds some: they make ``NEIGHBORS`` concepts. A word's neighbours
            are the nearest of the words that are concepts themselves. An operator that holds for the same pairs as the
            word it is applied to, or for none, is no concept.
        report
            Told how far the tagging is.

        Raises
        ------
        DataError
            Where there are no pairs, or the vectors cannot be read.
        """
        if not len(pairs):
            raise DataError(f"{pairs.source} has no pairs to choose concepts on")
        concepts = tuple(offered_concepts(pairs, settings or LexicalSettings(), vectors, report))
        return cls(tuple(_worthwhile(concepts, pairs)))

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Name → index of the concept."""
        return {concept.name: index for index, concept in enumerate(self.concepts)}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the concepts, in hexadecimal: equal when these and their order are."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    @checked(DataError)
    def annotate(self, pairs: PairDataset, report: Report = silent) -> PairConcepts:
        """The concepts that hold for each pair of a data set.

        Parameters
        ----------
        pairs
            Any pairs, not only those that the concepts were chosen on. A word that did not occur there is under no
            hypernym and has no lemma.
        report
            Told how far it is.
        """
        told, stage = within(report, 0.0, 0.5), Stage("annotating pairs", "annotate", 0.5)
        premise_tags, hypothesis_tags = tags_of(pairs, told) if self._has_tags else ((), ())
        starts, concepts = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)]
        for begin in range(0, len(pairs), _PAIRS_AT_ONCE):
            report(stage, begin, len(pairs))
            part = slice(begin, begin + _PAIRS_AT_ONCE)
            found = self._annotate(
                pairs.premises[part], pairs.hypotheses[part], premise_tags[part], hypothesis_tags[part]
            )
            starts.append(found.row_starts[1:] + starts[-1][-1])
            concepts.append(found.row_concepts)
        report(stage, len(pairs), len(pairs))
        return PairConcepts(np.concatenate(starts), np.concatenate(concepts))

    def concepts_of(self, premise: Tokens, hypothesis: Tokens) -> list[int]:
        """The indices of the concepts that hold for one pair, increasing."""
        tags = [[tag(premise)], [tag(hypothesis)]] if self._has_tags else [[], []]
        found: list[int] = self._annotate([premise], [hypothesis], *tags).row_concepts.tolist()
        return found

    def to_json(self) -> dict[str, Any]:
        """The vocabulary as JSON; `from_json` makes an equal one of it."""
        return {"format": FORMAT, "concepts": [concept.to_json() for concept in self.concepts]}

    @classmethod
    def from_json(cls, value: object) -> LexicalVocabulary:
        """The vocabulary that `to_json` described.

        Raises
        ------
        DataError
            When it describes none, or is of another version.
        """
        if not isinstance(value, dict) or not isinstance(concepts := value.get("concepts"), list):
            raise DataError(f"this describes no concepts of sentence pairs: {str(value)[:200]}")
        if value.get("format") != FORMAT:
            raise DataError(
                f"the concepts of sentence pairs have format {value.get('format')!r}; this version reads {FORMAT}"
            )
        return cls(tuple(LexicalConcept.from_json(concept) for concept in concepts))

    @cached_property
    def _has_tags(self) -> bool:
        return any(concept.kind == "tag" for concept in self.concepts)

    @cached_property
    def _of_whole_sentences(self) -> tuple[int, ...]:
        """The concepts that no single word or tag decides."""
        return tuple(index for index, each in enumerate(self.concepts) if each.lengths or each.share is not None)

    @cached_property
    def _by_word(self) -> dict[str, dict[str, list[int]]]:
        """Side → word → the concepts that hold where it stands."""
        found: dict[str, defaultdict[str, list[int]]] = {side: defaultdict(list) for side, _ in SENTENCES}
        for index, concept in enumerate(self.concepts):
            for word in concept.held_by:
                found[concept.side][word].append(index)
        return {side: dict(words) for side, words in found.items()}

    @cached_property
    def _by_tag(self) -> dict[str, dict[str, list[int]]]:
        """Side → tag → its concept."""
        return {
            side: {each.tag: [index] for index, each in enumerate(self.concepts) if each.tag and each.side == side}
            for side, _ in SENTENCES
        }

    def _annotate(
        self,
        premises: Sequence[Tokens],
        hypotheses: Sequence[Tokens],
        premise_tags: Sequence[Tags],
        hypothesis_tags: Sequence[Tags],
    ) -> PairConcepts:
        """As `annotate` does, at once. What holds where is a whole number: pair × number of concepts + concept."""
        size = max(len(self.concepts), 1)
        number_of: dict[str, int] = {"": -1}
        held: list[NDArray[np.int64]] = []
        sides: list[tuple[Occurrences, list[int]]] = []
        lengths: dict[str, NDArray[np.int64]] = {}
        for (side, _), sentences, tags in zip(
            SENTENCES, (premises, hypotheses), (premise_tags, hypothesis_tags), strict=True
        ):
            tokens, by_word, by_tag = Occurrences.of(sentences), self._by_word[side], self._by_tag[side]
            words = [word_of(token) for token in tokens.distinct]
            held.append(tokens.keys([by_word.get(word, ()) for word in words], size))
            found = Occurrences.of(tags)
            held.append(found.keys([by_tag.get(each, ()) for each in found.distinct], size))
            sides.append((tokens, [number_of.setdefault(word, len(number_of) - 1) for word in words]))
            lengths[side] = np.bincount(tokens.rows, minlength=len(sentences))
        both, only_one = shared(*sides[0], *sides[1], len(premises))
        for index in self._of_whole_sentences:
            concept = self.concepts[index]
            if concept.lengths is not None:
                low, high = concept.lengths
                here = lengths[concept.side]
                held.append(np.flatnonzero((here >= low) & (here <= (here if high is None else high))) * size + index)
            elif concept.share is not None:
                held.append(np.flatnonzero(both > concept.share * only_one) * size + index)
        keys = distinct(np.concatenate(held))
        starts = np.searchsorted(keys, np.arange(len(premises) + 1) * size)
        return PairConcepts(starts.astype(np.int64), (keys % size).astype(np.int32))


def _worthwhile(concepts: Sequence[LexicalConcept], pairs: PairDataset) -> Iterator[LexicalConcept]:
    """All but the operators that hold nowhere, or exactly where the word that they are applied to stands."""
    by_words = LexicalVocabulary(tuple(each for each in concepts if each.kind in ("token", *_OPERATORS)))
    counts = np.zeros(0, np.int64)
    if any(each.kind in _OPERATORS for each in concepts):
        counts = np.bincount(by_words.annotate(pairs).row_concepts, minlength=len(by_words.concepts))
    for concept in concepts:
        if concept.kind in _OPERATORS:
            count = counts[by_words.index_of[concept.name]]
            # An operator whose words include the one it is applied to holds wherever that one stands, so counts tell.
            word = by_words.index_of.get(concept.leaf.name)
            included = word is not None and by_words.concepts[word].words[0] in concept.words
            if not count or (included and counts[word] == count):
                continue
        yield concept


_OPERATORS = ("neighbors", "hypernym")
_PAIRS_AT_ONCE = 20_000  # bounds the memory of annotating
