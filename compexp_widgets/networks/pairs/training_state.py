"""The settings of a Bowman network's training, and its state: a file to go on from after a stop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.files import atomic_write, load_checkpoint, read_json, write_json
from compexp_widgets.networks.passes import first_line
from compexp_widgets.notebook_html import fields_html

STATE, RECORD = "state.pt", "training.json"


@dataclass(frozen=True)
class TrainingSettings:
    """The size of the network, and how it is trained.

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

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            whole = isinstance(type(self).__dataclass_fields__[name].default, int)
            least, below = _LEAST.get(name, int(whole)), _BELOW.get(name, math.inf)
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                raise NetworkError(f"{name} is a {'whole ' if whole else ''}number, not {value!r:.60}")
            if not (math.isfinite(value) and least <= value < below) or (name == "learning_rate" and value == 0):
                limits = f"at least {least}" + (f" and below {below}" if below < math.inf else "")
                raise NetworkError(f"{name} is {'above 0' if name == 'learning_rate' else limits}, not {value!r:.60}")


# Where it is not 1 for whole numbers and 0 for others; batch norm needs two pairs.
_LEAST = {"batch_size": 2, "seed": 0}
_BELOW = {"dropout": 1, "seed": 2**63}


@dataclass(frozen=True)
class Epoch:
    """The outcome of one pass over the training pairs: their mean loss during it, and the share of the validation pairs
    that the network judged rightly after it.
    """

    loss: float
    accuracy: float

    _repr_html_ = fields_html


@dataclass
class TrainingState:
    """The epochs so far, and the plan: settings, pairs, word vectors, all that decides what comes out."""

    plan: dict[str, Any]
    epochs: list[Epoch] = field(default_factory=list)

    @property
    def best(self) -> int:
        """Number of the best epoch, from 1, the first of equally good ones; 0 before the first."""
        accuracies = [epoch.accuracy for epoch in self.epochs]
        return accuracies.index(max(accuracies)) + 1 if accuracies else 0

    def finished(self, epochs: int, patience: int) -> bool:
        """True when all epochs are done, or the last `patience` of them brought nothing better."""
        return len(self.epochs) >= epochs or (bool(self.epochs) and len(self.epochs) - self.best >= patience)

    def write(self, folder: Path, module: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Keep the state with the weights it belongs to, and a record to read."""
        epochs = [asdict(epoch) for epoch in self.epochs]
        content = {
            "plan": self.plan,
            "epochs": epochs,
            "state_dict": module.state_dict(),
            "optimiser": optimiser.state_dict(),
        }
        try:
            with atomic_write(folder / STATE) as temporary:
                torch.save(content, temporary)
            write_json(folder / RECORD, {"plan": self.plan, "epochs": epochs, "best": self.best})
        except (OSError, RuntimeError) as error:
            raise NetworkError(f"{folder / STATE} cannot be written ({error}): make room, then train on") from error


def read_record(folder: Path) -> list[Epoch]:
    """Read the outcome of each epoch of a training; a NetworkError where the folder holds no record of one."""
    try:
        record = read_json(folder / RECORD, "record of a training", error=NetworkError, finite=False)
        return [Epoch(**epoch) for epoch in record["epochs"]]
    except (NetworkError, KeyError, TypeError) as error:
        raise NetworkError(f"{folder / RECORD} holds no record of a training ({error})") from error


def continued(folder: Path, plan: dict[str, Any], module: nn.Module, optimiser: torch.optim.Optimizer) -> TrainingState:
    """The state that a folder holds, put into module and optimiser; a new one where it holds none.

    A NetworkError where it holds a training with another plan, or is damaged.
    """
    if not (folder / STATE).exists():
        return TrainingState(plan)
    try:
        content = load_checkpoint(folder / STATE, "state of a training")
        found: Mapping[str, Any] = content["plan"]
        differing = [name for name in plan if found.get(name) != plan[name]]
        if not differing:
            module.load_state_dict(content["state_dict"])
            optimiser.load_state_dict(content["optimiser"])
            return TrainingState(plan, [Epoch(**epoch) for epoch in content["epochs"]])
    except (NetworkError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NetworkError(
            f"{folder / STATE} cannot be read ({first_line(error):.200}): delete it to train from the beginning"
        ) from error
    was = ", ".join(f"{name} {found.get(name)!s:.20} (now {plan[name]!s:.20})" for name in differing)
    raise NetworkError(
        f"{folder} holds a training with {was}: give the same to go on with it, or another folder to train anew"
    )
