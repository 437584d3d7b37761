"""PasteLab: paste, recolour and remove in a picture, and see what the network makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from compexp_widgets.adversarial.images.editing import StoredPicture
from compexp_widgets.adversarial.images.edits.paste import Patch, PictureEdit
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.adversarial.recipe import Recipe
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.layout import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.study import VisionStudy
from compexp_widgets.widgets.kernel.front_desk import check_names, checked_trait
from compexp_widgets.widgets.kernel.page_source import page_source
from compexp_widgets.widgets.paste_lab.controller import PasteDesk


class PasteLab(anywidget.AnyWidget):
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

    _esm = page_source("paste_lab.js")
    _css = page_source("paste_lab.css")

    image = traitlets.Int(0, min=-1).tag(sync=True)
    edits = traitlets.List(traitlets.Dict()).tag(sync=True)
    units = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    target = traitlets.Int(-1, min=-1).tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        study: VisionStudy,
        network: Network,
        *,
        networks: Sequence[Network] = (),
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
        **settings: Any,
    ) -> None:
        self.study = study
        check_names("PasteLab", self.trait_names(sync=True), settings)
        bench = ProbedNetwork(study, network, layout=layout, directions=directions)
        self._desk = PasteDesk(bench, networks, self._deliver)
        super().__init__(**settings)
        self.on_msg(self._answer)

    def paste(
        self, patch: Patch, left: float, top: float, width: float, height: float | None = None, **geometry: Any
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
        self.edits = [*self.edits, self._desk.pasted(patch, left, top, width, height, **geometry)]

    @property
    def picture_edits(self) -> tuple[PictureEdit, ...]:
        """The edits as `apply_edits` takes them."""
        return self._desk.pictures.edits(self.image, self.edits)

    @property
    def recipe(self) -> Recipe[StoredPicture]:
        """The edits as they stand, with what the network answers: to save, and to replay elsewhere."""
        return self._desk.recipe(self.image, self.edits, self.target)

    def load(self, recipe: Recipe[StoredPicture]) -> None:
        """Show what a recipe makes.

        Raises
        ------
        EditError
            When its picture is not in the data set and cannot be had otherwise.
        """
        loaded = self._desk.loaded(recipe)
        with self.hold_trait_notifications():
            self.image, self.edits, self.target = loaded["image"], loaded["edits"], loaded["target"]

    @traitlets.validate("image")
    def _check_image(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self._desk.pictures.checked, proposal["value"])

    @traitlets.validate("target")
    def _check_target(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self._desk.checked_class, proposal["value"])

    @traitlets.validate("units")
    def _check_units(self, proposal: dict[str, Any]) -> list[int]:
        return checked_trait(self.study.checked_units, proposal["value"])

    def close(self) -> None:
        """Stop what runs in the background and take the widget off the page."""
        if hasattr(self, "_desk"):  # else it was never made, and Python throws away what there is of it
            self._desk.close()
        super().close()

    def _answer(self, _widget: object, content: object, buffers: list[memoryview]) -> None:
        self._desk.answer(content, [bytes(buffer) for buffer in buffers])

    def _deliver(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)
