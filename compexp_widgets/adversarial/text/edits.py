"""Edits of a sentence pair. An edit is a template: it applies to many pairs, and to some it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, get_args

from compexp_widgets.adversarial.text.sentences import Sentence, is_phrase, is_word
from compexp_widgets.argument_sentences import described
from compexp_widgets.argument_types import check_fields
from compexp_widgets.concepts.lexicon.concepts import NEGATION_WORDS, word_of
from compexp_widgets.data.pairs.dataset import Tokens, as_tokens, detokenize, tokenize
from compexp_widgets.errors import EditError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

QUANTIFIERS = frozenset(
    (
        *("all", "any", "both", "each", "every", "everybody", "everyone", "everything", "few", "fewer", "hardly"),
        *("less", "many", "more", "most", "much", "only", "several", "some", "somebody", "someone", "anybody"),
        *("anyone", "always", "alone", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    )
)
"""Words of number and amount."""

NEUTRAL_MODIFIERS = (
    *("now", "currently", "presently", "actually", "really", "indeed", "truly", "certainly", "definitely", "surely"),
)
"""Words that add no claim to what a caption says in the present tense: "the man is currently asleep"."""


def label_warning(kind: str, put_in: Tokens) -> str | None:
    """The reason why an edit that puts in these words may change the true label; None where it hardly can."""
    words = [word_of(token) for token in put_in]
    told = f"“{' '.join(put_in)}”"
    if any(word in NEGATION_WORDS for word in words):
        return (
            f"The true label may change: {told} denies, so what followed may be contradicted and the other way round."
        )
    if any(word in QUANTIFIERS for word in words):
        return f"The true label may change: {told} says how many or how much, which the premise may tell otherwise."
    if kind in ("prepend", "append", "insert") and all(word in NEUTRAL_MODIFIERS for word in words):
        return None
    return {
        "replace": f"The true label may change: {told} may say something else than the words in whose place it stands.",
        "delete": "The true label may change: what is left may say less than before, or deny what it said.",
        "copy": "The true label may change: the copied words say more, and may make no sentence.",
        "drop": "The true label may change: what is left says less, and may make no sentence.",
        "front": "The true label may change where the phrase belongs to a noun: “a man on a horse runs”.",
    }.get(kind, f"The true label may change: {told} may say more than before, so what followed may become neutral.")


AnchorKind: TypeAlias = Literal["word", "tag", "subject", "place"]
"""Ways to find the words."""

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

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, EditError)
        if self.kind not in get_args(AnchorKind):
            raise EditError(f"an edit takes hold of a {', '.join(get_args(AnchorKind))}, not of {self.kind!r:.60}")
        if not isinstance(self.name, str) or (self.kind == "subject") != (not self.name.strip()):
            raise EditError(f"{self.name!r:.60} names no {self.kind} for an edit to take hold of")
        if self.kind == "place" and not (self.name.isascii() and self.name.isdigit()):
            raise EditError(f"a place in a sentence is a number from 0, not {self.name!r:.60}")

    @property
    def description(self) -> str:
        """A few words: ``"noun"``, ``"“man”"``."""
        if self.kind == "word":
            return f"“{self.name}”"
        if self.kind == "tag":
            return _TAG_WORDS.get(self.name, f"word tagged {self.name}")
        return "subject" if self.kind == "subject" else f"word {int(self.name) + 1}"

    def spans(self, sentence: Sentence) -> tuple[tuple[int, int], ...]:
        """The places that it finds in a sentence, left to right: begin and end (not included) of each."""
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
        """A value that JSON can hold."""
        return {"kind": self.kind, "name": self.name}

    @staticmethod
    def from_json(value: Any) -> Anchor:
        """The anchor that `to_json` described; EditError where it describes none."""
        if not isinstance(value, Mapping) or not value.keys() <= {"kind", "name"} or "kind" not in value:
            raise EditError(f"this describes nothing for an edit to take hold of: {value!r:.200}")
        return Anchor(value["kind"], value.get("name", ""))


EditKind: TypeAlias = Literal["prepend", "append", "insert", "replace", "delete", "copy", "drop", "front"]
"""The kinds of edits; see `TextEdit`."""

Pair: TypeAlias = tuple[Tokens, Tokens]
"""Premise and hypothesis, as tokens."""

AnyPair: TypeAlias = Annotated[tuple[Tokens | str, Tokens | str], "(premise, hypothesis), each a text or its tokens"]
"""Premise and hypothesis as a person gives them."""


def as_pair(pair: AnyPair) -> Pair:
    """The tokens of a premise and a hypothesis, of which each may be a text; EditError where it is no pair."""
    given: Any = pair
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
        raise EditError(f"a pair is (premise, hypothesis), each a text or its tokens, not {described(given)}")
    for sentence in given:
        if isinstance(sentence, str):
            continue
        if not isinstance(sentence, Sequence) or not all(isinstance(token, str) for token in sentence):
            raise EditError(f"a sentence is a text or its tokens, not {described(sentence)}")
    return as_tokens(given[0]), as_tokens(given[1])


EditedSide: TypeAlias = Literal["premise", "hypothesis"]
"""The sentence that it changes."""

_WITH_TOKENS = frozenset(("prepend", "append", "insert", "replace"))
_WITH_ANCHOR = frozenset(("insert", "replace", "delete"))
_MAY_HAVE_ANCHOR = _WITH_ANCHOR | {"copy"}


@dataclass(frozen=True)
class TextEdit:
    """One change of one sentence of a pair.

    Capitals follow: a word that comes first gets the capital, the one that was first loses it unless it is a name. The
    final stop stays last, and "a" becomes "an" beside a new neighbour that asks for it. Agreement is left alone:
    "nobody are running".

    Attributes
    ----------
    kind
        ``"prepend"``, ``"append"`` (before the final stop), ``"insert"`` beside a word, ``"replace"``, ``"delete"``;
        ``"copy"``: put the words of the other sentence that this one lacks at its end; ``"drop"``: leave out the words
        that the other sentence lacks; ``"front"``: put the last prepositional phrase first.
    tokens
        What is put in, as tokens or as a text of one or several words; for the first four kinds.
    side
        The sentence that is changed.
    anchor
        Beside what it is inserted, what is replaced or deleted; of ``"copy"``, the words to which it is limited.
    after
        Of ``"insert"``: behind the anchor instead of before it.
    every
        Of ``"replace"`` and ``"delete"``: every place that the anchor finds, not the first one alone.

    Raises
    ------
    EditError
        When these do not fit together.

    Examples
    --------
    >>> edit = TextEdit("replace", "nobody", anchor=Anchor("subject"))
    >>> edit.on((("A", "man", "runs", "."), ("The", "man", "is", "outside", ".")))
    (('A', 'man', 'runs', '.'), ('Nobody', 'is', 'outside', '.'))
    """

    kind: EditKind
    tokens: Tokens | str = ()
    side: EditedSide = "hypothesis"
    anchor: Anchor | None = None
    after: bool = False
    every: bool = False

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, EditError)
        if self.kind not in get_args(EditKind):
            raise EditError(f"no edit of a sentence is called {self.kind!r:.60}; there are {', '.join(_CHANGES)}")
        if self.side not in get_args(EditedSide):
            raise EditError(f"an edit changes the premise or the hypothesis, not {self.side!r:.60}")
        tokens = tokenize(self.tokens) if isinstance(self.tokens, str) else tuple(self.tokens)
        if not all(isinstance(token, str) and token.strip() for token in tokens):
            raise EditError(f"the words of an edit are texts, not {tokens!r:.100}")
        if bool(tokens) != (self.kind in _WITH_TOKENS):
            what = "needs words to put in" if self.kind in _WITH_TOKENS else f"puts in no words, not {tokens!r:.60}"
            raise EditError(f"the edit {self.kind!r} {what}")
        if (self.anchor is None and self.kind in _WITH_ANCHOR) or (self.anchor and self.kind not in _MAY_HAVE_ANCHOR):
            what = "needs an anchor: a word" if self.anchor is None else "has no anchor: it changes the sentence as"
            raise EditError(f"the edit {self.kind!r} {what}{' to take hold of' if self.anchor is None else ' a whole'}")
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "after", bool(self.after))
        object.__setattr__(self, "every", bool(self.every))

    @property
    def put_in(self) -> Tokens:
        """The words that it puts in; of ``"copy"`` they depend on the pair."""
        assert not isinstance(self.tokens, str)
        return self.tokens

    @property
    def description(self) -> str:
        """A few words: ``"replace the subject of the hypothesis by “nobody”"``."""
        text = f"“{detokenize(self.put_in)}”"
        found = f"{'every' if self.every else 'the first'} {self.anchor.description}" if self.anchor else ""
        if self.anchor and (self.anchor.kind in ("subject", "place")):
            found = f"the {self.anchor.description}" if self.anchor.kind == "subject" else self.anchor.description
        other = "hypothesis" if self.side == "premise" else "premise"
        return {
            "prepend": f"put {text} before the {self.side}",
            "append": f"put {text} at the end of the {self.side}",
            "insert": f"insert {text} {'after' if self.after else 'before'} {found} of the {self.side}",
            "replace": f"replace {found} of the {self.side} by {text}",
            "delete": f"leave out {found} of the {self.side}",
            "copy": f"copy words of the {other} to the {self.side}"
            + (f", only each {self.anchor.description}" if self.anchor else ""),
            "drop": f"leave out the words of the {self.side} that the {other} lacks",
            "front": f"put the last prepositional phrase of the {self.side} first",
        }[self.kind]

    @property
    def changes_label(self) -> str | None:
        """The reason why the true label may change; None where it hardly can."""
        return label_warning(self.kind, self.put_in)

    def on(self, sample: AnyPair, /) -> Pair | None:
        """The pair after the edit; None where it does not apply, or nothing would change or be left."""
        premise, hypothesis = as_pair(sample)
        tokens, other = (premise, hypothesis) if self.side == "premise" else (hypothesis, premise)
        sentence = Sentence.of(tokens)
        words = _CHANGES[self.kind](self, sentence, other)
        edited = sentence.with_words(words) if words else tokens
        if edited == tokens:
            return None
        return (edited, hypothesis) if self.side == "premise" else (premise, edited)

    def to_json(self) -> dict[str, Any]:
        """A value that JSON can hold; ``"edit"`` tells its kind."""
        value: dict[str, Any] = {"edit": self.kind, "side": self.side}
        if self.put_in:
            value["tokens"] = list(self.put_in)
        if self.anchor:
            value["anchor"] = self.anchor.to_json()
        for name in ("after", "every"):
            if getattr(self, name):
                value[name] = True
        return value

    @staticmethod
    def from_json(value: Any) -> TextEdit:
        """The edit that `to_json` described; EditError where it describes none."""
        known = {"edit", "side", "tokens", "anchor", "after", "every"}
        if not isinstance(value, Mapping) or not {"edit", "side"} <= value.keys() <= known:
            raise EditError(f"this describes no edit of a sentence: {str(value)[:200]}")
        tokens = value.get("tokens", [])
        if not isinstance(tokens, list):
            raise EditError(f"the words of an edit are a list of texts, not {tokens!r:.100}")
        anchor = Anchor.from_json(value["anchor"]) if "anchor" in value else None
        after, every = bool(value.get("after", False)), bool(value.get("every", False))
        return TextEdit(value["edit"], tuple(tokens), value["side"], anchor, after, every)


def apply_text_edits(before: AnyPair, edits: Sequence[TextEdit]) -> Pair | None:
    """The pair after all edits, one after the other; None where one of them does not apply, or nothing has changed."""
    pair = before = as_pair(before)
    for edit in edits:
        edited = edit.on(pair)
        if edited is None:
            return None
        pair = edited
    return None if pair == before else pair


def _spans(edit: TextEdit, sentence: Sentence) -> tuple[tuple[int, int], ...]:
    assert edit.anchor is not None
    found = edit.anchor.spans(sentence)
    return found if edit.every else found[:1]


def _inserted(edit: TextEdit, sentence: Sentence, _other: Tokens) -> Tokens:
    for begin, end in _spans(edit, sentence):
        place = end if edit.after else begin
        return (*sentence.words[:place], *edit.put_in, *sentence.words[place:])
    return ()


def _replaced(edit: TextEdit, sentence: Sentence, _other: Tokens) -> Tokens:
    words: Tokens = sentence.words
    for begin, end in reversed(_spans(edit, sentence)):
        words = (*words[:begin], *edit.put_in, *words[end:])
    return words


def _copied(edit: TextEdit, sentence: Sentence, other: Tokens) -> Tokens:
    known = {word_of(word) for word in sentence.words}
    source = Sentence.of(other)
    spans = edit.anchor.spans(source) if edit.anchor else [(0, len(source.words))]
    lacking: dict[str, str] = {}
    for begin, end in spans:
        for word in source.words[begin:end]:
            if word_of(word) not in known and is_word(word):
                lacking.setdefault(word_of(word), word)
    return (*sentence.words, *lacking.values())


def _dropped(_edit: TextEdit, sentence: Sentence, other: Tokens) -> Tokens:
    known = {word_of(word) for word in other}
    return tuple(word for word in sentence.words if word_of(word) in known)


def _fronted(_edit: TextEdit, sentence: Sentence, _other: Tokens) -> Tokens:
    for place in range(len(sentence.words) - 1, 0, -1):
        if is_phrase(sentence.tags[place:]):
            return (*sentence.words[place:], *sentence.words[:place])
    return ()


_CHANGES: Mapping[str, Callable[[TextEdit, Sentence, Tokens], Tokens]] = {
    "prepend": lambda edit, sentence, _: (*edit.put_in, *sentence.words),
    "append": lambda edit, sentence, _: (*sentence.words, *edit.put_in),
    "insert": _inserted,
    "replace": _replaced,
    "delete": lambda edit, sentence, _: _without(edit, sentence),
    "copy": _copied,
    "drop": _dropped,
    "front": _fronted,
}


def _without(edit: TextEdit, sentence: Sentence) -> Tokens:
    gone = {place for span in _spans(edit, sentence) for place in range(*span)}
    return tuple(word for place, word in enumerate(sentence.words) if place not in gone)
