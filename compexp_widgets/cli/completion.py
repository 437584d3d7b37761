"""``compexp completion``: a script by which a shell completes commands, options and what they take.

It is written from the parsers, so that it knows what they know. argcomplete would start Python at every press of the
tab key, and shtab writes no script for fish: both are a dependency more than these lines.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "completion",
        help="print a script by which a shell completes commands and options",
        description='Print a script for a shell: eval "$(compexp completion bash)" in ~/.bashrc, the same with zsh in '
        "~/.zshrc behind compinit, compexp completion fish > ~/.config/fish/completions/compexp.fish.",
    )
    parser.add_argument("shell", choices=tuple(_SCRIPTS), help="the shell that is to read it")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from compexp_widgets.cli import parser  # noqa: PLC0415 - it makes this command's parser

    print(_SCRIPTS[options.shell](list(_places(parser()))), end="")


@dataclass(frozen=True)
class _Taken:
    """What an option or an argument takes: one of some words, a file, a folder, or what nobody can complete."""

    kind: Literal["words", "file", "folder", "other"]
    words: tuple[str, ...] = ()

    @classmethod
    def by(cls, action: argparse.Action) -> _Taken:
        if action.choices is not None:
            return cls("words", tuple(map(str, action.choices)))
        metavar = str(action.metavar or action.dest).upper()
        if re.search(r"FOLDER|STUDY|\bDIR\b", metavar) and "FILE" not in metavar:
            return cls("folder")
        return cls("file" if re.search(r"FILE|CSV|RECIPE", metavar) else "other")


@dataclass(frozen=True)
class _Place:
    """The options that may stand behind a command, such as ``"train nli"``: option → what it takes, and its help."""

    command: str
    options: dict[str, tuple[_Taken | None, str]]
    arguments: _Taken
    commands: dict[str, str]


def _places(parser: argparse.ArgumentParser, command: str = "") -> Iterator[_Place]:
    options: dict[str, tuple[_Taken | None, str]] = {}
    arguments, commands = _Taken("other"), {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            commands = {one.dest: str(one.help) for one in action._choices_actions}
            for name, below in action.choices.items():
                yield from _places(below, f"{command} {name}".strip())
        elif action.option_strings:
            about = re.split(r"[:;,(]|\. ", str(action.help or ""))[0].replace("%", "")
            taken = None if action.nargs == 0 else _Taken.by(action)
            options |= dict.fromkeys(action.option_strings, (taken, about))
        elif arguments.kind == "other":
            arguments = _Taken.by(action)
    yield _Place(command, options, arguments, commands)


def _by_case(places: list[_Place], give: dict[str, str]) -> str:
    """The cases of bash and zsh: behind which command one is, and what may stand there."""
    follow = [f"{place.command} {name}".strip() for place in places for name in place.commands]
    lines = ["    for each in $before; do", '        case "$at $each" in']
    lines += [f'            "{" ".join(one.split()[:-1])} {one.split()[-1]}") at="{one}" ;;' for one in follow]
    lines += ["        esac", "    done", '    case "$at $last" in']
    for place in places:
        for option, (taken, _) in place.options.items():
            if taken is not None:
                lines.append(f'        "{place.command} {option}") {_given(taken, give)}; return ;;')
    lines += ["    esac", '    case "$at" in']
    for place in places:
        options = _given(_Taken("words", tuple(place.options)), give)
        others = _given(_Taken("words", tuple(place.commands)) if place.commands else place.arguments, give)
        lines.append(f'        "{place.command}") if [[ "$word" == -* ]]; then {options}; else {others}; fi ;;')
    return "\n".join([*lines, "    esac", ""])


def _given(taken: _Taken, give: dict[str, str]) -> str:
    return give[taken.kind].format(words=shlex.quote(" ".join(taken.words)))


def _bash(places: list[_Place]) -> str:
    give = {
        "words": 'COMPREPLY=($(compgen -W {words} -- "$word"))',
        "file": 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))',
        "folder": 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word"))',
        "other": ":",
    }
    return (
        "_compexp() {\n"
        '    local word="${COMP_WORDS[COMP_CWORD]}" last="${COMP_WORDS[COMP_CWORD-1]}" at="" each IFS=$\' \\n\'\n'
        '    local before="${COMP_WORDS[*]:1:COMP_CWORD-1}"\n'
        f"{_by_case(places, give)}"
        "}\ncomplete -F _compexp compexp\n"
    )


def _zsh(places: list[_Place]) -> str:
    give = {
        "words": "compadd -- ${{(z):-{words}}}",
        "file": "_files",
        "folder": "_files -/",
        "other": ":",
    }
    cases = _by_case(places, give).replace("in $before;", "in ${words[2,CURRENT-1]};")
    return (
        "#compdef compexp\n_compexp() {\n"
        '    local word="${words[CURRENT]}" last="${words[CURRENT-1]}" at="" each\n'
        f"{cases}"
        "}\ncompdef _compexp compexp\n"
    )


def _fish(places: list[_Place]) -> str:
    give = {
        "words": "-x -a {words}",
        "file": "-r -F",
        "folder": "-x -a '(__fish_complete_directories)'",
        "other": "-x",
    }
    lines = ["complete -c compexp -f"]
    for place in places:
        here = f"__fish_seen_subcommand_from {place.command.split()[-1]}" if place.command else "__fish_use_subcommand"
        below = f"{here}; and not __fish_seen_subcommand_from {' '.join(place.commands)}" if place.command else here
        for name, about in place.commands.items():
            lines.append(f"complete -c compexp -n {shlex.quote(below)} -a {name} -d {shlex.quote(about)}")
        if place.arguments.kind != "other":
            taken = _given(place.arguments, give).removeprefix("-x ").removeprefix("-r ")
            lines.append(f"complete -c compexp -n {shlex.quote(here)} {taken}")
        for option, (taken_by, about) in place.options.items():
            spelt = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            value = "" if taken_by is None else f" {_given(taken_by, give)}"
            lines.append(f"complete -c compexp -n {shlex.quote(here)} {spelt}{value} -d {shlex.quote(about)}")
    return "\n".join([*lines, ""])


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
