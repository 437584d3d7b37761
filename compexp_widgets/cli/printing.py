"""Printing: names from data sets must neither steer the terminal nor stop the command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from compexp_widgets.progress import Report, bars, lines


def printable(text: str) -> str:
    """A text with all that is not printable, such as line ends and the escape codes of terminals, written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def say(*texts: str) -> None:
    """Print each text on a line of its own; signs that the terminal's encoding lacks are written out."""
    encoding = sys.stdout.encoding or "utf-8"
    for text in texts:
        print(printable(text).encode(encoding, "backslashreplace").decode(encoding))


@contextmanager
def shown_progress() -> Iterator[Report]:
    """Bars for a person at a terminal, lines for a log."""
    if sys.stderr.isatty():
        with bars() as report:
            yield report
    else:
        yield lines(seconds=float(os.environ.get("COMPEXP_PROGRESS_SECONDS", "5")))
