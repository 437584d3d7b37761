"""Recognise the network that a study was made with, by its weights and by its answers to fixed samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import StudyError
from compexp_widgets.networks.behaviour import Behaviour, activations_for, behaviour_of, furthest_apart
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.probe import Probe
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.positions import open_activations
from compexp_widgets.study.study_folder import ACTIVATIONS

KEPT_TOLERANCE = 0.01
"""Tolerance for activations that a study holds, made in other batches and maybe kept in half precision."""


def see_same_network(study: DissectedLayer, network: Network, layer: LayerToProbe | None = None) -> None:
    """See that a network is the one that was probed, by its weights, what it makes of samples, and what it answers;
    StudyError where it is another or answers otherwise.

    `layer` is the layer as it was probed, where its layout was told or its directions were; None: the study's, as
    recognised.
    """
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise StudyError(
            f"{network.name} is not the network that was probed ({about.network}): its weights, or what it makes of "
            "its input, differ. Give the one that the study was made with"
        )
    probe = (layer or LayerToProbe(about.layer, study.folder)).probe(network)
    behaviour = behaviour_of(network, probe, network.inputs.fixed_samples(study.data))
    see_same_behaviour(study.folder, network, probe, behaviour, study.data)


def see_same_behaviour(folder: Path, network: Network, probe: Probe, behaviour: Behaviour, data: Any) -> None:
    """Hold a layer's answers to fixed samples to those kept with its study, or keep them with a new one. A study that
    was finished before such answers were kept holds answers to its own samples: those are compared, and nothing is
    written.
    """
    kept = Behaviour.load(folder)
    difference = ""
    if kept is not None:
        difference = kept.difference(behaviour)
    elif not (folder / ACTIVATIONS).exists():
        behaviour.save(folder)
    elif (distance := _distance(network, probe, data, open_activations(folder))) > KEPT_TOLERANCE:
        difference = f"its activations on two samples of the study differ by {distance:.2g} of the largest"
    if difference:
        raise StudyError(
            f"{network.name} has the weights of the network that the study in {folder} was made with, but answers "
            f"otherwise: {difference}. Its code has changed (an activation function, a stride, a dilation), or weights "
            "that PyTorch does not list (those of quantised layers). Choose another folder, or delete this one to "
            "begin anew"
        )


def _distance(network: Network, probe: Probe, data: Any, activations: NDArray[np.floating]) -> float:
    """The distance of a layer's answers to the first and the middle sample from those that a study holds."""
    chosen = sorted({0, len(data) // 2})
    now = activations_for(network, probe, data, chosen)
    if isinstance(now, list):  # of samples with different numbers of positions it is known where the first one ends
        return furthest_apart([activations[:, : now[0].shape[1]].astype(np.float32)], now[:1])
    return furthest_apart(activations[:, chosen].swapaxes(0, 1).astype(np.float32), now)
