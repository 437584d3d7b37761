"""Run a program where only some packages can be imported, as after one of the recipes for a light install."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]

_PROGRAM = """
import sys
blocked = frozenset({blocked!r})
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Finder)
sys.path.insert(0, {tests!r})
{program}
"""


def recipe(name: str) -> list[Requirement]:
    """The requirements of ``requirements/NAME.txt``."""
    lines = (PROJECT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(text) for line in lines if (text := line.partition("#")[0].strip())]


def run_alone(program: str, packages: Iterable[str], without: Iterable[str] = ()) -> subprocess.CompletedProcess[str]:
    """A process in which no installed package can be imported but ours, `packages`, and what these require.

    `without` are modules that cannot be imported all the same.
    """
    allowed = {"compexp-widgets", *_with_what_they_require(packages)}
    blocked = {
        module
        for module, distributions in packages_distributions().items()
        if not allowed & {canonicalize_name(one) for one in distributions}
    }
    code = _PROGRAM.format(blocked=sorted(blocked | {*without}), tests=str(PROJECT / "tests"), program=program)
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def _with_what_they_require(packages: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = [canonicalize_name(one) for one in packages]
    while waiting:
        if (package := waiting.pop()) in found:
            continue
        found.add(package)
        try:
            asked = [Requirement(one) for one in requires(package) or []]
        except PackageNotFoundError:
            continue
        waiting += [
            canonicalize_name(one.name) for one in asked if not one.marker or one.marker.evaluate({"extra": ""})
        ]
    return found
