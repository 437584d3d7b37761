"""Sentences into tokens and back, with rules alone: no file is looked for and nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from compexp_widgets.data.pairs.typography import plain_text

if TYPE_CHECKING:
    from nltk.tokenize import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer
    from nltk.tokenize.treebank import TreebankWordDetokenizer

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
