"""One patch over many pictures: how often it leads to the class that is wanted, with an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.evaluation.sweep import Sweep, SweepGrid, sweep
from compexp_widgets.adversarial.rate import OutcomeCounts, Rate
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import EditError
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr


@dataclass(frozen=True, eq=False)
class ImageSweeps:
    """The sweeps of one patch over several `pictures` (their number), one each in order; the last may not be complete.

    All rates leave out the pictures that the network takes for the target before anything is pasted, and a sweep that
    was cancelled half way. Where `original` is given, they are those of the pictures that the network takes for that
    class; None: of all others, each of which has the class that the network gives it.
    """

    sweeps: tuple[Sweep, ...]
    pictures: int

    _repr_html_ = fields_html

    __repr__ = brief_repr

    @property
    def complete(self) -> bool:
        """True where every placement on every picture was tried."""
        return len(self.sweeps) == self.pictures and all(one.complete for one in self.sweeps)

    def eligible(self, target: int | str, original: int | str | None = None) -> list[int]:
        """Numbers of the pictures that the rates are made from."""
        if not self.sweeps:
            return []
        number = self.sweeps[0].number
        target, original = number(target), None if original is None else number(original)
        return [
            place
            for place, one in enumerate(self.sweeps)
            if one.complete and one.original != target and original in {None, one.original}
        ]

    def by_placement(
        self, target: int | str, own: int | str | None = None, original: int | str | None = None
    ) -> OutcomeCounts:
        """The outcomes of all placements, over all pictures.

        Those on one picture are alike: the rate's interval says nothing of other pictures, that of `by_picture` does.
        """
        chosen = [self.sweeps[number] for number in self.eligible(target, original)]
        return OutcomeCounts.of(outcome for one in chosen for outcome in one.outcomes(target, own))

    def by_picture(self, target: int | str, original: int | str | None = None) -> Rate:
        """The rate of pictures on which at least one placement leads to the target."""
        chosen = [self.sweeps[number] for number in self.eligible(target, original)]
        return Rate(sum(bool((one.predicted == one.number(target)).any()) for one in chosen), len(chosen))

    def heat(self, target: int | str, original: int | str | None = None) -> NDArray[np.float32]:
        """The share of the pictures on which each placement leads to the target: float32, shape (sizes, tops, lefts).

        NaN where there is no picture to tell. EditError when the grids differ in shape, since some pictures are too
        small for all steps.
        """
        rates = self.by_fixed_placement(target, original)
        shares = np.array([rate.share for rate in rates], np.float32)
        return shares.reshape(self.sweeps[0].grid.shape if self.sweeps else (0, 0, 0))

    def by_fixed_placement(self, target: int | str, original: int | str | None = None) -> list[Rate]:
        """The rate of pictures on which each placement leads to the target, in the order of `Sweep.heat`."""
        if not self.sweeps:
            return []
        shapes = {one.grid.shape for one in self.sweeps}
        if len(shapes) > 1:
            raise EditError(f"the pictures were swept with grids of several shapes, {sorted(shapes)}: give one grid")
        chosen = [self.sweeps[number] for number in self.eligible(target, original)]
        reached = np.zeros(len(self.sweeps[0].placements), int)
        for one in chosen:
            reached += one.predicted == one.number(target)
        return [Rate(successes, len(chosen)) for successes in reached.tolist()]

    def to_frame(
        self,
        class_names: Sequence[str] = (),
        *,
        target: int | str,
        own: int | str | None = None,
        original: int | str | None = None,
    ) -> pd.DataFrame:
        """One row an eligible picture: ``picture, original, success, partial, failure, best``.

        ``picture`` is its number, ``original`` the class that the network gives it, ``best`` the largest probability
        that a placement gives the target.
        """
        rows = []
        for number in self.eligible(target, original):
            one = self.sweeps[number]
            counts = one.counts(target, own)
            name = class_names[one.original] if class_names else one.original
            best = float(one.probabilities[:, one.number(target)].max())
            rows.append((number, name, counts.success, counts.partial, counts.failure, best))
        columns = ["picture", "original", "success", "partial", "failure", "best"]
        frame: pd.DataFrame = pd.DataFrame(rows, columns=columns)
        return frame


@checked(EditError)
def sweep_images(
    network: AnyNetwork,
    pictures: Sequence[Image.Image],
    patch: Patch,
    grid: SweepGrid | Callable[[tuple[int, int]], SweepGrid] = SweepGrid.over,
    *,
    batch_size: int = 8,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
    on_picture: Callable[[ImageSweeps], None] | None = None,
) -> ImageSweeps:
    """Sweep one patch over several pictures, such as those of a class.

    >>> found = sweep_images(network, corridors, igloo)
    >>> print(found.by_picture(target=clean_room))
    3 of 20, 15.0 % (5.2 to 36.0 %)

    Parameters
    ----------
    pictures
        Taken one after the other, so a sequence that reads them when they are asked for needs no more memory than one.
    grid
        The same for all, or made from a picture's width and height: then placement n is the same place in proportion.
    batch_size
        See `sweep`.
    report
        Called with ("placements on N pictures", done, all of them).
    cancelled
        Asked before each batch; True ends the work with what is done.
    on_picture
        Called after each picture with the sweeps so far.

    Raises
    ------
    EditError, NetworkError
        As `sweep` does.
    """
    network = as_network(network)
    sweeps: list[Sweep] = []
    found = ImageSweeps((), len(pictures))
    for number in range(len(pictures)):
        if cancelled and cancelled():
            break
        picture = pictures[number]

        def tell(_stage: str, done: int, total: int, before: int = number) -> None:
            words = Stage(f"placements on {len(pictures)} pictures", "sweep")
            report(words, before * total + done, len(pictures) * total)

        places = grid if isinstance(grid, SweepGrid) else grid(picture.size)
        one = sweep(network, picture, patch, places, batch_size=batch_size, report=tell, cancelled=cancelled)
        sweeps.append(one)
        found = ImageSweeps(tuple(sweeps), len(pictures))
        if on_picture:
            on_picture(found)
    return found
