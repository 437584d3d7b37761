"""Bowman networks in files: ours, the published layout, and what is said about everything else."""

import json

import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from pair_sets import toy_pairs
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER, BowmanNetwork, BowmanSize, WordIndex
from compexp_widgets.networks.pairs.checkpoint import bowman_network, save_bowman

WORDS = ("UNK", "PAD", "a", "man", ".", "sleeps", "<script>", '"', "ünïcode", "two words")


class PublishedEncoder(nn.Module):
    """Parameters named and shaped as the authors' encoder has them: sentences run along the first axis."""

    def __init__(self, words):
        super().__init__()
        self.emb = nn.Embedding(words, 5, padding_idx=1)
        self.rnn = nn.LSTM(5, 6)


class PublishedClassifier(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.encoder = PublishedEncoder(words)
        self.dropout = nn.Dropout(0.1)
        self.bn = nn.BatchNorm1d(24)
        self.mlp = nn.Sequential(nn.Linear(24, 7), nn.ReLU(), nn.Dropout(0.1), nn.Linear(7, 3))


def published(words=WORDS, **changes):
    torch.manual_seed(2)
    numbers = {word: number for number, word in enumerate(words)}
    content = {
        "state_dict": PublishedClassifier(len(words)).state_dict(),
        "stoi": numbers,
        "itos": {number: word for word, number in numbers.items()},
    }
    return {name: value for name, value in {**content, **changes}.items() if value is not None}


def small() -> cw.Network:
    torch.manual_seed(1)
    words = WordIndex(WORDS)
    return bowman_network(BowmanNetwork(BowmanSize(len(words), 5, 6, 7)).eval(), words, name="small")


def test_a_published_checkpoint_answers_as_its_weights_say(tmp_path):
    torch.save(published(), tmp_path / "model_best.pth")
    net = cw.load_bowman(tmp_path / "model_best.pth")
    assert net.inputs.vocabulary == WORDS
    assert net.name == "model_best"
    assert not net.module.training
    authors = PublishedClassifier(len(WORDS)).eval()
    authors.load_state_dict(published()["state_dict"])
    pairs = toy_pairs(6)
    found = net.respond(pairs, HIDDEN_LAYER)
    for number in range(len(pairs)):
        states = []
        for tokens in (pairs.premises[number], pairs.hypotheses[number]):
            numbers = [WORDS.index(word.lower()) if word.lower() in WORDS else 0 for word in tokens]
            _, (state, _) = authors.encoder.rnn(authors.encoder.emb(torch.tensor(numbers)[:, None]))
            states.append(state[-1])
        u, v = states
        hidden = authors.mlp[:2](authors.bn(torch.cat([u, v, u - v, u * v], 1)))
        assert_allclose(found.activations[number], hidden[0].detach(), atol=1e-6)
        assert_allclose(found.logits[number], authors.mlp[3](hidden)[0].detach(), atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"itos": list(WORDS)},
        {"itos": None},
        {"state_dict": {f"module.{name}": value for name, value in published()["state_dict"].items()}},
    ],
)
def test_words_are_numbered_as_the_checkpoint_says(tmp_path, changes):
    torch.save(published(**changes), tmp_path / "net.pth")
    assert cw.load_bowman(tmp_path / "net.pth").inputs.vocabulary == WORDS


def test_what_is_saved_is_read_again_to_the_bit(tmp_path):
    net = small()
    save_bowman(net, tmp_path / "new" / "net.safetensors", {"accuracy": "0.9"})
    again = cw.load_bowman(tmp_path / "new" / "net.safetensors")
    assert again.fingerprint == net.fingerprint
    assert again.name == "small"
    pairs = toy_pairs(20)
    assert_array_equal(again.respond(pairs, HIDDEN_LAYER).activations, net.respond(pairs, HIDDEN_LAYER).activations)
    with safe_open(tmp_path / "new" / "net.safetensors", "pt") as file:
        assert file.metadata()["accuracy"] == "0.9"


def test_half_precision_takes_half_the_room_and_changes_little(tmp_path):
    net = small()
    save_bowman(net, tmp_path / "half.safetensors", half=True)
    kept = load_file(tmp_path / "half.safetensors")
    assert {tensor.dtype for tensor in kept.values() if tensor.is_floating_point()} == {torch.float16}
    pairs, again = toy_pairs(20), cw.load_bowman(tmp_path / "half.safetensors")
    assert again.module.mlp[0].weight.dtype == torch.float32
    assert_allclose(again.respond(pairs, "mlp.1").activations, net.respond(pairs, "mlp.1").activations, atol=5e-3)


def test_only_a_bowman_network_is_saved_as_one(tmp_path):
    other = cw.Network.of_pairs(nn.Linear(2, 3), lambda batch: (torch.zeros(len(batch), 2),), vocabulary=WORDS)
    with pytest.raises(NetworkError, match="Linear is a Linear, not a Bowman network with its words"):
        save_bowman(other, tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def without(name):
    return {key: value for key, value in published()["state_dict"].items() if key != name}


def ours(path, **metadata):
    save_file(small().module.state_dict(), path, {"format": "compexp bowman 1", **metadata})


def numbered(**numbers):
    return {**published()["stoi"], **numbers}


REFUSED = [
    ("none.pth", None, "there is no file of weights"),
    ("bare.pth", lambda p: torch.save(published()["state_dict"], p), r"weights without words \('stoi' is missing\)"),
    ("stoi.pth", lambda p: torch.save(published(stoi=numbered(man=2)), p), "'stoi' must give every word one number"),
    ("text.pth", lambda p: torch.save(published(stoi=numbered(man="x")), p), "'stoi' must give every word one number"),
    ("key.pth", lambda p: torch.save(published(stoi={0: 0}), p), "'stoi' must give every word one number"),
    ("itos.pth", lambda p: torch.save(published(itos={0: "UNK"}), p), "'itos' and 'stoi' do not name the same words"),
    ("first.pth", lambda p: torch.save(published(WORDS[::-1]), p), "begins with UNK and PAD, not with"),
    ("more.pth", lambda p: torch.save(published(stoi=numbered(more=10), itos=None), p), "10 words, but names 11"),
    ("cut.pth", lambda p: torch.save(published(state_dict=without("mlp.3.bias")), p), "1 are missing .* mlp.3.bias"),
    ("emb.pth", lambda p: torch.save(published(state_dict=without("encoder.emb.weight")), p), "no tensor 'encoder.emb"),
    (
        "minimal.pth",
        lambda p: torch.save(published(state_dict={**without("mlp.0.weight"), "mlp.weight": torch.ones(3, 6)}), p),
        "does not hold a Bowman network: it has no tensor 'mlp.0.weight' with 2 axes, but encoder.emb.weight",
    ),
    (
        "two_ways.pth",
        lambda p: torch.save(
            published(state_dict={**without(""), "encoder.rnn.bias_ih_l0_reverse": torch.ones(24)}), p
        ),
        "1 are too many .* encoder.rnn.bias_ih_l0_reverse",
    ),
    (
        "nan.pth",
        lambda p: torch.save(published(state_dict={**without(""), "bn.bias": torch.full((24,), torch.nan)}), p),
        "the tensor 'bn.bias' has values that are not finite",
    ),
    ("whole.pth", lambda p: torch.save(PublishedClassifier(9), p), "holds a whole pickled object .* python -c"),
    ("strange.safetensors", lambda p: save_file({"a": torch.ones(1)}, p), "weights without words"),
    ("unread.safetensors", lambda p: ours(p, words="[1"), "its list of words (cannot be read|is no valid JSON)"),
    ("wordless.safetensors", ours, "its list of words (cannot be read|is no valid JSON)"),
    ("twice.safetensors", lambda p: ours(p, words=json.dumps([*WORDS[:9], "a"])), "holds every word once, but 'a' 2"),
    (
        "numbers.safetensors",
        lambda p: ours(p, words=json.dumps([*WORDS[:9], 3])),
        "its list of words (cannot be read|is no valid JSON)",
    ),
]


@pytest.mark.parametrize(("file", "write", "message"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_no_bowman_network_is_refused_with_the_reason(tmp_path, file, write, message):
    if write:
        write(tmp_path / file)
    with pytest.raises(NetworkError, match=message) as refusal:
        cw.load_bowman(tmp_path / file)
    assert str(tmp_path / file) in str(refusal.value)
