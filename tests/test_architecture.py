"""The structure of the house: imports run downwards only and in no circle; the engine is pure; files have one door."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "compexp_widgets"

# From the top of the house to the bottom. A file may import from its own floor and from those below.
FLOORS = [
    {"cli"},
    {"widgets", "report"},
    {"adversarial"},
    {"analysis"},
    {"demo"},
    {"study"},
    {"networks"},
    {"concepts"},
    {"data"},
    {"search"},
    {"signatures"},
    {"formula"},
    {"downloads"},
    {
        "argument_sentences",
        "argument_types",
        "arguments",
        "errors",
        "files",
        "lazy_names",
        "listing",
        "needs",
        "notebook_html",
        "progress",
        "short_text",
        "worker_process",
        "workers",
    },
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
PURE = {"search", "signatures", "formula"}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module that a file imports, at its head or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= submodules or {node.module}
    return frozenset(found)


def libraries(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imported(path)}


def test_imports_run_downwards_only():
    upwards = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for path in FILES
        for module in imported(path)
        if module.startswith("compexp_widgets.") and FLOOR_OF[module.split(".")[1]] < FLOOR_OF[room_of(path)]
    ]
    assert not upwards


def test_no_imports_run_in_a_circle():
    graph = {module: imported(path) & MODULES.keys() for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None


def test_only_the_widgets_know_ipywidgets_and_only_the_rooms_of_texts_know_nltk():
    for path in FILES:
        if room_of(path) != "widgets":
            assert not libraries(path) & {"ipywidgets", "anywidget", "IPython", "traitlets"}, path
        if room_of(path) not in {"data", "concepts"}:
            assert "nltk" not in libraries(path), path


def test_data_and_concepts_know_nothing_of_networks():
    for path in FILES:
        if room_of(path) in {"data", "concepts"}:
            assert not libraries(path) & {"torch", "torchvision"}, path


def test_the_engine_is_pure():
    for path in FILES:
        if room_of(path) in PURE:
            assert not libraries(path) & {"torch", "torchvision", "pandas", "PIL", "tqdm", "pathlib", "os", "sqlite3"}


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


def test_the_public_names_are_those_of_the_stubs_and_import_nothing_heavy():
    program = """
import sys
import compexp_widgets as cw
from compexp_widgets import adversarial
assert not {"torch", "ipywidgets", "pandas"} & sys.modules.keys()
for package in (cw, adversarial):
    assert dir(package) == package.__all__ == sorted(package.__all__)
    assert all(getattr(package, name) is not None for name in package.__all__)
    try:
        package.no_such_name
    except AttributeError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "module 'compexp_widgets' has no attribute 'no_such_name'",
        "module 'compexp_widgets.adversarial' has no attribute 'no_such_name'",
    ]
