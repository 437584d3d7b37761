"""Which signature each position of an annotated image set carries, the table of all signatures, and counts by image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError
from compexp_widgets.files import whole_file
from compexp_widgets.position_counts import PositionCounts
from compexp_widgets.signatures import SignatureBuilder, SignatureTable
from compexp_widgets.vision.segmentation import SegmentationDataset

POSITIONS = "positions.npy"
TABLE = "signatures.npz"


def map_positions(
    dataset: SegmentationDataset, folder: Path, *, on_images: Callable[[int, int], None] | None = None
) -> None:
    """Fold the label layers of every image into signatures and keep them in a folder.

    Writes ``positions.npy`` (int32, shape (images, height, width): the signature of each position) and, last,
    ``signatures.npz`` (the table, and how many positions of each image carry each signature). Does nothing when that
    is there already; it is the caller's part to give each data set a folder of its own.

    Parameters
    ----------
    on_images
        Called with (images done, images in all) after each image.
    """
    if (folder / TABLE).exists():
        return
    builder = SignatureBuilder()
    images, rows, counts = [], [], []
    with whole_file(folder / POSITIONS) as temporary:
        positions = open_memmap(temporary, mode="w+", dtype=np.int32, shape=(len(dataset), *dataset.grid))
        for index in range(len(dataset)):
            positions[index] = builder.add(dataset.labels(index))
            present, count = np.unique(positions[index], return_counts=True)
            images.append(np.full(len(present), index, np.int32))
            rows.append(present)
            counts.append(count)
            if on_images:
                on_images(index + 1, len(dataset))
        positions.flush()
        # Windows cannot rename a file that is still mapped.
        del positions
    table = builder.table(dataset.concept_names)
    with whole_file(folder / TABLE) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            concepts=np.array(table.concepts, dtype=np.str_),
            total=table.total,
            row_starts=table.row_starts,
            row_concepts=table.row_concepts,
            images=np.concatenate(images),
            rows=np.concatenate(rows),
            counts=np.concatenate(counts),
        )


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
        positions: NDArray[np.int32] = np.load(folder / POSITIONS, mmap_mode="r", allow_pickle=False)
        with np.load(folder / TABLE, allow_pickle=False) as arrays:
            table = SignatureTable(
                tuple(arrays["concepts"].tolist()), arrays["total"], arrays["row_starts"], arrays["row_concepts"]
            )
            counts = PositionCounts(arrays["images"], arrays["rows"], arrays["counts"], (len(positions), len(table)))
    except (OSError, ValueError, KeyError) as error:
        raise CompexpError(
            f"the signatures in {folder} cannot be read ({error}): delete {POSITIONS} and {TABLE} and dissect again"
        ) from error
    return table, positions, counts
