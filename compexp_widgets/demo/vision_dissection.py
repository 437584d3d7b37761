"""The embedded network dissected on the embedded world: the study that the first notebook opens."""

from __future__ import annotations

from compexp_widgets.cache import cache_folder
from compexp_widgets.demo import vision_data, vision_network
from compexp_widgets.progress import Report
from compexp_widgets.study import Study, dissect

LAYER = "layer4"


def vision_study(layer: str = LAYER, *, report: Report | None = None) -> Study:
    """The vision network dissected on the vision world, with every unit explained; made on first use, then kept.

    Parameters
    ----------
    layer
        Dotted name of a layer; the default is the last block, whose units the classes are read from.
    report
        Told of progress; the default shows bars.
    """
    network, dataset = vision_network(), vision_data()
    # Whatever the study depends on is part of its folder's name, so that a new version never meets an old study.
    name = f"vision_study-{layer}-{network.fingerprint[:12]}-{dataset.fingerprint[:12]}"
    study = dissect(network, layer, dataset, cache_folder() / name, report=report)
    study.explain(report=report)
    return study
