"""Sources of networks: torchvision, the authors of Places365, a checkpoint, a function of the user's."""

from compexp_widgets.networks.checkpoints import Weights, put_weights, read_weights
from compexp_widgets.networks.sources.loading import load_network
from compexp_widgets.networks.sources.preprocessing import PLACES365, Preprocessing, probed_in_the_paper

__all__ = [
    "PLACES365",
    "Preprocessing",
    "Weights",
    "load_network",
    "probed_in_the_paper",
    "put_weights",
    "read_weights",
]
