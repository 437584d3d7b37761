"""The rooms of the house: imports run downwards only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "compexp_widgets"

# From the top of the house to the bottom. A file may import from its own floor and from those below.
FLOORS = [
    {"cli"},
    {"widgets", "report"},
    {"adversarial"},
    {"analysis"},
    {"demo"},
    {"study"},
    {"vision", "nli"},
    {"search"},
    {"activation_ranges", "position_counts", "signatures"},
    {"formula"},
    {"formula_words"},
    {"downloads"},
    {
        "arguments",
        "behaviour",
        "cache",
        "certificate",
        "checkpoints",
        "conditions",
        "csv_table",
        "errors",
        "files",
        "progress",
        "random_numbers",
        "torch_modules",
        "worker_process",
        "workers",
    },
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at its head or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "compexp_widgets":
                found |= {f"compexp_widgets.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_imports_only_from_its_own_floor_and_below(path):
    floor = FLOOR_OF[room_of(path)]
    for module in imported(path):
        if module.startswith("compexp_widgets."):
            assert FLOOR_OF[module.split(".")[1]] >= floor, f"{path.name} must not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_widgets_know_ipywidgets_and_only_nli_knows_nltk(path):
    libraries = {module.split(".")[0] for module in imported(path)}
    if room_of(path) != "widgets":
        assert not libraries & {"ipywidgets", "anywidget", "IPython", "traitlets"}
    if room_of(path) != "nli":
        assert "nltk" not in libraries


def test_image_sets_know_nothing_of_networks():
    for path in (PACKAGE / "vision" / "images").glob("*.py"):
        for module in imported(path):
            if module.startswith("compexp_widgets.vision"):
                assert module.startswith("compexp_widgets.vision.images."), f"{path.name} must not import {module}"
            assert module.split(".")[0] not in {"torch", "torchvision"}, f"{path.name} must not import {module}"


@pytest.mark.parametrize(
    "room", ["search", "signatures", "position_counts", "activation_ranges", "formula", "formula_words"]
)
def test_the_engine_is_pure(room):
    for path in FILES:
        if room_of(path) == room:
            libraries = {module.split(".")[0] for module in imported(path)}
            assert not libraries & {"torch", "torchvision", "pandas", "PIL", "tqdm", "pathlib", "os", "sqlite3"}, path


# What opens files from outside: (module or object, what is called), as it stands in the source.
DOORS = {
    "Image.open",
    "np.load",
    "json.load",
    "json.loads",
    "torch.load",
    "gzip.open",
    "gzip.decompress",
    "zipfile.ZipFile",
    "tarfile.open",
    "bz2.open",
    "lzma.open",
    "safe_open",
    "pickle.load",
    "pickle.loads",
    "ast.literal_eval",
}
DOORS_ELSEWHERE = {
    "downloads/extraction.py": "archives are unpacked to the disk there, member by member, within budgets of their own",
    "nli/convert_tagger.py": "remakes a shipped file from a wheel of the same package index; run by maintainers",
    "worker_process.py": "what the package's own processes say to each other, through a pipe of their own",
    "workers.py": "the other end of that pipe",
}


def test_files_from_outside_are_opened_in_one_room():
    found = {}
    for path in FILES:
        where = path.relative_to(PACKAGE).as_posix()
        if room_of(path) in {"files", "demo"} or where in DOORS_ELSEWHERE:
            continue  # the demo reads back what it has drawn itself
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in DOORS:
                found[f"{where}:{node.lineno}"] = called
    assert not found
