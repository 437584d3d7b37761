"""The samples that show best what a unit does: drawn, shown in a notebook, and saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import checked_path, whole_number
from compexp_widgets.errors import StudyError
from compexp_widgets.files import atomic_write
from compexp_widgets.formula import Formula, to_tokens
from compexp_widgets.notebook_html import Html, muted, page, paragraph, pills, section
from compexp_widgets.short_text import counted
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.drawing import Drawn, gallery_html
from compexp_widgets.study.explanation import ExplanationSettings
from compexp_widgets.study.gallery import GALLERIES, Gallery, galleries

TITLES: dict[Gallery, str] = {
    "fires": "fires most",
    "silent": "the formula holds, and it is silent",
    "unexplained": "it fires, and the formula is false there",
}
"""The galleries in words."""


@dataclass(frozen=True, eq=False)
class TopSample:
    """A sample of the probe dataset, drawn for a unit.

    Attributes
    ----------
    index
        Its number in the probe dataset, from 0.
    name
        What the data calls it.
    activation
        The unit's largest activation there.
    fires, holds
        bool, of the shape of its positions: where the unit fires, and where the formula holds; `holds` is None where
        the unit has no formula.
    """

    index: int
    name: str
    activation: float
    fires: NDArray[np.bool_] = field(repr=False)
    holds: NDArray[np.bool_] | None = field(repr=False)
    formula: Formula | None = field(repr=False)
    study: DissectedLayer = field(repr=False)

    @cached_property
    def drawn(self) -> Drawn:
        """The sample with its marks."""
        study = self.study
        return study.drawing.draw(study, study.data, self.index, self.fires, self.formula, self.holds)

    @property
    def picture(self) -> Image.Image | None:
        """An RGB picture with the marks; None where samples are no pictures."""
        return self.drawn.picture

    @property
    def text(self) -> str:
        """The sample with the marks in signs; of a picture, what is counted on it."""
        return self.drawn.text

    def _repr_html_(self) -> Html:
        return section(
            f"{self.name}, activation {self.activation:.3g}", gallery_html(self.study.drawing, [("", self.drawn)])
        )


@dataclass(frozen=True, eq=False)
class TopSamples(Sequence[TopSample]):
    """The samples of one gallery of a unit, best first: ``unit.top(9)``. A notebook shows them.

    >>> tops = study[17].top(9)
    >>> tops[0].picture, tops[0].activation
    >>> tops.save("out")

    Attributes
    ----------
    study, unit, formula
        The unit, by its number, and the formula that the marks are of.
    gallery
        ``"fires"``: the largest activations; ``"silent"``: the formula holds and the unit is silent; ``"unexplained"``:
        the unit fires and the formula is false there.
    indices
        The samples, by their numbers in the probe dataset.
    of
        How many the gallery has.
    """

    study: DissectedLayer
    unit: int
    formula: Formula | None
    gallery: Gallery
    indices: tuple[int, ...]
    of: int
    limits: Limits

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[TopSample]:
        return iter(self._samples)

    @overload
    def __getitem__(self, place: int) -> TopSample: ...
    @overload
    def __getitem__(self, place: slice) -> list[TopSample]: ...
    def __getitem__(self, place: int | slice) -> TopSample | list[TopSample]:
        return self._samples[place]

    @cached_property
    def _samples(self) -> list[TopSample]:
        study, units = self.study, self.study.units
        activations, signatures = units.activations(self.unit), units.positions
        truth = None if self.formula is None else study.table.truth(self.formula)
        found = []
        for index in self.indices:
            place = index if signatures.ndim > 1 else slice(units.starts[index], units.starts[index + 1])
            values = activations[place]
            holds = None if truth is None else truth[signatures[place]]
            name = study.drawing.name(study.data, index)
            fires = units.within(values, self.limits)
            peak = float(values.max(initial=-np.inf))
            found.append(TopSample(index, name, peak, fires, holds, self.formula, study))
        return found

    @property
    def title(self) -> str:
        """What they are, in words."""
        name = self.study.unit_name(self.unit)
        named = f"unit {self.unit}" + (f", {name}" if name else "")
        return f"{named}: {TITLES[self.gallery]}"

    def __repr__(self) -> str:
        samples = ", ".join(map(str, self.indices[:_SHOWN])) + ", …" * (len(self) > _SHOWN)
        return f"<TopSamples, {self.title}: {len(self)} of {self.of:,}; samples {samples or 'none'}>"

    def __str__(self) -> str:
        lines = [f"{one.name}, activation {one.activation:.3g}\n{one.text}" for one in self]
        legend = [self.study.drawing.legend] if self.study.drawing.legend and self else []
        return "\n\n".join([f"{self.title}; formula: {self.formula or 'none'}", *legend, *lines])

    def _repr_html_(self) -> Html:
        return section(self.title, *self._parts())

    def _parts(self) -> list[Html]:
        formula = paragraph(pills(to_tokens(self.formula)) if self.formula else muted("no formula"))
        if not self:
            return [formula, paragraph("There is no such sample.")]
        captions = [(f"{one.activation:.3g} · {one.name}", one.drawn) for one in self]
        legend = muted(
            "; ".join(filter(None, (f"{counted(self.of, 'sample')} in all", self.study.drawing.html_legend)))
        )
        return [formula, gallery_html(self.study.drawing, captions), paragraph(legend)]

    @checked(StudyError)
    def save(self, folder: str | Path) -> list[Path]:
        """Write the pictures as PNG files, or what are no pictures as one HTML file, each whole or not at all.

        Files of the same names are overwritten; the folder is made where it is not there.

        Returns
        -------
        The paths of the files, in the order of the samples.

        Raises
        ------
        StudyError
            When the folder cannot be made or written to.
        """
        return save_top_samples([self], folder)


def top_samples(
    study: DissectedLayer,
    unit: int,
    count: int = 9,
    *,
    gallery: Gallery = "fires",
    settings: ExplanationSettings,
    formula: Formula | None,
) -> TopSamples:
    """The first samples of a gallery of a unit; see `galleries` for how they are ranked.

    Raises
    ------
    StudyError
        When there is no such gallery, the number makes no sense, or the study was opened without its data.
    """
    if gallery not in GALLERIES:
        raise StudyError(f"a gallery is {', '.join(map(repr, GALLERIES))}, not {gallery!r:.60}")
    count = whole_number(count, "the number of samples", error=StudyError)
    if study.data is None:
        raise StudyError(
            f"the study in {study.folder} was opened without its samples, so none can be drawn: give them, as in "
            "open_study(folder, data)"
        )
    activity = study.activity(unit, settings.firing)
    ranked = galleries(study, unit, activity, formula)[gallery]
    indices = tuple(ranked[:count].tolist())
    return TopSamples(study, unit, formula, gallery, indices, len(ranked), activity.limits)


def save_top_samples(tops: Iterable[TopSamples], folder: str | Path) -> list[Path]:
    """Write the samples of several units into one folder; see `TopSamples.save`."""
    place = checked_path(folder, "the folder for pictures")
    try:
        place.mkdir(parents=True, exist_ok=True)
        return [path for one in tops for path in _saved(one, place)]
    except OSError as error:
        raise StudyError(f"nothing can be written to {place} ({error}): choose another folder") from error


def _saved(tops: TopSamples, folder: Path) -> Iterator[Path]:
    begin = f"unit_{tops.unit:04d}_{tops.gallery}"
    if not tops.study.drawing.pictures:
        path = folder / f"{begin}.html"
        with atomic_write(path) as temporary:
            temporary.write_text(page(tops.title, tops._repr_html_()), encoding="utf-8")
        yield path
        return
    for rank, sample in enumerate(tops, start=1):
        yield sample.drawn.save(folder / f"{begin}_{rank:02d}_{safe_name(sample.name)}.png")


def safe_name(name: str) -> str:
    """The end of a file's name that every system takes, from a name that may hold anything.

    >>> safe_name("val/street <1>.jpg")
    'val_street_1'
    """
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    return re.sub(r"[^A-Za-z0-9-]+", "_", stem).strip("_-")[:40] or "sample"


_SHOWN = 9
