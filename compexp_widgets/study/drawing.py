"""The drawing of samples: one interface, one file a modality (`images/drawing.py`, `pairs/drawing.py`).

What stands here does for any modality: a line of text for every sample. `Modality.drawing` names another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import StudyError
from compexp_widgets.files import atomic_write, place_to_write
from compexp_widgets.formula import Formula
from compexp_widgets.notebook_html import Html, block, html_of, page, paragraph
from compexp_widgets.short_text import counted, one_line


@dataclass(frozen=True, eq=False)
class Drawn:
    """A sample as it is drawn: as text in any case; `picture` where it has one."""

    text: str

    @property
    def picture(self) -> Image.Image | None:
        return None

    @cached_property
    def html(self) -> Html:
        """A part of a notebook's output."""
        return paragraph(self.text)

    def save(self, path: str | Path) -> Path:
        """Write the picture as a PNG file, or what has none as an HTML page, whole or not at all.

        >>> study.look(network, "holiday.jpg").drawn(17).save("unit_17.png")

        Raises
        ------
        StudyError
            When it cannot be written there.
        """
        place = place_to_write(path, "the drawn sample", error=StudyError)
        try:
            with atomic_write(place) as temporary, temporary.open("wb") as file:
                if self.picture is None:
                    file.write(page(self.text, block(self.html)).encode())
                else:
                    self.picture.save(file, "PNG")
        except OSError as error:
            raise StudyError(f"nothing can be written to {place} ({error}): choose another place") from error
        return place


class Drawing:
    """How the samples of a modality are drawn. *Samples* are a collection, as the networks of the modality take it.

    Attributes
    ----------
    pictures
        Whether samples have pictures.
    legend
        What the marks stand for, in the text; empty where the text says it.
    html_legend, own_legend
        The same in a notebook's output; and there of samples that are not of the study's own data.
    """

    pictures: bool = False
    legend: str = ""
    html_legend: str = ""
    own_legend: str = ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def given(self, sample: Any) -> Any:
        """A collection of nothing but one sample of a person's own; a StudyError where it is no sample."""
        return [sample]

    def name(self, samples: Any, number: int) -> str:
        """The name of a sample, short and in one line; that of an own one is empty."""
        return f"sample {number}"

    def holds(self, study: Any, samples: Any, number: int, formula: Formula) -> NDArray[np.bool_] | None:
        """Where a formula holds in a sample that is not of the study's own data: bool, of the shape of its positions;
        None where nothing tells, such as on a picture that nobody has annotated.
        """
        return None

    def draw(
        self,
        study: Any,
        samples: Any,
        number: int,
        fires: NDArray[np.bool_],
        formula: Formula | None = None,
        holds: NDArray[np.bool_] | None = None,
    ) -> Drawn:
        """Draw a sample with the positions where a unit fires, and what its formula says.

        Parameters
        ----------
        study
            The study that the unit and the concepts are of.
        fires, holds
            bool, of the shape of the sample's positions: where the unit fires, and where the formula holds; None where
            that is not known.
        formula
            The unit's formula.
        """
        told = [f"fires at {int(fires.sum()):,} of {counted(fires.size, 'position')}"]
        if holds is not None and formula is not None:
            told.append(f"the formula holds at {int(holds.sum()):,}, both at {int((fires & holds).sum()):,}")
        return Drawn("; ".join(told))


def short_name(text: str) -> str:
    """The name of a sample in one line; data-set text may hold anything."""
    return one_line(text, 60)


def gallery_html(drawing: Drawing, captions: Sequence[tuple[str, Drawn]]) -> Html:
    """Drawn samples with their captions, pictures beside each other and texts one below another."""
    figures = "".join(
        f"<figure>{drawn.html}{f'<figcaption>{html_of(caption)}</figcaption>' if caption else ''}</figure>"
        for caption, drawn in captions
    )
    return Html(f'<div class="pictures {"large" if drawing.pictures else "texts"}">{figures}</div>')
