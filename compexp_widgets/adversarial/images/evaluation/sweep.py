"""One patch at many places and sizes of a picture, and what a network answers to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.paste import LARGEST, Paste, Patch, Placement
from compexp_widgets.adversarial.rate import OutcomeCounts, PasteOutcome, outcome_of
from compexp_widgets.argument_types import check_fields, checked
from compexp_widgets.arguments import class_number
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, fields_html, section, table
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr, one_line

PUBLISHED_SIDE = 224
PUBLISHED_CORNERS = (-150, -100, -50, 0, 50, 100)
PUBLISHED_SCALES = (0.33, 0.5, 0.75, 1, 1.5, 2)


@dataclass(frozen=True)
class SweepGrid:
    """Every left with every top with every size, all in whole pixels of the picture.

    Attributes
    ----------
    lefts, tops
        Where the corner of the patch comes; rising; may be negative.
    sizes
        The longer side of the patch as it lies; rising, above 0. Its shape is kept.
    rotation, flipped, opacity
        The same everywhere; see `Placement`.
    """

    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    sizes: tuple[int, ...]
    rotation: float = 0.0
    flipped: bool = False
    opacity: float = 1.0

    __repr__ = brief_repr
    _repr_html_ = fields_html

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        check_fields(self, EditError, but=("lefts", "tops", "sizes"))
        for name in ("lefts", "tops", "sizes"):
            given: Any = getattr(self, name)
            values = tuple(given) if isinstance(given, Iterable) else ()
            whole = all(isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in values)
            if not (values and whole and list(values) == sorted(set(values))):
                raise EditError(f"{name} of a sweep are rising whole numbers, at least one, not {given!r:.80}")
            object.__setattr__(self, name, tuple(map(int, values)))
        if not 0 < self.sizes[0] <= self.sizes[-1] <= LARGEST:
            raise EditError(f"sizes of a sweep lie in 1 … {LARGEST} pixels, not {self.sizes!r:.80}")

    @staticmethod
    def as_published(side: int = PUBLISHED_SIDE) -> SweepGrid:
        """The 6 × 6 × 6 placements of Mu and Andreas (2020), for a square picture of this side.

        Corners at −150, −100, … 100 and sizes of 73, 112, 168, 224, 336 and 448 pixels where the side is 224, which is
        that of the paper; else in the same proportion. Some of them lie outside the picture, as in the paper.
        """
        corners = tuple(round(corner * side / PUBLISHED_SIDE) for corner in PUBLISHED_CORNERS)
        return SweepGrid(corners, corners, tuple(int(scale * side) for scale in PUBLISHED_SCALES))

    @staticmethod
    @checked(EditError)
    def over(size: tuple[int, int], steps: int = 6) -> SweepGrid:
        """Places all over a picture, of this width and height (8 or more pixels), at which every patch shows.

        Sizes go from a quarter of the picture's shorter side to the whole of it, each larger by the same factor; the
        corners from half of the smallest size before the picture's edge to as much before the opposite edge. There are
        `steps` lefts, tops and sizes, 2 or more; fewer where a small picture has no more whole pixels.
        """
        if min(size) < SMALLEST or steps < 2:
            raise EditError(
                f"no grid of {steps} steps over {size[0]} × {size[1]} pixels: 2 steps or more over {SMALLEST} or more"
            )
        shorter = min(*size, LARGEST)
        sizes = _whole(np.geomspace(shorter / 4, shorter, steps))
        half = sizes[0] // 2
        lefts, tops = (_whole(np.linspace(-half, side - half, steps)) for side in size)
        return SweepGrid(lefts, tops, sizes)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The numbers of sizes, tops and lefts: the shape of a sweep's heat map."""
        return len(self.sizes), len(self.tops), len(self.lefts)

    def placements(self, patch: Patch) -> tuple[Placement, ...]:
        """The placements of a patch, in the order of a heat map: number n is at ``numpy.unravel_index(n, shape)``."""
        width, height = patch.size
        longer = max(width, height)
        attitude = self.rotation, self.flipped, self.opacity
        return tuple(
            Placement(left, top, size * width / longer, size * height / longer, *attitude)
            for size in self.sizes
            for top in self.tops
            for left in self.lefts
        )


SMALLEST = 8


def _whole(values: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(np.unique(np.rint(values).astype(int)).tolist())


@dataclass(frozen=True, eq=False)
class Sweep:
    """A network's answers to a picture with a patch at every place of a grid, as far as it was tried.

    `placements` are in the order of `heat`; `logits`, float32 of shape (done, classes), are those of the first `done`,
    and `original_logits`, shape (classes,), those of the unedited picture. With `class_names` a class may be given by
    its name.
    """

    grid: SweepGrid
    placements: tuple[Placement, ...]
    logits: NDArray[np.float32]
    original_logits: NDArray[np.float32]
    class_names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        said = ", ".join(f"{one_line(name, 40)} {count:,}" for name, count in self._most_frequent()[:4])
        return f"<Sweep of {len(self.placements):,} placements, {self.done:,} tried: {said or 'nothing yet'}>"

    def _repr_html_(self) -> Html:
        rows = [([name], [f"{count:,}"], count / self.done) for name, count in self._most_frequent()[:_CLASSES]]
        title = f"{self.done:,} of {len(self.placements):,} placements tried"
        unedited = f"Without the patch the network says {self._class_name(self.original)}."
        return section(title, unedited, table(["the network says"], ["placements"], rows))

    def _most_frequent(self) -> list[tuple[str, int]]:
        """The predicted classes and how many placements have each, the most frequent first."""
        found, counts = np.unique(self.predicted, return_counts=True)
        order = np.argsort(-counts, kind="stable").tolist()
        return [(self._class_name(int(found[place])), int(counts[place])) for place in order]

    def _class_name(self, number: int) -> str:
        return self.class_names[number] if self.class_names else f"class {number}"

    @property
    def done(self) -> int:
        """The number of placements that were tried."""
        return len(self.logits)

    @property
    def complete(self) -> bool:
        """True where all were."""
        return self.done == len(self.placements)

    @property
    def original(self) -> int:
        """The class that the network gives the unedited picture."""
        return int(self.original_logits.argmax())

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """float64, shape (done, classes): the softmax of the logits."""
        return Response(self.logits).probabilities

    @property
    def predicted(self) -> NDArray[np.intp]:
        """intp, shape (done,): the likeliest class of each."""
        return Response(self.logits).predicted

    def outcomes(
        self, target: int | str, own: int | str | None = None, original: int | str | None = None
    ) -> list[PasteOutcome]:
        """The outcome of each placement that was tried; see `outcome_of`.

        Classes are given by number or by name: `own` is that of the patch by itself where the network has it;
        `original` that which the picture had before (in the paper its label), None: the one that the network gives the
        unedited picture. EditError when a class is none of the network, or the target is the original class.
        """
        original = self.original if original is None else self.number(original)
        target, own = self.number(target), None if own is None else self.number(own)
        return [
            outcome_of(predicted, target=target, original=original, own=own) for predicted in self.predicted.tolist()
        ]

    def counts(
        self, target: int | str, own: int | str | None = None, original: int | str | None = None
    ) -> OutcomeCounts:
        """The outcomes, counted; the arguments are those of `outcomes`."""
        return OutcomeCounts.of(self.outcomes(target, own, original))

    def heat(self, target: int | str) -> NDArray[np.float32]:
        """The probability of a class at each place: float32, shape (sizes, tops, lefts); NaN where not tried yet."""
        target = self.number(target)
        heat = np.full(len(self.placements), np.nan, np.float32)
        heat[: self.done] = self.probabilities[:, target]
        return heat.reshape(self.grid.shape)

    def to_frame(
        self,
        class_names: Sequence[str] = (),
        *,
        target: int | str | None = None,
        own: int | str | None = None,
        original: int | str | None = None,
    ) -> pd.DataFrame:
        """One row a placement that was tried, in their order.

        Columns ``left, top, size, predicted, probability``; with a target ``target_probability, outcome`` too (see
        `outcomes`). Without class names, ``predicted`` is the number of the class.
        """
        size, top, left = np.unravel_index(np.arange(self.done), self.grid.shape)
        predicted, probabilities = self.predicted, self.probabilities
        frame: pd.DataFrame = pd.DataFrame(
            {
                "left": np.array(self.grid.lefts)[left],
                "top": np.array(self.grid.tops)[top],
                "size": np.array(self.grid.sizes)[size],
                "predicted": [class_names[number] for number in predicted] if class_names else predicted,
                "probability": probabilities[np.arange(self.done), predicted],
            }
        )
        if target is not None:
            frame["outcome"] = self.outcomes(target, own, original)
            frame.insert(5, "target_probability", probabilities[:, self.number(target)])
        return frame

    def number(self, which: int | str) -> int:
        """The number of a class, given as a number or by its name; `EditError` where there is none."""
        return class_number(which, self.class_names, len(self.original_logits), error=EditError)


_CLASSES = 6
"""Classes that a notebook shows."""


@checked(EditError)
def sweep(
    network: AnyNetwork,
    picture: AnyPicture,
    patch: Patch,
    grid: SweepGrid | None = None,
    *,
    batch_size: int = 8,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
    on_batch: Callable[[Sweep], None] | None = None,
) -> Sweep:
    """Paste a patch at every place of a grid and ask the network what it sees.

    >>> found = sweep(network, picture, patch, SweepGrid.as_published())
    >>> found.counts(target="viaduct", own="laundromat")
    OutcomeCounts(success=…, partial=…, failure=…)

    As in the paper (Mu and Andreas 2020, ``vision/eval_size_position.py`` of jayelm/compexp), with two differences:
    theirs were saved as JPEG and read again before the network saw them, and their patches' colours were scaled apart
    from alpha, so that what is transparent bleeds into the edges; see `Paste`.

    Parameters
    ----------
    picture
        Of any size; it is edited at its own size, then preprocessed as the network wants it.
    grid
        None: `SweepGrid.over` the picture.
    batch_size
        Placements between two reports. Few at once are quicker on a CPU: 8 take a quarter to a third less time than 32
        (SqueezeNet at 224; ``benchmarks/paper_cases.py --batch-size``).
    report
        Called with ("placements", done, all of them).
    cancelled
        Asked before each batch; True ends the sweep with what is done.
    on_batch
        Called after each batch with the sweep so far.

    Raises
    ------
    EditError
        When the grid or the patch makes no sense.
    NetworkError
        When the network does not classify.
    """
    network = as_network(network)
    picture = as_picture(picture, error=EditError)
    if batch_size < 1:
        raise EditError(f"batch_size is 1 or more, not {batch_size}")
    picture = picture.convert("RGB")
    grid = grid or SweepGrid.over(picture.size)
    placements = grid.placements(patch)
    original = network.respond([picture]).logits
    pixels = picture.tobytes()
    # Where the patch lies outside, nothing needs to be shown again: at a quarter of the published placements.
    logits = np.repeat(original, len(placements), axis=0)
    found = Sweep(grid, placements, logits[:0], original[0], tuple(network.class_names))
    stage = Stage("placements", "sweep")
    report(stage, 0, len(placements))
    for start in range(0, len(placements), batch_size):
        if cancelled and cancelled():
            break
        batch = placements[start : start + batch_size]
        edited = {start + number: Paste(patch, placement).on(picture) for number, placement in enumerate(batch)}
        changed = {number: shown for number, shown in edited.items() if shown.tobytes() != pixels}
        if changed:
            logits[list(changed)] = network.respond(list(changed.values()), batch_size=batch_size).logits
        found = Sweep(grid, placements, logits[: start + len(batch)], original[0], found.class_names)
        report(stage, found.done, len(placements))
        if on_batch:
            on_batch(found)
    return found
