"""The annotation of an image after edits: which parts of a formula they made true or false."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste, PictureEdit
from compexp_widgets.adversarial.images.edits.region_edits import Recolour
from compexp_widgets.adversarial.images.edits.regions import COLOUR_CATEGORIES, checked_image
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.formula import AnyLeaf, Formula, evaluate
from compexp_widgets.study import VisionStudy


class EditedAnnotation:
    """The annotation of an image after edits, one after the other, as far as it can be told.

    A position changes where an edit changes at least half of it (`PictureEdit.coverage`). There

    - a pasted patch has its `Patch.concepts` in place of what was there;
    - a removed region has none;
    - a recoloured one has the colour term nearest to what it became, in place of the colour that it had, and all its
      other concepts.

    Concepts that hold in the whole image, such as its scene, stay: no part of the picture shows them. What an edit does
    not know stays out: a picture file of one's own has no concepts unless it was given some.

    Parameters
    ----------
    study
        Whose annotation it is.
    image
        Index of the image.
    edits
        Of its picture, in their order.
    picture, before
        The picture, and leaf → where it holds without the edits, where somebody remembers them.

    Raises
    ------
    EditError
        When there is no such image, or an edit was made for a picture of another size.
    """

    def __init__(
        self,
        study: VisionStudy,
        image: int,
        edits: Sequence[PictureEdit],
        *,
        picture: Image.Image | None = None,
        before: Callable[[AnyLeaf], NDArray[np.bool_]] | None = None,
    ) -> None:
        self._study = study
        self._image = image if picture and before else checked_image(study, image)
        self._picture = picture
        self._before = before or (lambda leaf: study.formula_mask(leaf, [self._image])[0])
        names = study.table.concepts
        self._whole = {names[concept] for concept in study.dataset.images[self._image].whole}
        self._colour_of = _colours(study)
        self._changes: list[tuple[NDArray[np.bool_], PictureEdit, NDArray[np.int64] | None]] = []
        if edits:
            self._follow(edits)

    def mask(self, formula: Formula) -> NDArray[np.bool_]:
        """The positions where a formula holds: bool, shape (height, width) of the grid."""
        return evaluate(formula, self._leaf)

    def _follow(self, edits: Sequence[PictureEdit]) -> None:
        picture = self._picture or self._study.dataset.picture(self._image)
        height, width = self._study.units.grid
        recolours = [number for number, edit in enumerate(edits) if isinstance(edit, Recolour)]
        last = recolours[-1] if recolours and self._colour_of else -1
        for number, edit in enumerate(edits):
            share = Image.fromarray(edit.coverage(picture.size)).resize((width, height), Image.Resampling.BOX)
            if number <= last:  # the pixels matter to a recolouring alone
                picture = edit.on(picture)
            terms = None
            if isinstance(edit, Recolour) and self._colour_of:
                terms = name_colours(np.asarray(picture.resize((width, height), Image.Resampling.BOX)))
            self._changes.append((np.asarray(share) >= 0.5, edit, terms))

    def _leaf(self, leaf: AnyLeaf) -> NDArray[np.bool_]:
        holds = self._before(leaf)
        if leaf.name in self._whole:
            return holds
        for changed, edit, terms in self._changes:
            if not isinstance(edit, Recolour):
                now = np.bool_(isinstance(edit, Paste) and leaf.name in edit.patch.concepts)
                holds = np.where(changed, now, holds)
            elif terms is not None and leaf.name in self._colour_of:
                holds = np.where(changed, terms == self._colour_of[leaf.name], holds)
        return holds


def formula_mask(study: VisionStudy, image: int, formula: Formula, edits: Sequence[PictureEdit]) -> NDArray[np.bool_]:
    """The positions where a formula holds after edits; `EditedAnnotation` answers for many formulas at once."""
    return EditedAnnotation(study, image, edits).mask(formula)


def _colours(study: VisionStudy) -> dict[str, int]:
    """The names of the data's colour concepts → the place of each in `TONES`."""
    terms = {name: place for place, term in enumerate(TONES) for name in (term, f"{term}-c")}
    return {
        name: terms[name]
        for name, category in study.category_of.items()
        if category in COLOUR_CATEGORIES and name in terms
    }
