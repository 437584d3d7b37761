"""The words of a sentence that an edit takes hold of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from compexp_widgets.adversarial.text.sentences import Sentence
from compexp_widgets.concepts.lexicon.words import word_of
from compexp_widgets.errors import EditError

AnchorKind: TypeAlias = Literal["word", "tag", "subject", "place"]
"""How the words are found."""

_TAG_WORDS = {"NN": "noun", "VB": "verb", "JJ": "adjective", "RB": "adverb", "DT": "article", "IN": "preposition"}


@dataclass(frozen=True)
class Anchor:
    """The words of a sentence that an edit takes hold of.

    Attributes
    ----------
    kind
        ``"word"``: this word, in whatever capitals; ``"tag"``: words whose part of speech begins so, ``NN`` for all
        nouns; ``"subject"``: the subject noun phrase; ``"place"``: the word with this number, from 0, the final stop
        not counted.
    name
        The word, the tag or the number; empty for the subject.

    Raises
    ------
    EditError
        When it can find nothing.
    """

    kind: AnchorKind
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(AnchorKind):
            raise EditError(f"an edit takes hold of a {', '.join(get_args(AnchorKind))}, not of {self.kind!r:.60}")
        if not isinstance(self.name, str) or (self.kind == "subject") != (not self.name.strip()):
            raise EditError(f"{self.name!r:.60} names no {self.kind} for an edit to take hold of")
        if self.kind == "place" and not (self.name.isascii() and self.name.isdigit()):
            raise EditError(f"a place in a sentence is a number from 0, not {self.name!r:.60}")

    @property
    def words(self) -> str:
        """What it finds, in words: ``"noun"``, ``"“man”"``."""
        if self.kind == "word":
            return f"“{self.name}”"
        if self.kind == "tag":
            return _TAG_WORDS.get(self.name, f"word tagged {self.name}")
        return "subject" if self.kind == "subject" else f"word {int(self.name) + 1}"

    def spans(self, sentence: Sentence) -> tuple[tuple[int, int], ...]:
        """What it finds in a sentence, left to right: where each begins, and where what follows does."""
        if self.kind == "subject":
            found = sentence.subject()
            return (found,) if found else ()
        if self.kind == "place":
            place = int(self.name)
            return ((place, place + 1),) if place < len(sentence.words) else ()
        if self.kind == "tag":
            fits = [mark.startswith(self.name) for mark in sentence.tags]
        else:
            sought = word_of(self.name)
            fits = [word_of(word) == sought for word in sentence.words]
        return tuple((place, place + 1) for place, fit in enumerate(fits) if fit)

    def to_json(self) -> dict[str, str]:
        """What JSON can hold."""
        return {"kind": self.kind, "name": self.name}

    @staticmethod
    def from_json(value: Any) -> Anchor:
        """The anchor that `to_json` described.

        Raises
        ------
        EditError
            When it describes none.
        """
        if not isinstance(value, Mapping) or not value.keys() <= {"kind", "name"} or "kind" not in value:
            raise EditError(f"this describes nothing for an edit to take hold of: {value!r:.200}")
        return Anchor(value["kind"], value.get("name", ""))
