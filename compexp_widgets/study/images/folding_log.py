"""What was folded so far, kept so that a stop costs little: positions in one growing file, signatures in small records.

A record is written after the positions that it speaks of are on disk. Positions beyond the last record are cut off
when the work goes on, so the two always agree.
"""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError
from compexp_widgets.files import load_arrays, whole_file
from compexp_widgets.signatures import SignatureBuilder
from compexp_widgets.signatures.position_counts import PositionCounts

POSITIONS = "positions.partial.npy"
RECORDS = "signatures.partial"


class FoldingLog:
    """The progress of folding one data set in one folder; a log found there is continued. A context manager.

    Parameters
    ----------
    folder
        Where it is kept.
    images, grid
        Number of images, and height and width of their annotation grid.
    builder
        Gives the signatures; a continued log brings it to where it was.

    Attributes
    ----------
    images
        How many images are folded.
    """

    def __init__(self, folder: Path, images: int, grid: tuple[int, int], builder: SignatureBuilder) -> None:
        self._positions = folder / POSITIONS
        self._records = folder / RECORDS
        self._shape = (images, *grid)
        self._builder = builder
        self._counts: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]] = []
        self.images = 0
        self._signatures = self._resume()
        self._recorded = len(self._counts)

    def __enter__(self) -> FoldingLog:
        if not self.images:
            self.remove()
            self._records.mkdir()
        self._file = self._positions.open("r+b" if self.images else "wb")
        write_array_header_1_0(
            self._file, {"descr": dtype_to_descr(np.dtype(np.int32)), "fortran_order": False, "shape": self._shape}
        )
        self._file.seek(self.images * self._image_bytes, os.SEEK_CUR)
        self._file.truncate()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, rows: NDArray[np.int32]) -> None:
        """Keep the signatures of the next image: int32, shape `grid`."""
        self._file.write(rows.tobytes())
        present, counts = np.unique(rows, return_counts=True)
        self._counts.append((np.full(len(present), self.images, np.int32), present, counts))
        self.images += 1

    def record(self) -> None:
        """Make what came since the last record safe from a stop."""
        if self._recorded == len(self._counts):
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        sets = self._builder.sets_since(self._signatures)
        images, rows, counts = (np.concatenate(part) for part in zip(*self._counts[self._recorded :], strict=True))
        with whole_file(self._records / f"{self.images:09d}.npz") as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                images=images,
                rows=rows,
                counts=counts,
                lengths=np.array([len(concepts) for concepts in sets], np.int64),
                concepts=np.array([concept for concepts in sets for concept in concepts], np.int32),
            )
        self._signatures, self._recorded = len(self._builder), len(self._counts)

    def counts(self) -> PositionCounts:
        """Positions by image and signature, of all images folded."""
        nothing = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
        images, rows, counts = (np.concatenate(part) for part in zip(nothing, *self._counts, strict=True))
        return PositionCounts(images, rows, counts, (self._shape[0], len(self._builder)))

    def finish(self, path: Path) -> None:
        """Give the whole file of positions its name."""
        self._positions.replace(path)

    def remove(self) -> None:
        """Forget the log."""
        self._positions.unlink(missing_ok=True)
        shutil.rmtree(self._records, ignore_errors=True)

    @property
    def _image_bytes(self) -> int:
        return int(np.prod(self._shape[1:])) * np.dtype(np.int32).itemsize

    def _resume(self) -> int:
        """Read the records; the number of their signatures."""
        sets: list[tuple[int, ...]] = []
        try:
            for path in sorted(self._records.glob("[0-9]*.npz")):
                record = load_arrays(path, "record of signatures")
                ends = np.cumsum(record["lengths"]).tolist()
                concepts = record["concepts"].tolist()
                sets += [tuple(concepts[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
                self._counts.append((record["images"], record["rows"], record["counts"]))
                self.images = int(path.stem)
            if self.images and self._positions.stat().st_size < self.images * self._image_bytes:
                raise ValueError(f"{self._positions.name} is shorter than its records")
        except (OSError, CompexpError, ValueError, KeyError, TypeError) as error:
            warnings.warn(
                f"the signatures begun in {self._records.parent} are damaged ({error}) and are made anew", stacklevel=4
            )
            self.images, sets, self._counts = 0, [], []
        rows, counts = (np.concatenate([np.empty(0, np.int64), *(part[i] for part in self._counts)]) for i in (1, 2))
        totals = np.bincount(rows.astype(np.int64), weights=counts, minlength=len(sets)).astype(np.int64)
        self._builder.resume(sets, totals.tolist())
        return len(sets)
