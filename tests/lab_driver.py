"""A real JupyterLab in a real browser, for tests and benchmarks: start it, run a notebook, drive the page.

Nothing is shared with the user's own JupyterLab: configuration, data and kernels have a folder of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import nbformat
from playwright.sync_api import expect, sync_playwright

Value = TypeVar("Value")

TOKEN = "tests"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "chrome")

PATIENCE = 60_000
"""Milliseconds after which an answer does not come any more, on a machine that is busy with other things."""

KERNEL_IDLE = """() => {
  const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
  return !!kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
ALL_CELLS_RAN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const waiting = panel.content.widgets.filter(cell => cell.model.type === 'code'
    && cell.model.sharedModel.getSource().trim() && cell.model.executionCount === null);
  return panel.sessionContext.session.kernel.status === 'idle' && waiting.length === 0;
}"""


def find_chromium() -> str | None:
    """The path of an installed browser of the Chromium family, or None."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def write_notebook(path: Path, cells: list[str]) -> None:
    """Write a notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, path)


@contextmanager
def jupyterlab(root: Path, home: Path, *, dark: bool = False) -> Iterator[str]:
    """Serve JupyterLab on loopback from `root`, with its files in `home`; yields its address."""
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    theme = "JupyterLab Dark" if dark else "JupyterLab Light"
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        "--expose-app-in-browser",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(f"{address}/api/status?token={TOKEN}", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


class LabPage:
    """A page with one notebook; keeps what goes wrong in `troubles`, requests that leave loopback included."""

    def __init__(self, playwright: Any, address: str, *, width: int = 1500, height: int = 1000) -> None:
        self.address = address
        self.troubles: list[str] = []
        self.browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        self.page = self.browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(15_000)
        self.page.on("console", lambda message: self._keep("console", message.text, message.type == "error"))
        self.page.on("pageerror", lambda error: self._keep("page error", str(error)))
        local = (address, address.replace("http", "ws"), "data:", "blob:")
        self.page.on("request", lambda request: self._keep("leaves", request.url, not request.url.startswith(local)))

    def run(self, notebook: str, *, seconds: float = 120) -> None:
        """Open a notebook, run all its cells, and wait until they are done."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?reset&token={TOKEN}")
        self.page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(ALL_CELLS_RAN, timeout=seconds * 1000)

    def close(self) -> None:
        self.browser.close()

    def _keep(self, kind: str, text: str, wrong: bool = True) -> None:
        if wrong:
            self.troubles.append(f"{kind}: {text[:300]}")


@contextmanager
def opened_notebook(
    playwright: Any, address: str, notebook: str, shown: str, *, seconds: float = 300
) -> Iterator[LabPage]:
    """A notebook of a JupyterLab, all its cells run, once the page shows what the CSS selector says."""
    lab = LabPage(playwright, address)
    try:
        lab.run(notebook, seconds=seconds)
        lab.page.wait_for_selector(shown, timeout=seconds * 1000)
        lab.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield lab
    finally:
        lab.close()


@contextmanager
def notebook_page(
    root: Path, home: Path, cells: Sequence[str], shown: str, *, dark: bool = False, seconds: float = 300
) -> Iterator[LabPage]:
    """A notebook in a JupyterLab of its own, as `opened_notebook`."""
    write_notebook(root / "notebook.ipynb", list(cells))
    with (
        jupyterlab(root, home, dark=dark) as address,
        sync_playwright() as playwright,
        opened_notebook(playwright, address, "notebook.ipynb", shown, seconds=seconds) as lab,
    ):
        yield lab


def run_in_kernel(lab: LabPage, code: str) -> str:
    """Run code in the notebook's kernel, and return what it printed."""
    printed: str = lab.page.evaluate(
        """async code => {
          const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          const future = kernel.requestExecute({code});
          let text = '';
          let failure = null;
          future.onIOPub = message => {
            if (message.header.msg_type === 'stream') text += message.content.text;
            if (message.header.msg_type === 'error') failure = message.content.evalue;
          };
          await future.done;
          if (failure !== null) throw new Error(failure);
          return text;
        }""",
        code,
    )
    return printed


def in_kernel(lab: LabPage, expression: str) -> Any:
    """The value of an expression in the notebook's kernel, as far as JSON has it."""
    return json.loads(run_in_kernel(lab, f"import json\nprint(json.dumps({expression}))"))


def eventually(
    lab: LabPage, read: Callable[[], Value], holds: Callable[[Value], bool], *, seconds: float = PATIENCE / 1000
) -> Value:
    """What is read once it holds; an AssertionError with what was read last when it never does."""
    deadline = time.monotonic() + seconds
    while not holds(value := read()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s it is still {value!r}")
        lab.page.wait_for_timeout(100)
    return value
