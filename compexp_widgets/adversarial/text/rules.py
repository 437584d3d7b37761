"""Rules under which an edit keeps the true label, each with a sentence that says what it is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from compexp_widgets.adversarial.text.changes import tracked_changes
from compexp_widgets.adversarial.text.edits import NEUTRAL_MODIFIERS, QUANTIFIERS, Anchor, TextEdit
from compexp_widgets.adversarial.text.sentences import Sentence, is_phrase, sentences_of_words, usual_tags
from compexp_widgets.concepts.lexicon import NEGATION_WORDS
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.concepts.lexicon.wordnet import load_wordnet
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True)
class Proposal:
    """One edit of one pair that a rule is asked about, the hypothesis after it, and the true label before if known."""

    premise: Tokens
    hypothesis: Tokens
    edit: TextEdit
    edited: Tokens
    label: str | None

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True, eq=False)
class LabelRule:
    """A rule under which the true label stays.

    `statement` says what it allows, and what that guarantees, in a sentence or two; `proposes` gives edits of a
    hypothesis that it knows of besides those that formulas suggest.
    """

    name: str
    statement: str
    allows: Callable[[Proposal], bool]
    proposes: Callable[[Tokens], Iterable[TextEdit]] = lambda _: ()

    __repr__ = brief_repr
    _repr_html_ = fields_html


def _claims_more(proposal: Proposal) -> bool:
    added = _narrowing(proposal, "contradiction", proposal.hypothesis, proposal.edited)
    if not added:
        return False
    sentence = Sentence.of(proposal.edited)
    if sentence.words[-len(added) :] == added:
        marks = sentence.tags[-len(added) :]
        return is_phrase(marks) or (marks[0] == "TO" and marks[1:2] == ("VB",))
    # "Fake" and its like do not narrow the noun down: they take it back.
    return len(added) == 1 and _adjective_of_noun(sentence, added) and word_of(added[0]) not in _PRIVATIVE


def _claims_less(proposal: Proposal) -> bool:
    gone = _narrowing(proposal, "entailment", proposal.edited, proposal.hypothesis)
    if not gone:
        return False
    sentence = Sentence.of(proposal.hypothesis)
    at_end = sentence.words[-len(gone) :] == gone and is_phrase(sentence.tags[-len(gone) :])
    return at_end or _adjective_of_noun(sentence, gone)


def _narrowing(proposal: Proposal, label: str, wide: Tokens, narrow: Tokens) -> Tokens:
    """The words that one version has more; none where they or the hypothesis deny or count, or the label is another."""
    if proposal.label != label or not _plain(proposal.hypothesis):
        return ()
    more = _added_alone(wide, narrow) or ()
    return () if {word_of(word) for word in more} & (_TURNING | QUANTIFIERS) else more


def _adjective_of_noun(sentence: Sentence, gone: Tokens) -> bool:
    for place in range(len(sentence.words) - 1):
        if sentence.words[place : place + 1] == gone and sentence.tags[place].startswith("JJ"):
            return sentence.tags[place + 1].startswith(("NN", "JJ"))
    return False


def _no_new_claim(proposal: Proposal) -> bool:
    added = _added_alone(proposal.hypothesis, proposal.edited)
    return bool(added) and all(word_of(word) in NEUTRAL_MODIFIERS for word in added or ())


def _neutral_modifiers(hypothesis: Tokens) -> Iterable[TextEdit]:
    for word in NEUTRAL_MODIFIERS:
        yield TextEdit("append", (word,))
        yield TextEdit("prepend", (word,))
        for mark in ("VBZ", "VBP"):
            yield TextEdit("insert", (word,), anchor=Anchor("tag", mark), after=True)


def _added_alone(before: Tokens, after: Tokens) -> Tokens | None:
    """The words that came; None where some went. An article that agrees with its new neighbour has stayed."""
    articles = {"an": "a"}
    one, other = (tuple(articles.get(word.lower(), word) for word in tokens) for tokens in (before, after))
    runs = tracked_changes(one, other)
    if any(run.kind == "delete" for run in runs):
        return None
    return tuple(word for run in runs if run.kind == "insert" for word in run.tokens)


def _plain(hypothesis: Tokens) -> bool:
    """True where nothing denies or counts what all do: only then does narrowing a word narrow the claim."""
    return not {word_of(word) for word in hypothesis} & _TURNING


_TURNING = frozenset(NEGATION_WORDS) | {"all", "every", "everybody", "everyone", "each", "few", "only", "most", "if"}
_PRIVATIVE = frozenset(
    (
        *("fake", "false", "former", "alleged", "pretend", "toy", "artificial", "almost", "possible", "would-be"),
        "imaginary",
    )
)

ANY_EDIT = LabelRule(
    "any edit",
    "Everything is allowed, and nothing is guaranteed: the true label may be another one. Read the sentences.",
    lambda _: True,
)
CLAIMS_MORE = LabelRule(
    "what is contradicted claims more",
    "An adjective before a noun, or a phrase with a preposition or “to” at the end, is added to a contradicted "
    "hypothesis that denies nothing: whoever says more than something false still says something false. It rests on "
    "the tags being right, and on the words narrowing the claim, as they mostly do.",
    _claims_more,
)
CLAIMS_LESS = LabelRule(
    "what follows claims less",
    "An adjective, or a prepositional phrase at the end, is left out of an entailed hypothesis that denies nothing: "
    "whoever says less than something true still says something true. It rests on the tags being right.",
    _claims_less,
)
NO_NEW_CLAIM = LabelRule(
    "no new claim",
    "Only words are added that claim nothing new of a moment that is shown: " + ", ".join(NEUTRAL_MODIFIERS) + ".",
    _no_new_claim,
    _neutral_modifiers,
)
REORDERED = LabelRule(
    "another order",
    "The last prepositional phrase is put first, with the same words. The label stays unless the phrase belongs to a "
    "noun, which tags do not tell.",
    lambda proposal: proposal.edit.kind == "front",
    lambda _: (TextEdit("front"),),
)


@dataclass(frozen=True, eq=False)
class _Thesaurus:
    """The words of some pairs, with the first sense that WordNet gives each as what it mostly is."""

    pairs: PairDataset

    @cached_property
    def _tags(self) -> dict[str, str]:
        sentences = (*self.pairs.premises, *self.pairs.hypotheses)
        return usual_tags(sentences, sentences_of_words(sentences))

    @cached_property
    def _senses(self) -> dict[str, int]:
        wordnet = load_wordnet()
        found: dict[str, int] = {}
        for word, mark in self._tags.items():
            part = {"NN": "noun", "VB": "verb", "JJ": "adj", "RB": "adv"}.get(mark[:2])
            for form in wordnet.base_forms(word, part) if part else ():
                found.setdefault(word, wordnet.synsets(form, part or "")[0])
        return found

    @cached_property
    def _by_sense(self) -> dict[tuple[int, str], list[str]]:
        found: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for word in sorted(self._senses):
            found[self._senses[word], self._tags[word]].append(word)
        return found

    def synonyms(self, word: str) -> list[str]:
        """Other words of the same first sense and part of speech."""
        if word not in self._senses:
            return []
        return [each for each in self._by_sense[self._senses[word], self._tags[word]] if each != word]

    def above(self, word: str) -> list[str]:
        """Words of the same part of speech whose first sense is above its first sense."""
        if word not in self._senses:
            return []
        higher = load_wordnet().above(self._senses[word]) - {self._senses[word]}
        return sorted(each for sense in higher for each in self._by_sense.get((sense, self._tags[word]), ()))


def synonyms_rule(pairs: PairDataset) -> LabelRule:
    """One word replaced by another of the same first sense in WordNet, among the words of `pairs`."""
    thesaurus = _Thesaurus(pairs)
    return LabelRule(
        "only synonyms",
        "A word is replaced by one that shares its first sense in WordNet, in the same form. The label stays where "
        "both are meant in that sense; nobody has checked that they are.",
        lambda proposal: _replaced_by(proposal, thesaurus.synonyms),
        lambda hypothesis: _replacements(hypothesis, thesaurus.synonyms),
    )


def generalising_rule(pairs: PairDataset) -> LabelRule:
    """One word of an entailed hypothesis replaced by one above it in WordNet, among the words of `pairs`."""
    thesaurus = _Thesaurus(pairs)
    return LabelRule(
        "what follows is told more generally",
        "A word of an entailed hypothesis that denies nothing is replaced by one above its first sense in WordNet, in "
        "the same form: where a man is, a person is. The label stays where both are meant in that sense.",
        lambda proposal: (
            proposal.label == "entailment" and _plain(proposal.hypothesis) and _replaced_by(proposal, thesaurus.above)
        ),
        lambda hypothesis: _replacements(hypothesis, thesaurus.above),
    )


def _replaced_by(proposal: Proposal, others: Callable[[str], list[str]]) -> bool:
    before, after = (Sentence.of(tokens).words for tokens in (proposal.hypothesis, proposal.edited))
    if len(before) != len(after):
        return False
    words = [(word_of(one), word_of(other)) for one, other in zip(before, after, strict=True)]
    changed = [pair for pair in words if len(set(pair)) > 1 and set(pair) != {"a", "an"}]
    return len(changed) == 1 and changed[0][1] in others(changed[0][0])


def _replacements(hypothesis: Tokens, others: Callable[[str], list[str]]) -> Iterable[TextEdit]:
    for place, word in enumerate(Sentence.of(hypothesis).words):
        for other in others(word_of(word)):
            yield TextEdit("replace", (other,), anchor=Anchor("place", str(place)))
