"""What a search found, as it is shown: the best formula, its scores, the best of every length, and what is proven."""

from __future__ import annotations

from collections.abc import Sequence

from compexp_widgets.notebook_html import Html, facts, muted, paragraph, table
from compexp_widgets.search.extensions import ScoredFormula, overlap_rows
from compexp_widgets.search.nested import EVERY_FORM
from compexp_widgets.short_text import score_text


def found_html(
    by_length: Sequence[ScoredFormula], bounds: Sequence[float], about: Sequence[tuple[str, str]] = ()
) -> list[Html]:
    """The parts of the output: what is said of an empty search too.

    Parameters
    ----------
    by_length, bounds
        As of `CertifiedResult`; `bounds` may be empty, where no proof was asked for.
    about
        Names and values that follow the scores.
    """
    if not by_length:
        return [paragraph("No concept overlaps with it."), facts(about)]
    best = by_length[-1]
    told = [*overlap_rows(best.overlap), *about, ("proof", proof_words(by_length, bounds))]
    parts = [best._inline_html_(), facts(told)]
    if len(by_length) > 1:
        parts.append(_by_length(by_length, bounds))
    return parts


def proof_words(by_length: Sequence[ScoredFormula], bounds: Sequence[float]) -> str:
    """What is proven of the best formula, as the explorer says it; empty where no proof was asked for."""
    if not bounds or not by_length:
        return ""
    gap = bounds[-1] - by_length[-1].score
    if gap > 0:
        return f"not proven: at most {_gap_text(gap)} better"
    anything = len(bounds) <= EVERY_FORM or bounds[-1] == 1
    return "proven optimal" if anything else "proven optimal among left-deep formulas"


def _by_length(by_length: Sequence[ScoredFormula], bounds: Sequence[float]) -> Html:
    highest = max(one.overlap.iou for one in by_length) or 1.0
    rows = []
    for place, one in enumerate(by_length):
        gap = bounds[place] - one.score if place < len(bounds) else None
        sure = "" if gap is None else "proven" if gap <= 0 else f"≤ +{_gap_text(gap)}"
        numbers = (score_text(one.overlap.iou), muted(sure))
        rows.append(((f"{place + 1}", one._inline_html_()), numbers, one.overlap.iou / highest))
    return table(("length", "best formula"), ("IoU", ""), rows, wide=True)


def _gap_text(gap: float) -> str:
    return score_text(max(gap, 0.001))  # a gap that is not nothing never looks like nothing
