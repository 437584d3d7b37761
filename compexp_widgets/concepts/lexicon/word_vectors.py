"""Vectors of words: what they are, and the file that a choice of them is kept in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import DataError
from compexp_widgets.files import load_tensors, parse_json, whole_file


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
        return f"<WordVectors of {len(self):,} words, {self.vectors.shape[1]} numbers each, from {self.source}>"

    def subset(self, words: Collection[str]) -> WordVectors:
        """Those of some words that have a vector, in the order given."""
        found = [word for word in dict.fromkeys(words) if word in self.index_of]
        return WordVectors(self.source, tuple(found), self.vectors[[self.index_of[word] for word in found]])

    def nearest(self, words: Sequence[str], count: int) -> dict[str, tuple[str, ...]]:
        """Of each of some words, those of the others that are nearest to it by cosine.

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
        with whole_file(Path(path)) as temporary:
            save_file({"vectors": np.ascontiguousarray(self.vectors)}, temporary, metadata)

    @classmethod
    def load(cls, path: str | Path) -> WordVectors:
        """What `save` wrote.

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
