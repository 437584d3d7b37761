"""The page's types and the documentation's tables of messages, made from the declarations.

``python js/contract.py`` writes a ``messages.d.ts`` beside each widget's page and
``docs/messages.md``. With ``--check`` it writes nothing, and fails where a file is not what the declarations give, or
where the kernel never fills an optional field of a message or never reads a field of a request.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect as declared
import traitlets

from compexp_widgets.widgets import NLIExplorer, PasteLab, TextLab, VisionExplorer
from compexp_widgets.widgets.kernel.messages import (
    Cancel,
    Cancelled,
    Done,
    Failure,
    Fields,
    FormulaFailure,
    Message,
    Part,
    Request,
)
from compexp_widgets.widgets.kernel.router import Contract, PageWidget

WIDGETS: tuple[type[PageWidget], ...] = (VisionExplorer, NLIExplorer, PasteLab, TextLab)

_ROOMS = Path(__file__).resolve().parents[1] / "compexp_widgets" / "widgets"
_DOCS = _ROOMS.parents[1] / "docs" / "messages.md"
_COMMAND = "python js/contract.py"
_ALWAYS = (Done, Cancelled, Failure, FormulaFailure)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files; the number of complaints."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where something is stale or unused")
    checking = parser.parse_args(arguments).check
    complaints = []
    for file, text in {**type_files(), _DOCS: documentation()}.items():
        if checking:
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                complaints.append(f"{file.relative_to(_ROOMS.parents[1])} is not what the messages say: run {_COMMAND}")
        else:
            file.write_text(text, encoding="utf-8")
            print(file.relative_to(_ROOMS.parents[1]))
    complaints += unused_in_the_kernel()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return len(complaints)


# What crosses


def roots(contract: Contract) -> Iterator[type[msgspec.Struct]]:
    """The messages of a widget, without what they are made of."""
    for route in contract.routes:
        yield route.request
        yield from (*route.answers, *route.parts)
    yield from contract.events


def structs() -> list[type[msgspec.Struct]]:
    """Every declared message and what it is made of, in the order of their declaration."""
    found: dict[type[msgspec.Struct], None] = {}
    pending: list[type[msgspec.Struct]] = [Cancel, *_ALWAYS]
    for widget in WIDGETS:
        pending += roots(widget.contract)
    while pending:
        one = pending.pop()
        if one in found:
            continue
        found[one] = None
        pending += _bases(one)
        for field in _fields(one):
            pending += _inside(field.type)
    return sorted(found, key=lambda one: (_home(one).as_posix(), _line(one)))


def _inside(kind: declared.Type) -> list[type[msgspec.Struct]]:
    match kind:
        case declared.StructType(cls=cls):
            return [] if cls is Message else [cls]
        case declared.Metadata(type=inner):
            return _inside(inner)
        case declared.ListType(item_type=inner) | declared.VarTupleType(item_type=inner):
            return _inside(inner)
        case declared.DictType(key_type=key, value_type=value):
            return _inside(key) + _inside(value)
        case declared.UnionType(types=parts) | declared.TupleType(item_types=parts):
            return [one for part in parts for one in _inside(part)]
        case _:
            return []


_KINDS = (Request, Fields, Message, Part, msgspec.Struct)


def _bases(struct: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """What a message is a special case of."""
    return [base for base in struct.__bases__ if base not in _KINDS and issubclass(base, msgspec.Struct)]


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[declared.Field, ...]:
    kind = declared.type_info(struct)
    assert isinstance(kind, declared.StructType)
    # The number of a request is the channel's affair.
    return tuple(field for field in kind.fields if field.encode_name != "id" or not issubclass(struct, Request))


def _home(struct: type[msgspec.Struct]) -> Path:
    """The folder of the page that its type lies in: the widget's own, or the one that all share."""
    room = struct.__module__.removeprefix("compexp_widgets.widgets.").partition(".")[0]
    return _ROOMS / ("shared" if room == "kernel" else room) / "page"


def _line(struct: type[msgspec.Struct]) -> tuple[str, int]:
    return struct.__module__, inspect.getsourcelines(struct)[1]


def _tag(struct: type[msgspec.Struct]) -> str:
    return str(struct.__struct_config__.tag)


# Types of the page


def type_files() -> dict[Path, str]:
    """The text of each ``messages.d.ts``, by its path."""
    of_widget = {_ROOMS / _room(widget) / "page": widget for widget in WIDGETS}
    found = structs()
    texts = {}
    for home in sorted({_home(one) for one in found} | set(of_widget)):
        mine = [one for one in found if _home(one) == home]
        parts = [_interface(one) for one in mine]
        used = {inner for one in mine for field in _own_fields(one) for inner in _inside(field.type)}
        used |= {base for one in mine for base in _bases(one)}
        if home in of_widget:
            widget = of_widget[home]
            parts += [_requests(widget.contract), _events(widget.contract), _traits(widget)]
            used |= set(roots(widget.contract)) | {Cancel, Done}
        foreign = sorted(one.__name__ for one in used if _home(one) != home)
        if _home(Cancel) == home:
            parts.insert(0, _ENVELOPE)
        elif any(_envelope(one) for one in mine):
            foreign.append("Envelope")
        imports = f'import type {{ {", ".join(foreign)} }} from "../../shared/page/messages";\n\n' if foreign else ""
        texts[home / "messages.d.ts"] = (
            f"// Made by `{_COMMAND}` from the messages declared in Python: do not edit.\n\n{imports}"
            + "\n".join(parts)
        )
    return texts


def _room(widget: type[PageWidget]) -> str:
    return widget.__module__.split(".")[2]


_ENVELOPE = """/** What every message of the kernel has. */
export interface Envelope {
  /** The request that it answers; null for an event. */
  id: number | null;
  /** Whether it is the last message that answers the request. */
  finished: boolean;
}
"""


def _envelope(struct: type[msgspec.Struct]) -> bool:
    """Whether its type has the envelope from nowhere else."""
    return issubclass(struct, Message) and not any(issubclass(base, Message) for base in _bases(struct))


def _own_fields(struct: type[msgspec.Struct]) -> list[declared.Field]:
    """Those that it does not have from what it is a special case of."""
    inherited = {(field.encode_name, _typescript(field.type)) for base in _bases(struct) for field in _fields(base)}
    return [field for field in _fields(struct) if (field.encode_name, _typescript(field.type)) not in inherited]


def _interface(struct: type[msgspec.Struct]) -> str:
    meanings = _meanings(struct)
    lines = []
    tag_field = struct.__struct_config__.tag_field
    named = _tag(struct) != struct.__name__  # else it is only what others have in common
    if tag_field is not None and named and not issubclass(struct, Request):
        lines.append(f'  {tag_field}: "{_tag(struct)}";')
    for field in _own_fields(struct):
        if meaning := meanings.get(field.encode_name):
            lines.append(f"  /** {meaning} */")
        optional = "?" if issubclass(struct, (Request, Fields)) and not field.required else ""
        lines.append(f"  {field.encode_name}{optional}: {_typescript(field.type)};")
    more = [base.__name__ for base in _bases(struct)] + (["Envelope"] if _envelope(struct) else [])
    head = f"{struct.__name__} extends {', '.join(more)}" if more else struct.__name__
    return f"/** {_sentence(struct)} */\nexport interface {head} {{\n" + "".join(f"{line}\n" for line in lines) + "}\n"


def _typescript(kind: declared.Type) -> str:  # noqa: PLR0911, PLR0912 - one line a kind
    match kind:
        case declared.Metadata(type=inner):
            return _typescript(inner)
        case declared.IntType() | declared.FloatType():
            return "number"
        case declared.StrType():
            return "string"
        case declared.BoolType():
            return "boolean"
        case declared.NoneType():
            return "null"
        case declared.LiteralType(values=values):
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case declared.StructType(cls=cls):
            return "unknown" if cls is Message else cls.__name__
        case declared.ListType(item_type=inner) | declared.VarTupleType(item_type=inner):
            item = _typescript(inner)
            return f"({item})[]" if " | " in item else f"{item}[]"
        case declared.TupleType(item_types=parts):
            return f"[{', '.join(map(_typescript, parts))}]"
        case declared.DictType(key_type=key, value_type=value):
            return f"Record<{_typescript(key)}, {_typescript(value)}>"
        case declared.UnionType(types=parts):
            return " | ".join(dict.fromkeys(map(_typescript, parts)))
        case declared.AnyType() | declared.CustomType(cls=builtins.object):
            return "unknown"
        case _:
            raise TypeError(f"a message has a field of the type {kind}, which the page cannot be told")


def _requests(contract: Contract) -> str:
    lines = [_exchange(Cancel, "Done", "never")]
    for route in contract.routes:
        lines.append(_exchange(route.request, _either(route.answers), _either(route.parts)))
    meaning = "/** By type of request: its fields, what may come before the last answer, and that. */"
    return f"{meaning}\nexport interface Requests {{\n{''.join(lines)}}}\n"


def _exchange(request: type[Request], answer: str, part: str) -> str:
    return f"  {_tag(request)}: {{ fields: {request.__name__}; part: {part}; answer: {answer} }};\n"


def _either(messages: Iterable[type[Message]]) -> str:
    return " | ".join(one.__name__ for one in messages) or "never"


def _events(contract: Contract) -> str:
    return f"/** What comes without a request. */\nexport type Event = {_either(contract.events)};\n"


def _traits(widget: type[PageWidget]) -> str:
    meanings = _meanings(widget)
    lines = []
    for name, trait in sorted(widget.page_traits().items()):
        if meaning := meanings.get(name):
            lines.append(f"  /** {meaning} */\n")
        lines.append(f"  {name}: {_trait_type(trait)};\n")
    return "/** The settings that kernel and page share. */\nexport interface Traits {\n" + "".join(lines) + "}\n"


def _trait_type(trait: Any) -> str:
    kind: str
    match trait:
        case traitlets.Bool():
            kind = "boolean"
        case traitlets.Int() | traitlets.Float():
            kind = "number"
        case traitlets.Enum(values=values):
            kind = " | ".join(json.dumps(value) for value in values or ())
        case traitlets.Unicode():
            kind = "string"
        case traitlets.List():
            inner = _trait_type(trait._trait) if trait._trait else "unknown"
            kind = f"({inner})[]" if " | " in inner else f"{inner}[]"
        case traitlets.Tuple():
            kind = f"[{', '.join(_trait_type(one) for one in trait._traits or ())}]"
        case traitlets.Dict():
            kind = "Record<string, any>"
        case _:
            kind = "unknown"
    return f"{kind} | null" if trait.allow_none else kind


# The documentation


def documentation() -> str:
    """``docs/messages.md``."""
    parts = [_INTRODUCTION]
    for widget in WIDGETS:
        contract = widget.contract
        parts.append(f"## {contract.name}\n\n")
        parts += _table(
            ("request", "answer", "before it", "buffers"),
            (
                (
                    f"`{_tag(route.request)}`{_names(route.request)}{'; a file' if route.file else ''}",
                    _links(route.answers),
                    _links(route.parts),
                    route.buffers,
                )
                for route in contract.routes
            ),
        )
        parts.append(f"\nWithout a request: {_links(contract.events)}. " if contract.events else "\n")
        parts.append(f"What `cancel` can name: {', '.join(f'`{name}`' for name in contract.cancellable)}.\n")
        parts.append("\nThe settings, which kernel and page share as traits:\n\n")
        meanings = _meanings(widget)
        parts += _table(
            ("trait", "type", "meaning"),
            (
                (f"`{name}`", _trait_type(trait), meanings.get(name, ""))
                for name, trait in sorted(widget.page_traits().items())
            ),
        )
        parts.append("\n")
    parts.append("## Types\n")
    for struct in structs():
        parts.append(f"\n### {struct.__name__}\n\n{_sentence(struct)}\n")
        meanings = _meanings(struct)
        rows = [
            (f"`{one.encode_name}`", _typescript(one.type), meanings.get(one.encode_name, ""))
            for one in _fields(struct)
        ]
        if rows:
            parts += ["\n", *_table(("field", "type", "meaning"), rows)]
    return "".join(parts)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |\n", f"|{'---|' * len(heads)}\n"]
    return lines + [
        f"| {' | '.join(cell.replace('|', chr(92) + '|').replace('<', '&lt;') for cell in row)} |\n" for row in rows
    ]


_INTRODUCTION = f"""# Messages

Settings are traits; the page and the kernel both set them. All else is a message. A request has a `type` and an `id`,
its number. Whatever comes of it carries the same `id`, and exactly one of these messages is the last: its `finished`
is true. It is the answer, an `error`, a `formula_error` where a formula that was typed cannot be read, or `cancelled`.
What comes without a request has no `id`. Buffers are little-endian. Positions in a formula's text count code points. A
message that is not as it is declared here is answered with an error that names the field, its value and what was
expected.

When an answer is painted, its pictures included, the page's root element gets `data-painted-id` and dispatches
`compexp:painted` with `id`, `requested_at` (the setting changed), `replied_at` (the kernel's answer came) and
`painted_at`, in milliseconds of `performance.now()`. When a card is also the final answer, it gets `data-settled-id`.

This page, and the types that the page's sources are checked against, are made by `{_COMMAND}`.

"""


def _names(struct: type[msgspec.Struct]) -> str:
    names = [field.encode_name for field in _fields(struct)]
    return f": {', '.join(names)}" if names else ""


def _links(messages: Iterable[type[Message]]) -> str:
    return ", ".join(f"`{_tag(one)}` ([{one.__name__}](#{one.__name__.lower()}))" for one in messages)


def _sentence(struct: type[Any]) -> str:
    return _plain((inspect.getdoc(struct) or "").split("\n\n")[0])


def _plain(text: str) -> str:
    """A docstring's words in one line, as they read outside Python."""
    return re.sub(r"\bNone\b", "null", " ".join(text.split())).replace("``", "`")


def _meanings(struct: type[Any]) -> dict[str, str]:
    """What the numpydoc sections of a class and its bases say of each field."""
    found: dict[str, str] = {}
    for cls in reversed(struct.__mro__):
        text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
        for section in re.findall(r"^(?:Attributes|Parameters)\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.M | re.S):
            for names, meaning in re.findall(r"^(\w[\w, ]*)(?: : [^\n]*)?\n((?: +[^\n]*\n?|\n)+)", section, re.M):
                found |= dict.fromkeys(names.split(", "), _plain(meaning))
    return found


# Fields that the kernel does not use


def unused_in_the_kernel() -> list[str]:
    """Complaints about optional fields of messages that no Python fills, and fields of requests that none reads."""
    read, filled = _used_names()
    complaints = []
    for struct in structs():
        asked = issubclass(struct, (Request, Fields))
        for field in _fields(struct):
            name = field.encode_name
            if asked and name not in read:
                complaints.append(f"{struct.__name__}.{name} is asked for, and no Python reads it")
            if not asked and not field.required and name not in filled:
                complaints.append(f"{struct.__name__}.{name} is declared, and no Python fills it")
    return complaints


def _used_names() -> tuple[set[str], set[str]]:
    """Names that the widgets read as attributes, and names that the package fills as keywords, attributes or keys."""
    read: set[str] = set()
    filled: set[str] = set()
    for file in _ROOMS.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=name, ctx=ast.Load()) if _ROOMS in file.parents:
                    read.add(name)
                case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                    filled.add(name)
    return read, filled


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
