"""A Bowman network on real sentence pairs."""

import numpy as np
import pytest
import torch

import compexp_widgets as cw
from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER, BowmanNetwork, BowmanSize, WordIndex
from compexp_widgets.networks.pairs.checkpoint import bowman_network

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def development(real_data):
    folder = real_data / "snli"
    return cw.read_pairs(folder / "snli_1.0_dev.tok", labels=folder / "bowman_epoch6_predictions_dev.csv")


def test_every_development_pair_is_answered_in_its_place(development):
    torch.manual_seed(0)
    words = WordIndex.of(development, minimum_count=5)
    module = BowmanNetwork(BowmanSize(len(words), 10, 12, 16)).eval()
    network = bowman_network(module, words, name="untrained")
    found = network.respond(development, HIDDEN_LAYER, batch_size=256)
    chosen = np.arange(0, len(development), 997)
    alone = network.respond(development.subset(chosen), HIDDEN_LAYER, batch_size=1)
    np.testing.assert_allclose(found.activations[chosen], alone.activations, atol=1e-5)
    assert found.logits.shape == (10_000, 3)
