"""Begin a study, or continue it after a stop; and open a finished one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon import LexicalSettings, LexicalVocabulary, WordVectors
from compexp_widgets.data.images.layouts import AnyDataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.behaviour import observe
from compexp_widgets.networks.certificate import Certificate, Check, Conditions
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.activations import Extracted, LayerToProbe
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.progress import Report, bars, within
from compexp_widgets.study.configuration import StudyConfiguration, claim, read_configuration, write_configuration
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.modalities import data_for, modality_for, modality_of
from compexp_widgets.study.modality import Amounts
from compexp_widgets.study.pairs.study import PairStudy
from compexp_widgets.study.positions import open_activations, share_files
from compexp_widgets.study.same_network import see_same_behaviour
from compexp_widgets.study.study import Study
from compexp_widgets.study.study_folder import DESCRIPTION, study_folder


@overload
def dissect(
    network: AnyNetwork, layer: str, data: AnyDataset, folder: str | Path, *, layout: Layout | Form | None = None,
    directions: Directions | None = None, batch_size: int | None = None, memory: float = 1.0, half: float | None = None,
    report: Report | None = None,
) -> VisionStudy: ...  # fmt: skip
@overload
def dissect(
    network: AnyNetwork, layer: str, data: PairDataset, folder: str | Path, *,
    concepts: LexicalSettings | LexicalVocabulary | None = None, vectors: WordVectors | str | Path | None = None,
    batch_size: int | None = None, report: Report | None = None,
) -> PairStudy: ...  # fmt: skip
@overload
def dissect(
    network: AnyNetwork, layer: str, data: Any, folder: str | Path, *, concepts: Any = None, vectors: Any = None,
    layout: Layout | Form | None = None, directions: Directions | None = None, batch_size: int | None = None,
    memory: float = 1.0, half: float | None = None, report: Report | None = None,
) -> Study: ...  # fmt: skip
@checked(StudyError)
def dissect(
    network: AnyNetwork,
    layer: str,
    data: Any,
    folder: str | Path,
    *,
    concepts: Any = None,
    vectors: Any = None,
    layout: Layout | Form | None = None,
    directions: Directions | None = None,
    batch_size: int | None = None,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> Study:
    """Probe every unit of a layer on every sample of a probe dataset, and keep what was found.

    >>> study = cw.dissect(network, "layer4", cw.read_dataset("broden"), "my_study")         # doctest: +SKIP
    >>> study = cw.dissect(pair_network, "mlp.1", cw.read_pairs("snli.jsonl"), "my_pairs")   # doctest: +SKIP

    A few fixed samples go first, to see whether the answers can be relied upon; what came of it stands in
    ``study.certificate``. Units with values that are not finite are named and left out.

    Continues a study that was stopped, and opens a finished one. Only one process works on a folder at a time; others
    wait for it.

    Parameters
    ----------
    layer
        Name of a layer, see `list_layers` and `Network.layers`.
    data
        Annotated images, sentence pairs, or samples of another modality that is registered.
    folder
        Where the study is kept; made when it is not there.
    concepts
        Of sentence pairs: how the concepts are chosen, from these pairs; or a vocabulary chosen before.
    vectors
        Of sentence pairs: word vectors for NEIGHBORS, or where `read_word_vectors` finds some; a vocabulary chosen
        before needs none. A study goes on with other ones only where they hold the same numbers; where their file lies
        does not matter.
    layout
        Of images: how the layer's answer is laid out; None: as recognised.
    directions
        Of images: probe these linear combinations of the layer's channels in place of the channels.
    batch_size
        Samples shown to the network at once; None: 32 images, 64 pairs.
    memory
        Of images: gigabytes for activation maps that are worked on at once, all that is kept meanwhile counted: at
        least what one unit's maps take, and up to 67 MB to read them. The network's own need comes on top.
    half
        Of images: keep the maps in half precision where at most this share of each unit's activations changes sides of
        its threshold (quantile 0.005), such as 0.01; None keeps full precision.
    report
        Told of progress; the default shows bars.

    Returns
    -------
    A `VisionStudy`, a `PairStudy`, or the study of another modality.

    Raises
    ------
    StudyError
        When the folder holds a study of something else, or files that are no study, or the network has the weights of
        the one that was probed and answers otherwise; or an option is not for samples of this kind.
    NetworkError
        When there is no such layer or it cannot be probed, or the network, or what makes its input of a sample, answers
        differently the second time.
    CompexpError
        When the disk has no room for the activations.
    """
    wanted = LayerToProbe(layer, Path(folder), layout, directions)
    network = as_network(network)
    amounts = Amounts.checked(network, batch_size, memory, half)
    (study,) = _dissect(network, [wanted], data, (concepts, vectors), amounts, report)
    return study


@overload
def dissect_layers(
    network: AnyNetwork,
    layers: Sequence[str],
    data: AnyDataset,
    folder: str | Path,
    *,
    batch_size: int | None = None,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> dict[str, VisionStudy]: ...
@overload
def dissect_layers(
    network: AnyNetwork,
    layers: Sequence[str],
    data: PairDataset,
    folder: str | Path,
    *,
    concepts: Any = None,
    vectors: Any = None,
    batch_size: int | None = None,
    report: Report | None = None,
) -> dict[str, PairStudy]: ...
@overload
def dissect_layers(
    network: AnyNetwork,
    layers: Sequence[str],
    data: Any,
    folder: str | Path,
    *,
    concepts: Any = None,
    vectors: Any = None,
    batch_size: int | None = None,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> dict[str, Study]: ...
@checked(StudyError)
def dissect_layers(
    network: AnyNetwork,
    layers: Sequence[str],
    data: Any,
    folder: str | Path,
    *,
    concepts: Any = None,
    vectors: Any = None,
    batch_size: int | None = None,
    memory: float = 1.0,
    half: float | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Probe several layers; every image is shown once.

    Parameters
    ----------
    layers
        Names of layers, see `list_layers`.
    folder
        The study of each layer is kept in a folder of its own within it.
    data, concepts, vectors, batch_size, memory, half, report
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
    network = as_network(network)
    amounts = Amounts.checked(network, batch_size, memory, half)
    studies = _dissect(network, wanted, data, (concepts, vectors), amounts, report)
    return dict(zip(names, studies, strict=True))


@checked(StudyError)
def dissect_pairs(
    network: AnyNetwork,
    layer: str,
    pairs: PairDataset,
    folder: str | Path,
    *,
    concepts: LexicalSettings | LexicalVocabulary | None = None,
    vectors: WordVectors | str | Path | None = None,
    batch_size: int | None = None,
    report: Report | None = None,
) -> PairStudy:
    """`dissect` of sentence pairs, under the name that it had before one did for all samples."""
    return dissect(
        network, layer, pairs, folder, concepts=concepts, vectors=vectors, batch_size=batch_size, report=report
    )


@overload
def open_study(folder: str | Path, data: SegmentationDataset) -> VisionStudy: ...
@overload
def open_study(folder: str | Path, data: PairDataset) -> PairStudy: ...
@overload
def open_study(folder: str | Path, data: Any = None) -> Study: ...
@checked(StudyError)
def open_study(folder: str | Path, data: Any = None) -> Study:
    """Open a finished dissection.

    Parameters
    ----------
    folder
        Where `dissect` kept it.
    data
        For images: the folder of the annotated images, where they are not at the place they were when they were probed;
        what was selected and added then is selected and added again. Or the data set itself, where it cannot be read
        again (a data frame, images listed by hand): as it was probed, or as it was read, with what was selected to
        follow. A study of sentence pairs holds its sentences.

    Returns
    -------
    A `VisionStudy`, a `PairStudy`, or the study of another modality.

    Raises
    ------
    StudyError
        When there is no finished study, the images are not those that were probed, or a step cannot be repeated.
    """
    folder = Path(folder)
    configuration = read_configuration(folder)
    return modality_of(configuration.kind, folder).opened(folder, configuration, data)


def _dissect(
    network: Network,
    layers: Sequence[LayerToProbe],
    data: Any,
    concepts: tuple[Any, Any],
    amounts: Amounts,
    report: Report | None,
) -> list[Study]:
    if report is None:
        with bars() as shown:
            return _dissect(network, layers, data, concepts, amounts, shown)
    data = data_for(network, data)
    modality = modality_for(data)
    if network.inputs.samples != modality.samples:
        raise StudyError(f"{network.name} is shown {network.inputs.samples}, the data are {modality.samples}")
    given = {"concepts": concepts[0], "vectors": concepts[1], "half": amounts.half}
    for layer in layers:
        for name, value in {**given, "layout": layer.layout, "directions": layer.directions}.items():
            if value is not None and name not in modality.options:
                raise StudyError(f"{name}= is not for {modality.samples}: leave it out")
    annotator = modality.annotator(data, *concepts)
    probes = [layer.probe(network) for layer in layers]  # an unknown one is told before any folder becomes its study
    observed, of_data = observe(network, probes, network.inputs.fixed_samples(data)), network.inputs.checks(data)
    conditions = Conditions.now(network.device, network.dtype, amounts.batch_size)
    about_data = modality.source(data), network.inputs.samples_fingerprint(data)
    configurations: list[StudyConfiguration] = []
    with ExitStack() as stack:
        for number, layer in enumerate(layers):
            stack.enter_context(study_folder(layer.folder))
            before = read_configuration(layer.folder).concepts if (layer.folder / DESCRIPTION).exists() else None
            configuration = StudyConfiguration(
                network.name,
                network.fingerprint,
                layer.name,
                *about_data,
                network.class_names,
                repr(Layout(layer.layout) if isinstance(layer.layout, str) else layer.layout) if layer.layout else "",
                layer.directions.fingerprint if layer.directions else "",
                layer.directions.names if layer.directions else (),
                modality.kind,
                annotator.choice(layer.folder, before, within(report, 0.0, _CHOSEN)),
                Certificate((*observed.checks, *observed.of_layers[number], *of_data)),
                conditions,
                recipe=modality.recipe(data),
            )
            configurations.append(claim(layer.folder, configuration))
            see_same_behaviour(layer.folder, network, probes[number], observed.behaviours[number], data)
        _warn_of(network.name, configurations)
        for layer in layers:
            modality.keep(data, layer.folder)
        made = modality.probe(network, layers, data, amounts, within(report, _CHOSEN, _PROBED))
        configurations = [
            _finished(layer, configuration, made.get(layer.folder))
            for layer, configuration in zip(layers, configurations, strict=True)
        ]
        annotator.annotate(layers[0].folder, within(report, _PROBED, 1.0))
        for layer in layers[1:]:
            share_files(layers[0].folder, layer.folder, annotator.files)
    return [
        modality.opened(layer.folder, configuration, data)
        for layer, configuration in zip(layers, configurations, strict=True)
    ]


def _finished(layer: LayerToProbe, configuration: StudyConfiguration, made: Extracted | None) -> StudyConfiguration:
    """The configuration with what is known of the activations, which is kept where it was not before."""
    conditions, not_finite = configuration.conditions, configuration.not_finite
    if made:
        conditions, not_finite, units = made.conditions, made.not_finite, made.units
    elif conditions is None or not_finite is not None:
        return configuration  # all of it is known, or the study is older than certificates
    else:
        activations = open_activations(layer.folder)
        units = len(activations)
        not_finite = tuple(unit for unit, one in enumerate(activations) if not np.isfinite(one).all())
    certificate = configuration.certificate.and_also(_finite_check(layer.name, units, not_finite), conditions.check)
    known = replace(configuration, certificate=certificate, conditions=conditions, not_finite=not_finite)
    write_configuration(layer.folder, known)
    return known


def _finite_check(layer: str, units: int, not_finite: Sequence[int]) -> Check:
    """The check for units with values that are not finite; where there are some, a warning names them."""
    if not not_finite:
        return Check("finite", f"all {units:,} units finite", "every activation of every unit is a finite number")
    named = f"unit{'s' * (len(not_finite) > 1)} {', '.join(map(str, not_finite[:_NAMED]))}"
    more = f" and {len(not_finite) - _NAMED} more" if len(not_finite) > _NAMED else ""
    told = (
        f"layer {layer!r} gives values that are not finite (NaN or infinite) for {len(not_finite):,} of {units:,} "
        f"units: {named}{more}. They are left out; the others are explained"
    )
    warnings.warn(told, stacklevel=6)
    return Check("finite", f"{len(not_finite):,} of {units:,} units not finite", told, held=False)


def _warn_of(network: str, studies: Sequence[StudyConfiguration]) -> None:
    """Warn of what did not hold in the checks of studies, each thing once."""
    told = {check.detail: study.layer for study in studies for check in study.certificate.checks if not check.held}
    for detail, layer in told.items():
        warnings.warn(f"{network}, layer {layer}: {detail}", stacklevel=5)


_NAMED = 8

# The shares of the work, as far as progress is told of, after which concepts are chosen and activations kept.
_CHOSEN, _PROBED = 0.02, 0.85
