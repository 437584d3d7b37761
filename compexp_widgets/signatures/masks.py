"""Boolean masks as they come from anywhere: checked, and folded into signatures, position by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr


class Columns(Protocol):
    """Named columns, as a data frame has them (and a series, a single column, has not)."""

    def iterrows(self) -> Any: ...
    def items(self) -> Iterable[tuple[Any, Any]]: ...


Masks: TypeAlias = Mapping[str, ArrayLike] | Columns
"""Concept → where it holds."""


@dataclass(frozen=True, eq=False)
class MaskPositions:
    """The positions of masks and the signature of each.

    Attributes
    ----------
    rows
        int32, of the masks' shape: the row of every position's signature; -1 where its weight is 0.
    weights
        int64, of the masks' shape: for how many a position counts; None where each counts once.
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.int64] | None = None

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def count(self, active: ArrayLike, signatures: int) -> NDArray[np.int64]:
        """int64, shape (signatures,): the active positions that carry each; `SearchError` as of `boolean_array`."""
        chosen = boolean_array(active, "active")
        if chosen.shape != self.rows.shape:
            told = f"active has shape {chosen.shape}, the masks {self.rows.shape}"
            several = chosen.shape[1:] == self.rows.shape
            raise SearchError(told + ": give several units as a dict, dict(enumerate(active))" * several)
        chosen = chosen & (self.rows >= 0)
        return _counted(self.rows[chosen], None if self.weights is None else self.weights[chosen], signatures)

    def spread(self, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """bool, of the masks' shape: at every position what is true of its signature; False where its weight is 0."""
        spread: NDArray[np.bool_] = np.append(truth, False)[self.rows]
        return spread


class FoldedMasks(NamedTuple):
    """Masks as signatures.

    Attributes
    ----------
    names
        One for each of the C masks.
    positions
        Their positions.
    total
        int64, shape (S,): positions that carry each signature, at least 1.
    held
        bool, shape (S, C): which masks hold there.
    """

    names: tuple[str, ...]
    positions: MaskPositions
    total: NDArray[np.int64]
    held: NDArray[np.bool_]


def fold_masks(masks: Masks, weights: ArrayLike | None) -> FoldedMasks:
    """The distinct combinations of masks and where they are; see `SignatureTable.from_masks`."""
    named = _named(masks)
    arrays = {name: boolean_array(mask, f"the mask {name!r:.60}") for name, mask in named.items()}
    first_name, *_ = arrays
    shape = arrays[first_name].shape
    for name, array in arrays.items():
        if array.shape != shape:
            raise SearchError(
                f"the mask {name!r:.60} has shape {array.shape}, the mask {first_name!r:.60} {shape}: masks lie on the "
                "same positions"
            )
    rows = np.zeros(arrays[first_name].size, np.int64)
    first = rows[:1]
    flat = [array.reshape(-1) for array in arrays.values()]
    for begin in range(0, len(flat), _FOLDED):
        for mask in flat[begin : begin + _FOLDED]:
            rows <<= 1
            rows |= mask
        _, first, rows = np.unique(rows, return_index=True, return_inverse=True)
    counts = None if weights is None else _checked_weights(weights, shape)
    total = _counted(rows, counts if counts is None else counts.reshape(-1), len(first))
    kept = np.flatnonzero(total)
    place = np.full(len(first), -1, np.int32)
    place[kept] = np.arange(len(kept))
    placed = place[rows].reshape(shape)
    if counts is not None:
        placed[counts == 0] = -1
    held = np.stack([mask[first[kept]] for mask in flat], axis=1)
    return FoldedMasks(tuple(arrays), MaskPositions(placed, counts), total[kept], held)


def by_name(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """The names and arrays of a mapping, or of a data frame; None where it is something else."""
    several = isinstance(value, Mapping) or (hasattr(value, "iterrows") and hasattr(value, "items"))
    return value.items() if several else None


def boolean_array(value: Any, what: str) -> NDArray[np.bool_]:
    """A boolean array, from booleans, or from whole numbers that are all 0 or 1.

    Raises
    ------
    SearchError
        When it is empty or holds anything else; the message opens with `what`.
    """
    array = _array(value, what)
    if array.dtype == np.bool_ or (array.dtype.kind in "iu" and not (array & ~array.dtype.type(1)).any()):
        return array.astype(np.bool_, copy=False)
    if array.dtype.kind == "f" and (lost := int(np.isnan(array).sum())):
        raise SearchError(
            f"{what} has NaN at {lost:,} of {array.size:,} positions: say what is meant there, such as "
            "np.nan_to_num(values) > 0.5, or leave them out by weights"
        )
    raise SearchError(
        f"{what} is of {array.dtype}, not of True and False: compare it, such as values > 0.5 or labels == 3"
    )


def _array(value: Any, what: str) -> NDArray[Any]:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # ragged lists; tensors on a GPU, or with a gradient
        raise SearchError(f"{what} is a {type(value).__name__} that NumPy makes no array of: {error!s:.200}") from error
    if not array.size:
        raise SearchError(f"{what} is empty: its shape is {array.shape}")
    return array


def _named(masks: Any) -> dict[str, Any]:
    items = by_name(masks)
    if items is None:
        raise SearchError(f"masks are a dict of names and boolean arrays, such as {{'cat': mask}}, not {masks!r:.60}")
    named: dict[str, Any] = {}
    for name, mask in items:
        if not isinstance(name, str) or not name:
            raise SearchError(f"a mask is named by a text, which stands in formulas, not by {name!r:.60}")
        if name in named:
            raise SearchError(f"two masks are named {name!r:.60}: rename one, or merge them by mask | other")
        named[name] = mask
    if not named:
        raise SearchError("there is no mask to explain with: give at least one, such as {'cat': mask}")
    return named


def _checked_weights(weights: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.int64]:
    array = _array(weights, "weights")
    if array.dtype.kind not in "biu" or array.min() < 0 or array.sum(dtype=np.float64) > _EXACT:
        raise SearchError(
            "weights are whole numbers, 0 or more, for how many each position counts (or True and False: those that "
            f"count), together at most 2**53; not {array.dtype} from {array.min()!s:.30} to {array.max()!s:.30}"
        )
    if array.shape != shape:
        raise SearchError(f"weights have shape {array.shape}, the masks {shape}")
    if not array.any():
        raise SearchError("weights are 0 everywhere: no position counts")
    return array.astype(np.int64)


def _counted(rows: NDArray[np.integer], weights: NDArray[np.int64] | None, signatures: int) -> NDArray[np.int64]:
    return np.bincount(rows, weights=weights, minlength=signatures).astype(np.int64)


# Masks folded at once, a bit each, above the number of the combination so far.
_FOLDED = 24

# Sums of weights up to here are exact.
_EXACT = 2**53
