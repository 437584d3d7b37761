"""Which concepts are chosen on a data set of sentence pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compexp_widgets.concepts.lexicon.words import SKIPPED_WORDS, word_of
from compexp_widgets.errors import DataError


@dataclass(frozen=True)
class LexicalSettings:
    """Which concepts a `LexicalVocabulary` is made of. As it stands: those of Mu and Andreas (2020), section 4.

    Attributes
    ----------
    tokens
        ``pre:tok:man``, ``hyp:tok:man``: so many of the most frequent words of both sides together; 0 for none.
    skip
        Words that are none of them, however frequent.
    tags
        ``pre:tag:NN``, ``hyp:tag:NN``: the parts of speech that occur.
    overlap
        ``oth:overlap:25``: words in common / words in only one sentence is greater than this share.
    lemmas
        ``pre:lem:sit``: so many of the most frequent lemmas; True for as many as `tokens`.
    negation
        ``pre:neg``, ``hyp:neg``: one of `NEGATION_WORDS` stands there.
    length_bins
        ``pre:len:0-7``: where each bin but the first begins, in tokens. (8, 13) makes 0-7, 8-12 and 13+.
    lexicons
        ``pre:lex:colours``: lists of words of one's own, by name.
    neighbors
        ``NEIGHBORS(pre:tok:man)``: a word of `tokens` or one of so many nearest to it by cosine, where word vectors
        are given; 0 for none.
    hypernyms
        ``HYPERNYM(hyp:tok:animal)``: any word under a synset of the named one in WordNet.
    senses
        Of every word, so many of its most frequent senses decide under which synsets it is; None for all, which puts
        ``dog`` under ``person`` and ``bird`` under ``food``.

    Raises
    ------
    DataError
        Where a value makes no sense.
    """

    tokens: int = 2000
    skip: tuple[str, ...] = SKIPPED_WORDS
    tags: bool = True
    overlap: tuple[float, ...] = (0.25, 0.5, 0.75)
    lemmas: int | bool = False
    negation: bool = False
    length_bins: tuple[int, ...] = ()
    lexicons: Mapping[str, Iterable[str]] = field(default_factory=dict, hash=False)
    neighbors: int = 5
    hypernyms: bool = False
    senses: int | None = 1

    def __post_init__(self) -> None:
        # Whatever was given is kept in one form, so that equal settings are equal.
        object.__setattr__(self, "lemmas", self.tokens if self.lemmas is True else int(self.lemmas))
        for name in ("skip", "overlap", "length_bins"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("tokens", "lemmas", "neighbors"):
            if getattr(self, name) < 0:
                raise DataError(f"{name} = {getattr(self, name)} of the lexical settings should be 0 or more")
        if self.senses is not None and self.senses < 1:
            raise DataError(f"senses = {self.senses} of the lexical settings should be 1 or more, or None for all")
        shares = [overlap_percent(share) for share in self.overlap]
        if len(set(shares)) < len(shares) or not all(share >= 0 for share in self.overlap):
            raise DataError(f"overlap = {self.overlap} of the lexical settings should be different shares from 0")
        if any(below >= begin for below, begin in zip((0, *self.length_bins), self.length_bins, strict=False)):
            raise DataError(
                f"length_bins = {self.length_bins} of the lexical settings should be numbers of tokens that increase, "
                "from 1: where each bin but the first begins"
            )
        object.__setattr__(self, "lexicons", _read_lexicons(self.lexicons))


def overlap_percent(share: float) -> str:
    """A share as its concept's name has it: 25 for 0.25."""
    return f"{100 * share:g}"


def _read_lexicons(lexicons: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, given in lexicons.items():
        shown = f"the lexicon {str(name)[:80]!r} of the lexical settings"
        entries = [given] if isinstance(given, str) else list(given)
        if isinstance(given, str) or not all(isinstance(entry, str) for entry in (name, *entries)):
            raise DataError(f'{shown} should be a name with a list of words: {{"colours": ["red", "blue"]}}')
        words = tuple(dict.fromkeys(word_of(entry) for entry in entries))
        if strangers := [word for word in words if not word or len(word.split()) > 1]:
            raise DataError(f"{shown} has {strangers[0]!r}, which is not one word, so no token can be it: take it out")
        if not words or not word_of(name):
            raise DataError(f"{shown} is empty: give it a name and words")
        if (cleaned := word_of(name)) in found:
            raise DataError(f"{shown}: another has the same name but for capitals")
        found[cleaned] = words
    return found
