"""The search for the formula that best describes a unit, over a SignatureTable and nothing else."""

from compexp_widgets.search.beam import OPERATORS, BeamSearch, Operator, ScoredFormula, SearchResult, beam_search
from compexp_widgets.search.metrics import METRICS, Metric, Overlap
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
    "beam_search",
    "optimal_search",
]
