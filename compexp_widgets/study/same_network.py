"""Recognise the network that a study was made with, by its weights and by its answers to fixed samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from compexp_widgets.errors import StudyError
from compexp_widgets.networks.behaviour import Behaviour
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.study.modality import modality_of
from compexp_widgets.study.positions import open_activations
from compexp_widgets.study.study import Study

KEPT_TOLERANCE = 0.01
"""Tolerance for activations that a study holds, made in other batches and maybe kept in half precision."""


def see_same_network(study: Study, network: Any, layer: LayerToProbe | None = None) -> None:
    """See that a network is the one that was probed: by its weights, what it makes of samples, and what it answers.

    Parameters
    ----------
    layer
        The layer as it was probed, where its layout was told or its directions were; None: the study's, as recognised.

    Raises
    ------
    StudyError
        When it is another, or answers otherwise.
    """
    about, modality = study.configuration, modality_of(study.configuration.kind, study.folder)
    if network.fingerprint != about.network_fingerprint:
        raise StudyError(
            f"{network.name} is not the network that was probed ({about.network}): its weights, or what it makes of "
            "its input, differ. Give the one that the study was made with"
        )
    probed = layer or LayerToProbe(about.layer, study.folder)
    see_same_behaviour(
        study.folder,
        network.name,
        modality.behaviour(network, probed, study.data),
        lambda: modality.apart(network, probed, study.data, open_activations(study.folder)),
    )


def see_same_behaviour(folder: Path, network: str, behaviour: Behaviour, apart: Callable[[], float] | None) -> None:
    """Hold a layer's answers to fixed samples to those that were kept with its study, or keep them with a new one.

    A study that was finished before such answers were kept holds answers to its own samples: those are compared then,
    and nothing is written.

    Parameters
    ----------
    network
        What it is called.
    apart
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
    elif apart is None:
        behaviour.save(folder)
    elif (distance := apart()) > KEPT_TOLERANCE:
        difference = f"its activations on two samples of the study differ by {distance:.2g} of the largest"
    if difference:
        raise StudyError(
            f"{network} has the weights of the network that the study in {folder} was made with, but answers "
            f"otherwise: {difference}. Its code has changed (an activation function, a stride, a dilation), or weights "
            "that PyTorch does not list (those of quantised layers). Choose another folder, or delete this one to "
            "begin anew"
        )
