"""Which signature each position of an annotated image set carries, the table of all signatures, and counts by image."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import CompexpError
from compexp_widgets.files import load_array, load_arrays, whole_file
from compexp_widgets.signatures import SignatureBuilder, SignatureTable
from compexp_widgets.signatures.position_counts import PositionCounts
from compexp_widgets.study.images.folding_log import FoldingLog

POSITIONS = "positions.npy"
TABLE = "signatures.npz"

# Images between two records: what a stop can cost.
_STRETCH = 200


def map_positions(
    dataset: SegmentationDataset, folder: Path, *, on_images: Callable[[int, int], None] | None = None
) -> None:
    """Fold the label layers of every image into signatures and keep them in a folder.

    Writes ``positions.npy`` (int32, shape (images, height, width): the signature of each position) and, last,
    ``signatures.npz`` (the table, and how many positions of each image carry each signature). Does nothing when that
    is there already; it is the caller's part to give each data set a folder of its own. Positions go to the file image
    by image, so memory holds the signatures only; a stop at any moment costs a few hundred images, and the next call
    goes on from there to the same files.

    Parameters
    ----------
    on_images
        Called with (images done, images in all) after each image.
    """
    if (folder / TABLE).exists():
        return
    builder = SignatureBuilder()
    with FoldingLog(folder, len(dataset), dataset.grid, builder) as log:
        for index in range(log.images, len(dataset)):
            log.append(builder.add(dataset.labels(index)))
            if (index + 1) % _STRETCH == 0:
                log.record()
            if on_images:
                on_images(index + 1, len(dataset))
    counts = log.counts()
    table = builder.table(dataset.concept_names)
    with whole_file(folder / TABLE) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            concepts=np.array(table.concepts, dtype=np.str_),
            total=table.total,
            row_starts=table.row_starts,
            row_concepts=table.row_concepts,
            images=counts.images,
            rows=counts.rows,
            counts=counts.counts,
        )
        log.finish(folder / POSITIONS)
    log.remove()


def share_positions(source: Path, target: Path) -> None:
    """Give another folder the finished files of a data set that was mapped before: as links where the disk has them."""
    for name in (POSITIONS, TABLE):
        if not (target / name).exists():
            with whole_file(target / name) as temporary:
                try:
                    temporary.hardlink_to(source / name)
                except OSError:
                    shutil.copyfile(source / name, temporary)


def open_positions(folder: Path) -> tuple[SignatureTable, NDArray[np.int32], PositionCounts]:
    """What `map_positions` wrote.

    Returns
    -------
    table
        Of every signature.
    positions
        int32, shape (images, height, width), memory-mapped: the row of `table` that each position carries.
    counts
        Positions by image and signature.

    Raises
    ------
    CompexpError
        When one of the two files is missing or damaged.
    """
    try:
        positions: NDArray[np.int32] = load_array(folder / POSITIONS, "file of positions", memory_map=True)
        arrays = load_arrays(folder / TABLE, "file of signatures")
        table = SignatureTable(
            tuple(arrays["concepts"].tolist()), arrays["total"], arrays["row_starts"], arrays["row_concepts"]
        )
        counts = PositionCounts(arrays["images"], arrays["rows"], arrays["counts"], (len(positions), len(table)))
    except (CompexpError, ValueError, KeyError, TypeError) as error:
        raise CompexpError(
            f"the signatures in {folder} cannot be read ({error}): delete {POSITIONS} and {TABLE} and dissect again"
        ) from error
    return table, positions, counts
