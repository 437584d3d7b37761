"""Explain a unit from the files of a study alone, here or in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from compexp_widgets.signatures import SignatureTable
from compexp_widgets.signatures.position_counts import PositionCounts
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.formula_search import find_formulas
from compexp_widgets.study.probed_units import OpenUnits, ProbedUnits
from compexp_widgets.study.unit_activity import UnitActivity
from compexp_widgets.study.unit_state import UNEXPLAINED, state_of
from compexp_widgets.workers import on_all_processors

# Other processes take seconds to start: they are worth it for work of so many seconds. Each holds the tables.
_WORTHWHILE = 15.0
_TRIED = 4
_MOST_PROCESSES = 8


class Task(NamedTuple):
    """A unit to be explained, and how."""

    unit: int
    settings: ExplanationSettings
    excluded: frozenset[int]


def explain_activity(
    table: SignatureTable,
    activity: UnitActivity,
    task: Task,
    cancelled: Callable[[], bool] | None = None,
) -> Explanation:
    """The explanation of a unit whose active positions are known."""
    active = activity.counts.by_signature()
    count = int(active.sum())
    state = state_of(activity.extent, activity.limits, count, task.settings.min_active)
    if state in UNEXPLAINED:
        return Explanation.of_limits(task.unit, activity.limits, state, count, table.positions)
    by_length, bounds = find_formulas(table, active, task.settings, task.excluded, cancelled)
    return Explanation.of_limits(task.unit, activity.limits, state, count, table.positions, by_length, bounds)


def explain_each(
    folder: Path, open_units: OpenUnits, tasks: Sequence[Task], explain: Callable[[Task], Explanation]
) -> Iterator[Explanation]:
    """Explain units in the order given: in this process, or, where that takes long, on all processors.

    Parameters
    ----------
    folder
        The study's, with finished files.
    open_units
        Opens them in another process.
    explain
        Explains in this process.
    """
    spent = 0.0
    for task in tasks[:_TRIED]:
        started = perf_counter()
        explanation = explain(task)
        spent += perf_counter() - started  # not what the caller does between two explanations
        yield explanation
    rest = tasks[_TRIED:]
    if rest and spent / _TRIED * len(rest) > _WORTHWHILE:
        yield from on_all_processors(
            partial(_explain_from_files, open_units, folder), rest, parcel=2, most=_MOST_PROCESSES
        )
    else:
        yield from map(explain, rest)


def _explain_from_files(open_units: OpenUnits, folder: Path, task: Task) -> Explanation:
    table, units, _ = _opened(open_units, folder)
    return explain_activity(table, UnitActivity.of(units, task.unit, task.settings.firing), task)


@lru_cache(maxsize=1)
def _opened(open_units: OpenUnits, folder: Path) -> tuple[SignatureTable, ProbedUnits, PositionCounts]:
    return open_units(folder)
