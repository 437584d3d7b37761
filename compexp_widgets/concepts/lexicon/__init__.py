"""Lexical concepts of sentence pairs: words, tags and lengths of premise and hypothesis, chosen on a data set."""

from compexp_widgets.concepts.lexicon.concepts import NEGATION_WORDS, SKIPPED_WORDS, LexicalConcept, LexicalSettings
from compexp_widgets.concepts.lexicon.vocabulary import LexicalVocabulary, PairConcepts
from compexp_widgets.concepts.lexicon.word_vectors import GLOVE_PACKAGE, WordVectors, read_word_vectors

__all__ = [
    "GLOVE_PACKAGE",
    "NEGATION_WORDS",
    "SKIPPED_WORDS",
    "LexicalConcept",
    "LexicalSettings",
    "LexicalVocabulary",
    "PairConcepts",
    "WordVectors",
    "read_word_vectors",
]
