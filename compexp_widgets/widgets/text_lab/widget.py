"""TextLab: change the words of a sentence pair, as formulas suggest, and watch the network change its mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import traitlets

from compexp_widgets.adversarial.text.rules import LabelRule
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.study import PairStudy
from compexp_widgets.study.given import AnyPairStudy, as_study
from compexp_widgets.widgets.kernel.router import PageWidget, page_source
from compexp_widgets.widgets.text_lab.controller import CONTRACT, TextController

if TYPE_CHECKING:
    from typing_extensions import Unpack


class TextLabOptions(TypedDict, total=False):
    """What a `TextLab` is opened with; see its attributes."""

    source: str
    target: str
    unit: int | None
    pair: int | None
    original: tuple[str, str]
    edited: tuple[str, str]


class TextLab(PageWidget):
    """A workbench for adversarial sentence pairs: two sentences to edit, and what the network says before and after.

    Parameters
    ----------
    study
        From `dissect`, `open_study` or `demo.nli_study`.
    network
        The network that was probed.
    rules
        Rules of one's own under which an edit keeps the true label, such as ``WorldTruth().rule()`` for the demo's
        pairs; they are offered first.
    **settings
        Initial values of the attributes below.

    Attributes
    ----------
    source : str
        The label that the network gives before the edit: ``"entailment"``, ``"neutral"`` or ``"contradiction"``; of a
        network with two labels, ``"entailment"`` or ``"not_entailment"``.
    target : str
        The label that it should give afterwards; at first the last of the network's labels.
    unit : int or None
        The unit whose formula edits are made from; None asks all units that speak for the target against the source.
    pair : int or None
        Which pair of the data is edited; None where the sentences were typed. At first the first pair that the network
        rightly calls the source.
    original : tuple of str
        Premise and hypothesis before the edit.
    edited : tuple of str
        Premise and hypothesis as they stand now.

    Raises
    ------
    TypeError
        When a setting has a name that is not among these.
    StudyError
        When the network is not the one that was probed.
    """

    contract = CONTRACT
    controller: TextController
    _esm = page_source("text_lab.js")
    _css = page_source("text_lab.css")

    source = traitlets.Unicode("entailment").tag(sync=True)
    target = traitlets.Unicode("contradiction").tag(sync=True)
    unit = traitlets.Int(None, allow_none=True).tag(sync=True)
    pair = traitlets.Int(None, allow_none=True).tag(sync=True)
    original = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode(), default_value=("", "")).tag(sync=True)
    edited = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode(), default_value=("", "")).tag(sync=True)

    @checked(StudyError)
    def __init__(
        self,
        study: AnyPairStudy,
        network: AnyNetwork,
        *,
        rules: Sequence[LabelRule] = (),
        **settings: Unpack[TextLabOptions],
    ) -> None:
        self.study = opened = as_study(study, PairStudy)
        probed = as_network(network)
        if "target" not in settings:
            settings["target"] = next(one for one in reversed(opened.labels) if one != settings.get("source"))
        super().__init__(lambda jobs: TextController(opened, probed, rules, jobs), **settings)
        if "original" not in settings and "edited" in settings:
            self.original = self.edited
        elif "original" in settings and "edited" not in settings:
            self.edited = self.original
        elif "original" not in settings:
            self.pair = self._first_pair() if self.pair is None else self.pair
            self._show_pair()
        self.observe(self._show_pair, "pair")

    @traitlets.validate("source", "target")
    def _known_label(self, proposal: Any) -> str:
        label: str = proposal.value
        if label not in self.study.labels:
            raise traitlets.TraitError(f"the network says {' or '.join(self.study.labels)}, not {label!r:.60}")
        return label

    @traitlets.validate("unit")
    def _known_unit(self, proposal: Any) -> int | None:
        return self._below(proposal, self.study.units.count, "unit")

    @traitlets.validate("pair")
    def _known_pair(self, proposal: Any) -> int | None:
        return self._below(proposal, len(self.study.pairs), "pair")

    @staticmethod
    def _below(proposal: Any, count: int, what: str) -> int | None:
        value: int | None = proposal.value
        if value is not None and not 0 <= value < count:
            raise traitlets.TraitError(f"there is no {what} {value}; the study has {what}s 0 … {count - 1}")
        return value

    def _first_pair(self) -> int:
        predicted, source = self.study.predicted, self.study.labels.index(self.source)
        right = np.flatnonzero((predicted == source) & self.study.right)
        found = right if len(right) else np.flatnonzero(predicted == source)
        return int(found[0]) if len(found) else 0

    def _show_pair(self, _change: object = None) -> None:
        if self.pair is not None:
            sentences = self.controller.sentences_of(self.pair)
            with self.hold_sync():
                self.original, self.edited = sentences, sentences
