"""The images that a study was made of, read and selected again by their recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compexp_widgets.concepts.colours import with_colours
from compexp_widgets.data.images.image_labels import with_image_labels
from compexp_widgets.data.images.layouts import read_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import READ, DataRecipe, Step
from compexp_widgets.errors import CompexpError, DataError, StudyError
from compexp_widgets.networks.images.cropping import crop_alike
from compexp_widgets.study.configuration import StudyConfiguration

FROM_OTHER_ROOMS = (with_colours, with_image_labels, crop_alike)
"""What is made of a data set outside of it: imported here, so that these steps are known when a study is opened."""


def probed_images(
    folder: Path, configuration: StudyConfiguration, given: SegmentationDataset | str | Path | None
) -> SegmentationDataset:
    """The images of the study in a folder, when they are those that were probed.

    `given`: the data set, as it was probed or as some step of its recipe left it; or the folder of the annotated
    images; None for where they were. Raises `StudyError` where they cannot be read, a step cannot be repeated, or
    something else comes out.
    """
    recipe = configuration.recipe
    if isinstance(given, SegmentationDataset):
        dataset = _selected(folder, recipe.after(given.recipe) or (), given)
    else:
        dataset = _selected(folder, recipe.selection, _read(folder, configuration, given))
    if dataset.fingerprint != configuration.data_fingerprint:
        made = f", selected by {_told(dataset.recipe.selection)}," if dataset.recipe.selection else ""
        older = (
            ""
            if recipe.steps
            else " If some were selected, which older studies do not keep, select them and give them."
        )
        raise StudyError(
            f"the annotated images in {dataset.folder}{made} are not those of the study in {folder}: something changed "
            "since they were probed. Dissect them again into another folder, or give the folder of the original ones."
            f"{older}"
        )
    return dataset


def _read(folder: Path, configuration: StudyConfiguration, given: str | Path | None) -> SegmentationDataset:
    steps, place = configuration.recipe.steps, Path(configuration.data if given is None else given)
    reading = steps[0] if steps and steps[0].name.startswith(READ) else Step.of(read_dataset.__name__)
    if not reading.repeatable:
        raise _cannot(folder, reading, configuration.recipe.selection, "what it read is kept nowhere")
    try:
        dataset: SegmentationDataset = reading.repeat(place)
    except (CompexpError, OSError) as error:
        if given is not None:
            raise
        by_hand = "" if steps else "; if they were listed by hand, the data set itself"
        raise StudyError(
            f"the annotated images of the study in {folder} cannot be read where they were when they were probed, at "
            f"{place} ({error}). If they are somewhere else now, give their folder as data={by_hand}"
        ) from error
    return dataset


def _selected(folder: Path, steps: Sequence[Step], dataset: SegmentationDataset) -> SegmentationDataset:
    for number, step in enumerate(steps):
        try:
            dataset = step.repeat(dataset)
        except DataError as error:
            raise _cannot(folder, step, steps[number + 1 :], str(error)) from error
    return dataset


def _cannot(folder: Path, step: Step, rest: Sequence[Step], why: str) -> StudyError:
    follow = f"; what follows is done again: {_told(rest)}" if rest else ""
    return StudyError(
        f"the data of the study in {folder} cannot be made again at the step {step}: {why}. Do it once more in Python "
        f"and give the data set that comes of it as data={follow}"
    )


def _told(steps: Sequence[Step]) -> str:
    return str(DataRecipe(tuple(steps)))
