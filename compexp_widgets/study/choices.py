"""Units and concepts as a person chooses them: those that are not there are answered in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import SupportsIndex

from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import StudyError


def unit_numbers(
    units: SupportsIndex | Iterable[SupportsIndex] | None, count: int, *, from_the_end: bool = False
) -> list[int]:
    """The numbers of the units meant, of `count`, None for all; negative ones count from the end where that is asked
    for. StudyError where one of them is not there.
    """
    if isinstance(units, (str, bytes)):
        raise StudyError(f"units are numbers, such as 17 or [3, 17], not {units!r:.60}")
    given = range(count) if units is None else units if isinstance(units, Iterable) else [units]
    wanted = [whole_number(unit, "a unit", least=-(2**63), error=StudyError) for unit in given]
    for unit in wanted:
        if not (-count if from_the_end else 0) <= unit < count:
            raise StudyError(f"there is no unit {unit}: the layer has units 0 … {count - 1}")
    return [unit % count for unit in wanted]


def excluded_concepts(
    concepts: Sequence[str], categories: Sequence[str], only: Sequence[str], exclude: Sequence[str]
) -> frozenset[int]:
    """Indices of the concepts that are excluded by their own name or by their category's, or not named where some are
    named that alone may be used. StudyError where a name is neither, or no concept is left.
    """
    known = {*concepts, *categories}
    for names, done in ((only, "used alone"), (exclude, "excluded")):
        if unknown := set(names) - known:
            raise StudyError(
                f"{min(unknown)!r} is neither a concept nor a category of the data, so it cannot be {done}"
                f"{_close_to(min(unknown), known)}"
            )
    allowed, refused = set(only) or known, set(exclude)
    named = enumerate(zip(concepts, categories, strict=True))
    excluded = frozenset(i for i, names in named if allowed.isdisjoint(names) or not refused.isdisjoint(names))
    if only and len(excluded) == len(concepts):
        raise StudyError(f"only={list(only)} and exclude={list(exclude)} leave no concept")
    return excluded


def _close_to(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name[:200], known, n=3)
    return f". Close to it: {', '.join(map(repr, close))}" if close else ""
