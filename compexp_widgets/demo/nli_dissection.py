"""The NLI world's network dissected on its probe set, in the cache: made on first use, then opened."""

from __future__ import annotations

import hashlib

from compexp_widgets.concepts.lexicon import LexicalSettings
from compexp_widgets.demo import nli_network, nli_pairs, nli_vectors
from compexp_widgets.files.user_cache import place_in_cache
from compexp_widgets.progress import Report, bars
from compexp_widgets.study import PairStudy, dissect_pairs
from compexp_widgets.study.study_folder import is_finished


def pairs_dissected_in_cache(layer: str, report: Report | None = None) -> PairStudy:
    """A layer of the NLI world's network, dissected and with every unit explained.

    Parameters
    ----------
    layer
        Name of the layer.
    report
        Told of progress; the default shows bars.
    """
    if report is None:
        with bars() as shown:
            return pairs_dissected_in_cache(layer, shown)
    network, pairs, vectors, concepts = nli_network(), nli_pairs(), nli_vectors(), LexicalSettings()
    # Whatever the study depends on is part of its folder's name, so that a new version never meets an old study.
    chosen = hashlib.sha256(repr((concepts, vectors.words)).encode() + vectors.vectors.tobytes()).hexdigest()
    name = f"nli_study-{layer}-{network.fingerprint[:12]}-{pairs.fingerprint[:12]}-{chosen[:12]}"
    study = dissect_pairs(
        network, layer, pairs, place_in_cache(name, is_finished), concepts=concepts, vectors=vectors, report=report
    )
    study.explain(report=report)
    return study
