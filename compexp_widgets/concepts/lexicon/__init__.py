"""What can be said of sentence pairs in words: concepts of premise and hypothesis, chosen on a data set."""

from compexp_widgets.concepts.lexicon.concept import LexicalConcept
from compexp_widgets.concepts.lexicon.glove import GLOVE_PACKAGE, read_word_vectors
from compexp_widgets.concepts.lexicon.pair_concepts import PairConcepts
from compexp_widgets.concepts.lexicon.settings import LexicalSettings
from compexp_widgets.concepts.lexicon.vocabulary import LexicalVocabulary
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.concepts.lexicon.words import NEGATION_WORDS, SKIPPED_WORDS

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
