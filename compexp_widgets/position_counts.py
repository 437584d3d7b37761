"""How many positions of each image (or other group of positions) carry each signature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PositionCounts:
    """A sparse matrix of counts, images × signatures: of all positions, or of those where a unit is active.

    Attributes
    ----------
    images
        int32, shape (E,): the image of every entry, not decreasing.
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
        """Count positions given one by one: the image and the signature of each, both of shape (P,)."""
        pairs, counts = np.unique(images.astype(np.int64) * shape[1] + rows, return_counts=True)
        images, rows = np.divmod(pairs, max(shape[1], 1))
        return cls(images.astype(np.int32), rows.astype(np.int32), counts.astype(np.int64), shape)

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
