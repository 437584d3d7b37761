"""What the concepts of a study of sentence pairs follow from besides the pairs: settings, and word vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from compexp_widgets.concepts.lexicon import LexicalSettings, LexicalVocabulary, WordVectors, read_word_vectors
from compexp_widgets.concepts.lexicon.words import word_of
from compexp_widgets.data.pairs.dataset import PairDataset


def vectors_needed(
    concepts: LexicalSettings | LexicalVocabulary, vectors: WordVectors | str | Path | None, pairs: PairDataset
) -> WordVectors | None:
    """The vectors of the words that stand in the pairs; None where nothing follows from any.

    Raises
    ------
    DataError
        Where they cannot be read.
    """
    if vectors is None or isinstance(concepts, LexicalVocabulary) or not (concepts.neighbors and concepts.tokens):
        return None
    words = sorted({word_of(token) for token in {*chain.from_iterable(chain(pairs.premises, pairs.hypotheses))}} - {""})
    return vectors.subset(words) if isinstance(vectors, WordVectors) else read_word_vectors(vectors, words)


def concept_choice(concepts: LexicalSettings | LexicalVocabulary, vectors: WordVectors | None) -> str:
    """The choice as a text: equal when it is. Vectors go in by what they hold, wherever their file lies."""
    if isinstance(concepts, LexicalVocabulary):
        return f"vocabulary {concepts.fingerprint}"
    chosen = f"chosen {hashlib.sha256(repr(concepts).encode()).hexdigest()}"
    return chosen if vectors is None else f"{chosen}, vectors {vectors.fingerprint}"


def continued_choice(
    before: str,
    concepts: LexicalSettings | LexicalVocabulary,
    vectors: WordVectors | str | Path | None,
    needed: WordVectors | None,
    same_concepts: Callable[[], bool],
) -> str:
    """The choice to hold a study to, which was begun with the choice `before`.

    Studies of version 0.1 say where the file of word vectors lay and how large it was, not what it held. Such a study
    goes on where the place is the same or not, as long as the concepts that it holds come out again.

    Parameters
    ----------
    needed
        See `vectors_needed`.
    same_concepts
        Whether the concepts of the study follow from the settings and the vectors of now; asked only where that is in
        doubt, since it takes as long as choosing them.
    """
    now = concept_choice(concepts, needed)
    if before == now or vectors is None or isinstance(concepts, LexicalVocabulary) or _VECTORS in before:
        return now
    return before if before.startswith("chosen ") and same_concepts() else now


_VECTORS = ", vectors "
