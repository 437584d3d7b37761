"""``compexp train nli``."""

import argparse
import re
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from pair_sets import toy_pairs

import compexp_widgets as cw
from compexp_widgets.cli import main, train
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.networks.pairs.training_state import TrainingSettings

SMALL = ["--encoder", "10", "--hidden", "12", "--batch-size", "16", "--learning-rate", "0.01", "--epochs", "2"]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def write(path: Path, pairs: cw.PairDataset) -> Path:
    rows = zip(pairs.premises, pairs.hypotheses, [LABELS[number] for number in pairs.gold], strict=True)
    lines = ["premise\thypothesis\tlabel", *(f"{' '.join(p)}\t{' '.join(h)}\t{label}" for p, h, label in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path):
    return [write(tmp_path / f"{name}.tsv", toy_pairs(60, seed=seed)) for seed, name in enumerate("ab")]


def arguments(files: list[Path], out: Path, *more: object) -> list[str]:
    return ["train", "nli", "--train", *map(str, files), "--out", str(out), *SMALL, *map(str, more)]


def test_it_trains_on_several_files_and_says_how_well_it_went(files, tmp_path, capsys):
    assert main(arguments(files, tmp_path / "out", "--embedding", 8, "--validation", "0.2")) == 0
    out, progress = capsys.readouterr()
    train_pairs, held_out = map(
        int, re.match(r"(\d+) pairs with a gold label to train on, (\d+) to measure", out).groups()
    )
    assert train_pairs + held_out == 120
    assert re.search(r"^epoch  1  loss \d\.\d{3}  accuracy \d+\.\d%\nepoch  2  loss ", out, re.M)
    assert re.search(rf"the best judges \d+\.\d% of the {held_out} pairs rightly \(entailment \d+\.\d%, neutral", out)
    assert out.endswith(f"written to {tmp_path / 'out' / 'network.safetensors'}\n")
    assert "epoch 2 of 2" in progress
    assert cw.load_bowman(tmp_path / "out" / "network.safetensors").layers()["mlp.1"] == 12


def test_a_file_to_measure_with_is_told_from_a_share(files, tmp_path, capsys):
    assert main(arguments(files[:1], tmp_path / "out", "--embedding", 8, "--validation", files[1])) == 0
    known = sum(premise in toy_pairs(60).premises for premise in toy_pairs(60, seed=1).premises)
    expected = f"60 pairs with a gold label to train on, 60 to measure with, {known} of which have a premise that is"
    assert capsys.readouterr().out.startswith(expected)


def test_word_vectors_set_their_length(files, tmp_path, capsys):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("man 0.5 0.25 1\nunseen 1 1 1\n", encoding="utf-8")
    assert main(arguments(files, tmp_path / "out", "--vectors", vectors, "--learning-rate", "1e-12")) == 0
    assert re.search(r"^1 of the \d+ words have a vector in .*vectors.txt", capsys.readouterr().out, re.M)
    network = cw.load_bowman(tmp_path / "out" / "network.safetensors")
    row = network.module.encoder.emb.weight[network.inputs.vocabulary.index("man")]
    np.testing.assert_allclose(row.detach(), [0.5, 0.25, 1], atol=1e-6)


def test_an_interrupt_says_that_the_same_command_continues(files, tmp_path, capsys, monkeypatch):
    def report(stage, _done, _total):
        if stage.startswith("epoch 2"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(train, "shown_progress", lambda _: nullcontext(report))
        assert main(arguments(files, tmp_path / "out", "--embedding", 8)) == 130
    expected = f"stopped. The training in {tmp_path / 'out'} is kept: the same command continues it."
    assert expected in capsys.readouterr().err
    assert main(arguments(files, tmp_path / "out", "--embedding", 8)) == 0
    assert "epoch 1 of 2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--batch-size", "1"], "batch_size is at least 2, not 1"),
        (["--validation", "1.5"], "the share that is held out lies between 0 and 1, not 1.5"),
        (["--validation", "missing.tsv"], "missing.tsv"),
        (["--vectors", "missing.txt"], "missing.txt"),
        (["--train", "missing.tsv"], "missing.tsv"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(files, tmp_path, capsys, more, message):
    assert main(arguments(files, tmp_path / "out", *more)) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("compexp: ")
    assert message in error
    assert not (tmp_path / "out" / "network.safetensors").exists()


def test_the_defaults_are_those_of_the_settings():
    parser = argparse.ArgumentParser()
    train.add(parser.add_subparsers())
    options = vars(parser.parse_args(["train", "nli", "--train", "a", "--out", "b"]))
    settings = vars(TrainingSettings())
    shared = options.keys() & settings.keys()
    assert {"epochs", "patience", "encoder", "hidden", "seed", "learning_rate", "minimum_count"} <= shared
    assert {name: options[name] for name in shared} == {name: settings[name] for name in shared}
