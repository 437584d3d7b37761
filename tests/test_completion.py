"""``compexp completion``: what the shells make of its scripts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from compexp_widgets.cli import COMMANDS, main

Complete = Callable[[str], set[str]]

BASH = """
source {script}
COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_compexp
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
compdef() {{ : }}
compadd() {{ shift; print -l -- "$@" }}
_files() {{ if [[ $1 == -/ ]]; then print -l *(/); else print -l *; fi }}
source {script}
words=({words}); CURRENT=$#words
_compexp
"""
FISH = """
source {script}
complete -C "{line}"
"""


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Complete:
    """What a shell offers for the last word of a line; in a folder with one file and one folder."""
    shell = shutil.which(request.param)
    if shell is None:
        pytest.skip(f"there is no {request.param} here")
    assert main(["completion", request.param]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    (tmp_path / "here" / "a_folder").mkdir(parents=True)
    (tmp_path / "here" / "a_file").touch()
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[request.param]
    code = {"bash": BASH, "zsh": ZSH, "fish": FISH}[request.param]

    def complete(line: str) -> set[str]:
        words = " ".join(f"'{word}'" for word in line.split(" "))
        told = subprocess.run(
            [shell, *flags, "-c", code.format(script=script, words=words, line=line)],
            cwd=tmp_path / "here", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stderr == ""
        found = {word.split("\t")[0].rstrip("/") for word in told.stdout.splitlines() if word}
        return {word for word in found if word.startswith(line.rpartition(" ")[2])}  # as every shell does

    return complete


def test_commands_are_completed(complete):
    assert complete("compexp ") == set(COMMANDS)
    assert complete("compexp e") == {"explain"}
    assert complete("compexp train ") == {"nli"}


def test_options_are_those_of_the_command(complete):
    assert complete("compexp explain --th") == {"--threshold-on"}
    assert complete("compexp explain --data x --max") == {"--max-length"}
    assert complete("compexp layers --th") == set()
    assert complete("compexp train nli --val") == {"--validation"}


def test_what_an_option_takes_is_completed(complete):
    assert complete("compexp explain --threshold-on ") == {"map", "grid"}
    assert complete("compexp completion ") == {"bash", "zsh", "fish"}
    assert complete("compexp explain --out a_") == {"a_folder"}
    assert complete("compexp explain --csv a_") == {"a_folder", "a_file"}


def test_arguments_are_completed(complete):
    assert complete("compexp data a_") == {"a_folder"}
    assert complete("compexp replay a_") == {"a_folder", "a_file"}
