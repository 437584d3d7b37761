"""Several units of a study, in an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.evidence import EvidenceSettings
from compexp_widgets.study.explanation import ExplanationSettings
from compexp_widgets.study.gallery import Gallery
from compexp_widgets.study.table import write_csv
from compexp_widgets.study.top_samples import save_top_samples
from compexp_widgets.study.unit import Unit

One: TypeAlias = int | np.integer | Unit | str
"""A unit as it is chosen by ``study[…]``."""

Several: TypeAlias = (
    slice | Sequence[int] | Sequence[Unit] | list[str] | tuple[str, ...] | NDArray[np.integer] | NDArray[np.bool_]
)
"""Units as they are chosen by ``study[…]``."""


@dataclass(frozen=True)
class Units(Sequence[Unit]):
    """Several units of a study: ``study[2:10]``, ``study.top(20)``, ``study.find("water")``. Immutable.

    Attributes
    ----------
    study
        The study that they are of.
    indices
        Their numbers in the layer, from 0, in this order.
    settings
        How they are explained.
    """

    study: DissectedLayer
    indices: tuple[int, ...]
    settings: ExplanationSettings

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Unit]:
        return (Unit(self.study, index, self.settings) for index in self.indices)

    @overload
    def __getitem__(self, place: int) -> Unit: ...
    @overload
    def __getitem__(self, place: slice) -> Units: ...
    def __getitem__(self, place: int | slice) -> Unit | Units:
        """The unit at a place among these, not the one of that number; or several for a slice."""
        if isinstance(place, slice):
            return Units(self.study, self.indices[place], self.settings)
        return Unit(self.study, self.indices[place], self.settings)

    @checked(StudyError)
    def to_frame(self, *, tests: EvidenceSettings | None = None) -> pd.DataFrame:
        """Their explanations as a data frame, one row a unit; see `Study.to_frame`."""
        return self.study.frame_of(self.indices, self.settings, tests=tests)

    @checked(StudyError)
    def to_csv(self, path: str | Path, *, tests: EvidenceSettings | None = None) -> None:
        """Write `to_frame` to a CSV file, scores with six decimals."""
        write_csv(self.to_frame(tests=tests), path)

    def save(self, folder: str | Path, count: int = 9, *, gallery: Gallery = "fires") -> list[Path]:
        """Save the samples that show best what each unit does: of pictures a PNG file each, else an HTML file a unit.

        >>> study.find("water").save("out")

        Parameters
        ----------
        folder
            Made where it is not there; files of the same names are overwritten.
        count, gallery
            Of each unit; see `Unit.top`.

        Returns
        -------
        The paths of the files.

        Raises
        ------
        StudyError
            When nothing can be written there, or the study was opened without its samples.
        """
        return save_top_samples((unit.top(count, gallery=gallery) for unit in self), folder)

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.indices[:_SHOWN])) + ", …" * (len(self) > _SHOWN)
        return f"<{len(self)} units of {self.study.layer}: {shown}>"


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


_SHOWN = 10
