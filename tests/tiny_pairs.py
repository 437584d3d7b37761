"""Sentence pairs whose words are drawn by chance, and a network whose hidden units stand for known words."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

import compexp_widgets as cw
from compexp_widgets.data.pairs import LABELS, Tokens

WORDS = ("dog", "cat", "man", "woman", "runs", "sleeps", "red", "blue", "not", "park")

# What each unit fires on: (side, words, at least so many of them).
UNITS = (
    ("hypothesis", ("not",), 1),
    ("premise", ("dog", "cat"), 1),
    ("premise", ("man", "runs"), 2),
    ("hypothesis", ("unicorn",), 1),
)

CONCEPTS = cw.LexicalSettings(tokens=20, skip=(), tags=False, neighbors=0)


def tiny_pairs(count: int = 400, seed: int = 0) -> cw.PairDataset:
    """Every premise stands in three pairs, as in SNLI; every tenth pair has no gold label."""
    random = np.random.default_rng(seed)

    def sentence() -> Tokens:
        return tuple(random.choice(WORDS, size=random.integers(3, 8)).tolist())

    premises = [sentence() for _ in range(-(-count // 3))]
    return cw.PairDataset.of(
        "tiny pairs",
        [
            (premises[number // 3], sentence(), None if number % 10 == 9 else LABELS[int(random.integers(3))])
            for number in range(count)
        ],
    )


def tiny_pair_network() -> cw.Network:
    """Unit 0 speaks for contradiction, 1 for entailment, 2 for neutral, with weight 1."""
    columns = [(side, word) for side in ("premise", "hypothesis") for word in (*WORDS, "unicorn")]
    module = nn.Sequential(nn.Linear(len(columns), len(UNITS)), nn.ReLU(), nn.Linear(len(UNITS), len(LABELS))).eval()
    hidden, answer = module[0], module[2]
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
        for unit, (side, words, least) in enumerate(UNITS):
            hidden.bias[unit] = 0.5 - least
            for word in words:
                hidden.weight[unit, columns.index((side, word))] = 1.0
        for unit, label in enumerate(("contradiction", "entailment", "neutral")):
            answer.weight[LABELS.index(label), unit] = 1.0

    def encode(batch: list[tuple[Tokens, Tokens]]) -> tuple[torch.Tensor]:
        sides = ({"premise": set(premise), "hypothesis": set(hypothesis)} for premise, hypothesis in batch)
        return (torch.tensor([[float(word in side[name]) for name, word in columns] for side in sides]),)

    return cw.Network.of_pairs(module, encode, name="tiny")
