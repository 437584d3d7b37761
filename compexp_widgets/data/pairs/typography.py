"""Signs as word processors and telephones set them, and their plain forms.

Editors turn the apostrophe of "isn't" into U+2019 while one types, and text that is copied from a page brings blanks
and joints that nobody sees. To a reader these are the same words; to a tokenizer with rules for ``'`` they are others,
and a network whose vocabulary was taken from plain text knows none of them. So the tokenizer, and what names concepts,
reads the plain form of every text. What was written stays as it is beside the tokens: see `PairDataset.text`.
"""

from __future__ import annotations

import unicodedata

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
