"""VisionExplorer: look at the units of a vision network, one by one, and see what fires them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from compexp_widgets.activation_ranges import Cluster
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import FormulaSyntaxError
from compexp_widgets.search import METRICS, OPERATORS
from compexp_widgets.study import ExplanationSettings, VisionStudy
from compexp_widgets.widgets.background import Pause
from compexp_widgets.widgets.cards import Cards
from compexp_widgets.widgets.evidence import EvidenceFinder
from compexp_widgets.widgets.range_finder import RangeFinder
from compexp_widgets.widgets.unit_table_filler import UnitTableFiller
from compexp_widgets.widgets.vision_messages import (
    CardRequest,
    error_message,
    of_cluster,
    pictures_message,
    row,
    settings_from_page,
    settings_label,
    study_message,
)

_STATIC = Path(__file__).parent / "static"


class VisionExplorer(anywidget.AnyWidget):
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

    _esm = _STATIC / "vision_explorer.js"
    _css = _STATIC / "vision_explorer.css"

    unit = traitlets.Int(0, min=0).tag(sync=True)
    quantile = traitlets.Float(0.005, min=0.0001, max=0.5).tag(sync=True)
    cluster = traitlets.List(traitlets.Int()).tag(sync=True)
    max_length = traitlets.Int(3, min=1, max=10).tag(sync=True)
    beam_size = traitlets.Int(5, min=1, max=100).tag(sync=True)
    operators = traitlets.List(traitlets.Enum(OPERATORS), list(OPERATORS)).tag(sync=True)
    metric = traitlets.Enum(METRICS, "iou").tag(sync=True)
    excluded_categories = traitlets.List(traitlets.Unicode()).tag(sync=True)
    formula_text = traitlets.Unicode("").tag(sync=True)
    switched_off = traitlets.List(traitlets.Int()).tag(sync=True)
    gallery = traitlets.Enum(("fires", "silent", "unexplained"), "fires").tag(sync=True)
    overlay = traitlets.Enum(("both", "neuron", "formula", "heat", "none"), "both").tag(sync=True)

    def __init__(self, study: VisionStudy, **settings: Any) -> None:
        self.study = study
        self._pause = Pause()
        self._cards = Cards(study, self._pause, self._deliver)
        self._filler = UnitTableFiller(study, self._pause, self._send_rows)
        self._ranges = RangeFinder(study, self._pause, self._deliver)
        self._evidence = EvidenceFinder(study, self._pause, self._deliver)
        known = sorted(name for name in self.trait_names(sync=True) if not name.startswith("_"))
        if unknown := settings.keys() - known:
            raise TypeError(f"VisionExplorer has no setting {min(unknown)!r}; there are {', '.join(known)}")
        if "unit" not in settings:
            settings["unit"] = self._best_known_unit()
        super().__init__(**settings)
        self.observe(self._forget_formula, "unit")
        self.on_msg(self._answer)

    @property
    def settings(self) -> ExplanationSettings:
        """The explorer's present settings, for ``study.explain_unit`` and the like."""
        return of_cluster(self._table_settings, self.cluster)

    @property
    def _table_settings(self) -> ExplanationSettings:
        """The settings without the cluster, which belongs to one unit."""
        return ExplanationSettings.of(
            quantile=self.quantile,
            exclude=tuple(self.excluded_categories),
            beam_size=self.beam_size,
            max_length=self.max_length,
            operators=tuple(self.operators),
            metric=self.metric,
        )

    def _best_known_unit(self) -> int:
        """The unit to begin with: of those explained with the default settings, the one with the largest IoU."""
        known = self.study.stored_explanations(ExplanationSettings()).values()
        found = [one for one in known if one.best]
        return max(found, key=lambda one: one.best.overlap.iou if one.best else 0.0).unit if found else 0

    @traitlets.validate("cluster")
    def _check_cluster(self, proposal: dict[str, Any]) -> list[int]:
        cluster: list[int] = proposal["value"]
        if len(cluster) not in (0, 2):
            raise traitlets.TraitError(
                f"cluster is empty or two numbers, such as [2, 5] for the second of five, not {cluster}"
            )
        if cluster:
            try:
                Cluster(*cluster)
            except CompexpError as error:
                raise traitlets.TraitError(str(error)) from error
        return cluster

    def _forget_formula(self, _change: object) -> None:
        """A formula written by hand and a range of activations belong to the unit they were chosen for."""
        self.formula_text = ""
        self.switched_off = []
        self.cluster = []

    def close(self) -> None:
        """Stop what runs in the background and take the widget off the page."""
        for work in (self._cards, self._filler, self._ranges, self._evidence):
            work.cancel()
        super().close()

    def _answer(self, _widget: object, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        """Answer a message of the page; whatever goes wrong is answered too, so that the page can show it."""
        number = content.get("id")
        with self._pause:
            try:
                answer, buffers = self._answer_to(content)
            except FormulaSyntaxError as error:
                answer, buffers = _formula_error(error), []
            except Exception as error:  # shown to the person in front of the page
                answer, buffers = error_message(error), []
            if answer:
                self.send({**answer, "id": number}, buffers)
        if answer.get("type") == "card":
            self._cards.follow(number, CardRequest.from_page(content), answer)
        elif answer.get("type") == "study":
            self._fill_table()

    def _answer_to(self, content: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        kind = content.get("type")
        if kind == "hello":
            return self._hello(), []
        if kind == "card":
            request = CardRequest.from_page(content)
            answer, buffers = self._cards.answer(request)
            return {**answer, "evidence": self._evidence.known(request.unit, request.settings)}, buffers
        if kind == "pictures":
            return pictures_message(self.study, [int(image) for image in content["images"]])
        self._work(kind, content)
        return {}, []

    def _work(self, kind: object, content: dict[str, Any]) -> None:
        """Begin or end what runs in the background, and is answered from there."""
        if kind == "ranges":
            settings = settings_from_page(content["settings"], with_cluster=False)
            self._ranges.start(content.get("id"), int(content["settings"]["unit"]), settings, int(content["of"]))
        elif kind == "evidence":
            request = CardRequest.from_page(content)
            self._evidence.start(content.get("id"), request.unit, request.settings)
        elif kind == "explain_all":
            self._filler.start(settings_from_page(content["settings"], with_cluster=False))
        elif kind == "cancel":
            what = content.get("what", "table")
            cancels = {
                "table": self._filler.cancel,
                "ranges": self._ranges.cancel,
                "evidence": self._evidence.cancel,
            }
            if what not in cancels:
                raise CompexpError(f"the page cancelled {what!r}, which is not among {', '.join(cancels)}")
            cancels[what]()
        else:
            raise CompexpError(f"the page sent a message of unknown type {kind!r}")

    def _hello(self) -> dict[str, Any]:
        settings = self._table_settings
        known = self.study.stored_explanations(settings)
        return study_message(self.study, settings, [row(self.study, one) for one in known.values()])

    def _fill_table(self) -> None:
        """Explain, in the background, the units that no row is known of yet."""
        settings = self._table_settings
        if len(self.study.stored_explanations(settings)) < self.study.units.count:
            self._filler.start(settings)

    def _deliver(self, message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.send(message, buffers)

    def _send_rows(self, settings: ExplanationSettings, message: dict[str, Any]) -> None:
        self.send({**message, "label": settings_label(settings)})


def _formula_error(error: FormulaSyntaxError) -> dict[str, Any]:
    return {
        "type": "formula_error",
        "message": str(error),
        "problem": error.problem,
        "position": error.position,
        "suggestions": list(error.suggestions),
        "text": error.text,
    }
