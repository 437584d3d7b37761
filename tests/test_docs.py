"""The documents: short where one begins, true where they speak of files, and in step with the code."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("compexp_widgets/**/*.md")])


def test_the_readme_is_one_page():
    assert len((PROJECT / "README.md").read_bytes()) <= 12_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_file_that_a_document_names_is_there():
    for page in PAGES:
        for named in re.findall(
            r"`((?:compexp_widgets|benchmarks|tests|examples|notebooks)/[\w./]+)`", page.read_text("utf-8")
        ):
            assert (PROJECT / named).exists(), f"{page.name} names {named}"


def test_the_drawing_of_the_rooms_and_the_files_of_each_action_are_those_of_the_code():
    script = PROJECT / "docs" / "structure.py"
    told = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]


def test_the_options_of_every_command_are_those_of_the_parsers():
    script = runpy.run_path(str(PROJECT / "docs" / "options.py"))
    assert script["written"]() == script["PAGE"].read_text(encoding="utf-8"), "python docs/options.py"
