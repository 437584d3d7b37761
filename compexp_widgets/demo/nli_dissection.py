"""The NLI world's network dissected on its probe set, in the cache: made on first use, then opened."""

from __future__ import annotations

import hashlib

from compexp_widgets.cache import cache_folder
from compexp_widgets.demo import nli_network, nli_pairs, nli_vectors
from compexp_widgets.nli.lexicon import LexicalSettings
from compexp_widgets.progress import Report, bars
from compexp_widgets.study import PairStudy, dissect_pairs


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
        network, layer, pairs, cache_folder() / name, concepts=concepts, vectors=vectors, report=report
    )
    study.explain(report=report)
    return study
