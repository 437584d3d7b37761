"""Sentences as edits see them, and the words of a probe set: their tags, their places, the phrases that they begin."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.concepts.lexicon import SKIPPED_WORDS
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.concepts.lexicon.tagging import tag
from compexp_widgets.concepts.lexicon.wordnet import load_wordnet
from compexp_widgets.data.pairs.dataset import Tokens
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

FINAL_STOPS = frozenset((".", "!", "?"))
"""Signs that stay last."""


@lru_cache(maxsize=50_000)
def tags_of_sentence(tokens: Tokens) -> tuple[str, ...]:
    """The part of speech of every token; edits ask for the same sentences again and again."""
    return tag(tokens)


@dataclass(frozen=True)
class Sentence:
    """A sentence taken apart: words in the middle of which others can be put.

    `words` are all tokens but the final `stop`, the first in lower case where it had its capital for standing first
    (then `capital` is True), and `tags` their parts of speech.
    """

    words: Tokens
    tags: tuple[str, ...]
    stop: Tokens = ()
    capital: bool = False

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @staticmethod
    def of(tokens: Tokens) -> Sentence:
        """The sentence that these tokens are."""
        tags = tags_of_sentence(tokens)
        length = len(tokens) - (bool(tokens) and tokens[-1] in FINAL_STOPS)
        words, stop = tokens[:length], tokens[length:]
        capital = bool(words) and words[0][:1].isupper()
        if capital and not _is_name(words[0], tags[0]):
            words = (words[0][:1].lower() + words[0][1:], *words[1:])
        return Sentence(words, tags[:length], stop, capital)

    def with_words(self, words: Tokens) -> Tokens:
        """The tokens of the sentence that has these words in place of its own.

        It begins with a capital where this one does, "a" before a new neighbour becomes "an" where it should be, and
        the final stop is last.
        """
        agreed = _with_articles(words, self.words)
        if self.capital and agreed:
            agreed = (agreed[0][:1].upper() + agreed[0][1:], *agreed[1:])
        return (*agreed, *self.stop)

    def subject(self) -> tuple[int, int] | None:
        """The begin and end (not included) of the subject noun phrase; None where none is found.

        Found by the tags alone: the noun phrases at the beginning, or after "there is", that "and", "or" and "of" join.
        Phrases behind the noun, such as "with a hat", are not part of it.
        """
        there = len(self.words) > 2 and word_of(self.words[0]) == "there" and self.tags[1].startswith("VB")
        begin = 2 if there else 0
        end, place = 0, begin
        while place < len(self.words):
            mark = self.tags[place]
            behind_noun = begin < end == place
            if mark.startswith("NN") or mark in ("PRP", "EX"):
                end = place + 1
            elif behind_noun:
                if mark != "CC" and word_of(self.words[place]) != "of":
                    break  # What "and" and "of" join is part of the subject if another noun follows.
            elif not mark.startswith("JJ") and mark not in _BEFORE_NOUNS:
                break
            place += 1
        return (begin, end) if end > begin else None


_BEFORE_NOUNS = frozenset(("DT", "PDT", "CD", "PRP$", "RB", "VBG", "VBN", "POS"))

# A capitalised word that stands so often as a common word in WordNet's marked texts is one: taggers err on "Girls".
_COMMON = 7


def _is_name(token: str, mark: str) -> bool:
    """True for a word that keeps its capital in the middle of a sentence."""
    if token == "I" or any(letter.isupper() for letter in token[1:]):
        return True
    return mark == "NNP" and load_wordnet().occurrences.get(token.lower(), 0) < _COMMON


def _with_articles(words: Tokens, before: Tokens) -> Tokens:
    """The words, each "a" or "an" in the form that its next word asks for if that one was not next to it before."""
    known = set(pairwise(before))
    agreed = list(words)
    for place, (article, following) in enumerate(pairwise(words)):
        if article in ("a", "an", "A", "An") and (article, following) not in known:
            agreed[place] = article[0] + ("n" if _VOWEL.match(following) else "")
    return tuple(agreed)


_VOWEL = re.compile(r"(?i)(?!uni(?!n)|use|usu|uti|eu|one\b|once)[aeiou]|hour|honest|honou?r|heir")


_SENTENCES_TAGGED = 1_500  # enough to tell what words mostly are; tagging all takes longer than the rest
_SENTENCES_OF_A_WORD = 12
_LONGEST_PHRASE = 6


def sentences_of_words(sentences: Sequence[Tokens]) -> dict[str, NDArray[np.intp]]:
    """Word → the numbers of the sentences that it stands in, increasing."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        for word in {word_of(token) for token in sentence}:
            found[word].append(number)
    return {word: np.array(numbers, np.intp) for word, numbers in found.items()}


def usual_tags(sentences: Sequence[Tokens], words: Iterable[str] | None = None) -> dict[str, str]:
    """Word → the tag that it has most often; of two equally frequent, the one first in the alphabet.

    The words that are asked about are each judged by a dozen of their sentences; all, where None, by some hundreds.
    """
    if words is None:
        chosen = list(sentences[:: max(1, len(sentences) // _SENTENCES_TAGGED)])
        sought = None
    else:
        sought = frozenset(words)
        places = sentences_of_words(sentences)
        numbers = {number for word in sought & places.keys() for number in places[word][:_SENTENCES_OF_A_WORD].tolist()}
        chosen = [sentences[number] for number in sorted(numbers)]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in chosen:
        for token, mark in zip(sentence, tags_of_sentence(sentence), strict=True):
            if sought is None or word_of(token) in sought:
                counts[word_of(token)][mark] += 1
    return {word: min(found, key=lambda mark: (-found[mark], mark)) for word, found in counts.items()}


def usual_words(sentences: Sequence[Tokens]) -> dict[str, str]:
    """Tag → the word of letters that has it most often, articles apart."""
    counts: Counter[tuple[str, str]] = Counter()
    for sentence in sentences[:: max(1, len(sentences) // _SENTENCES_TAGGED)]:
        counts.update(zip(tags_of_sentence(sentence), map(word_of, sentence), strict=True))
    usual: dict[str, str] = {}
    for mark, word in sorted(counts, key=lambda key: (-counts[key], key)):
        if word not in SKIPPED_WORDS and is_word(word):
            usual.setdefault(mark, word)
    return usual


def usual_endings(sentences: Sequence[Tokens], words: Iterable[str]) -> dict[str, Tokens]:
    """Word → the ending that sentences with it have most often, from the word on or from the "to" before it.

    At most six words long, and written twice at least; without signs.
    """
    counts: defaultdict[str, Counter[Tokens]] = defaultdict(Counter)
    sought = frozenset(words)
    for tokens in sentences:
        sentence = without_stop(tokens)
        for place in range(max(1, len(sentence) - _LONGEST_PHRASE), len(sentence) - 1):
            word = word_of(sentence[place])
            if word in sought:
                begin = place - 1 if word_of(sentence[place - 1]) == "to" else place
                counts[word][sentence[begin:]] += 1
    usual = {word: min(found, key=lambda ending: (-found[ending], ending)) for word, found in counts.items()}
    # What was written once is somebody's sentence, not a phrase.
    return {word: ending for word, ending in usual.items() if counts[word][ending] > 1 and all(map(is_word, ending))}


def prepositional_endings(
    sentences: Sequence[Tokens], length: int, without: Collection[str], without_tags: Collection[str] = ()
) -> Mapping[Tokens, int]:
    """Prepositional phrases of so many words that end sentences, and how often; without these words and tags."""
    counts: Counter[Tokens] = Counter()
    for tokens in sentences:
        sentence = without_stop(tokens)
        if len(sentence) > length and not any(word_of(word) in without for word in sentence[-length:]):
            counts[sentence[-length:]] += 1
    return {
        ending: often
        for ending, often in sorted(counts.items())
        if is_phrase(marks := tags_of_sentence(ending)) and not set(marks) & set(without_tags)
    }


def is_phrase(marks: Sequence[str]) -> bool:
    """True where words with these tags are a preposition and a plain noun phrase: "in the old park"."""
    of_nouns = all(mark.startswith(("NN", "JJ")) or mark in ("DT", "CD", "PRP$") for mark in marks[1:])
    return len(marks) > 1 and marks[0] == "IN" and marks[-1].startswith("NN") and of_nouns


def is_word(word: str) -> bool:
    """True where there is a letter or digit in it."""
    return any(letter.isalnum() for letter in word)


def without_stop(tokens: Tokens) -> Tokens:
    """A sentence without its final stop."""
    return tokens[:-1] if tokens and tokens[-1] in FINAL_STOPS else tokens
