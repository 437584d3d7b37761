"""The words that a network has vectors for, and sentences as the numbers of these words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.errors import NetworkError

UNKNOWN, PADDING = "UNK", "PAD"
"""The first two words of every index, as in the published checkpoints; words of sentences are in lower case."""


@dataclass(frozen=True)
class WordIndex:
    """Words by number.

    Attributes
    ----------
    words
        Each once, in lower case; `UNKNOWN` has number 0 and `PADDING` number 1.

    Raises
    ------
    NetworkError
        When they do not begin with these two, or a word comes twice.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.words[:2] != (UNKNOWN, PADDING):
            raise NetworkError(f"a word index begins with {UNKNOWN} and {PADDING}, not with {self.words[:2]!r:.100}")
        word, times = Counter(self.words).most_common(1)[0]
        if times > 1:
            raise NetworkError(f"a word index holds every word once, but {word!r:.60} {times} times")

    @staticmethod
    def of(pairs: PairDataset, minimum_count: int = 1) -> WordIndex:
        """The words that stand at least so often in premises and hypotheses together, frequent ones first.

        Ties go by the alphabet. Everything else is `UNKNOWN`.
        """
        sentences = (*pairs.premises, *pairs.hypotheses)
        counts = Counter(word.lower() for sentence in sentences for word in sentence)
        frequent = sorted(counts, key=lambda word: (-counts[word], word))
        return WordIndex((UNKNOWN, PADDING, *(word for word in frequent if counts[word] >= minimum_count)))

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    def numbers(self, tokens: Tokens) -> list[int]:
        """The numbers of a sentence's words; 0 for unknown ones."""
        return [self._numbers.get(word.lower(), 0) for word in tokens]

    def batch(self, pairs: Sequence[tuple[Tokens, Tokens]]) -> tuple[torch.Tensor, ...]:
        """What a Bowman network takes.

        Returns
        -------
        Premises, their lengths, hypotheses, their lengths: int64, sentences of shape (B, longest) padded with 1 and at
        least one word wide, lengths of shape (B,), 0 for an empty sentence.
        """
        premises = padded([self.numbers(premise) for premise, _ in pairs])
        return *premises, *padded([self.numbers(hypothesis) for _, hypothesis in pairs])


def padded(sentences: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Sentences of word numbers as one int64 tensor (B, longest), and their lengths (B,)."""
    lengths = torch.tensor([len(sentence) for sentence in sentences], dtype=torch.int64)
    numbers = torch.ones((len(sentences), max(int(lengths.max()), 1) if sentences else 1), dtype=torch.int64)
    for row, sentence in enumerate(sentences):
        numbers[row, : len(sentence)] = torch.tensor(sentence, dtype=torch.int64)
    return numbers, lengths
