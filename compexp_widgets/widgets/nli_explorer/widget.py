"""NLIExplorer: look at the units of a sentence-pair network, one by one, and see which words fire them."""

from __future__ import annotations

from functools import partial
from typing import Any

import anywidget
import traitlets

from compexp_widgets.formula import parse
from compexp_widgets.networks.pairs import PairNetwork
from compexp_widgets.search import METRICS, OPERATORS
from compexp_widgets.study import Explanation, ExplanationSettings, PairStudy
from compexp_widgets.widgets.kernel.front_desk import check_names, checked_trait, unknown_message
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.kernel.page_source import page_source
from compexp_widgets.widgets.nli_explorer.messages import (
    DEFAULT_QUANTILE,
    FIRING,
    TABS,
    pair_card_message,
    pair_label,
    pair_row,
    pair_settings_from_page,
    pair_study_message,
    request_from_page,
    toggled_message,
)
from compexp_widgets.widgets.nli_explorer.probe import PairProbe
from compexp_widgets.widgets.shared.explanation_messages import Message
from compexp_widgets.widgets.shared.prover import Prover
from compexp_widgets.widgets.shared.unit_desk import Manner, UnitDesk, best_known_unit


class NLIExplorer(anywidget.AnyWidget):
    """The units of a dissected sentence-pair network: a table of all, and a card for the chosen one.

    Parameters
    ----------
    study
        From `dissect_pairs`, `open_study` or `demo.nli_study`.
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

    _esm = page_source("nli_explorer.js")
    _css = page_source("nli_explorer.css")

    unit = traitlets.Int(0, min=0).tag(sync=True)
    firing = traitlets.Enum(FIRING, "positive").tag(sync=True)
    quantile = traitlets.Float(DEFAULT_QUANTILE, min=0.001, max=0.9).tag(sync=True)
    max_length = traitlets.Int(5, min=1, max=10).tag(sync=True)
    beam_size = traitlets.Int(10, min=1, max=100).tag(sync=True)
    operators = traitlets.List(traitlets.Enum(OPERATORS), list(OPERATORS)).tag(sync=True)
    metric = traitlets.Enum(METRICS, "iou").tag(sync=True)
    excluded_categories = traitlets.List(traitlets.Unicode()).tag(sync=True)
    formula_text = traitlets.Unicode("").tag(sync=True)
    switched_off = traitlets.List(traitlets.Int()).tag(sync=True)
    tab = traitlets.Enum(TABS, "words").tag(sync=True)
    gallery = traitlets.Enum(("fires", "silent", "unexplained"), "fires").tag(sync=True)

    def __init__(self, study: PairStudy, network: PairNetwork | None = None, **settings: Any) -> None:
        self.study = study
        # What the unit table shows, so that the line below can tell of every unit that fires.
        self._explained: dict[int, Explanation] = {}
        manner = Manner(
            present=lambda: self.settings,
            study=partial(pair_study_message, study, probe=network is not None),
            read=partial(request_from_page, study),
            card=partial(pair_card_message, study),
            row=self._row,
            table_settings=partial(pair_settings_from_page, study),
            label=pair_label,
        )
        self._desk = UnitDesk(study, manner, self._deliver)
        self._prover = Prover(study, self._desk.pause, self._desk.deliver)
        self._desk.works["proof"] = self._prover
        self._probe = PairProbe(study, network) if network else None
        check_names("NLIExplorer", self.trait_names(sync=True), settings)
        if "unit" not in settings:
            settings["unit"] = best_known_unit(study)
        super().__init__(**settings)
        self.observe(self._forget_formula, "unit")
        self.on_msg(self._answer)

    @property
    def settings(self) -> ExplanationSettings:
        """The explorer's present settings, for ``study.explain_unit`` and the like."""
        names = ("firing", "quantile", "max_length", "beam_size", "operators", "metric", "excluded_categories")
        return pair_settings_from_page(self.study, {name: getattr(self, name) for name in names})

    @traitlets.validate("unit")
    def _check_unit(self, proposal: dict[str, Any]) -> int:
        return checked_trait(self.study.checked_units, proposal["value"])[0]

    def _forget_formula(self, _change: object) -> None:
        """A formula written by hand belongs to the unit it was written for."""
        self.formula_text = ""
        self.switched_off = []

    def close(self) -> None:
        """Stop what runs in the background and take the widget off the page."""
        if hasattr(self, "_desk"):  # else it was never made, and Python throws away what there is of it
            self._desk.close()
        super().close()

    def _row(self, explanation: Explanation) -> dict[str, Any]:
        self._explained[explanation.unit] = explanation
        return pair_row(self.study, explanation)

    def _answer(self, _widget: object, content: object, _buffers: list[memoryview]) -> None:
        self._desk.answer(content, self._own_answer)

    def _own_answer(self, content: PageRequest) -> Message:
        """The answer to what only the page of a study of sentence pairs asks."""
        kind = content.get("type")
        if kind == "toggle":
            return toggled_message(self.study, content), []
        if kind == "prove":
            asked = request_from_page(self.study, content)
            self._prover.start(content.get("id"), asked.unit, asked.settings)
            return {}, []
        if kind == "probe" and self._probe:
            asked = request_from_page(self.study, content)
            formula = parse(asked.formula_text) if asked.formula_text else None
            sentences = content.text("premise"), content.text("hypothesis")
            return self._probe.answer(asked.unit, formula, asked.settings.firing, self._explained, sentences), []
        raise unknown_message(kind)

    def _deliver(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)
