"""WordNet 3.0's lemmas, senses and hypernyms, from a file that ships with the package.

nltk reads WordNet too, but would download its data. `data/wordnet.npz` holds what is used here, as names and numbers:
reading it cannot run code. `maintenance/convert_wordnet.py` remakes it from WordNet's own database files; the licence
is in `data/LICENSE-wordnet.txt`.

>>> wordnet = load_wordnet()
>>> wordnet.base_forms("geese", "noun")
('goose',)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import DataError
from compexp_widgets.files import load_arrays

WORDNET_FILE = Path(__file__).parent / "data" / "wordnet.npz"
"""The lemmas, senses, hypernyms and irregular forms of WordNet 3.0."""

PARTS = ("noun", "verb", "adj", "adv")
"""WordNet's parts of speech. Only nouns and verbs have hypernyms."""

_ENDINGS = {
    "noun": (
        ("s", ""),
        ("ses", "s"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ),
    "verb": (
        ("s", ""),
        ("ies", "y"),
        ("es", "e"),
        ("es", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ),
    "adj": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "adv": (),
}
"""What an ending becomes in the base form: the rules of detachment in WordNet's manual page morphy(7WN)."""


@dataclass(frozen=True, eq=False)
class WordNet:
    """Lemmas, their senses, and what is above each sense. Synsets are numbers from 0.

    Attributes
    ----------
    senses
        Part of speech → lemma, in lower case, blanks as blanks → its synsets, the most frequent sense first.
    irregular
        Part of speech → inflected form → its base forms, where no rule tells.
    names
        The first lemma of every synset.
    occurrences
        Lemma → how often it stands in the texts that WordNet's authors marked with senses, as noun or verb; a lemma
        that never does is missing.
    parent_starts, parents
        int32: the synsets right above synset ``s``, instances counted, are
        ``parents[parent_starts[s] : parent_starts[s + 1]]``.
    """

    senses: dict[str, dict[str, tuple[int, ...]]]
    irregular: dict[str, dict[str, tuple[str, ...]]]
    names: tuple[str, ...]
    occurrences: dict[str, int]
    parent_starts: NDArray[np.int32]
    parents: NDArray[np.int32]

    def base_forms(self, word: str, part: str) -> tuple[str, ...]:
        """The lemmas of a part of speech that a word may be a form of, by WordNet's morphy.

        The base forms of an irregular form come first, then those that detaching an ending gives, then the word itself
        where it is a lemma.

        Examples
        --------
        >>> load_wordnet().base_forms("leaves", "noun")
        ('leaf', 'leave')
        """
        found = list(self.irregular[part].get(word, ()))
        for ending, instead in _ENDINGS[part]:
            if word.endswith(ending):
                found.append(word[: len(word) - len(ending)] + instead)
        found.append(word)
        return tuple(form for form in dict.fromkeys(found) if form in self.senses[part])

    def synsets(self, lemma: str, part: str) -> tuple[int, ...]:
        """The synsets of a lemma, the most frequent sense first; none where WordNet does not have it."""
        return self.senses[part].get(lemma, ())

    def parents_of(self, synset: int) -> tuple[int, ...]:
        """The synsets right above a synset."""
        return tuple(self.parents[self.parent_starts[synset] : self.parent_starts[synset + 1]].tolist())

    def above(self, synset: int) -> frozenset[int]:
        """A synset and all that are above it."""
        found: set[int] = set()
        pending = [synset]
        # WordNet's verbs have a circle: "restrain" is above "inhibit" and below it.
        while pending:
            each = pending.pop()
            if each not in found:
                found.add(each)
                pending.extend(self.parents_of(each))
        return frozenset(found)


@cache
def load_wordnet(path: Path = WORDNET_FILE) -> WordNet:
    """The WordNet that ships with the package, read once; or one that `convert_wordnet` wrote elsewhere.

    Raises `DataError` where the file is missing or damaged.
    """
    try:
        arrays = load_arrays(path, "file of WordNet")
        senses = {part: dict(_senses(arrays, part)) for part in PARTS}
        irregular = {part: _irregular(arrays[f"{part}_irregular"]) for part in PARTS}
        starts, parents = arrays["parent_starts"], arrays["parents"]
        names = tuple(_lines(arrays["names"]))
        occurrences = dict(zip(_lines(arrays["marked"]), arrays["marked_counts"].tolist(), strict=True))
    except (DataError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise DataError(f"WordNet in {path} cannot be read: {error}. Install the package anew.") from error
    return WordNet(senses, irregular, names, occurrences, starts, parents)


def _lines(text: NDArray[np.uint8]) -> list[str]:
    return text.tobytes().decode("utf-8").split("\n")


def _senses(arrays: Mapping[str, NDArray[np.generic]], part: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    ends = np.cumsum(arrays[f"{part}_sense_counts"]).tolist()
    synsets = tuple(arrays[f"{part}_senses"].tolist())
    begin = 0
    for lemma, end in zip(_lines(arrays[f"{part}_lemmas"].astype(np.uint8)), ends, strict=True):
        yield lemma, synsets[begin:end]
        begin = end


def _irregular(text: NDArray[np.uint8]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _lines(text):
        form, *bases = line.split("\t")
        found[form] = tuple(bases)
    return found


_PART_OF_TAG = {"NN": "noun", "VB": "verb", "JJ": "adj", "RB": "adv"}  # by the first two letters of a Penn tag
_INFLECTED = frozenset({"NNS", "NNPS", "VBD", "VBG", "VBN", "VBZ", "JJR", "JJS", "RBR", "RBS"})

FEWEST_WORDS = 2
"""A hypernym with fewer words of the vocabulary under it says no more than a word does."""

MOST_WORDS = 0.9
"""A hypernym with more than this share of the nouns and verbs of the vocabulary under it says next to nothing."""


def lemma_of(word: str, tag: str, wordnet: WordNet) -> str:
    """The lemma of a word that has this part of speech, by WordNet's morphy; the word itself where WordNet has none.

    An inflected form is taken back before it is looked up as it stands: ``glasses`` are more than one ``glass``.
    """
    _, forms = _base_forms(word, tag, wordnet)
    return next(iter(forms), word)


def hypernym_words(
    tag_of_word: Mapping[str, str], tokens: Sequence[str], wordnet: WordNet, senses: int | None = 1
) -> dict[str, tuple[str, ...]]:
    """The hypernyms that are worth a concept, and the words under each.

    A word is under a lemma when one of its synsets is one of the lemma's, or anywhere below one.

    `tag_of_word`: the words of the data and the tag that each has most often there: only as that part of speech does a
    word have senses, so that ``in`` is no chemical element. `tokens`: the words that are concepts themselves: they
    decide which hypernyms are worth it. `senses`: so many of the most frequent senses of each
    word count; all where it is None. Of the lemma all synsets do. Returns lemma → the words of the data under it,
    sorted; the lemmas with the most of `tokens` under them first. Of lemmas with the same words the most frequent of
    `tokens` stands for all, else the one that stands most often in marked texts, else the lowest in the hierarchy.
    """
    above: dict[int, frozenset[int]] = {}
    under: defaultdict[int, set[str]] = defaultdict(set)
    for word, tag in tag_of_word.items():
        for synset in _synsets(word, tag, wordnet, senses):
            if synset not in above:
                above[synset] = wordnet.above(synset)
            for higher in above[synset]:
                under[higher].add(word)
    chosen, known = set(tokens), set().union(*under.values())
    most = MOST_WORDS * len(chosen & known)
    # "being" among the tokens is a form of "be", not the noun that an organism goes by.
    frequent = {token: place for place, token in enumerate(tokens) if tag_of_word.get(token) not in _INFLECTED}
    best: dict[frozenset[str], tuple[int, int, int, str]] = {}
    for lemma in sorted({wordnet.names[synset] for synset in under}):
        synsets = [each for part in _RANKED for each in wordnet.synsets(lemma, part)]
        words = frozenset().union(*(under[synset] for synset in synsets if synset in under))
        if FEWEST_WORDS <= len(words & chosen) <= most:
            height = max(len(wordnet.above(synset)) for synset in synsets)
            rank = frequent.get(lemma, len(tokens)), -wordnet.occurrences.get(lemma, 0), -height, lemma
            best[words] = min(best.get(words, rank), rank)
    lemmas = {lemma: words for words, (*_, lemma) in best.items()}
    order = sorted(lemmas, key=lambda lemma: (-len(lemmas[lemma] & chosen), lemma))
    return {lemma: tuple(sorted(lemmas[lemma])) for lemma in order}


def _synsets(word: str, tag: str, wordnet: WordNet, senses: int | None) -> set[int]:
    part, forms = _base_forms(word, tag, wordnet)
    return {synset for form in forms for synset in wordnet.synsets(form, part)[:senses]} if part in _RANKED else set()


def _base_forms(word: str, tag: str, wordnet: WordNet) -> tuple[str, tuple[str, ...]]:
    """The part of speech as which WordNet knows a word, and its lemmas; none for words such as pronouns."""
    first = _PART_OF_TAG.get(tag[:2])
    # Taggers err on rare words: one that WordNet does not have as what its tag says is looked up as something else.
    for part in dict.fromkeys((first, *PARTS)) if first else ():
        if tag not in _INFLECTED and wordnet.synsets(word, part):
            return part, (word,)
        if forms := wordnet.base_forms(word, part):
            return part, forms
    return "", ()


_RANKED = ("noun", "verb")  # the parts of speech that have hypernyms
