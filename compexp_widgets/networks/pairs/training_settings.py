"""How a Bowman network is trained."""

from __future__ import annotations

import math
from dataclasses import dataclass

from compexp_widgets.errors import NetworkError


@dataclass(frozen=True)
class TrainingSettings:
    """How large the network is, and how it is trained.

    The paper's network has word vectors of 300 and an encoder of 512 and is several times slower.

    Attributes
    ----------
    embedding, encoder, hidden
        Length of a word vector, width of the LSTM, units of the hidden layer.
    dropout
        Share of values dropped, before and after the hidden layer; 0 … below 1.
    epochs, patience
        Passes over the pairs, at most; and after how many without a better accuracy on the validation pairs it stops.
    batch_size
        Pairs a step, at least; one epoch's batches are of nearly equal size.
    learning_rate
        Of Adam.
    weight_decay
        Of Adam (decoupled).
    sparsity
        How much the mean activation of the hidden layer adds to the loss: above 0, units fire on fewer pairs.
    minimum_count
        How often a word stands in the training pairs to have a vector of its own; rarer ones share one.
    seed
        Of weights, order and dropout. The same seed gives the same network on the same machine with as many threads.

    Raises
    ------
    NetworkError
        When a number makes no sense.
    """

    embedding: int = 100
    encoder: int = 256
    hidden: int = 1024
    dropout: float = 0.1
    epochs: int = 10
    patience: int = 3
    batch_size: int = 64
    learning_rate: float = 0.001
    weight_decay: float = 0.0
    sparsity: float = 0.0
    minimum_count: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            least, below = _RANGES[name]
            whole = isinstance(type(self).__dataclass_fields__[name].default, int)
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                raise NetworkError(f"{name} is a {'whole ' if whole else ''}number, not {value!r:.60}")
            if not (math.isfinite(value) and least <= value < below) or (name == "learning_rate" and value == 0):
                limits = f"at least {least}" + (f" and below {below}" if below < math.inf else "")
                raise NetworkError(f"{name} is {'above 0' if name == 'learning_rate' else limits}, not {value!r:.60}")


_RANGES = {
    "embedding": (1, math.inf),
    "encoder": (1, math.inf),
    "hidden": (1, math.inf),
    "dropout": (0, 1),
    "epochs": (1, math.inf),
    "patience": (1, math.inf),
    "batch_size": (2, math.inf),  # batch norm needs two
    "learning_rate": (0, math.inf),
    "weight_decay": (0, math.inf),
    "sparsity": (0, math.inf),
    "minimum_count": (1, math.inf),
    "seed": (0, 2**63),
}
