"""The description of a study in its folder, so that a study made of something else is never taken for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compexp_widgets.data.recipe import NO_STEPS, DataRecipe
from compexp_widgets.errors import StudyError
from compexp_widgets.files import parse_json, read_bytes, write_json
from compexp_widgets.listing import kept_short
from compexp_widgets.networks.certificate import UNCHECKED, Certificate, Conditions
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

FORMAT = 1

VISION, PAIRS = "vision", "pairs"


@dataclass(frozen=True)
class StudyConfiguration:
    """The network, layer, data and concepts of a study; with equal batches, equal ones have equal contents."""

    network: str
    network_fingerprint: str
    layer: str
    data: str  # the folder of the annotated images, or where sentence pairs come from
    data_fingerprint: str
    class_names: tuple[str, ...] = ()  # empty when the network does not say
    layout: str = ""  # how the layer's answer was read, where that was said
    directions: str = ""  # fingerprint of the directions that were probed in place of channels
    unit_names: tuple[str, ...] = ()  # of directions; empty for channels
    kind: str = VISION
    concepts: str = ""  # what those of sentence pairs were made with; images bring their own
    certificate: Certificate = UNCHECKED  # empty in studies made before there were certificates
    conditions: Conditions | None = None  # None in those studies
    not_finite: tuple[int, ...] | None = None  # units that are left out; None where that is not known yet
    recipe: DataRecipe = NO_STEPS  # of the data; no steps in studies made before there were recipes

    def __post_init__(self) -> None:
        kept_short(self, "class_names", "unit_names")

    __repr__ = brief_repr
    _repr_html_ = fields_html


def claim(folder: Path, configuration: StudyConfiguration) -> StudyConfiguration:
    """Make an empty folder this study's, or see that it is already: the configuration, then with what was found out
    before (certificate, conditions, units that are not finite).
    """
    if not (folder / "study.json").exists():
        if unknown := sorted(path.name for path in folder.iterdir() if not _IGNORED.match(path.name)):
            raise StudyError(f"{folder} is not a study and not empty (it holds {unknown[0]}): choose another folder")
        write_configuration(folder, configuration)
        return configuration
    before = read_configuration(folder)
    selected = f"{before.data}, {before.recipe}" if before.recipe.selection else before.data
    compared = {
        "kind of data": (before.kind, configuration.kind, before.kind),
        "network": (before.network_fingerprint, configuration.network_fingerprint, before.network),
        "layer": (before.layer, configuration.layer, before.layer),
        "layout": (before.layout, configuration.layout, before.layout or "as recognised"),
        "directions": (before.directions, configuration.directions, before.directions[:12] or "channels"),
        "data": (before.data_fingerprint, configuration.data_fingerprint, selected),
        "choice of concepts": (before.concepts, configuration.concepts, before.concepts),
    }
    if changed := [f"{name} (then {shown})" for name, (old, new, shown) in compared.items() if old != new]:
        raise StudyError(
            f"the study in {folder} was made with another {' and another '.join(changed)}: "
            "choose another folder, or delete this one to begin anew"
        )
    configuration = replace(
        configuration, certificate=before.certificate, conditions=before.conditions, not_finite=before.not_finite
    )
    if before != configuration:  # the same data at another place, or another name for the same network
        with suppress(OSError):  # whose study it is may say so; whoever opens it need not
            write_configuration(folder, configuration)
    return configuration


def write_configuration(folder: Path, configuration: StudyConfiguration) -> None:
    about = configuration
    recipe = {"recipe": about.recipe.to_json()} if about.recipe.steps else {}
    found: dict[str, Any] = {
        "certificate": about.certificate.to_json() if about.certificate else None,
        "conditions": about.conditions and about.conditions.to_json(),
        "not_finite": about.not_finite,
    }
    write_json(
        folder / "study.json",
        {
            "format": FORMAT,
            "kind": about.kind,
            "network": {"name": about.network, "fingerprint": about.network_fingerprint},
            "layer": about.layer,
            "data": {"folder": about.data, "fingerprint": about.data_fingerprint, **recipe},
            "class_names": list(about.class_names),
            "layout": about.layout,
            "directions": about.directions,
            "unit_names": list(about.unit_names),
            "concepts": about.concepts,
            **{name: value for name, value in found.items() if value is not None},
        },
    )


def read_configuration(folder: Path) -> StudyConfiguration:
    path = folder / "study.json"
    if not path.exists():
        raise StudyError(f"{folder} holds no study (there is no study.json); `dissect` makes one")
    content = read_bytes(path, "description of a study", error=StudyError)
    try:
        value = parse_json(content, "what it holds", error=StudyError)
    except StudyError as error:
        raise StudyError(f"{path} is damaged ({error}): delete the folder and dissect again") from error
    try:
        if type(value) is not dict:
            raise ValueError(f"it holds {value!r:.80}, not the fields of a study")
        if type(value.get("format")) is not int or value["format"] != FORMAT:
            raise StudyError(f"{path} has format {value.get('format')!r:.80}; this version reads format {FORMAT}")
        names = _texts(value, "unit_names", ())
        if len(set(names)) < len(names):
            raise ValueError(f"two of unit_names are {max(names, key=names.count)!r:.80}")
        return StudyConfiguration(
            _text(value, "network", "name"),
            _text(value, "network", "fingerprint"),
            _text(value, "layer"),
            _text(value, "data", "folder"),
            _text(value, "data", "fingerprint"),
            _texts(value, "class_names"),
            _text(value, "layout", default=""),  # studies of version 0.1 lack what follows
            _text(value, "directions", default=""),
            names,
            _text(value, "kind"),
            _text(value, "concepts", default=""),
            Certificate.from_json(value.get("certificate", [])),
            Conditions.from_json(value["conditions"]) if "conditions" in value else None,
            _units(value["not_finite"]) if "not_finite" in value else None,
            DataRecipe.from_json(value["data"].get("recipe", [])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(f"{path} is damaged ({error}): delete the folder and dissect again") from error


def _text(value: Any, *names: str, default: str | None = None) -> str:
    """A field, or a field of a field, that is a text."""
    for number, name in enumerate(names):
        if type(value) is not dict or (name not in value and default is None):
            raise ValueError(f"{'.'.join(names[: number + 1])} is missing")
        value = value.get(name, default)
    if type(value) is not str:
        raise ValueError(f"{'.'.join(names)} is {value!r:.80}, not a text")
    return value


def _texts(value: Any, name: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
    """A field that is a list of texts."""
    if name not in value and default is not None:
        return tuple(default)
    found = value.get(name)
    if type(found) is not list or not all(type(one) is str for one in found):
        raise ValueError(f"{name} is {found!r:.80}, not a list of texts")
    return tuple(found)


def _units(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(unit) is int and unit >= 0 for unit in value):
        raise ValueError(f"not_finite is a list of units, not {value!r:.80}")
    return tuple(value)


# Files that a folder may hold and still count as empty: hidden ones, those of systems, and what SQLite or a damaged
# store of explanations left.
_IGNORED = re.compile(r"\.|(?i:desktop\.ini|thumbs\.db)$|explanations\.(sqlite-(journal|wal|shm)$|damaged)")
