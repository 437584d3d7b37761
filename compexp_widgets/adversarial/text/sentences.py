"""Sentences as edits see them: their capital, their final stop, their subject, and articles that agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from compexp_widgets.concepts.lexicon.tagging import tag
from compexp_widgets.concepts.lexicon.wordnet import load_wordnet
from compexp_widgets.concepts.lexicon.words import word_of
from compexp_widgets.data.pairs.dataset import Tokens

FINAL_STOPS = frozenset((".", "!", "?"))
"""Signs that stay last."""


@lru_cache(maxsize=50_000)
def tags_of_sentence(tokens: Tokens) -> tuple[str, ...]:
    """The part of speech of every token; edits ask for the same sentences again and again."""
    return tag(tokens)


@dataclass(frozen=True)
class Sentence:
    """A sentence taken apart: words in the middle of which others can be put.

    Attributes
    ----------
    words
        All tokens but the final stop; the first in lower case where it had its capital for standing first.
    tags
        Their parts of speech, of the same length.
    stop
        The final stop, or nothing.
    capital
        Whether the first word is to have a capital.
    """

    words: Tokens
    tags: tuple[str, ...]
    stop: Tokens = ()
    capital: bool = False

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
        """Where the subject noun phrase begins, and where what follows it does; None where none is found.

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
    """Whether a word keeps its capital in the middle of a sentence."""
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
