"""A study together with the network that it probed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.signatures.activation_ranges import Limits, QuantileRange
from compexp_widgets.study import Study
from compexp_widgets.study.given import AnyStudy, as_study
from compexp_widgets.study.images.upsampling import active_positions
from compexp_widgets.study.same_network import see_same_network


@dataclass(frozen=True, eq=False)
class SampleResponse:
    """A network's response to one sample: float32 logits and float64 probabilities of shape (classes,), their softmax.

    `activations` are those of the study's layer, float32 of shape (units, …); of a picture its maps, (units, h, w).
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    activations: NDArray[np.float32]

    @property
    def predicted(self) -> int:
        """The likeliest class."""
        return int(self.logits.argmax())

    @property
    def peaks(self) -> NDArray[np.float32]:
        """float32, shape (units,): the largest activation of each unit."""
        peaks: NDArray[np.float32] = self.activations.reshape(len(self.activations), -1).max(axis=1)
        return peaks


class ProbedNetwork:
    """A study together with the network that it probed: what the network makes of samples, in the study's terms.

    Parameters
    ----------
    study
        Whose units are watched.
    network
        The network that was probed.
    layout, directions
        As given to `dissect`, where they were.

    Attributes
    ----------
    study, network, layout
        As given.
    class_names
        One name an output of the network; ``"class 0"`` … where it has none.

    Raises
    ------
    StudyError
        When the network or the directions are not those that were probed, or the network answers otherwise.
    NetworkError
        When the network does not classify.
    """

    @checked(StudyError)
    def __init__(
        self,
        study: AnyStudy,
        network: AnyNetwork,
        *,
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
    ) -> None:
        study, network = as_study(study, Study), as_network(network)
        about = study.configuration
        if (directions.fingerprint if directions else "") != about.directions:
            raise StudyError(
                "the study probed directions in place of channels: give the same directions="
                if about.directions
                else "the study probed the channels themselves: leave out directions="
            )
        layout = Layout(layout) if isinstance(layout, str) else layout
        see_same_network(study, network, LayerToProbe(about.layer, study.folder, layout, directions))
        self.study: Any = study  # of any modality: what can be asked of its data depends on it
        self.network = network
        self.layout = layout
        self._probe = network.probe(about.layer, layout=layout, directions=directions)
        classes = self.responses(network.inputs.fixed_samples(study.data)).logits.shape[1]
        self.class_names = network.class_names or tuple(f"class {number}" for number in range(classes))

    @cached_property
    def class_weights(self) -> NDArray[np.float32] | None:
        """The weight of each unit for each class, float32 of shape (classes, units); see `class_weights`.

        None where the network does not tell, and where directions were probed.
        """
        if self.study.configuration.directions:
            return None
        return class_weights(self.network, self.study.configuration.layer, layout=self.layout)

    def copy(self) -> ProbedNetwork:
        """A copy for another thread: its network shares the weights, and both may be probed at once."""
        other = copy.copy(self)
        other.network = self.network.sharing_weights()
        other._probe = self._probe.on(other.network.module)
        return other

    @checked(StudyError)
    def respond(self, sample: Any, *, silenced: Sequence[int] = ()) -> SampleResponse:
        """The response to one sample, shown alone: the same sample gives the same bits.

        Parameters
        ----------
        sample
            A picture; of other modalities what is the only element of the samples that the network takes.
        silenced
            Units of the study's layer that pass on 0; none where directions were probed.
        """
        found = self.responses([sample], silenced)
        return SampleResponse(found.logits[0], found.probabilities[0], found.activations[0])

    @checked(StudyError)
    def responses(self, samples: Any, silenced: Sequence[int] = ()) -> Response:
        """The response to several samples, as ``network.respond`` takes them, and the activations of the layer."""
        return self.network.respond(samples, self._probe, silenced=silenced)

    @checked(StudyError)
    def limits(self, unit: int) -> Limits:
        """The activations between which a unit counts as firing: the largest 0.5 % on the probe dataset."""
        limits: Limits = self.study.units.limits(unit, QuantileRange(0.005))
        return limits

    @checked(StudyError)
    def fires(self, response: SampleResponse, unit: int, limits: Limits | None = None) -> NDArray[np.bool_]:
        """The positions where a unit fires: bool, shape (height, width) of the grid; by default within `limits`."""
        height, width = self.study.units.grid
        mask = np.zeros(height * width, np.bool_)
        limits = self.limits(unit) if limits is None else limits
        for _, position in active_positions(response.activations[unit][None], (height, width), limits):
            mask[position] = True
        return mask.reshape(height, width)
