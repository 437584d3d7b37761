"""Manners of the command line: results and progress for programs, sentences for people, no noise."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network
from tiny_pairs import tiny_pairs

import compexp_widgets as cw
from compexp_widgets.cli import COMMANDS, main

TESTS = Path(__file__).parent
NETWORK = ["--network", "tiny_network:load"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broden")
    write_tiny_broden(folder, images=24)
    return folder


@pytest.fixture(autouse=True)
def networks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)


def explain(data: Path, out: Path, *more: object) -> list[str]:
    work = ["--layer", "body.3", "--data", str(data), "--out", str(out), "--quantile", "0.1", "--max-length", "1"]
    return ["explain", *NETWORK, *work, *map(str, more)]


def usage(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is told of wrong usage."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    return output.err


# For programs


def test_the_keys_of_every_result_are_documented(data, tiny_study, recipe, tmp_path, capsys):
    page = (TESTS.parent / "docs" / "command_line.md").read_text(encoding="utf-8")
    table = page.split("## Results in JSON")[1].split("\n## ")[0]
    documented = {row.split("`")[1]: set(row.split("`")[3::2]) for row in table.splitlines() if row.startswith("| `")}
    commands = {
        "explain": explain(data, tmp_path / "new"),
        "show": ["show", str(tmp_path / "study"), "2"],
        "layers": ["layers", *NETWORK],
        "data": ["data", str(data)],
        "replay": ["replay", str(recipe), *NETWORK],
        "fetch": ["fetch"],
    }
    for name, command in commands.items():
        assert main([*command, "--json", "--quiet"]) == 0
        told = json.loads(capsys.readouterr().out)
        keys = set(told)
        for value in told.values():
            first = value[0] if isinstance(value, list) and value else value
            keys |= set(first) if isinstance(first, dict) else set()
        assert keys <= documented[name], name


def test_json_gives_the_table_and_progress_as_lines_of_json(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study", "--json", "--csv", tmp_path / "units.csv")) == 0
    output = capsys.readouterr()
    (study,) = json.loads(output.out)["studies"]
    assert study["layer"] == "body.3"
    assert study["folder"] == str(tmp_path / "study")
    table = pd.read_csv(tmp_path / "units.csv", keep_default_na=False).to_dict("records")
    assert len(table) == len(study["rows"]) == 5
    for row, told in zip(table, study["rows"], strict=True):
        assert told == pytest.approx(row, abs=1e-6)
    records = [json.loads(line) for line in output.err.splitlines()]
    shares = [record["share"] for record in records if "progress" in record]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {"probe", "sort", "fold", "explain"} == {record["progress"] for record in records if "progress" in record}


def test_several_layers_are_several_studies(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "out", "--layer", "body.1", "--json", "--quiet", "--units", "1")) == 0
    studies = json.loads(capsys.readouterr().out)["studies"]
    assert [(study["layer"], len(study["rows"])) for study in studies] == [("body.3", 1), ("body.1", 1)]


def test_what_is_no_number_is_null(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study", "--json", "--ranges", "0.1")) == 0
    assert "NaN" not in (out := capsys.readouterr().out)
    assert None in [row["high"] for row in json.loads(out)["studies"][0]["rows"]]  # no upper end


def test_data_layers_and_downloads_are_told_in_json(data, capsys):
    assert main(["data", str(data), "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["images"] == 24
    assert set(told["concepts"][0]) == {"name", "category", "images", "share"}
    assert any("Only 24 images" in warning for warning in told["warnings"])
    assert main(["layers", *NETWORK, "--json"]) == 0
    layers = json.loads(capsys.readouterr().out)["layers"]
    assert [layer["units"] for layer in layers if layer["name"] == "body.3"] == [5]
    assert main(["fetch", "--json"]) == 0
    assert "broden1_224" in [one["name"] for one in json.loads(capsys.readouterr().out)["downloads"]]


def test_an_error_is_told_in_json_and_the_result_is_empty(tmp_path, capsys):
    assert main(["data", str(tmp_path / "none"), "--json"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    told = {"error": f"{tmp_path / 'none'} is not a folder.", "kind": "DataError", "status": 1}
    assert json.loads(output.err) == told


def test_the_table_goes_to_standard_output_alone(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study", "--csv", "-")) == 0
    output = capsys.readouterr()
    assert pd.read_csv(io.StringIO(output.out))["unit"].tolist() == [0, 1, 2, 3, 4]
    assert "5 units, mean IoU " in output.err
    assert main(explain(data, tmp_path / "study", "--csv", tmp_path / "units.csv")) == 0
    assert (tmp_path / "units.csv").read_text(encoding="utf-8") == output.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_stays_a_pipe(data, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        assert main(explain(data, tmp_path / "study", "--csv", pipe)) == 0
    assert pipe.is_fifo()
    assert main(explain(data, tmp_path / "study", "--csv", tmp_path / "units.csv")) == 0
    assert read.result() == (tmp_path / "units.csv").read_bytes()


def test_two_things_on_standard_output_are_refused(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study", "--csv", "-", "--json")) == 1
    assert "both write to standard output" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()


def test_quiet_tells_the_result_alone(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "study", "--quiet")) == 0
    output = capsys.readouterr()
    assert output.out.startswith("5 units, mean IoU ")
    assert output.err == ""


def test_warnings_are_told_in_a_line_unless_quiet_is_wanted(data, tmp_path, capsys):
    main(explain(data, tmp_path / "study", "--half", 1, "--quiet"))
    assert capsys.readouterr().err == ""
    main(explain(data, tmp_path / "study"))
    told = [line for line in capsys.readouterr().err.splitlines() if "half precision" in line]
    assert len(told) == 1
    assert told[0].startswith(f"compexp: warning: the study in {tmp_path / 'study'} keeps its maps in half precision")


# For people


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explian"], "there is no 'explian'; did you mean explain?"),
        (["xyzzy"], f"there is no 'xyzzy'; there are {', '.join(COMMANDS)}"),
        (["--verison"], "there is no option --verison; did you mean --version?"),
        (["explain", "--lyer", "body"], "there is no option --lyer; did you mean --layer?"),
        (["explain", "-layer", "body"], "there is no option -layer; did you mean --layer?"),
        (["explain", "--max-lenght=3"], "there is no option --max-lenght; did you mean --max-length?"),
        (["explain", "--qqq", "1"], "there is no option --qqq\n"),
        (["explain", "--threshold-on", "grd"], "there is no 'grd'; did you mean grid?"),
        (["layers", "--network=--"], "argument --network: '--' is no value"),
        (["serve", "study", "--port", "65536"], "argument --port: 65536 is no port: they are 1 … 65535"),
        (["train", "nil"], "there is no 'nil'; did you mean nli?"),
        (["train", "nli", "--epoch", "3"], "there is no option --epoch; did you mean --epochs?"),
    ],
)
def test_what_was_meant_by_a_misspelt_word_is_told(capsys, arguments, told):
    assert told in usage(capsys, *arguments)


def test_the_beginning_of_an_option_is_not_taken_for_it(capsys):
    assert "no option --quant; did you mean --quantile?" in usage(capsys, "explain", "--quant", "0.1")


def test_wrong_usage_is_told_without_the_whole_of_the_usage(capsys):
    lines = usage(capsys, "layers").splitlines()
    assert lines == [
        "compexp layers: the following arguments are required: --network",
        "compexp layers --help says what there is",
    ]


def test_an_error_nobody_foresaw_is_told_in_a_line_with_its_place(tmp_path, capsys, monkeypatch):
    (tmp_path / "broken_network.py").write_text("def load():\n    raise KeyError('weights\\n of mine')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["layers", "--network", "broken_network:load"]) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "compexp: KeyError: 'weights\\n of mine' (broken_network.py, line 2): a fault of compexp, or"
    )
    monkeypatch.setenv("COMPEXP_TRACEBACK", "1")
    assert main(["layers", "--network", "broken_network:load"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_ends_with_its_status_and_a_sentence(capsys, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("compexp_widgets.data.images.layouts.read_dataset", stop)
    assert main(["data", "."]) == 130
    assert capsys.readouterr().err == "\nstopped.\n"
    assert main(["data", ".", "--json"]) == 130
    assert json.loads(capsys.readouterr().err) == {"error": "stopped.", "kind": "interrupted", "status": 130}


def test_a_pace_of_progress_that_is_no_number_is_told_in_a_line(data, capsys, monkeypatch):
    monkeypatch.setenv("COMPEXP_PROGRESS_SECONDS", "often")
    assert main(["data", str(data)]) == 1
    assert capsys.readouterr().err == "compexp: COMPEXP_PROGRESS_SECONDS is a number of seconds, not 'often'\n"


def run(*arguments: str, stdout: int | io.BufferedWriter) -> tuple[int, str]:
    """Status and standard error of a command in a process of its own."""
    code = "import sys; from compexp_widgets.cli import main; sys.exit(main())"
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )
    return found.returncode, found.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows breaks pipes in a way of its own")
def test_a_reader_that_goes_away_is_no_error():
    read, write = os.pipe()
    os.close(read)
    assert run("fetch", stdout=write) == (141, "")
    assert run("--help", stdout=write)[1] == ""
    os.close(write)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_output_without_room_is_told_in_a_line():
    with Path("/dev/full").open("wb") as full:
        status, told = run("fetch", stdout=full)
    assert status == 1
    assert told.splitlines() == ["compexp: [Errno 28] No space left on device"]


# Sentence pairs


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    found = tiny_pairs(300)
    names = {0: "entailment", 1: "neutral", 2: "contradiction"}
    rows = zip(found.premises, found.hypotheses, found.gold.tolist(), strict=True)
    lines = [f"{' '.join(p)}\t{' '.join(h)}\t{names.get(gold, '-')}" for p, h, gold in rows]
    (tmp_path / "pairs.tsv").write_text("\n".join(["premise\thypothesis\tlabel", *lines]) + "\n", encoding="utf-8")
    return tmp_path / "pairs.tsv"


def explain_pairs(pairs: Path, out: Path, *more: object) -> list[str]:
    network = ["--network", "tiny_pairs:tiny_pair_network", "--layer", "1"]
    return ["explain", *network, "--data", str(pairs), "--out", str(out), *map(str, more)]


def test_a_sample_of_sentence_pairs_is_that_of_python(pairs, tmp_path):
    assert main(explain_pairs(pairs, tmp_path / "study", "--sample", 60)) == 0
    opened = cw.open_study(tmp_path / "study")
    assert opened.pairs.fingerprint == cw.read_pairs(pairs).sample(60).fingerprint
    assert str(opened.pairs.recipe) == "sample(count=60, seed=0)"
    opened.close()


def test_sentence_pairs_are_explained_as_in_python(pairs, tmp_path, capsys):
    csv = tmp_path / "units.csv"
    assert main(explain_pairs(pairs, tmp_path / "study", "--csv", csv)) == 0
    output = capsys.readouterr()
    assert output.out.startswith("4 units, mean IoU ")
    assert "pairs shown to the network: 300 of 300" in output.err
    study = cw.open_study(tmp_path / "study")
    study.to_csv(tmp_path / "python.csv")
    assert csv.read_bytes() == (tmp_path / "python.csv").read_bytes()
    found = pd.read_csv(csv, keep_default_na=False)
    assert found["formula"][0] == "hyp:tok:not"
    assert found["formula_5"].any()  # up to five concepts, as the paper has it
    study.close()


def test_formulas_of_pairs_take_the_same_options(pairs, tmp_path):
    csv = tmp_path / "units.csv"
    more = ("--csv", csv, "--units", "1", "--max-length", 2, "--exclude", "pre:tok:dog", "--proof-nodes", 700)
    assert main(explain_pairs(pairs, tmp_path / "study", *more)) == 0
    (row,) = pd.read_csv(csv).to_dict("records")
    assert "pre:tok:cat" in row["formula"]
    assert "pre:tok:dog" not in row["formula"]
    assert "formula_3" not in row


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--colours"], "--colours is for annotated images: "),
        (["--min-images", "3"], "--min-images is for annotated images: "),
        (["--layout", "maps"], "--layout is for annotated images: "),
        (["--vectors", "none.txt"], "none.txt"),
        (["--data", "none.tsv"], "none.tsv: there is no such file or folder."),
        (["--layer", "no"], "the network has no layer 'no'"),
        (["--network", "bowman:none.safetensors"], "none.safetensors"),
    ],
)
def test_what_is_not_for_pairs_is_told_in_a_line(pairs, tmp_path, capsys, more, told):
    if more[0] == "--layer":
        arguments = [*explain_pairs(pairs, tmp_path / "out"), *more]
    else:
        arguments = explain_pairs(pairs, tmp_path / "out", *more)
    assert main(arguments) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("compexp: ")
    assert told in last
    assert not (tmp_path / "out").exists()


def test_options_of_pairs_are_not_for_images(data, tmp_path, capsys):
    assert main(explain(data, tmp_path / "out", "--vectors", "glove.txt")) == 1
    assert "--vectors is for sentence pairs: " in capsys.readouterr().err


# A unit


def test_a_unit_is_shown_with_its_formulas_and_top_samples(tiny_study, tmp_path, capsys):
    folder, unit = str(tmp_path / "study"), tiny_study[2]
    assert main(["show", folder, "2", "--top", "3"]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    lines = output.out.splitlines()
    assert lines[0] == f"unit 2, of layer body.3: {unit.formula}"
    assert f"IoU {unit.scores.iou:.4f}, lift {unit.scores.lift:+.4f}" in lines[2]
    for one in unit.top(3):
        assert f"{one.name}, activation {one.activation:.3g}" in lines


def test_a_unit_is_told_in_json_as_in_python(tiny_study, tmp_path, capsys):
    unit = tiny_study[2]
    assert main(["show", str(tmp_path / "study"), "2", "--top", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["unit"], told["layer"], told["formula"]) == (2, "body.3", str(unit.formula))
    assert told["scores"]["lift"] == pytest.approx(unit.scores.lift)
    assert [one["formula"] for one in told["by_length"]] == [str(one.formula) for one in unit.explanation.by_length]
    assert [one["index"] for one in told["top"]] == [one.index for one in unit.top(3)]
    assert told["saved"] == []


def test_its_top_pictures_are_saved(tiny_study, tmp_path, capsys):
    command = ["show", str(tmp_path / "study"), "2", "--quantile", "0.1", "--top", "2", "--save", str(tmp_path / "out")]
    assert main([*command, "--json"]) == 0
    saved = json.loads(capsys.readouterr().out)["saved"]
    assert sorted(saved) == sorted(map(str, (tmp_path / "out").iterdir()))
    assert {Image.open(path).format for path in saved} == {"PNG"}
    assert len(saved) == 2


def test_it_is_explained_as_the_options_say(tiny_study, tmp_path, capsys):
    options = ["--quantile", "0.1", "--max-length", "2", "--exclude", "color"]
    assert main(["show", str(tmp_path / "study"), "1", *options, "--json", "--top", "0"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = tiny_study[1].explain(quantile=0.1, max_length=2, exclude=["color"])
    assert told["formula"] == str(found.best.formula)
    assert told["top"] == []


@pytest.mark.parametrize(
    ("unit", "told"),
    [("9", "there is no unit 9"), ("water", "have numbers"), ("9" * 40, "have numbers"), ("1.5", "have numbers")],
)
def test_a_unit_that_is_none_is_told_in_a_line(tiny_study, tmp_path, capsys, unit, told):
    assert main(["show", str(tmp_path / "study"), unit]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_folder_of_studies_names_them(tiny_study, tmp_path, capsys):
    assert main(["show", str(tmp_path), "1"]) == 1
    assert f"{tmp_path} holds the studies study: name one, such as {tmp_path / 'study'}" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    for nowhere in ("empty", "none"):
        assert main(["show", str(tmp_path / nowhere), "1"]) == 1
        assert "holds no study (there is no study.json)" in capsys.readouterr().err


# Recipes


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    network = tiny_network()
    picture = Image.linear_gradient("L").resize((40, 32)).convert("RGB")
    patch = cw.adversarial.Patch(np.full((8, 8, 4), 255, np.uint8), "white")
    edit = cw.adversarial.Paste(patch, cw.adversarial.Placement(10, 8, 16, 16))
    return cw.adversarial.record(network, picture, [edit], name="grey").save(tmp_path / "recipe.json")


def test_a_recipe_is_replayed(recipe, capsys):
    assert main(["replay", str(recipe), *NETWORK]) == 0
    told = capsys.readouterr().out
    assert "the same answers, to the last bit" in told
    assert main(["replay", str(recipe), *NETWORK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["same"], told["agreement"], told["same_network"]) == (True, "identical", True)
    assert told["recorded"] == told["now"]


def test_other_answers_than_the_recipes_are_told_and_are_the_status(recipe, capsys):
    text = recipe.read_text(encoding="utf-8")
    value = json.loads(text)
    value["after"]["digest"] = "0" * 64
    first = value["after"]["predicted"][0]
    value["after"]["probabilities"][0][first] /= 2
    recipe.write_text(json.dumps(value), encoding="utf-8")
    assert main(["replay", str(recipe), *NETWORK]) == 1
    assert "other answers, of " in capsys.readouterr().out
    assert main(["replay", str(recipe), *NETWORK, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["same"] is False


def test_a_recipe_that_is_none_is_told_in_a_line(tmp_path, capsys):
    (tmp_path / "recipe.json").write_text("[]", encoding="utf-8")
    for name in ("recipe.json", "none.json", "."):
        assert main(["replay", str(tmp_path / name), *NETWORK]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("compexp: ")
