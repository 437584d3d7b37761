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
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, facts, fields_html, section
from compexp_widgets.short_text import brief_repr, counted
from compexp_widgets.signatures.activation_ranges import Limits, QuantileRange
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.same_network import see_same_network


@dataclass(frozen=True, eq=False)
class SampleResponse:
    """A network's response to one sample: float32 logits and float64 probabilities of shape (classes,), their softmax;
    without classes both are empty.

    `activations` are those of the study's layer, float32 of shape (units, …); of a picture its maps, (units, h, w).
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    activations: NDArray[np.float32]

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @staticmethod
    def first(found: Response) -> SampleResponse:
        """The response to the first of several samples."""
        shares = found.probabilities[0] if found.logits.shape[1] else np.empty(0, np.float64)
        return SampleResponse(found.logits[0], shares, found.activations[0])

    @property
    def predicted(self) -> int:
        """The likeliest class; NetworkError where the network does not classify."""
        if not len(self.logits):
            raise NetworkError("the network does not classify, so no class is the likeliest")
        return int(self.logits.argmax())

    @property
    def peaks(self) -> NDArray[np.float32]:
        """float32, shape (units,): the largest activation of each unit."""
        flat = self.activations.reshape(len(self.activations), -1)
        peaks: NDArray[np.float32] = flat.max(axis=1, initial=-np.inf)  # of a text without tokens too
        return peaks


class ProbedNetwork:
    """A study together with the network that it probed: what the network makes of samples, in the study's terms.

    A network that does not classify is watched too; what needs classes refuses it.

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
    classifies
        True where the network answers with one score a class.

    Raises
    ------
    StudyError
        When the network or the directions are not those that were probed, or the network answers otherwise.
    """

    def __repr__(self) -> str:
        return f"<ProbedNetwork: {self.network!r}, with {self.study!r}>"

    def _repr_html_(self) -> Html:
        study = self.study
        watched = f"{counted(study.units.count, 'unit')} of layer {study.configuration.layer}"
        shown = [("study", str(study.folder)), ("watched", watched), ("network", repr(self.network))]
        return section(self.network.name, facts(shown))

    @checked(StudyError)
    def __init__(
        self,
        study: DissectedLayer,
        network: AnyNetwork,
        *,
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
    ) -> None:
        network = as_network(network)
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
        self._classes, self._no_classes = 0, ""
        try:
            found = network.respond(network.inputs.fixed_samples(study.data))
            self._classes = found.logits.shape[1]
        except NetworkError as error:
            self._no_classes = str(error)

    @property
    def classifies(self) -> bool:
        return not self._no_classes

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name an output of the network; ``"class 0"`` … where it has none.

        Raises
        ------
        NetworkError
            When the network does not classify.
        """
        if self._no_classes:
            raise NetworkError(self._no_classes)
        return self.network.class_names or tuple(f"class {number}" for number in range(self._classes))

    @cached_property
    def class_weights(self) -> NDArray[np.float32] | None:
        """The weight of each unit for each class, float32 of shape (classes, units); see `class_weights`.

        None where the network does not tell or does not classify, and where directions were probed.
        """
        if self.study.configuration.directions or not self.classifies:
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
        return SampleResponse.first(self.responses([sample], silenced))

    @checked(StudyError)
    def responses(self, samples: Any, silenced: Sequence[int] = ()) -> Response:
        """The response to several samples, as ``network.respond`` takes them, and the activations of the layer.

        Without classes there are no logits.
        """
        return self.network.respond(samples, self._probe, silenced=silenced, classes=self.classifies)

    @checked(StudyError)
    def limits(self, unit: int) -> Limits:
        """The activations between which a unit counts as firing: the largest 0.5 % on the probe dataset."""
        limits: Limits = self.study.units.limits(unit, QuantileRange(0.005))
        return limits

    @checked(StudyError)
    def fires(self, response: SampleResponse, unit: int, limits: Limits | None = None) -> NDArray[np.bool_]:
        """The positions where a unit fires, by default within `limits`: bool, of a picture of shape (height, width) of
        the annotation grid, of others of the shape of one unit's activations.
        """
        limits = self.limits(unit) if limits is None else limits
        found: NDArray[np.bool_] = self.study.units.within(response.activations[unit], limits)
        return found
