"""Figures of units' scores, drawn with matplotlib: bars, histograms, and IoU by the length of formulas.

Names come from data sets: a dollar sign in one is no mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from compexp_widgets.needs import needs
from compexp_widgets.short_text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from compexp_widgets.study.explanation import Explanation

_BARS = 40  # more units than that are a histogram
_FORMULA = 60  # characters of a formula beside its bar


def plot_units(frame: pd.DataFrame, label: str, axes: Axes | None) -> Axes:
    """The IoU of units: a bar each beside its formula, the first on top; of many a histogram.

    Parameters
    ----------
    frame
        As of `Study.to_frame`.
    label
        What the units are of.
    axes
        Where to draw; None for a new figure.
    """
    if len(frame) > _BARS:
        drawn = axes or new_axes(6, 3)
        drawn.hist(frame["iou"], bins=25, alpha=0.7)
        drawn.set(xlabel="IoU of the best formula", ylabel="units")
    else:
        drawn = axes or new_axes(8, 0.9 + 0.26 * max(len(frame), 1))
        places = range(len(frame))
        drawn.barh(places, frame["iou"], height=0.7)
        names = [f"{unit}  {one_line(formula, _FORMULA)}" for unit, formula in frame["formula"].items()]
        drawn.set_yticks(places, labels=names, parse_math=False)
        drawn.invert_yaxis()
        drawn.set(xlabel="IoU", xlim=(0, None))
    drawn.set_title(one_line(label), parse_math=False)
    return drawn


def plot_lengths(frame: pd.DataFrame, label: str, axes: Axes | None) -> Axes:
    """The mean IoU of the best formulas with at most 1, 2, … concepts; parameters as of `plot_units`."""
    lengths = range(1, sum(str(name)[:4] == "iou_" and str(name)[4:].isdecimal() for name in frame) + 1)
    drawn = _by_length([float(frame[f"iou_{length}"].mean()) for length in lengths], label, axes)
    drawn.set_ylabel("mean IoU")
    for text in drawn.legend(loc="lower right").get_texts():
        text.set_parse_math(False)
    return drawn


def plot_explanation(explanation: Explanation, label: str, axes: Axes | None) -> Axes:
    """The IoU of one unit's best formulas with at most 1, 2, … concepts, each named beside its point."""
    found = explanation.by_length
    drawn = _by_length([one.overlap.iou for one in found], label, axes)
    for length, one in enumerate(found, start=1):
        place, shown = (length, one.overlap.iou), one_line(str(one.formula), _FORMULA)
        drawn.annotate(shown, place, (0, 7), textcoords="offset points", fontsize=8, parse_math=False)
    drawn.set(ylabel="IoU", xlim=(0.8, len(found) + 1))
    drawn.set_title(one_line(label), parse_math=False)
    return drawn


def _by_length(ious: list[float], label: str, axes: Axes | None) -> Axes:
    drawn = axes or new_axes(6, 3.4)
    lengths = list(range(1, len(ious) + 1))
    drawn.plot(lengths, ious, "o-", label=one_line(label))
    reached = drawn.dataLim  # of all lines in it
    drawn.set(xlabel="most concepts in a formula", ylim=(0, 1.12 * max(reached.y1, 0.01)))
    drawn.set_xticks(range(1, round(max(reached.x1, 1)) + 1))
    return drawn


def new_axes(width: float, height: float) -> Axes:
    """The axes of a new figure of so many inches; a notebook shows it below its cell."""
    with needs("figures"):
        import matplotlib.pyplot as plt  # noqa: PLC0415 - takes half a second, and not everyone draws
    _, axes = plt.subplots(figsize=(width, height), layout="constrained")
    return axes
