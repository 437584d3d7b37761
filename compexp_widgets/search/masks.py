"""The door of the engine alone: what an array is active for, told in masks, from NumPy arrays and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, overload

from numpy.typing import ArrayLike

from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import SearchError
from compexp_widgets.search.extensions import OPERATORS, Operator
from compexp_widgets.search.optimal import CertifiedResult, OptimalSearch, optimal_search
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.signatures.masks import Columns, Masks, by_name

Name = TypeVar("Name")


@overload
def explain_masks(
    masks: Masks | SignatureTable,
    active: Mapping[Name, ArrayLike],
    max_length: int = 3,
    *,
    operators: tuple[Operator, ...] = OPERATORS,
    proof_nodes: int | None = 700,
    weights: ArrayLike | None = None,
) -> dict[Name, CertifiedResult]: ...


@overload
def explain_masks(
    masks: Masks | SignatureTable,
    active: Columns,
    max_length: int = 3,
    *,
    operators: tuple[Operator, ...] = OPERATORS,
    proof_nodes: int | None = 700,
    weights: ArrayLike | None = None,
) -> dict[Any, CertifiedResult]: ...


@overload
def explain_masks(
    masks: Masks | SignatureTable,
    active: ArrayLike,
    max_length: int = 3,
    *,
    operators: tuple[Operator, ...] = OPERATORS,
    proof_nodes: int | None = 700,
    weights: ArrayLike | None = None,
) -> CertifiedResult: ...


@checked(SearchError, but=("masks", "active", "weights"))
def explain_masks(
    masks: Masks | SignatureTable,
    active: ArrayLike | Mapping[Any, ArrayLike] | Columns,
    max_length: int = 3,
    *,
    operators: tuple[Operator, ...] = OPERATORS,
    proof_nodes: int | None = 700,
    weights: ArrayLike | None = None,
) -> CertifiedResult | dict[Any, CertifiedResult]:
    """The formula over masks that best overlaps with where something is active, of every length, with its proof.

    >>> night = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    >>> rain = np.array([1, 1, 0, 0, 1, 1, 0, 0])
    >>> found = explain_masks({"night": night, "rain": rain}, active=np.array([0, 0, 1, 1, 0, 0, 0, 0]))
    >>> str(found.best.formula), found.best.overlap.iou, found.proven
    ('night AND NOT rain', 1.0, True)

    Needs NumPy and nothing else of what the package depends on.

    Parameters
    ----------
    masks
        Concept → where it holds: boolean arrays of one shape, whatever it is (pixels, frames, recordings × seconds);
        whole numbers that are all 0 or 1 will do, and so does a data frame of such columns. Or the table that
        `SignatureTable.from_masks` made of them, which spares folding them again. Their order breaks ties.
    active
        Where the unit is active, a boolean array of the masks' shape; or unit → such an array.
    max_length
        Largest number of masks in a formula.
    operators
        What may join a mask to a formula: ``"OR"``, ``"AND"``, ``"AND NOT"``.
    proof_nodes
        Into how many regions the search may look to prove that nothing is better; None goes on to the proof, however
        long that takes.
    weights
        Whole numbers of the masks' shape: for how many positions each counts; 0 and False leave it out.

    Returns
    -------
    CertifiedResult
        ``best``, with ``formula`` and ``overlap`` (its counts, ``iou``, ``precision``, ``recall``, ``f1``), None where
        no mask overlaps; ``by_length``; ``bounds`` and ``proven``. Or unit → that, in the order given.

    Raises
    ------
    SearchError
        When there are no masks, shapes differ, or something is neither True nor False; the message says which.
    """
    if proof_nodes is not None:
        proof_nodes = whole_number(proof_nodes, "proof_nodes", least=0, error=SearchError)
    search = OptimalSearch(max_length, operators, nodes=proof_nodes)
    if not isinstance(masks, SignatureTable):
        table = SignatureTable.from_masks(masks, weights)
    elif weights is None:
        table = masks
    else:
        raise SearchError("weights belong to the table: give them to SignatureTable.from_masks")
    units = by_name(active)
    if units is None:
        return optimal_search(table, table.count(active), search)  # type: ignore[arg-type] # no mapping, so an array
    found: dict[Any, CertifiedResult] = {}
    for unit, where in units:
        try:
            found[unit] = optimal_search(table, table.count(where), search)
        except SearchError as error:
            raise SearchError(f"of unit {unit!r:.60}: {error}") from error
    return found
