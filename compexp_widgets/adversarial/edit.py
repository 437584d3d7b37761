"""The seam: what a modality brings so that its samples can be edited, and the edits kept in recipes.

Pictures (`images/editing.py`) and sentence pairs (`text/editing.py`) come with the package. A modality of one's own
needs a class of edits (`Edit`) and one object that is an `Editing`; `record` and `Recipe.load` take it as ``editing=``,
and controls need the edits alone (see `controls.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Sample = TypeVar("Sample")
"""One picture, one pair of sentences, one text."""

Stored = TypeVar("Stored")
"""A sample as a recipe keeps it; the sample itself where that is small."""


class Edit(Protocol[Sample]):
    """One change of a sample. A value: the same edit of the same sample gives the same sample."""

    @property
    def description(self) -> str:
        """A few words: ``"paste igloo"``."""
        ...

    def on(self, sample: Sample, /) -> Sample | None:
        """The edited sample; the one given stays as it is. None where the edit does not apply to it."""
        ...

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; ``"edit"`` tells its kind."""
        ...


class Editing(Protocol[Sample, Stored]):
    """How samples of a modality are edited, shown to a network and written down.

    Attributes
    ----------
    kind
        What the files of its recipes say they are: ``"edits of a picture"``.
    batch_size
        Samples shown at once: part of what makes a replay exact.
    """

    kind: str
    batch_size: int

    def apply(self, sample: Sample, edits: Sequence[Edit[Sample]]) -> Sample | None:
        """The sample after all edits, one after the other; None where they do not apply to it."""
        ...

    def respond(self, network: Any, samples: Sequence[Sample]) -> tuple[NDArray[np.float32], Sequence[str]]:
        """Float32 logits of shape (N, classes), and one name a class; EditError where it is shown something else."""
        ...

    def stored(self, sample: Sample, name: str, path: str) -> Stored:
        """The sample as a recipe keeps it: by name and path, where it lies in a file that can be found again."""
        ...

    def opened(self, stored: Stored, given: Sample | None = None) -> Sample:
        """The sample that a recipe keeps, or the one given; EditError where it cannot be had, or is another."""
        ...

    def stored_to_json(self, stored: Stored) -> Any:
        """What JSON can hold."""
        ...

    def stored_from_json(self, value: Any) -> Stored:
        """What `stored_to_json` described; KeyError, TypeError or ValueError where it describes nothing."""
        ...

    def edit_from_json(self, value: Any) -> Edit[Sample]:
        """The edit that its `to_json` described; EditError where it describes none."""
        ...
