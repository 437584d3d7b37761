"""The modality seam of a study: what a kind of samples brings with it, found by the kind that study.json names.

How samples are shown to a network, and how a layer's output lies on their positions, is told by the network's own
`Inputs`; how a sample is edited, by `adversarial`. A study needs the rest: whose data it is, where concepts come from,
how a sample is drawn, which files hold the units, and what else can be asked of it.

Another package adds a modality of its own:

>>> class Texts(Modality):
...     kind, samples, data_type = "texts", "texts", TextSet
...     def annotator(self, data, concepts=None, vectors=None): ...
>>> register(Texts())
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.data.recipe import DataRecipe
from compexp_widgets.errors import StudyError
from compexp_widgets.files import atomic_write
from compexp_widgets.networks.certificate import Conditions
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.images.activations import Extracted, LayerToProbe
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report, Stage
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.drawing import Drawing
from compexp_widgets.study.positions import Annotated, map_positions
from compexp_widgets.study.study import Study
from compexp_widgets.study.study_folder import ACTIVATIONS, ANSWERS, POSITIONS, SIGNATURES


class Annotator(Protocol):
    """The source of the concepts at the positions of a study's samples.

    Attributes
    ----------
    files
        The files that it writes into a study's folder; the last is ``signatures.npz``.
    """

    files: tuple[str, ...]

    def choice(self, folder: Path, begun_with: str | None, report: Report) -> str:
        """The choice of concepts as a text for study.json, equal when the choice is.

        Parameters
        ----------
        folder, begun_with
            The study's folder, and the text that stands there; None where the study begins.
        """
        ...

    def annotate(self, folder: Path, report: Report) -> None:
        """Write `files` into a study's folder, where they are not there; goes on after a stop."""
        ...


class OwnLabels:
    """The annotator of samples that bring their concepts with them; see `Annotator` and `map_positions`."""

    files: tuple[str, ...] = (POSITIONS, SIGNATURES)

    def __init__(self, data: Annotated, samples: str, starts: NDArray[np.int64] | None = None) -> None:
        self._data, self._samples, self._starts = data, samples, starts

    def choice(self, folder: Path, begun_with: str | None, report: Report) -> str:
        """Nothing is chosen."""
        return ""

    def annotate(self, folder: Path, report: Report) -> None:
        """Fold the labels of every sample into signatures."""
        told = partial(report, Stage(f"{self._samples} folded into signatures", "fold"))
        map_positions(self._data, folder, self._starts, on_samples=told)


@dataclass(frozen=True)
class Amounts:
    """The amounts worked on at once, and the precision in which activations are kept; see `dissect`."""

    batch_size: int
    memory: float = 1.0
    half: float | None = None

    @classmethod
    def checked(cls, network: Network, batch_size: int | None, memory: float, half: float | None) -> Amounts:
        """The amounts as given to `dissect`, when they make sense."""
        at_once = network.inputs.batch_size if batch_size is None else whole_number(batch_size, "batch_size")
        number_within(memory, "memory, in gigabytes,", above=0)
        if half is not None:
            number_within(half, "half, a share of a unit's activations,", above=0, below=1, closed=True)
        return cls(at_once, memory, half)


class Modality:
    """A kind of samples, with what a study of them needs.

    As it is, the units of a layer have one activation a position, and a network that knows its classes classifies.

    Attributes
    ----------
    kind, samples
        Its name in study.json, and what `Inputs` call its samples.
    data_type
        The type of its probe datasets.
    options
        Which of ``concepts, vectors, layout, directions, half`` of `dissect` it knows.
    drawing
        How its samples are drawn.
    """

    kind: str
    samples: str
    data_type: type
    options: frozenset[str] = frozenset({"concepts", "vectors"})
    drawing: Drawing = Drawing()

    def read(self, place: str | Path) -> Any:
        """The probe dataset in a folder or a file; StudyError where data of this kind are read in no such way."""
        raise StudyError(f"read the {self.samples} in {place} first: the data are {self.data_type.__name__}, no path")

    def source(self, data: Any) -> str:
        """The place that a probe dataset comes from, for study.json."""
        return str(data.source)

    def recipe(self, data: Any) -> DataRecipe:
        """What was made of a probe dataset since it was read, for study.json."""
        recipe = getattr(data, "recipe", None)
        return recipe if isinstance(recipe, DataRecipe) else DataRecipe()

    def annotator(self, data: Any, concepts: Any = None, vectors: Any = None) -> Annotator:
        """The source of the concepts; `concepts` and `vectors` as given to `dissect`. Here the data's own labels."""
        return OwnLabels(data, self.samples)

    def keep(self, data: Any, folder: Path) -> None:
        """Write into a study's folder what the study needs of the probe dataset to do without it."""

    def probe(
        self, network: Network, layers: Sequence[LayerToProbe], data: Any, amounts: Amounts, report: Report
    ) -> dict[Path, Extracted]:
        """Write the activations of some layers into their folders, where they are not there.

        ``activations.npy`` is float32, shape (units, P): one activation a position, samples first. ``answers.npz`` has
        the ``logits`` of a network that classifies, and the ``class_weights`` of the units where they are known.

        Returns
        -------
        Folder → what is known of the activations, for those that were not there before.
        """
        made = {}
        for layer in layers:
            if (layer.folder / ACTIVATIONS).exists():
                continue
            conditions = Conditions.now(network.device, network.dtype, amounts.batch_size)
            classes = bool(network.class_names)
            found = network.respond(
                data, layer.probe(network), classes=classes, batch_size=amounts.batch_size, report=report
            )
            values = _by_position(found.activations)
            answers: dict[str, Any] = {"logits": found.logits} if classes else {}
            if classes and (weights := class_weights(network, layer.name)) is not None:
                answers["class_weights"] = weights
            with atomic_write(layer.folder / ANSWERS) as temporary, temporary.open("wb") as file:
                np.savez(file, **answers)
            with atomic_write(layer.folder / ACTIVATIONS) as temporary, temporary.open("wb") as file:
                np.save(file, values)
            made[layer.folder] = Extracted(conditions, len(values), found.not_finite)
        return made

    def opened(self, folder: Path, configuration: StudyConfiguration, data: Any = None) -> Study:
        """The finished study in a folder, as `open` gives it, with what else the modality brings."""
        study = self.open(folder, configuration, data)
        study.drawing = self.drawing
        return study

    def open(self, folder: Path, configuration: StudyConfiguration, data: Any = None) -> Study:
        """The finished study in a folder.

        Parameters
        ----------
        data
            The probe dataset, or where it is; None: where it was when it was probed, or as the study holds it.
        """
        return Study(folder, configuration, data)


def _by_position(activations: Any) -> NDArray[np.float32]:
    """float32, shape (units, P), of what `Response.activations` may be."""
    parts = activations if isinstance(activations, list) else [one.reshape(len(one), -1) for one in activations]
    values: NDArray[np.float32] = np.ascontiguousarray(np.concatenate(parts, axis=1), np.float32)
    return values
