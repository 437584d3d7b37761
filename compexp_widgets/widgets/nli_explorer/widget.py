"""NLIExplorer: look at the units of a sentence-pair network, one by one, and see which words fire them."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import traitlets

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.study import PairStudy
from compexp_widgets.study.given import AnyPairStudy, as_study
from compexp_widgets.widgets.kernel.router import page_source
from compexp_widgets.widgets.nli_explorer.controller import CONTRACT, DEFAULT_QUANTILE, PairController
from compexp_widgets.widgets.nli_explorer.messages import Firing, Tab
from compexp_widgets.widgets.shared.explorer import ExplorerOptions, ExplorerWidget

if TYPE_CHECKING:
    from typing_extensions import Unpack


class NLIExplorerOptions(ExplorerOptions, total=False):
    """What an `NLIExplorer` is opened with; see its attributes."""

    firing: Firing
    quantile: float
    tab: Tab


class NLIExplorer(ExplorerWidget):
    """The units of a dissected sentence-pair network: a table of all, and a card for the chosen one.

    Parameters
    ----------
    study
        From `dissect`, `open_study` or `demo.nli_study`.
    network
        The network that was probed, to try sentences of one's own; without it the explorer shows the data alone.
    **settings
        Initial values of the attributes below.

    Attributes
    ----------
    unit : int
        The unit shown; at first the one that is described best, as far as known.
    firing : str
        Which activations count: ``"positive"`` or ``"largest"``.
    quantile : float
        Share of the pairs that count as firing when it is ``"largest"``, 0.001 … 0.9.
    max_length : int
        Most concepts in a formula, 1 … 10.
    beam_size : int
        Formulas kept from one length to the next, 1 … 100.
    operators : list of str
        What may join concepts: ``"OR"``, ``"AND"``, ``"AND NOT"``.
    metric : str
        What the search maximises: ``"iou"``, ``"precision"``, ``"recall"``, ``"f1"``.
    excluded_categories : list of str
        Kinds of concepts that no formula may use, such as ``"premise tag"``.
    formula_text : str
        A formula written by hand; empty shows the one that the search finds.
    switched_off : list of int
        Leaves of the shown formula that are left out, counted from the left.
    tab : str
        What is shown of the data: ``"words"``, ``"pairs"`` or ``"labels"``.
    gallery : str
        Which pairs: ``"fires"``, ``"silent"`` (the formula is true, the neuron does not fire) or ``"unexplained"`` (the
        reverse).

    Raises
    ------
    TypeError
        When a setting has a name that is not among these.
    StudyError
        When the network is not the one that was probed.
    """

    contract = CONTRACT
    _esm = page_source("nli_explorer.js")
    _css = page_source("nli_explorer.css")

    firing = traitlets.Enum(get_args(Firing), "positive").tag(sync=True)
    quantile = traitlets.Float(DEFAULT_QUANTILE, min=0.001, max=0.9).tag(sync=True)
    max_length = traitlets.Int(5, min=1, max=10).tag(sync=True)
    beam_size = traitlets.Int(10, min=1, max=100).tag(sync=True)
    tab = traitlets.Enum(get_args(Tab), "words").tag(sync=True)

    @checked(StudyError)
    def __init__(
        self, study: AnyPairStudy, network: AnyNetwork | None = None, **settings: Unpack[NLIExplorerOptions]
    ) -> None:
        opened, probed = as_study(study, PairStudy), None if network is None else as_network(network)
        super().__init__(opened, lambda jobs: PairController(opened, probed, jobs, self), **settings)
