"""Messages of VisionExplorer, besides those of every explorer."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from compexp_widgets.signatures.activation_ranges import ThresholdOn
from compexp_widgets.widgets.kernel.messages import Message, Part, Request
from compexp_widgets.widgets.shared.messages import (
    CardMessage,
    CardSettings,
    ProofState,
    SearchDefaults,
    StudyMessage,
    Token,
)


class VisionSettings(CardSettings):
    """The settings of a card: the traits of VisionExplorer.

    Attributes
    ----------
    cluster
        The range of activations that counts as firing: its number, from 1, and how many there are; empty for the
        largest ones.
    """

    threshold_on: ThresholdOn = "map"
    cluster: tuple[int, ...] = ()


class CardRequest(Request, tag="card"):
    """Ask for the card of a unit."""

    settings: VisionSettings
    tiles: Annotated[int, Meta(ge=0, le=60)] = 12


class EvidenceRequest(Request, tag="evidence"):
    """Ask for evidence for the formula of a unit."""

    settings: VisionSettings


class ExplainAll(Request, tag="explain_all"):
    """Explain all units with these settings, but for what is about one unit."""

    settings: VisionSettings


class RangesRequest(Request, tag="ranges"):
    """Ask for the formula of each range of a unit's activations."""

    settings: VisionSettings
    of: Annotated[int, Meta(ge=1, le=20)]


class PicturesRequest(Request, tag="pictures"):
    """Pictures by their numbers."""

    images: Annotated[tuple[int, ...], Meta(max_length=200)]


class VisionDefaults(SearchDefaults):
    """The settings of the unit table."""

    threshold_on: ThresholdOn


class VisionStudyMessage(StudyMessage, tag="study", kw_only=True):
    """Description of a study of images.

    Attributes
    ----------
    grid
        Height and width of the annotation grid.
    """

    grid: tuple[int, int]
    defaults: VisionDefaults


class Tile(Part):
    """One image of a gallery.

    Attributes
    ----------
    split, scene
        Which part of the data it belongs to, and its scene; empty where that is not known.
    peak
        The unit's largest activation on it.
    neuron, formula, both
        At how many positions the unit fires, the formula holds, and both.
    """

    image: int
    name: str
    split: str
    scene: str
    peak: float | None
    neuron: int
    formula: int
    both: int


class VisionCard(CardMessage, tag="card"):
    """The card of one unit of a vision network.

    Attributes
    ----------
    upper_limit
        The activation above which it does not fire any more; None where there is none.
    map_shape
        Height and width of the activation maps.
    """

    upper_limit: float | None
    active_images: int
    map_shape: tuple[int, int]
    gallery: str
    gallery_counts: dict[str, int]
    tiles: list[Tile]


class PicturePart(Part):
    """One picture.

    Attributes
    ----------
    concepts
        The concepts of each set of concepts that holds somewhere on it, by the number of the set.
    """

    image: int
    width: int
    height: int
    concepts: dict[str, list[int]]


class Pictures(Message, tag="pictures"):
    """Pictures with what their positions are labelled."""

    pictures: list[PicturePart]


class RangeLimits(Part):
    """The ends of a range of activations; `high` is None for the one that has no upper end."""

    number: int
    low: float
    high: float | None


class Ranges(Message, tag="ranges"):
    """The ranges of a unit's activations, the highest first, and the distribution of the positive ones.

    Attributes
    ----------
    largest
        The unit's largest activation, or 0.
    histogram
        How many activations lie in each of 40 bins between 0 and the largest one.
    """

    unit: int
    ranges: list[RangeLimits]
    largest: float
    histogram: list[int]


class RangeFormula(Message, tag="range"):
    """The formula of one range and its scores, by the names of La Rosa et al. 2023.

    Attributes
    ----------
    share
        Of all positions, the share in this range.
    """

    text: str
    tokens: list[Token]
    unit: int
    number: int
    share: float
    iou: float
    detection_accuracy: float
    activation_coverage: float
    sample_coverage: float
    proof: ProofState
