"""The embedded networks dissected on the embedded worlds, in the cache: made on first use, then opened.

Whatever a study depends on is part of its folder's name, so that a new version never meets an old study.
"""

from __future__ import annotations

import hashlib

from compexp_widgets.concepts.lexicon import LexicalSettings, WordVectors
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.files.user_cache import place_in_cache
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report, bars, within
from compexp_widgets.short_text import full_repr
from compexp_widgets.study import PairStudy, VisionStudy, dissect
from compexp_widgets.study.study_folder import is_finished


def vision_study_in_cache(
    network: Network, dataset: SegmentationDataset, layer: str, report: Report | None
) -> VisionStudy:
    """A layer of the vision world's network, dissected and with every unit explained."""
    if report is None:
        with bars() as shown:
            return vision_study_in_cache(network, dataset, layer, shown)
    name = f"vision_study-{layer}-{network.fingerprint[:12]}-{dataset.fingerprint[:12]}"
    study = dissect(network, layer, dataset, place_in_cache(name, is_finished), report=within(report, 0.0, 0.7))
    study.explain(report=within(report, 0.7, 1.0))
    return study


def pair_study_in_cache(
    network: Network, pairs: PairDataset, vectors: WordVectors, layer: str, report: Report | None
) -> PairStudy:
    """A layer of the NLI world's network, dissected and with every unit explained."""
    if report is None:
        with bars() as shown:
            return pair_study_in_cache(network, pairs, vectors, layer, shown)
    concepts = LexicalSettings()
    text = f"({full_repr(concepts)}, {tuple(vectors.words)!r})"
    chosen = hashlib.sha256(text.encode() + vectors.vectors.tobytes()).hexdigest()
    name = f"nli_study-{layer}-{network.fingerprint[:12]}-{pairs.fingerprint[:12]}-{chosen[:12]}"
    study = dissect(
        network,
        layer,
        pairs,
        place_in_cache(name, is_finished),
        concepts=concepts,
        vectors=vectors,
        report=within(report, 0.0, 0.7),
    )
    study.explain(report=within(report, 0.7, 1.0))
    return study
