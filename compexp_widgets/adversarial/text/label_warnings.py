"""Why an edit may change the true label of a pair: no edit of a sentence is innocent until somebody has read it."""

from __future__ import annotations

from compexp_widgets.concepts.lexicon.words import NEGATION_WORDS, word_of
from compexp_widgets.data.pairs.dataset import Tokens

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
    """Why the true label may change; None where it hardly can.

    Parameters
    ----------
    kind
        What the edit does; see `TextEdit`.
    put_in
        The words that it puts in.
    """
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
        "prepend": f"The true label may change: {told} may say more than before, so what followed may become neutral.",
        "append": f"The true label may change: {told} may say more than before, so what followed may become neutral.",
        "insert": f"The true label may change: {told} may say more than before, so what followed may become neutral.",
        "replace": f"The true label may change: {told} may say something else than the words in whose place it stands.",
        "delete": "The true label may change: what is left may say less than before, or deny what it said.",
        "copy": "The true label may change: the copied words say more, and may make no sentence.",
        "drop": "The true label may change: what is left says less, and may make no sentence.",
        "front": "The true label may change where the phrase belongs to a noun: “a man on a horse runs”.",
    }[kind]
