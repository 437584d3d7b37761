"""A study together with the network that it probed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import StudyError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits, QuantileRange
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.images.upsampling import active_positions
from compexp_widgets.study.same_network import see_same_network


@dataclass(frozen=True, eq=False)
class Response:
    """What a network makes of one picture.

    Attributes
    ----------
    logits
        float32, shape (classes,): the scores before softmax.
    probabilities
        float64, shape (classes,): their softmax.
    maps
        float32, shape (units, h, w): the activation maps of the study's layer.
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    maps: NDArray[np.float32]

    @property
    def predicted(self) -> int:
        """The likeliest class."""
        return int(self.logits.argmax())

    @property
    def peaks(self) -> NDArray[np.float32]:
        """float32, shape (units,): the largest activation of each unit."""
        peaks: NDArray[np.float32] = self.maps.reshape(len(self.maps), -1).max(axis=1)
        return peaks


class ProbedNetwork:
    """Shows pictures to the network of a study.

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

    def __init__(
        self,
        study: VisionStudy,
        network: Network,
        *,
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
    ) -> None:
        about = study.configuration
        if (directions.fingerprint if directions else "") != about.directions:
            raise StudyError(
                "the study probed directions in place of channels: give the same directions="
                if about.directions
                else "the study probed the channels themselves: leave out directions="
            )
        layout = Layout(layout) if isinstance(layout, str) else layout
        see_same_network(study, network, LayerToProbe(about.layer, study.folder, layout, directions))
        self.study = study
        self.network = network
        self.layout = layout
        self._probe = network.probe(about.layer, layout=layout, directions=directions)
        classes = len(self.respond(study.dataset.picture(0)).logits)
        self.class_names = network.class_names or tuple(f"class {number}" for number in range(classes))

    @cached_property
    def class_weights(self) -> NDArray[np.float32] | None:
        """How much each unit speaks for each class, float32 of shape (classes, units); see `class_weights`.

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

    def respond(self, picture: Image.Image, *, silenced: Sequence[int] = ()) -> Response:
        """What the network makes of one picture, shown alone: the same picture gives the same bits.

        Parameters
        ----------
        silenced
            Units of the study's layer that pass on 0; none where directions were probed.
        """
        seen = self.network.respond([picture], self._probe, silenced=silenced)
        assert seen.activations is not None
        return Response(seen.logits[0], seen.probabilities[0], seen.activations[0])

    def limits(self, unit: int, firing: ActivationRange | None = None) -> Limits:
        """The activations between which a unit counts as firing: by default the largest 0.5 % on the probe dataset."""
        return self.study.units.limits(unit, firing or QuantileRange(0.005))

    def fires(self, response: Response, unit: int, limits: Limits | None = None) -> NDArray[np.bool_]:
        """Where a unit fires on a picture: bool, shape (height, width) of the study's annotation grid.

        Parameters
        ----------
        limits
            The activations between which it does; None: those of `limits`.
        """
        height, width = self.study.units.grid
        mask = np.zeros(height * width, np.bool_)
        limits = self.limits(unit) if limits is None else limits
        for _, position in active_positions(response.maps[unit][None], (height, width), limits):
            mask[position] = True
        return mask.reshape(height, width)
