"""The page of ten tasks: each in at most five lines, run as it stands, and what the page says comes out."""

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from document_code import code_by_heading
from PIL import Image

import compexp_widgets as cw

PAGE = code_by_heading("tasks.md")
SETUP = PAGE.pop("")
ANOTHER_PROCESS = "import "
"""The code of a task that begins so runs in a process of its own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the tasks write."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("tasks")
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def names(folder: Path) -> dict[str, Any]:
    """What the first lines of the page define."""
    names: dict[str, Any] = {}
    for code, _ in SETUP:
        exec(code, names)
    return names


@pytest.fixture(scope="module")
def done(names: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """Does a task and tells the names that it defined; fails where it prints something else than the page says."""

    def do(heading: str) -> dict[str, Any]:
        found = dict(names)
        for code, printed in PAGE[heading]:
            assert shape_of(output_of(code, found)) == shape_of(printed)
        return found

    return do


def output_of(code: str, names: dict[str, Any]) -> str:
    if code.startswith(ANOTHER_PROCESS):
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert other.returncode == 0, other.stderr[-2000:]
        return other.stdout
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, names)
    return output.getvalue()


def shape_of(output: str) -> list[str]:
    """The words of an output: its numbers may differ in their last digits from one machine to the next."""
    return re.sub(r"[-+]?[\d.,]*\d%?", "0", output).split()


def test_there_are_ten_tasks_of_at_most_five_lines_each():
    assert len(PAGE) == 10
    for heading, blocks in PAGE.items():
        lines = [line for code, _ in blocks for line in code.splitlines() if line.strip()]
        assert 1 <= len([line for line in lines if not line.startswith("import ")]) <= 5, heading
        assert max(map(len, lines)) <= 120, heading


def test_the_best_units_are_a_csv_file_and_a_latex_table(done, folder):
    best = done("The 20 best units as CSV and LaTeX")["best"]
    written = pd.read_csv(folder / "best.csv", index_col="unit")
    assert list(written.index) == list(best.indices)
    assert len(written) == 20
    assert written["iou"].is_monotonic_decreasing
    assert (folder / "best.tex").read_text(encoding="utf-8").count(r"\\") >= 21


def test_every_unit_about_water_comes_with_its_pictures(done, folder):
    found = done("All units about water, with their top pictures")
    assert found["water"]
    assert all({"water", "sea"} & {*unit.formula.concepts()} for unit in found["water"])
    assert len(list((folder / "water").glob("*.png"))) == len(found["paths"]) == 4 * len(found["water"])


def test_longer_formulas_are_no_worse_on_either_layer(done):
    by_length = pd.DataFrame(done("IoU by length for two layers")["by_length"])
    assert list(by_length.columns) == ["layer2", "layer4"]
    assert (by_length.diff().dropna() >= 0).all(axis=None)


def test_a_unit_is_drawn_on_a_picture_of_ones_own(done, folder):
    look = done("A unit on your own picture")["look"]
    assert look.fires(93).any()
    assert not look.fires(93).all()
    with Image.open(folder / "unit_93.png") as drawn:
        assert drawn.size == look.drawn(93).picture.size


def test_a_formula_by_hand_has_the_iou_that_each_unit_tells(done):
    found = done("A formula by hand, for all units")
    scores = found["scores"]
    assert list(scores.index) == list(range(len(found["study"])))
    assert list(scores.columns) == ["water OR sea", "car AND NOT road"]
    for formula in scores.columns:
        assert scores[formula][45] == found["study"][45].iou(formula)


def test_two_networks_stand_side_by_side(done):
    both = done("Two networks side by side")["both"]
    mean = both.groupby(level=0)["iou"].mean()
    assert mean["trained"] > mean["untrained"]


def test_the_papers_settings_use_object_concepts_alone(done):
    found = done("The paper's settings, with object concepts only")
    study, category = found["study"], {}
    for concept, kind in zip(study.table.concepts, study.categories, strict=True):
        category[concept] = kind
    published = found["published"]
    assert len(published) == len(study)
    used = {name for formula in published["formula"] if formula for name in cw.parse(formula).concepts()}
    assert {category[name] for name in used} == {"object"}


def test_a_selection_opens_again_from_its_folder(done):
    found = done("A subset of the images, without rare concepts")
    assert found["again"].table.concepts == tuple(found["frequent"].concept_names)
    assert len(found["again"].data) == 16
    assert found["frequent"].counts().images.min() >= 4


def test_words_and_accuracy_are_of_the_pairs_where_the_unit_fires(done):
    found = done("The words that fire a unit, and how often the network is right there")
    unit, pairs = found["unit"], found["pairs"]
    best = unit.concepts(only="hypothesis token").index[0]
    word = best.removeprefix("hyp:tok:")
    holds = [word in {token.lower() for token in hypothesis} for hypothesis in pairs.pairs.hypotheses]
    assert unit.concepts().loc[best, "positions"] == sum(holds)
    assert found["fires"].sum() == unit.explanation.active


def test_a_paste_replays_to_the_bit_in_another_process(done, folder):
    done("A paste found by script, saved, and replayed in another process")
    recipe = cw.adversarial.Recipe.load(folder / "paste.json")
    assert (recipe.before.predicted, recipe.after.predicted) == (("street",), ("fire station",))


def test_type_checkers_look_at_the_lines_of_the_page():
    here = [code for blocks in PAGE.values() for code, _ in blocks if not code.startswith(ANOTHER_PROCESS)]
    lines = "".join([*(code for code, _ in SETUP), *here])
    typed = (Path(__file__).with_name("typed") / "tasks.py").read_text(encoding="utf-8")
    assert typed.partition('"""\n')[2].split() == lines.split()
