"""Some samples of a data set, by slice, number or mask, or drawn at random; and the step that chooses them again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import whole_number
from compexp_widgets.data.recipe import CHOSEN, SAMPLED, Step, as_ranges, ranges_in, repeats
from compexp_widgets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Which: TypeAlias = "slice | Sequence[int] | Sequence[bool] | NDArray[np.integer] | NDArray[np.bool_] | pd.Series[Any]"
"""Samples: a slice, their numbers, or one truth for each sample of the data set."""


class Chosen(NamedTuple):
    """The numbers of the samples chosen, in the order that they are to have, and the step."""

    numbers: list[int]
    step: Step


def chosen_samples(which: object, count: int, samples: str, method: str) -> Chosen:
    """The samples that stand between square brackets, in the order given.

    Negative numbers count from the end, and a slice may reach beyond it, as in Python. `count`: how many there are;
    `samples`: what they are called; `method`: the one that gives a single one. Raises `DataError` where none is chosen,
    one is chosen twice (it would count twice in every score), one is not there, and for anything that is no choice of
    samples.
    """
    if isinstance(which, slice):
        try:
            numbers = list(range(count))[which]
        except (TypeError, ValueError) as error:
            raise DataError(f"[{which!r:.60}] chooses no {samples}: {error}") from error
        bounds = [None if bound is None else int(bound) for bound in (which.start, which.stop, which.step)]
        step = Step.of(CHOSEN, {"of": count}, slice=bounds if bounds[2] is not None else bounds[:2])
    else:
        numbers = _numbers(which, count, samples, method)
        step = numbers_step(numbers, count)
    if not numbers:
        raise DataError(f"none of {count:,} {samples} is chosen: a data set needs one at least")
    return Chosen(numbers, step)


def numbers_step(numbers: Sequence[int], count: int) -> Step:
    """The step that chooses samples by number, from so many."""
    return Step.of(CHOSEN, {"of": count}, numbers=as_ranges(numbers))


def sampled(wanted: object, seed: object, count: int, samples: str) -> Chosen:
    """Some samples drawn without replacement, in the order of the data.

    Those are drawn whose SHA-256 of seed and number is smallest, so that no library and no platform has a say in it.
    Parameters and errors as of `chosen_samples`; `wanted` of the samples, at least one and at most all, from `seed` on,
    a whole number of at least 0.
    """
    size = whole_number(wanted, f"the number of {samples} to sample of {count:,}", most=max(count, 1), error=DataError)
    start = whole_number(seed, "the seed of a sample", least=0, error=DataError)
    if not count:
        raise DataError(f"there are no {samples} to sample from")
    order = sorted(range(count), key=lambda number: hashlib.sha256(f"{start} {number}".encode()).digest())
    return Chosen(sorted(order[:size]), Step.of(SAMPLED, {"of": count}, count=size, seed=start))


def _numbers(which: Any, count: int, samples: str, method: str) -> list[int]:
    one = samples.removesuffix("s")
    if isinstance(which, int | np.integer) and not isinstance(which, bool):
        raise DataError(
            f"[{which}] would be one {one}, not a data set: .{method}({which}) is it, [[{which}]] a set of it alone"
        )
    values = np.array([], int) if isinstance(which, str | bytes | tuple | set | dict) else np.asarray(which)
    if values.ndim == 1 and not len(values) and isinstance(which, list | range | np.ndarray):
        return []
    if values.ndim != 1 or values.dtype.kind not in "iub" or not len(values):
        rest = f": write [{list(which)!r:.60}]" if isinstance(which, tuple) and len(which) else ""
        raise DataError(
            f"{samples} are chosen by a slice, a list of their numbers, or a mask with one truth for each, not by "
            f"{which!r:.60}{rest}"
        )
    if values.dtype.kind == "b":
        if len(values) != count:
            raise DataError(f"the mask has {len(values):,} values, but there are {count:,} {samples}: one for each")
        return [int(number) for number in np.flatnonzero(values)]
    numbers = [int(number) for number in values]
    seen: dict[int, int] = {}
    for number in numbers:
        if not -count <= number < count:
            raise DataError(f"{one} {number} is chosen, but there are {count:,} {samples}, counted from 0")
        if number % count in seen:
            raise DataError(f"{one} {number % count} is chosen twice: it would count twice in every score")
        seen[number % count] = number
    return list(seen)


@repeats(CHOSEN)
def _choose(data: Any, *, of: int, slice: list[int | None] | None = None, numbers: str | None = None) -> Any:  # noqa: A002
    _see_as_many(data, of)
    return data[_slice(slice)] if numbers is None else data[_listed(numbers, of)]


def _listed(numbers: str, count: int) -> list[int]:
    ranges = ranges_in(numbers)
    if sum(map(len, ranges)) > count:
        raise ValueError(f"it chooses more than {count:,}")
    return list(chain.from_iterable(ranges))


def _slice(bounds: list[int | None] | None) -> slice:
    if not isinstance(bounds, list):
        raise ValueError("it chooses nothing")
    return slice(*bounds)


@repeats(SAMPLED)
def _sample(data: Any, *, of: int, count: int, seed: int) -> Any:
    _see_as_many(data, of)
    return data.sample(count, seed=seed)


def _see_as_many(data: Any, before: int) -> None:
    if len(data) != before:
        raise DataError(f"it chose from {before:,}, and there are {len(data):,} now")
