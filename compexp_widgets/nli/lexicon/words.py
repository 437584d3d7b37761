"""What counts as a word: how tokens become the words that concepts are named after."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SKIPPED_WORDS = ("a", "an", "the", "of", ".", ",")
"""Frequent words that are no concepts of their own: those that the code of Mu and Andreas (2020) leaves out.

It leaves out its signs for unknown words and padding too, which are no words here to begin with.
"""

NEGATION_WORDS = (
    "no",
    "not",
    "n't",
    "n’t",
    "never",
    "none",
    "nobody",
    "nothing",
    "nowhere",
    "neither",
    "nor",
    "cannot",
    "without",
)
"""Words that deny; a word that ends with ``n't``, where a tokenizer leaves it whole, denies too."""

NEGATION_ENDINGS = ("n't", "n’t")


@lru_cache(maxsize=100_000)
def word_of(token: str) -> str:
    """The word that a token stands for: lower case, in Unicode's composed form (NFC), without space around it.

    Halves of characters that no file can hold become U+FFFD. A token of nothing but space stands for no word: ``""``.

    >>> word_of("Dogs")
    'dogs'
    """
    if token.isascii():
        return token.lower().strip()
    whole = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in token)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", whole).lower()).strip()
