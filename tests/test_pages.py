"""The browser side: its own tests run, and the built pages are those of the sources."""

import shutil
import subprocess
from pathlib import Path

import pytest

JS = Path(__file__).resolve().parents[1] / "js"


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=JS, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed; only who changes js/ needs it")
def test_the_pages_own_tests_pass():
    run("node", "--test", *sorted(str(path.relative_to(JS)) for path in (JS / "test").glob("*.test.mjs")))


@pytest.mark.skipif(not (JS / "node_modules" / "esbuild").is_dir(), reason="esbuild is not installed: npm ci in js/")
def test_the_built_pages_are_those_of_the_sources():
    run("node", "build.mjs", "--check")
