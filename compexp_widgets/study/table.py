"""Explanations as a data frame, one row a unit."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from compexp_widgets.study.explanation import Explanation


def explanation_frame(explanations: Iterable[Explanation], max_length: int) -> pd.DataFrame:
    """Columns ``unit, formula, iou, precision, recall, formula_1, iou_1, …`` up to n = `max_length`.

    ``formula_n`` is the best formula with at most n concepts, ``iou_n`` its IoU. Units without a
    formula have empty texts and zeros.
    """
    columns = ["unit", "formula", "iou", "precision", "recall"]
    columns += [f"{name}_{length}" for length in range(1, max_length + 1) for name in ("formula", "iou")]
    rows = []
    for explanation in explanations:
        best = explanation.best
        row: dict[str, object] = {"unit": explanation.unit, "formula": str(best.formula) if best else ""}
        for score in ("iou", "precision", "recall"):
            row[score] = getattr(best.overlap, score) if best else 0.0
        for length in range(1, max_length + 1):
            found = explanation.by_length[length - 1] if best else None
            row[f"formula_{length}"] = str(found.formula) if found else ""
            row[f"iou_{length}"] = found.overlap.iou if found else 0.0
        rows.append(row)
    frame: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return frame
