"""The units that a person means by ``study[…]``: by number, name, slice, or a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import StudyError
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.unit import Unit

One: TypeAlias = int | np.integer | Unit | str
"""A unit as it is chosen by ``study[…]``."""

Several: TypeAlias = (
    slice | Sequence[int] | Sequence[Unit] | list[str] | tuple[str, ...] | NDArray[np.integer] | NDArray[np.bool_]
)
"""Units as they are chosen by ``study[…]``."""


def chosen_units(study: DissectedLayer, which: One | Several) -> int | tuple[int, ...]:
    """The number of a unit, or the numbers of several, meant by ``study[which]``; StudyError where there is none."""
    if isinstance(which, slice):
        return tuple(range(study.units.count)[which])
    if isinstance(which, str):
        return _by_name(study, which)
    if isinstance(which, np.ndarray) and which.dtype == np.bool_:
        if which.shape != (study.units.count,):
            raise StudyError(
                f"units chosen by True and False need one of them a unit: the layer has {study.units.count} units, the "
                f"array the shape {which.shape}"
            )
        return tuple(np.flatnonzero(which).tolist())
    if isinstance(which, Sequence) or (isinstance(which, np.ndarray) and which.ndim):
        return tuple(_one(study, one) for one in which)
    return _one(study, which)


def _one(study: DissectedLayer, which: Any) -> int:
    if isinstance(which, str):
        return _by_name(study, which)
    (number,) = study.checked_units([which], from_the_end=True)
    return number


def _by_name(study: DissectedLayer, name: str) -> int:
    names = study.configuration.unit_names
    if name in names:
        return names.index(name)
    if not names:
        raise StudyError(
            f"the units of {study.layer} have numbers, 0 … {study.units.count - 1}, and no names: not {name!r:.60}"
        )
    near = get_close_matches(name[:200], names, n=3) or names[:3]
    raise StudyError(f"no unit of {study.layer} is called {name!r:.60}; there are {', '.join(near)}, …")
