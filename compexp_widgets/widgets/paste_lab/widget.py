"""PasteLab: paste, recolour and remove in a picture, and see what the network makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import msgspec
import traitlets

from compexp_widgets.adversarial.images.editing import StoredPicture
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, PictureEdit, Placement
from compexp_widgets.adversarial.recipe import Recipe
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.given import AnyVisionStudy, as_study
from compexp_widgets.study.probed_network import ProbedNetwork
from compexp_widgets.widgets.kernel.jobs import Jobs
from compexp_widgets.widgets.kernel.messages import read_request
from compexp_widgets.widgets.kernel.router import PageWidget, checked_trait, page_source
from compexp_widgets.widgets.paste_lab.controller import CONTRACT, PasteController
from compexp_widgets.widgets.paste_lab.messages import EditedRequest, PageEdit, RecipeRequest
from compexp_widgets.widgets.paste_lab.pictures import UPLOADED
from compexp_widgets.widgets.paste_lab.recipes import load_recipe, recipe_of

if TYPE_CHECKING:
    from typing_extensions import Unpack


class PasteLabOptions(TypedDict, total=False):
    """What a `PasteLab` is opened with; see its attributes."""

    image: int
    edits: list[dict[str, Any]]
    units: Sequence[int]
    target: int
    query: str


class Attitude(TypedDict, total=False):
    """How a patch lies; see `Placement`."""

    rotation: float
    flipped: bool
    opacity: float


class PasteLab(PageWidget):
    """A picture that is edited, with what the network says of it before and after.

    >>> PasteLab(demo.vision_study(), demo.vision_network())

    Parameters
    ----------
    study
        From `dissect`, `open_study` or `demo.vision_study`.
    network
        The network that was probed.
    networks
        Others, to which edited pictures can be shown.
    layout, directions
        As given to `dissect`, where they were.
    **settings
        Initial values of the attributes below.

    Attributes
    ----------
    image : int
        Which picture of the data set, from 0; -1 is one that was uploaded.
    edits : list of dict
        What is done to it, in order, as the page writes it: a paste names its patch by an id, a region is a formula.
        `paste` and `load` make them from patches and recipes.
    units : list of int
        The units that are shown; empty for those that tell most of what happens.
    target : int
        The class that is wanted; -1 for any other than the one that the network gives the picture as it is.
    query : str
        The concept or formula that patches are searched for.

    Raises
    ------
    TypeError
        When a setting has a name that is not among these.
    StudyError
        When the network is not the one that was probed.
    NetworkError
        When it does not classify.
    """

    contract = CONTRACT
    controller: PasteController
    _esm = page_source("paste_lab.js")
    _css = page_source("paste_lab.css")

    image = traitlets.Int(0, min=-1).tag(sync=True)
    edits = traitlets.List(traitlets.Dict()).tag(sync=True)
    units = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    target = traitlets.Int(-1, min=-1).tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)

    @checked(StudyError)
    def __init__(
        self,
        study: AnyVisionStudy,
        network: AnyNetwork,
        *,
        networks: Sequence[AnyNetwork] = (),
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
        **settings: Unpack[PasteLabOptions],
    ) -> None:
        self.study = opened = as_study(study, VisionStudy)
        others = [as_network(one, "a network") for one in networks]

        def controller(jobs: Jobs) -> PasteController:
            probed = ProbedNetwork(opened, network, layout=layout, directions=directions)
            return PasteController(probed, others, jobs)

        super().__init__(controller, **settings)

    def paste(
        self,
        patch: Patch,
        left: float,
        top: float,
        width: float,
        height: float | None = None,
        **geometry: Unpack[Attitude],
    ) -> None:
        """Paste a patch on top of all that is there.

        Parameters
        ----------
        left, top, width, height
            Where, in pixels of the picture; without a height the patch keeps its shape.
        **geometry
            ``rotation``, ``flipped``, ``opacity``, as of `Placement`.
        """
        if height is None:
            height = width * patch.size[1] / patch.size[0]
        pasted = Paste(patch, Placement(left, top, width, height, **geometry))
        self.edits = [*self.edits, *_plain(self.controller.pictures.to_page(UPLOADED, [pasted]))]

    @property
    def picture_edits(self) -> tuple[PictureEdit, ...]:
        """The edits as `apply_edits` takes them."""
        return self.controller.pictures.edits(self.image, self._asked.edits)

    @property
    def recipe(self) -> Recipe[StoredPicture]:
        """The edits as they stand, with what the network answers: to save, and to replay elsewhere."""
        return recipe_of(self.controller.probed.copy(), self.controller.pictures, self._asked)

    def load(self, recipe: Recipe[StoredPicture]) -> None:
        """Show what a recipe makes.

        Raises
        ------
        EditError
            When its picture is not in the data set and cannot be had otherwise.
        """
        image, edits, target = load_recipe(self.controller.probed, self.controller.pictures, recipe)
        with self.hold_trait_notifications():
            self.image, self.edits, self.target = image, _plain(edits), target

    @property
    def _asked(self) -> EditedRequest:
        content = {"type": "recipe", "image": self.image, "edits": self.edits, "target": self.target}
        asked = read_request(content, {"recipe": RecipeRequest})
        assert isinstance(asked, RecipeRequest)
        return asked

    @traitlets.validate("image")
    def _check_image(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self.controller.pictures.checked, proposal["value"])

    @traitlets.validate("target")
    def _check_target(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self.controller.checked_class, proposal["value"])

    @traitlets.validate("units")
    def _check_units(self, proposal: dict[str, Any]) -> list[int]:
        return checked_trait(self.study.checked_units, proposal["value"])


def _plain(edits: Sequence[PageEdit]) -> list[dict[str, Any]]:
    """Edits as the trait holds them, and as they come back from the page."""
    plain: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(edits))
    return plain
