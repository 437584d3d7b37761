"""Every room runs without what it does not need, and says what to install where something is missing.

Each test runs in a process of its own in which only the packages of a recipe can be imported.
"""

import pickle
import re
import subprocess
import sys

import pytest
from alone import PROJECT, recipe, run_alone
from packaging.requirements import Requirement
from tiny_broden import write_tiny_broden
from tiny_pairs import tiny_pair_network, tiny_pairs

from compexp_widgets.progress import silent
from compexp_widgets.study import dissect_pairs, explaining

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture
def images(tmp_path):
    write_tiny_broden(tmp_path / "data", images=6)
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["server", "data"])
def test_the_packages_of_a_recipe_are_dependencies_with_the_same_versions(name):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dependencies = {one.name: str(one.specifier) for one in map(Requirement, project["dependencies"])}
    wanted = {one.name: str(one.specifier) for one in recipe(name)}
    assert wanted
    assert wanted.items() <= dependencies.items()


_REFUSED = """
def refusal(what):
    try:
        what()
    except cw.CompexpError as error:
        print(error)
"""


def test_a_server_explains_pictures_and_names_the_line_that_installs_what_else_is_asked_for(images, tmp_path):
    program = f"""
import pandas as pd
import compexp_widgets as cw
from compexp_widgets.cli import main
from tiny_network import tiny_network

data, folder = {str(images)!r}, {str(tmp_path / "study")!r}
explain = ["explain", "--network", "tiny_network:load", "--layer", "body.3", "--data", data, "--out", folder]
study = cw.dissect(tiny_network(), "body.3", cw.read_dataset(data), folder)
assert study.explain([0], quantile=0.1)[0].best.overlap.iou > 0
assert len(study.to_frame([0, 1], quantile=0.1)) == 2
assert main(["layers", "--network", "tiny_network:load"]) == 0
assert main([*explain, "--quantile", "0.1", "--units", "0"]) == 0
assert main(["show", folder, "0", "--quantile", "0.1"]) == 0
{_REFUSED}
print("asked for:")
refusal(lambda: cw.VisionExplorer)
refusal(lambda: cw.load_network("torchvision:resnet18", None))
pairs = pd.DataFrame({{"premise": ["A dog."], "hypothesis": ["No dog."], "label": ["contradiction"]}})
refusal(lambda: cw.read_pairs(pairs))
"""
    done = run_alone(program, [one.name for one in recipe("server")], without=["torchvision"])
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.partition("asked for:\n")[2].splitlines() == [
        'compexp_widgets.VisionExplorer needs anywidget, which is not installed: pip install "anywidget>=0.9.13"',
        'a network of torchvision needs torchvision, which is not installed: pip install "torchvision>=0.18"',
        'splitting sentences into words needs nltk, which is not installed: pip install "nltk>=3.9"',
    ]


def test_data_are_listed_and_fetched_without_torch_and_explain_says_how_to_install_it(images, tmp_path):
    program = f"""
import compexp_widgets as cw
from compexp_widgets.cli import main

assert main(["data", {str(images)!r}]) == 0
assert main(["fetch"]) == 0
print("asked for:", flush=True)
{_REFUSED}
refusal(lambda: cw.dissect)
refusal(lambda: cw.layers_frame)
assert main(["explain", "--network", "tiny_network:load", "--layer", "body.3", "--data", "x", "--out", "y"]) == 1
"""
    done = run_alone(program, [one.name for one in recipe("data")])
    assert done.returncode == 0, done.stderr[-3000:]
    told, _, refused = done.stdout.partition("asked for:\n")
    assert "water" in told
    assert "broden1_224" in told
    # Which of the two is looked for first is of no matter.
    line = r'needs (?:torch|pandas), which is not installed: pip install "(?:torch|pandas)>=2\.\d"'
    assert re.fullmatch(rf"compexp_widgets\S*\.dissect {line}\ncompexp_widgets\.layers_frame {line}\n", refused)
    assert re.search(rf"^compexp: compexp explain {line}$", done.stderr, re.MULTILINE)


def modules_after(program):
    """The names of the packages that a program imports, by its own account and in a process of its own."""
    code = f"{program}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"torch", "torchvision", "pandas", "scipy", "nltk", "skimage", "matplotlib", "ipywidgets", "IPython", "tqdm"}


def test_importing_the_toolkit_imports_no_other_package():
    assert not modules_after("import compexp_widgets") & (HEAVY | {"numpy", "PIL", "msgspec"})


def test_the_help_of_the_command_line_imports_no_other_package():
    program = """
from compexp_widgets.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
"""
    assert not modules_after(program) & (HEAVY | {"numpy", "PIL", "msgspec"})


@pytest.fixture
def pair_study(tmp_path):
    study = dissect_pairs(tiny_pair_network(), "1", tiny_pairs(60), tmp_path / "pairs", report=silent)
    yield study
    study.close()


@pytest.mark.parametrize("modality", ["tiny_study", "pair_study"])
def test_a_process_that_explains_units_for_another_one_imports_neither_torch_nor_pandas(
    modality, request, tmp_path, monkeypatch
):
    handed = []

    def in_this_process(work, tasks, **_):
        handed.append((work, tasks[0]))
        return map(work, tasks)

    monkeypatch.setattr(explaining, "WORTHWHILE", 0.0)
    monkeypatch.setattr(explaining, "TRIED", 1)
    monkeypatch.setattr(explaining, "on_all_processors", in_this_process)
    request.getfixturevalue(modality).explain(report=silent)
    (tmp_path / "work").write_bytes(pickle.dumps(handed[0]))
    program = f"""
import pickle
import re
import compexp_widgets.worker_process
work, task = pickle.load(open({str(tmp_path / "work")!r}, "rb"))
assert work(task).unit == task.unit
"""
    assert not modules_after(program) & HEAVY
