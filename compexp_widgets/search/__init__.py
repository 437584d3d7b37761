"""The search for the formula that best describes a unit, over a SignatureTable and nothing else."""

from compexp_widgets.search.beam import OPERATORS, BeamSearch, Operator, ScoredFormula, SearchResult, beam_search
from compexp_widgets.search.metrics import METRICS, Metric, Overlap

__all__ = [
    "METRICS",
    "OPERATORS",
    "BeamSearch",
    "Metric",
    "Operator",
    "Overlap",
    "ScoredFormula",
    "SearchResult",
    "beam_search",
]
