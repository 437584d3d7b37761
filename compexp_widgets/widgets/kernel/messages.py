"""The messages between kernel and page: each is declared once, as a type, and checked where it arrives.

A message is a JSON-able dictionary with binary buffers beside it. Names, sentences and formulas come from data sets:
they are sent as text, and the page shows them as text.

Each message to the page also carries ``id``, the number of the request that it answers (None for an event, which nobody
asked for), and ``finished``, which is true of exactly one message for each request: its answer, an ``error``, or
``cancelled``.
"""

from __future__ import annotations

import math
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
import numpy as np

from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import FormulaSyntaxError


class Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """A message of the page; a subclass has the type of its message as its tag."""

    id: int | None = None


class Fields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a request."""


class Message(msgspec.Struct, kw_only=True, tag_field="type"):
    """A message of the kernel: an answer, a part of one, or an event."""


class Part(msgspec.Struct, kw_only=True):
    """A part of a message."""


class Progress(Message, kw_only=True):
    """The progress of a job; what it has found so far stands in a message of its own.

    Attributes
    ----------
    stage
        What is being done; empty where there is one stage alone.
    done, total
        In what the stage counts.
    seconds_left
        Of this stage; None where that is not known.
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None


Reply: TypeAlias = Message | tuple[Message, list[bytes]]
"""A message, with its buffers where it has any."""


class Cancel(Request, tag="cancel"):
    """End the jobs of a name."""

    what: str = "table"


class Done(Message, tag="done"):
    """The answer where there is nothing to tell."""


class Cancelled(Message, tag="cancelled"):
    """The answer to a request that was cancelled, or whose place another took.

    Attributes
    ----------
    found
        What there was by then.
    """

    found: Message | None = None


class Failure(Message, tag="error"):
    """An error.

    Attributes
    ----------
    detail
        The traceback of an error that nobody foresaw; else empty.
    """

    message: str
    detail: str = ""


class FormulaFailure(Message, tag="formula_error"):
    """Why a formula that a person typed cannot be read.

    Attributes
    ----------
    position, suggestions
        Where in the text, and what was perhaps meant.
    text
        The formula.
    """

    message: str
    position: int
    suggestions: list[str]
    text: str


def failure(error: Exception) -> Failure | FormulaFailure:
    """The message that tells of an error; made while it is handled."""
    if isinstance(error, FormulaSyntaxError):
        return FormulaFailure(
            message=error.problem,
            position=error.position,
            suggestions=list(error.suggestions),
            text=error.text,
        )
    if isinstance(error, CompexpError):
        return Failure(message=str(error))
    return Failure(message=repr(error), detail=traceback.format_exc())


def to_page(message: Message) -> dict[str, Any]:
    """A message as JSON has it."""
    plain: dict[str, Any] = msgspec.to_builtins(message, enc_hook=_plain)
    return plain


def finite(number: float) -> float | None:
    """A number as JSON has it, which knows no infinity."""
    return number if math.isfinite(number) else None


def read_request(content: object, known: Mapping[str, type[Request]]) -> Request:
    """Read a message of the page.

    Raises
    ------
    CompexpError
        Naming the message, the field, its value and what was expected, when it is none of these.
    """
    kind = content.get("type") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in known:
        raise CompexpError(f"the page sent a message of unknown type {kind!r:.60}")
    for place, name, value in _values(content, kind):
        if isinstance(value, float) and not math.isfinite(value):
            raise _wrong(place, name, value, "a finite number")
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise _wrong(place, name, value, "a number that a page can count to")
    try:
        return msgspec.convert(content, known[kind])
    except msgspec.ValidationError as error:
        raise _unreadable(str(error), content, known[kind], kind) from error
    except UnicodeEncodeError as error:
        place, name, value = next(one for one in _values(content, kind) if one[2] == error.object)
        raise _wrong(place, name, value, "a text of whole characters") from error


# The largest whole number that a page can tell from its neighbours.
_LARGEST = 2**53


def _values(content: object, kind: str) -> Iterator[tuple[str, str, object]]:
    """All that a message holds, keys included: within what, in which field, and the value."""
    pending = [(kind, "", content)]
    while pending:
        place, name, value = pending.pop()
        if isinstance(value, dict):
            inside = f"{place}.{name}" if name else place
            pending += [(inside, str(key), one) for key, value in value.items() for one in (key, value)]
        elif isinstance(value, (list, tuple)):
            pending += [(place, f"{name}[{index}]", one) for index, one in enumerate(value)]
        else:
            yield place, name, value


def _wrong(place: str, name: str, value: object, wanted: str) -> CompexpError:
    return CompexpError(f"the page sent a message {place!r} in which the field {name!r} is {value!r:.60}, not {wanted}")


def _unreadable(problem: str, content: Any, declared: type[Request], kind: str) -> CompexpError:
    """The sentence for a message that does not fit its declaration.

    Parameters
    ----------
    problem
        As msgspec has it: ``Expected `int`, got `str` - at `$.settings.unit```.
    """
    what, _, path = problem.partition(" - at `$")
    place, name, value, wanted = kind, "", content, msgspec.inspect.type_info(declared)
    for field, index in re.findall(r"\.([^.\[`]+)|\[(\d+)\]", path):
        if field:
            place, name = f"{place}.{name}" if name else place, field
            value, wanted = value[field], _field(wanted, field)
        else:
            name, value, wanted = f"{name}[{index}]", value[int(index)], _item(wanted, int(index))
    if found := re.search(r"missing required field `(.+)`", what):
        inside = f"{place}.{name}" if name else place
        return CompexpError(f"the page sent a message {inside!r} without its field {found[1]!r}")
    if found := re.search(r"unknown field `(.*)`", what):
        inside = f"{place}.{name}" if name else place
        return CompexpError(f"the page sent a message {inside!r} with a field {found[1]!r:.60}, which it does not have")
    if what.startswith(("Expected", "Invalid")):
        return _wrong(place, name, value, _in_words(wanted))
    return CompexpError(f"the page sent a message {place!r} in which the field {name!r} makes no sense: {what}")


def _alternatives(declared: msgspec.inspect.Type) -> list[msgspec.inspect.Type]:
    if isinstance(declared, msgspec.inspect.Metadata):
        return _alternatives(declared.type)
    if isinstance(declared, msgspec.inspect.UnionType):
        return [one for part in declared.types for one in _alternatives(part)]
    return [declared]


def _field(declared: msgspec.inspect.Type, name: str) -> msgspec.inspect.Type:
    found: list[msgspec.inspect.Type] = []
    for one in _alternatives(declared):
        if isinstance(one, msgspec.inspect.StructType):
            found += [field.type for field in one.fields if field.encode_name == name]
            if one.tag_field == name and one.tag is not None:
                found.append(msgspec.inspect.LiteralType((one.tag,)))
        elif isinstance(one, msgspec.inspect.DictType):
            found.append(one.value_type)
    return msgspec.inspect.UnionType(tuple(found)) if found else msgspec.inspect.AnyType()


def _item(declared: msgspec.inspect.Type, index: int) -> msgspec.inspect.Type:
    for one in _alternatives(declared):
        if isinstance(one, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)):
            return one.item_type
        if isinstance(one, msgspec.inspect.TupleType):
            return one.item_types[index]
    return msgspec.inspect.AnyType()


def _in_words(declared: msgspec.inspect.Type) -> str:
    """The type of a field in words: ``a whole number from 1 to 20``."""
    words = []
    for one in _alternatives(declared):
        match one:
            case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
                kind = "a whole number" if isinstance(one, msgspec.inspect.IntType) else "a number"
                words.append(kind + _within(one))
            case msgspec.inspect.LiteralType():
                words.append(" or ".join(repr(value) for value in one.values))
            case msgspec.inspect.StrType():
                words.append("a text" if one.max_length is None else f"a text of at most {one.max_length:,} characters")
            case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
                most = "" if one.max_length is None else f"at most {one.max_length:,} "
                entries = re.sub(r"^an? (whole number|number|text|list|set)", r"\1s", _in_words(one.item_type))
                words.append(f"a list of {most}{entries}")
            case msgspec.inspect.TupleType():
                words.append("a list of " + ", ".join(_in_words(part) for part in one.item_types))
            case msgspec.inspect.BoolType():
                words.append("true or false")
            case msgspec.inspect.NoneType():
                words.append("null")
            case _:
                words.append("a set of named values")
    return " or ".join(words)


def _within(number: msgspec.inspect.IntType | msgspec.inspect.FloatType) -> str:
    if number.ge is not None and number.le is not None:
        return f" from {number.ge:,} to {number.le:,}"
    limits = (("at least", number.ge), ("at most", number.le), ("above", number.gt), ("below", number.lt))
    said = [f"{what} {limit:,}" for what, limit in limits if limit is not None]
    return " " + " and ".join(said) if said else ""


def _plain(value: object) -> object:
    """NumPy's numbers as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a message")
