"""Edits of a picture read off the formulas of the units that decide between two classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, PictureEdit, Placement
from compexp_widgets.adversarial.images.edits.region_edits import Recolour, Remove
from compexp_widgets.adversarial.images.edits.regions import region
from compexp_widgets.adversarial.images.patches.concept_colours import WITHOUT_HUE, ConceptColours, median_colour
from compexp_widgets.adversarial.images.patches.patch_library import FoundPatch, PatchLibrary
from compexp_widgets.analysis.shared_units import ConceptChange, SharedUnit, shared_units
from compexp_widgets.formula import And, Formula, Leaf
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr
from compexp_widgets.study.probed_network import ProbedNetwork, SampleResponse

SMALLEST, LARGEST = 1 / 6, 2 / 3
"""Of the picture's width, and `LARGEST` of its height too: a patch is to be seen, and to leave the rest visible."""

_STEPS = 9


def initial_placement(
    speaking: NDArray[np.floating], size: tuple[int, int], patch: tuple[int, int], share: float = 1 / 3
) -> Placement:
    """The placement of a patch when nobody has said where: it hides least of what speaks for the wanted class.

    Of 9 × 9 places wholly inside the picture; among equals the one nearest to the middle. `speaking`, of shape (h, w),
    tells how much each part of the picture speaks for the class; `size` and `patch` are widths and heights. `share` is
    how much of the picture's width the patch takes, within `SMALLEST` and `LARGEST`: best what it took in the picture
    that it was cut from, since at that size it drove the unit (on the demo such patches drive units half as much again
    as those that are scaled to a third, and a quarter of them makes the unit fire in place of none).
    """
    width, height = size
    across = min(width * min(max(share, SMALLEST), LARGEST), height * LARGEST * patch[0] / patch[1])
    wide, high = max(round(across), 1), max(round(across * patch[1] / patch[0]), 1)
    lefts = np.unique(np.rint(np.linspace(0, max(width - wide, 0), _STEPS)).astype(int))
    tops = np.unique(np.rint(np.linspace(0, max(height - high, 0), _STEPS)).astype(int))
    rows, columns = speaking.shape
    down = _overlaps(tops / height * rows, (tops + high) / height * rows, rows)
    over = _overlaps(lefts / width * columns, (lefts + wide) / width * columns, columns)
    hidden = down @ speaking.astype(np.float64) @ over.T
    away = np.hypot(*np.meshgrid(tops + high / 2 - height / 2, lefts + wide / 2 - width / 2, indexing="ij"))
    tolerance = 1e-9 * max(float(hidden.max()), 1.0)
    best = int(np.where(hidden <= hidden.min() + tolerance, away, np.inf).argmin())
    top, left = np.unravel_index(best, hidden.shape)
    return Placement(int(lefts[left]), int(tops[top]), wide, high)


def _overlaps(starts: NDArray[np.float64], ends: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """The share of each of several cells of length 1 that lies in each stretch: shape (stretches, cells)."""
    cell = np.arange(cells)
    shares: NDArray[np.float64] = np.clip(np.minimum(ends[:, None], cell + 1) - np.maximum(starts[:, None], cell), 0, 1)
    return shares


UNITS = 8
"""Units of each kind that are looked at for a class."""

TRIED = 14
"""Edits that are tried, at one or two places each."""

MOST_OF_A_UNIT = 2
MOST_REGIONS = 3
"""Edits of one unit that are tried; and those that recolour, and those that remove."""

SMALLEST_GAIN = 0.05
"""Of logits: what moves them less does nothing that anybody would see."""

_BATCH = 1  # so that whoever moves a patch meanwhile waits for one picture at most


@dataclass(frozen=True, eq=False)
class FormulaEdit:
    """An edit of a picture that the formula of a unit suggests, and why, in sentences.

    It is meant to make the unit fire, or to silence it, so that the `expected` class becomes likelier. `gain` is by how
    much it raised the logit of that class against the source's when it was tried, above `SMALLEST_GAIN`.
    """

    edit: PictureEdit
    unit: int
    formula: Formula
    expected: int
    why: str
    gain: float

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True)
class _Candidate:
    shared: SharedUnit
    change: ConceptChange
    source: int
    target: int

    @property
    def formula(self) -> Formula:
        assert self.shared.explanation.best
        return self.shared.explanation.best.formula

    @property
    def fires(self) -> bool:
        """True where the unit is to fire; else it is to be silenced."""
        return self.shared.speaks_for == self.target


def edits_from_formulas(
    probed: ProbedNetwork,
    library: PatchLibrary,
    picture: Image.Image,
    response: SampleResponse,
    source: int,
    targets: Sequence[int],
    *,
    image: int | None = None,
    count: int = 8,
    cancelled: Callable[[], bool] | None = None,
) -> list[FormulaEdit]:
    """Edits that formulas suggest, the most promising first.

    The units that speak for a target against the source, or the other way, name concepts to add and to remove (see
    `shared_units`). A concept to add is pasted: the patch on which the unit's formula holds and which drives the unit
    most, as large as in its own picture, where it was there or at its `initial_placement`; or, where the picture shows
    the thing already, it takes that patch's colour. A colour to add is given to a region that the formula names, or
    else to the largest one. What is to be removed is filled in from its surroundings, or takes the next common colour.

    The first `TRIED` are shown to the network; those that push nowhere or the wrong way are left out. `response` is the
    network's to the picture, `source` the class that it should lose, and `targets` those that it could have instead,
    taken in turn. Without the number of the `image` in the probe dataset nothing is recoloured or removed. StudyError
    when directions were probed in place of channels.
    """
    maker = _Maker(probed, library, picture, image)
    speaking = {target: speaking_map(probed, response, source, target) for target in targets}
    chosen: list[tuple[_Candidate, PictureEdit]] = []
    of_unit: Counter[int] = Counter()
    of_kind: Counter[type[PictureEdit]] = Counter()
    seen: set[tuple[str, str]] = set()
    for candidate in _candidates(probed, picture, source, targets, image, cancelled):
        if len(seen) >= TRIED or (cancelled and cancelled()):
            break
        change, unit = candidate.change, candidate.shared.unit
        if (change.action, change.concept) in seen or of_unit[unit] >= MOST_OF_A_UNIT:
            continue
        edits = maker.edits(candidate, speaking[candidate.target])
        if not edits or (not isinstance(edits[0], Paste) and of_kind[type(edits[0])] >= MOST_REGIONS):
            continue
        seen.add((change.action, change.concept))
        of_unit[unit] += 1
        of_kind[type(edits[0])] += 1
        chosen += [(candidate, edit) for edit in edits]
    seen_after = probed.network.respond(
        [edit.on(picture) for _, edit in chosen], batch_size=_BATCH, cancelled=cancelled
    ).logits
    best: dict[tuple[str, str], FormulaEdit] = {}
    for (candidate, edit), logits in zip(chosen, seen_after, strict=False):
        gain = float((logits - response.logits)[candidate.target] - (logits - response.logits)[source])
        key = candidate.change.action, candidate.change.concept
        if gain > (best[key].gain if key in best else SMALLEST_GAIN):
            why = _why(probed, candidate, edit)
            best[key] = FormulaEdit(edit, candidate.shared.unit, candidate.formula, candidate.target, why, gain)
    return sorted(best.values(), key=lambda one: -one.gain)[:count]


def speaking_map(probed: ProbedNetwork, response: SampleResponse, source: int, target: int) -> NDArray[np.float32]:
    """The evidence of each part of a picture for a class against another: float32, shape (h, w) of the maps, ≥ 0.

    The maps of the units, each times how much more it weighs for the target, where that is above 0. Where the way from
    the layer to the classes is not linear, nothing is known: 0 everywhere.
    """
    if probed.class_weights is None:
        return np.zeros(response.activations.shape[1:], np.float32)
    weights = np.maximum(probed.class_weights[target] - probed.class_weights[source], 0)
    return np.tensordot(weights, np.maximum(response.activations, 0), axes=1).astype(np.float32)


def _candidates(
    probed: ProbedNetwork,
    picture: Image.Image,
    source: int,
    targets: Sequence[int],
    image: int | None,
    cancelled: Callable[[], bool] | None,
) -> Iterator[_Candidate]:
    """Candidates of each target in turn, those that make a unit fire and those that silence one by turns."""
    lists = []
    for target in targets:
        found = shared_units(
            probed.study,
            probed.network,
            source,
            target,
            image=image,
            picture=picture,
            count=UNITS,
            layout=probed.layout,
            cancelled=cancelled,
        )
        candidates = [_Candidate(one, change, source, target) for one in found for change in one.changes]
        lists += [[one for one in candidates if one.fires == fires] for fires in (True, False)]
    for turn in zip_longest(*lists):
        yield from (candidate for candidate in turn if candidate)


class _Maker:
    """Makes edits of candidates."""

    def __init__(self, probed: ProbedNetwork, library: PatchLibrary, picture: Image.Image, image: int | None) -> None:
        self._study = probed.study
        self._library = library
        self._picture = picture
        self._image = image
        self._colours = ConceptColours(probed.study, library)

    def edits(self, candidate: _Candidate, speaking: NDArray[np.float32]) -> list[PictureEdit]:
        """Edits that make the change, one as good as the other; none where there is no patch, or no region, for it."""
        change = candidate.change
        if change.concept in self._colours.names:
            recolour = self._recolour(candidate)
            return [recolour] if recolour else []
        if change.action == "add":
            return self._additions(candidate, speaking)
        if self._image is None:
            return []
        mask = region(self._study, self._image, Leaf(change.concept))
        return [Remove(mask, change.concept)] if mask.any() and not mask.all() else []

    def _additions(self, candidate: _Candidate, speaking: NDArray[np.float32]) -> list[PictureEdit]:
        leaf = Leaf(candidate.change.concept)
        what = And(leaf, candidate.formula) if candidate.fires else leaf
        unit = candidate.shared.unit if candidate.fires else None
        for found in self._library.find(what, unit=unit, count=1, exclude_image=self._image):
            edits: list[PictureEdit] = list(self._pastes(found, leaf.name, speaking))
            if candidate.fires and candidate.change.present and (alike := self._made_alike(found.patch, leaf)):
                edits.append(alike)
            return edits
        return []

    def _pastes(self, found: FoundPatch, name: str, speaking: NDArray[np.float32]) -> Iterator[Paste]:
        """The pastes where it hides least, and where it was in its own picture."""
        patch = replace(found.patch, name=name)
        (width, height), own = self._picture.size, self._study.dataset.picture(found.image).size
        rest = initial_placement(speaking, self._picture.size, patch.size, found.box.width / own[0])
        across = (found.box.left + found.box.width / 2) / own[0] * width
        down = (found.box.top + found.box.height / 2) / own[1] * height
        left = round(min(max(across - rest.width / 2, 0), width - rest.width))
        top = round(min(max(down - rest.height / 2, 0), height - rest.height))
        yield Paste(patch, rest)
        yield Paste(patch, replace(rest, left=left, top=top))

    def _made_alike(self, patch: Patch, leaf: Leaf) -> Recolour | None:
        """The thing that is in the picture already and does not make the unit fire, in the colour of one that does."""
        assert self._image is not None
        mask = region(self._study, self._image, leaf)
        colour = median_colour([patch])
        if colour is None or not mask.any():
            return None
        edit = Recolour(mask, colour, name=leaf.name)
        now = Recolour(mask, tuple(np.median(np.asarray(self._picture)[mask], axis=0).astype(int).tolist()))
        return edit if edit.term not in (*WITHOUT_HUE, now.term) else None

    def _recolour(self, candidate: _Candidate) -> Recolour | None:
        if self._image is None:
            return None
        colour = candidate.change.concept
        thing = self._colours.thing(self._image, candidate.formula, colour, wanted=candidate.change.action == "add")
        if thing is not None and candidate.change.action == "remove":
            colour = self._colours.next_common(thing, colour) or ""
        value = self._colours.value(thing, colour) if thing is not None and colour else None
        if thing is None or value is None:
            return None
        return Recolour(region(self._study, self._image, Leaf(thing)), value, name=thing)


def _why(probed: ProbedNetwork, candidate: _Candidate, edit: PictureEdit) -> str:
    shared, names, fires = candidate.shared, probed.class_names, candidate.fires
    mine, other = (candidate.target, candidate.source) if fires else (candidate.source, candidate.target)
    weights = shared.weights[::-1] if fires else shared.weights
    said = (
        f"Unit {shared.unit} speaks for {names[mine]} (weight {weights[0]:.3g}; for {names[other]} {weights[1]:.3g}) "
        f"and detects {candidate.formula}."
    )
    should = "fire" if fires else "fall silent"
    if isinstance(edit, Recolour) and edit.name == candidate.change.concept:
        return f"{said} The {edit.name} that makes it fire most has this colour."
    if isinstance(edit, Recolour):
        return f"{said} With {edit.name} in this colour it should {should}."
    with_ = "With" if candidate.change.action == "add" else "Without"
    return f"{said} {with_} {candidate.change.concept} it should {should}."
