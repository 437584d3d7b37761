"""Training a Bowman network: what comes out, and that a stop costs nothing but time."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from pair_sets import toy_pairs

import compexp_widgets as cw
from compexp_widgets.concepts.lexicon import WordVectors
from compexp_widgets.data.pairs import NO_LABEL
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.pairs.holding_out import held_out, joined
from compexp_widgets.networks.pairs.training_state import TrainingSettings

SMALL = {"embedding": 8, "encoder": 10, "hidden": 12, "batch_size": 16, "learning_rate": 0.01, "patience": 9}
TRAIN, VALIDATION = toy_pairs(120), toy_pairs(30, seed=1)


def settings(**changes) -> TrainingSettings:
    return TrainingSettings(**{**SMALL, "epochs": 4, **changes})


def vectors_of(**vectors: np.ndarray) -> WordVectors:
    return WordVectors("vectors of a test", tuple(vectors), np.array(list(vectors.values()), np.float32))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights after the last epoch, not of the best one."""
    return torch.load(folder / "state.pt", weights_only=True)["state_dict"]


def same(some: dict[str, torch.Tensor], others: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(some[name], others[name]) for name in some)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Several threads have too little to do on a network this small, and wait for one another on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, one_thread):
    folder = tmp_path_factory.mktemp("trained")
    return folder, cw.train_bowman(TRAIN, VALIDATION, settings(), folder)


def test_it_learns_what_the_pairs_teach(tmp_path):
    network = cw.train_bowman(TRAIN, VALIDATION, settings(epochs=12), tmp_path)
    unseen = toy_pairs(60, seed=2)
    assert network.respond(unseen, "mlp.1").accuracy(unseen.gold) > 0.95


@pytest.mark.parametrize("stop_at", [1, 2, 3, 4])
def test_an_interrupt_keeps_what_is_done_and_going_on_gives_the_same_bits(tmp_path, trained, stop_at):
    def interrupt(stage, done, total):
        if stage.startswith(f"epoch {stop_at} ") and done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cw.train_bowman(TRAIN, VALIDATION, settings(), tmp_path, interrupt)
    assert (tmp_path / "network.safetensors").exists() == (stop_at > 1)
    again = cw.train_bowman(TRAIN, VALIDATION, settings(), tmp_path)
    assert same(weights(tmp_path), weights(trained[0]))
    assert again.fingerprint == trained[1].fingerprint


def test_a_killed_training_goes_on_to_the_same_bits(tmp_path, trained):
    script = f"""
import os
import torch
import compexp_widgets as cw
from pair_sets import toy_pairs
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.networks.pairs.training_state import TrainingSettings

def kill(stage, done, total):
    if stage.startswith("epoch 3 ") and done == 2:
        os._exit(7)

torch.set_num_threads(1)
settings = TrainingSettings(**{settings().__dict__!r})
cw.train_bowman(toy_pairs(120), toy_pairs(30, seed=1), settings, {str(tmp_path)!r}, kill)
"""
    killed = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parent, check=False, timeout=120)
    assert killed.returncode == 7
    assert len(json.loads((tmp_path / "training.json").read_text())["epochs"]) == 2
    cw.train_bowman(TRAIN, VALIDATION, settings(), tmp_path)
    assert same(weights(tmp_path), weights(trained[0]))


def test_more_epochs_later_are_as_good_as_at_once(tmp_path, trained):
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=2), tmp_path)
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=4, patience=5), tmp_path)
    assert same(weights(tmp_path), weights(trained[0]))


def test_a_finished_training_is_not_done_again(trained):
    def refuse(stage, done, total):
        raise AssertionError(stage) if stage.startswith("epoch") else None

    folder, network = trained
    before = (folder / "state.pt").stat().st_mtime_ns
    assert cw.train_bowman(TRAIN, VALIDATION, settings(), folder, refuse).fingerprint == network.fingerprint
    assert (folder / "state.pt").stat().st_mtime_ns == before


def test_the_seed_decides_and_the_persons_own_random_numbers_go_on(tmp_path, trained):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=1), tmp_path / "same")
    assert torch.equal(torch.rand(3), expected)
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=1, seed=1), tmp_path / "other")
    assert not same(weights(tmp_path / "same"), weights(tmp_path / "other"))
    cw.train_bowman(TRAIN, VALIDATION, settings(), tmp_path / "same")
    assert same(weights(tmp_path / "same"), weights(trained[0]))


def test_it_stops_when_it_no_longer_gets_better_and_keeps_the_best(tmp_path):
    # Nobody can learn labels drawn by lot; the validation pairs have one label, so accuracy goes up and down.
    lot = np.random.default_rng(0).integers(0, 3, len(TRAIN)).astype(np.int8)
    noise = cw.PairDataset("lots", TRAIN.premises, TRAIN.hypotheses, lot)
    network = cw.train_bowman(noise, VALIDATION, settings(epochs=40, patience=2), tmp_path)
    record = json.loads((tmp_path / "training.json").read_text())
    accuracies = [epoch["accuracy"] for epoch in record["epochs"]]
    assert len(accuracies) < 40
    assert record["best"] == len(accuracies) - 2 == accuracies.index(max(accuracies)) + 1
    assert network.respond(VALIDATION, "mlp.1").accuracy(VALIDATION.gold) == max(accuracies)


def test_progress_names_the_epoch_and_the_best_accuracy(tmp_path):
    told = []
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=2), tmp_path, lambda *what: told.append(what))
    accuracy = json.loads((tmp_path / "training.json").read_text())["epochs"][0]["accuracy"]
    assert told[0] == ("epoch 1 of 2", 1, 7)
    assert told[-1] == (f"epoch 2 of 2, {accuracy:.1%} right after epoch 1", 7, 7)


def test_word_vectors_are_where_the_network_begins(tmp_path):
    vectors = vectors_of(man=np.arange(8), unseen=np.zeros(8))
    still = settings(epochs=1, learning_rate=1e-12)
    network = cw.train_bowman(TRAIN, VALIDATION, still, tmp_path, vectors=vectors)
    table = network.module.encoder.emb.weight
    assert_array_equal(table[network.inputs.vocabulary.index("man")].detach().round(decimals=4), np.arange(8))
    assert "unseen" not in network.inputs.vocabulary
    assert not table[:2].any()


def test_rare_words_share_a_vector_and_pairs_without_gold_are_left_out(tmp_path):
    rows = [*zip(TRAIN.premises, TRAIN.hypotheses, ["neutral"] * 120, strict=True)]
    rows[0] = (("Rare", "twice", "twice"), ("man",), "neutral")
    rows[1] = (("ungiven", "ungiven"), ("man",), None)
    network = cw.train_bowman(cw.PairDataset.of("rows", rows), VALIDATION, settings(epochs=1), tmp_path)
    assert "twice" in network.inputs.vocabulary
    assert not {"rare", "ungiven"} & set(network.inputs.vocabulary)


def test_sparsity_makes_units_fire_on_fewer_pairs(tmp_path):
    def share(sparsity):
        network = cw.train_bowman(TRAIN, VALIDATION, settings(epochs=6, sparsity=sparsity), tmp_path / f"{sparsity}")
        return float((network.respond(VALIDATION, "mlp.1").activations > 0).mean())

    assert share(2.0) < share(0.0)


@pytest.mark.parametrize(
    ("changes", "train", "message"),
    [
        ({"seed": 1}, TRAIN, r"holds a training with seed 0 \(now 1\): give the same to go on"),
        ({"hidden": 13, "encoder": 11}, TRAIN, r"holds a training with encoder 10 \(now 11\), hidden 12 \(now 13\)"),
        ({}, toy_pairs(120, seed=3), r"holds a training with training pairs [0-9a-f]{20} \(now [0-9a-f]{20}\)"),
    ],
)
def test_a_folder_with_another_training_is_left_alone(trained, changes, train, message):
    before = (trained[0] / "state.pt").read_bytes()
    with pytest.raises(NetworkError, match=message):
        cw.train_bowman(train, VALIDATION, settings(**changes), trained[0])
    assert (trained[0] / "state.pt").read_bytes() == before


def test_a_damaged_state_is_told(tmp_path):
    cw.train_bowman(TRAIN, VALIDATION, settings(epochs=1), tmp_path)
    (tmp_path / "state.pt").write_bytes((tmp_path / "state.pt").read_bytes()[:-900])
    with pytest.raises(NetworkError, match=r"state.pt cannot be read .* delete it to train from the beginning"):
        cw.train_bowman(TRAIN, VALIDATION, settings(), tmp_path)
    assert cw.load_bowman(tmp_path / "network.safetensors").inputs.vocabulary[:2] == ("UNK", "PAD")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden": 0}, "hidden is at least 1, not 0"),
        ({"epochs": 2.5}, "epochs is a whole number, not 2.5"),
        ({"dropout": 1.0}, "dropout is at least 0 and below 1, not 1.0"),
        ({"batch_size": 1}, "batch_size is at least 2, not 1"),
        ({"learning_rate": 0}, "learning_rate is above 0, not 0"),
        ({"learning_rate": float("nan")}, "learning_rate is above 0, not nan"),
        ({"seed": -1}, "seed is at least 0 and below"),
        ({"patience": True}, "patience is a whole number, not True"),
        ({"weight_decay": "x"}, "weight_decay is a number, not 'x'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change, message):
    with pytest.raises(NetworkError, match=message):
        TrainingSettings(**change)


@pytest.mark.parametrize(
    ("train", "validation", "vectors", "message"),
    [
        (toy_pairs(5, unlabelled=4), VALIDATION, None, "toy pairs, seed 0 has 1 pairs with a gold label: at least 2"),
        (TRAIN, toy_pairs(3, unlabelled=3), None, "toy pairs, seed 0 has 0 pairs with a gold label: at least 1"),
        (
            TRAIN,
            VALIDATION,
            vectors_of(man=np.ones(5)),
            "of a test have 5 numbers each, but embedding is 8: take embed",
        ),
    ],
)
def test_pairs_and_vectors_that_cannot_be_learned_from_are_refused(tmp_path, train, validation, vectors, message):
    with pytest.raises(NetworkError, match=message):
        cw.train_bowman(train, validation, settings(), tmp_path, vectors=vectors)


def test_a_training_that_runs_away_is_told(tmp_path):
    with pytest.raises(
        NetworkError, match=r"the loss is (nan|inf) in epoch 1: take a smaller learning_rate than 1e\+30"
    ):
        cw.train_bowman(TRAIN, VALIDATION, settings(learning_rate=1e30), tmp_path)


def test_pairs_that_are_held_out_share_no_premise_with_the_others():
    pairs = toy_pairs(90)
    kept, back = held_out(pairs, 0.2, seed=4)
    assert not set(kept.premises) & set(back.premises)
    assert sorted((*kept.ids, *back.ids), key=int) == list(pairs.ids)
    assert 0.2 * len(pairs) <= len(back) < 0.35 * len(pairs)
    assert held_out(pairs, 0.2, seed=4)[1].ids == back.ids
    assert held_out(pairs, 0.2, seed=5)[1].ids != back.ids


@pytest.mark.parametrize(("share", "count"), [(0.0, 9), (1.5, 9), (0.5, 0), (0.5, 1)])
def test_nothing_is_held_out_of_too_little(share, count):
    with pytest.raises(DataError, match="held out"):
        held_out(toy_pairs(count), share)


def test_joined_sets_keep_their_pairs_in_order():
    first, second = toy_pairs(3), toy_pairs(2, seed=1, unlabelled=1)
    both = joined([first, second])
    assert both.premises == first.premises + second.premises
    assert both.gold.tolist() == [0, 1, 2, NO_LABEL, 1]
    assert both.ids == ("1:0", "1:1", "1:2", "2:0", "2:1")
    assert joined([first]) is first
