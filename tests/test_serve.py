"""``compexp serve``: the explorer of a study through Voila, on loopback alone. Skipped where Voila is missing."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.cli import main
from compexp_widgets.progress import silent

COMMAND = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from compexp_widgets.cli import main; sys.exit(main())"
)


@pytest.fixture(scope="module")
def pair_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "pairs <b>"
    cw.dissect(tiny_pair_network(), "1", tiny_pairs(120), folder, concepts=CONCEPTS, report=silent).close()
    return folder


@pytest.fixture(scope="module")
def served(pair_folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address that it tells."""
    pytest.importorskip("voila")
    arguments = ["serve", str(pair_folder), "--no-browser", "--json", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.rstrip() == "}":
            break
    if not lines:
        pytest.fail(process.communicate()[1])
    yield process, json.loads("".join(lines))["address"]
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="what listens where is read from /proc")
def test_nobody_on_another_machine_can_reach_it(served):
    _, address = served
    assert address.startswith("http://127.0.0.1:")
    port = int(address.split(":")[2].split("/")[0])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    assert [one for one in listening if int(one.split(":")[1], 16) == port] == [f"0100007F:{port:04X}"]
    with socket.socket(socket.AF_INET6) as other, pytest.raises(ConnectionRefusedError):
        other.connect(("::1", port))


def test_nor_who_has_not_the_token(served):
    _, address = served
    page = urllib.request.urlopen(address.partition("?")[0])
    assert "/login" in page.url
    assert b"compexp" not in page.read()
    kernel = "api/kernels/00000000-0000-0000-0000-000000000000"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address.partition("?")[0] + kernel)


@pytest.mark.browser
def test_it_shows_the_explorer_and_no_code(served, browser: Browser):
    page = browser.new_page()
    answered = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    page.goto(served[1])
    page.wait_for_selector(".compexp", timeout=90_000)
    page.get_by_text("hyp:tok:not").first.wait_for(timeout=30_000)
    assert "open_study" not in page.content()
    own = (served[1].partition("?")[0], "data:", "blob:")
    assert [url for url in answered if not url.startswith(own)] == []
    policy = page.request.get(served[1]).headers["content-security-policy"]
    assert policy.startswith("default-src 'self' ")
    assert "http" not in policy
    page.close()


def test_an_interrupt_ends_it_and_is_its_ordinary_end(served):
    process, _ = served
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (0, "", "")


def test_a_port_that_is_taken_is_told(pair_folder, capsys):
    pytest.importorskip("voila")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", str(pair_folder), "--no-browser", "--port", str(port)]) == 1
    assert f"nothing can listen on port {port}: choose another with --port" in capsys.readouterr().err


def test_a_folder_without_a_study_is_told(tmp_path, capsys):
    pytest.importorskip("voila")
    assert main(["serve", str(tmp_path)]) == 1
    assert "holds no study" in capsys.readouterr().err


def test_where_voila_is_missing_the_line_that_installs_it_is_told(tmp_path, capsys, monkeypatch):
    class Nowhere:
        def find_spec(self, name, *_):
            if name.partition(".")[0] == "voila":
                raise ModuleNotFoundError("No module named 'voila'", name="voila")

    for loaded in [name for name in sys.modules if name.partition(".")[0] == "voila"]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setattr(sys, "meta_path", [Nowhere(), *sys.meta_path])
    assert main(["serve", str(tmp_path)]) == 1
    assert "compexp serve needs voila, which is not installed: pip install " in capsys.readouterr().err
