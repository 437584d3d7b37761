"""Open a finished study, of whatever kind."""

from __future__ import annotations

from pathlib import Path

from compexp_widgets.data.images.dataset import read_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.study.configuration import PAIRS, read_configuration
from compexp_widgets.study.images.study import VisionStudy
from compexp_widgets.study.pairs.study import PairStudy
from compexp_widgets.study.study import Study


def open_study(folder: str | Path, data: str | Path | SegmentationDataset | None = None) -> Study:
    """Open a finished dissection.

    Parameters
    ----------
    folder
        Where `dissect` or `dissect_pairs` kept it.
    data
        For images: the folder of the annotated images, where they are not at the place they were when they were probed;
        or the data set itself, where it is more than `read_dataset` makes of its folder (concepts selected, colours
        added, a data frame). A study of sentence pairs holds its sentences.

    Returns
    -------
    A `VisionStudy` or a `PairStudy`.

    Raises
    ------
    StudyError
        When there is no finished study, or the images are not those that were probed.
    """
    folder = Path(folder)
    configuration = read_configuration(folder)
    if configuration.kind == PAIRS:
        if data is not None:
            raise StudyError(f"the study in {folder} is of sentence pairs, which it holds itself: leave out data=")
        return PairStudy(folder, configuration)
    dataset = data if isinstance(data, SegmentationDataset) else _dataset(folder, data, configuration.data)
    if dataset.fingerprint != configuration.data_fingerprint:
        raise StudyError(
            f"the annotated images in {dataset.folder} are not those of the study in {folder}: something changed since "
            "they were probed. Dissect them again into another folder, or give the folder of the original ones."
        )
    return VisionStudy(folder, configuration, dataset)


def _dataset(folder: Path, given: str | Path | None, before: str) -> SegmentationDataset:
    if given is not None:
        return read_dataset(Path(given))
    try:
        return read_dataset(Path(before))
    except (CompexpError, OSError) as error:
        raise StudyError(
            f"the annotated images of the study in {folder} cannot be read where they were when they were probed, at "
            f"{before} ({error}). If they are somewhere else now, give their folder as data="
        ) from error
