"""The concepts that a data set offers: its frequent words, its tags, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from compexp_widgets.concepts.lexicon.concept import SENTENCES, LexicalConcept, Side
from compexp_widgets.concepts.lexicon.glove import read_word_vectors
from compexp_widgets.concepts.lexicon.hypernyms import hypernym_words, lemma_of
from compexp_widgets.concepts.lexicon.settings import LexicalSettings, overlap_percent
from compexp_widgets.concepts.lexicon.tagged import tags_of
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.concepts.lexicon.wordnet import load_wordnet
from compexp_widgets.concepts.lexicon.words import NEGATION_WORDS, word_of
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.formula import Hypernym, Leaf, Neighbors
from compexp_widgets.progress import Report


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
    """How often each word stands in the sentences of both sides."""
    counts: Counter[str] = Counter()
    for token, count in Counter(chain.from_iterable(chain(pairs.premises, pairs.hypotheses))).items():
        counts[word_of(token)] += count
    del counts[""]
    return counts


def _most_frequent(counts: Mapping[str, int], most: int) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:most])


def _tag_counts(pairs: PairDataset, report: Report) -> Counter[tuple[str, str]]:
    """How often each word has each tag."""
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
