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
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

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

AT_REST = """() => {
  const page = document.querySelector('.compexp');
  const busy = page.querySelector('[aria-busy=true]') || page.dataset.paintedId !== page.dataset.settledId;
  page.framesAtRest = busy ? 0 : (page.framesAtRest ?? 0) + 1;
  if (page.framesAtRest < 5) return false;
  page.framesAtRest = 0;
  return true;
}"""


def find_chromium() -> str | None:
    """The path of an installed browser of the Chromium family, or None."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the installed browser without a window."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return playwright.chromium.launch(executable_path=find_chromium(), args=arguments)


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The files of a folder, served on loopback; yields the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    written = [{**empty, "id": f"cell{place}", "source": cell} for place, cell in enumerate(cells)]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": written}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs: its address, and the folder that its notebooks lie in."""

    address: str
    root: Path


@contextmanager
def started_lab(root: Path, home: Path) -> Iterator[Lab]:
    """Serve JupyterLab on loopback from `root`, with its own files in `home`."""
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
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
        yield Lab(address, root)
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


def watched(page: Page, address: str) -> list[str]:
    """What goes wrong on a page from now on: errors that it logs or throws, requests to others than `address`."""
    troubles: list[str] = []
    local = (address, address.replace("http", "ws"), "data:", "blob:")

    def keep(kind: str, text: str, wrong: bool = True) -> None:
        if wrong:
            troubles.append(f"{kind}: {text[:300]}")

    page.on("console", lambda message: keep("console", message.text, message.type == "error"))
    page.on("pageerror", lambda error: keep("page error", str(error)))
    page.on("request", lambda request: keep("leaves", request.url, not request.url.startswith(local)))
    return troubles


class LabPage:
    """A window with one notebook; keeps what goes wrong in `troubles`."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self.address = lab.address
        self.page = browser.new_page(viewport={"width": 1500, "height": 1000})
        self.page.set_default_timeout(15_000)
        self.troubles = watched(self.page, lab.address)

    def run(self, notebook: str, shown: str, *, dark: bool = False, seconds: float = 300) -> None:
        """Open a notebook in one of JupyterLab's themes and run all its cells, until a CSS selector is on the page.

        A notebook that was open before keeps its kernel, so that what is imported and read stays there.
        """
        self.page.goto("about:blank")
        self.troubles.clear()  # what a kernel that was taken away left behind
        self.page.goto(f"{self.address}/lab/tree/{notebook}?reset&token={TOKEN}")
        self.page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            f"JupyterLab {'Dark' if dark else 'Light'}",
        )
        self.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{'false' if dark else 'true'}'")
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.page.wait_for_function(ALL_CELLS_RAN, timeout=seconds * 1000)
        self.page.wait_for_selector(shown, timeout=seconds * 1000)

    def close(self) -> None:
        """Close the window and end its kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()


@contextmanager
def opened_notebook(
    browser: Browser, lab: Lab, name: str, cells: Sequence[str], shown: str, *, dark: bool = False, seconds: float = 300
) -> Iterator[LabPage]:
    """A notebook of these cells in a JupyterLab, all run, once the page shows what the CSS selector `shown` says."""
    write_notebook(lab.root / name, cells)
    window = LabPage(browser, lab)
    try:
        window.run(name, shown, dark=dark, seconds=seconds)
        window.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield window
    finally:
        window.close()


@contextmanager
def notebook_page(cells: Sequence[str], shown: str, *, dark: bool = False, seconds: float = 300) -> Iterator[LabPage]:
    """A notebook in a JupyterLab and a browser of its own, as `opened_notebook`."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "root", Path(folder) / "home"
        root.mkdir()
        with (
            started_lab(root, home) as lab,
            sync_playwright() as playwright,
            launch(playwright) as browser,
            opened_notebook(browser, lab, "notebook.ipynb", cells, shown, dark=dark, seconds=seconds) as window,
        ):
            yield window


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


def at_rest(page: Page) -> None:
    """Wait until an explorer asks for nothing, and what it paints is final: for some frames in a row."""
    page.wait_for_function(AT_REST)


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
