"""``compexp data``, and what both it and ``compexp explain`` make of a folder's annotation."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from image_sets import pixels

from compexp_widgets import read_dataset, with_colours, with_image_labels
from compexp_widgets.cli import main
from compexp_widgets.study import open_study

HOSTILE = "mat\x1b[2J\x07"
TESTS = Path(__file__).parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Label maps: wall on every picture, a mat on two of twelve, a lamp nowhere."""
    folder = tmp_path / "data"
    rng = np.random.default_rng(0)
    for number in range(12):
        pixels(folder / "images" / f"{number}.png", rng.integers(0, 256, (16, 20, 3), np.uint8))
        labels = np.zeros((16, 20), np.uint8)
        labels[4:] = 1
        labels[:4] = 2 * (number < 2)
        pixels(folder / "labels" / f"{number}.png", labels)
    names = f"number,name,category\n1,wall,object\n2,{HOSTILE},part\n3,lamp,object\n"
    (folder / "names.csv").write_text(names, encoding="utf-8")
    return folder


@pytest.fixture
def image_labels(tmp_path: Path) -> Path:
    rows = [f"{number}.png,{'street' if number % 3 else 'igloo'}" for number in range(12)]
    (tmp_path / "scenes.csv").write_text("\n".join(["image,label", *rows]), encoding="utf-8")
    return tmp_path / "scenes.csv"


def explain(data: Path, out: Path, *more: object) -> list[str]:
    network = ["--network", "tiny_network:load", "--layer", "body.3"]
    work = ["--data", str(data), "--out", str(out), "--quantile", "0.1", "--max-length", "1"]
    return ["explain", *network, *work, *map(str, more)]


def concepts(out: str) -> list[str]:
    return re.findall(r"^  (\S+) +\d+ +[\d.]+%$", out, re.MULTILINE)


def test_data_lists_concepts_by_category_their_cover_and_what_is_wrong(data, capsys):
    assert main(["data", str(data)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("12 images, 16 × 20 positions each")
    assert re.search(r"^object +1 +12 +75\.0%$", output, re.MULTILINE)
    assert re.search(r"^  wall +12 +75\.0%$", output, re.MULTILINE)
    assert "! Only 12 images:" in output
    assert "'wall' is in every image" in " ".join(output.split())
    assert "--min-images leaves rare concepts out" in output
    assert "lamp" in output.split("!", 1)[1]  # it occurs nowhere, so it stands in a warning alone


def test_names_of_concepts_cannot_steer_the_terminal(data, capsys):
    assert main(["data", str(data)]) == 0
    output = capsys.readouterr().out
    assert r"mat\x1b[2J\x07" in output
    assert "\x1b" not in output
    assert "\x07" not in output


def test_data_shows_what_the_options_make_of_it(data, image_labels, capsys):
    assert main(["data", str(data), "--colours", "--image-labels", str(image_labels), "--min-images", "3"]) == 0
    listed = concepts(capsys.readouterr().out)
    assert {"wall", "igloo", "street"} < set(listed)
    assert any(name.endswith("-c") for name in listed)
    assert not any(name.startswith("mat") for name in listed)


def test_long_lists_of_concepts_are_cut_off_unless_all_are_asked_for(data, tmp_path, capsys):
    table = "image,label\n" + "".join(f"{number}.png,a{number};b{number}\n" for number in range(12))
    (tmp_path / "labels.csv").write_text(table, encoding="utf-8")
    command = ["data", str(data), "--image-labels", str(tmp_path / "labels.csv")]
    assert main(command) == 0
    output = capsys.readouterr().out
    assert len(concepts(output)) == 1 + 1 + 12
    assert "  … and 12 more; --all lists them" in output.splitlines()
    assert main([*command, "--all"]) == 0
    assert len(concepts(capsys.readouterr().out)) == 1 + 1 + 24


def test_explain_takes_the_same_options_and_the_same_command_continues(data, image_labels, tmp_path, capsys):
    options = ("--colours", "--image-labels", image_labels, "--min-images", 3)
    first, again = tmp_path / "first.csv", tmp_path / "again.csv"
    assert main(explain(data, tmp_path / "study", *options, "--csv", first)) == 0
    formulas = pd.read_csv(first, keep_default_na=False)["formula"]
    assert formulas.str.contains(r"-c|igloo|street", regex=True).any()
    made = capsys.readouterr()
    assert "images shown to the network: 12 of 12" in made.err
    assert main(explain(data, tmp_path / "study", *options, "--csv", again)) == 0
    assert first.read_bytes() == again.read_bytes()
    assert "images shown" not in capsys.readouterr().err


def test_explain_says_how_python_opens_a_study_of_derived_data(data, image_labels, tmp_path, capsys):
    study = tmp_path / "study"
    assert main(explain(data, study, "--colours", "--image-labels", image_labels, "--min-images", 3)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"in Python: cw.open_study({str(study)!r})"
    derived = with_image_labels(with_colours(read_dataset(data)), image_labels).limited(min_images=3)
    opened = open_study(study)
    assert opened.data.fingerprint == derived.fingerprint
    opened.close()


def test_a_sample_is_that_of_python_and_the_same_command_continues(data, image_labels, tmp_path, capsys):
    options = ("--image-labels", image_labels, "--sample", 5, "--min-images", 2)
    for _ in range(2):
        assert main(explain(data, tmp_path / "study", *options)) == 0
    assert capsys.readouterr().err.count("images shown to the network: 5 of 5") == 1
    opened = open_study(tmp_path / "study")
    assert opened.data.fingerprint == (
        with_image_labels(read_dataset(data), image_labels).sample(5).limited(min_images=2).fingerprint
    )
    opened.close()
    assert main(explain(data, tmp_path / "other", "--sample", 13)) == 1
    assert "to sample of 12 is a whole number, from 1 to 12, not 13" in capsys.readouterr().err


def test_other_options_are_other_data(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study")) == 0
    assert main(explain(data, tmp_path / "study", "--colours")) == 1
    assert "was made with another data" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["nowhere"], "nowhere is not a folder"),
        (["{data}", "--image-labels", "none.csv"], "there is no table none.csv"),
        (["{data}", "--min-images", "99"], "leaves no concept of 3"),
    ],
)
def test_data_that_cannot_be_had_are_told_in_one_line(data, capsys, options, told):
    assert main(["data", *(option.format(data=data) for option in options)]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("compexp: ")
    assert told in last


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_a_number_of_images_that_is_none_is_wrong_usage(data, number):
    with pytest.raises(SystemExit) as stop:
        main(["data", str(data), f"--min-images={number}"])
    assert stop.value.code == 2


@pytest.fixture(autouse=True)
def networks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)
