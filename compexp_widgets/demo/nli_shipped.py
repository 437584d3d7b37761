"""What ships with the NLI world: the network that was trained on it, and the vectors of its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.checkpoint import load_bowman

WEIGHTS = Path(__file__).with_name("weights") / "nli_world.safetensors"
"""The network; `compexp_widgets.demo.train_nli` makes it."""

VECTORS = Path(__file__).with_name("weights") / "nli_world_vectors.safetensors"
"""The vectors, 50 numbers each, of every word of the world: a small part of GloVe 6B (Pennington et al. 2014, PDDL)."""

_WAY_ON = "Install compexp_widgets again, or make it with `python -m compexp_widgets.demo.train_nli`."


def load_pair_network(path: Path = WEIGHTS) -> Network:
    """The network that tells the labels of the NLI world's pairs.

    Raises
    ------
    NetworkError
        If the file is missing or damaged.
    """
    try:
        network = load_bowman(path)
    except NetworkError as error:
        raise NetworkError(f"The NLI world's network cannot be read: {error}. {_WAY_ON}") from error
    return replace(network, name="NLI world")


def load_world_vectors(path: Path = VECTORS) -> WordVectors:
    """The vectors of the words of the NLI world.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    try:
        return WordVectors.load(path)
    except DataError as error:
        raise DataError(f"The word vectors of the NLI world cannot be read: {error}. {_WAY_ON}") from error
