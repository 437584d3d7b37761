"""Pairs from several sources as one set, and a part of them held back to measure with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compexp_widgets.data.pairs.dataset import TWO_WAY_LABELS, PairDataset
from compexp_widgets.errors import DataError


def joined(sets: Sequence[PairDataset]) -> PairDataset:
    """Several sets of pairs as one, in order; a pair's id says which of several sets it is from.

    A DataError where there is none, or some have three labels and others two.
    """
    if not sets:
        raise DataError("there are no sets of pairs to join")
    if len(sets) == 1:
        return sets[0]
    if len({pairs.labels for pairs in sets}) > 1:
        first = next(pairs for pairs in sets if pairs.labels == TWO_WAY_LABELS)
        raise DataError(
            f"{first.source} tells {' from '.join(TWO_WAY_LABELS)} alone, other sets three labels apart: join their "
            "two_way(), as in joined([mnli.two_way(), rte])"
        )
    return PairDataset(
        ", ".join(pairs.source for pairs in sets),
        tuple(premise for pairs in sets for premise in pairs.premises),
        tuple(hypothesis for pairs in sets for hypothesis in pairs.hypotheses),
        np.concatenate([pairs.gold for pairs in sets]),
        tuple(f"{number}:{name}" for number, pairs in enumerate(sets, start=1) for name in pairs.ids),
        sets[0].labels,
        tuple(pairs.text(number) for pairs in sets for number in range(len(pairs)))
        if any(pairs.texts for pairs in sets)
        else (),
    )


def held_out(pairs: PairDataset, share: float, seed: int = 0) -> tuple[PairDataset, PairDataset]:
    """The pairs to train on, and about a share of them, between 0 and 1, held back.

    Pairs with the same premise stay together, so that no premise of the second set was trained on: it is the smallest
    of whole premises that reaches the share. A DataError where nothing would be left on one side.
    """
    if not (isinstance(share, float) and 0 < share < 1):
        raise DataError(f"the share that is held out lies between 0 and 1, not {share!r:.60}")
    distinct: dict[tuple[str, ...], int] = {}
    group = np.array([distinct.setdefault(premise, len(distinct)) for premise in pairs.premises], np.int64)
    order = np.random.default_rng(seed).permutation(len(distinct))
    sizes = np.bincount(group, minlength=len(distinct))[order]
    chosen = order[: int(np.searchsorted(sizes.cumsum(), share * len(pairs))) + 1]
    back = np.isin(group, chosen)
    if not len(pairs) or back.all():
        raise DataError(
            f"{share:.0%} of the {len(pairs)} pairs of {pairs.source} with {len(distinct)} premises cannot be held out "
            "so that some are left: give more pairs, or a file to validate with"
        )
    return pairs.subset(~back), pairs.subset(back)
