"""Remake the WordNet file of the package from WordNet 3.0's own database files.

``python maintenance/convert_wordnet.py DICT_FOLDER [OUTPUT]`` reads ``index.noun``, ``data.noun``,
``noun.exc`` and their like for verbs, adjectives and adverbs, and ``cntlist.rev``. They are in WordNet's archive and in
the Debian package ``wordnet-base`` (``/usr/share/wordnet``); WordNet's manual pages wndb(5WN) and cntlist(5WN) describe
them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.concepts.lexicon.wordnet import PARTS, WORDNET_FILE
from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files import atomic_write

_ABOVE = ("@", "@i")  # WordNet's signs for a hypernym, and for what a named thing is an instance of


def convert_wordnet(folder: Path, output: Path) -> None:
    """Write the lemmas, senses, hypernyms and irregular forms of a WordNet database as one file.

    Parameters
    ----------
    folder
        Where the database files lie.
    output
        The file to write, ending in ``.npz``.

    Raises
    ------
    DataError
        Where a file is missing or a line of it is none of WordNet's; says which.
    """
    synsets: dict[tuple[str, int], int] = {}
    names: list[str] = []
    above: list[list[tuple[str, int]]] = []
    for part in PARTS:
        for offset, name, hypernyms in _read_synsets(folder / f"data.{part}", part):
            synsets[part, offset] = len(names)
            names.append(name)
            above.append(hypernyms)
    entries = {part: list(_read_index(folder / f"index.{part}")) for part in PARTS}
    mentioned = chain(
        chain.from_iterable(above),
        ((part, offset) for part in PARTS for _, offsets in entries[part] for offset in offsets),
    )
    if unknown := next((each for each in mentioned if each not in synsets), None):
        raise DataError(f"{folder}: there is no synset {unknown[0]} {unknown[1]:08}, though another line mentions it")
    arrays: dict[str, NDArray[np.generic]] = {
        "names": _text(names),
        "parent_starts": np.cumsum([0, *map(len, above)]).astype(np.int32),
        "parents": np.array([synsets[each] for parents in above for each in parents], np.int32),
    }
    occurrences = _read_occurrences(folder / "cntlist.rev")
    arrays["marked"] = _text(occurrences)
    arrays["marked_counts"] = np.array(list(occurrences.values()), np.int32)
    for part in PARTS:
        arrays[f"{part}_lemmas"] = _text(lemma for lemma, _ in entries[part])
        arrays[f"{part}_sense_counts"] = np.array([len(offsets) for _, offsets in entries[part]], np.uint8)
        senses = [synsets[part, offset] for _, offsets in entries[part] for offset in offsets]
        arrays[f"{part}_senses"] = np.array(senses, np.int32)
        arrays[f"{part}_irregular"] = _text(_read_exceptions(folder / f"{part}.exc"))
    with atomic_write(output) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's own types call it a flag


def _read_synsets(path: Path, part: str) -> Iterator[tuple[int, str, list[tuple[str, int]]]]:
    """The offset, the first lemma and the hypernyms of every synset."""
    for number, line in _content(path):
        try:
            fields = line.split("|")[0].split()
            lemmas = int(fields[3], 16)
            pointers = fields[4 + 2 * lemmas :]
            signs = pointers[1 : 1 + 4 * int(pointers[0]) : 4]
            offsets = pointers[2 : 2 + 4 * int(pointers[0]) : 4]
            hypernyms = [(part, int(to)) for sign, to in zip(signs, offsets, strict=True) if sign in _ABOVE]
            # An adjective may say where it stands, as in "galore(ip)".
            yield int(fields[0]), fields[4].split("(")[0].replace("_", " ").lower(), hypernyms
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}, line {number}: not a synset of WordNet 3.0: {line[:60]!r}") from error


def _read_index(path: Path) -> Iterator[tuple[str, list[int]]]:
    """Every lemma and the offsets of its senses, the most frequent first."""
    for number, line in _content(path):
        try:
            fields = line.split()
            senses = int(fields[2])
            offsets = [int(offset) for offset in fields[6 + int(fields[3]) :]]
            if len(offsets) != senses:
                raise ValueError(f"{senses} senses announced, {len(offsets)} listed")
            yield fields[0].replace("_", " "), offsets
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}, line {number}: not an index line of WordNet 3.0: {line[:60]!r}") from error


def _read_exceptions(path: Path) -> Iterator[str]:
    """An irregular form and its base forms, with tabs between, in a line."""
    for number, line in _content(path):
        if len(fields := line.split()) < 2:
            raise DataError(f"{path}, line {number}: a form and its base forms should stand here, not {line[:60]!r}")
        yield "\t".join(field.replace("_", " ") for field in fields)


def _read_occurrences(path: Path) -> dict[str, int]:
    """Count how often each lemma was marked as a noun (1) or a verb (2), over all its senses."""
    counts: Counter[str] = Counter()
    for number, line in _content(path):
        try:
            key, _, count = line.split()
            lemma, sense = key.split("%")
            if sense[0] in "12":
                counts[lemma.replace("_", " ")] += int(count)
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}, line {number}: a sense key and two numbers should stand here") from error
    return dict(sorted(counts.items()))


def _content(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a database file with their numbers, without the licence at its head."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}. Is it the folder of WordNet's database files?") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("  "):
            yield number, line


def _text(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        convert_wordnet(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else WORDNET_FILE)
    except CompexpError as error:
        sys.exit(str(error))
