"""How many positions of each image (or other group of positions) carry each signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PositionCounts:
    """A sparse matrix of counts, images × signatures: of all positions, or of those where a unit is active.

    Attributes
    ----------
    images
        int32, shape (E,): the image of every entry, not decreasing. An image and a signature may have several entries.
    rows
        int32, shape (E,): its signature.
    counts
        int64, shape (E,): its number of positions, at least 1.
    shape
        Number of images and of signatures.
    """

    images: NDArray[np.int32]
    rows: NDArray[np.int32]
    counts: NDArray[np.int64]
    shape: tuple[int, int]

    @classmethod
    def of_positions(
        cls, images: NDArray[np.integer], rows: NDArray[np.integer], shape: tuple[int, int]
    ) -> PositionCounts:
        """Count positions given one by one: the image and the signature of each, both of shape (P,), images not
        decreasing.
        """
        return cls.of_parts([(images, rows)], shape)

    @classmethod
    def of_parts(
        cls, parts: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]], shape: tuple[int, int]
    ) -> PositionCounts:
        """Count positions that come some at a time: images and signatures as of `of_positions`."""
        total = cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64), shape)
        waiting: list[PositionCounts] = []
        for images, rows in parts:
            waiting.append(cls._of_runs(images, rows, shape))
            if sum(len(part.rows) for part in waiting) > _MERGED:
                total, waiting = cls._joined([total, *waiting]).merged(), []
        return cls._joined([total, *waiting])

    @classmethod
    def _of_runs(cls, images: NDArray[np.integer], rows: NDArray[np.integer], shape: tuple[int, int]) -> PositionCounts:
        """Neighbouring positions are mostly alike: an entry for every run of equal ones, found without sorting."""
        changes = (images[1:] != images[:-1]) | (rows[1:] != rows[:-1])
        starts = np.concatenate([np.zeros(min(len(rows), 1), np.intp), np.flatnonzero(changes) + 1])
        counts = np.diff(starts, append=len(rows))
        return cls(images[starts].astype(np.int32), rows[starts].astype(np.int32), counts.astype(np.int64), shape)

    @classmethod
    def _joined(cls, parts: list[PositionCounts]) -> PositionCounts:
        columns = ([getattr(part, name) for part in parts] for name in ("images", "rows", "counts"))
        images, rows, counts = (np.concatenate(column) for column in columns)
        return cls(images, rows, counts, parts[0].shape)

    def merged(self) -> PositionCounts:
        """The same counts with one entry for an image and a signature, in their order."""
        pairs, entry = np.unique(self.images.astype(np.int64) * self.shape[1] + self.rows, return_inverse=True)
        images, rows = np.divmod(pairs, max(self.shape[1], 1))
        counts = np.bincount(entry, weights=self.counts, minlength=len(pairs))
        return PositionCounts(images.astype(np.int32), rows.astype(np.int32), counts.astype(np.int64), self.shape)

    def of_images(self, chosen: NDArray[np.bool_]) -> PositionCounts:
        """The counts of some images only; the others become empty.

        Parameters
        ----------
        chosen
            bool, shape (images,).
        """
        kept = chosen[self.images]
        return PositionCounts(self.images[kept], self.rows[kept], self.counts[kept], self.shape)

    def by_signature(self) -> NDArray[np.int64]:
        """int64, shape (signatures,): positions of all images."""
        return np.bincount(self.rows, weights=self.counts, minlength=self.shape[1]).astype(np.int64)

    def by_image(self, truth: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """int64, shape (images,): positions whose signature is true; of every signature when `truth` is None.

        Parameters
        ----------
        truth
            bool, shape (signatures,): where a formula holds.
        """
        weights = self.counts if truth is None else self.counts * truth[self.rows]
        return np.bincount(self.images, weights=weights, minlength=self.shape[0]).astype(np.int64)


# Entries collected before those of one image and signature are merged: bounds the memory of a unit that is active
# nearly everywhere.
_MERGED = 4_000_000
