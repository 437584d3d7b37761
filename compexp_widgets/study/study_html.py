"""A study as a notebook shows it: what was probed, and the best of what has been explained so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compexp_widgets.notebook_html import Html, facts, section, table
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.explanation import Explanation

_SHOWN = 10  # units that are listed


def study_html(
    about: StudyConfiguration, contents: Sequence[tuple[str, str]], explained: Mapping[int, Explanation], units: int
) -> Html:
    """The output.

    Parameters
    ----------
    contents
        Names and values: what the study holds.
    explained
        The explanations that were made so far, with the default settings.
    units
        How many units the layer has.
    """
    found = [one for one in explained.values() if one.best is not None]
    best = sorted(found, key=lambda one: (-one.best.overlap.iou if one.best else 0, one.unit))[:_SHOWN]
    far = f"{len(explained):,} of {units:,} units" + (f", the best {len(best)} below" if len(found) > _SHOWN else "")
    rows = [one._table_row_() for one in best]
    return section(
        f"{about.network}, layer {about.layer}",
        facts([*contents, ("checks", about.certificate._inline_html_()), ("explained so far", far)]),
        table(*Explanation._table_heads_, rows, wide=True) if rows else "explain() explains its units.",
    )
