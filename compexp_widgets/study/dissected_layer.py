"""A dissected layer with everything that can be asked of its units by their numbers.

What all studies have in common: a signature table, units, and what is found with them. A *sample* is an image, a
sentence pair, or whatever the study's modality knows. `Study` is what a user has in hand: the layer as a collection of
`Unit`s. In the study's folder:

    study.json               what was probed: network, layer, data, and the fingerprints of weights and data
    explanations.sqlite      explanations and the evidence for them, by settings and unit

Which files hold the rest is told by `VisionStudy`, `PairStudy` and, for units with one activation a position,
`open_position_units`. Every file is whole or absent, so a study that was stopped at any moment continues where it was.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from numbers import Real
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, SupportsIndex, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula
from compexp_widgets.listing import Listing
from compexp_widgets.notebook_html import Html
from compexp_widgets.progress import Report, Stage, bars, told
from compexp_widgets.search import Overlap
from compexp_widgets.short_text import clipped, one_line
from compexp_widgets.signatures.activation_ranges import ActivationRange, QuantileRange, ranges_of
from compexp_widgets.study.active_counts import ActiveCounts
from compexp_widgets.study.choices import excluded_concepts, unit_numbers
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.drawing import Drawing
from compexp_widgets.study.evidence import Evidence, EvidenceSettings
from compexp_widgets.study.explaining import OpenUnits, Task, explain_activity, explain_each
from compexp_widgets.study.explanation import Explanation, ExplanationOptions, ExplanationSettings, UnitActivity
from compexp_widgets.study.explanation_store import ExplanationStore
from compexp_widgets.study.positions import open_position_units
from compexp_widgets.study.significance import Split, find_evidence
from compexp_widgets.study.study_html import study_html
from compexp_widgets.study.table import explanation_frame, write_csv
from compexp_widgets.study.units import ProbedUnits

Kept = TypeVar("Kept", Explanation, Evidence)

AnyUnit: TypeAlias = Annotated[int | SupportsIndex, "the number of a unit"]
"""A unit as a person gives it: its number, or a `Unit`."""

AnyUnits: TypeAlias = Annotated[SupportsIndex | Iterable[SupportsIndex] | None, "numbers of units"]
"""Units as a person gives them: one, several, or None for all."""

if TYPE_CHECKING:
    from typing_extensions import Unpack

Samples: TypeAlias = int | slice | Sequence[int] | NDArray[np.integer] | NDArray[np.bool_]
"""Samples of a study as a person chooses them: a number, several, a slice, or one truth for each."""


class DissectedLayer:
    """A dissected layer, ready to be explained; its attributes are told by `Study`."""

    units: ProbedUnits
    drawing = Drawing()
    default_settings = ExplanationSettings()
    open_units: OpenUnits = staticmethod(open_position_units)
    """Opens the files of a finished study, in other processes too."""

    def __init__(self, folder: Path, configuration: StudyConfiguration, data: Any = None) -> None:
        self.folder, self.data = folder, data
        self.configuration, self.certificate = configuration, configuration.certificate
        self.table, self.units, self.positions, self.categories = self.open_units(folder)
        if (names := configuration.unit_names) and len(names) != self.units.count:
            raise StudyError(
                f"the study in {folder} is damaged: study.json names {len(names)} units, there are {self.units.count}. "
                "Delete the folder and dissect again"
            )
        self._store = ExplanationStore(folder, configuration)
        self._recent_activity = lru_cache(maxsize=4)(partial(UnitActivity.of, self.units))
        self._recent_counts: dict[tuple[tuple[int, ...], ActivationRange], ActiveCounts] = {}
        self._recent_explanations: dict[tuple[int, ExplanationSettings], Explanation] = {}
        self._lock = threading.Lock()
        self.looked: Any = None  # what `look.known_units` remembers

    def __repr__(self) -> str:
        about, name = self.configuration, type(self).__name__
        return (
            f"<{name} of {one_line(about.network)}, layer {about.layer}: {self.units.count} units, "
            f"{self._contents()}, in {one_line(str(self.folder), 300)}; {clipped(str(self.certificate), 600)}>"
        )

    def _contents(self) -> str:
        return f"{self.samples:,} samples, {len(self.table):,} signatures"

    def _repr_html_(self) -> Html:
        contents = [
            ("units", f"{self.units.count:,}"),
            ("probed with", self._contents()),
            ("data", self.configuration.data),
            ("folder", str(self.folder)),
        ]
        explained = self.stored_explanations(self.default_settings)
        return study_html(self.configuration, contents, explained, self.units.count)

    @cached_property
    def category_of(self) -> dict[str, str]:
        """Concept name → its category."""
        return dict(zip(self.table.concepts, self.categories, strict=True))

    @property
    def layer(self) -> str:
        """The name of the layer, as the network has it."""
        return self.configuration.layer

    @property
    def network_name(self) -> str:
        """The name of the network that was probed."""
        return self.configuration.network

    def unit_name(self, unit: int) -> str:
        """The name of a unit, as directions have; empty for a channel."""
        return self.configuration.unit_names[unit] if self.configuration.unit_names else ""

    @property
    def samples(self) -> int:
        """Number of images, sentence pairs or texts."""
        return self.positions.shape[0]

    def held_out_samples(self) -> NDArray[np.bool_]:
        """The samples kept from a search to score its formula on: bool, shape (samples,); here every second."""
        return np.resize([False, True], self.samples)

    @checked(StudyError)
    def activity(self, unit: AnyUnit, firing: float | ActivationRange) -> UnitActivity:
        """The active positions of a unit; the last few are remembered, so that a live view asks as often as it likes.

        Parameters
        ----------
        firing
            The activations that count: a quantile, or a range (see `ExplanationSettings.firing`).
        """
        return self._recent_activity(index(unit), QuantileRange(float(firing)) if isinstance(firing, Real) else firing)

    @checked(StudyError)
    def explain_unit(
        self, unit: AnyUnit, settings: ExplanationSettings | None = None, *, cancelled: Callable[[], bool] | None = None
    ) -> Explanation:
        """Explain one unit now, without looking into the store or writing to it: what a live view calls.

        Parameters
        ----------
        cancelled
            Asked often; True ends the search with the best so far, whose bounds say what may still be missing.

        Raises
        ------
        SearchError
            When there is no such unit.
        StudyError
            When the settings exclude something that the data does not have.
        """
        number, settings = index(unit), settings or self.default_settings
        known = self._recent_explanations.get((number, settings))
        if known is not None:
            return known
        stopped = False

        def stop() -> bool:
            nonlocal stopped
            stopped = stopped or bool(cancelled and cancelled())
            return stopped

        task = Task(number, settings, self.excluded(settings))
        explanation = explain_activity(self.table, self.activity(number, settings.firing), task, stop)
        if not stopped:
            with self._lock:
                self._recent_explanations[number, settings] = explanation
                while len(self._recent_explanations) > _REMEMBERED:
                    del self._recent_explanations[next(iter(self._recent_explanations))]
        return explanation

    @checked(StudyError)
    def explanations(
        self, units: Iterable[int], settings: ExplanationSettings, ranges: Sequence[ActivationRange] = ()
    ) -> Iterator[Explanation]:
        """Explain units one by one, in the order given; from the store or stored at once. Long work is done on all
        processors.

        Parameters
        ----------
        ranges
            Explain every one of these ranges of a unit's activations, one after another.
        """
        units = self.checked_units(units)
        each = [replace(settings, activation_range=firing) for firing in ranges] or [settings]
        stored = [self._store.get(Explanation, units, one) for one in each]
        excluded = self.excluded(settings)
        missing = {
            Task(unit, one, excluded): None
            for unit in units
            for one, known in zip(each, stored, strict=True)
            if unit not in known
        }
        made = explain_each(
            self.folder, self.open_units, list(missing), lambda task: self.explain_unit(task.unit, task.settings)
        )
        with self._store:
            for unit in units:
                for one, known in zip(each, stored, strict=True):
                    if unit not in known:
                        known[unit] = next(made)
                        self._store.put(known[unit], one)
                    yield known[unit]

    @checked(StudyError)
    def stored_explanations(
        self, settings: ExplanationSettings, units: Collection[int] | None = None
    ) -> dict[int, Explanation]:
        """The explanations made with these settings so far, by unit; of some units, or of all."""
        return self._store.get(Explanation, range(self.units.count) if units is None else units, settings)

    @checked(StudyError, but=("units",))
    def explain(
        self,
        units: AnyUnits = None,
        *,
        ranges: int | Sequence[float] | None = None,
        report: Report | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> list[Explanation]:
        """Explain some units, or all.

        Parameters
        ----------
        units
            A unit, several, or None for every unit of the layer.
        ranges
            Explain not the largest activations but each of several ranges, from the lowest on: a number of clusters,
            or the quantiles to cut at (see `ranges_of`).
        report
            Told of progress; the default shows a bar.
        **settings
            See `ExplanationSettings.changed`, such as ``max_length=3``.

        Returns
        -------
        One explanation a unit, or one a range of each, in the order asked for. An interrupt from the keyboard ends the
        work with a warning and returns those made so far; they are stored, and the next call continues.
        """
        wanted, parts = self.checked_units(units), _parts(ranges)
        each = self.explanations(wanted, self.default_settings.changed(**settings), parts)
        return _collected(each, len(wanted), len(parts), "explained", report)

    @checked(StudyError)
    def each_evidence(
        self,
        units: Iterable[int],
        settings: ExplanationSettings,
        tests: EvidenceSettings,
        ranges: Sequence[ActivationRange] = (),
    ) -> Iterator[Evidence]:
        """Test the formulas of units one by one, in the order of `explanations`; from the store or stored at once."""
        units = self.checked_units(units)
        each = [replace(settings, activation_range=firing) for firing in ranges] or [settings]
        stored = [self._store.get(Evidence, units, one, tests) for one in each]
        split = None
        with self._store:
            for unit in units:
                for one, known in zip(each, stored, strict=True):
                    if unit not in known:
                        split = split or Split.of(self)
                        (explanation,) = self.explanations([unit], one)
                        known[unit] = find_evidence(self, explanation, one, tests, split=split)
                        self._store.put(known[unit], one, tests)
                    yield known[unit]

    @checked(StudyError)
    def stored_evidence(self, settings: ExplanationSettings, tests: EvidenceSettings) -> dict[int, Evidence]:
        """The evidence found with these settings so far, by unit."""
        return self._store.get(Evidence, range(self.units.count), settings, tests)

    @checked(StudyError, but=("units",))
    def evidence(
        self,
        units: AnyUnits = None,
        tests: EvidenceSettings | None = None,
        *,
        ranges: int | Sequence[float] | None = None,
        report: Report | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> list[Evidence]:
        """Test whether the formulas of some units, or of all, are more than luck.

        Parameters
        ----------
        units, ranges, report, **settings
            As for `explain`; what is not explained yet is explained.
        tests
            How hard the formulas are tested.

        Returns
        -------
        The evidence for each formula, in the order of `explain`; `q_values` corrects the p-values for their number. An
        interrupt is met as in `explain`.
        """
        wanted, parts = self.checked_units(units), _parts(ranges)
        each = self.each_evidence(wanted, self.default_settings.changed(**settings), tests or EvidenceSettings(), parts)
        return _collected(each, len(wanted), len(parts), "tested", report)

    @checked(StudyError, but=("units",))
    def to_frame(
        self,
        units: AnyUnits = None,
        *,
        ranges: int | Sequence[float] | None = None,
        tests: EvidenceSettings | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> pd.DataFrame:
        """Explanations as a data frame, one row a unit, or a row for each range of its activations.

        The index is ``unit``. Columns: ``layer``, ``formula``, ``iou``, ``precision``, ``recall``, ``lift`` (the IoU
        beyond that of the formula "always true"), ``state`` (see `UnitState`), ``active_share`` (the share of all
        positions at which the unit fires: the IoU of "always true"), then ``formula_n`` and ``iou_n`` for the
        best formula with at most n concepts, n = 1 … max_length. Units without a formula have an empty text and zeros.
        Where units have names, as directions do, ``name`` follows the layer; see `unit_columns`.
        With ranges, ``range``, ``low`` and ``high`` follow the layer, and ``sample_coverage`` the lift. (La Rosa et
        al. 2023 call the precision *detection accuracy* and the recall *activation coverage*; the sample coverage is
        the share of the samples with the formula where it meets the range.)

        With `tests`, the last columns are ``held_out_iou``, ``p_value``, ``q_value`` (the p-value corrected for the
        number of rows), ``iou_low`` and ``iou_high`` (see `Evidence`).

        What is not explained or tested yet is explained and tested first, without a word: `explain` and `evidence`
        tell of progress, and `settings` are theirs. An interrupt is passed on: a part of the units must not be taken
        for all of them.
        """
        wanted, parts = self.checked_units(units), _parts(ranges)
        return self.frame_of(wanted, self.default_settings.changed(**settings), parts, tests)

    def frame_of(
        self,
        units: Sequence[int],
        settings: ExplanationSettings,
        ranges: Sequence[ActivationRange] = (),
        tests: EvidenceSettings | None = None,
    ) -> pd.DataFrame:
        """`to_frame` for units and settings that are known to make sense."""
        found = list(self.explanations(units, settings, ranges))
        columns = {"layer": [self.layer] * len(found), **self.unit_columns(found)}
        covered = None
        if ranges:
            firing = [replace(settings, activation_range=part).firing for part in ranges] * len(units)
            columns["range"] = [str(part) for part in firing]
            columns["low"] = [one.threshold for one in found]
            columns["high"] = [one.upper_limit for one in found]
            covered = [self.sample_coverage(one, part) for one, part in zip(found, firing, strict=True)]
        evidence = list(self.each_evidence(units, settings, tests, ranges)) if tests else None
        return explanation_frame(found, settings.search.max_length, columns, covered, evidence)

    def unit_columns(self, explanations: Sequence[Explanation]) -> dict[str, Sequence[object]]:
        """Further columns of `to_frame`, about the unit of each explanation: column name → values."""
        names = self.configuration.unit_names
        return {"name": [names[one.unit] for one in explanations]} if names else {}

    def sample_coverage(self, explanation: Explanation, firing: float | ActivationRange) -> float:
        """Of the samples where the best formula holds somewhere, the share where it meets the unit's activity."""
        if explanation.best is None:
            return 0.0
        truth = self.table.truth(explanation.best.formula)
        holds = np.count_nonzero(self.positions.by_sample(truth))
        return float(np.count_nonzero(self.activity(explanation.unit, firing).counts.by_sample(truth)) / holds)

    @checked(StudyError, but=("units",))
    def to_csv(
        self,
        path: str | Path,
        units: AnyUnits = None,
        *,
        ranges: int | Sequence[float] | None = None,
        tests: EvidenceSettings | None = None,
        **settings: Unpack[ExplanationOptions],
    ) -> None:
        """Write the columns of `to_frame` to a CSV file, scores with six decimals."""
        write_csv(self.to_frame(units, ranges=ranges, tests=tests, **settings), path)

    @checked(StudyError)
    def overlap(self, formula: Formula | str, unit: AnyUnit, firing: float | ActivationRange | None = None) -> Overlap:
        """Counts of a given formula on a unit; the activations that count are given as to `activity`, else the default.

        Raises
        ------
        FormulaError
            When the formula names a concept that the data does not have.
        """
        truth = self.table.truth(formula)
        active = self.activity(unit, self.default_settings.firing if firing is None else firing).counts.by_signature()
        return Overlap.of(truth, self.table.total, active)

    def active_counts(
        self, units: tuple[int, ...], firing: ActivationRange, report: Report | None = None
    ) -> ActiveCounts:
        """Where some units fire, by signature; the last two answers are remembered. `report` is told of progress."""
        if (units, firing) not in self._recent_counts:
            each = told(units, Stage("units looked up", "score"), len(units), report)
            found = ActiveCounts.of(self.units, each, firing)
            with self._lock:
                while len(self._recent_counts) > 1:
                    del self._recent_counts[next(iter(self._recent_counts))]
                self._recent_counts[units, firing] = found
        return self._recent_counts[units, firing]

    @checked(StudyError, but=("samples",))
    def fires(
        self, unit: AnyUnit, samples: Samples | None = None, firing: float | ActivationRange | None = None
    ) -> NDArray[np.bool_]:
        """The positions at which a unit fires: of images, of their annotation grid; of pairs, each is one.

        Parameters
        ----------
        samples
            Numbers of images, pairs or texts, or bool of shape (samples,); None for all.
        firing
            The activations that count, given as to `activity`; None for those of `default_settings`.

        Returns
        -------
        bool, shape (samples, height, width) of images, (samples,) of pairs; of samples that differ in their number of
        positions (P,), one sample after another.
        """
        (number,) = self.checked_units([unit])
        limits = self.activity(number, self.default_settings.firing if firing is None else firing).limits
        return self.units.fires(number, limits, self.checked_samples(samples))

    @checked(StudyError, but=("formula", "samples"))
    def holds(self, formula: Formula | str, samples: Samples | None = None) -> NDArray[np.bool_]:
        """The positions at which a formula holds: bool, of the shape of `fires`; samples are given as there.

        Raises
        ------
        FormulaError
            When the formula names a concept that the data does not have.
        """
        holds: NDArray[np.bool_] = self.table.truth(formula)[self.units.signatures_of(self.checked_samples(samples))]
        return holds

    def checked_samples(self, samples: Samples | None) -> NDArray[np.intp] | None:
        """The numbers of the samples meant; None for all.

        Raises
        ------
        StudyError
            When the study does not have one of them.
        """
        if samples is None:
            return None
        if isinstance(samples, slice):
            return np.arange(self.samples)[samples]
        given = np.atleast_1d(np.asarray(samples))
        if given.dtype == np.bool_ and given.shape == (self.samples,):
            return np.flatnonzero(given)
        if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
            raise StudyError(
                f"samples are numbers, such as [3, 17], or {self.samples:,} times True or False, not {samples!r:.60}"
            )
        if unknown := given[(given < 0) | (given >= self.samples)].tolist():
            raise StudyError(f"there is no sample {unknown[0]}: the study has samples 0 … {self.samples - 1}")
        return given.astype(np.intp)

    def close(self) -> None:
        """Write what was found and is not written yet."""
        self._store.close()

    def checked_units(
        self, units: SupportsIndex | Iterable[SupportsIndex] | None, *, from_the_end: bool = False
    ) -> list[int]:
        """The units meant, None for all; negative numbers count from the end where that is asked for.

        Raises
        ------
        StudyError
            When the layer does not have one of them.
        """
        return unit_numbers(units, self.units.count, from_the_end=from_the_end)

    @checked(StudyError)
    def excluded(self, settings: ExplanationSettings) -> frozenset[int]:
        """Indices of the concepts that the settings exclude, or do not name where they name those that may be used.

        Raises
        ------
        StudyError
            When the settings name something that the data does not have, or leave no concept.
        """
        return excluded_concepts(self.table.concepts, self.categories, settings.only, settings.exclude)


def _parts(ranges: int | Sequence[float] | None) -> list[ActivationRange]:
    return [] if ranges is None else ranges_of(ranges)


def _collected(each: Iterable[Kept], units: int, ranges: int, done: str, report: Report | None) -> list[Kept]:
    """All that comes one by one, or what came before an interrupt from the keyboard."""
    found: list[Kept] = Listing()
    total, kind = units * max(ranges, 1), "ranges" if ranges else "units"
    stage = Stage(f"{kind} {done}", "explain" if done == "explained" else "test")
    try:
        with nullcontext(report) if report else bars() as tell:
            for one in each:
                found.append(one)
                tell(stage, len(found), total)
    except KeyboardInterrupt:
        warnings.warn(f"stopped after {len(found)} of {total} {kind}; the same call continues", stacklevel=4)
    return found


# Explanations kept in memory for a live view that goes back and forth.
_REMEMBERED = 64
