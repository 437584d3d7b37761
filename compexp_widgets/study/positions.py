"""The signature of every position of an annotated probe dataset, the table of all signatures, and counts by sample.

In a study's folder:

    positions.npy            int32: the signature of each position; shape (images, height, width), or (P,)
    signatures.npz           the table, and how many positions of each sample carry each signature
"""

from __future__ import annotations

import math
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.files import atomic_write, load_array, load_arrays
from compexp_widgets.signatures import PositionCounts, SignatureBuilder, SignatureTable
from compexp_widgets.study.array_checks import check_array, check_counts, check_table
from compexp_widgets.study.study_folder import ACTIVATIONS, POSITIONS, POSITIONS_LOG, SIGNATURES, SIGNATURES_LOG
from compexp_widgets.study.units import PositionUnits, ProbedUnits

# Samples between two records: what a stop can cost.
STRETCH = 200


class Concept(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def category(self) -> str: ...


class Annotated(Protocol):
    """Samples that carry concepts at their positions."""

    @property
    def concepts(self) -> Sequence[Concept]: ...

    def __len__(self) -> int: ...

    def labels(self, index: int) -> NDArray[np.integer]:
        """Indices into `concepts`, shape (layers, …positions of the sample), -1 where a layer has none."""
        ...


class Probed(NamedTuple):
    """The contents of a finished study: signatures, units, positions by sample and signature, and the category of each
    concept, empty where the probe dataset tells them.
    """

    table: SignatureTable
    units: ProbedUnits
    positions: PositionCounts
    categories: tuple[str, ...] = ()


def map_positions(
    data: Annotated,
    folder: Path,
    starts: NDArray[np.int64] | None = None,
    *,
    on_samples: Callable[[int, int], None] | None = None,
) -> None:
    """Fold the label layers of every sample into signatures: ``positions.npy`` and, last, ``signatures.npz`` in a
    folder.

    Does nothing when that is there already; it is the caller's part to give each data set a folder of its own.
    Positions go to the file sample by sample, so memory holds the signatures only; a stop at any moment costs a few
    hundred samples, and the next call goes on from there to the same files.

    `starts` is int64, shape (samples + 1,): where the positions of each sample begin among all P, and the end; None:
    all samples have the same positions, such as those of a grid. `on_samples` is told (samples done, samples in all)
    after each.
    """
    if (folder / SIGNATURES).exists():
        return
    builder = SignatureBuilder()
    shape: tuple[int, ...] = () if starts is None else (int(starts[-1]),)
    if starts is None:
        shape = len(data), *data.labels(0).shape[1:]
        starts = np.arange(len(data) + 1, dtype=np.int64) * math.prod(shape[1:])
    with _FoldingLog(folder, shape, starts, builder) as log:
        for index in range(log.samples, len(data)):
            log.append(builder.add(data.labels(index)))
            if (index + 1) % STRETCH == 0:
                log.record()
            if on_samples:
                on_samples(index + 1, len(data))
    counts = log.counts()
    table = builder.table([concept.name for concept in data.concepts])
    with atomic_write(folder / SIGNATURES) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            concepts=np.array(table.concepts, dtype=np.str_),
            categories=np.array([concept.category for concept in data.concepts], dtype=np.str_),
            total=table.total,
            row_starts=table.row_starts,
            row_concepts=table.row_concepts,
            images=counts.samples,
            rows=counts.rows,
            counts=counts.counts,
            samples=len(data),
        )
        (folder / POSITIONS_LOG).replace(folder / POSITIONS)
    log.remove()


class _FoldingLog:
    """The progress of folding one data set in one folder, kept so that a stop costs little: positions in one growing
    file, signatures in small records. A log found there is continued, and brings the builder to where it was.

    A record is written after the positions that it speaks of are on disk. Positions beyond the last record are cut off
    when the work goes on, so the two always agree. `samples` counts those that are folded.
    """

    def __init__(
        self, folder: Path, shape: tuple[int, ...], starts: NDArray[np.int64], builder: SignatureBuilder
    ) -> None:
        self._positions = folder / POSITIONS_LOG
        self._records = folder / SIGNATURES_LOG
        self._shape, self._starts = shape, starts
        self._builder = builder
        self._counts: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]] = []
        self.samples = 0
        self._signatures = self._resume()
        self._recorded = len(self._counts)

    def __enter__(self) -> _FoldingLog:
        if not self.samples:
            self.remove()
            self._records.mkdir()
        self._file = self._positions.open("r+b" if self.samples else "wb")
        write_array_header_1_0(
            self._file, {"descr": dtype_to_descr(np.dtype(np.int32)), "fortran_order": False, "shape": self._shape}
        )
        self._file.seek(self._bytes, os.SEEK_CUR)
        self._file.truncate()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, rows: NDArray[np.int32]) -> None:
        """Keep the signatures of the positions of the next sample: int32."""
        self._file.write(rows.tobytes())
        present, counts = np.unique(rows, return_counts=True)
        self._counts.append((np.full(len(present), self.samples, np.int32), present, counts))
        self.samples += 1

    def record(self) -> None:
        """Make what came since the last record safe from a stop."""
        if self._recorded == len(self._counts):
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        sets = self._builder.sets_since(self._signatures)
        images, rows, counts = (np.concatenate(part) for part in zip(*self._counts[self._recorded :], strict=True))
        with atomic_write(self._records / f"{self.samples:09d}.npz") as temporary, temporary.open("wb") as file:
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
        nothing = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
        images, rows, counts = (np.concatenate(part) for part in zip(nothing, *self._counts, strict=True))
        return PositionCounts(images, rows, counts, (len(self._starts) - 1, len(self._builder)))

    def remove(self) -> None:
        self._positions.unlink(missing_ok=True)
        shutil.rmtree(self._records, ignore_errors=True)

    @property
    def _bytes(self) -> int:
        return int(self._starts[self.samples]) * np.dtype(np.int32).itemsize

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
                self.samples = int(path.stem)
            if self.samples and self._positions.stat().st_size < self._bytes:
                raise ValueError(f"{self._positions.name} is shorter than its records")
        except (OSError, CompexpError, ValueError, KeyError, TypeError, IndexError) as error:
            warnings.warn(
                f"the signatures begun in {self._records.parent} are damaged ({error}) and are made anew", stacklevel=4
            )
            self.samples, sets, self._counts = 0, [], []
        rows, counts = (np.concatenate([np.empty(0, np.int64), *(part[i] for part in self._counts)]) for i in (1, 2))
        totals = np.bincount(rows.astype(np.int64), weights=counts, minlength=len(sets)).astype(np.int64)
        self._builder.resume(sets, totals.tolist())
        return len(sets)


def share_files(source: Path, target: Path, names: Sequence[str]) -> None:
    """Give another folder finished files of this one, as links where the disk has them."""
    for name in names:
        if not (target / name).exists():
            with atomic_write(target / name) as temporary:
                try:
                    temporary.hardlink_to(source / name)
                except OSError:
                    shutil.copyfile(source / name, temporary)


def open_positions(folder: Path) -> tuple[SignatureTable, NDArray[np.int32], PositionCounts, tuple[str, ...]]:
    """What `map_positions` wrote: the table, the row of it that each position carries (int32, memory-mapped), positions
    by sample and signature, and the categories of the concepts, empty in studies written before they were kept.
    """
    try:
        positions: NDArray[np.int32] = load_array(folder / POSITIONS, "file of positions", memory_map=True)
        arrays = load_arrays(folder / SIGNATURES, "file of signatures")
        table = SignatureTable(
            tuple(arrays["concepts"].tolist()), arrays["total"], arrays["row_starts"], arrays["row_concepts"]
        )
        samples = int(arrays["samples"]) if "samples" in arrays else len(positions)  # as of images, in older studies
        counts = PositionCounts(arrays["images"], arrays["rows"], arrays["counts"], (samples, len(table)))
        categories = tuple(arrays.get("categories", np.empty(0)).tolist())
    except (CompexpError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"the study in {folder} is not finished: its signatures cannot be read ({error}); delete {POSITIONS} and "
            f"{SIGNATURES} and dissect again"
        ) from error
    check_table(folder / SIGNATURES, table)
    check_array(folder / POSITIONS, "positions", positions, [np.int32], (None,) * positions.ndim)
    check_counts(folder / SIGNATURES, table, counts)
    return table, positions, counts, categories


def open_activations(folder: Path) -> NDArray[np.floating]:
    """The activations of every unit, memory-mapped."""
    try:
        activations: NDArray[np.floating] = load_array(folder / ACTIVATIONS, "file of activations", memory_map=True)
    except CompexpError as error:
        raise StudyError(
            f"the study in {folder} is not finished: {folder / ACTIVATIONS} cannot be read ({error}); delete it and "
            "dissect again"
        ) from error
    return activations


def open_position_units(folder: Path) -> Probed:
    """The files of a finished study whose units have one activation a position."""
    table, positions, counts, categories = open_positions(folder)
    values = open_activations(folder)
    check_array(folder / POSITIONS, "positions", positions, [np.int32], (table.positions,))
    check_array(folder / ACTIVATIONS, "activations", values, [np.float32], (None, len(positions)))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts.by_sample())])
    return Probed(table, PositionUnits(values, positions, len(table), starts), counts, categories)
