"""The parser of the command line: misspelt commands and options are answered with the one that is meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from compexp_widgets.cli.printing import printable


class Parser(argparse.ArgumentParser):
    """An argument parser that takes no beginnings of options for options, and tells what was meant by a misspelt one.

    Wrong usage is told in a line, without the whole of the usage before it, and ends with the status 2.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; a misspelt option is told before those that are missing for it."""
        given = list(sys.argv[1:] if args is None else args)
        for text in given:
            if text == "--" or (self._subparsers is not None and not text.startswith("-")):
                break  # what follows are values, or another parser's
            if text.startswith("--") and text.endswith("=--"):  # a list to argparse, whatever it should be
                self.error(f"argument {text[:-3]}: '--' is no value")
            if self._looks_like_an_option(text) and (name := text.partition("=")[0]) not in self._option_string_actions:
                self.error(f"there is no option {name:.60}{meant(name, self._option_string_actions)}")
        return super().parse_known_args(given, namespace)

    def _looks_like_an_option(self, text: str) -> bool:
        negative_number = self._negative_number_matcher.match(text) and not self._has_negative_number_optionals
        return text.startswith("-") and text != "-" and " " not in text and not negative_number

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            told = meant(str(value), choices) or f"; there are {', '.join(choices)}"
            raise argparse.ArgumentError(action, f"there is no {value!r:.60}{told}")

    def error(self, message: str) -> NoReturn:
        """End with the status 2 and a sentence."""
        self.exit(2, f"{self.prog}: {printable(message)}\n{self.prog} --help says what there is\n")


def meant(text: str, known: Iterable[str]) -> str:
    """``"; did you mean --layer?"``, or nothing where none of the known texts is near."""
    near = get_close_matches(text[:100], list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def at_least_one(text: str) -> int:
    """A whole number from 1, for argparse, which answers any other."""
    return _whole(text, 1)


def from_zero(text: str) -> int:
    """A whole number from 0, for argparse, which answers any other."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else -1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number, at least {least}")
    return number


def number(text: str) -> float:
    """A number, for argparse, which answers anything else."""
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number") from error


_MOST_DIGITS = 10
