"""Begin a study of a vision network, or continue it after a stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from compexp_widgets.errors import StudyError
from compexp_widgets.progress import Report, bars
from compexp_widgets.study.configuration import StudyConfiguration, claim
from compexp_widgets.study.study_folder import study_folder
from compexp_widgets.study.vision_study import VisionStudy
from compexp_widgets.vision.activations import LayerToProbe, extract_activations
from compexp_widgets.vision.directions import Directions
from compexp_widgets.vision.images.segmentation import SegmentationDataset
from compexp_widgets.vision.layout import Form, Layout
from compexp_widgets.vision.network import Network
from compexp_widgets.vision.positions import map_positions, share_positions
from compexp_widgets.vision.probe import Probe


def dissect(
    network: Network,
    layer: str,
    dataset: SegmentationDataset,
    folder: str | Path,
    *,
    layout: Layout | Form | None = None,
    directions: Directions | None = None,
    batch_size: int = 32,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> VisionStudy:
    """Probe every unit of a layer on every image of a data set, and keep what was found.

    Continues a study that was stopped, and opens a finished one. Only one process works on a folder at a time; others
    wait for it.

    Parameters
    ----------
    layer
        Name of a layer, see `list_layers`.
    folder
        Where the study is kept; made when it is not there.
    layout
        How the layer's answer is laid out; None: as recognised.
    directions
        Probe these linear combinations of the layer's channels in place of the channels.
    batch_size
        Images shown to the network at once.
    memory
        Gigabytes for activation maps that are worked on at once; the network's own need comes on top.
    half
        Keep the maps in half precision where at most this share of each unit's activations changes sides of its
        threshold (quantile 0.005), such as 0.01; None keeps full precision.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    StudyError
        When the folder holds a study of something else, or files that are no study.
    NetworkError
        When there is no such layer or it cannot be probed.
    CompexpError
        When the disk has no room for the activation maps.
    """
    wanted = LayerToProbe(layer, Path(folder), layout, directions)
    (study,) = _dissect(network, [wanted], dataset, batch_size, memory, half, report)
    return study


def dissect_layers(
    network: Network,
    layers: Sequence[str],
    dataset: SegmentationDataset,
    folder: str | Path,
    *,
    batch_size: int = 32,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> dict[str, VisionStudy]:
    """Probe several layers while every image is shown once.

    Parameters
    ----------
    layers
        Names of layers, see `list_layers`.
    folder
        The study of each layer is kept in a folder of its own within it.
    batch_size, memory, half, report
        See `dissect`, as for errors.

    Returns
    -------
    Layer → its study, in the order asked for.
    """
    if not layers:
        raise StudyError("no layers are given to dissect")
    names = {layer: re.sub(r"[^\w.-]", "_", layer) for layer in layers}
    if len(set(names.values())) < len(names):
        raise StudyError(f"the layers {', '.join(names)} would share a folder: dissect them one by one")
    wanted = [LayerToProbe(layer, Path(folder) / name) for layer, name in names.items()]
    return dict(zip(names, _dissect(network, wanted, dataset, batch_size, memory, half, report), strict=True))


def _dissect(
    network: Network,
    layers: Sequence[LayerToProbe],
    dataset: SegmentationDataset,
    batch_size: int,
    memory: float,
    half: float | None,
    report: Report | None,
) -> list[VisionStudy]:
    if report is None:
        with bars() as shown:
            return _dissect(network, layers, dataset, batch_size, memory, half, shown)
    for layer in layers:
        Probe(network.module, layer.name)  # an unknown layer is told before any folder becomes its study
    configurations = [_configuration(network, layer, dataset) for layer in layers]
    with ExitStack() as stack:
        for layer, configuration in zip(layers, configurations, strict=True):
            stack.enter_context(study_folder(layer.folder))
            claim(layer.folder, configuration)
        extract_activations(network, layers, dataset, batch_size=batch_size, memory=memory, half=half, report=report)
        folded = layers[0].folder
        map_positions(
            dataset, folded, on_images=lambda done, total: report("images folded into signatures", done, total)
        )
        for layer in layers[1:]:
            share_positions(folded, layer.folder)
    return [
        VisionStudy(layer.folder, configuration, dataset)
        for layer, configuration in zip(layers, configurations, strict=True)
    ]


def _configuration(network: Network, layer: LayerToProbe, dataset: SegmentationDataset) -> StudyConfiguration:
    return StudyConfiguration(
        network.name,
        network.fingerprint,
        layer.name,
        str(dataset.folder.resolve()),
        dataset.fingerprint,
        network.class_names,
        repr(Layout(layer.layout) if isinstance(layer.layout, str) else layer.layout) if layer.layout else "",
        layer.directions.fingerprint if layer.directions else "",
        layer.directions.names if layer.directions else (),
    )
