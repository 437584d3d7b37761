"""Every notebook runs from top to bottom, as it lies in the project: without saved outputs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlockingKernelClient]:
    """A kernel for all of them, which imports torch once; what they write goes when pytest cleans up."""
    folder = str(tmp_path_factory.mktemp("notebooks"))
    manager, client = start_new_kernel(cwd=folder, env={**os.environ, "TMPDIR": folder, "TEMP": folder})
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def run(kernel: BlockingKernelClient, code: str) -> None:
    reply = kernel.execute_interactive(code, timeout=300, output_hook=lambda message: None, allow_stdin=False)
    assert reply["content"]["status"] == "ok", "\n".join(reply["content"].get("traceback", [code]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, kernel: BlockingKernelClient):
    run(kernel, "%reset -f")  # the names of the notebook before
    for cell in code_cells(path):
        run(kernel, "".join(cell["source"]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path):
    for cell in code_cells(path):
        assert not cell["outputs"]
        assert cell["execution_count"] is None
