"""Marks for the words of a sentence pair that make a formula's concepts hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from compexp_widgets.concepts.lexicon import LexicalConcept
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.concepts.lexicon.tagging import tag
from compexp_widgets.data.pairs.dataset import Tokens

Marks = list[list[int]]
"""For every token of a sentence, the keys of the concepts that it makes true."""


def word_marks(concepts: Mapping[int, LexicalConcept], premise: Tokens, hypothesis: Tokens) -> tuple[Marks, Marks]:
    """For each sentence and token the keys, increasing, of those concepts that it makes true, of all that hold for the
    pair.

    A concept of words, NEIGHBORS and HYPERNYM included, marks these words on its side; a tag marks the words that have
    it; overlap marks the words that both sentences share. The length of a sentence marks nothing.
    """
    shared = {word_of(token) for token in premise} & {word_of(token) for token in hypothesis}
    return (
        [_marks(concepts, "premise", place, premise, shared) for place in range(len(premise))],
        [_marks(concepts, "hypothesis", place, hypothesis, shared) for place in range(len(hypothesis))],
    )


def _marks(
    concepts: Mapping[int, LexicalConcept], side: str, place: int, sentence: Tokens, shared: set[str]
) -> list[int]:
    word = word_of(sentence[place])
    if not word:
        return []

    def makes_true(concept: LexicalConcept) -> bool:
        if concept.share is not None:
            return word in shared
        if concept.side != side:
            return False
        return word in concept.held_by or (bool(concept.tag) and _tags(sentence)[place] == concept.tag)

    return sorted(key for key, concept in concepts.items() if makes_true(concept))


# The words of a sentence are asked about one by one.
_tags = lru_cache(maxsize=256)(tag)
