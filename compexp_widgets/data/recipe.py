"""What was made of a probe dataset since it was read, as steps that can be kept in a file and repeated.

A study keeps the recipe of its data, so that its folder alone opens it again: what is in the source is read, the steps
are repeated, and the fingerprint tells whether the same came out.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, is_dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from compexp_widgets.errors import DataError
from compexp_widgets.files import parse_json
from compexp_widgets.notebook_html import Html, bullets, section
from compexp_widgets.short_text import one_line

Data = TypeVar("Data")
Repeat = TypeVar("Repeat", bound=Callable[..., Any])


@dataclass(frozen=True)
class Step:
    """One step: the reading of a source, or a selection.

    Attributes
    ----------
    name
        Of the function or method that did it, or ``"[]"``.
    given, found
        What it was given, and what it found in the data that repeating it goes by: objects in JSON. See `arguments`.
    """

    name: str
    given: str = "{}"
    found: str = "{}"

    def __repr__(self) -> str:
        return f"<Step: {one_line(str(self), 300)}>"

    def _repr_html_(self) -> Html:
        return section("Step", str(self))

    @classmethod
    def of(cls, name: str, found: Mapping[str, Any] | None = None, **given: Any) -> Step:
        """A step with values that JSON knows, paths, arrays, or mappings whose keys are texts."""
        return cls(name, _text(given), _text(found or {}))

    @property
    def arguments(self) -> dict[str, Any]:
        """What the step was given: name → value, of the types of JSON."""
        return _values(self.given)

    @property
    def repeatable(self) -> bool:
        """True if it is known here what repeats it."""
        return self.name in _REPEATED_BY

    def repeat(self, data: Any) -> Any:
        """Do the step again, on a data set, or on a folder, where it reads.

        Raises
        ------
        DataError
            When it cannot be done.
        """
        if not self.repeatable:
            raise DataError("it is not known here: a package that was not imported did it, or a later version")
        try:
            return _REPEATED_BY[self.name](data, **self.arguments, **_values(self.found))
        except OSError as error:
            raise DataError(str(error)) from error
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise DataError(f"it is damaged ({error!r:.200})") from error

    def to_json(self) -> dict[str, Any]:
        parts = {"given": self.arguments, "found": _values(self.found)}
        return {"step": self.name, **{name: values for name, values in parts.items() if values}}

    @classmethod
    def from_json(cls, value: object) -> Step:
        """Read what `to_json` gives; ValueError where it is something else."""
        if not isinstance(value, dict) or not isinstance(value.get("step"), str):
            raise ValueError(f"{value!r:.80} is no step of a recipe")
        given, found = value.get("given", {}), value.get("found", {})
        if not isinstance(given, dict) or not isinstance(found, dict):
            raise ValueError(f"the step {value['step']!r:.40} has arguments that are none")
        return cls(value["step"], _text(given), _text(found))

    def __str__(self) -> str:
        if self.name == CHOSEN:
            return f"[{_chosen_text(self.arguments)}]"
        return f"{self.name}({', '.join(f'{name}={_short(value)}' for name, value in self.arguments.items())})"


@dataclass(frozen=True)
class DataRecipe:
    """The steps that a data set came about by, in order; the first reads the source, where that is known.

    >>> print(data[:60].recipe)                                                          # doctest: +SKIP
    read_dataset(nothing=[255]) → with_colours() → [:60]
    """

    steps: tuple[Step, ...] = ()

    def _repr_html_(self) -> Html:
        return section("Recipe of a data set", bullets("Steps", map(str, self.steps)) or "No steps.")

    @classmethod
    def reading(cls, reader: Callable[..., Any], **given: Any) -> DataRecipe:
        """The recipe of what a reader gives, with the arguments that are not its defaults."""
        parameters = inspect.signature(reader).parameters

        def is_default(name: str, value: Any) -> bool:
            default = parameters[name].default
            return default is not inspect.Parameter.empty and (value is default or _text(value) == _text(default))

        others = {name: value for name, value in given.items() if not is_default(name, value)}
        return cls((Step.of(reader.__name__, **others),))

    def then(self, step: Step) -> DataRecipe:
        return DataRecipe((*self.steps, step))

    @property
    def selection(self) -> tuple[Step, ...]:
        """The steps after the reading."""
        return self.steps[1:] if self.steps and self.steps[0].name.startswith(READ) else self.steps

    @property
    def chooses(self) -> bool:
        """True if it chooses some samples of all."""
        return any(step.name in {CHOSEN, SAMPLED} for step in self.steps)

    def after(self, other: DataRecipe) -> tuple[Step, ...] | None:
        """The steps of the selection that come after those of another recipe; None where that has others."""
        before = other.selection
        return self.selection[len(before) :] if self.selection[: len(before)] == before else None

    def to_json(self) -> list[dict[str, Any]]:
        return [step.to_json() for step in self.steps]

    @classmethod
    def from_json(cls, value: object) -> DataRecipe:
        """Read what `to_json` gives; ValueError where it is something else."""
        if not isinstance(value, list):
            raise ValueError(f"{value!r:.80} is no list of steps")
        return cls(tuple(map(Step.from_json, value)))

    def apply(self, data: Data) -> Data:
        """Repeat the selection on the data that it was made of, as they were read.

        Raises
        ------
        DataError
            When a step cannot be repeated, with the step.
        """
        for step in self.selection:
            try:
                data = step.repeat(data)
            except DataError as error:
                raise DataError(f"the step {step} cannot be repeated: {error}") from error
        return data

    def __str__(self) -> str:
        return " → ".join(map(str, self.steps))

    def __repr__(self) -> str:
        return f"<DataRecipe: {one_line(str(self), 1500) if self.steps else 'no steps'}>"


NO_STEPS = DataRecipe()
CHOSEN, SAMPLED = "[]", "sample"
READ = "read_"


def repeats(name: str) -> Callable[[Repeat], Repeat]:
    """Make known what repeats the step of a name: a function of the data set and what the step was given and found.

    Of a step that reads, it is a function of the folder in place of the data set.
    """

    def known(repeat: Repeat) -> Repeat:
        _REPEATED_BY[name] = repeat
        return repeat

    return known


_REPEATED_BY: dict[str, Callable[..., Any]] = {}


def inside(path: str | Path, folder: Path) -> str:
    """A path as a step keeps it: relative to the data set's folder where it leads into it, so that both can move."""
    full = Path(path).resolve()
    return full.relative_to(folder.resolve()).as_posix() if full.is_relative_to(folder.resolve()) else str(full)


def as_ranges(numbers: Sequence[int]) -> str:
    """Whole numbers in their order as a text: ``"31,3,9-12"``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] + 1 == number:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in parts)


def ranges_in(text: str) -> list[range]:
    """The ranges in such a text; ValueError where it is none."""
    if not text:
        return []
    if not re.fullmatch(r"\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*", text, re.ASCII):
        raise ValueError(f"{text:.40} are no numbers such as 3,9-12")
    ends = (part.partition("-") for part in text.split(","))
    return [range(int(first), int(last or first) + 1) for first, _, last in ends]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, default=_plain)


def _values(text: str) -> dict[str, Any]:
    values: dict[str, Any] = parse_json(text, "a step")
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return astuple(value)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return list(value)
    raise TypeError(f"{value!r:.60} cannot be kept in a recipe")


def _chosen_text(arguments: Mapping[str, Any]) -> str:
    if isinstance(bounds := arguments.get("slice"), list):
        first, last, by = (["" if bound is None else str(bound) for bound in bounds] + [""] * 3)[:3]
        return f"{first}:{last}{':' + by if by else ''}"
    try:
        ranges = ranges_in(arguments["numbers"])
    except (KeyError, ValueError, TypeError):
        return _short(arguments)
    shown, count = islice(chain.from_iterable(ranges), _SHOWN), sum(map(len, ranges))
    return f"[{', '.join(map(str, shown))}{f', … {count:,} in all' * (count > _SHOWN)}]"


def _short(value: Any) -> str:
    """A value in at most some eighty characters."""
    if isinstance(value, dict):
        shown = [f"{key!r:.40}: {_short(one)}" for key, one in list(value.items())[:_SHOWN]]
        return f"{{{', '.join(shown)}{_more(value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value[:_SHOWN]))}{_more(value)}]"
    return f"{value!r:.40}"


def _more(values: Mapping[str, Any] | list[Any]) -> str:
    return f", … {len(values):,} in all" if len(values) > _SHOWN else ""


_SHOWN = 4
