"""Networks that judge sentence pairs: the Bowman architecture with a trainer, and any torch module of one's own."""

from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER
from compexp_widgets.networks.pairs.checkpoint import load_bowman, save_bowman
from compexp_widgets.networks.pairs.holding_out import held_out, joined
from compexp_widgets.networks.pairs.pair_network import PairNetwork
from compexp_widgets.networks.pairs.responses import Responses
from compexp_widgets.networks.pairs.training import train_bowman
from compexp_widgets.networks.pairs.training_settings import TrainingSettings

__all__ = [
    "HIDDEN_LAYER",
    "PairNetwork",
    "Responses",
    "TrainingSettings",
    "held_out",
    "joined",
    "load_bowman",
    "save_bowman",
    "train_bowman",
]
