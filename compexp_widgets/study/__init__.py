"""Studies: one dissection in one folder, and the explanations of its units."""

from compexp_widgets.study.evidence import Evidence, EvidenceSettings, q_values
from compexp_widgets.study.explaining import find_formulas
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.images.dissection import dissect, dissect_layers
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.opening import open_study
from compexp_widgets.study.pairs.dissection import dissect_pairs
from compexp_widgets.study.pairs.study import PairStudy
from compexp_widgets.study.study import Study

__all__ = [
    "Evidence",
    "EvidenceSettings",
    "Explanation",
    "ExplanationSettings",
    "PairStudy",
    "Study",
    "VisionStudy",
    "dissect",
    "dissect_layers",
    "dissect_pairs",
    "find_formulas",
    "open_study",
    "q_values",
]
