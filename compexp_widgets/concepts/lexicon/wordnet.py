"""WordNet 3.0's lemmas, senses and hypernyms, from a file that ships with the package.

nltk reads WordNet too, but would download its data. `data/wordnet.npz` holds what is used here, as names and numbers:
reading it cannot run code. `convert_wordnet` remakes it from WordNet's own database files; the licence is in
`data/LICENSE-wordnet.txt`.

>>> wordnet = load_wordnet()
>>> wordnet.base_forms("geese", "noun")
('goose',)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

    Raises
    ------
    DataError
        Where the file is missing or damaged.
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
