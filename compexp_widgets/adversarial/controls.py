"""Controls: an edit beside edits, and networks, that lack just what its formula names. Is that what causes the flip?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from statistics import mean
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.adversarial.edit import Edit
from compexp_widgets.adversarial.rate import Rate
from compexp_widgets.argument_types import check_fields
from compexp_widgets.arguments import class_number, whole_number
from compexp_widgets.errors import EditError
from compexp_widgets.networks.passes import Response
from compexp_widgets.notebook_html import Html, fields_html, section, table
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr, one_line
from compexp_widgets.study.probed_network import ProbedNetwork

Scrambling = Literal["blocks", "phases"]

FEW = 0.2
"""The largest share of samples that controls may flip, too, where the edit's formula is said to cause the flip."""

NAMED = 6
"""Units that are named one by one."""

EDIT, SILENCED = "edit", "silenced"


@dataclass(frozen=True)
class ControlSettings:
    """The controls that are drawn, and the samples that they are run on.

    Attributes
    ----------
    copies
        Scrambled copies of a patch, or edits with other words. None: five copies, three edits.
    scrambling
        How a patch is scrambled, ``"blocks"`` or ``"phases"``; see `scrambled`.
    most_samples
        So many of the eligible pairs are looked at, drawn by the seed.
    seed
        Of the draws; scrambled copies are made with ``seed``, ``seed + 1``, ….
    batch_size
        Pairs shown to the network at once; pictures are shown one at a time.

    Raises
    ------
    EditError
        When a setting makes no sense.
    """

    copies: int | None = None
    scrambling: Scrambling = "blocks"
    most_samples: int = 1_000
    seed: int = 0
    batch_size: int = 64

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        check_fields(self, EditError)
        if self.copies is not None:
            whole_number(self.copies, "copies, a number of controls,", least=0, error=EditError)
        for name in ("most_samples", "batch_size"):
            whole_number(getattr(self, name), name, error=EditError)
        if self.scrambling not in get_args(Scrambling):
            known = " or ".join(get_args(Scrambling))
            raise EditError(f"a patch is scrambled by {known}, not {self.scrambling!r:.60}")


@dataclass(frozen=True)
class ControlKind:
    """Edits that an edit is compared with, by the `name` of their kind, and what it means when they do the same.

    A sentence begins with `begin` (``"Scrambled it does so"``) and ends with how often they flip. `seldom` is what
    follows where they seldom do (``"what it shows matters, not its colours and outline alone"``), `often` what is
    enough where they do (``"its colours and outline"``); empty: nothing is concluded from them.
    """

    name: str
    begin: str
    seldom: str = ""
    often: str = ""

    _repr_html_ = fields_html


@dataclass(frozen=True, eq=False)
class Control:
    """One comparison: an edit, shown to the network as it is or with the `silenced` units passing on 0.

    `kind` is ``"edit"`` (the edit itself), ``"silenced"`` (the edit itself, with units silent before and after) or the
    name of a `ControlKind`. `flipped` counts the eligible samples that the edit leads to the target: those that it
    applies to and that the network, silenced or not, gives another class before. Over all samples that it applies to,
    before and after: `probabilities` are the mean ones of the target, `predicted` the numbers of the most frequent
    classes, and `peaks`, float32 of shape (2, units), the mean largest activations of the watched `units`. `covered` is
    the share of a picture that the edit covers, NaN for other samples.
    """

    kind: str
    edit: Edit[Any]
    silenced: tuple[int, ...]
    flipped: Rate
    probabilities: tuple[float, float] = (nan, nan)
    predicted: tuple[int, int] = (-1, -1)
    units: tuple[int, ...] = ()
    peaks: NDArray[np.float32] | None = None
    covered: float = nan

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @staticmethod
    def of(
        kind: str,
        edit: Edit[Any],
        silenced: tuple[int, ...],
        before: NDArray[np.float32],
        after: NDArray[np.float32],
        target: int,
        eligible: NDArray[np.bool_] | None = None,
        **watched: Any,
    ) -> Control:
        """The comparison that logits tell, float32 of shape (N, classes), of the samples that the edit applies to.

        Others than the `eligible`, bool of shape (N,), are not counted; `watched` are `units`, `peaks` and `covered`.
        """
        now, then = before.argmax(axis=1), after.argmax(axis=1)
        chosen = now != target if eligible is None else eligible & (now != target)
        flipped = Rate(int((chosen & (then == target)).sum()), int(chosen.sum()))
        if not len(before):
            return Control(kind, edit, silenced, flipped, **watched)
        shares = [float(softmax(one.astype(np.float64), axis=1)[:, target].mean()) for one in (before, after)]
        most = [int(np.bincount(one).argmax()) for one in (now, then)]
        return Control(kind, edit, silenced, flipped, (shares[0], shares[1]), (most[0], most[1]), **watched)

    @property
    def description(self) -> str:
        """A few words: ``"paste igloo, unit 8 silent"``."""
        return self.edit.description + (f", {named_units(self.silenced)} silent" if self.silenced else "")

    @property
    def flips(self) -> bool:
        """True where most of the eligible samples have the target's class after the edit."""
        return 2 * self.flipped.successes > self.flipped.tried

    @property
    def effect(self) -> float:
        """The probability that the edit adds to the target's, −1 … 1."""
        return self.probabilities[1] - self.probabilities[0]


@dataclass(frozen=True, eq=False)
class Controls:
    """An edit and its controls.

    `rows` begin with the edit itself; then come those that it is compared with, in the order of `kinds`, then each unit
    silenced, and all of them where there are several. `subject` is what a sentence calls the edit (``"igloo"``),
    `source` the class that the samples had, empty where they had several; `complete` is False when it was cancelled.
    """

    rows: tuple[Control, ...]
    kinds: tuple[ControlKind, ...]
    subject: str
    source: str
    target: str
    class_names: tuple[str, ...]
    complete: bool

    def __repr__(self) -> str:
        kinds = dict.fromkeys(row.kind for row in self.rows)
        rates = ", ".join(f"{kind} {(rate := self.rate(kind)).successes} of {rate.tried}" for kind in kinds)
        flip = f"{self.source or 'other classes'} → {self.target}"
        return f"<Controls of {one_line(self.subject)}: {one_line(flip, 120)}; flipped: {rates[:400]}>"

    def _repr_html_(self) -> Html:
        rows = [
            (
                [row.kind, row.description],
                [f"{row.flipped.successes:,} of {row.flipped.tried:,}", *(f"{one:.2f}" for one in row.probabilities)],
                row.probabilities[1] if row.flipped.tried else 0.0,
            )
            for row in self.rows
        ]
        heads = ["flipped", "before", "after"]
        return section(f"{self.subject}: controls", self.verdict, table(["", "edit"], heads, rows, wide=True))

    def of(self, kind: str) -> tuple[Control, ...]:
        """The rows of one kind."""
        return tuple(row for row in self.rows if row.kind == kind)

    def rate(self, kind: str) -> Rate:
        """The rate at which all rows of a kind together lead to the target."""
        rates = [row.flipped for row in self.of(kind)]
        return Rate(sum(one.successes for one in rates), sum(one.tried for one in rates))

    @property
    def verdict(self) -> str:
        """The conclusion from the rates, in plain words.

        >>> controls.verdict
        'igloo turns corridor into clean_room (probability 0.01 → 0.83). Scrambled it does so in 0 of 5 …'
        """
        if not self.rows or not self.rows[0].flipped.tried:
            return "The edit applies to none of these samples."
        edit = self.rows[0]
        before, after = edit.probabilities
        one = edit.flipped.tried == 1
        turns = "turns" if edit.flips or not one else "does not turn"
        often = "" if one else f" in {edit.flipped}"
        what = f"{self.source or 'other classes'} into {self.target}"
        said = [f"{self.subject} {turns} {what}{often} (probability {before:.2f} → {after:.2f})."]
        for kind in self.kinds:
            if (rate := self.rate(kind.name)).tried:
                told = f"{rate.successes} of {rate.tried}" if one else str(rate)
                average = mean(row.probabilities[1] for row in self.of(kind.name) if row.flipped.tried)
                said.append(f"{kind.begin} in {told} (on average → {average:.2f}).")
        silenced = self.of(SILENCED)
        alone = [row for row in silenced if len(row.silenced) == 1]
        if len(alone) > 1:
            still = sum(row.flips for row in alone)
            said.append(f"With a single unit silent it still does in {still} of {len(alone)}.")
            silenced = tuple(row for row in silenced if len(row.silenced) > 1)
        for row in silenced:
            told = ("it still does" if row.flips else "it does not") if one else f"it does in {row.flipped}"
            chances = f"{row.probabilities[0]:.2f} → {row.probabilities[1]:.2f}"
            said.append(f"With {named_units(row.silenced)} silent {told} ({chances}).")
        said.append(self._conclusion(edit))
        if not self.complete:
            said.append("The comparison was stopped early.")
        return " ".join(said)

    def _conclusion(self, edit: Control) -> str:
        if edit.flipped.share <= FEW:
            return "So there is no flip to explain: the formula does not predict what the network does here."
        tried = [kind for kind in self.kinds if kind.seldom and self.rate(kind.name).tried]
        often = [kind for kind in tried if self.rate(kind.name).share > FEW]
        partly = edit.flipped.tried > 1 and all(self.rate(kind.name).share < edit.flipped.share / 2 for kind in often)
        if often and not partly:
            enough = " and ".join(kind.often for kind in often)
            return f"So {enough} are enough: that the flip takes what the formula names is not borne out."
        if not tried:
            return "So, without anything to compare it with, nothing tells what about it matters."
        said = [f"{kind.seldom}{', if not alone' if kind in often else ''}" for kind in tried]
        if silenced := [row for row in self.of(SILENCED) if row.flipped.tried]:
            last = silenced[-1]
            needed = last.flipped.share < edit.flipped.share / 2
            are = "is" if len(last.silenced) == 1 else "are"
            said.append(f"{named_units(last.silenced)} {are} {'' if needed else 'not '}needed")
        return f"So {'; '.join(said)}."

    def to_frame(self) -> pd.DataFrame:
        """One row a comparison.

        Columns: ``kind``, ``edit``, ``silenced``; ``flipped``, ``tried``, ``share``, and ``low`` and ``high``, the ends
        of its interval (see `Rate.interval`); ``target_before``, ``target_after``, ``effect``: the target's probability
        and how much it gains; ``predicted_before``, ``predicted_after``: names of classes; ``covered``;
        ``unit_8_before``, ``unit_8_after``: the largest activation of each watched unit.
        """
        frame: pd.DataFrame = pd.DataFrame([self._row(row) for row in self.rows])
        return frame

    def _row(self, row: Control) -> dict[str, object]:
        low, high = row.flipped.interval()
        names = ["" if number < 0 else self.class_names[number] for number in row.predicted]
        peaks = np.empty((2, 0)) if row.peaks is None else row.peaks
        return {
            "kind": row.kind,
            "edit": row.description,
            "silenced": " ".join(map(str, row.silenced)),
            "flipped": row.flipped.successes,
            "tried": row.flipped.tried,
            "share": row.flipped.share,
            "low": low,
            "high": high,
            "target_before": row.probabilities[0],
            "target_after": row.probabilities[1],
            "effect": row.effect,
            "predicted_before": names[0],
            "predicted_after": names[1],
            "covered": row.covered,
            **{
                f"unit_{unit}_{when}": float(peak)
                for unit, both in zip(row.units, peaks.T, strict=False)
                for when, peak in zip(("before", "after"), both, strict=True)
            },
        }


def compare(
    edit: Edit[Any],
    others: Mapping[ControlKind, Sequence[Edit[Any]]],
    silenced: Sequence[tuple[int, ...]],
    measure: Callable[[str, Any, tuple[int, ...]], Control | None],
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[tuple[Control, ...], bool]:
    """Measure an edit, the edits of each kind that it is compared with, and the edit with units silent.

    `measure` makes one comparison of a kind, an edit and silent units; None when it was cancelled meanwhile. Returns
    the comparisons, and whether all were made: `cancelled` is asked before each but the first.
    """
    plan: list[tuple[str, Edit[Any], tuple[int, ...]]] = [
        (EDIT, edit, ()),
        *((kind.name, other, ()) for kind, edits in others.items() for other in edits),
        *((SILENCED, edit, units) for units in silenced),
    ]
    rows: list[Control] = []
    for kind, tried, units in plan:
        row = None if rows and cancelled and cancelled() else measure(kind, tried, units)
        if row is None:
            break
        rows.append(row)
        report(Stage("controls", "control"), len(rows), len(plan))
    return tuple(rows), len(rows) == len(plan)


def run_controls_on_samples(
    probed: ProbedNetwork,
    samples: Sequence[Any],
    edit: Edit[Any],
    others: Mapping[ControlKind, Sequence[Edit[Any]]],
    *,
    target: int | str,
    source: int | str | None = None,
    units: Sequence[int] = (),
    shown: Callable[[Sequence[Any]], Any] = list,
    subject: str = "The edit",
    covered: Callable[[Any], float] = lambda _: nan,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> Controls:
    """Compare an edit of samples of any modality with other edits, by kind, and with units silenced.

    `target` and `source` are the class that the edit is meant to bring about and the one that the samples have, by
    number or by name; None: whatever each has. The `units` of the study's layer are silenced one at a time, and all at
    once where there are several. `shown` makes of some samples what the network takes (see `Editing.shown`), `covered`
    tells the share of a picture that an edit covers, and `subject` is what the verdict calls the edit. `cancelled` is
    asked before each comparison but the first; True ends with those that were made, and ``complete`` False. EditError
    when there is no such class or unit.
    """
    names, network = tuple(probed.class_names), probed.network.name
    aim = class_number(target, names, network=network, error=EditError)
    origin = None if source is None else class_number(source, names, network=network, error=EditError)
    units = tuple(dict.fromkeys(whole_number(unit, "a unit", least=-(2**63), error=EditError) for unit in units))
    without: dict[tuple[int, ...], Response] = {(): probed.responses(shown(samples))}
    count = probed.study.units.count
    if unknown := [unit for unit in units if not 0 <= unit < count]:
        raise EditError(f"the layer has units 0 … {count - 1}, so there is no unit {unknown[0]}")

    def measure(kind: str, tried: Edit[Any], silenced: tuple[int, ...]) -> Control:
        if silenced not in without:
            without[silenced] = probed.responses(shown(samples), silenced)
        applied = [(place, after) for place, sample in enumerate(samples) if (after := tried.on(sample)) is not None]
        if not applied:
            return Control(kind, tried, silenced, Rate(0, 0), units=units, covered=covered(tried))
        places = [place for place, _ in applied]
        before, after = without[silenced], probed.responses(shown([edited for _, edited in applied]), silenced)
        peaks = [[before.activations[place] for place in places], after.activations]
        return Control.of(
            kind,
            tried,
            silenced,
            before.logits[places],
            after.logits,
            aim,
            None if origin is None else before.predicted[places] == origin,
            units=units,
            peaks=np.stack([_peaks(one, units) for one in peaks]),
            covered=covered(tried),
        )

    alone = [(unit,) for unit in units]
    together = [units] if len(units) > 1 else []
    rows, complete = compare(edit, others, [*alone, *together], measure, report, cancelled)
    had = set(without[()].predicted.tolist()) if origin is None else {origin}
    source_name = names[had.pop()] if len(had) == 1 else ""
    return Controls(rows, tuple(others), subject, source_name, names[aim], names, complete)


def _peaks(activations: Sequence[NDArray[np.float32]], units: Sequence[int]) -> NDArray[np.float32]:
    """The largest activation of each unit on a sample, the mean over the samples: float32, shape (units,)."""
    largest = [one.reshape(len(one), -1).max(axis=1)[list(units)] for one in activations]
    peaks: NDArray[np.float32] = np.mean(largest, axis=0, dtype=np.float32)
    return peaks


def named_units(units: Sequence[int]) -> str:
    """``"unit 8"``, ``"units 8 and 9"``, ``"units 1, 2, 3, 4, 5, 6 and 18 more"``."""
    if len(units) == 1:
        return f"unit {units[0]}"
    if len(units) > NAMED:
        return f"units {', '.join(map(str, units[:NAMED]))} and {len(units) - NAMED} more"
    return f"units {', '.join(map(str, units[:-1]))} and {units[-1]}"
