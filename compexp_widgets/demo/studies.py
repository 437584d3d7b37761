"""The embedded networks dissected on their worlds, in the cache: made on first use, then opened."""

from __future__ import annotations

import hashlib

from compexp_widgets.concepts.lexicon import LexicalSettings
from compexp_widgets.data.images.broden import read_broden
from compexp_widgets.demo.nli_shipped import load_pair_network, load_world_vectors
from compexp_widgets.demo.nli_world.pairs import probe_pairs
from compexp_widgets.demo.vision_classifier import load_scene_network
from compexp_widgets.demo.vision_folder import vision_world_in_cache
from compexp_widgets.files.user_cache import place_in_cache
from compexp_widgets.progress import Report, bars
from compexp_widgets.study import PairStudy, VisionStudy, dissect, dissect_pairs
from compexp_widgets.study.study_folder import is_finished


# Whatever a study depends on is part of its folder's name, so that a new version never meets an old study.


def vision_study_in_cache(layer: str, report: Report | None = None) -> VisionStudy:
    """A layer of the vision world's network, dissected and with every unit explained.

    Parameters
    ----------
    layer
        Dotted name of the layer.
    report
        Told of progress; the default shows bars.
    """
    if report is None:
        with bars() as shown:
            return vision_study_in_cache(layer, shown)
    network, dataset = load_scene_network(), read_broden(vision_world_in_cache())
    name = f"vision_study-{layer}-{network.fingerprint[:12]}-{dataset.fingerprint[:12]}"
    study = dissect(network, layer, dataset, place_in_cache(name, is_finished), report=report)
    study.explain(report=report)
    return study


def nli_study_in_cache(layer: str, report: Report | None = None) -> PairStudy:
    """A layer of the NLI world's network, dissected and with every unit explained; parameters as above."""
    if report is None:
        with bars() as shown:
            return nli_study_in_cache(layer, shown)
    network, pairs, vectors, concepts = load_pair_network(), probe_pairs(), load_world_vectors(), LexicalSettings()
    chosen = hashlib.sha256(repr((concepts, vectors.words)).encode() + vectors.vectors.tobytes()).hexdigest()
    name = f"nli_study-{layer}-{network.fingerprint[:12]}-{pairs.fingerprint[:12]}-{chosen[:12]}"
    place = place_in_cache(name, is_finished)
    study = dissect_pairs(network, layer, pairs, place, concepts=concepts, vectors=vectors, report=report)
    study.explain(report=report)
    return study
