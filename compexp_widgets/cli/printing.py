"""Printing: results on standard output, as text or JSON; progress, warnings and errors on standard error.

Names from data sets must neither steer the terminal nor stop the command.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from compexp_widgets.errors import CompexpError
from compexp_widgets.progress import Report, bars, json_lines, lines, silent


def printable(text: str) -> str:
    """A text with all that is not printable, such as line ends and the escape codes of terminals, written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def say(*texts: str, file: TextIO | None = None) -> None:
    """Print each text on a line of its own; signs that the terminal's encoding lacks are written out."""
    stream = sys.stdout if file is None else file
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for text in texts:
        print(printable(text).encode(encoding, "backslashreplace").decode(encoding), file=stream)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--json`` and ``--quiet``, which every command has that does something."""
    add = parser.add_argument_group("what is told").add_argument
    add(
        "--json",
        action="store_true",
        help="the result as one JSON object on standard output; progress, warnings and errors as JSON lines on "
        "standard error",
    )
    add("--quiet", action="store_true", help="no progress and no warnings: the result and errors alone")


def answer(options: argparse.Namespace, result: Mapping[str, Any], *texts: str) -> None:
    """Print the result of a command: as JSON where that was asked for, else the texts, a line each."""
    if options.json:
        print(json.dumps(_plain(result), indent=1, allow_nan=False))
    else:
        say(*texts)


def note(options: argparse.Namespace, *texts: str) -> None:
    """Tell something beside the result on standard error, a line each, unless quiet is wanted."""
    if not quiet(options):
        for line in (line for text in texts for line in text.splitlines()):
            _tell(options, {"note": line}, printable(line))


def _plain(value: Any) -> Any:
    """What JSON can hold: numbers that are not finite become null, arrays and sequences lists, all else a text."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else str(value)


@contextmanager
def shown_progress(options: argparse.Namespace) -> Iterator[Report]:
    """Bars for a person at a terminal, lines for a log, JSON for a program, nothing for whoever wants quiet."""
    given = os.environ.get("COMPEXP_PROGRESS_SECONDS", "5")
    try:
        seconds = float(given)
    except ValueError as error:
        raise CompexpError(f"COMPEXP_PROGRESS_SECONDS is a number of seconds, not {given!r:.60}") from error
    if options.quiet or sys.stderr is None:
        yield silent
    elif options.json:
        yield json_lines(seconds=min(seconds, 1.0))
    elif sys.stderr.isatty():
        with bars() as report:
            yield report
    else:
        yield lines(seconds=seconds)


@contextmanager
def warnings_in_a_line(options: argparse.Namespace) -> Iterator[None]:
    """Tell each warning in a line on standard error, without the line of the code that warns."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        if not quiet(options):
            _tell(options, {"warning": _one_line(message)}, f"compexp: warning: {_one_line(message)}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def quiet(options: argparse.Namespace) -> bool:
    """True where nothing but the result and errors is wanted."""
    return bool(getattr(options, "quiet", False))


def tell_error(options: argparse.Namespace, error: BaseException, status: int) -> int:
    """Tell an error in a line on standard error; gives the status back."""
    text = _one_line(error) or type(error).__name__
    _tell(options, {"error": text, "kind": type(error).__name__, "status": status}, f"compexp: {text}")
    return status


def tell_fault(options: argparse.Namespace, error: Exception, status: int) -> int:
    """Tell an error that nobody foresaw, in a line with the place where it arose; gives the status back."""
    if os.environ.get("COMPEXP_TRACEBACK"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {_one_line(error)} ({Path(place.filename).name}, line {place.lineno})"
    way_on = "a fault of compexp, or of a module that it was given: COMPEXP_TRACEBACK=1 shows where it came from"
    _tell(options, {"error": told, "kind": "fault", "status": status}, f"compexp: {told}: {way_on}")
    return status


def tell_stopped(options: argparse.Namespace, kept: str, status: int) -> int:
    """Tell that the work was interrupted, and what is kept of it; gives the status back."""
    text = "stopped." + (f" {kept} is kept: the same command continues it." if kept else "")
    _tell(options, {"error": text, "kind": "interrupted", "status": status}, f"\n{printable(text)}")
    return status


def _tell(options: argparse.Namespace, record: Mapping[str, Any], text: str) -> None:
    if sys.stderr is not None:
        told = json.dumps(record) if getattr(options, "json", False) else text
        encoding = sys.stderr.encoding or "utf-8"
        print(told.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr, flush=True)


def _one_line(error: object) -> str:
    return printable(" ".join(str(error).split()))


def discard_output() -> None:
    """Let what is still to be written go nowhere, so that nothing is told of it when the process ends."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
