"""Where a training stands: one file that lets it go on after a stop as if there had been none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.files import load_checkpoint, read_json, whole_file, write_json

STATE, RECORD = "state.pt", "training.json"


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pairs gave.

    Attributes
    ----------
    loss
        Mean loss of the training pairs during it.
    accuracy
        Share of the validation pairs that the network judged rightly after it.
    """

    loss: float
    accuracy: float


@dataclass
class TrainingState:
    """The epochs so far.

    Attributes
    ----------
    plan
        All that decides what comes out: settings, pairs, word vectors.
    epochs
        What each gave, in order.
    """

    plan: dict[str, Any]
    epochs: list[Epoch] = field(default_factory=list)

    @property
    def best(self) -> int:
        """Number of the best epoch, from 1, the first of equally good ones; 0 before the first."""
        accuracies = [epoch.accuracy for epoch in self.epochs]
        return accuracies.index(max(accuracies)) + 1 if accuracies else 0

    def finished(self, epochs: int, patience: int) -> bool:
        """Whether all epochs are done, or the last `patience` of them brought nothing better."""
        return len(self.epochs) >= epochs or (bool(self.epochs) and len(self.epochs) - self.best >= patience)

    def write(self, folder: Path, module: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Keep the state with the weights it belongs to, and a record to read.

        Raises
        ------
        NetworkError
            When the files cannot be written.
        """
        epochs = [asdict(epoch) for epoch in self.epochs]
        content = {
            "plan": self.plan,
            "epochs": epochs,
            "state_dict": module.state_dict(),
            "optimiser": optimiser.state_dict(),
        }
        try:
            with whole_file(folder / STATE) as temporary:
                torch.save(content, temporary)
            write_json(folder / RECORD, {"plan": self.plan, "epochs": epochs, "best": self.best})
        except (OSError, RuntimeError) as error:
            raise NetworkError(f"{folder / STATE} cannot be written ({error}): make room, then train on") from error


def read_record(folder: Path) -> list[Epoch]:
    """What each epoch of a training gave.

    Raises
    ------
    NetworkError
        When the folder holds no record of one.
    """
    try:
        record = read_json(folder / RECORD, "record of a training", error=NetworkError, finite=False)
        return [Epoch(**epoch) for epoch in record["epochs"]]
    except (NetworkError, KeyError, TypeError) as error:
        raise NetworkError(f"{folder / RECORD} holds no record of a training ({error})") from error


def continued(folder: Path, plan: dict[str, Any], module: nn.Module, optimiser: torch.optim.Optimizer) -> TrainingState:
    """The state that a folder holds, put into module and optimiser; a new one where it holds none.

    Raises
    ------
    NetworkError
        When the folder holds a training with another plan, or its file is damaged.
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
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(
            f"{folder / STATE} cannot be read ({reason:.200}): delete it to train from the beginning"
        ) from error
    was = ", ".join(f"{name} {found.get(name)!s:.20} (now {plan[name]!s:.20})" for name in differing)
    raise NetworkError(
        f"{folder} holds a training with {was}: give the same to go on with it, or another folder to train anew"
    )
