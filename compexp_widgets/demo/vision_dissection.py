"""The embedded network dissected on the embedded world, in the cache: made on first use, then opened."""

from __future__ import annotations

from compexp_widgets.demo import vision_data, vision_network
from compexp_widgets.files.user_cache import place_in_cache
from compexp_widgets.progress import Report, bars
from compexp_widgets.study import VisionStudy, dissect
from compexp_widgets.study.study_folder import is_finished


def dissected_in_cache(layer: str, report: Report | None = None) -> VisionStudy:
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
            return dissected_in_cache(layer, shown)
    network, dataset = vision_network(), vision_data()
    # Whatever the study depends on is part of its folder's name, so that a new version never meets an old study.
    name = f"vision_study-{layer}-{network.fingerprint[:12]}-{dataset.fingerprint[:12]}"
    study = dissect(network, layer, dataset, place_in_cache(name, is_finished), report=report)
    study.explain(report=report)
    return study
