"""Two versions of a sentence as tracked changes: what stayed, what came, what went."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from compexp_widgets.data.pairs.dataset import Tokens


@dataclass(frozen=True)
class Run:
    """Tokens that stand next to each other and have had the same done to them.

    Attributes
    ----------
    kind
        ``"keep"``: in both versions; ``"insert"``: in the later one; ``"delete"``: in the earlier one.
    tokens
        As the later version writes them, deleted ones as the earlier does.
    """

    kind: Literal["keep", "insert", "delete"]
    tokens: Tokens


def tracked_changes(before: Tokens, after: Tokens) -> tuple[Run, ...]:
    """What was done to a sentence. A word that lost or gained its capital alone has stayed.

    >>> [(run.kind, *run.tokens) for run in tracked_changes(("A", "man", "runs"), ("No", "man", "runs"))]
    [('delete', 'A'), ('insert', 'No'), ('keep', 'man', 'runs')]
    """
    runs: list[Run] = []
    # Without autojunk, which would take frequent words of long sentences for noise.
    matcher = SequenceMatcher(None, [word.lower() for word in before], [word.lower() for word in after], autojunk=False)
    for kind, begin, end, begin_after, end_after in matcher.get_opcodes():
        if kind == "equal":
            runs.append(Run("keep", after[begin_after:end_after]))
            continue
        if end > begin:
            runs.append(Run("delete", before[begin:end]))
        if end_after > begin_after:
            runs.append(Run("insert", after[begin_after:end_after]))
    return tuple(runs)


def tokens_changed(before: Tokens, after: Tokens) -> int:
    """How many tokens came or went; one that took the place of another counts once."""
    size = 0
    pending = {"delete": 0, "insert": 0}
    for run in (*tracked_changes(before, after), Run("keep", ())):
        if run.kind == "keep":
            size += max(pending.values())
            pending = {"delete": 0, "insert": 0}
        else:
            pending[run.kind] += len(run.tokens)
    return size
