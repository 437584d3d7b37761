"""What is told of an argument that is of another type than is meant: what is meant, what was given, and the way on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np

SEVERAL = (Sequence, Iterable, Collection, list, tuple, set, frozenset)
"""What stands for several values in an annotation."""


def options(hint: Any) -> tuple[Any, ...]:
    """The types of which a value may be any."""
    origin = get_origin(hint)
    if origin is Annotated:
        return options(get_args(hint)[0])
    if origin in (Union, UnionType):
        return tuple(one for member in get_args(hint) for one in options(member))
    return (hint,)


def is_none(hint: Any) -> bool:
    return hint is None or hint is NoneType


def nearest(name: str, known: Iterable[str], or_all: bool = True) -> str:
    """The end of a sentence about a name that does not exist: the nearest of those that do, else the first of them.

    >>> nearest("max_lenght", ["max_length", "quantile"])
    "; did you mean 'max_length'?"
    """
    known = list(known)
    folded = {one.casefold(): one for one in known}
    near = [folded[one] for one in get_close_matches(name[:200].casefold(), list(folded), n=3)]
    if near:
        return f"; did you mean {' or '.join(map(repr, near))}?"
    return f"; there are {', '.join(known[:12])}{', …' * (len(known) > 12)}" if known and or_all else ""


def sentence(name: str, value: Any, hint: Any) -> str:
    way = next(filter(None, (_WAYS.get((wanted, given), "") for wanted in _names(hint) for given in _kinds(value))), "")
    return f"{name} is {told(hint)}, not {described(value)}{f': {way}' if way else ''}"


def told(hint: Any) -> str:
    """A type in words: ``"a text"``, ``"a Network"``, ``"several whole numbers"``."""
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    words = [_told_option(one) for one in members if not is_none(one)] + ["None"] * any(map(is_none, members))
    return " or ".join(dict.fromkeys(words))


def _told_option(hint: Any) -> str:
    origin, members = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return str(hint.__metadata__[0])
    if origin is Literal:
        return " or ".join(map(repr, members))
    if hint in _WORDS:
        return _WORDS[hint][0]
    if origin is tuple and members[1:] != (...,):
        return f"({', '.join(map(told, members))})"
    if origin in SEVERAL:
        return f"several {' or '.join(map(_plural, options(members[0])))}, such as a list"
    return _told_kind(origin or hint, members)


def _told_kind(kind: Any, members: tuple[Any, ...]) -> str:
    if kind is np.ndarray:
        numbers = get_args(members[1])[:1] if len(members) > 1 else ()
        return " of ".join(["an array", *(one.__name__ for one in numbers if isinstance(one, type))])
    if not isinstance(kind, type) or kind is Callable:
        wanted = members[0] if members and isinstance(members[0], list) else []
        return f"a function of {len(wanted)} argument{'s' * (len(wanted) > 1)}" if wanted else "a function"
    if issubclass(kind, Mapping) and members:
        return f"a dictionary of {_plural(members[0])} and {_plural(members[1])}"
    return _called(kind)


def _plural(hint: Any) -> str:
    return _WORDS[hint][1] if hint in _WORDS else told(hint).removeprefix("a ").removeprefix("an ") + "s"


def _name(kind: type) -> str:
    return "Study" if kind.__name__ == "DissectedLayer" else kind.__name__  # a study, as the files of units know it


def _called(kind: type) -> str:
    name = "PIL picture" if kind.__module__ == "PIL.Image" else _name(kind)
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


_WORDS: dict[Any, tuple[str, str]] = {
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("True or False", "truth values"),
    str: ("a text", "texts"),
    Path: ("a path", "paths"),
}


def described(value: Any) -> str:
    """A value in words: itself where that is short, else what it is."""
    if isinstance(value, np.generic):
        return f"{value!s:.60}"
    if _is_plain(value) or isinstance(value, bytes | complex | Path):
        return f"{value!r:.60}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, list | tuple | dict | set):
        return f"{value!r:.60}" if all(map(_is_plain, islice(value, 5))) else _held(value)
    return _called_one(value)


def _called_one(value: Any) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if inspect.isroutine(value):
        return f"the function {getattr(value, '__name__', '')}"
    return f"a bare torch module ({type(value).__name__})" if "Module" in _kinds(value) else _called(type(value))


def _held(value: Collection[Any]) -> str:
    kinds = dict.fromkeys(type(one).__name__ for one in islice(value, 5))
    return f"{_called(type(value))} of {', '.join(kinds)}"


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int | float)


def _kinds(value: Any) -> tuple[str, ...]:
    return tuple(_name(one) for one in type(value).__mro__)


def _names(hint: Any) -> Iterator[str]:
    for option in options(hint):
        origin, members = get_origin(option), get_args(option)
        if origin in SEVERAL and members:
            yield from _names(members[0])
        elif isinstance(kind := origin or option, type):
            yield from map(_name, kind.__mro__)


_DISSECT = "dissect it first, cw.dissect(network, layer, data, folder)"
_WAYS: dict[tuple[str, str], str] = {
    ("Network", "Module"): "wrap it, cw.Network.of(module, preprocess), or cw.Network.of_pairs(module, encode)",
    ("Network", "type"): "make one, such as cw.Network.of(module, preprocess)",
    ("Network", "Study"): "a study does not hold the network; give the one that was probed",
    ("Network", "ProbedNetwork"): "its network is .network",
    ("Study", "Network"): _DISSECT,
    ("Study", "Module"): _DISSECT,
    ("Study", "SegmentationDataset"): _DISSECT,
    ("Study", "PairDataset"): _DISSECT,
    ("VisionStudy", "PairStudy"): "this is done with studies of images",
    ("PairStudy", "VisionStudy"): "this is done with studies of sentence pairs",
    ("SegmentationDataset", "Study"): "its images are study.data",
    ("PairDataset", "Study"): "its pairs are study.data",
    ("SegmentationDataset", "Network"): "read the images that it is shown, cw.read_dataset(folder)",
    ("Patch", "Image"): "Patch.from_file(path) makes one",
    ("Patch", "str"): "PatchLibrary(study).find(concept), or Patch.from_file(path), makes one",
    ("Patch", "Path"): "Patch.from_file(path) makes one",
    ("Paste", "Patch"): "say where, Paste(patch, Placement(left, top, width, height))",
    ("TextEdit", "str"): 'TextEdit("append", ("quietly",)) makes one',
    ("ExplanationSettings", "dict"): "ExplanationSettings.of(**settings) makes them",
    ("ExplanationSettings", "EvidenceSettings"): "these belong to tests=",
    ("EvidenceSettings", "dict"): "EvidenceSettings(**settings) makes them",
    ("EvidenceSettings", "ExplanationSettings"): "these belong to settings=",
    ("int", "Explanation"): "its unit is .unit",
    ("ProbedNetwork", "Network"): "ProbedNetwork(study, network) makes one",
    ("ProbedNetwork", "Study"): "ProbedNetwork(study, network) makes one",
}
"""(What is wanted, what was given) → the way on."""
