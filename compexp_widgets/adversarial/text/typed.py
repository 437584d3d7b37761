"""What somebody typed, as edits: words put in, replaced or left out at places of the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import get_args

from compexp_widgets.adversarial.text.anchors import Anchor
from compexp_widgets.adversarial.text.edits import EditedSide, TextEdit, apply_text_edits
from compexp_widgets.adversarial.text.sentences import Sentence
from compexp_widgets.data.pairs.dataset import Tokens


def edits_between(before: tuple[Tokens, Tokens], after: tuple[Tokens, Tokens]) -> tuple[TextEdit, ...] | None:
    """Edits that lead from one pair to another, made one after the other.

    >>> [edit.words for edit in edits_between((("A", "man", "runs"), ()), (("A", "tall", "man", "runs"), ()))]
    ['insert “tall” before word 2 of the premise']

    Parameters
    ----------
    before, after
        Premise and hypothesis.

    Returns
    -------
    The edits, at the end of a sentence first; none where nothing has changed. None where edits, which keep the final
    stop, the first capital and the form of "a" right, cannot lead there.
    """
    edits = tuple(
        edit
        for side, one, other in zip(get_args(EditedSide), before, after, strict=True)
        for edit in _edits(side, Sentence.of(one), Sentence.of(other))
    )
    if before == after:
        return ()
    return edits if edits and apply_text_edits(*before, edits) == after else None


def _edits(side: EditedSide, before: Sentence, after: Sentence) -> Iterator[TextEdit]:
    matcher = SequenceMatcher(None, before.words, after.words, autojunk=False)
    # From the end on, so that places further left stay what they are.
    for kind, begin, end, begin_after, end_after in reversed(matcher.get_opcodes()):
        come = after.words[begin_after:end_after]
        if kind == "insert":
            if begin < len(before.words):
                yield TextEdit("insert", come, side, _place(begin))
            else:
                yield TextEdit("append", come, side)
        elif kind in ("replace", "delete"):
            for place in reversed(range(begin + (kind == "replace"), end)):
                yield TextEdit("delete", side=side, anchor=_place(place))
            if kind == "replace":
                yield TextEdit("replace", come, side, _place(begin))


def _place(place: int) -> Anchor:
    return Anchor("place", str(place))
