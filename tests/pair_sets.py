"""Sentence pairs for tests, written by a grammar small enough to learn in seconds."""

from __future__ import annotations

import numpy as np

from compexp_widgets import PairDataset
from compexp_widgets.data.pairs import LABELS, Tokens

PEOPLE = ("man", "woman", "boy", "girl", "child", "dog")
ACTIONS = ("runs", "sleeps", "eats", "jumps", "sings")
PLACES = ("outside", "inside", "upstairs")


def toy_pairs(count: int, seed: int = 0, unlabelled: int = 0) -> PairDataset:
    """Entailment repeats the action, contradiction denies it, neutral adds a place."""
    random = np.random.default_rng(seed)
    rows: list[tuple[Tokens, Tokens, str | None]] = []
    for number in range(count):
        who, does = random.choice(PEOPLE), random.choice(ACTIONS)
        label = LABELS[number % 3]
        premise = ("A", *(["happy"] if random.random() < 0.5 else []), who, does, ".")
        hypothesis = {
            "entailment": ("Somebody", does, "."),
            "neutral": ("The", who, does, random.choice(PLACES), "."),
            "contradiction": ("Nobody", does, "."),
        }[label]
        rows.append((premise, tuple(map(str, hypothesis)), label if number >= unlabelled else None))
    return PairDataset.of(f"toy pairs, seed {seed}", rows)
