"""Is the network of a study the one that was probed? By its weights, and by what it answers to fixed samples."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.behaviour import Behaviour, furthest_apart
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.images.fixed_pictures import answers_to, behaviour_of, fixed_pictures
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs import PairNetwork
from compexp_widgets.networks.pairs.fixed_pairs import behaviour_of_pairs
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.pairs.study import PairStudy

KEPT_TOLERANCE = 0.01
"""How far answers may lie from the activations that a study holds, of other batches and maybe in half precision."""


def see_same_behaviour(
    folder: Path, network: str, behaviour: Behaviour, apart_from_kept: Callable[[], float] | None
) -> None:
    """Hold a layer's answers to fixed samples to those that were kept with its study, or keep them with a new one.

    A study that was finished before such answers were kept holds answers to its own samples: those are compared then,
    and nothing is written.

    Parameters
    ----------
    network
        What it is called.
    apart_from_kept
        How far the answers to a few of the study's samples lie from the activations that it holds, see
        `furthest_apart`; None while it is not finished.

    Raises
    ------
    StudyError
        When the network answers otherwise than when it was probed.
    """
    kept = Behaviour.load(folder)
    difference = ""
    if kept is not None:
        difference = kept.difference(behaviour)
    elif apart_from_kept is None:
        behaviour.save(folder)
    elif (apart := apart_from_kept()) > KEPT_TOLERANCE:
        difference = f"its activations on two samples of the study differ by {apart:.2g} of the largest"
    if difference:
        raise StudyError(
            f"{network} has the weights of the network that the study in {folder} was made with, but answers "
            f"otherwise: {difference}. Its code has changed (an activation function, a stride, a dilation), or weights "
            "that PyTorch does not list (those of quantised layers). Choose another folder, or delete this one to "
            "begin anew"
        )


def see_same_network(study: VisionStudy, network: Network, layer: LayerToProbe) -> None:
    """See that a network is the one that was probed: by its weights, its preprocess, and what it answers.

    Raises
    ------
    StudyError
        When it is another, or answers otherwise.
    """
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise StudyError(
            f"{network.name} is not the network that was probed ({about.network}): its weights or its preprocess "
            "differ. Give the one that the study was made with"
        )
    behaviour = behaviour_of(network, layer, fixed_pictures(study.dataset.picture(0).size))
    see_same_behaviour(
        study.folder, network.name, behaviour, lambda: apart_from_maps(network, layer, study.dataset, study.units.maps)
    )


def apart_from_maps(
    network: Network, layer: LayerToProbe, dataset: SegmentationDataset, maps: NDArray[np.floating]
) -> float:
    """How far a layer's answers to the first and the middle image lie from maps of shape (units, images, h, w)."""
    chosen = sorted({0, len(dataset) // 2})
    now = answers_to(network, layer, [dataset.picture(number) for number in chosen])
    then = maps[:, chosen].swapaxes(0, 1).astype(np.float32)
    return furthest_apart(then, now) if then.shape == now.shape else np.inf


def see_same_pair_network(study: PairStudy, network: PairNetwork) -> None:
    """See that a network is the one that was probed: by its weights, words and labels, and by what it answers.

    Raises
    ------
    StudyError
        When it is another, or answers otherwise.
    """
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise StudyError(
            f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
            "differ. Give the one that the study was made with"
        )
    see_same_behaviour(
        study.folder,
        network.name,
        behaviour_of_pairs(network, about.layer),
        lambda: apart_from_activations(network, about.layer, study.pairs, study.units.values),
    )


def apart_from_activations(
    network: PairNetwork, layer: str, pairs: PairDataset, activations: NDArray[np.float32]
) -> float:
    """How far a layer's answers to the first and the middle pair lie from activations of shape (units, pairs)."""
    chosen = np.isin(np.arange(len(pairs)), [0, len(pairs) // 2])
    now = network.respond(pairs.subset(chosen), layer, allow_empty=True).activations
    then = activations[:, chosen].T
    return furthest_apart(then, now) if then.shape == now.shape else np.inf


def finite_check(layer: str, units: int, strange: Sequence[int]) -> Check:
    """What a certificate says of units with values that are not finite; where there are some, a warning names them."""
    if not strange:
        return Check("finite", f"all {units:,} units finite", "every activation of every unit is a finite number")
    named = f"unit{'s' * (len(strange) > 1)} {', '.join(map(str, strange[:_NAMED]))}"
    more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
    told = (
        f"layer {layer!r} gives values that are not finite (NaN or infinite) for {len(strange):,} of {units:,} units: "
        f"{named}{more}. They are left out; the others are explained"
    )
    warnings.warn(told, stacklevel=5)
    return Check("finite", f"{len(strange):,} of {units:,} units not finite", told, held=False)


def warn_of(network: str, studies: Sequence[StudyConfiguration]) -> None:
    """Warn of what did not hold in the checks of studies, each thing once."""
    told = {check.detail: study.layer for study in studies for check in study.certificate.checks if not check.held}
    for detail, layer in told.items():
        warnings.warn(f"{network}, layer {layer}: {detail}", stacklevel=5)


_NAMED = 8
