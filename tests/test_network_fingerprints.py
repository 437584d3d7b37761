"""A network's fingerprint is the one that version 0.1 wrote into its studies, worked out here from its definition."""

import hashlib
import json

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_network import preprocess, tiny_network
from tiny_pairs import tiny_pair_network

import compexp_widgets as cw

PAIRS = [
    (("A", "man", "in", "a", "red", "shirt", "plays", "the", "guitar", "."), ("The", "man", "is", "sleeping", ".")),
    (("Two", "dogs", "run", "."), ("The", "animals", "are", "outside", "with", "a", "child", ".")),
    (("A", "woman", "reads", "a", "book", "in", "the", "park", "."), ("Nobody", "is", "reading")),
]


def with_header(name: object, tensor: torch.Tensor) -> bytes:
    return f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode() + tensor.contiguous().numpy().tobytes()


def of_pictures(network: cw.Network) -> str:
    rows, columns = np.mgrid[0:240, 0:320]
    picture = Image.fromarray(np.stack([rows, columns % 256, rows * columns % 256], axis=-1).astype(np.uint8))
    weights = b"".join(with_header(name, tensor) for name, tensor in network.module.state_dict().items())
    return hashlib.sha256(weights + network.preprocess(picture).numpy().tobytes()).hexdigest()


def of_pairs(network: cw.Network) -> str:
    inputs = network.inputs
    about = [inputs.labels, inputs.vocabulary] + ["text"] * (inputs.reads == "text")
    pairs = [tuple(" ".join(tokens) for tokens in pair) for pair in PAIRS] if inputs.reads == "text" else PAIRS
    given = [*network.module.state_dict().items(), *enumerate(inputs.encode(pairs))]
    parts = [json.dumps(about).encode(), *(with_header(name, tensor) for name, tensor in given)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.mark.parametrize("network", [tiny_network, cw.demo.vision_network])
def test_of_pictures_every_weight_and_one_picture_count(network):
    assert network().fingerprint == of_pictures(network())


@pytest.mark.parametrize("network", [tiny_pair_network, cw.demo.nli_network])
def test_of_pairs_labels_words_every_weight_and_three_pairs_count(network):
    assert network().fingerprint == of_pairs(network())


def test_name_classes_and_device_do_not_count():
    network = tiny_network()
    other = cw.Network.of(network.module, preprocess, name="other", class_names=("a", "b"))
    assert network.fingerprint == other.fingerprint == network.sharing_weights().fingerprint
