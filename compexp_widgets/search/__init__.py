"""The search for the formula that best describes a unit, over a SignatureTable and nothing else."""

from compexp_widgets.search.beam import BeamSearch, SearchResult, beam_search
from compexp_widgets.search.bounds import certainly_below
from compexp_widgets.search.extensions import (
    METRICS,
    OPERATORS,
    Metric,
    Operator,
    Overlap,
    ScoredFormula,
    UnitCounts,
    extension_counts,
    joined,
    scores,
)
from compexp_widgets.search.masks import explain_masks
from compexp_widgets.search.nested import EVERY_FORM
from compexp_widgets.search.optimal import CertifiedResult, OptimalSearch, optimal_search

__all__ = [
    "EVERY_FORM",
    "METRICS",
    "OPERATORS",
    "BeamSearch",
    "CertifiedResult",
    "Metric",
    "Operator",
    "OptimalSearch",
    "Overlap",
    "ScoredFormula",
    "SearchResult",
    "UnitCounts",
    "beam_search",
    "certainly_below",
    "explain_masks",
    "extension_counts",
    "joined",
    "optimal_search",
    "scores",
]
