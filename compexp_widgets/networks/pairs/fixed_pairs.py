"""A few fixed pairs on their way through a network: what it does with them is kept."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.behaviour import Behaviour, Observed, observe
from compexp_widgets.networks.pairs.pair_network import TEST_PAIRS, PairNetwork
from compexp_widgets.networks.pairs.probing import LayerProbe
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import device_and_dtype, evaluation_mode


class FixedPairs:
    """`TEST_PAIRS` for a layer of a network, inside whose probe it is used; see `FixedSamples`."""

    prepares = "encode"
    count = len(TEST_PAIRS)

    def __init__(self, network: PairNetwork, probe: LayerProbe) -> None:
        self.name = network.name
        self._network, self._probe = network, probe

    def inputs(self, sample: int) -> list[torch.Tensor]:
        """What the network is shown for one pair alone."""
        arguments = self._network.encode(self._network.as_read([TEST_PAIRS[sample]]))
        given = arguments.values() if isinstance(arguments, Mapping) else arguments
        if not all(isinstance(one, torch.Tensor) for one in given):
            raise NetworkError(
                f"encode of {self.name} must give the module's arguments as a tuple of tensors, or a dictionary of "
                "them by name"
            )
        return list(given)

    def answers(self, samples: Sequence[int]) -> list[NDArray[np.float32]]:
        """What the layer answers to some pairs: float32, shape (pairs, units)."""
        pairs = self._network.as_read([TEST_PAIRS[sample] for sample in samples])
        _, units = self._probe.show(self._network.encode(pairs), len(samples))
        return [units.cpu().numpy()]


def observe_pairs(network: PairNetwork, layer: str) -> Observed:
    """See with a few pairs whether a layer of a network can be relied upon, and what it answers.

    Raises
    ------
    NetworkError
        When encode or the network answers differently the second time, or the layer cannot be probed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to warn of comes again when all pairs are shown
        with evaluation_mode(network.module), LayerProbe(network.module, layer) as probe:
            return observe(FixedPairs(network, probe), *device_and_dtype(network.module))


def behaviour_of_pairs(network: PairNetwork, layer: str) -> Behaviour:
    """What a layer answers to `TEST_PAIRS`, to be held to what it answered once."""
    with undisturbed_random(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with evaluation_mode(network.module), LayerProbe(network.module, layer) as probe:
            (answers,) = FixedPairs(network, probe).answers(range(len(TEST_PAIRS)))
            return Behaviour.now(answers, *device_and_dtype(network.module))
