"""Studies: one dissection in one folder, and the explanations of its units."""

from compexp_widgets.study.dissection import dissect, dissect_layers, dissect_pairs, open_study
from compexp_widgets.study.evidence import Evidence, EvidenceSettings, q_values
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.images.modality import Images
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.modality import Annotator, Modality, OwnLabels, register
from compexp_widgets.study.pairs.modality import SentencePairs
from compexp_widgets.study.pairs.study import PairStudy
from compexp_widgets.study.study import Study

register(Images())
register(SentencePairs())

__all__ = [
    "Annotator",
    "Evidence",
    "EvidenceSettings",
    "Explanation",
    "ExplanationSettings",
    "Modality",
    "OwnLabels",
    "PairStudy",
    "Study",
    "VisionStudy",
    "dissect",
    "dissect_layers",
    "dissect_pairs",
    "open_study",
    "q_values",
    "register",
]
