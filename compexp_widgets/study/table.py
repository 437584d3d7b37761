"""Explanations, and the evidence for them, as data frames, one row a unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.errors import StudyError
from compexp_widgets.files import atomic_write, place_to_write
from compexp_widgets.needs import needs
from compexp_widgets.search import UnitCounts, scores
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.study.evidence import Evidence, q_values
from compexp_widgets.study.explanation import Explanation


def explanation_frame(
    explanations: Sequence[Explanation],
    max_length: int,
    unit_columns: Mapping[str, Sequence[object]],
    sample_coverage: Sequence[float] | None = None,
    evidence: Sequence[Evidence] | None = None,
) -> pd.DataFrame:
    """Columns: those of `unit_columns`, ``formula, iou, precision, recall, lift, state, active_share,
    formula_1, iou_1, …`` to n = `max_length`; ``sample_coverage`` after the lift where it is given. The index is
    ``unit``.

    ``formula_n`` is the best formula with at most n concepts, ``iou_n`` its IoU. Units without a formula have empty
    texts and zeros. With evidence, ``held_out_iou, p_value, q_value, iou_low, iou_high`` follow; the q-values are
    corrected over the rows.
    """
    best = [one.best for one in explanations]
    columns: dict[str, Any] = {**unit_columns}
    columns["formula"] = [str(found.formula) if found else "" for found in best]
    for score in ("iou", "precision", "recall"):
        columns[score] = [getattr(found.overlap, score) if found else 0.0 for found in best]
    columns["lift"] = [one.best.overlap.iou - one.active_share if one.best else 0.0 for one in explanations]
    if sample_coverage is not None:
        columns["sample_coverage"] = sample_coverage
    columns["state"] = [one.state for one in explanations]
    columns["active_share"] = [one.active_share for one in explanations]
    for length in range(1, max_length + 1):
        best = [one.by_length[length - 1] if one.by_length else None for one in explanations]
        columns[f"formula_{length}"] = [str(found.formula) if found else "" for found in best]
        columns[f"iou_{length}"] = [found.overlap.iou if found else 0.0 for found in best]
    if evidence is not None:
        columns["held_out_iou"] = [one.held_out_iou for one in evidence]
        columns["p_value"] = [one.p_value for one in evidence]
        columns["q_value"] = q_values(evidence)
        columns["iou_low"] = [one.interval[0] for one in evidence]
        columns["iou_high"] = [one.interval[1] for one in evidence]
    frame: pd.DataFrame = pd.DataFrame(columns, index=pd.Index([one.unit for one in explanations], name="unit"))
    return frame


def concept_frame(
    table: SignatureTable, categories: Sequence[str], active: NDArray[np.int64], excluded: Collection[int]
) -> pd.DataFrame:
    """Every concept alone against a unit, the highest IoU first: index ``concept``, columns ``category, iou, precision,
    recall, positions``, the last for those where the concept holds.

    `categories` has one for each concept; `active` is int64, shape (S,): the unit's active positions a signature;
    `excluded` are indices of concepts that are left out.
    """
    counts = UnitCounts(table, active)
    columns: dict[str, Any] = {"category": categories}
    for metric in ("iou", "precision", "recall"):
        columns[metric] = scores(metric, counts.active_positions, table.concept_total, counts.concept_intersection)
    columns["positions"] = table.concept_total
    frame = pd.DataFrame(columns, index=pd.Index([str(leaf) for leaf in table.leaves], name="concept"))
    kept = [index for index in range(len(frame)) if index not in excluded]
    ranked: pd.DataFrame = frame.iloc[kept].sort_values("iou", ascending=False, kind="stable")
    return ranked


TESTED = ("held_out_iou", "p_value", "q_value", "iou_low", "iou_high")
"""The columns of a table of units that take tests."""


def rankings(max_length: int, unit_columns: Collection[str]) -> tuple[str, ...]:
    """The columns of a table of units that units can be ranked by: scores, and what a modality adds in numbers."""
    own = (name for name in unit_columns if name not in {"name", "silent"})
    lengths = (f"iou_{length}" for length in range(1, max_length + 1))
    return ("iou", "precision", "recall", "f1", "lift", "active_share", *lengths, *own, *TESTED)


def score_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of a table of units that units can be ranked by, the F1 score added."""
    scored: pd.DataFrame = frame.select_dtypes(include=["number"]).copy()
    if "precision" in frame:
        both = (frame["precision"] + frame["recall"]).to_numpy()
        product = (2 * frame["precision"] * frame["recall"]).to_numpy()
        scored["f1"] = np.divide(product, both, out=np.zeros_like(both), where=both > 0)
    return scored


def latex_table(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """Some columns of a table of units as a LaTeX table with the rules of *booktabs*: names escaped, scores with three
    decimals.
    """
    with needs("LaTeX tables"):
        shown = frame.reset_index()[[*frame.index.names, *columns]]
        text: str = shown.to_latex(index=False, escape=True, float_format="%.3f")
    return text


def write_latex(text: str, path: str | Path) -> None:
    """Write a LaTeX table, whole or not at all."""
    place = place_to_write(path, "the table", error=StudyError)
    with atomic_write(place) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a data frame, whole or not at all, scores with six decimals."""
    place = place_to_write(path, "the table", error=StudyError)
    with atomic_write(place) as temporary:
        frame.to_csv(temporary, float_format="%.6f", encoding="utf-8", lineterminator="\n")
