"""The units between two classes: which ones decide, what they detect, and what to add to a picture or take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.analysis.contributions import Contributions, class_number, contributions
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.formula import Formula, Leaf, to_tokens
from compexp_widgets.listing import Listing
from compexp_widgets.networks.class_weights import linear_head
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, Row, facts, fields_html, muted, section
from compexp_widgets.short_text import gain_text, one_line
from compexp_widgets.study import Explanation, ExplanationSettings, VisionStudy
from compexp_widgets.study.given import AnyVisionStudy, as_study


@dataclass(frozen=True)
class ConceptChange:
    """One thing to try, read off a formula: ``"add"`` a concept to the picture, or ``"remove"`` it. `present` tells
    whether the image shows it now; None where the image is not annotated.
    """

    action: Literal["add", "remove"]
    concept: str
    present: bool | None = None

    _repr_html_ = fields_html


@dataclass(frozen=True)
class SharedUnit:
    """A unit that speaks differently for two classes: for `speaks_for`, the number of the target or of the source, more
    than for the other.

    `weights` are to source and target: by how much each score rises when the unit's activation rises by 1 everywhere;
    `contributions` those to them on the picture, None without a picture. `explanation` is what it detects, and
    `changes` what its formula says to try: for a unit of the target, what would make it fire; for one of the source,
    what would silence it.
    """

    unit: int
    speaks_for: int
    weights: tuple[float, float]
    contributions: tuple[float, float] | None
    explanation: Explanation
    changes: tuple[ConceptChange, ...]

    def __repr__(self) -> str:
        return f"<SharedUnit {self.unit}, speaks for class {self.speaks_for}: {self.explanation}>"

    _table_name_ = "unit"
    _table_heads_ = ("unit", "best formula", "to try"), ("speaks for", "to source", "to target")

    def _table_row_(self) -> Row:
        best = self.explanation.best
        formula = best._inline_html_() if best else muted(str(self.explanation))
        numbers = (f"class {self.speaks_for}", *(gain_text(weight) for weight in self.weights))
        return (str(self.unit), formula, self._to_try()), numbers, None

    def _to_try(self) -> str:
        return ", ".join(f"{change.action} {one_line(change.concept, 40)}" for change in self.changes)

    def _repr_html_(self) -> Html:
        best = self.explanation.best
        told = [
            ("speaks for", f"class {self.speaks_for}"),
            ("weights", " to source, ".join(gain_text(weight) for weight in self.weights) + " to target"),
            ("to try", self._to_try()),
        ]
        return section(f"unit {self.unit}", best._inline_html_() if best else str(self.explanation), facts(told))

    @property
    def shared(self) -> bool:
        """True where it speaks for both classes, for one more than for the other."""
        return min(self.weights) > 0


@checked(StudyError)
def shared_units(
    study: AnyVisionStudy,
    network: AnyNetwork,
    source: int | str,
    target: int | str,
    *,
    image: int | None = None,
    picture: AnyPicture | None = None,
    count: int = 10,
    settings: ExplanationSettings | None = None,
    layout: Layout | Form | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[SharedUnit]:
    """The units that decide between two classes, and what their formulas say would turn one into the other.

    Units that speak for the target come first, those whose weight to the target exceeds that to the source most: to
    make them fire, the concepts of their formulas are to be added, and those under NOT removed. Then those that speak
    for the source, ranked by what they contribute to the difference on the picture, or without one by weight: for them
    it is the other way round, and only what is in the image, where the formula holds, can be taken away.

    A formula describes a unit as far as its IoU goes: these are guesses to be tried. Concepts that hold in whole
    images, such as scenes, are left out, since no edit of a part adds or removes them.

    Parameters
    ----------
    network
        The one that was probed.
    source, target
        Numbers or names of classes: what the picture is taken for, and what it should be taken for.
    image
        An image of the probe dataset: tells what can be removed.
    picture
        What the network is shown; the image's own where it is left out. Without both, weights alone decide.
    count
        Units at most, of each kind.
    settings
        Of the explanations; None: the study's default.
    layout
        As given to `dissect`, where it was.
    cancelled
        Asked while gradients are worked out (see `contributions`).

    Raises
    ------
    StudyError
        When the network is not the one that was probed, its directions were probed and not its channels, or there is
        no such image.
    NetworkError
        When there is no such class, or the network needs a picture to tell what its units are good for.
    """
    network = as_network(network)
    study = as_study(study, VisionStudy)
    _check(study, network, image)
    pair = class_number(network, source), class_number(network, target)
    shown = None if picture is None else as_picture(picture, error=StudyError)
    if shown is None and image is not None:
        shown = study.dataset.picture(image)
    weights, products = _weights(study, network, pair, shown, layout, cancelled)
    towards = weights[1] - weights[0]
    against = towards if products is None else products[1] - products[0]
    chosen = [(pair[1], unit) for unit in _largest(towards, count)]
    # A unit is of one kind: what speaks here for the source though its weight is the target's fires below 0.
    chosen += [(pair[0], unit) for unit in _largest(-against, count) if (pair[1], unit) not in chosen]
    explanations = study.explanations([unit for _, unit in chosen], settings or study.default_settings)
    whole = {study.table.concepts[concept] for one in study.dataset.images for concept in one.whole}
    found: list[SharedUnit] = Listing()
    for (speaks_for, unit), explanation in zip(chosen, explanations, strict=True):
        formula = explanation.best.formula if explanation.best else None
        changes = () if formula is None else _changes(study, formula, image, fire=speaks_for == pair[1])
        found.append(
            SharedUnit(
                unit,
                speaks_for,
                (float(weights[0, unit]), float(weights[1, unit])),
                None if products is None else (float(products[0, unit]), float(products[1, unit])),
                explanation,
                tuple(change for change in changes if change.concept not in whole),
            )
        )
    return found


def _check(study: VisionStudy, network: Network, image: int | None) -> None:
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise StudyError(
            f"{network.name} is not the network that was probed ({about.network}): give the one that the study was "
            "made with"
        )
    if about.directions:
        raise StudyError("the study probed directions in place of channels: what they add to a class is not known")
    if image is not None and not 0 <= image < study.samples:
        raise StudyError(f"there is no image {image}: the probe dataset has images 0 … {study.samples - 1}")


def _weights(
    study: VisionStudy,
    network: Network,
    pair: tuple[int, int],
    picture: Image.Image | None,
    layout: Layout | Form | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Weights and contributions, of shape (2, units): to source and target."""
    layer = study.configuration.layer
    if picture is None:
        head = linear_head(network, layer, [], layout=layout)
        if head is None:
            raise NetworkError(
                f"what the units of layer {layer!r} do for the classes of {network.name} depends on the picture: give "
                "image= or picture="
            )
        return head.weights[list(pair)], None
    found: Contributions = contributions(network, layer, picture, classes=pair, layout=layout, cancelled=cancelled)
    if found.weight is None or len(found.classes) < len(pair):  # cancelled
        nothing = np.zeros((len(pair), study.units.count), np.float32)
        return nothing, nothing
    return found.weight, found.contribution


def _largest(values: NDArray[np.float32], count: int) -> list[int]:
    """The places of the largest values above 0, the largest first."""
    order = np.argsort(-values, kind="stable")[:count]
    return [int(place) for place in order if values[place] > 0]


def _changes(study: VisionStudy, formula: Formula, image: int | None, *, fire: bool) -> Iterable[ConceptChange]:
    """Changes that would make a formula true (`fire`) or false, in the order of its leaves."""
    signatures = None if image is None else study.units.positions[image]
    holds = study.table.truth(formula)
    changes: dict[ConceptChange, None] = {}
    for token in to_tokens(formula):
        if token["kind"] != "leaf":
            continue
        action: Literal["add", "remove"] = "add" if fire != token["negated"] else "remove"
        present = None
        if signatures is not None:
            carries = study.table.truth(Leaf(token["name"]))
            present = bool(carries[signatures].any())
            if not fire:  # only what holds the formula up can bring it down
                possible = holds if action == "add" else carries & holds
            else:
                possible = carries if action == "remove" else np.ones_like(holds)
            if not possible[signatures].any():
                continue
        changes[ConceptChange(action, token["name"], present)] = None
    return changes
