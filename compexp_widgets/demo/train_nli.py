"""Train the NLI world's network: ``python -m compexp_widgets.demo.train_nli``.

Word vectors begin with the shipped part of GloVe. Training goes on until it no longer gets better on premises kept back
from the training set; what is told of it is measured on the held-out set, of which training has seen nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from compexp_widgets.concepts.lexicon import read_word_vectors
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.demo.nli_shipped import VECTORS, WEIGHTS, load_pair_network, load_world_vectors
from compexp_widgets.demo.nli_world.pairs import PROBE_PREMISES, SPLITS, written_pairs
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER
from compexp_widgets.networks.pairs.checkpoint import save_bowman
from compexp_widgets.networks.pairs.training import train_bowman
from compexp_widgets.networks.pairs.training_state import TrainingSettings
from compexp_widgets.progress import Report, bars, silent

HELD_OUT_PREMISES = 1_000
"""Premises of the held-out set; three pairs each."""

# Premises of the training set that training stops by, instead of learning from them.
_VALIDATION_PREMISES = 600


@dataclass(frozen=True)
class Recipe:
    """How the network is trained.

    Attributes
    ----------
    premises
        To learn from; three pairs each.
    encoder, hidden
        Width of the LSTM, units of the hidden layer.
    epochs, patience
        Passes at most, and how many of them without getting better.
    sparsity
        How much firing costs: without it every unit fires on a third of the pairs or more, and says little.
    seed
        Of weights, order and dropout.
    """

    premises: int = 8_000
    encoder: int = 128
    hidden: int = 160
    sparsity: float = 0.08
    epochs: int = 14
    patience: int = 3
    seed: int = 0


def training_pairs(premises: int) -> tuple[PairDataset, PairDataset]:
    """The pairs to learn from, and those to stop by."""
    pairs = written_pairs("training", premises + _VALIDATION_PREMISES)
    learned = np.arange(len(pairs)) < 3 * premises
    return pairs.subset(learned), pairs.subset(~learned)


@cache
def held_out_pairs() -> PairDataset:
    """The pairs that accuracy is measured on."""
    return written_pairs("held-out", HELD_OUT_PREMISES)


def accuracy(network: Network) -> float:
    """The share of held-out pairs whose label the network tells, 0 … 1."""
    pairs = held_out_pairs()
    return network.respond(pairs, HIDDEN_LAYER).accuracy(pairs.gold)


def train(recipe: Recipe, folder: Path, out: Path, progress: Report = silent) -> float:
    """Train and save the network; returns its held-out accuracy. `folder` keeps the state, to go on after a stop."""
    learned, stopped_by = training_pairs(recipe.premises)
    vectors = load_world_vectors()
    settings = TrainingSettings(
        embedding=vectors.vectors.shape[1],
        encoder=recipe.encoder,
        hidden=recipe.hidden,
        sparsity=recipe.sparsity,
        epochs=recipe.epochs,
        patience=recipe.patience,
        seed=recipe.seed,
    )
    network = train_bowman(learned, stopped_by, settings, folder, progress, vectors=vectors)
    save_bowman(network, out)
    # As it will be used: from the file.
    reached = accuracy(load_pair_network(out))
    facts = {name: str(value) for name, value in asdict(recipe).items()}
    facts |= {"training_pairs": str(len(learned)), "training_sha256": learned.fingerprint}
    facts |= {"held_out_accuracy": f"{reached:.4f}", "held_out_pairs": str(3 * HELD_OUT_PREMISES)}
    save_bowman(network, out, facts)
    return reached


def write_vectors(source: str, out: Path = VECTORS) -> int:
    """Keep the vectors of every word of the world, from `source`; returns how many words there are."""
    sizes = {
        "probe": PROBE_PREMISES,
        "held-out": HELD_OUT_PREMISES,
        "training": Recipe().premises + _VALIDATION_PREMISES,
    }
    words: set[str] = set()
    for split in SPLITS:
        pairs = written_pairs(split, sizes[split])
        words.update(word.lower() for sentence in (*pairs.premises, *pairs.hypotheses) for word in sentence)
    vectors = read_word_vectors(source, sorted(words))
    vectors.save(out)
    return len(vectors)


def main() -> None:
    """Read the command line; write the vectors, or train."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(
        description="Train the network of the NLI world.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the safetensors file to write")
    parser.add_argument("--folder", type=Path, help="keeps the training, so that it goes on after a stop")
    parser.add_argument("--vectors", help="do not train: take the vectors of the world's words from this source")
    for name, value in asdict(recipe).items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=" ")
    arguments = vars(parser.parse_args())
    out, folder, vectors = (arguments.pop(name) for name in ("out", "folder", "vectors"))
    if vectors is not None:
        print(f"{VECTORS}: the vectors of {write_vectors(vectors)} words.")
        return
    with tempfile.TemporaryDirectory() as temporary, bars() as progress:
        reached = train(Recipe(**arguments), folder or Path(temporary), out, progress)
    print(f"{out}: {reached:.1%} of {3 * HELD_OUT_PREMISES} held-out pairs told rightly.")


if __name__ == "__main__":
    main()
