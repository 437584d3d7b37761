"""Messages between PasteLab and its page.

Of pictures, 0 … are those of the data set and -1 is the one that was uploaded. A target is the class that is wanted, -1
for any other than the one that the network gives the unedited picture. Probabilities and shares are 0 … 1.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from compexp_widgets.widgets.kernel.messages import Fields, Message, Part, Progress, Request
from compexp_widgets.widgets.shared.messages import CertificatePart, FormulaPart, NamedConcept

Unit = Annotated[int, Meta(ge=0)]
FileName = Annotated[str, Meta(max_length=4_000)]


# Edits, as the trait `edits` and requests hold them


class _Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="edit"):
    """Hashable: what they make of a picture is remembered."""


class PastePatch(_Edit, tag="paste", frozen=True, kw_only=True):
    """A patch, by its id, laid on the picture as `adversarial.Placement` says."""

    patch: str
    left: float
    top: float
    width: float
    height: float
    rotation: float = 0.0
    flipped: bool = False
    opacity: float = 1.0


class RecolourRegion(_Edit, tag="recolour", frozen=True, kw_only=True):
    """The region of the picture where a formula holds, in another colour: red, green, blue, each 0 … 255. A strength of
    0 leaves it as it is, 1 replaces its colour.
    """

    formula: str
    colour: tuple[int, int, int]
    strength: float = 1.0


class RemoveRegion(_Edit, tag="remove", frozen=True, kw_only=True):
    """The region of the picture where a formula holds, filled from its surroundings."""

    formula: str


PageEdit = PastePatch | RecolourRegion | RemoveRegion


# Requests


class PictureRequest(Request, tag="picture", kw_only=True):
    """A picture, with some edits made; such as regions, which the page cannot change itself."""

    image: int
    edits: tuple[PageEdit, ...] = ()


class PictureUpload(Request, tag="upload_picture", kw_only=True):
    """A picture file of the person's own takes the place of the one before."""

    name: FileName


class PatchUpload(Request, tag="upload_patch", kw_only=True):
    """A picture file of the person's own becomes a patch."""

    name: FileName


class RegionRequest(Request, tag="region", kw_only=True):
    """The region of a picture where a formula holds."""

    image: int
    formula: str


class PatchSearch(Request, tag="patches", kw_only=True):
    """Patches on which a concept or formula holds, but none cut from `image`; those that drive `unit` most come first.
    -1 is none of either.
    """

    query: str
    unit: Annotated[int, Meta(ge=-1)] = -1
    image: Annotated[int, Meta(ge=-1)] = -1


class KnownPatches(Request, tag="known_patches", kw_only=True):
    """Patches that were shown before, by their ids, as after the page was loaded anew."""

    ids: list[str]


class EditedRequest(Request, kw_only=True):
    """An edited picture, and what is wanted of it."""

    image: int
    edits: tuple[PageEdit, ...] = ()
    target: int = -1


class ResponseRequest(EditedRequest, tag="response", kw_only=True):
    """The response to a picture before and after its edits; without units, of those that tell most of what happens."""

    units: tuple[Unit, ...] = ()


class FormulaEditsRequest(EditedRequest, tag="formula_edits", kw_only=True):
    """Edits that the units' formulas suggest, on top of those that are there."""


class TransferRequest(EditedRequest, tag="transfer", kw_only=True):
    """Answers of other networks to the picture."""


class RecipeRequest(EditedRequest, tag="recipe", kw_only=True):
    """The recipe of the edits."""


class Constraints(Fields, kw_only=True):
    """Constraints of a search for an edit: the largest share of the picture that may be covered, and a formula: where
    it holds is to stay visible; empty for nothing.
    """

    largest_share: float = 0.25
    keep: str = ""


class SearchRequest(EditedRequest, tag="search", kw_only=True):
    """The smallest paste of one of these patches, by their ids, that leads to the wanted class."""

    patches: list[str]
    constraints: Constraints


class SweepRequest(EditedRequest, tag="sweep", kw_only=True):
    """One patch, by its id, pasted all over the picture, turned as `adversarial.Placement` says.

    Attributes
    ----------
    steps
        Places across, places down, and sizes.
    """

    patch: str
    rotation: float = 0.0
    flipped: bool = False
    opacity: float = 1.0
    steps: Annotated[int, Meta(ge=2, le=12)] = 6


class ControlsRequest(EditedRequest, tag="controls", kw_only=True):
    """The last paste compared with its controls. The units are silenced, and the activation of the first is shown;
    empty for the one that tells most.
    """

    units: tuple[Unit, ...] = ()


# Answers, parts of them, and events


class ImageName(Part, kw_only=True):
    """A picture of the data set."""

    image: int
    name: str


class Study(Message, tag="study", kw_only=True):
    """The study.

    Attributes
    ----------
    classes
        Names, in the order of the network's outputs.
    networks
        Names of the others, to which edited pictures can be shown.
    categories
        Of the concepts, in the order of their colours.
    """

    title: str
    certificate: CertificatePart
    classes: list[str]
    images: list[ImageName]
    units: int
    networks: list[str]
    concepts: list[NamedConcept]
    categories: list[str]


class Explained(Message, tag="explained", kw_only=True):
    """Units explained so far."""

    done: int
    total: int


class Picture(Message, tag="picture", kw_only=True):
    """A picture, its size in pixels.

    Attributes
    ----------
    concepts
        Those that hold on it, of most positions first; none where it was uploaded.
    note
        What was done to the file; empty where nothing was.
    """

    image: int
    name: str
    width: int
    height: int
    concepts: list[str]
    note: str = ""


class Prediction(Part, kw_only=True):
    """The network's answer to a picture: the likeliest class, and one probability a class."""

    predicted: int
    probabilities: list[float]


class UnitResponse(Part, kw_only=True):
    """A unit before and after the edits: its largest activation, None where that is no number.

    Attributes
    ----------
    formula
        None where it has none, or is not explained yet.
    threshold, includes_threshold
        From which activation on it fires.
    weight_target, weight_original
        How much it speaks for the wanted class and for the original one; None where the layer does not tell.
    """

    unit: int
    formula: FormulaPart | None
    before: float | None
    after: float | None
    threshold: float | None
    includes_threshold: bool
    fires_before: bool
    fires_after: bool
    weight_target: float | None
    weight_original: float | None


class ChangedFormula(Part, kw_only=True):
    """A unit's formula that the edits made true or false somewhere, with the shares of the positions where it holds."""

    unit: int
    formula: FormulaPart
    before: float
    after: float


class Response(Message, tag="response", kw_only=True):
    """The response to a picture before and after its edits.

    Attributes
    ----------
    original, wanted
        The class before, and the one that the edits are about.
    grid
        Height and width of the annotation grid, on which the masks in the buffers lie.
    changed, changed_note
        The formulas that changed; None where that is not known, with the reason.
    explained
        How many units have been explained.
    covered
        The share of the picture that the edits change.
    """

    image: int
    before: Prediction
    after: Prediction
    original: int
    flipped: bool
    wanted: int
    grid: tuple[int, int]
    units: list[UnitResponse]
    changed: list[ChangedFormula] | None
    changed_note: str
    explained: int
    covered: float
    seconds: float


class PatchInfo(Part, kw_only=True):
    """A patch, its size in pixels.

    Attributes
    ----------
    origin
        Where it was cut from.
    drive
        How strongly it drives the unit that was asked about; None where none was.
    """

    id: str
    name: str
    origin: str
    width: int
    height: int
    drive: float | None = None


class Patches(Message, tag="patches", kw_only=True):
    """Patches."""

    patches: list[PatchInfo]


class Region(Message, tag="region", kw_only=True):
    """A region of a picture, and its share of it."""

    share: float


class FormulaEdit(Part, kw_only=True):
    """An edit that a unit's formula suggests, in words, why it should work, and the class that it should lead to."""

    words: str
    unit: int
    formula: FormulaPart
    why: str
    expected: int
    edit: PageEdit
    patch: PatchInfo | None


class FormulaEdits(Message, tag="formula_edits", kw_only=True):
    """Edits that the units' formulas suggest; the note, if any, says why there can be none."""

    edits: list[FormulaEdit]
    note: str = ""


class NetworkRow(Part, kw_only=True):
    """A network's likeliest classes, and the probability of the wanted one afterwards, None where it has no such."""

    network: str
    before: str
    before_probability: float
    after: str
    after_probability: float
    target_probability: float | None


class Transfer(Message, tag="transfer", kw_only=True):
    """Answers of this network and others."""

    rows: list[NetworkRow]


class LoadedRecipe(Message, tag="edits", kw_only=True):
    """A recipe's picture, edits, their patches, and target; in words what the network answers now, and did then."""

    image: int
    edits: list[PageEdit]
    target: int
    patches: list[PatchInfo]
    words: str


class FoundEdit(Part, kw_only=True):
    """The smallest edit so far, the share of the picture that it changes, and the class that it leads to."""

    edit: PageEdit
    covered: float
    predicted: int


class Search(Progress, tag="search", kw_only=True):
    """Edits that a search has found.

    Attributes
    ----------
    succeeded
        How many of the tried placements lead to the wanted class.
    words
        At the end: what came of it.
    """

    succeeded: int
    best: FoundEdit | None
    words: str


class Counts(Part, kw_only=True):
    """Placements of each outcome."""

    success: int
    partial: int
    failure: int


class Sweep(Progress, tag="sweep", kw_only=True):
    """The outcomes of the placements of a sweep, so far.

    Attributes
    ----------
    lefts, tops, sizes
        The placements: pixels of the picture; sizes are of the patch's longer side.
    outcomes
        One letter a placement that was tried: s, p or f; by size, then top, then left.
    target
        The probability of what is wanted at each.
    """

    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    sizes: tuple[int, ...]
    outcomes: str
    target: list[float]
    counts: Counts


class ControlRow(Part, kw_only=True):
    """The edit, or one of its controls, and the probability of the wanted class before and after.

    Attributes
    ----------
    unit_after
        The largest activation of the first unit; None where none was silenced.
    """

    what: str
    words: str
    flipped: bool
    target_before: float
    target_after: float
    unit_after: float | None


class Controls(Progress, tag="controls", kw_only=True):
    """A paste beside its controls, and what they say together; no rows before the end."""

    rows: list[ControlRow]
    verdict: str
