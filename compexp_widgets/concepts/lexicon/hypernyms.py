"""Which words stand under which in WordNet, among the words of a data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from compexp_widgets.concepts.lexicon.wordnet import PARTS, WordNet

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

    Parameters
    ----------
    tag_of_word
        The words of the data and the tag that each has most often there: only as that part of speech does a word have
        senses, so that ``in`` is no chemical element.
    tokens
        The words that are concepts themselves: they decide which hypernyms are worth it.
    wordnet
        The hierarchy.
    senses
        So many of the most frequent senses of each word count; all where it is None. Of the lemma all synsets do.

    Returns
    -------
    dict
        Lemma → the words of the data under it, sorted; the lemmas with the most of `tokens` under them first. Of lemmas
        with the same words the most frequent of `tokens` stands for all, else
        the one that stands most often in marked texts, else the lowest in the hierarchy.
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
