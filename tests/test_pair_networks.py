"""Sentence-pair networks: any module with a way to encode pairs, and what can be read from it."""

import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pair_sets import toy_pairs
from torch import nn

import compexp_widgets as cw
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.pairs.bowman import BowmanNetwork, BowmanSize, WordIndex
from compexp_widgets.networks.pairs.checkpoint import bowman_network


def bowman(seed: int = 0, hidden: int = 7) -> cw.Network:
    torch.manual_seed(seed)
    words = WordIndex.of(toy_pairs(60))
    module = BowmanNetwork(BowmanSize(len(words), 5, 6, hidden), dropout=0.5)
    module.bn.running_mean.normal_()
    return bowman_network(module.eval(), words, name="small")


class Counts(nn.Module):
    """Two numbers a pair, then a hidden layer and the logits; every step that a user's network may take."""

    def __init__(self, answer=lambda logits: logits, functional=False, inplace=False, outputs=3):
        super().__init__()
        torch.manual_seed(3)
        self.fc = nn.Linear(2, 5)
        self.relu = nn.ReLU(inplace=inplace)
        self.dropout = nn.Dropout(0.5)
        self.norm = nn.LayerNorm(5)
        self.out = nn.Linear(5, outputs)
        self.answer, self.functional = answer, functional

    def forward(self, premise, hypothesis):
        hidden = self.fc(torch.stack([premise, hypothesis], dim=1))
        hidden = hidden.relu() if self.functional else self.dropout(self.relu(hidden))
        return self.answer(self.out(hidden))


def lengths(batch):
    return tuple(torch.tensor([len(pair[side]) for pair in batch], dtype=torch.float32) for side in (0, 1))


def network(**changes) -> cw.Network:
    return cw.Network.of_pairs(Counts(**changes).eval(), lengths, name="counts")


def test_the_layers_that_can_be_probed_are_listed_with_their_units():
    assert bowman().layers() == {
        "encoder:1": 6,
        "encoder:2": 6,
        "bn": 24,
        "dropout": 24,
        "mlp.0": 7,
        "mlp.1": 7,
        "mlp.2": 7,
        "mlp.3": 3,
        "mlp": 3,
    }


def test_activations_are_those_of_the_formula():
    net, pairs = bowman(), toy_pairs(30)
    module = net.module
    found = net.respond(pairs, "mlp.1", batch_size=4)
    for number in range(len(pairs)):
        states = []
        for tokens in (pairs.premises[number], pairs.hypotheses[number]):
            words = torch.tensor([[net.inputs.vocabulary.index(word.lower()) for word in tokens]])
            _, (state, _) = module.encoder.rnn(module.encoder.emb(words))
            states.append(state[-1])
        u, v = states
        features = module.bn(torch.cat([u, v, u - v, u * v], dim=1))
        hidden = torch.relu(features @ module.mlp[0].weight.T + module.mlp[0].bias)
        logits = hidden @ module.mlp[3].weight.T + module.mlp[3].bias
        assert_allclose(found.activations[number], hidden[0].detach(), atol=1e-5)
        assert_allclose(found.logits[number], logits[0].detach(), atol=1e-5)
    assert found.activations.dtype == found.logits.dtype == np.float32
    assert_array_equal(found.predicted, found.logits.argmax(axis=1))
    assert_allclose(found.probabilities, torch.softmax(torch.from_numpy(found.logits), dim=1), atol=1e-6)


sentences = st.lists(st.sampled_from(["A", "man", "dog", "runs", ".", "zebra", "<b>", "UNK", "PAD", "İ"]), max_size=9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(sentences, sentences), min_size=1, max_size=12), st.integers(1, 5))
def test_a_pair_gets_the_same_answer_alone_and_among_others(pairs, batch_size):
    net = bowman()
    dataset = cw.PairDataset.of("drawn", [(*pair, None) for pair in pairs])
    together = net.respond(dataset, "mlp.1", batch_size=batch_size)
    for number in range(len(pairs)):
        alone = net.respond(dataset.subset([number]), "mlp.1")
        assert_allclose(together.activations[number], alone.activations[0], atol=1e-5)
        assert_allclose(together.logits[number], alone.logits[0], atol=1e-5)


def test_the_same_pairs_give_the_same_bits():
    pairs = toy_pairs(50)
    first, second = bowman().respond(pairs, "mlp.1"), bowman().respond(pairs, "mlp.1")
    assert_array_equal(first.activations, second.activations)
    assert_array_equal(first.logits, second.logits)


def test_an_empty_sentence_is_the_state_before_the_first_word():
    pairs = cw.PairDataset.of("empty", [((), ("A", "man"), None), ((), (), None), (("zebra",), (), None)])
    answers = bowman().respond(pairs, "encoder:1").activations
    assert not answers[:2].any()
    assert answers[2].any()


def test_unknown_words_are_one_word_and_are_looked_up_in_lower_case():
    rows = [(("MAN",), ("zebra",), None), (("man",), ("UNK",), None), (("man",), ("PAD",), None)]
    answers = bowman().respond(cw.PairDataset.of("words", rows), "mlp.1").activations
    assert_array_equal(answers[0], answers[1])
    assert_array_equal(answers[0], answers[2])


def test_logits_and_weights_come_in_the_order_of_our_labels():
    order = ("contradiction", "entailment", "neutral")
    same = cw.Network.of_pairs(Counts().eval(), lengths)
    other = cw.Network.of_pairs(Counts().eval(), lengths, labels=order)
    pairs = toy_pairs(9)
    places = [order.index(label) for label in LABELS]
    assert_array_equal(other.respond(pairs, "relu").logits, same.respond(pairs, "relu").logits[:, places])
    assert_array_equal(class_weights(other, "relu"), class_weights(same, "relu")[places])


@pytest.mark.parametrize("layer", ["fc", "relu", "dropout"])
def test_a_layer_that_feeds_the_logits_has_class_weights(layer):
    net = network()
    assert_array_equal(class_weights(net, layer), net.module.out.weight.detach().numpy())


@pytest.mark.parametrize("changes", [{"functional": True}, {"inplace": True}])
def test_class_weights_are_found_through_functions_and_in_place_layers(changes):
    net = network(**changes)
    assert_array_equal(class_weights(net, "fc"), net.module.out.weight.detach().numpy())


def test_an_in_place_layer_after_it_does_not_change_what_a_layer_answered():
    pairs = toy_pairs(20)
    found = network(inplace=True).respond(pairs, "fc").activations
    assert found.min() < 0
    assert_array_equal(found, network().respond(pairs, "fc").activations)


@pytest.mark.parametrize("layer", ["encoder:1", "bn", "mlp.3", "mlp"])
def test_a_layer_that_does_not_feed_the_logits_has_none(layer):
    assert class_weights(bowman(), layer) is None


def test_a_network_may_take_its_arguments_by_name_and_answer_with_an_object():
    def by_name(batch):
        hypothesis, premise = reversed(lengths(batch))
        return {"hypothesis": hypothesis, "premise": premise}

    net = cw.Network.of_pairs(Counts(answer=lambda logits: SimpleNamespace(logits=logits)).eval(), by_name)
    pairs = toy_pairs(9)
    assert_array_equal(net.respond(pairs, "fc").logits, network().respond(pairs, "fc").logits)


def test_training_mode_is_noticed_left_and_restored():
    net = cw.Network.of_pairs(Counts(), lengths)
    net.module.norm.eval()
    with pytest.warns(UserWarning, match=r"in training mode \(5 of its modules.* put back"):
        found = net.respond(toy_pairs(9), "dropout")
    assert_array_equal(found.activations, network().respond(toy_pairs(9), "dropout").activations)
    assert net.module.dropout.training
    assert not net.module.norm.training


def test_evaluation_mode_is_not_warned_about_and_no_hook_is_left():
    net = network()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.respond(toy_pairs(9), "fc")
        class_weights(net, "fc")
        net.layers()
    assert not any(part._forward_hooks for part in net.module.modules())


def test_a_failure_leaves_the_network_as_it_was():
    net = cw.Network.of_pairs(Counts(outputs=2), lengths)
    with pytest.warns(UserWarning, match="training mode"), pytest.raises(NetworkError):
        net.respond(toy_pairs(9), "fc")
    assert all(part.training for part in net.module.modules())
    assert not any(part._forward_hooks for part in net.module.modules())


def test_progress_counts_pairs():
    told = []
    network().respond(toy_pairs(10), "fc", batch_size=4, report=lambda *what: told.append(what))
    assert told == [("pairs shown to the network", done, 10) for done in (4, 8, 10)]


def failing(error):
    def encode(batch):
        return (*lengths(batch), *lengths(batch)) if error == "arguments" else [1, 2]

    return cw.Network.of_pairs(Counts().eval(), encode, name="failing")


class Sequences(Counts):
    def forward(self, premise, hypothesis):
        self.norm(torch.zeros(len(premise), 4, 5))
        self.dropout(torch.zeros(2 * len(premise), 5))
        self.fc(torch.zeros(len(premise), 2)), self.fc(torch.zeros(len(premise), 2))
        return self.out(torch.zeros(len(premise), 5))


def poisoned(layer):
    net = network()
    with torch.no_grad():
        getattr(net.module, layer).bias[1] = float("nan")
    return net


def sequences():
    return cw.Network.of_pairs(Sequences().eval(), lengths)


REFUSED = [
    (network, "fcc", r"the network has no layer 'fcc'; there are fc"),
    (network, "", r"the network has no layer ''; there are fc, relu"),
    (network, "fc:2", r"layer 'fc:2' was called 1 times in one pass: it has no activations"),
    (network, "norm", r"layer 'norm' was called 0 times in one pass: it has no activations"),
    (sequences, "fc", r"layer 'fc' was called 2 times in one pass: say which call, as fc:1 … fc:2"),
    (sequences, "norm", r"its shape \(4, 4, 5\) for 4 pairs is not one vector a pair"),
    (sequences, "dropout", r"its first axis has 8 entries for 4 pairs: they were cut up or mixed"),
    (bowman, "encoder.rnn:1", r"layer 'encoder.rnn:1' cannot be probed: it gives a tuple, not a tensor"),
    (
        lambda: network(outputs=2),
        "fc",
        r"counts answers 4 pairs with \(4, 2\), not with one score a class.*for two labels",
    ),
    (lambda: network(answer=lambda logits: {"a": logits, "b": logits}), "fc", "with dict, not with one score a class"),
    (lambda: failing("arguments"), "fc", r"the network fails on a batch of 4 pairs that encode turned into a tuple \("),
    (lambda: failing("no tensors"), "fc", r"encode must give .* not a list \(int, int\)"),
    (
        lambda: poisoned("fc"),
        "fc",
        r"nan as the logit of entailment for pair '\d' of toy pairs, seed 0, 'A .*' and '.*as unit 1 of layer 'fc' is",
    ),
    (lambda: poisoned("out"), "fc", "counts gives nan as the logit of neutral for pair"),
]


@pytest.mark.parametrize(("make", "layer", "message"), REFUSED, ids=[case[2][:50] for case in REFUSED])
def test_what_cannot_be_probed_is_refused_with_the_reason(make, layer, message):
    with pytest.raises(NetworkError, match=message):
        make().respond(toy_pairs(4), layer)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("module", lengths), "a network is a torch.nn.Module, not str: 'module'"),
        ((Counts(), "encode"), "encode is a function from pairs to the module's arguments, not 'encode'"),
        ((Counts(), lengths, ("yes", "no", "maybe")), r"labels are entailment, neutral, contradiction, or entail"),
        ((Counts(), lengths, LABELS[:2]), r"not \('entailment', 'neutral'\)"),
    ],
)
def test_what_is_no_network_is_refused(arguments, message):
    module, encode, *labels = arguments
    with pytest.raises(NetworkError, match=message):
        cw.Network.of_pairs(module, encode, **({"labels": labels[0]} if labels else {}))


@pytest.mark.parametrize(("batch_size", "pairs"), [(0, toy_pairs(3)), (2.5, toy_pairs(3)), (4, toy_pairs(0))])
def test_a_batch_of_nothing_and_no_pairs_are_refused(batch_size, pairs):
    with pytest.raises(NetworkError, match=r"batch_size|there are no pairs in toy pairs"):
        network().respond(pairs, "fc", batch_size=batch_size)


def test_the_fingerprint_follows_weights_words_labels_and_encoding():
    original = network()
    changed = network()
    with torch.no_grad():
        changed.module.fc.weight[0, 0] += 1e-6
    others = [
        changed,
        cw.Network.of_pairs(Counts().eval(), lengths, labels=LABELS[::-1]),
        cw.Network.of_pairs(Counts().eval(), lengths, vocabulary=["word"]),
        cw.Network.of_pairs(Counts().eval(), lambda batch: lengths(batch)[::-1]),
    ]
    assert original.fingerprint == cw.Network.of_pairs(Counts().eval(), lengths, name="another name").fingerprint
    assert len({net.fingerprint for net in (original, *others)}) == 5
    assert re.fullmatch("[0-9a-f]{64}", original.fingerprint)


def test_silenced_units_feed_nought_and_are_read_as_they_were():
    net, pairs = network(), toy_pairs(9)
    with torch.no_grad():
        quiet = network()
        quiet.module.out.weight[:, [1, 3]] = 0
    found, expected = net.respond(pairs, "relu", silenced=[1, 3]), quiet.respond(pairs, "relu")
    assert_allclose(found.logits, expected.logits, atol=1e-6)
    assert_array_equal(found.activations, expected.activations)
    assert_array_equal(net.respond(pairs, "relu").logits, network().respond(pairs, "relu").logits)


@pytest.mark.parametrize("unit", [-1, 5])
def test_a_unit_that_there_is_not_cannot_be_silenced(unit):
    with pytest.raises(NetworkError, match=rf"layer 'relu' has units 0 … 4, so none is {unit}"):
        network().respond(toy_pairs(4), "relu", silenced=[unit])
