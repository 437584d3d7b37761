"""The way in for annotated images of any layout."""

from __future__ import annotations

from pathlib import Path

from compexp_widgets.errors import DataError
from compexp_widgets.vision.broden import read_broden
from compexp_widgets.vision.label_folder import read_label_folder
from compexp_widgets.vision.segmentation import SegmentationDataset


def read_dataset(folder: str | Path) -> SegmentationDataset:
    """Read a folder of annotated images with the reader for its layout.

    Parameters
    ----------
    folder
        With ``index.csv``, a data set in the Broden layout (`read_broden`); else with ``names.csv``, pictures and label
        maps in plain folders (`read_label_folder`).

    Raises
    ------
    DataError
        Where the folder has neither, and for what the reader finds wrong.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder.")
    if (folder / "index.csv").is_file():
        return read_broden(folder)
    if (folder / "names.csv").is_file():
        return read_label_folder(folder)
    raise DataError(
        f"{folder} holds no data set: it has neither index.csv (Broden layout: index.csv, label.csv, category.csv, "
        "images/) nor names.csv (plain folders: names.csv, images/, labels/)."
    )
