"""Explanations from the study's store, or found and stored, that can be stopped within a unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study import Explanation, ExplanationSettings, Study
from compexp_widgets.widgets.kernel.background import Stop


def explanations_until(
    stop: Stop,
    study: Study,
    units: Sequence[int],
    settings: ExplanationSettings,
    ranges: Sequence[ActivationRange] = (),
) -> Iterator[Explanation]:
    """What ``study.explanations(units, settings, ranges)`` gives, until the stop is set.

    An explanation that was stopped half-way is neither given nor stored.
    """
    each = [replace(settings, activation_range=firing) for firing in ranges] or [settings]
    known = [study.stored_explanations(one).keys() for one in each]
    found = study.explanations(units, settings, ranges)
    for unit in units:
        for one, stored in zip(each, known, strict=True):
            if unit not in stored:
                study.explain_unit(unit, one, cancelled=stop.is_set)  # the study remembers it for the next line
            if stop.is_set():
                return
            yield next(found)
