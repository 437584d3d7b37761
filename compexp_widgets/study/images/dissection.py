"""Begin a study of a vision network, or continue it after a stop."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.behaviour import observe
from compexp_widgets.networks.certificate import Certificate, Conditions
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.activations import (
    COMPLETE,
    Extracted,
    LayerToProbe,
    check_amounts,
    extract_activations,
    open_activations,
    units_not_finite,
)
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report, bars
from compexp_widgets.study.behaving import apart_from_maps, finite_check, see_same_behaviour, warn_of
from compexp_widgets.study.configuration import StudyConfiguration, claim, write_configuration
from compexp_widgets.study.images.positions import map_positions, share_positions
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.study_folder import study_folder


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

    A few fixed pictures go first, to see whether the answers can be relied upon; what came of it stands in
    ``study.certificate``. Units with values that are not finite are named and left out.

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
        Gigabytes for activation maps that are worked on at once, all that is kept meanwhile counted: at least what one
        unit's maps take, and up to 67 MB to read them. The network's own need comes on top.
    half
        Keep the maps in half precision where at most this share of each unit's activations changes sides of its
        threshold (quantile 0.005), such as 0.01; None keeps full precision.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    StudyError
        When the folder holds a study of something else, or files that are no study, or the network has the weights of
        the one that was probed and answers otherwise.
    NetworkError
        When there is no such layer or it cannot be probed, or preprocess or the network answers differently the second
        time.
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
    check_amounts(batch_size, memory, half)
    # An unknown layer is told here, before any folder becomes its study.
    probes = [layer.probe(network) for layer in layers]
    observed = observe(network, probes, network.inputs.fixed_samples(dataset))
    how_shown = network.inputs.checks(dataset)
    conditions = Conditions.now(network.device, network.dtype, batch_size)
    configurations: list[StudyConfiguration] = []
    with ExitStack() as stack:
        for layer, behaviour, checks in zip(layers, observed.behaviours, observed.of_layers, strict=True):
            certificate = Certificate((*observed.checks, *checks, *how_shown))
            configuration = _configuration(network, layer, dataset, certificate, conditions)
            stack.enter_context(study_folder(layer.folder))
            configurations.append(claim(layer.folder, configuration))
            finished = (layer.folder / COMPLETE).exists()
            apart = partial(_apart, network, layer, dataset) if finished else None
            see_same_behaviour(layer.folder, network.name, behaviour, apart)
        warn_of(network.name, configurations)
        extracted = extract_activations(
            network, layers, dataset, batch_size=batch_size, memory=memory, half=half, report=report
        )
        configurations = [
            _finished(layer, configuration, extracted.get(layer.folder))
            for layer, configuration in zip(layers, configurations, strict=True)
        ]
        folded = layers[0].folder
        map_positions(
            dataset, folded, on_images=lambda done, total: report("images folded into signatures", done, total)
        )
        for layer in layers[1:]:
            share_positions(folded, layer.folder)
    studies = [
        VisionStudy(layer.folder, configuration, dataset)
        for layer, configuration in zip(layers, configurations, strict=True)
    ]
    if half is None and (halved := [study for study in studies if study.units.maps.dtype == np.float16]):
        warnings.warn(
            f"the study in {halved[0].folder} keeps its maps in half precision, as was asked for when it was made: to "
            "have them in full, choose another folder",
            stacklevel=4,
        )
    return studies


def _apart(network: Network, layer: LayerToProbe, dataset: SegmentationDataset) -> float:
    return apart_from_maps(network, layer, dataset, open_activations(layer.folder))


def _finished(
    layer: LayerToProbe, configuration: StudyConfiguration, extracted: Extracted | None
) -> StudyConfiguration:
    """The configuration with what is known of the maps, which is kept where it was not before."""
    conditions, strange = configuration.conditions, configuration.not_finite
    if extracted:
        conditions, strange, units = extracted.conditions, extracted.not_finite, extracted.units
    elif conditions is None or strange is not None:
        return configuration  # all of it is known, or the study is older than certificates
    else:
        maps = open_activations(layer.folder)
        strange, units = units_not_finite(maps), len(maps)
    checks = finite_check(layer.name, units, strange), conditions.check
    known = replace(
        configuration,
        certificate=configuration.certificate.and_also(*checks),
        conditions=conditions,
        not_finite=strange,
    )
    write_configuration(layer.folder, known)
    return known


def _configuration(
    network: Network,
    layer: LayerToProbe,
    dataset: SegmentationDataset,
    certificate: Certificate,
    conditions: Conditions,
) -> StudyConfiguration:
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
        certificate=certificate,
        conditions=conditions,
    )
