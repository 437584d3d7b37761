"""The command line, a file a command: ``compexp explain``, ``layers``, ``data`` and ``fetch``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from compexp_widgets.cli.printing import printable
from compexp_widgets.errors import CompexpError
from compexp_widgets.needs import needs

COMMANDS = ("explain", "layers", "data", "train", "fetch")
"""Files of this package, in the order of the help; the function ``add`` of each adds its command to the parser.

What the command does is its default ``run``, a function of the parsed options. Where stopping it loses nothing, its
default ``kept`` says what is there to continue, with options in braces, such as ``"The study in {out}"``.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 an error that was told, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        with needs(f"compexp {options.command}"):
            options.run(options)
    except (CompexpError, OSError) as error:
        print(f"compexp: {printable(' '.join(str(error).splitlines()))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = getattr(options, "kept", "").format_map(vars(options))
        print("\nstopped." + (f" {kept} is kept: the same command continues it." if kept else ""), file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compexp",
        description="Describe the units of a neural network by logical formulas over human concepts.",
        epilog="compexp COMMAND --help says more of each.",
    )
    parser.add_argument("--version", action="version", version=f"compexp {version('compexp-widgets')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name in COMMANDS:
        import_module(f"compexp_widgets.cli.{name}").add(commands)
    return parser
