"""Which signature each position of an annotated image set carries, and the table of all signatures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError
from compexp_widgets.files import whole_file
from compexp_widgets.signatures import SignatureBuilder, SignatureTable
from compexp_widgets.vision.segmentation import SegmentationDataset

POSITIONS = "positions.npy"
TABLE = "signatures.npz"


def map_positions(
    dataset: SegmentationDataset, folder: Path, *, on_images: Callable[[int, int], None] | None = None
) -> None:
    """Fold the label layers of every image into signatures and keep them in a folder.

    Writes ``positions.npy`` (int32, shape (images, height, width): the signature of each position) and, last,
    ``signatures.npz`` (the table). Does nothing when the table is there already; it is the caller's part to give each
    data set a folder of its own.

    Parameters
    ----------
    on_images
        Called with (images done, images in all) after each image.
    """
    if (folder / TABLE).exists():
        return
    builder = SignatureBuilder()
    with whole_file(folder / POSITIONS) as temporary:
        positions = open_memmap(temporary, mode="w+", dtype=np.int32, shape=(len(dataset), *dataset.grid))
        for index in range(len(dataset)):
            positions[index] = builder.add(dataset.labels(index))
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
        )


def open_positions(folder: Path) -> tuple[SignatureTable, NDArray[np.int32]]:
    """The table and the position map of a folder.

    Returns
    -------
    table
        Of every signature.
    positions
        int32, shape (images, height, width), memory-mapped: the row of `table` that each position carries.

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
    except (OSError, ValueError, KeyError) as error:
        raise CompexpError(
            f"the signatures in {folder} cannot be read ({error}): delete {POSITIONS} and {TABLE} and dissect again"
        ) from error
    return table, positions
