"""The embedded default: small worlds of our own making, with a trained network each, which work offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from compexp_widgets.concepts.lexicon import WordVectors
    from compexp_widgets.data.images.segmentation import SegmentationDataset
    from compexp_widgets.data.pairs.dataset import PairDataset
    from compexp_widgets.demo.pair_biases import PairBias
    from compexp_widgets.demo.vision_biases import Bias
    from compexp_widgets.networks.network import Network
    from compexp_widgets.progress import Report
    from compexp_widgets.study import PairStudy, VisionStudy

__all__ = [
    "biases",
    "nli_biases",
    "nli_network",
    "nli_pairs",
    "nli_study",
    "nli_vectors",
    "vision_data",
    "vision_network",
    "vision_study",
    "vision_world_folder",
]


def vision_world_folder(progress: bool = True) -> Path:
    """The folder with the vision world's probe set, in the layout of Broden; it is painted on first use.

    728 pictures of 14 scenes with 266 concepts, painted by code in less than a minute into the user's cache folder
    (the environment variable ``COMPEXP_CACHE`` chooses another).

    Parameters
    ----------
    progress
        Show a progress bar while it is painted.

    Raises
    ------
    DataError
        If the cache cannot be written.
    """
    from compexp_widgets.demo.vision_folder import vision_world_in_cache  # noqa: PLC0415

    return vision_world_in_cache(progress)


def vision_data(progress: bool = True) -> SegmentationDataset:
    """The vision world's probe set: every thing, part, material, colour and scene, annotated exactly.

    >>> data = vision_data()
    >>> len(data), data.grid
    (728, (112, 112))

    Parameters
    ----------
    progress
        Show a progress bar while it is painted, on first use.

    Raises
    ------
    DataError
        If the cache cannot be written.
    """
    from compexp_widgets.data.images.broden import read_broden  # noqa: PLC0415

    return read_broden(vision_world_folder(progress))


def vision_network() -> Network:
    """The network that was trained to tell the scenes of the vision world apart; probe its ``layer4``.

    >>> vision_network().class_names[:3]
    ('harbour', 'lagoon', 'swamp')

    Raises
    ------
    NetworkError
        If the shipped weights are missing or damaged.
    """
    from compexp_widgets.demo.vision_classifier import load_scene_network  # noqa: PLC0415

    return load_scene_network()


def vision_study(layer: str = "layer4", *, report: Report | None = None) -> VisionStudy:
    """The network dissected on the probe set, every unit explained; made on first use in about a minute, then kept.

    >>> study = vision_study()
    >>> study.explain(17)[0].best

    Parameters
    ----------
    layer
        Dotted name of a layer; the default is the last block, from whose units the scenes are read.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    DataError
        If the cache cannot be written.
    """
    from compexp_widgets.demo.studies import vision_study_in_cache  # noqa: PLC0415

    return vision_study_in_cache(vision_network(), vision_data(), layer, report)


def biases() -> tuple[Bias, ...]:
    """What is true of the vision world without being true of the real one: what its network may have fallen for."""
    from compexp_widgets.demo.vision_biases import BIASES  # noqa: PLC0415

    return BIASES


def nli_pairs() -> PairDataset:
    """The NLI world's probe set: captions with hypotheses whose labels are true by construction, written in seconds.

    >>> pairs = nli_pairs()
    >>> len(pairs)
    4500
    >>> " ".join(pairs.premises[0]), " ".join(pairs.hypotheses[2])

    Three pairs for each premise, one of each label; ids tell the number of the premise and how the hypothesis comes
    from it. The network has seen none of these premises.
    """
    from compexp_widgets.demo.nli_world.pairs import probe_pairs  # noqa: PLC0415

    return probe_pairs()


def nli_network() -> Network:
    """The Bowman network that was trained to tell the labels of the NLI world; probe its layer ``mlp.1``.

    >>> nli_network().layers()["mlp.1"]

    Raises
    ------
    NetworkError
        If the shipped weights are missing or damaged.
    """
    from compexp_widgets.demo.nli_shipped import load_pair_network  # noqa: PLC0415

    return load_pair_network()


def nli_vectors() -> WordVectors:
    """The vectors of every word of the NLI world, a small part of GloVe 6B: what NEIGHBORS needs.

    Raises
    ------
    DataError
        If the shipped file is missing or damaged.
    """
    from compexp_widgets.demo.nli_shipped import load_world_vectors  # noqa: PLC0415

    return load_world_vectors()


def nli_study(layer: str = "mlp.1", *, report: Report | None = None) -> PairStudy:
    """The network dissected on the probe set, every unit explained; made on first use in a few seconds, then kept.

    >>> study = nli_study()
    >>> study.explain(17)[0].best

    Parameters
    ----------
    layer
        Name of a layer; the default is the hidden layer, from whose units the label is read.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    DataError
        If the cache cannot be written.
    """
    from compexp_widgets.demo.studies import pair_study_in_cache  # noqa: PLC0415

    return pair_study_in_cache(nli_network(), nli_pairs(), nli_vectors(), layer, report)


def nli_biases() -> tuple[PairBias, ...]:
    """The annotation artefacts planted in the NLI world: words that give a label away, and how often."""
    from compexp_widgets.demo.pair_biases import PAIR_BIASES  # noqa: PLC0415

    return PAIR_BIASES
