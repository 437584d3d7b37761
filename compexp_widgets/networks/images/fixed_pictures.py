"""A few pictures that are the same on every machine, on their way through a network: what it does with them is kept."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.behaviour import Behaviour, Observed, observe
from compexp_widgets.networks.images.activations import LayerToProbe
from compexp_widgets.networks.layer_geometry import geometry_checks
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.probe import Probe, activations_of
from compexp_widgets.networks.random_numbers import undisturbed_random


def fixed_pictures(size: tuple[int, int]) -> list[Image.Image]:
    """Three pictures of a size (width, height): stripes that grow finer, slanted waves of colour, and noise.

    None is its own mirror image. Whole numbers alone make them, so that every machine makes the same.
    """
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.int64)
    finer = [rows % 256, columns % 256, rows * columns % 256]
    waves = [np.abs((rows * down + columns * right) % 510 - 255) for down, right in ((3, 5), (7, 2), (1, 11))]
    mixed = rows * 73_856_093 ^ columns * 19_349_663
    noise = [(mixed * factor >> 9) % 256 for factor in (31, 67, 83_492_791)]
    return [Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8)) for channels in (finer, waves, noise)]


class FixedPictures:
    """The fixed pictures for some layers of a network, inside whose probes it is used; see `FixedSamples`."""

    prepares = "preprocess"

    def __init__(self, network: Network, probes: Sequence[Probe], pictures: Sequence[Image.Image]) -> None:
        self.name = network.name
        self.count = len(pictures)
        self._network, self._probes, self._pictures = network, probes, pictures
        self._inputs: dict[int, torch.Tensor] = {}

    def inputs(self, sample: int) -> list[torch.Tensor]:
        """What the network is shown for one picture."""
        return [self._network.input_from(self._pictures[sample])]

    def answers(self, samples: Sequence[int]) -> list[NDArray[np.float32]]:
        """The maps of each layer for some pictures: float32, shape (pictures, units, height, width)."""
        for sample in samples:
            if sample not in self._inputs:
                (self._inputs[sample],) = self.inputs(sample)
        chosen = [self._inputs[sample] for sample in samples]
        if len(shapes := {tuple(one.shape) for one in chosen}) > 1:
            raise NetworkError(f"preprocess of {self.name} gives inputs of different shapes: {sorted(shapes)}")
        return [maps.cpu().numpy() for maps in activations_of(self._probes, torch.stack(chosen))]


def observe_layers(network: Network, layers: Sequence[LayerToProbe], pictures: Sequence[Image.Image]) -> Observed:
    """See with a few pictures whether layers of a network can be relied upon, and what they answer.

    Raises
    ------
    NetworkError
        When preprocess or the network answers differently the second time, or a layer cannot be probed.
    """
    with ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to warn of comes again when all pictures are shown
        probes = [
            stack.enter_context(Probe(network.module, one.name, layout=one.layout, directions=one.directions))
            for one in layers
        ]
        seen = observe(FixedPictures(network, probes, pictures), network.device, network.dtype)
        return replace(seen, of_layers=tuple(geometry_checks(one.layer, one.geometry) for one in probes))


def answers_to(network: Network, layer: LayerToProbe, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
    """A layer's maps for a few pictures in one batch: float32, shape (pictures, units, height, width)."""
    with undisturbed_random(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Probe(network.module, layer.name, layout=layer.layout, directions=layer.directions) as probe:
            (maps,) = FixedPictures(network, [probe], pictures).answers(range(len(pictures)))
            return maps


def behaviour_of(network: Network, layer: LayerToProbe, pictures: Sequence[Image.Image]) -> Behaviour:
    """What a layer answers to a few pictures, to be held to what it answered once."""
    return Behaviour.now(answers_to(network, layer, pictures), network.device, network.dtype)
