"""``compexp explain`` of several layers, of layouts that are said, and of directions."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_broden import write_tiny_broden

from compexp_widgets.cli import main
from compexp_widgets.study import open_study

TESTS = Path(__file__).parent
MATRIX = np.array([[1, 0, 0, -1, 0], [0, 0.5, 0.5, 0, 0], [-1, 0, 0, 0, 0]])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_tiny_broden(tmp_path / "data", images=24)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def networks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)


@pytest.fixture
def directions(tmp_path: Path) -> Path:
    pd.DataFrame(MATRIX, index=["sky", "\x1b[2Jfur", "no one"]).to_csv(tmp_path / "directions.csv", header=False)
    return tmp_path / "directions.csv"


def explain(data: Path, out: Path, *more: object) -> list[str]:
    work = ["--network", "tiny_network:load", "--data", str(data), "--out", str(out)]
    return ["explain", *work, "--quantile", "0.1", "--max-length", "1", *map(str, more)]


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False)


# Several layers


def test_several_layers_are_explained_from_one_pass_and_stand_in_one_table(data, tmp_path, capsys):
    both, one = tmp_path / "both.csv", tmp_path / "one.csv"
    more = ("--layer", "body.3", "--layer", "body.1", "--csv", both)
    assert main(explain(data, tmp_path / "both", *more)) == 0
    frame = table(both)
    assert list(frame)[:2] == ["unit", "layer"]
    assert frame.groupby("layer", sort=False).size().to_dict() == {"body.3": 5, "body.1": 6}
    output = capsys.readouterr()
    assert output.err.count("images shown to the network: 24 of 24") == 1
    assert "units explained: 11 of 11" in output.err
    assert [line.split(",")[0] for line in output.out.splitlines() if " mean IoU " in line] == [
        "body.3: 5 units",
        "body.1: 6 units",
    ]
    assert main(explain(data, tmp_path / "one", "--layer", "body.1", "--csv", one)) == 0
    pd.testing.assert_frame_equal(frame[frame["layer"] == "body.1"].reset_index(drop=True), table(one))


def test_the_study_of_each_layer_is_opened_by_its_folder_and_the_same_command_continues(data, tmp_path, capsys):
    again = explain(data, tmp_path / "out", "--layer", "body.3", "--layer", "body.1")
    assert main(again) == 0
    study = open_study(tmp_path / "out" / "body.1")
    assert study.units.count == 6
    study.close()
    first = capsys.readouterr()
    assert main(again) == 0
    second = capsys.readouterr()
    assert first.out == second.out
    assert "images shown" not in second.err


def test_a_layer_that_is_given_twice_is_one(data, tmp_path):
    assert main(explain(data, tmp_path / "out", "--layer", "body.3", "--layer", "body.3")) == 0
    open_study(tmp_path / "out").close()


def test_evidence_and_ranges_stand_in_the_table_of_several_layers(data, tmp_path, capsys):
    more = ("--layer", "body.3", "--layer", "body.1", "--units", "0-1", "--ranges", 2, "--evidence", 19)
    assert main(explain(data, tmp_path / "out", *more, "--csv", tmp_path / "t.csv")) == 0
    frame = table(tmp_path / "t.csv")
    assert len(frame) == 2 * 2 * 2
    assert {"layer", "range", "q_value"} < set(frame)
    assert "ranges tested: 8 of 8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--units", "5"], "layer body.3: there is no unit 5: the layer has units 0 … 4"),
        (["--layer", "body.9"], "the network has no layer 'body.9'"),
        (["--layout", "maps"], "--layout is for one layer, not for body.1, body.3: explain them one by one"),
        (["--directions", "x.npy"], "--directions is for one layer, not for body.1, body.3"),
    ],
)
def test_what_does_not_go_with_several_layers_is_told_in_one_line(data, tmp_path, capsys, more, told):
    assert main(explain(data, tmp_path / "out", "--layer", "body.1", "--layer", "body.3", *more)) == 1
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_a_study_of_one_layer_does_not_take_in_those_of_several(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "out", "--layer", "body.1")) == 0
    assert main(explain(data, tmp_path / "out", "--layer", "body.1", "--layer", "body.3")) == 1
    assert "holds the study of a single layer" in capsys.readouterr().err.splitlines()[-1]


# Directions


def test_directions_are_rows_with_names(data, directions, tmp_path, capsys):
    csv = tmp_path / "t.csv"
    assert main(explain(data, tmp_path / "out", "--layer", "body.3", "--directions", directions, "--csv", csv)) == 0
    assert table(csv)["name"].tolist() == ["sky", "\x1b[2Jfur", "no one"]
    output = capsys.readouterr().out
    assert r"\x1b[2Jfur" in output
    assert "\x1b" not in output


def test_a_direction_along_a_channel_is_explained_like_the_channel(data, tmp_path):
    np.save(tmp_path / "d.npy", np.eye(5)[[2]])
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    more = ("--layer", "body.3", "--csv")
    assert main(explain(data, tmp_path / "a", "--directions", tmp_path / "d.npy", *more, one)) == 0
    assert main(explain(data, tmp_path / "b", "--units", "2", *more, other)) == 0
    pd.testing.assert_frame_equal(table(one).drop(columns=["unit", "name"]), table(other).drop(columns="unit"))


def test_rectified_directions_are_never_negative(data, directions, tmp_path):
    command = ("--layer", "body.3", "--directions", directions)
    assert main(explain(data, tmp_path / "out", *command, "--rectified")) == 0
    assert main(explain(data, tmp_path / "raw", *command)) == 0
    assert np.load(tmp_path / "out" / "activations.npy").min() == 0
    assert np.load(tmp_path / "raw" / "activations.npy").min() < 0


def test_directions_for_another_layer_do_not_spoil_the_folder(data, directions, tmp_path, capsys):
    command = ("--directions", directions)
    assert main(explain(data, tmp_path / "out", *command, "--layer", "body.1")) == 1
    told = "the directions are for 5 channels, 'body.1' has 6"
    assert told in capsys.readouterr().err.splitlines()[-1]
    assert main(explain(data, tmp_path / "out", *command, "--layer", "body.3")) == 0


# Layouts


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("maps", "Layout(form='maps', grid=None, skipped=0)"),
        ("channels-last", "Layout(form='channels last', grid=None, skipped=0)"),
        ("channels last", "Layout(form='channels last', grid=None, skipped=0)"),
    ],
)
def test_a_layout_that_is_said_is_used(data, tmp_path, text, kept):
    assert main(explain(data, tmp_path / "out", "--layer", "body.3", "--layout", text)) == 0
    assert json.loads((tmp_path / "out" / "study.json").read_text(encoding="utf-8"))["layout"] == kept
    study = open_study(tmp_path / "out")
    assert study.units.count == 5
    study.close()


def test_tokens_that_are_not_recognised_are_read_as_the_layout_says(data, tmp_path, capsys):
    more = ("--network", "tiny_tokens:load", "--layer", "body")
    assert main(explain(data, tmp_path / "out", *more)) == 1
    assert "its 40 tokens are no grid" in capsys.readouterr().err.splitlines()[-1]
    assert main(explain(data, tmp_path / "out", *more, "--layout", "tokens:4x5+20")) == 0
    assert np.load(tmp_path / "out" / "activations.npy").shape == (3, 24, 4, 5)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--layout", "windows"], "--layout 'windows': it is one of maps, channels-last, tokens, tokens-first, flat"),
        (["--layout", "tokens:4"], "--layout 'tokens:4': it is one of"),
        (["--layout", "maps:4x5"], "only tokens and tokens-first have a grid"),
        (["--layout", "tokens:0x5"], "make no sense"),
        (["--layout", "flat"], "the layout 'flat' has 2 axes"),
        (["--directions", "none.npy"], "there is no file of directions none.npy"),
        (["--directions", "tiny_network.py"], "directions are read from .npy, .npz, .safetensors, .csv, not from .py"),
        (["--rectified"], "--rectified is for --directions"),
        (["--csv", "."], "--csv . is a folder"),
        (["--out", "tiny_network.py"], "--out tiny_network.py is a file"),
    ],
)
def test_a_wrong_value_is_told_in_one_line_and_leaves_no_folder(data, tmp_path, capsys, more, told):
    assert main(explain(data, tmp_path / "out", "--layer", "body.3", *more)) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("compexp: ")
    assert told in last
    assert not (tmp_path / "out").exists()


def test_the_help_names_every_command_and_explains_every_option(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    listed = capsys.readouterr().out
    for command in ("explain", "layers", "data", "fetch"):
        assert f"\n    {command} " in listed
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "None" not in capsys.readouterr().out


def test_layers_are_listed_on_a_terminal_that_lacks_signs(monkeypatch):
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", narrow)
    assert main(["layers", "--network", "tiny_network:load"]) == 0
    narrow.flush()
    assert b"body.3" in narrow.buffer.getvalue()
