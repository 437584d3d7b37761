"""Explain units from where they fire: one, or many on all processors, from the files of a study alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search import ScoredFormula, beam_search, optimal_search
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.study.explanation import UNEXPLAINED, Explanation, ExplanationSettings, state_of
from compexp_widgets.study.positions import Probed
from compexp_widgets.study.units import UnitActivity
from compexp_widgets.workers import on_all_processors

OpenUnits: TypeAlias = Callable[[Path], Probed]
"""Opens the files of a study; picklable, since other processes do so too."""

# Other processes take seconds to start: they are worth it for work of so many seconds. Each holds the tables.
WORTHWHILE = 15.0
TRIED = 4
_MOST_PROCESSES = 8


def find_formulas(
    table: SignatureTable,
    active: NDArray[np.int64],
    settings: ExplanationSettings,
    excluded: Collection[int],
    cancelled: Callable[[], bool] | None = None,
) -> tuple[tuple[ScoredFormula, ...], tuple[float, ...]]:
    """The best formula of every length, and the bounds on all others, over the positions of a table.

    `active` is int64, shape (S,): the unit's active positions a signature. `excluded` are indices of concepts;
    `cancelled` is asked often, and True ends the search with the best so far.
    """
    if settings.proof:
        certified = optimal_search(table, active, settings.proof, excluded=excluded, cancelled=cancelled)
        return certified.by_length, certified.bounds
    return beam_search(table, active, settings.search, excluded=excluded, cancelled=cancelled).by_length, ()


class Task(NamedTuple):
    """A unit to be explained, with the settings and the concepts that they exclude."""

    unit: int
    settings: ExplanationSettings
    excluded: frozenset[int]


def explain_activity(
    table: SignatureTable, activity: UnitActivity, task: Task, cancelled: Callable[[], bool] | None = None
) -> Explanation:
    """The explanation of a unit whose active positions are known."""
    active = activity.counts.by_signature()
    count = int(active.sum())
    state = state_of(activity.extent, activity.limits, count, task.settings.min_active)
    found = ((), ()) if state in UNEXPLAINED else find_formulas(table, active, task.settings, task.excluded, cancelled)
    return Explanation(task.unit, activity.limits, *found, count, table.positions, state)


def explain_each(
    folder: Path, open_units: OpenUnits, tasks: Sequence[Task], explain: Callable[[Task], Explanation]
) -> Iterator[Explanation]:
    """Explain units in the order given: in this process by `explain`, or, where that takes long, on all processors,
    each of which opens the finished files in `folder`.
    """
    spent = 0.0
    for task in tasks[:TRIED]:
        started = perf_counter()
        explanation = explain(task)
        spent += perf_counter() - started  # not what the caller does between two explanations
        yield explanation
    rest = tasks[TRIED:]
    if rest and spent / TRIED * len(rest) > WORTHWHILE:
        yield from on_all_processors(
            partial(_explain_from_files, open_units, folder), rest, chunk=2, most=_MOST_PROCESSES
        )
    else:
        yield from map(explain, rest)


def _explain_from_files(open_units: OpenUnits, folder: Path, task: Task) -> Explanation:
    table, units, *_ = _opened(open_units, folder)
    return explain_activity(table, UnitActivity.of(units, task.unit, task.settings.firing), task)


@lru_cache(maxsize=1)
def _opened(open_units: OpenUnits, folder: Path) -> Probed:
    return open_units(folder)
