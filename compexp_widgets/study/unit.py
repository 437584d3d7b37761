"""A unit of a study, and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, fields_html, section
from compexp_widgets.search import Overlap
from compexp_widgets.short_text import one_line
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.evidence import Evidence, EvidenceSettings
from compexp_widgets.study.explanation import Explanation, ExplanationOptions, ExplanationSettings
from compexp_widgets.study.gallery import Gallery
from compexp_widgets.study.look import known_units
from compexp_widgets.study.plots import plot_explanation
from compexp_widgets.study.table import concept_frame
from compexp_widgets.study.top_samples import TopSamples, top_samples

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack


@dataclass(frozen=True)
class UnitScores:
    """The scores of a unit's formula; zeros for a unit without one.

    Attributes
    ----------
    iou, precision, recall, f1
        As of `Overlap`, in [0, 1].
    active_share
        The share of all positions at which the unit fires: the IoU of the formula "always true".
    lift
        The IoU beyond that, ``iou - active_share``; 0 for a unit without a formula.
    """

    iou: float
    precision: float
    recall: float
    f1: float
    active_share: float
    lift: float

    _repr_html_ = fields_html

    @classmethod
    def of(cls, explanation: Explanation) -> UnitScores:
        """The scores of the best formula of an explanation."""
        share = explanation.active_share
        if explanation.best is None:
            return cls(0.0, 0.0, 0.0, 0.0, share, 0.0)
        found = explanation.best.overlap
        return cls(found.iou, found.precision, found.recall, found.f1, share, found.iou - share)


@dataclass(frozen=True)
class Unit:
    """One unit of a study: ``study[17]``.

    It stands for its number wherever a number is taken: ``study.explain([study[17]])``.

    Attributes
    ----------
    study
        The study that it is of.
    index
        Its number in the layer, from 0.
    settings
        How it is explained; see `explain`.
    """

    study: DissectedLayer
    index: int
    settings: ExplanationSettings

    def __index__(self) -> int:
        return self.index

    @property
    def name(self) -> str:
        """Its name, as directions have; else ``unit 17``."""
        return self.study.unit_name(self.index) or f"unit {self.index}"

    @property
    def explanation(self) -> Explanation:
        """Its explanation with `settings`: from the study's folder, or found now and kept there."""
        return next(self.study.explanations([self.index], self.settings))

    @property
    def formula(self) -> Formula | None:
        """The formula that describes it best; None where no concept overlaps with it, or it is silent."""
        best = self.explanation.best
        return best.formula if best else None

    @property
    def scores(self) -> UnitScores:
        """The scores of its formula: ``unit.scores.iou``."""
        return UnitScores.of(self.explanation)

    @checked(StudyError)
    def explain(self, **settings: Unpack[ExplanationOptions]) -> Explanation:
        """Its explanation with other settings, such as ``max_length=5``; see `ExplanationSettings.changed`."""
        return next(self.study.explanations([self.index], self.settings.changed(**settings)))

    @checked(StudyError)
    def evidence(self, tests: EvidenceSettings | None = None) -> Evidence:
        """Test whether its formula is more than luck; see `Study.evidence`."""
        return next(self.study.each_evidence([self.index], self.settings, tests or EvidenceSettings()))

    @checked(StudyError)
    def overlap(self, formula: Formula | str) -> Overlap:
        """Counts of a formula of one's own on it, from which all scores follow: ``unit.overlap("water").precision``."""
        return self.study.overlap(formula, self.index, self.settings.firing)

    @checked(StudyError)
    def iou(self, formula: Formula | str) -> float:
        """The IoU of a formula of one's own: ``unit.iou("water OR sea")``."""
        return self.overlap(formula).iou

    @checked(StudyError)
    def concepts(self, only: str | Sequence[str] = (), exclude: str | Sequence[str] = ()) -> pd.DataFrame:
        """Every concept alone against it, best first: the words that fire it, the things that it sees.

        >>> pair_study[72].concepts(only="hypothesis token").head()

        Parameters
        ----------
        only, exclude
            Names of concepts or categories that are listed alone, and that are left out; see `ExplanationSettings`.

        Returns
        -------
        Index ``concept``, as it stands in formulas; columns ``category``, ``iou``, ``precision`` (of the positions with
        the concept, the share where the unit fires), ``recall`` (of those where it fires, the share with the concept)
        and ``positions`` (those with the concept).

        Raises
        ------
        StudyError
            When the data has no such concept or category.
        """
        study, firing = self.study, self.settings.firing
        active = study.activity(self.index, firing).counts.by_signature()
        excluded = study.excluded(ExplanationSettings.of(only=only, exclude=exclude))
        return concept_frame(study.table, study.categories, active, excluded)

    @property
    def activations(self) -> NDArray[np.float32]:
        """Its activations: of images, maps of shape (images, h, w); else float32, shape (positions,)."""
        return self.study.units.activations(self.index)

    @checked(StudyError)
    def mask(self, samples: Any = None, *, network: AnyNetwork | None = None) -> NDArray[np.bool_]:
        """The positions where it fires, on samples of the probe dataset or on one of a person's own.

        >>> study[17].mask([3, 17])                              # of the probe dataset, by number
        >>> study[17].mask("holiday.jpg", network=network)       # a picture of one's own

        Parameters
        ----------
        samples
            As for `Study.fires`: numbers of samples, or None for all; with a network, one sample as for `Study.look`.
        network
            The network that was probed, for a sample of one's own.

        Returns
        -------
        bool: of images (n, height, width), that of the annotation grid; of pairs (n,); of texts one after another (P,);
        of a sample of one's own without the first axis.

        Raises
        ------
        StudyError
            When there is no such sample, or a sample of one's own comes without the network.
        """
        if network is not None:
            return known_units(self.study).look(as_network(network), samples, self.settings).fires(self.index)
        if isinstance(samples, (Image.Image, str, Path)) or (
            isinstance(samples, (tuple, list)) and any(isinstance(one, str) for one in samples)
        ):
            raise StudyError(
                f"where a unit fires on a sample of your own is told by the network: give it, as in "
                f"study[{self.index}].mask(sample, network=network)"
            )
        return self.study.fires(self.index, samples, self.settings.firing)

    @checked(StudyError)
    def top(self, count: int = 9, *, gallery: Gallery = "fires") -> TopSamples:
        """The samples that show best what it does, drawn with where it fires and where its formula holds.

        >>> study[17].top(9).save("out")

        Parameters
        ----------
        gallery
            ``"fires"``: the largest activations; ``"silent"``: its formula holds and it is silent; ``"unexplained"``:
            it fires and its formula is false there.

        Raises
        ------
        StudyError
            When there is no such gallery, or the study was opened without its samples.
        """
        return top_samples(self.study, self.index, count, gallery=gallery, settings=self.settings, formula=self.formula)

    @checked(StudyError)
    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the IoU of its best formulas with at most 1, 2, … concepts.

        Parameters
        ----------
        axes
            Where to draw; None for a new figure. ``axes.figure.savefig("unit.pdf")`` saves it.
        """
        return plot_explanation(self.explanation, f"{self.name} of {self.study.layer}", axes)

    def _repr_html_(self) -> Html:
        title = f"{self.name} of {self.study.network_name}, layer {self.study.layer}"
        return section(title, *self.explanation._parts_())

    def __repr__(self) -> str:
        known = self.study.stored_explanations(self.settings, [self.index]).get(self.index)
        told = NOT_EXPLAINED if known is None else str(known)
        name = f" {one_line(self.name)!r}" if self.study.unit_name(self.index) else ""
        return f"<Unit {self.index}{name} of {one_line(self.study.layer)}: {told}>"


NOT_EXPLAINED = "not explained yet"
