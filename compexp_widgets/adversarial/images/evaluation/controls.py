"""Does what a formula names cause the flip? The same paste beside pastes and networks that lack just that."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, covered_share
from compexp_widgets.adversarial.images.patches.control_patches import Scrambling, scrambled
from compexp_widgets.adversarial.probed_network import ProbedNetwork, Response
from compexp_widgets.arguments import class_number, whole_number
from compexp_widgets.errors import EditError
from compexp_widgets.progress import Report, silent

Kind = Literal["edit", "scrambled", "other", "silenced"]

_TOLD_ALONE = 1  # a unit that is told of by itself; more are counted

FEW = 0.2
"""The largest share of controls that may flip the picture, too, where the patch is said to cause the flip."""


@dataclass(frozen=True, eq=False)
class Control:
    """One comparison: a paste, shown to the network as it is or with units silenced.

    Attributes
    ----------
    kind
        ``"edit"``: the paste itself; ``"scrambled"``: the same patch torn apart; ``"other"``: another patch in its
        place; ``"silenced"``: the paste itself, with units that pass on 0 before and after.
    edit
        What was pasted.
    silenced
        The units that passed on 0.
    before, after
        What the network, as it was, makes of the picture without and with the paste.
    target
        The class whose probability counts.
    units
        The units that are watched.
    share
        Of the picture that the paste covers.
    """

    kind: Kind
    edit: Paste
    silenced: tuple[int, ...]
    before: Response
    after: Response
    target: int
    units: tuple[int, ...]
    share: float

    @property
    def description(self) -> str:
        """What was done: ``"paste igloo, unit 8 silent"``."""
        return self.edit.description + (f", {_units(self.silenced)} silent" if self.silenced else "")

    @property
    def flips(self) -> bool:
        """Whether the picture has the target's class with the paste and not without."""
        return self.after.predicted == self.target != self.before.predicted

    @property
    def probabilities(self) -> tuple[float, float]:
        """Of the target, before and after."""
        return float(self.before.probabilities[self.target]), float(self.after.probabilities[self.target])

    @property
    def effect(self) -> float:
        """How much probability the paste gives to the target, −1 … 1."""
        before, after = self.probabilities
        return after - before

    @property
    def peaks(self) -> NDArray[np.float32]:
        """float32, shape (2, units): the largest activation of each watched unit, before and after."""
        return np.stack([self.before.peaks[list(self.units)], self.after.peaks[list(self.units)]])


@dataclass(frozen=True, eq=False)
class Controls:
    """A paste and its controls.

    Attributes
    ----------
    rows
        The paste itself, its scrambled copies, the other patches, then each unit silenced, and all of them where there
        are several.
    target, original
        The wanted class; the network's answer to the picture.
    class_names
        One name a class.
    complete
        False when it was cancelled.
    """

    rows: tuple[Control, ...]
    target: int
    original: int
    class_names: tuple[str, ...]
    complete: bool

    def of(self, kind: Kind) -> tuple[Control, ...]:
        """The rows of one kind."""
        return tuple(row for row in self.rows if row.kind == kind)

    def flipped(self, kind: Kind) -> tuple[int, int]:
        """How many of a kind flip the picture, and how many there are."""
        rows = self.of(kind)
        return sum(row.flips for row in rows), len(rows)

    @property
    def verdict(self) -> str:
        """What the counts say, in plain words.

        >>> controls.verdict
        'igloo turns corridor into clean_room (probability 0.01 → 0.83). Scrambled it does so in 0 of 5 …'
        """
        edit = self.rows[0]
        name = edit.edit.patch.name
        before, after = edit.probabilities
        flip = f"{self.class_names[self.original]} into {self.class_names[self.target]}"
        said = [f"{name} {'turns' if edit.flips else 'does not turn'} {flip} (probability {before:.2f} → {after:.2f})."]
        scrambles, others = self.of("scrambled"), self.of("other")
        if scrambles:
            said.append(f"Scrambled it does so in {self._counted('scrambled')} (on average → {_after(scrambles)}).")
        if others:
            said.append(f"Other patches in its place do in {self._counted('other')} (on average → {_after(others)}).")
        silenced = self.of("silenced")
        alone = [row for row in silenced if len(row.silenced) == 1]
        if len(alone) > _TOLD_ALONE:
            said.append(
                f"With a single unit silent it still does in {sum(row.flips for row in alone)} of {len(alone)}."
            )
            silenced = tuple(row for row in silenced if len(row.silenced) > 1)
        said += [
            f"With {_units(row.silenced)} silent it {'still does' if row.flips else 'does not'} "
            f"({row.probabilities[0]:.2f} → {row.probabilities[1]:.2f})."
            for row in silenced
        ]
        said.append(self._conclusion(edit))
        if not self.complete:
            said.append("The comparison was stopped early.")
        return " ".join(said)

    def _counted(self, kind: Kind) -> str:
        flips, rows = self.flipped(kind)
        return f"{flips} of {rows}"

    def _conclusion(self, edit: Control) -> str:
        if not edit.flips:
            return "So there is no flip to explain."
        enough: dict[Kind, str] = {"scrambled": "its colours and outline", "other": "patches of other things"}
        if often := [words for kind, words in enough.items() if self._often(kind)]:
            return f"So {' and '.join(often)} are enough: that it takes what this patch shows is not borne out."
        matters: dict[Kind, str] = {
            "scrambled": "what it shows matters, not its colours and outline alone",
            "other": "not just anything in its place will do",
        }
        said = [words for kind, words in matters.items() if self.of(kind)]
        if not said:
            return "So, without scrambled copies and other patches, nothing tells what about it matters."
        if silenced := self.of("silenced"):
            last = silenced[-1]
            needed = f"{_units(last.silenced)} {'is' if len(last.silenced) == 1 else 'are'}"
            said.append(f"{needed} {'not ' if last.flips else ''}needed")
        return f"So {'; '.join(said)}."

    def _often(self, kind: Kind) -> bool:
        flips, rows = self.flipped(kind)
        return rows > 0 and flips > FEW * rows

    def to_frame(self) -> pd.DataFrame:
        """One row a comparison.

        Columns: ``kind``, ``what``, ``silenced``, ``share``; ``target_before``, ``target_after``, ``effect``: the
        target's probability and how much it gains; ``predicted_before``, ``predicted_after``: names of classes;
        ``flips``; ``unit_8_before``, ``unit_8_after``: the largest activation of each watched unit.
        """
        frame: pd.DataFrame = pd.DataFrame([self._row(row) for row in self.rows])
        return frame

    def _row(self, row: Control) -> dict[str, object]:
        before, after = row.probabilities
        return {
            "kind": row.kind,
            "what": row.description,
            "silenced": " ".join(map(str, row.silenced)),
            "share": row.share,
            "target_before": before,
            "target_after": after,
            "effect": row.effect,
            "predicted_before": self.class_names[row.before.predicted],
            "predicted_after": self.class_names[row.after.predicted],
            "flips": row.flips,
            **{
                f"unit_{unit}_{when}": float(peak)
                for unit, peaks in zip(row.units, row.peaks.T, strict=True)
                for when, peak in zip(("before", "after"), peaks, strict=True)
            },
        }


def run_controls(
    bench: ProbedNetwork,
    picture: Image.Image,
    edit: Paste,
    *,
    target: int | str,
    others: Sequence[Patch],
    units: Sequence[int],
    scrambles: int = 5,
    scrambling: Scrambling = "blocks",
    seed: int = 0,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> Controls:
    """Compare a paste with pastes that lack what its formula names, and with the units of that formula silenced.

    >>> controls = run_controls(bench, picture, found.best[0].edit, target=4, others=patches, units=[8])
    >>> print(controls.verdict)

    Where the formula is right about the unit, and the unit about the class, the paste flips the picture, few of the
    scrambled copies and of the other patches do, and with the unit silent the paste does not.

    Parameters
    ----------
    picture
        Without the paste.
    target
        The class that the paste is meant to bring about, by number or by name.
    others
        Patches of concepts outside the formula. Each is pasted with the width, the middle, the rotation and the opacity
        of the paste, and the height that its own shape gives it.
    units
        Of the study's layer; silenced one at a time, and all at once where there are several.
    scrambles
        Copies of the patch, each scrambled anew.
    scrambling, seed
        See `scrambled`; the copies are made with ``seed``, ``seed + 1``, ….
    cancelled
        Asked before each comparison but the first; True ends with those that were made, and ``complete`` False.

    Raises
    ------
    EditError
        When the target is no class, is the class of the picture already, or there is no such unit.
    """
    units = tuple(dict.fromkeys(whole_number(unit, "a unit", least=-(2**63), error=EditError) for unit in units))
    before = bench.respond(picture)
    target = class_number(target, bench.class_names, network=bench.network.name, error=EditError)
    _check(before, bench, target, units, scrambles)
    plans = list(_plans(edit, others, units, scrambles, scrambling, seed))
    rows: list[Control] = []
    for kind, paste, silent_units in plans:
        if rows and cancelled and cancelled():
            break
        without = bench.respond(picture, silenced=silent_units) if silent_units else before
        after = bench.respond(paste.on(picture), silenced=silent_units)
        share = covered_share([paste], picture.size)
        rows.append(Control(kind, paste, silent_units, without, after, target, units, share))
        report("controls", len(rows), len(plans))
    complete = len(rows) == len(plans)
    return Controls(tuple(rows), target, before.predicted, tuple(bench.class_names), complete)


def in_place_of(edit: Paste, patch: Patch) -> Paste:
    """Another patch with the width, the middle, the rotation and the opacity of a paste, in its own shape."""
    place = edit.placement
    height = max(1, round(place.width * patch.size[1] / patch.size[0]))
    top = math.floor(place.top + (place.height - height) / 2 + 0.5)
    return Paste(patch, replace(place, top=top, height=height))


def _plans(
    edit: Paste, others: Sequence[Patch], units: tuple[int, ...], scrambles: int, how: Scrambling, seed: int
) -> Iterator[tuple[Kind, Paste, tuple[int, ...]]]:
    yield "edit", edit, ()
    for copy in range(scrambles):
        yield "scrambled", Paste(scrambled(edit.patch, seed + copy, how), edit.placement), ()
    for patch in others:
        yield "other", in_place_of(edit, patch), ()
    for unit in units:
        yield "silenced", edit, (unit,)
    if len(units) > 1:
        yield "silenced", edit, units


def _check(before: Response, bench: ProbedNetwork, target: int, units: Sequence[int], scrambles: int) -> None:
    if target == before.predicted:
        raise EditError(f"the network answers {bench.class_names[target]} without the paste: choose another target")
    strangers = [unit for unit in units if not 0 <= unit < len(before.maps)]
    if strangers:
        raise EditError(f"the layer has units 0 … {len(before.maps) - 1}, so there is no unit {strangers[0]}")
    whole_number(scrambles, "scrambles, a number of copies,", least=0, error=EditError)


def _units(units: Sequence[int]) -> str:
    if len(units) == 1:
        return f"unit {units[0]}"
    return f"units {', '.join(map(str, units[:-1]))} and {units[-1]}"


def _after(rows: Sequence[Control]) -> str:
    return f"{mean(row.probabilities[1] for row in rows):.2f}"
