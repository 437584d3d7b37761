"""environment.yml, constraints.txt and pyproject.toml say the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}


@pytest.fixture
def dependencies() -> dict[str, Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {requirement.name: requirement for requirement in map(Requirement, project["dependencies"])}


def test_conda_installs_what_pip_installs(dependencies):
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    listed = [line.partition(" ") for line in environment["dependencies"] if isinstance(line, str)]
    conda = {name: version for name, _, version in listed if name not in {"python", "pip"}}
    assert conda == {CONDA_NAMES.get(name, name): str(pip.specifier) for name, pip in dependencies.items()}
    python = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert f"python {python}" in environment["dependencies"]


def test_every_dependency_is_pinned_to_a_version_it_allows(dependencies):
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for name, requirement in dependencies.items():
        versions = [str(pin.specifier).removeprefix("==") for pin in pins if pin.name == name]
        assert versions, f"{name} is not pinned"
        assert all(requirement.specifier.contains(version) for version in versions)


def test_the_classifiers_name_the_versions_of_python_that_are_allowed():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    named = {text.removeprefix("Programming Language :: Python :: ") for text in project["classifiers"]}
    assert {f"3.{minor}" for minor in range(30) if f"3.{minor}.1" in allowed} == {
        one for one in named if one[:2] == "3."
    }


def test_the_archive_of_the_sources_holds_what_the_project_does():
    told = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip("this is no checkout of git")
    kept = {line.partition("/")[0] for line in told.stdout.splitlines()} - {".ci", ".gitignore", "pyproject.toml"}
    hatch = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    assert set(hatch["build"]["targets"]["sdist"]["include"]) == kept


def test_every_dependency_says_why_it_is_there():
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    for block in re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            assert re.search(r'^    "[^"]+", +# \S', line), line
