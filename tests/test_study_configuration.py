import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import compexp_widgets as cw
from compexp_widgets.errors import StudyError
from compexp_widgets.study.configuration import StudyConfiguration, claim, read_configuration

ABOUT = StudyConfiguration("net", "f0", "layer4", "data", "f1", ("cat",), "", "f2", ("sky", "fur"))


def changed(folder: Path, **values: Any) -> None:
    """Give the study's description other values, as a hand or a bad disk does."""
    claim(folder, ABOUT)
    path = folder / "study.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def test_what_a_study_is_about_is_read_as_it_was_written(tmp_path):
    claim(tmp_path, ABOUT)
    assert asdict(read_configuration(tmp_path)) == asdict(ABOUT)


def test_a_study_without_names_of_units_has_none(tmp_path):
    changed(tmp_path)
    path = tmp_path / "study.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    del about["unit_names"]
    path.write_text(json.dumps(about), encoding="utf-8")
    assert read_configuration(tmp_path).unit_names == ()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("sky", "unit_names is 'sky', not a list of texts"),
        ({"sky": 0}, r"unit_names is \{'sky': 0\}, not a list of texts"),
        (["sky", 1], r"unit_names is \['sky', 1\], not a list of texts"),
        (None, "unit_names is None, not a list of texts"),
        (["sky", "fur", "fur"], "two of unit_names are 'fur'"),
    ],
)
def test_names_of_units_that_are_none_are_told_as_damage(tmp_path, names, told):
    changed(tmp_path, unit_names=names)
    with pytest.raises(StudyError, match=rf"study\.json is damaged \({told}\): delete the folder and dissect again"):
        read_configuration(tmp_path)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"network": "net"}, "network.name is missing"),
        ({"network": {"name": "net", "fingerprint": 7}}, "network.fingerprint is 7, not a text"),
        ({"data": {"folder": ["data"], "fingerprint": "f1"}}, r"data.folder is \['data'\], not a text"),
        ({"layer": None}, "layer is None, not a text"),
        ({"layout": 4}, "layout is 4, not a text"),
        ({"directions": True}, "directions is True, not a text"),
        ({"concepts": {}}, r"concepts is \{\}, not a text"),
        ({"class_names": "cat"}, "class_names is 'cat', not a list of texts"),
        ({"class_names": [1]}, r"class_names is \[1\], not a list of texts"),
        ({"kind": ["vision"]}, r"kind is \['vision'\], not a text"),
        ({"not_finite": [-1]}, r"not_finite is a list of units, not \[-1\]"),
    ],
)
def test_a_field_of_another_type_is_named(tmp_path, values, told):
    changed(tmp_path, **values)
    with pytest.raises(StudyError, match=rf"study\.json is damaged \({told}\): delete the folder and dissect again"):
        read_configuration(tmp_path)


def test_a_study_of_a_kind_that_nobody_registered_is_told(tmp_path):
    changed(tmp_path, kind="films")
    with pytest.raises(StudyError, match=r"is of 'films'; known are 'vision', 'pairs'.*: import the package"):
        cw.open_study(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"format": 1}', '{"format": true}', "\ud83d", "[" * 100_000])
def test_a_description_that_is_none_is_told(tmp_path, text):
    (tmp_path / "study.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(StudyError, match=r"study\.json (is damaged|has format)"):
        read_configuration(tmp_path)
