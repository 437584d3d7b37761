"""What a probed network makes of one sample of a person's own, in the study's terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula, to_tokens
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.notebook_html import Html, muted, paragraph, pills, section, table
from compexp_widgets.short_text import counted, percent_text
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.drawing import Drawn, gallery_html
from compexp_widgets.study.explanation import ExplanationSettings
from compexp_widgets.study.probed_network import ProbedNetwork, SampleResponse

SHOWN = 6
"""Units that a notebook shows."""

_CLASSES = 3
"""Classes whose probabilities it shows."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a network makes of one sample: ``study.look(network, picture)``. A notebook shows it.

    >>> seen = study.look(network, picture)
    >>> seen.units                                # the units that fire, the strongest first, with their formulas
    >>> seen.fires(17)                            # where one of them does
    >>> seen.probabilities.nlargest(3)

    Attributes
    ----------
    study
        Whose units they are.
    sample
        The sample, as the network was shown it: a collection of one.
    settings
        How units are explained, and which activations count as firing.
    response, class_names, known
        What the network answered, the names of its classes, and what is known of the units on the probe dataset.
    """

    study: DissectedLayer
    sample: Any
    settings: ExplanationSettings
    response: SampleResponse
    class_names: tuple[str, ...]
    known: KnownUnits

    @property
    def activations(self) -> NDArray[np.float32]:
        """The layer's activations: float32, of a picture of shape (units, h, w), of a pair (units,), of a text (units,
        positions).
        """
        return self.response.activations

    @property
    def peaks(self) -> NDArray[np.float32]:
        """float32, shape (units,): the largest activation of each unit."""
        return self.response.peaks

    @property
    def probabilities(self) -> pd.Series[float] | None:
        """The probability of each class, by its name; None where the network does not classify."""
        if not self.class_names:
            return None
        return pd.Series(
            self.response.probabilities, index=pd.Index(self.class_names, name="class"), name="probability"
        )

    @property
    def predicted(self) -> str | None:
        """The name of the likeliest class; None where the network does not classify."""
        return self.class_names[self.response.predicted] if self.class_names else None

    @checked(StudyError)
    def fires(self, unit: int) -> NDArray[np.bool_]:
        """The positions where a unit fires: bool, of a picture of shape (height, width), that of the annotation grid;
        of a pair of shape (), of a text of shape (positions,).

        Raises
        ------
        StudyError
            When there is no such unit.
        """
        (unit,) = self.study.checked_units([unit])
        return self.study.units.within(self.activations[unit], self.known.limits(self.settings)[unit])

    @cached_property
    def units(self) -> pd.DataFrame:
        """The units that fire, one row each, the strongest first: index ``unit``.

        Columns: ``name`` where units have names; ``activation``, the largest one; ``strength``, its share of the unit's
        largest activation on the probe dataset; ``fires``, the share of the positions at which it fires; ``formula``,
        empty where it has none, and ``iou``; of sentence pairs ``holds``, whether the formula does. What is not
        explained yet is explained, and kept with the study.
        """
        study, firing = self.study, self._firing
        found = {one.unit: one for one in study.explanations(firing, self.settings)}
        best = [found[unit].best for unit in firing]
        columns: dict[str, Any] = {}
        if study.configuration.unit_names:
            columns["name"] = [study.unit_name(unit) for unit in firing]
        columns["activation"] = self.peaks[firing]
        columns["strength"] = [self._strength(unit) for unit in firing]
        columns["fires"] = [float(self.fires(unit).mean()) for unit in firing]
        columns["formula"] = [str(one.formula) if one else "" for one in best]
        columns["iou"] = [one.overlap.iou if one else 0.0 for one in best]
        holds = [self._holds(one.formula if one else None) for one in best]
        if any(one is not None for one in holds):
            columns["holds"] = [bool(one is not None and one.any()) for one in holds]
        frame: pd.DataFrame = pd.DataFrame(columns, index=pd.Index(firing, name="unit", dtype=int))
        return frame

    @cached_property
    def _firing(self) -> list[int]:
        """The units that fire, the strongest first; of equals the first."""
        reached = [
            limits.reached_by(peak) for limits, peak in zip(self.known.limits(self.settings), self.peaks, strict=True)
        ]
        firing = [unit for unit in np.flatnonzero(reached).tolist() if self.fires(unit).any()]
        return sorted(firing, key=lambda unit: (-self._strength(unit), unit))

    def _strength(self, unit: int) -> float:
        largest = self.known.largest(unit)
        return float(self.peaks[unit]) / largest if largest > 0 else 1.0

    def drawn(self, unit: int) -> Drawn:
        """The sample with the positions where a unit fires: its ``picture``, or ``save("unit_17.png")``."""
        return self._drawn(unit, self._formulas([unit])[0])

    def _formulas(self, units: list[int]) -> list[Formula | None]:
        found = self.study.explanations(units, self.settings)
        return [one.best.formula if one.best else None for one in found]

    def _holds(self, formula: Formula | None) -> NDArray[np.bool_] | None:
        return None if formula is None else self.study.drawing.holds(self.study, self.sample, 0, formula)

    def _drawn(self, unit: int, formula: Formula | None) -> Drawn:
        return self.study.drawing.draw(self.study, self.sample, 0, self.fires(unit), formula, self._holds(formula))

    def __repr__(self) -> str:
        said = f"{self.predicted!r:.80} {self.response.probabilities.max():.2f}; " if self.class_names else ""
        first = ", ".join(map(str, self._firing[:SHOWN])) + ", …" * (len(self._firing) > SHOWN)
        where = f"{self.study.network_name}, layer {self.study.layer}"
        fire = f"{len(self._firing)} of {counted(self.study.units.count, 'unit')} fire: {first or 'none'}"
        return f"<Look of {where}: {said}{fire}>"

    def _repr_html_(self) -> Html:
        study, shown = self.study, self._firing[:SHOWN]
        parts: list[Html] = []
        if self.class_names:
            order = np.argsort(-self.response.logits, kind="stable")[:_CLASSES].tolist()
            shares = [float(self.response.probabilities[place]) for place in order]
            rows = [([self.class_names[k]], [f"{share:.2f}"], share) for k, share in zip(order, shares, strict=True)]
            parts.append(table(["class"], ["probability"], rows))
        captions = []
        for unit, formula in zip(shown, self._formulas(shown), strict=True):
            told = f"unit {unit}" + (f", {study.unit_name(unit)}" if study.unit_name(unit) else "")
            told += f" · {self.peaks[unit]:.3g} ({percent_text(self._strength(unit))})"
            words = pills(to_tokens(formula)) if formula else muted("no formula")
            holds = self._holds(formula)
            if holds is not None:
                told += " · the formula holds" if holds.any() else " · the formula does not hold"
            captions.append((Html(f"{muted(told)}<br>{words}"), self._drawn(unit, formula)))
        parts.append(gallery_html(study.drawing, captions))
        fire = f"{len(self._firing):,} of {counted(study.units.count, 'unit')} fire"
        share = "the share is that of the unit's largest activation on the probe dataset"
        parts.append(paragraph(muted("; ".join(filter(None, (fire, share, study.drawing.own_legend))))))
        return section(f"{study.network_name}, layer {study.layer}", *parts)


def known_units(study: DissectedLayer) -> KnownUnits:
    """The same at every call for a study."""
    if study.looked is None:
        study.looked = KnownUnits(study)
    known: KnownUnits = study.looked
    return known


class KnownUnits:
    """What is known of a study's units on the probe dataset, and of the network that it probed; found when it is asked
    for, and remembered, so that only the first look takes a while.
    """

    def __init__(self, study: DissectedLayer) -> None:
        self._study = study
        self.limits = lru_cache(maxsize=4)(self._limits)
        self.largest = lru_cache(maxsize=None)(self._largest)
        self._probed: tuple[tuple[object, ...], ProbedNetwork] | None = None

    def __repr__(self) -> str:
        return f"<KnownUnits of {self._study!r}>"

    def _repr_html_(self) -> Html:
        return section("What looks remember of the units", f"of {self._study!r}")

    def look(
        self,
        network: Network,
        sample: Any,
        settings: ExplanationSettings,
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
    ) -> Look:
        """Show one sample to the network; see `Study.look`."""
        given = self._study.drawing.given(sample)
        key = network, layout, directions
        if self._probed is None or any(one is not other for one, other in zip(self._probed[0], key, strict=True)):
            self._probed = key, ProbedNetwork(self._study, network, layout=layout, directions=directions)
        probed = self._probed[1]
        response = SampleResponse.first(probed.responses(given))
        return Look(self._study, given, settings, response, probed.class_names if probed.classifies else (), self)

    def _limits(self, settings: ExplanationSettings) -> list[Limits]:
        """The activations between which each unit fires."""
        stored = self._study.stored_explanations(settings)
        units = self._study.units
        return [
            stored[unit].limits if unit in stored else units.limits(unit, settings.firing)
            for unit in range(units.count)
        ]

    def _largest(self, unit: int) -> float:
        """A unit's largest activation."""
        return self._study.units.extent(unit)[1]
