"""Write the options of every command into docs/command_line.md, from the parsers: ``python docs/options.py``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from compexp_widgets.cli import parser

PAGE = Path(__file__).with_name("command_line.md")
BEGIN, END = "<!-- options -->\n", "<!-- end -->\n"


def written() -> str:
    """The page with the options as the parsers have them today."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + "\n".join(sections(parser())) + "\n" + END + rest.partition(END)[2]


def sections(one: argparse.ArgumentParser) -> Iterator[str]:
    """A section for each command: what it does, and a table of its arguments and options."""
    below = [action for action in one._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield from (f"\n### `{one.prog}`\n", plain(one.description or ""), "", "| | |", "|---|---|")
        for action in one._actions:
            if "--help" not in action.option_strings:
                yield f"| {names(action)} | {plain(meaning(one, action))} |"
    for action in below:
        for command in action.choices.values():
            yield from sections(command)


def names(action: argparse.Action) -> str:
    """An option with what it takes, as code."""
    taken = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper())
    taken = "" if action.nargs == 0 else f"[{taken}]" if action.nargs == "?" else str(taken)
    taken += " …" * (action.nargs == "+")
    text = f"{', '.join(action.option_strings)} {taken}".strip().replace("|", "\\|")
    return f"`{text}`" + " (needed)" * bool(action.required and action.option_strings)


def meaning(one: argparse.ArgumentParser, action: argparse.Action) -> str:
    """The help of an action, with its defaults, in a line."""
    return one._get_formatter()._expand_help(action) if action.help else ""


def plain(text: str) -> str:
    """A text that Markdown leaves as it is, within a table."""
    return re.sub(r"([|*<>_])", r"\\\1", " ".join(text.split()))


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
