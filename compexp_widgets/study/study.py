"""A study: a dissected layer as a collection of its units.

>>> study = cw.demo.vision_study()
>>> study[17].formula, len(study), study[:10], study.top(5), study.find("water")
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.progress import Report
from compexp_widgets.study.active_counts import FormulaScore
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.evidence import EvidenceSettings
from compexp_widgets.study.explanation import ExplanationOptions, FiringOptions
from compexp_widgets.study.look import Look, known_units
from compexp_widgets.study.unit import Unit
from compexp_widgets.study.unit_choice import One, Several, chosen_units
from compexp_widgets.study.unit_list import Units

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Study(DissectedLayer):
    """A dissected layer, ready to be explained, and a collection of its units. Made by `dissect` or `open_study`.

    >>> study[17], study["stripes"]                # a Unit; by its name, where units have names, as directions do
    >>> study[2:10], study[[3, 17]], study[-1]     # several are Units
    >>> [unit.formula for unit in study]

    Attributes
    ----------
    folder
        Where the study is kept.
    data
        The probe dataset; None where the study was opened without it.
    configuration, certificate
        What was probed, and the checks made before.
    table
        The signatures of the probe dataset.
    positions
        How many positions of each sample carry each signature.
    units
        Where the units fire.
    categories
        The category of every concept of the table.
    default_settings
        How units are explained where nothing else is said.
    drawing
        How its samples are drawn; see `Modality.drawing`.
    """

    def __len__(self) -> int:
        """The number of units."""
        return self.units.count

    def __iter__(self) -> Iterator[Unit]:
        return iter(self[:])

    @overload
    def __getitem__(self, which: One) -> Unit: ...
    @overload
    def __getitem__(self, which: Several) -> Units: ...
    def __getitem__(self, which: One | Several) -> Unit | Units:
        """A unit, by its number or name, or several as `Units`.

        Parameters
        ----------
        which
            A number, from the end where it is negative; a name; a slice; numbers or names; or bool, shape (units,).

        Raises
        ------
        StudyError
            When the layer does not have one of them.
        """
        found = chosen_units(self, which)
        if isinstance(found, int):
            return Unit(self, found, self.default_settings)
        return Units(self, found, self.default_settings)

    @checked(StudyError, but=("what",))
    def find(
        self,
        what: Formula | str | Sequence[Formula | str],
        *,
        report: Report | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> Units:
        """The units whose formula speaks of something, by their numbers; see `Units.find`.

        >>> study.find("water")                    # not those that only rule it out, "… AND NOT water"
        >>> study.find("NOT water")                # those that rule it out
        >>> study.find(["water", "river"])         # one of them

        `report` and `settings` are as of `explain`.
        """
        return self._all(settings).find(what, report=report)

    @checked(StudyError)
    def top(
        self,
        count: int = 20,
        by: str = "iou",
        *,
        tests: EvidenceSettings | None = None,
        report: Report | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> Units:
        """The best units, best first, by any score of `to_frame`; see `Units.top`.

        >>> study.top(20, by="lift")

        `report` and `settings` are as of `explain`.
        """
        return self._all(settings).top(count, by, tests=tests, report=report)

    @overload
    def score(  # type: ignore[overload-overlap]  # a text is a sequence of texts
        self,
        formulas: Formula | str,
        metric: FormulaScore = "iou",
        *,
        report: Report | None = None,
        **settings: Unpack[FiringOptions],
    ) -> pd.Series[float]: ...
    @overload
    def score(
        self,
        formulas: Sequence[Formula | str],
        metric: FormulaScore = "iou",
        *,
        report: Report | None = None,
        **settings: Unpack[FiringOptions],
    ) -> pd.DataFrame: ...
    @checked(StudyError, but=("formulas",))
    def score(
        self,
        formulas: Formula | str | Sequence[Formula | str],
        metric: FormulaScore = "iou",
        *,
        report: Report | None = None,
        **settings: Unpack[FiringOptions],
    ) -> pd.Series[float] | pd.DataFrame:
        """A score of a formula of one's own on every unit, computed at once; see `Units.score`.

        >>> study.score("water OR sea").nlargest(5)
        >>> study.score(["water", "sea", "water OR sea"], "lift").idxmax(axis=1)

        `report` and `settings` are as of `explain`; of these, only what tells which activations count as firing, such
        as ``quantile``, matters.
        """
        return self._all(settings).score(formulas, metric, report=report)

    def _all(self, settings: FiringOptions) -> Units:
        return Units(self, tuple(range(len(self))), self.default_settings.changed(**settings))

    @checked(StudyError)
    def look(
        self,
        network: AnyNetwork,
        sample: Any,
        *,
        layout: Layout | Form | None = None,
        directions: Directions | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> Look:
        """Show a sample of one's own to the network that was probed: which units fire, where, and what it answers.

        >>> study.look(network, "holiday.jpg").units
        >>> study.look(network, ("A man sleeps.", "Nobody is awake.")).predicted

        Parameters
        ----------
        network
            The network that was probed; it need not classify.
        sample
            A PIL picture, the path of one or its pixels; premise and hypothesis, as texts or tokens; a sample of
            another modality.
        layout, directions
            As given to `dissect`, where they were.
        **settings
            How units are explained, and which activations count as firing; see `ExplanationSettings.changed`.

        Raises
        ------
        StudyError
            When the network is not the one that was probed, or `sample` is no sample of this kind.
        """
        return known_units(self).look(
            as_network(network), sample, self.default_settings.changed(**settings), layout, directions
        )
