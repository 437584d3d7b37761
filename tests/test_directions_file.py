"""Directions from files of every kind, and what is said of files that hold none."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError

MATRIX = np.array([[0.5, -1.0, 2.0], [0.0, 3.0, -0.25]], np.float32)
BIAS = np.array([0.5, -0.5], np.float32)
NAMES = ("sky, mostly", "<b>fur</b>")


def written(folder: Path, text: str) -> Path:
    (folder / "d.csv").write_text(text, encoding="utf-8")
    return folder / "d.csv"


def test_an_array_of_numpy_is_the_matrix(tmp_path):
    np.save(tmp_path / "d.npy", MATRIX.astype(np.float64))
    directions = cw.read_directions(tmp_path / "d.npy")
    np.testing.assert_array_equal(directions.matrix, MATRIX)
    assert directions.names == ("direction 0", "direction 1")
    assert not directions.rectified


def test_an_archive_of_numpy_has_names_and_bias(tmp_path):
    np.savez(tmp_path / "d.npz", matrix=MATRIX, bias=BIAS, names=NAMES)
    directions = cw.read_directions(tmp_path / "d.npz", rectified=True)
    np.testing.assert_array_equal(directions.matrix, MATRIX)
    np.testing.assert_array_equal(directions.bias, BIAS)
    assert directions.names == NAMES
    assert directions.rectified


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_safetensors_have_names_in_their_metadata(tmp_path, dtype):
    tensors = {"encoder.weight": torch.tensor(MATRIX, dtype=dtype), "bias": torch.tensor(BIAS, dtype=dtype)}
    save_file(tensors, tmp_path / "d.safetensors", {"names": json.dumps(NAMES)})
    directions = cw.read_directions(str(tmp_path / "d.safetensors"))
    np.testing.assert_array_equal(directions.matrix, MATRIX)
    np.testing.assert_array_equal(directions.bias, BIAS)
    assert directions.names == NAMES


ROWS = "0.5,-1,2\n0,3,-0.25\n"
NAMED = "sky,0.5,-1,2\nfur,0,3,-0.25\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (ROWS, None),
        (ROWS.replace("\n", "\r\n\r\n"), None),
        ("\ufeff" + ROWS, None),
        ("a,b,c\n" + ROWS, None),
        ("0,1,2\n" + ROWS, None),
        (NAMED, ("sky", "fur")),
        ("name,0,1,2\n" + NAMED, ("sky", "fur")),
        (",a,b,c\n" + NAMED, ("sky", "fur")),
        (",0,1,2\n7,0.5,-1,2\n9,0,3,-0.25\n", ("7", "9")),
        (",0,1,2\n0,0.5,-1,2\n1,0,3,-0.25\n", None),
    ],
)
def test_a_table_has_names_and_a_header_or_has_not(tmp_path, text, names):
    directions = cw.read_directions(written(tmp_path, text))
    np.testing.assert_array_equal(directions.matrix, MATRIX)
    assert directions.names == (names or ("direction 0", "direction 1"))


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("header", [False, True])
def test_what_pandas_writes_is_read_whether_with_header_and_names_or_without(tmp_path, index, header):
    frame = pd.DataFrame(MATRIX, index=list(NAMES))
    frame.to_csv(tmp_path / "d.csv", index=index, header=header)
    directions = cw.read_directions(tmp_path / "d.csv")
    np.testing.assert_array_equal(directions.matrix, MATRIX)
    assert (directions.names == NAMES) == index


def test_two_channels_called_0_and_1_may_be_numbers(tmp_path):
    directions = cw.read_directions(written(tmp_path, "0,1\n1,0\n"))
    np.testing.assert_array_equal(directions.matrix, [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("a,b\n", r"has shape \(k, channels\)"),
        ("1,2\n3\n", "line 2 has 1 fields, the first line 2"),
        ("1,2\n3,x\n", "line 2, column 2: 'x' is not a number"),
        ("1,nan\n", "values that are not finite"),
        ("a,1,2\nb,3,\n", "line 2, column 3: '' is not a number"),
        ("a,1,2\na,3,4\n", "2 directions need as many different names, not 1"),
        ('"a,1\n2,3\n', "is no valid CSV"),
        ("1,2\n0,0\n", "direction 1 is zero in every channel"),
    ],
)
def test_a_table_that_is_no_matrix_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(NetworkError, match=message) as caught:
        cw.read_directions(written(tmp_path, text))
    assert f"{tmp_path / 'd.csv'}" in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "it holds nothing; looked for matrix"),
        ({"components": MATRIX, "mean": BIAS}, "it holds 'components', 'mean'; looked for matrix, and bias"),
        ({"bias": BIAS}, "it holds 'bias'; looked for matrix"),
        ({"matrix": MATRIX + 1j}, "matrix is not an array of real numbers but of complex"),
        ({"matrix": MATRIX.astype("U")}, "matrix is not an array of real numbers but of <U"),
        ({"matrix": MATRIX, "bias": BIAS[:1]}, r"the bias has shape \(1,\), not \(2,\)"),
        ({"matrix": MATRIX, "names": [1, 2]}, "names is not an array of texts"),
        ({"matrix": MATRIX, "names": ["a"]}, "2 directions need as many different names"),
        ({"matrix": MATRIX, "names": np.array([{}, {}])}, "names.npy.*holds objects of Python"),
    ],
)
def test_an_archive_with_something_else_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(NetworkError, match=message) as caught:
        cw.read_directions(tmp_path / "d.npz")
    assert f"{tmp_path / 'd.npz'}" in str(caught.value)


@pytest.mark.parametrize("names", ['{"a": 1}', '["a", 2]', '["a"'])
def test_metadata_that_are_no_list_of_names_are_refused(tmp_path, names):
    save_file({"matrix": torch.tensor(MATRIX)}, tmp_path / "d.safetensors", {"names": names})
    with pytest.raises(NetworkError, match=r"d\.safetensors"):
        cw.read_directions(tmp_path / "d.safetensors")


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors", "csv"])
@pytest.mark.parametrize("content", [b"", b"<!doctype html>", b"PK\x03\x04 cut off", b"\xff\xfe\x00,1"])
def test_damaged_files_are_told_in_a_line(tmp_path, ending, content):
    path = tmp_path / f"d.{ending}"
    path.write_bytes(content)
    with pytest.raises(NetworkError) as caught:
        cw.read_directions(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("first", "second"), [("npy", "npz"), ("npz", "npy")])
def test_a_file_under_the_other_ending_of_numpy_is_named(tmp_path, first, second):
    path = tmp_path / f"d.{first}"
    (np.save if first == "npy" else np.savez)(path, MATRIX)
    with pytest.raises(NetworkError, match=rf"call it \.{first}"):
        cw.read_directions(path.rename(tmp_path / f"d.{second}"))


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors", "csv"])
def test_a_file_that_is_not_there_is_told(tmp_path, ending):
    with pytest.raises(NetworkError, match="there is no file of directions"):
        cw.read_directions(tmp_path / f"none.{ending}")


def test_a_file_of_another_kind_is_refused_with_those_that_can_be_read(tmp_path):
    with pytest.raises(NetworkError, match=r"directions are read from \.npy, \.npz, \.safetensors, \.csv, not from"):
        cw.read_directions(tmp_path / "d.pkl")
