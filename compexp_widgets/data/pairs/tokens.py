"""Sentences into tokens and back, with rules alone: no file is looked for and nothing is downloaded.

Editors turn the apostrophe of "isn't" into U+2019 while one types, and text that is copied from a page brings blanks
and joints that nobody sees. To a reader these are the same words; to a tokenizer with rules for ``'`` they are others,
and a network whose vocabulary was taken from plain text knows none of them. So the tokenizer, and what names concepts,
reads the plain form of every text (`plain_text`). What was written stays beside the tokens: `PairDataset.text`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from nltk.tokenize import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer
    from nltk.tokenize.treebank import TreebankWordDetokenizer


PLAIN = {
    # What closes single quotes is also the apostrophe, so both become the one sign of ASCII.
    "'": "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\uff02",
    "...": "\u2026",
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d",
    # The dash between clauses, as typewriters and the Penn Treebank write it: never a joint inside of a word.
    "--": "\u2014\u2015",
    # Blanks that do not break a line, or are narrower or wider than others.
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    # Nothing that is seen: where a word may be parted, joined or turned, and the byte order mark.
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
}
"""Plain form → the signs that stand for it. The full-width forms of ASCII, U+FF01 … U+FF5E, become ASCII too."""

_TABLE = {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)} | {
    ord(sign): plain for plain, signs in PLAIN.items() for sign in signs
}


def plain_text(text: str) -> str:
    r"""A text with plain signs, its letters in Unicode's composed form (NFC).

    >>> plain_text("\u201cIt isn\u2019t\u2026\u201d \u2014 he said")
    '"It isn\'t..." -- he said'
    """
    if text.isascii():
        return text
    # Composed once more at the end: an invisible joint may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_TABLE))


Tokens: TypeAlias = tuple[str, ...]
"""The words and signs of a sentence."""

# Without these, nltk's sentence splitter would take the stop behind them for the end of a sentence.
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "vs", "etc", "e.g", "i.e", "a.m", "p.m"}
    | {"u.s", "u.k", "l.a", "d.c", "co", "inc", "ltd", "corp", "gen", "col", "sgt", "capt", "lt", "rev", "ave"}
)
_BRACKETS = {"(": "-LRB-", ")": "-RRB-", "[": "-LRB-", "]": "-RRB-", "{": "-LRB-", "}": "-RRB-"}
_AS_WRITTEN = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
    "\\/": "/",
    "\\*": "*",
}


def tokenize(text: str) -> Tokens:
    r"""The words and signs of a text, in their plain forms.

    Signs that only look different, such as curly apostrophes and quotes, are read as their plain forms, so that a word
    is the same token however it was typed: see `plain_text`.

    nltk's word tokenizer does the work, sentence by sentence; `nltk.word_tokenize` itself needs a downloaded model to
    find the sentences, which a short list of English abbreviations replaces here.

    Parameters
    ----------
    text
        One sentence or several.

    Returns
    -------
    Tokens
        Put together, they are the plain text without its white space: case stays as it is.

    Examples
    --------
    >>> tokenize('The man isn\'t reading "Ulysses". He sleeps.')
    ('The', 'man', 'is', "n't", 'reading', '"', 'Ulysses', '"', '.', 'He', 'sleeps', '.')
    >>> tokenize("It isn\u2019t\u2026")
    ('It', 'is', "n't", '...')
    """
    words, sentences = _tokenizers()
    found: list[str] = []
    for sentence in sentences.tokenize(plain_text(text)):
        found += _as_in(sentence, words.tokenize(sentence))
    return tuple(found)


def detokenize(tokens: Tokens) -> str:
    """A sentence to read, from its tokens: blanks where English has them.

    >>> detokenize(("A", "man", "is", "n't", "asleep", "."))
    "A man isn't asleep."
    """
    return str(_detokenizer().detokenize(list(_with_treebank_quotes(tokens))))


def as_treebank(tokens: Tokens) -> Tokens:
    """Tokens in the spelling of the Penn Treebank, of the same number: quotes open and close, brackets have names."""
    return tuple(_BRACKETS.get(token, token) for token in _with_treebank_quotes(tokens))


def from_treebank(tokens: Tokens) -> Tokens:
    """Tokens of a Penn Treebank parse as they are written elsewhere, of the same number."""
    return tuple(_AS_WRITTEN.get(token, token) for token in tokens)


@cache
def _tokenizers() -> tuple[NLTKWordTokenizer, PunktSentenceTokenizer]:
    # Imported where it is needed: nltk imports SciPy where that is installed, which takes longer than all the rest.
    from nltk.tokenize import NLTKWordTokenizer  # noqa: PLC0415
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # noqa: PLC0415

    parameters = PunktParameters()
    parameters.abbrev_types = set(_ABBREVIATIONS)
    return NLTKWordTokenizer(), PunktSentenceTokenizer(parameters)


@cache
def _detokenizer() -> TreebankWordDetokenizer:
    # By the same path as the tokenizers: two threads that enter nltk by different ones wait for each other for ever.
    from nltk.tokenize import TreebankWordDetokenizer  # noqa: PLC0415

    return TreebankWordDetokenizer()


def _as_in(text: str, tokens: list[str]) -> Iterator[str]:
    """The same tokens with their quotes as in the text: nltk writes those of the Penn Treebank in their place."""
    place = 0
    for token in tokens:
        while text[place].isspace():
            place += 1
        width = 1 if token in {"``", "''"} and text[place] == '"' else len(token)
        yield text[place : place + width]
        place += width


def _with_treebank_quotes(tokens: Tokens) -> Iterator[str]:
    opened = False
    for token in tokens:
        if token == '"':
            opened = not opened
            yield "``" if opened else "''"
        else:
            yield token
