"""Selection of concepts: renaming, merging and leaving out, without touching a file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.annotated_image import Concept
from compexp_widgets.errors import DataError


@dataclass(frozen=True)
class Selection:
    """Concepts made of other concepts.

    `concepts`: the new concepts, names unique. `index`: int32, shape (old concepts,): what has become of each old
    concept, an index into `concepts`; -1 where it was left out.
    """

    concepts: tuple[Concept, ...]
    index: NDArray[np.int32]


def rename_concepts(concepts: Sequence[Concept], names: Mapping[str, str]) -> Selection:
    """Concepts under new names, in the same order; `DataError` for a name that is unknown or would stand twice."""
    _check_known(concepts, names)
    renamed = tuple(Concept(names.get(concept.name, concept.name), concept.category) for concept in concepts)
    seen: dict[str, str] = {}
    for old, new in zip(concepts, renamed, strict=True):
        if not new.name.strip():
            raise DataError(f"the concept {old.name!r} cannot be renamed to {new.name!r}: a concept needs a name.")
        if seen.setdefault(new.name, old.name) != old.name:
            raise DataError(
                f"{seen[new.name]!r} and {old.name!r} would both be called {new.name!r}. To make one concept of them, "
                f"use merged({{{new.name!r}: [{seen[new.name]!r}, {old.name!r}]}})."
            )
    return Selection(renamed, np.arange(len(renamed), dtype=np.int32))


def merge_concepts(concepts: Sequence[Concept], groups: Mapping[str, Iterable[str]]) -> Selection:
    """Each group made one concept, in the place and category of the first of its members in `concepts`."""
    group_of: dict[str, str] = {}
    for name, given in groups.items():
        members = _names(given, f"merged({{{name!r}: …}})")
        _check_known(concepts, members)
        if not name.strip() or not members:
            raise DataError(f"merged got {name!r} with {members!r}: a merged concept needs a name and concepts.")
        for member in members:
            if group_of.setdefault(member, name) != name:
                raise DataError(f"the concept {member!r} cannot be merged into {group_of[member]!r} and {name!r} both.")
    for concept in concepts:
        if concept.name in groups and concept.name not in group_of:
            raise DataError(
                f"there is a concept {concept.name!r} already. Merge it too, or give the merged concept another name."
            )
    merged: dict[str, Concept] = {}
    for concept in concepts:
        name = group_of.get(concept.name, concept.name)
        merged.setdefault(name, Concept(name, concept.category))
    order = {name: place for place, name in enumerate(merged)}
    index = [order[group_of.get(concept.name, concept.name)] for concept in concepts]
    return Selection(tuple(merged.values()), np.array(index, np.int32))


def keep_concepts(concepts: Sequence[Concept], names: Iterable[str], verb: str = "only(…)") -> Selection:
    """The named concepts, in the order they had; `verb` is the method that a `DataError` speaks of."""
    wanted = set(_names(names, verb))
    _check_known(concepts, wanted)
    kept = tuple(concept for concept in concepts if concept.name in wanted)
    if not kept:
        raise DataError(f"{verb} leaves no concept of {len(concepts)}.")
    index = np.full(len(concepts), -1, np.int32)
    index[[place for place, concept in enumerate(concepts) if concept.name in wanted]] = np.arange(len(kept))
    return Selection(kept, index)


def drop_concepts(concepts: Sequence[Concept], names: Iterable[str]) -> Selection:
    """All but the named concepts, in the order they had."""
    unwanted = set(_names(names, "without(…)"))
    _check_known(concepts, unwanted)
    kept = [concept.name for concept in concepts if concept.name not in unwanted]
    return keep_concepts(concepts, kept, "without(…)")


def _names(names: Iterable[str], where: str) -> list[str]:
    if isinstance(names, str):
        raise DataError(f"{where} got the text {names!r}; give a list of names: [{names!r}].")
    return list(names)


def _check_known(concepts: Sequence[Concept], names: Iterable[str]) -> None:
    known = [concept.name for concept in concepts]
    have = set(known)
    for name in names:
        if name not in have:
            close = difflib.get_close_matches(str(name), known, n=3)
            hint = f" Close to it: {', '.join(map(repr, close))}." if close else ""
            raise DataError(f"there is no concept {name!r} among the {len(known)} of this data set.{hint}")
