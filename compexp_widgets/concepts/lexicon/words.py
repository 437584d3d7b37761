"""What counts as a word: how tokens become the words that concepts are named after."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from compexp_widgets.data.pairs.typography import plain_text

SKIPPED_WORDS = ("a", "an", "the", "of", ".", ",")
"""Frequent words that are no concepts of their own: those that the code of Mu and Andreas (2020) leaves out.

It leaves out its signs for unknown words and padding too, which are no words here to begin with.
"""

_CONTRACTED = (
    *("ain", "aren", "can", "couldn", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "mightn", "mustn"),
    *("needn", "shan", "shouldn", "wasn", "weren", "won", "wouldn"),
)

NEGATION_WORDS = (
    *("no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "cannot", "without"),
    *("n't", "n’t"),
    *(f"{verb}{apostrophe}t" for verb in _CONTRACTED for apostrophe in ("'", "’")),
)
"""Words that deny, with the contractions whole, as some tokenizers leave them: ``n't`` is what most make of them.

Those with a curly apostrophe are the others to `word_of`; they stay because vocabularies are told apart by their words.
"""


@lru_cache(maxsize=100_000)
def word_of(token: str) -> str:
    """The word that a token stands for: lower case, with plain signs (`plain_text`), without space around it.

    Halves of characters that no file can hold become U+FFFD. A token of nothing but space stands for no word: ``""``.

    >>> word_of("Dogs")
    'dogs'
    """
    if token.isascii():
        return token.lower().strip()
    whole = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in token)
    return unicodedata.normalize("NFC", plain_text(whole).lower()).strip()
