"""Arguments of another type than is meant are answered in a sentence at the door, not by a failure three rooms in.

What is meant stands in the annotations of a public function or dataclass, and nowhere else; these two read it there:
`checked` before a function is called, `check_fields` where a dataclass is made. Of what a person writes without a doubt
about its meaning, two things are taken as they are meant: None in place of a default, and one in place of several.
"""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import fields
from functools import cache, wraps
from itertools import islice
from numbers import Real
from types import NoneType
from typing import Any, ForwardRef, Literal, ParamSpec, TypeVar, cast, get_args, get_origin

import numpy as np

from compexp_widgets.argument_sentences import SEVERAL, is_none, nearest, options, sentence
from compexp_widgets.errors import CompexpError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def checked(
    error: type[CompexpError], *, but: Collection[str] = ()
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """A decorator of public functions: their arguments are of the types that the annotations tell.

    None stands for a default other than None, and one value for several where several are wanted. Anything else is
    refused by `error`, whose message names the argument, what is meant, what was given and the way on. A keyword that
    does not exist is refused by a TypeError that names the nearest one. `but` names the arguments that the function
    looks at itself; of those that are one of a few texts (Literal), it looks itself for which.
    """

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        signature = inspect.signature(function)
        parameters, variadic = signature.parameters, _variadic(signature)
        unchecked = {*variadic, *but}

        @wraps(function)
        def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError:
                _refuse_unknown(function.__name__, kwargs, parameters, variadic)
                return function(*args, **kwargs)  # says itself what is missing
            hints = _hints(function)
            for name, value in given.arguments.items():
                if name in unchecked or name not in hints:
                    continue
                meant = as_meant(value, hints[name], parameters[name].default)
                if meant is _NOTHING:
                    raise error(sentence(name, value, hints[name]))
                given.arguments[name] = meant
            return function(*given.args, **given.kwargs)

        return call

    return decorate


def check_fields(made: Any, error: type[CompexpError], *, but: Collection[str] = ()) -> None:
    """See that the fields of a dataclass have the types that it declares; for `__post_init__`. As for `checked`."""
    hints = _hints(cast("Hashable", type(made)))
    for field in fields(made):
        if field.name in but:
            continue
        value = getattr(made, field.name)
        meant = as_meant(value, hints.get(field.name, Any), field.default)
        if meant is _NOTHING:
            raise error(sentence(field.name, value, hints[field.name]))
        if meant is not value:
            object.__setattr__(made, field.name, meant)


_NOTHING = object()


def as_meant(value: Any, hint: Any, default: Any = None) -> Any:
    """The value, as it is meant where a hint stands; a mark of this module where it makes no sense there."""
    if _fits(value, hint):
        return _plain(value, hint)
    if value is None and (isinstance(default, _DEFAULTS) or inspect.isroutine(default)):
        return default
    for one in _several(hint):
        if _fits(value, one):
            return (value,)
    return _NOTHING


def _plain(value: Any, hint: Any) -> Any:
    """A value that fits, as what it stands for: a unit is its number, an array of numbers several numbers."""
    if isinstance(value, np.ndarray):
        return value if _wants_array(hint) else tuple(value.tolist())
    stands_for = int in options(hint) and not isinstance(value, int | np.integer) and hasattr(type(value), "__index__")
    return operator.index(value) if stands_for and not hasattr(value, "shape") else value


def _wants_array(hint: Any) -> bool:
    """Whether an array is meant as it is, and not as several numbers or texts."""
    return any(get_origin(option) not in SEVERAL for option in options(hint) if option not in (int, float, str, bool))


def _several(hint: Any) -> Iterator[Any]:
    """What the members of a sequence are, where a hint stands for one."""
    for option in options(hint):
        members = get_args(option)
        if get_origin(option) in SEVERAL and members[1:] in ((), (...,)) and members[0] is not Any:
            yield members[0]


_DEFAULTS = (tuple, str, int, float)
_SCALARS: dict[Any, tuple[type, ...]] = {
    float: (Real, np.floating, np.integer),
    int: (int, np.integer),
    bool: (bool, np.bool_),
    complex: (complex, Real),
}
# Members of a list that are looked at: all that are of a class; some where it takes longer.
_LOOKED_AT, _SOME = 1000, 8


def _fits(value: Any, hint: Any) -> bool:
    kinds = _classes(hint)
    return any(_fits_option(value, option) for option in options(hint)) if kinds is None else isinstance(value, kinds)


@cache
def _classes(hint: Any) -> tuple[type, ...] | None:
    """The classes that a hint stands for, where it stands for no more than that, as most do: asked in 0.3 µs."""
    found = [NoneType if is_none(option) else option for option in options(hint)]
    plain = all(isinstance(one, type) and one is not Any and get_origin(one) is None for one in found)
    if not plain or any(one in _SCALARS or getattr(one, "_is_protocol", False) for one in found):
        return None
    return tuple(found)


def _fits_option(value: Any, hint: Any) -> bool:
    origin, members = get_origin(hint), get_args(hint)
    if is_none(hint):
        return value is None
    if origin is Literal:
        return isinstance(value, tuple({type(one) for one in members}))
    if hint in _SCALARS:
        return _fits_scalar(value, hint)
    if origin in SEVERAL:
        return _fits_several(value, origin, members)
    return _fits_class(value, origin or hint, members)


def _fits_scalar(value: Any, kind: type) -> bool:
    if isinstance(value, bool | np.bool_):
        return kind is bool
    # What stands for its number, as a unit of a study does; an array and a tensor do not.
    counts = kind is int and hasattr(type(value), "__index__") and not _is_array(value)
    return counts or isinstance(value, _SCALARS[kind])


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and not isinstance(value, np.generic)


def _fits_class(value: Any, kind: Any, members: tuple[Any, ...]) -> bool:
    if kind is Any or not isinstance(kind, type):
        return True
    if getattr(kind, "_is_protocol", False):
        asked = _members(kind)
        return all(hasattr(value, name) for name in asked) and not ("__index__" in asked and _is_array(value))
    return isinstance(value, kind) and _fits_content(value, kind, members)


def _fits_content(value: Any, kind: Any, members: tuple[Any, ...]) -> bool:
    if isinstance(value, np.ndarray):
        return _has_type(value, members)
    if kind is Callable:
        return _takes(value, members)
    if isinstance(value, Mapping) and members:
        keys, values = members
        return all(_fits(key, keys) and _fits(one, values) for key, one in islice(value.items(), _SOME))
    return True


def _takes(function: Callable[..., Any], members: tuple[Any, ...]) -> bool:
    """Whether a function can be called with as many arguments as are told; where it does not say, it can."""
    if not members or not isinstance(members[0], list) or not inspect.isroutine(function):
        return True
    try:
        inspect.signature(function).bind(*members[0])
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _fits_several(value: Any, origin: Any, members: tuple[Any, ...]) -> bool:
    if isinstance(value, str | bytes) or not isinstance(value, origin | np.ndarray | list | tuple):
        return False
    if origin is tuple and members[1:] != (...,):
        return len(value) == len(members) and all(map(_fits, value, members))
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and (not value.size or _fits(value[0], members[0]))
    # What reads its members when they are asked for is not asked here.
    looked_at = value if isinstance(value, list | tuple | set | frozenset | Mapping) else ()
    if (kinds := _classes(members[0])) is not None:
        return all(isinstance(one, kinds) for one in islice(looked_at, _LOOKED_AT))
    return all(_fits(one, members[0]) for one in islice(looked_at, _SOME))


def _has_type(array: np.ndarray[Any, Any], members: tuple[Any, ...]) -> bool:
    kinds = get_args(members[1]) if len(members) > 1 else ()
    return not kinds or not isinstance(kinds[0], type) or np.issubdtype(array.dtype, kinds[0])


_ASKED_FOR = ("__index__", "__len__", "__iter__", "__getitem__", "__call__")


@cache
def _members(protocol: type) -> tuple[str, ...]:
    return tuple(name for name in vars(protocol) if not name.startswith("_") or name in _ASKED_FOR)


@cache
def _hints(owner: Hashable) -> dict[str, Any]:
    """Name → annotation; without those that name what is imported for type checkers alone."""
    found: dict[str, Any] = {}
    for part in reversed(owner.__mro__) if isinstance(owner, type) else (owner,):
        names = vars(sys.modules[part.__module__])
        for name, hint in getattr(part, "__annotations__", {}).items():
            try:
                found[name] = _resolved(hint, names)
            except (NameError, AttributeError, TypeError):
                found.pop(name, None)
    return found


def _resolved(hint: Any, names: dict[str, Any]) -> Any:
    while isinstance(hint, str | ForwardRef):
        hint = eval(hint if isinstance(hint, str) else hint.__forward_arg__, names)
    return hint


def _variadic(signature: inspect.Signature) -> frozenset[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return frozenset(name for name, one in signature.parameters.items() if one.kind in kinds)


def _refuse_unknown(
    function: str, given: Collection[str], parameters: Mapping[str, inspect.Parameter], variadic: Collection[str]
) -> None:
    named = [name for name, one in parameters.items() if one.kind is not one.POSITIONAL_ONLY and name not in variadic]
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    if unknown := [] if takes_all else [name for name in given if name not in named]:
        raise TypeError(f"{function}() has no argument {unknown[0]!r}{nearest(unknown[0], named)}") from None
