"""VisionExplorer: look at the units of a vision network, one by one, and see what fires them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.signatures.activation_ranges import THRESHOLD_ON, ThresholdOn
from compexp_widgets.study import ExplanationSettings, VisionStudy
from compexp_widgets.study.given import AnyVisionStudy, as_study
from compexp_widgets.widgets.kernel.router import checked_trait, page_source
from compexp_widgets.widgets.shared.explorer import ExplorerOptions, ExplorerWidget
from compexp_widgets.widgets.vision_explorer.controller import CONTRACT, VisionController, of_cluster

if TYPE_CHECKING:
    from typing_extensions import Unpack


class VisionExplorerOptions(ExplorerOptions, total=False):
    """What a `VisionExplorer` is opened with; see its attributes."""

    quantile: float
    threshold_on: ThresholdOn
    cluster: Sequence[int]
    overlay: Literal["both", "neuron", "formula", "heat", "none"]


class VisionExplorer(ExplorerWidget):
    """The units of a dissected vision layer: a table of all, and a card for the chosen one.

    Parameters
    ----------
    study
        From `dissect`, `open_study` or `demo.vision_study`.
    **settings
        Initial values of the attributes below.

    Attributes
    ----------
    unit : int
        The unit shown; at first the one that is described best, as far as known.
    quantile : float
        Share of activations above the threshold, 0.0005 … 0.1.
    threshold_on : str
        Of which activations that share is: ``"map"``, the layer's own, or ``"grid"``, those on the annotation grid.
    cluster : list of int
        The range of activations that counts as firing, in place of the quantile: its number, from 1, the lowest, and
        how many there are; empty for the largest activations.
    max_length : int
        Most concepts in a formula, 1 … 10.
    beam_size : int
        Formulas kept from one length to the next, 1 … 100.
    operators : list of str
        What may join concepts: ``"OR"``, ``"AND"``, ``"AND NOT"``.
    metric : str
        What the search maximises: ``"iou"``, ``"precision"``, ``"recall"``, ``"f1"``.
    excluded_categories : list of str
        Kinds of concepts that no formula may use.
    formula_text : str
        A formula written by hand; empty shows the one that the search finds.
    switched_off : list of int
        Leaves of the shown formula that are left out, counted from the left.
    gallery : str
        ``"fires"``, ``"silent"`` (the formula holds, the neuron does not fire) or ``"unexplained"`` (the reverse).
    overlay : str
        ``"both"``, ``"neuron"``, ``"formula"``, ``"heat"`` or ``"none"``.

    Raises
    ------
    TypeError
        When a setting has a name that is not among these.
    """

    contract = CONTRACT
    _esm = page_source("vision_explorer.js")
    _css = page_source("vision_explorer.css")

    quantile = traitlets.Float(0.005, min=0.0001, max=0.5).tag(sync=True)
    threshold_on = traitlets.Enum(THRESHOLD_ON, "map").tag(sync=True)
    cluster = traitlets.List(traitlets.Int()).tag(sync=True)
    overlay = traitlets.Enum(("both", "neuron", "formula", "heat", "none"), "both").tag(sync=True)

    @checked(StudyError)
    def __init__(self, study: AnyVisionStudy, **settings: Unpack[VisionExplorerOptions]) -> None:
        opened = as_study(study, VisionStudy)
        super().__init__(opened, lambda jobs: VisionController(opened, jobs, self), **settings)

    @traitlets.validate("cluster")
    def _check_cluster(self, proposal: dict[str, Any]) -> list[int]:
        checked_trait(partial(of_cluster, ExplanationSettings()), proposal["value"])
        return proposal["value"]  # type: ignore[no-any-return]

    def _forget_formula(self, change: object) -> None:
        super()._forget_formula(change)
        self.cluster = []  # it belongs to the unit that it was chosen for
