"""The seam: what a modality brings so that its samples can be edited, and the edits kept in recipes.

Pictures (`images/editing.py`) and sentence pairs (`text/editing.py`) come with the package. A modality of one's own
needs a class of edits (`Edit`) and one object of a subclass of `Editing`, which `record` and `Recipe.load` take as
``editing=``; controls need the edits alone (`controls.run_controls_on_samples`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from compexp_widgets.networks.inputs import Inputs
from compexp_widgets.notebook_html import Html, paragraph
from compexp_widgets.short_text import brief

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
        """A value that JSON can hold; ``"edit"`` tells its kind."""
        ...


class Editing(ABC, Generic[Sample, Stored]):
    """A modality's way to edit samples, show them to a network and write them down.

    By default a recipe keeps the samples themselves, which JSON must be able to hold, and a network is shown a list.

    Attributes
    ----------
    kind
        What the files of its recipes say they are: ``"edits of a picture"``.
    inputs
        What its networks are shown; see `Network.inputs`.
    batch_size
        Samples shown at once: part of what makes a replay exact.
    """

    kind: ClassVar[str]
    inputs: ClassVar[type[Inputs]]
    batch_size: ClassVar[int] = 32

    def apply(self, sample: Sample, edits: Sequence[Edit[Sample]]) -> Sample | None:
        """The sample after all edits, one after the other; None where they do not apply to it."""
        edited: Sample | None = sample
        for edit in edits:
            edited = None if edited is None else edit.on(edited)
        return edited

    def taken(self, samples: Any) -> Sequence[Sample]:
        """The samples as a person gives them, in the form that all else takes; EditError where they make no sense."""
        return cast("Sequence[Sample]", samples)

    def shown(self, samples: Sequence[Sample]) -> Any:
        """The samples as ``network.respond`` takes them."""
        return list(samples)

    def stored(self, sample: Sample, name: str, path: str) -> Stored:
        """The sample as a recipe keeps it: by name and path, where it lies in a file that can be found again."""
        return cast("Stored", sample)

    def opened(self, stored: Stored, given: Sample | None = None) -> Sample:
        """The sample that a recipe keeps, or the one given; EditError where it cannot be had, or is another."""
        return cast("Sample", stored)

    def stored_to_json(self, stored: Stored) -> Any:
        """A value that JSON can hold."""
        return stored

    def html(self, sample: Sample) -> Html:
        """The sample in a notebook's output."""
        return paragraph(brief(sample))

    @abstractmethod
    def stored_from_json(self, value: Any) -> Stored:
        """The sample that `stored_to_json` described; KeyError, TypeError or ValueError where it describes nothing."""

    @abstractmethod
    def edit_from_json(self, value: Any) -> Edit[Sample]:
        """The edit that its `to_json` described; EditError where it describes none."""
