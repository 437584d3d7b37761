"""``compexp serve``: the explorer of a study as a page of its own, on this machine alone."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from compexp_widgets.cli.options import add_study_options, study_from
from compexp_widgets.cli.parsing import from_zero
from compexp_widgets.cli.printing import add_output_options, answer, note
from compexp_widgets.errors import CompexpError

LOOPBACK = "127.0.0.1"

_POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'"
"""What the page may load: Voila's would ask a server elsewhere for icons, which ours does not use."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "serve",
        help="show the explorer of a study as a page of its own, without a notebook",
        description=f"Serve the explorer of a study with Voila, on {LOOPBACK} alone: nobody on another machine can "
        "reach it, and who on this one has not the token in the address cannot either. Ctrl-C ends it.",
    )
    add_study_options(parser)
    parser.add_argument(
        "--port",
        metavar="N",
        type=_port,
        help="the port, which must be free (default: 8866, or another where it is not)",
    )
    parser.add_argument("--no-browser", action="store_true", help="open no browser: print the address alone")
    add_output_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from voila.app import Voila  # noqa: PLC0415 - an extra; where it is missing, `main` tells how to install it

    with closing(study_from(options)) as study:
        explorer_of(study).close()  # what cannot be shown is told here rather than on the page

    class Served(Voila):  # type: ignore[misc, unused-ignore]
        """Tells its address when it listens."""

        def launch_browser(self) -> None:
            address = f"http://{LOOPBACK}:{self.port}/?token={self.identity_provider.token}"
            text = f"the explorer of {options.study} is at {address} (Ctrl-C ends it)"
            answer(options, {"address": address, "study": options.study}, text)
            sys.stdout.flush()
            if not options.no_browser:
                super().launch_browser()

    logging.getLogger("tornado").setLevel(logging.CRITICAL)  # each favicon that is asked for in vain
    with tempfile.TemporaryDirectory(prefix="compexp-serve-") as folder:
        page = Path(folder) / "explorer.ipynb"
        page.write_text(json.dumps(_notebook(options.study, options.data)), encoding="utf-8")
        try:
            # Given as arguments, which no configuration file of the user's outdoes.
            Served.launch_instance([str(page), *_arguments(options)])
        except SystemExit as error:
            if error.code:
                raise CompexpError(_no_port(options)) from error
        finally:
            Served.clear_instance()
    note(options, "stopped.")


def _port(text: str) -> int:
    if not 1 <= (port := from_zero(text)) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{port} is no port: they are 1 … {_LAST_PORT}")
    return port


_LAST_PORT = 65_535


def explorer_of(study: Any) -> Any:
    """The explorer widget of a study; CompexpError where its modality has none."""
    from compexp_widgets.study import PairStudy, VisionStudy  # noqa: PLC0415
    from compexp_widgets.widgets import NLIExplorer, VisionExplorer  # noqa: PLC0415

    if isinstance(study, VisionStudy):
        return VisionExplorer(study)
    if isinstance(study, PairStudy):
        return NLIExplorer(study)
    raise CompexpError(f"the study in {study.folder} is of {study.configuration.kind}, which has no explorer")


def _arguments(options: argparse.Namespace) -> list[str]:
    # Between server and kernel a file that others may not open, in place of a port; elsewhere such paths are too long.
    kernel = ["--KernelManager.transport=ipc"] if sys.platform.startswith("linux") else []
    settings = {"headers": {"Content-Security-Policy": _POLICY}}
    port = [] if options.port is None else [f"--Voila.port={options.port}", "--Voila.port_retries=0"]
    return [
        f"--Voila.ip={LOOPBACK}",
        "--Voila.auto_token=True",  # others who work on this machine reach the port, too
        "--Voila.base_url=/",
        "--Voila.open_browser=True",  # asks for `launch_browser`
        "--Voila.log_level=ERROR",
        "--VoilaConfiguration.strip_sources=True",
        f"--Voila.tornado_settings={settings!r}",
        *kernel,
        *port,
    ]


def _no_port(options: argparse.Namespace) -> str:
    return (
        f"nothing can listen on port {options.port}: choose another with --port" if options.port else "no port is free"
    )


def _notebook(study: Path, data: Path | None) -> dict[str, Any]:
    """A notebook with the one cell that shows the explorer."""
    where = None if data is None else str(data.resolve())
    code = (
        "import compexp_widgets as cw\n"
        "from compexp_widgets.cli.serve import explorer_of\n"
        f"explorer_of(cw.open_study({str(study.resolve())!r}, {where!r}))"
    )
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
