"""Bowman networks in files: ours, and the dictionaries that the authors' training script saves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors.torch import save_file

from compexp_widgets.argument_types import checked
from compexp_widgets.data.pairs.dataset import LABELS, TWO_WAY_LABELS, label_set
from compexp_widgets.errors import NetworkError
from compexp_widgets.files import atomic_write, parse_json
from compexp_widgets.networks.checkpoints import Weights, fitting_names, put_weights, read_weights
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.bowman import BowmanNetwork, BowmanSize, WordIndex
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs


@checked(NetworkError)
def load_bowman(path: str | Path) -> Network:
    """A Bowman network from a file, in evaluation mode.

    Parameters
    ----------
    path
        A file of `save_bowman` or `train_bowman`, or what the training script of Mu and Andreas (2020) saves: a
        dictionary with ``state_dict``, ``stoi`` (word → number) and ``itos`` (number → word). Its labels are in the
        order of `LABELS`. Nothing in the file is run. The network is called what the file calls it, or as the file.

    Raises
    ------
    NetworkError
        When the file is missing, damaged, no checkpoint of a Bowman network, or a whole pickled object.
    """
    weights = read_weights(path)
    words = _words(weights)
    size = _size(weights, words)
    module = BowmanNetwork(size)
    put_weights(module, weights, "a Bowman network")
    name = str(weights.beside.get("name") or weights.path.stem)
    return bowman_network(module.eval(), words, name=name, labels=_labels(weights, size.labels))


def save_bowman(
    network: Network, path: str | Path, facts: Mapping[str, str] | None = None, *, half: bool = False
) -> None:
    """Write a Bowman network and its words to one ``.safetensors`` file, whole or not at all.

    `facts`, such as the accuracy reached, go into its metadata. `half` keeps the weights in half precision: half the
    size, and a network that answers a little differently.
    """
    inputs = network.inputs_as(PairInputs)
    if not isinstance(network.module, BowmanNetwork) or not inputs.vocabulary:
        raise NetworkError(f"{network.name} is a {type(network.module).__name__}, not a Bowman network with its words")
    tensors = {
        name: (tensor.half() if half and tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.module.state_dict().items()
    }
    metadata = {
        **(facts or {}),
        "format": FORMAT,
        "name": network.name,
        "words": json.dumps(inputs.vocabulary, ensure_ascii=False),
        **({} if inputs.labels == LABELS else {"labels": json.dumps(inputs.labels)}),
    }
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(Path(path)) as temporary:
            save_file(tensors, temporary, metadata)
    except (OSError, UnicodeError) as error:  # safetensors takes no name that is not UTF-8
        raise NetworkError(f"{path} cannot be written ({error}): choose another folder or make room") from error


def bowman_network(module: BowmanNetwork, words: WordIndex, *, name: str, labels: Sequence[str] = LABELS) -> Network:
    """A Bowman network with the words that it has vectors for, ready to be probed."""
    return Network.of_pairs(module, words.batch, name=name, labels=labels, vocabulary=words.words)


def _labels(weights: Weights, count: int) -> tuple[str, ...]:
    """The labels of the logits: the three, unless the file says otherwise."""
    said = str(weights.beside.get("labels") or json.dumps(LABELS))
    named = parse_json(said, f"{weights.path}: its list of labels", error=NetworkError)
    labels = tuple(map(str, named)) if isinstance(named, list) else ()
    if label_set(labels) is None or len(labels) != count:
        raise NetworkError(
            f"{weights.path} holds a network with {count} logits, and names the labels {', '.join(labels)!r:.100}: it "
            f"should have one for each of {', '.join(LABELS)}, or of {', '.join(TWO_WAY_LABELS)}"
        )
    return labels


def _words(weights: Weights) -> WordIndex:
    words = _named_in_metadata(weights) if weights.beside.get("format") == FORMAT else _named_by_number(weights)
    try:
        return WordIndex(words)
    except NetworkError as error:
        raise NetworkError(f"{weights.path}: {error}") from error


def _named_in_metadata(weights: Weights) -> tuple[str, ...]:
    words = parse_json(str(weights.beside.get("words")), f"{weights.path}: its list of words", error=NetworkError)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise NetworkError(f"{weights.path}: its list of words cannot be read (not all are texts)")
    return tuple(words)


def _named_by_number(weights: Weights) -> tuple[str, ...]:
    """The words of the published layout."""
    numbers, back = weights.beside.get("stoi"), weights.beside.get("itos")
    if not isinstance(numbers, Mapping):
        raise NetworkError(
            f"{weights.path} holds weights without words ('stoi' is missing): a Bowman network comes as a dictionary "
            "with 'state_dict', 'stoi' and 'itos', or as a safetensors file written by compexp"
        )
    by_number = {number: word for word, number in numbers.items() if isinstance(word, str) and type(number) is int}
    if by_number.keys() != set(range(len(numbers))):
        raise NetworkError(f"{weights.path}: 'stoi' must give every word one number from 0 to {len(numbers) - 1}")
    words = tuple(by_number[number] for number in range(len(numbers)))
    named = [back.get(number) for number in range(len(words))] if isinstance(back, Mapping) else back
    if named is not None and (not isinstance(named, list) or tuple(named) != words):
        raise NetworkError(f"{weights.path}: 'itos' and 'stoi' do not name the same words")
    return words


def _size(weights: Weights, words: WordIndex) -> BowmanSize:
    """The size of the network, as the shapes of its weights tell it."""
    found = fitting_names(weights, _TELLING)
    for name, axes in _TELLING.items():
        if name not in found or found[name].ndim != axes or 0 in found[name].shape:
            raise NetworkError(
                f"{weights.path} does not hold a Bowman network: it has no tensor {name!r} with {axes} axes, but "
                f"{', '.join(f'{key!s:.40}' for key in list(weights.tensors)[:6])}"
            )
    embedding, encoder, hidden = (found[name].shape for name in _TELLING)
    answer = found.get("mlp.3.weight")
    two_way = answer is not None and answer.ndim == 2 and answer.shape[0] == len(TWO_WAY_LABELS)
    labels = len(TWO_WAY_LABELS if two_way else LABELS)
    if embedding[0] != len(words):
        raise NetworkError(f"{weights.path} has vectors for {embedding[0]} words, but names {len(words)}")
    return BowmanSize(embedding[0], embedding[1], encoder[1], hidden[0], labels)


FORMAT = "compexp bowman 1"
_TELLING = {"encoder.emb.weight": 2, "encoder.rnn.weight_hh_l0": 2, "mlp.0.weight": 2}
