"""Two versions of a sentence as tracked changes, and as edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, get_args

from compexp_widgets.adversarial.text.edits import Anchor, EditedSide, TextEdit, apply_text_edits
from compexp_widgets.adversarial.text.sentences import Sentence
from compexp_widgets.data.pairs.dataset import Tokens


@dataclass(frozen=True)
class Run:
    """Tokens that stand next to each other and have had the same done to them.

    ``"keep"``: in both versions; ``"insert"``: in the later one; ``"delete"``: in the earlier one, as that writes them.
    """

    kind: Literal["keep", "insert", "delete"]
    tokens: Tokens


def tracked_changes(before: Tokens, after: Tokens) -> tuple[Run, ...]:
    """Two versions of a sentence as runs of tokens. A word that lost or gained its capital alone has stayed.

    >>> [(run.kind, *run.tokens) for run in tracked_changes(("A", "man", "runs"), ("No", "man", "runs"))]
    [('delete', 'A'), ('insert', 'No'), ('keep', 'man', 'runs')]
    """
    runs: list[Run] = []
    for kind, begin, end, begin_after, end_after in _changes(before, after):
        if kind == "equal":
            runs.append(Run("keep", after[begin_after:end_after]))
            continue
        if end > begin:
            runs.append(Run("delete", before[begin:end]))
        if end_after > begin_after:
            runs.append(Run("insert", after[begin_after:end_after]))
    return tuple(runs)


def tokens_changed(before: Tokens, after: Tokens) -> int:
    """The number of tokens that came or went; one that took the place of another counts once."""
    return sum(
        max(end - begin, end_after - begin_after)
        for kind, begin, end, begin_after, end_after in _changes(before, after)
        if kind != "equal"
    )


def _changes(before: Tokens, after: Tokens) -> Sequence[tuple[str, int, int, int, int]]:
    # Without autojunk, which would take frequent words of long sentences for noise.
    one, other = ([word.lower() for word in tokens] for tokens in (before, after))
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def edits_between(before: tuple[Tokens, Tokens], after: tuple[Tokens, Tokens]) -> tuple[TextEdit, ...] | None:
    """Edits that lead from one pair to another, made one after the other; none where nothing has changed.

    >>> [edit.description for edit in edits_between((("A", "man", "runs"), ()), (("A", "tall", "man", "runs"), ()))]
    ['insert “tall” before word 2 of the premise']

    None where edits, which keep the final stop, the first capital and the form of "a" right, cannot lead there.
    """
    edits = tuple(
        edit
        for side, one, other in zip(get_args(EditedSide), before, after, strict=True)
        for edit in _edits(side, Sentence.of(one), Sentence.of(other))
    )
    if before == after:
        return ()
    return edits if edits and apply_text_edits(before, edits) == after else None


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
