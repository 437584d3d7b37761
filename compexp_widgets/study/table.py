"""Explanations, and the evidence for them, as data frames, one row a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from compexp_widgets.files import whole_file
from compexp_widgets.study.evidence import Evidence, q_values
from compexp_widgets.study.explanation import Explanation


def explanation_frame(explanations: Iterable[Explanation], max_length: int) -> pd.DataFrame:
    """Columns ``unit, formula, iou, precision, recall, state, active_share, formula_1, iou_1, …`` to n = `max_length`.

    ``formula_n`` is the best formula with at most n concepts, ``iou_n`` its IoU. Units without a
    formula have empty texts and zeros.
    """
    columns = ["unit", "formula", "iou", "precision", "recall", "state", "active_share"]
    columns += [f"{name}_{length}" for length in range(1, max_length + 1) for name in ("formula", "iou")]
    rows = []
    for explanation in explanations:
        best = explanation.best
        row: dict[str, object] = {"unit": explanation.unit, "formula": str(best.formula) if best else ""}
        for score in ("iou", "precision", "recall"):
            row[score] = getattr(best.overlap, score) if best else 0.0
        row |= {"state": explanation.state, "active_share": explanation.active_share}
        for length in range(1, max_length + 1):
            found = explanation.by_length[length - 1] if best else None
            row[f"formula_{length}"] = str(found.formula) if found else ""
            row[f"iou_{length}"] = found.overlap.iou if found else 0.0
        rows.append(row)
    frame: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return frame


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a data frame, whole or not at all, scores with six decimals."""
    with whole_file(Path(path)) as temporary:
        frame.to_csv(temporary, index=False, float_format="%.6f", encoding="utf-8", lineterminator="\n")


def evidence_frame(evidence: Sequence[Evidence]) -> pd.DataFrame:
    """Columns ``held_out_iou, p_value, q_value, iou_low, iou_high``; the q-values are corrected over these units."""
    frame: pd.DataFrame = pd.DataFrame(
        {
            "held_out_iou": [one.held_out_iou for one in evidence],
            "p_value": [one.p_value for one in evidence],
            "q_value": q_values(evidence),
            "iou_low": [one.interval[0] for one in evidence],
            "iou_high": [one.interval[1] for one in evidence],
        }
    )
    return frame
