import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tiny_broden import write_tiny_broden

from compexp_widgets import parse
from compexp_widgets.cli import main

TESTS = Path(__file__).parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_tiny_broden(tmp_path / "data", images=24)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def networks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)


def arguments(data: Path, out: Path, *more: object) -> list[str]:
    return [
        "explain", "--network", "tiny_network:load", "--layer", "body.3", "--data", str(data), "--out", str(out),
        "--quantile", "0.1", *map(str, more),
    ]  # fmt: skip


def run(*args: str, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own, its progress as lines on standard error."""
    # A process started in the background of a shell inherits that interrupts are ignored; a terminal's does not.
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code += "; from compexp_widgets.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, *args]
    return subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


def test_explain_writes_a_row_for_every_unit(data, tmp_path, capsys):
    assert main(arguments(data, tmp_path / "study", "--csv", tmp_path / "units.csv")) == 0
    frame = pd.read_csv(tmp_path / "units.csv", keep_default_na=False)
    assert list(frame["unit"]) == [0, 1, 2, 3, 4]
    assert list(frame)[7:] == [
        "state",
        "active_share",
        "formula_1",
        "iou_1",
        "formula_2",
        "iou_2",
        "formula_3",
        "iou_3",
    ]
    output = capsys.readouterr()
    assert output.out.startswith("5 units, mean IoU ")
    assert ", 4 proven optimal, written to " in output.out.splitlines()[0]
    assert "images shown to the network: 24 of 24" in output.err
    assert "units explained: 5 of 5" in output.err


def test_the_share_that_is_active_is_the_one_asked_for_on_the_grid(data, tmp_path, capsys):
    csv = tmp_path / "units.csv"
    assert main(arguments(data, tmp_path / "study", "--csv", csv, "--threshold-on", "grid", "--max-length", 1)) == 0
    frame = pd.read_csv(csv)
    assert frame["active_share"].tolist() == pytest.approx([0.1] * 4 + [0], abs=2e-3)
    assert frame["state"].tolist() == ["fires"] * 4 + ["constant"]
    assert "of 5 units: 1 constant" in capsys.readouterr().out.splitlines()


def test_evidence_adds_its_columns_and_tells_of_the_best_units(data, tmp_path, capsys):
    csv = tmp_path / "units.csv"
    more = ("--csv", csv, "--units", "1,0,4", "--max-length", 2, "--evidence", 19)
    assert main(arguments(data, tmp_path / "study", *more)) == 0
    frame = pd.read_csv(csv, keep_default_na=False)
    assert list(frame)[13:] == ["held_out_iou", "p_value", "q_value", "iou_low", "iou_high"]
    assert list(frame["unit"]) == [1, 0, 4]
    assert frame["p_value"].between(1 / 20 - 1e-6, 1).all()
    assert (frame["q_value"] >= frame["p_value"]).all()
    assert frame["iou"].between(frame["iou_low"], frame["iou_high"]).all()
    output = capsys.readouterr()
    assert "units tested: 3 of 3" in output.err
    assert " with q <= .05; mean held-out IoU " in output.out.splitlines()[1]
    assert output.out.count("held out ") == 3


@pytest.mark.parametrize(
    ("ranges", "names"),
    [("2", ["cluster 1 of 2", "cluster 2 of 2"]), ("0.3,0.1", ["quantile 0.3 to 0.1", "quantile 0.1"])],
)
def test_ranges_are_rows_of_the_table(data, tmp_path, capsys, ranges, names):
    csv = tmp_path / "ranges.csv"
    more = ("--csv", csv, "--units", "1,0", "--max-length", 1, "--ranges", ranges)
    assert main(arguments(data, tmp_path / "study", *more)) == 0
    frame = pd.read_csv(csv, keep_default_na=False)
    assert frame["unit"].tolist() == [1, 1, 0, 0]
    assert frame["range"].tolist() == names * 2
    output = capsys.readouterr()
    assert "ranges explained: 4 of 4" in output.err
    assert output.out.startswith("4 ranges, mean IoU ")


def test_without_nodes_for_a_proof_the_beam_answers(data, tmp_path, capsys):
    assert main(arguments(data, tmp_path / "study", "--proof-nodes", 0)) == 0
    assert "proven optimal" not in capsys.readouterr().out


def test_only_the_units_asked_for_are_explained_in_the_order_given(data, tmp_path):
    csv = tmp_path / "units.csv"
    assert main(arguments(data, tmp_path / "study", "--csv", csv, "--units", "3,0-1,3", "--max-length", 1)) == 0
    assert list(pd.read_csv(csv)["unit"]) == [3, 0, 1]


def test_formulas_are_of_the_concepts_and_categories_that_are_named(data, tmp_path):
    chosen = ("--only", "object", "red-c", "--exclude", "water")
    assert main(arguments(data, tmp_path / "study", "--csv", tmp_path / "units.csv", *chosen)) == 0
    formulas = pd.read_csv(tmp_path / "units.csv", keep_default_na=False)["formula"]
    used = {concept for formula in formulas if formula for concept in parse(formula).concepts()}
    labels = pd.read_csv(data / "label.csv")
    assert used
    assert used <= {*labels["name"][labels["category"].str.startswith("object")], "red-c"} - {"water"}


def test_a_run_that_is_killed_again_and_again_continues_to_the_same_csv(data, tmp_path):
    undisturbed, killed = tmp_path / "undisturbed.csv", tmp_path / "killed.csv"
    assert main(arguments(data, tmp_path / "one", "--batch-size", 4, "--csv", undisturbed)) == 0
    again = arguments(data, tmp_path / "two", "--batch-size", 4, "--csv", killed)
    for moment in ("images shown to the network: 8", "images folded into signatures: 1", "units explained: 1"):
        process = run(*again, COMPEXP_PROGRESS_SECONDS="0", TINY_NETWORK_SLOW="0.02")
        for line in process.stderr:
            if line.startswith(moment):
                process.kill()
                break
        else:
            pytest.fail(f"the run ended before {moment!r}")
        process.communicate()
        assert process.returncode != 0
        assert not killed.exists()
    assert main(again) == 0
    assert killed.read_bytes() == undisturbed.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_leaves_a_study_that_continues(data, tmp_path):
    again = arguments(data, tmp_path / "study", "--batch-size", 4)
    process = run(*again, COMPEXP_PROGRESS_SECONDS="0", TINY_NETWORK_SLOW="0.05")
    for line in process.stderr:
        if line.startswith("images shown to the network: 8"):
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "is kept: the same command continues it" in errors
    assert "Traceback" not in errors
    assert main(again) == 0


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--network",
            "tiny_network",
            "a network is named torchvision:NAME, places365:NAME, bowman:FILE or module:function",
        ),
        ("--network", "no_such_module:load", "No module named 'no_such_module'. Run from the folder that holds"),
        ("--network", "tiny_network:lead", "no function 'lead'; the nearest are load"),
        ("--network", "tiny_network:preprocess", "must be a function that takes no arguments"),
        ("--network", "torchvision:resnet19", "torchvision has no model 'resnet19'; the nearest are resnet18"),
        ("--layer", "body.7", "the network has no layer 'body.7'; there are body"),
        ("--data", "nowhere", "nowhere"),
        ("--quantile", "0", "quantile, the share of activations above the threshold, is a finite number, above 0"),
        ("--units", "0-9", "there is no unit 5: the layer has units 0 … 4"),
        (
            "--ranges",
            "0",
            "a number of clusters if it is no list of quantiles, is a whole number, from 1 to 1000, not 0",
        ),
        ("--ranges", "0.2,2", "quantile, the share of activations above the threshold, is a finite number"),
        ("--csv", "no/such/folder/units.csv", "there is no folder"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(data, tmp_path, capsys, option, value, message):
    assert main([*arguments(data, tmp_path / "study"), option, value]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("compexp: ")
    assert message in last


@pytest.mark.parametrize("units", ["x", "3-1", "1,,2", "-4"])
def test_units_that_cannot_be_read_are_wrong_usage(data, tmp_path, units):
    with pytest.raises(SystemExit) as stop:
        main([*arguments(data, tmp_path / "study"), f"--units={units}"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    "option",
    [
        "--beam=0",
        "--beam=-1",
        "--beam=2.5",
        "--beam=many",
        "--batch-size=0",
        "--proof-nodes=-1",
        "--evidence=0",
        "--memory=0",
        "--memory=much",
        "--half=much",
        "--quantile=much",
    ],
)
def test_what_is_no_number_of_its_kind_is_wrong_usage(data, tmp_path, capsys, option):
    with pytest.raises(SystemExit) as stop:
        main([*arguments(data, tmp_path / "study"), option])
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith(f"compexp explain: argument {option.partition('=')[0]}: ")


@pytest.mark.parametrize("ranges", ["x", "0.2,,0.1", ""])
def test_ranges_that_cannot_be_read_are_wrong_usage(data, tmp_path, ranges):
    with pytest.raises(SystemExit) as stop:
        main([*arguments(data, tmp_path / "study"), f"--ranges={ranges}"])
    assert stop.value.code == 2


def test_help_does_not_wait_for_torch():
    code = (
        "import sys, contextlib as c\nfrom compexp_widgets.cli import main\nwith c.suppress(SystemExit): main(['-h'])"
    )
    command = [sys.executable, "-c", f"{code}\nprint('torch' in sys.modules)"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "False"


def test_layers_lists_what_can_be_probed_and_with_all_what_cannot(capsys):
    assert main(["layers", "--network", "tiny_network:load"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "type", "output", "shape", "units", "kind", "grid", "note"]
    assert " ".join(lines[1].split()) == "body Sequential 5 × 4 × 5 5 maps 4 × 5"
    assert main(["layers", "--network", "tiny_network:load", "--all"]) == 0
    assert "why not" in capsys.readouterr().out.splitlines()[0]


def test_weights_that_cannot_be_read_are_told_in_a_line(tmp_path, capsys):
    assert main(["layers", "--network", "tiny_network:load", "--weights", str(tmp_path / "none.pth")]) == 1
    assert f"compexp: there is no file of weights {tmp_path / 'none.pth'}" in capsys.readouterr().err
