"""The concepts of sentence pairs: what one says, and which a data set offers, as settings choose them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from compexp_widgets.argument_types import check_fields
from compexp_widgets.concepts.lexicon.tagging import tags_of
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors, read_word_vectors
from compexp_widgets.concepts.lexicon.wordnet import hypernym_words, lemma_of, load_wordnet
from compexp_widgets.data.pairs.dataset import PairDataset, plain_text
from compexp_widgets.errors import DataError
from compexp_widgets.formula import AnyLeaf, Hypernym, Leaf, Neighbors
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.progress import Report
from compexp_widgets.short_text import brief_repr

SKIPPED_WORDS = ("a", "an", "the", "of", ".", ",")
"""Frequent words that are no concepts of their own: those that the code of Mu and Andreas (2020) leaves out.

It leaves out its signs for unknown words and padding too, which are no words here to begin with.
"""

_CONTRACTED = (
    *("ain", "aren", "can", "couldn", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "mightn", "mustn"),
    *("needn", "shan", "shouldn", "wasn", "weren", "won", "wouldn"),
)

NEGATION_WORDS = (
    *("no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "cannot", "without"),
    *("n't", "n’t"),
    *(f"{verb}{apostrophe}t" for verb in _CONTRACTED for apostrophe in ("'", "’")),
)
"""Words that deny, with the contractions whole, as some tokenizers leave them: ``n't`` is what most make of them.

Those with a curly apostrophe are the others to `word_of`; they stay because vocabularies are told apart by their words.
"""


@lru_cache(maxsize=100_000)
def word_of(token: str) -> str:
    """The word that a token stands for: lower case, with plain signs (`plain_text`), without space around it.

    Halves of characters that no file can hold become U+FFFD. A token of nothing but space stands for no word: ``""``.

    >>> word_of("Dogs")
    'dogs'
    """
    if token.isascii():
        return token.lower().strip()
    whole = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in token)
    return unicodedata.normalize("NFC", plain_text(whole).lower()).strip()


Side: TypeAlias = Literal["premise", "hypothesis", "both"]
"""The sentence that a concept speaks of."""

Kind: TypeAlias = Literal["token", "tag", "lemma", "negation", "length", "lexicon", "overlap", "neighbors", "hypernym"]
"""What a concept says of it."""

SENTENCES: tuple[tuple[Side, str], ...] = (("premise", "pre"), ("hypothesis", "hyp"))
"""The two sentences of a pair, and what the names of their concepts begin with."""


@dataclass(frozen=True)
class LexicalConcept:
    """A concept: how a formula writes it, and what makes it hold.

    Attributes
    ----------
    leaf
        How it is written: a name, or ``NEIGHBORS`` or ``HYPERNYM`` of a name.
    side
        The sentence it speaks of; both for overlap.
    kind
        What it says of it.
    words
        It holds where any of these stands on its side, as `word_of` writes them. Of ``NEIGHBORS``, the word itself is
        the first and its nearest the second.
    tag
        It holds where a token of its side has this part of speech (kind ``tag``).
    lengths
        It holds where its side has at least and at most so many tokens (kind ``length``); no limit where None.
    share
        It holds where words in common / words in only one sentence is greater than this (kind ``overlap``).
    """

    leaf: AnyLeaf
    side: Side
    kind: Kind
    words: tuple[str, ...] = ()
    tag: str = ""
    lengths: tuple[int, int | None] | None = None
    share: float | None = None

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @property
    def name(self) -> str:
        """The name of a plain concept; the text of an operator: ``NEIGHBORS(pre:tok:man)``."""
        return self.leaf.name if isinstance(self.leaf, Leaf) else str(self.leaf)

    @cached_property
    def held_by(self) -> frozenset[str]:
        """`words` as `word_of` writes them today: those of an older study may have curly apostrophes."""
        return frozenset(map(word_of, self.words))

    @property
    def category(self) -> str:
        """Side and kind in words, ``premise token``; what speaks of both sentences has its kind alone."""
        return self.kind if self.side == "both" else f"{self.side} {self.kind}"

    def to_json(self) -> dict[str, Any]:
        """The concept as JSON; `from_json` makes an equal one of it."""
        value: dict[str, Any] = {"name": self.leaf.name, "side": self.side, "kind": self.kind}
        if self.words:
            value["words"] = list(self.words)
        if self.tag:
            value["tag"] = self.tag
        if self.lengths:
            value["lengths"] = list(self.lengths)
        if self.share is not None:
            value["share"] = self.share
        return value

    @classmethod
    def from_json(cls, value: Any) -> LexicalConcept:
        """The concept that `to_json` described.

        Raises
        ------
        DataError
            When it describes none.
        """
        try:
            name, side, kind = value["name"], value["side"], value["kind"]
            words, tag = value.get("words", []), value.get("tag", "")
            lengths, share = value.get("lengths"), value.get("share")
            if side not in get_args(Side) or kind not in get_args(Kind) or (side == "both") != (kind == "overlap"):
                raise ValueError("no side or kind that there is")
            if not isinstance(words, list) or not all(isinstance(text, str) for text in (name, *words, tag)):
                raise ValueError("names, words and tags are texts")
            if lengths is not None:
                lengths = int(lengths[0]), None if lengths[1] is None else int(lengths[1])
            leaf = _OPERATORS.get(kind, Leaf)(name)
            return cls(leaf, side, kind, tuple(words), tag, lengths, None if share is None else float(share))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"this describes no concept of sentence pairs: {str(value)[:200]}") from error


_OPERATORS: dict[str, Callable[[str], AnyLeaf]] = {"neighbors": Neighbors, "hypernym": Hypernym}


@dataclass(frozen=True)
class LexicalSettings:
    """Choice of the concepts of a `LexicalVocabulary`. The default is those of Mu and Andreas (2020), section 4.

    Attributes
    ----------
    tokens
        ``pre:tok:man``, ``hyp:tok:man``: so many of the most frequent words of both sides together; 0 for none.
    skip
        Words that are none of them, however frequent.
    tags
        ``pre:tag:NN``, ``hyp:tag:NN``: the parts of speech that occur.
    overlap
        ``oth:overlap:25``: words in common / words in only one sentence is greater than this share.
    lemmas
        ``pre:lem:sit``: so many of the most frequent lemmas; True for as many as `tokens`.
    negation
        ``pre:neg``, ``hyp:neg``: one of `NEGATION_WORDS` stands there.
    length_bins
        ``pre:len:0-7``: where each bin but the first begins, in tokens. (8, 13) makes 0-7, 8-12 and 13+.
    lexicons
        ``pre:lex:colours``: lists of words of one's own, by name.
    neighbors
        ``NEIGHBORS(pre:tok:man)``: a word of `tokens` or one of so many nearest to it by cosine, where word vectors
        are given; 0 for none.
    hypernyms
        ``HYPERNYM(hyp:tok:animal)``: any word under a synset of the named one in WordNet.
    senses
        Of every word, so many of its most frequent senses decide under which synsets it is; None for all, which puts
        ``dog`` under ``person`` and ``bird`` under ``food``.

    Raises
    ------
    DataError
        Where a value makes no sense.
    """

    tokens: int = 2000
    skip: tuple[str, ...] = SKIPPED_WORDS
    tags: bool = True
    overlap: tuple[float, ...] = (0.25, 0.5, 0.75)
    lemmas: int | bool = False
    negation: bool = False
    length_bins: tuple[int, ...] = ()
    lexicons: Mapping[str, Iterable[str]] = field(default_factory=dict, hash=False)
    neighbors: int = 5
    hypernyms: bool = False
    senses: int | None = 1

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, DataError)
        # Whatever was given is kept in one form, so that equal settings are equal.
        object.__setattr__(self, "lemmas", self.tokens if self.lemmas is True else int(self.lemmas))
        for name in ("skip", "overlap", "length_bins"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("tokens", "lemmas", "neighbors"):
            if getattr(self, name) < 0:
                raise DataError(f"{name} = {getattr(self, name)} of the lexical settings should be 0 or more")
        if self.senses is not None and self.senses < 1:
            raise DataError(f"senses = {self.senses} of the lexical settings should be 1 or more, or None for all")
        shares = [overlap_percent(share) for share in self.overlap]
        if len(set(shares)) < len(shares) or not all(share >= 0 for share in self.overlap):
            raise DataError(f"overlap = {self.overlap} of the lexical settings should be different shares from 0")
        if any(below >= begin for below, begin in zip((0, *self.length_bins), self.length_bins, strict=False)):
            raise DataError(
                f"length_bins = {self.length_bins} of the lexical settings should be numbers of tokens that increase, "
                "from 1: where each bin but the first begins"
            )
        object.__setattr__(self, "lexicons", _read_lexicons(self.lexicons))


def overlap_percent(share: float) -> str:
    """A share as its concept's name has it: 25 for 0.25."""
    return f"{100 * share:g}"


def _read_lexicons(lexicons: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, given in lexicons.items():
        shown = f"the lexicon {str(name)[:80]!r} of the lexical settings"
        entries = [given] if isinstance(given, str) else list(given)
        if isinstance(given, str) or not all(isinstance(entry, str) for entry in (name, *entries)):
            raise DataError(f'{shown} should be a name with a list of words: {{"colours": ["red", "blue"]}}')
        words = tuple(dict.fromkeys(word_of(entry) for entry in entries))
        if unknown := [word for word in words if not word or len(word.split()) > 1]:
            raise DataError(f"{shown} has {unknown[0]!r}, which is not one word, so no token can be it: take it out")
        if not words or not word_of(name):
            raise DataError(f"{shown} is empty: give it a name and words")
        if (cleaned := word_of(name)) in found:
            raise DataError(f"{shown}: another has the same name but for capitals")
        found[cleaned] = words
    return found


def offered_concepts(
    pairs: PairDataset, settings: LexicalSettings, vectors: WordVectors | str | Path | None, report: Report
) -> Iterator[LexicalConcept]:
    """Every concept that the settings ask for, in their lasting order.

    First what is said of the premise, then of the hypothesis, then of both; then the operators. Within a kind the more
    frequent word comes first, and of two equally frequent the one first in the alphabet.
    """
    counts = _word_counts(pairs)
    tokens = _most_frequent(
        {word: count for word, count in counts.items() if word not in settings.skip}, settings.tokens
    )
    tags: tuple[str, ...] = ()
    lemmas: dict[str, tuple[str, ...]] = {}
    hypernyms: dict[str, tuple[str, ...]] = {}
    if settings.tags or settings.lemmas or settings.hypernyms:
        tag_counts = _tag_counts(pairs, report)
        tag_of_word = _most_frequent_tags(tag_counts)
        if settings.tags:
            tags = tuple(sorted({tag for _, tag in tag_counts}))
        if settings.lemmas:
            lemmas = _lemmas(counts, tag_of_word, settings)
        if settings.hypernyms:
            hypernyms = hypernym_words(tag_of_word, tokens, load_wordnet(), settings.senses)
    for side, short in SENTENCES:
        yield from (LexicalConcept(Leaf(f"{short}:tok:{word}"), side, "token", (word,)) for word in tokens)
        yield from (LexicalConcept(Leaf(f"{short}:tag:{tag}"), side, "tag", tag=tag) for tag in tags)
        yield from (LexicalConcept(Leaf(f"{short}:lem:{lem}"), side, "lemma", words) for lem, words in lemmas.items())
        if settings.negation:
            yield LexicalConcept(Leaf(f"{short}:neg"), side, "negation", NEGATION_WORDS)
        yield from _length_concepts(side, short, settings.length_bins)
        for name, entries in settings.lexicons.items():
            yield LexicalConcept(Leaf(f"{short}:lex:{name}"), side, "lexicon", tuple(entries))
    for share in settings.overlap:
        yield LexicalConcept(Leaf(f"oth:overlap:{overlap_percent(share)}"), "both", "overlap", share=share)
    neighbors = _neighbors(tokens, settings.neighbors, vectors)
    for side, short in SENTENCES:
        for word, nearest in neighbors.items():
            yield LexicalConcept(Neighbors(f"{short}:tok:{word}"), side, "neighbors", (word, *nearest))
    for side, short in SENTENCES:
        for lemma, words in hypernyms.items():
            yield LexicalConcept(Hypernym(f"{short}:tok:{lemma}"), side, "hypernym", words)


def _word_counts(pairs: PairDataset) -> Counter[str]:
    """Count each word in the sentences of both sides."""
    counts: Counter[str] = Counter()
    for token, count in Counter(chain.from_iterable(chain(pairs.premises, pairs.hypotheses))).items():
        counts[word_of(token)] += count
    del counts[""]
    return counts


def _most_frequent(counts: Mapping[str, int], most: int) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:most])


def _tag_counts(pairs: PairDataset, report: Report) -> Counter[tuple[str, str]]:
    """Count each word with each of its tags."""
    counts: Counter[tuple[str, str]] = Counter()
    for sentences, tags in zip((pairs.premises, pairs.hypotheses), tags_of(pairs, report), strict=True):
        for sentence, tags_of_sentence in zip(sentences, tags, strict=True):
            counts.update(zip(sentence, tags_of_sentence, strict=True))
    by_word: Counter[tuple[str, str]] = Counter()
    for (token, tag), count in counts.items():
        by_word[word_of(token), tag] += count
    return by_word


def _most_frequent_tags(counts: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """The tag that each word has most often; of two equally frequent, the one first in the alphabet."""
    rarest_first = sorted(counts, key=lambda key: (counts[key], [-ord(letter) for letter in key[1]]))
    return dict(rarest_first)


def _lemmas(
    counts: Mapping[str, int], tag_of_word: Mapping[str, str], settings: LexicalSettings
) -> dict[str, tuple[str, ...]]:
    """The most frequent lemmas and the words of each, the lemma itself first: every word has one, by its usual tag."""
    wordnet = load_wordnet()
    forms: dict[str, list[str]] = {}
    for word in sorted(counts):
        if word not in settings.skip:
            lemma = lemma_of(word, tag_of_word[word], wordnet)
            forms.setdefault(lemma, []).append(word)
    totals = {lemma: sum(counts[word] for word in words) for lemma, words in forms.items()}
    chosen = _most_frequent(totals, int(settings.lemmas))
    return {lemma: tuple(sorted(forms[lemma], key=lambda word: (word != lemma, word))) for lemma in chosen}


def _length_concepts(side: Side, short: str, begins: Sequence[int]) -> Iterator[LexicalConcept]:
    if begins:
        for low, beyond in zip((0, *begins), (*begins, None), strict=True):
            high = None if beyond is None else beyond - 1
            name = f"{short}:len:{low}+" if high is None else f"{short}:len:{low}-{high}"
            yield LexicalConcept(Leaf(name), side, "length", lengths=(low, high))


def _neighbors(
    tokens: Sequence[str], count: int, vectors: WordVectors | str | Path | None
) -> dict[str, tuple[str, ...]]:
    if not count or vectors is None or not tokens:
        return {}
    found = vectors if isinstance(vectors, WordVectors) else read_word_vectors(vectors, tokens)
    return found.nearest(tokens, count)
