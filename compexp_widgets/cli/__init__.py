"""The command line, a file a command: ``compexp explain``, ``show``, ``layers``, ``data`` and others."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from compexp_widgets.cli.parsing import Parser
from compexp_widgets.cli.printing import discard_output, tell_error, tell_fault, tell_stopped, warnings_in_a_line
from compexp_widgets.errors import CompexpError
from compexp_widgets.needs import needs

COMMANDS = ("explain", "show", "serve", "layers", "data", "train", "replay", "fetch", "completion")
"""Files of this package, in the order of the help; the function ``add`` of each adds its command to the parser.

What the command does is its default ``run``, a function of the parsed options, which returns the exit status or None
for 0. Where stopping it loses nothing, its default ``kept`` says what is there to continue, with options in braces,
such as ``"The study in {out}"``.
"""

DONE, FAILED, FAULT, INTERRUPTED, NO_READER = 0, 1, 70, 130, 141
"""Exit statuses, as ``docs/command_line.md`` has them; wrong usage is argparse's, 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    0 done, 1 an error that was told or answers that differ, 70 a fault, 130 interrupted, 141 nobody reads the output
    any more; wrong usage raises SystemExit with 2.
    """
    try:
        try:
            return _run(arguments)
        finally:  # here rather than when the process ends, where an error could no longer be told
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return NO_READER
    except OSError as error:  # no room for the output
        discard_output()
        return tell_error(argparse.Namespace(), error, FAILED)


def _run(arguments: Sequence[str] | None) -> int:
    options = argparse.Namespace()
    try:
        options = parser().parse_args(arguments)
        with warnings_in_a_line(options), needs(f"compexp {options.command}"):
            status: int | None = options.run(options)
    except BrokenPipeError:
        raise
    except (CompexpError, OSError, MemoryError) as error:
        return tell_error(options, error, FAILED)
    except KeyboardInterrupt:
        return tell_stopped(options, getattr(options, "kept", "").format_map(vars(options)), INTERRUPTED)
    except Exception as error:  # a person at a terminal is told in a sentence whatever it is
        return tell_fault(options, error, FAULT)
    return status or DONE


def parser() -> Parser:
    """The parser of all commands."""
    parser = Parser(
        prog="compexp",
        description="Describe the units of a neural network by logical formulas over human concepts.",
        epilog="compexp COMMAND --help says more of each.",
    )
    parser.add_argument("--version", action="version", version=f"compexp {version('compexp-widgets')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name in COMMANDS:
        import_module(f"compexp_widgets.cli.{name}").add(commands)
    return parser
