"""Sentence pairs: their words, their labels, and readers of the files they are distributed in."""

from compexp_widgets.data.pairs.dataset import (
    LABELS,
    NO_LABEL,
    TWO_WAY_LABELS,
    PairDataset,
    Tokens,
    detokenize,
    tokenize,
)

__all__ = ["LABELS", "NO_LABEL", "TWO_WAY_LABELS", "PairDataset", "Tokens", "detokenize", "tokenize"]
