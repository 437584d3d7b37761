"""Sources of networks: torchvision, the authors of Places365, a checkpoint, a function of the user's."""

from compexp_widgets.networks.sources.loading import AnyNetwork, as_network, load_network

__all__ = ["AnyNetwork", "as_network", "load_network"]
