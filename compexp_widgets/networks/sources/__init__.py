"""Sources of networks: torchvision, the authors of Places365, a checkpoint, a function of the user's."""

from compexp_widgets.networks.sources.loading import load_network

__all__ = ["load_network"]
