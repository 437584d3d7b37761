"""Sentence pairs and units of SNLI's size and shape, made up by chance: what the search over lexical concepts is
measured on.

    from pairs_like import pairs_like

10,000 pairs, as the development set of SNLI (Bowman et al. 2015) has. Words are as frequent as Zipf says; premises have
14 of them on average and hypotheses 7, of which a third are taken from the premise. Every word has one of 45 parts of
speech, some have two. The concepts are those of Mu and Andreas (2020): the 2,000 most frequent words and the parts of
speech on both sides, and three degrees of overlap. A unit stands for a formula drawn by chance, of up to five concepts,
and errs on a share of the pairs. Everything follows from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search import BeamSearch, beam_search
from compexp_widgets.signatures import SignatureTable

PAIRS, UNITS = 10_000, 1_024
WORDS, TAGS, NAMED = 12_000, 45, 2_000
OVERLAP = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class PairsLike:
    """A signature table and units.

    Attributes
    ----------
    table
        The signatures of the pairs.
    positions
        int32, shape (pairs,): the signature of each pair.
    fires
        bool, shape (units, pairs).
    """

    table: SignatureTable
    positions: NDArray[np.int32]
    fires: NDArray[np.bool_]

    def active(self, unit: int) -> NDArray[np.int64]:
        """int64, shape (S,): the unit's active pairs a signature."""
        return np.bincount(self.positions[self.fires[unit]], minlength=len(self.table)).astype(np.int64)


def pairs_like(pairs: int = PAIRS, units: int = UNITS, seed: int = 0) -> PairsLike:
    """The pairs and units of a seed."""
    random = np.random.default_rng(seed)
    shares = 1 / (np.arange(WORDS) + 2.7)
    shares /= shares.sum()
    tags = random.integers(TAGS, size=(WORDS, 2))
    second = random.random(WORDS) < 0.1
    sets = []
    for _ in range(pairs):
        premise = random.choice(WORDS, size=3 + random.poisson(11), p=shares)
        hypothesis = random.choice(WORDS, size=3 + random.poisson(4), p=shares)
        taken = random.random(len(hypothesis)) < 1 / 3
        hypothesis[taken] = random.choice(premise, size=int(taken.sum()))
        held: set[int] = set()
        for side, words in enumerate((premise, hypothesis)):
            first = side * (NAMED + TAGS)
            held |= {first + word for word in words.tolist() if word < NAMED}
            chosen = tags[words, (second[words] & (random.random(len(words)) < 0.5)).astype(int)]
            held |= {first + NAMED + tag for tag in chosen.tolist()}
        both, apart = np.intersect1d(premise, hypothesis), np.setxor1d(premise, hypothesis)
        held |= {2 * (NAMED + TAGS) + place for place, share in enumerate(OVERLAP) if len(both) > share * len(apart)}
        sets.append(tuple(sorted(held)))
    row_of: dict[tuple[int, ...], int] = {}
    positions = np.array([row_of.setdefault(held, len(row_of)) for held in sets], np.int32)
    table = SignatureTable.from_sets(_names(), list(row_of), np.bincount(positions))
    return PairsLike(table, positions, np.stack([_unit(table, positions, random) for _ in range(units)]))


def _names() -> list[str]:
    sides = [
        f"{side}:{kind}:{number}"
        for side in ("pre", "hyp")
        for kind, count in (("tok", NAMED), ("tag", TAGS))
        for number in range(count)
    ]
    return sides + [f"oth:overlap:{100 * share:g}" for share in OVERLAP]


def _unit(table: SignatureTable, positions: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.bool_]:
    """Where a unit fires: on 5 to 60 % of the pairs, as far as its formula does."""
    common = np.flatnonzero(table.concept_total > table.positions * 0.01)
    while True:
        concepts = random.choice(common, size=random.integers(1, 6), replace=False).tolist()
        truth = table.concept_truth(concepts[0])
        for concept, operator in zip(concepts[1:], random.integers(3, size=len(concepts) - 1).tolist(), strict=True):
            other = table.concept_truth(concept)
            truth = truth | other if operator == 0 else truth & (other if operator == 1 else ~other)
        fires = truth[positions] ^ (random.random(len(positions)) < random.uniform(0.02, 0.3))
        if 0.05 <= fires.mean() <= 0.6:
            return fires


def save(data: PairsLike, folder: Path) -> None:
    """Keep the table and the units for other processes."""
    table = data.table
    np.savez(
        folder / "table.npz",
        concepts=np.array(table.concepts),
        total=table.total,
        row_starts=table.row_starts,
        row_concepts=table.row_concepts,
        positions=data.positions,
        fires=data.fires,
    )


@lru_cache(maxsize=1)
def _saved(folder: Path) -> PairsLike:
    with np.load(folder / "table.npz") as arrays:
        names = tuple(arrays["concepts"].tolist())
        table = SignatureTable(names, arrays["total"], arrays["row_starts"], arrays["row_concepts"])
        return PairsLike(table, arrays["positions"], arrays["fires"])


def best_iou(folder: Path, settings: BeamSearch, unit: int) -> float:
    """The IoU of the formula that a beam search finds for a unit of what was saved; 0 for none."""
    data = _saved(folder)
    best = beam_search(data.table, data.active(unit), settings).best
    return best.overlap.iou if best else 0.0
