"""Several units of a study, in an order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

import pandas as pd

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula
from compexp_widgets.notebook_html import Html, Row, muted, section, table
from compexp_widgets.progress import Report, Stage, told
from compexp_widgets.short_text import clipped, counted, one_line
from compexp_widgets.study.active_counts import FormulaScore
from compexp_widgets.study.dissected_layer import DissectedLayer
from compexp_widgets.study.evidence import EvidenceSettings
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.gallery import Gallery
from compexp_widgets.study.mentions import mentions
from compexp_widgets.study.plots import plot_lengths, plot_units
from compexp_widgets.study.table import TESTED, latex_table, rankings, score_columns, write_csv, write_latex
from compexp_widgets.study.top_samples import save_top_samples
from compexp_widgets.study.unit import NOT_EXPLAINED, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Units(Sequence[Unit]):
    """Several units of a study: ``study[2:10]``, ``study.top(20)``, ``study.find("water")``. Immutable.

    Attributes
    ----------
    study
        The study that they are of.
    indices
        Their numbers in the layer, from 0, in this order.
    settings
        How they are explained.
    """

    study: DissectedLayer
    indices: tuple[int, ...]
    settings: ExplanationSettings

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Unit]:
        return (Unit(self.study, index, self.settings) for index in self.indices)

    @overload
    def __getitem__(self, place: int) -> Unit: ...
    @overload
    def __getitem__(self, place: slice) -> Units: ...
    def __getitem__(self, place: int | slice) -> Unit | Units:
        """The unit at a place among these, not the one of that number; or several for a slice."""
        if isinstance(place, slice):
            return Units(self.study, self.indices[place], self.settings)
        return Unit(self.study, self.indices[place], self.settings)

    @checked(StudyError)
    def to_frame(self, *, tests: EvidenceSettings | None = None) -> pd.DataFrame:
        """Their explanations as a data frame, one row a unit; see `Study.to_frame`."""
        return self.study.frame_of(self.indices, self.settings, tests=tests)

    @checked(StudyError)
    def to_csv(self, path: str | Path, *, tests: EvidenceSettings | None = None) -> None:
        """Write `to_frame` to a CSV file, scores with six decimals."""
        write_csv(self.to_frame(tests=tests), path)

    @checked(StudyError)
    def to_latex(
        self,
        path: str | Path | None = None,
        columns: Sequence[str] = ("formula", "iou", "precision", "recall", "lift"),
        *,
        tests: EvidenceSettings | None = None,
    ) -> str:
        """Their explanations as a LaTeX table with the rules of *booktabs*, one row a unit: names escaped, scores with
        three decimals.

        >>> print(study.top(20).to_latex(columns=["formula", "iou"]))

        Parameters
        ----------
        path
            A file to write it to as well.
        columns
            Some of `to_frame`.

        Raises
        ------
        StudyError
            When there is no such column.
        """
        frame = self.to_frame(tests=tests)
        if unknown := [name for name in columns if name not in frame]:
            known = ", ".join(map(str, frame))
            raise StudyError(f"the table of units has no column {unknown[0]!r:.60}; there are {known}")
        text = latex_table(frame, columns)
        if path is not None:
            write_latex(text, path)
        return text

    @checked(StudyError, but=("what",))
    def find(self, what: Formula | str | Sequence[Formula | str], *, report: Report | None = None) -> Units:
        """Those of them whose formula speaks of something, in their order.

        >>> study.find("water")                    # not those that only rule it out, "… AND NOT water"
        >>> study.find("NOT water")                # those that rule it out
        >>> study.find("water AND NOT blue-c")     # both, in whatever places
        >>> study.find(["water", "river"])         # one of them, as "water OR river"

        Parameters
        ----------
        what
            A concept or a formula: AND wants both sides, OR one of them, NOT what is ruled out. Or several, one of
            which is enough. A concept by its name alone is found under ``NEIGHBORS`` and ``HYPERNYM`` too.
        report
            Told of progress where units must be explained first; the default shows a bar.

        Raises
        ------
        FormulaError
            When a text is no formula, or names a concept that the data does not have.
        """
        wanted = [self.study.table.formula(one) for one in _several(what)]
        speaking = (
            found.unit
            for found in self._explained(report)
            if found.best and any(mentions(found.best.formula, one) for one in wanted)
        )
        return Units(self.study, tuple(speaking), self.settings)

    @checked(StudyError)
    def top(
        self,
        count: int = 20,
        by: str = "iou",
        *,
        tests: EvidenceSettings | None = None,
        report: Report | None = None,
    ) -> Units:
        """The best of them, best first; units without a formula are left out.

        >>> study.top(20, by="lift")

        Parameters
        ----------
        count
            How many at most.
        by
            A column of `to_frame` that has numbers, such as ``"precision"``, ``"lift"`` or ``"iou_1"``, or ``"f1"``; or
            one that takes tests, such as ``"held_out_iou"`` or ``"p_value"``. Of ``p_value`` and ``q_value`` the
            smallest are the best.
        tests
            How hard formulas are tested, where that is needed.
        report
            Told of progress where units must be explained or tested first; the default shows a bar.

        Raises
        ------
        StudyError
            When there is no such column.
        """
        count = whole_number(count, "count, how many units,", error=StudyError)
        known = rankings(self.settings.search.max_length, self.study.unit_columns([]))
        if by not in known:
            raise StudyError(f"units are not ranked by {by!r:.60}; choose one of {', '.join(known)}")
        deque(self._explained(report), 0)
        tests = (tests or EvidenceSettings()) if by in TESTED else None
        if tests:
            each = self.study.each_evidence(self.indices, self.settings, tests)
            deque(told(each, Stage("units tested", "test"), len(self), report), 0)
        frame = self.to_frame(tests=tests)
        ranks = score_columns(frame[frame["formula"] != ""])[by].sort_values(
            ascending=by in {"p_value", "q_value"}, kind="stable"
        )
        return Units(self.study, tuple(ranks.index[:count].tolist()), self.settings)

    @overload
    def score(  # type: ignore[overload-overlap]  # a text is a sequence of texts, too
        self, formulas: Formula | str, metric: FormulaScore = "iou", *, report: Report | None = None
    ) -> pd.Series[float]: ...
    @overload
    def score(
        self, formulas: Sequence[Formula | str], metric: FormulaScore = "iou", *, report: Report | None = None
    ) -> pd.DataFrame: ...
    @checked(StudyError, but=("formulas",))
    def score(
        self,
        formulas: Formula | str | Sequence[Formula | str],
        metric: FormulaScore = "iou",
        *,
        report: Report | None = None,
    ) -> pd.Series[float] | pd.DataFrame:
        """A score of a formula of one's own on each of them, computed at once.

        >>> study.score("water OR sea").nlargest(5)
        >>> study.score(["water", "sea", "water OR sea"], "lift").idxmax(axis=1)

        Parameters
        ----------
        formulas
            A formula or its text, or several.
        metric
            ``"iou"``, ``"precision"``, ``"recall"``, ``"f1"`` or ``"lift"``.
        report
            Told of progress while it is looked up where the units fire, which is remembered; the default shows a bar.

        Returns
        -------
        A series of float64 with the index ``unit``; of several formulas a data frame with a column for each.

        Raises
        ------
        FormulaError
            When a text is no formula, or names a concept that the data does not have.
        SearchError
            When there is no such score.
        """
        several, signatures = _several(formulas), self.study.table
        truths = {str(one): signatures.truth(one) for one in several}
        active = self.study.active_counts(self.indices, self.settings.firing, report)
        columns = {name: active.scores(truth, signatures.total, metric) for name, truth in truths.items()}
        table = pd.DataFrame(columns, pd.Index(self.indices, name="unit"))
        scores: pd.Series[float] | pd.DataFrame = table[str(formulas)] if several == [formulas] else table
        return scores

    @checked(StudyError)
    def plot(self, axes: Axes | None = None, *, by_length: bool = False) -> Axes:
        """Draw the IoU of their formulas: a bar a unit, beside its formula; of more than 40 a histogram.

        >>> study.top(20).plot()
        >>> study[:].plot(by_length=True)          # the mean IoU of the best formulas with 1, 2, … concepts

        Parameters
        ----------
        axes
            Where to draw; None for a new figure. ``axes.figure.savefig("units.pdf")`` saves it.
        by_length
            Draw the mean IoU against the length of the formulas; twice on the same `axes` compares two layers.
        """
        frame = self.to_frame()
        label = f"{self.study.network_name}, {self.study.layer}"
        return plot_lengths(frame, label, axes) if by_length else plot_units(frame, label, axes)

    @checked(StudyError)
    def save(self, folder: str | Path, count: int = 9, *, gallery: Gallery = "fires") -> list[Path]:
        """Save the samples that show best what each unit does: of pictures a PNG file each, else an HTML file a unit.

        >>> study.find("water").save("out")

        Parameters
        ----------
        folder
            Made where it is not there; files of the same names are overwritten.
        count, gallery
            Of each unit; see `Unit.top`.

        Returns
        -------
        The paths of the files.

        Raises
        ------
        StudyError
            When nothing can be written there, or the study was opened without its samples.
        """
        return save_top_samples((unit.top(count, gallery=gallery) for unit in self), folder)

    def __repr__(self) -> str:
        shown = self.indices[:_LINES]
        known = self.study.stored_explanations(self.settings, shown)
        lines = [f"  {unit}  {clipped(str(known.get(unit, NOT_EXPLAINED)), _LINE)}" for unit in shown]
        more = [f"  … {len(self) - _LINES:,} more"] * (len(self) > _LINES)
        return "\n".join([f"<{self._title()}>", *lines, *more])

    def _repr_html_(self) -> Html:
        shown = self.indices[:_ROWS]
        known = self.study.stored_explanations(self.settings, shown)
        rows: list[Row] = []
        for unit in shown:
            row = known[unit]._table_row_() if unit in known else ((str(unit), muted(NOT_EXPLAINED)), ("–", "–"), None)
            rows.append(((f"{unit} {one_line(self.study.unit_name(unit))}", row[0][1]), *row[1:]))
        more = f"{len(self) - len(shown):,} more" if len(self) > len(shown) else ""
        return section(self._title(), table(*Explanation._table_heads_, rows, wide=True) if rows else "", more)

    def _explained(self, report: Report | None) -> Iterator[Explanation]:
        each = self.study.explanations(self.indices, self.settings)
        return told(each, Stage("units explained", "explain"), len(self), report)

    def _title(self) -> str:
        of = f"{one_line(self.study.network_name)}, layer {one_line(self.study.layer)}"
        return f"{counted(len(self), 'unit')} of {of}"


def _several(what: Formula | str | Iterable[Formula | str]) -> list[Formula | str]:
    return [what] if isinstance(what, str) or not isinstance(what, Iterable) else list(what)


_LINES, _LINE = 10, 150  # units that are printed, and characters of each
_ROWS = 20  # that a notebook shows
