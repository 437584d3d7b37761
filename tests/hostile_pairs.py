"""Sentence pairs with hostile words, and a network small enough for tests: words averaged, fixed random weights."""

from __future__ import annotations

import itertools

import torch
from torch import nn

from compexp_widgets import Network, PairDataset
from compexp_widgets.data.pairs import LABELS

WHO = (("A", "man"), ("Two", "dogs"), ("The", "<b>girl</b>"), ("A", "woman"))
DOES = (("is", "sleeping"), ("runs", "outside"), ("plays", "(music)"), ("eats", '"food"'))
HIDDEN = 6
LAYER = "relu"


def hostile_pairs() -> PairDataset:
    """64 pairs of short sentences with markup, parentheses and quotes; every seventh has no gold label."""
    rows = []
    for number, (who, does, other) in enumerate(itertools.product(WHO, DOES, DOES)):
        hypothesis = ("Nobody", *other, ".") if number % 5 == 0 else (*WHO[number % len(WHO)], *other, ".")
        label = None if number % 7 == 0 else LABELS[number % 3]
        rows.append(((*who, *does, "."), hypothesis, label))
    return PairDataset.of("tiny", rows)


class AveragedWords(nn.Module):
    def __init__(self, words: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.words = nn.Embedding(words + 1, 8, padding_idx=0)
        self.hidden = nn.Linear(16, HIDDEN)
        self.relu = nn.ReLU()
        self.labels = nn.Linear(HIDDEN, len(LABELS))
        # The last unit never fires.
        self.hidden.bias.data[-1] = -100.0

    def forward(self, premise: torch.Tensor, hypothesis: torch.Tensor) -> torch.Tensor:
        sentences = [self.words(tokens).sum(dim=1) for tokens in (premise, hypothesis)]
        return self.labels(self.relu(self.hidden(torch.cat(sentences, dim=1))))


def pair_network(seed: int = 0) -> Network:
    pairs = hostile_pairs()
    words = sorted({token for sentence in (*pairs.premises, *pairs.hypotheses) for token in sentence})
    number_of = {word: number for number, word in enumerate(words, start=1)}

    def encode(batch):
        longest = max((len(sentence) for pair in batch for sentence in pair), default=1) or 1
        return tuple(
            torch.tensor(
                [
                    [number_of.get(token, 0) for token in pair[side]] + [0] * (longest - len(pair[side]))
                    for pair in batch
                ]
            )
            for side in (0, 1)
        )

    return Network.of_pairs(AveragedWords(len(words), seed).eval(), encode, name="tiny", vocabulary=tuple(words))
