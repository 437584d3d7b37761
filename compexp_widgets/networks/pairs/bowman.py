"""The sentence-pair classifier of Bowman et al. (2016), as Mu and Andreas (2020, section 3) trained it on SNLI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from compexp_widgets.data.pairs.dataset import LABELS, PairDataset, Tokens
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.pairs.sentence_pairs import PADDING, UNKNOWN
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.short_text import brief_repr

HIDDEN_LAYER = "mlp.1"
"""The hidden layer after its ReLU: the one whose units the paper explains."""


@dataclass(frozen=True)
class BowmanSize:
    """The size of a Bowman network; the paper's was 300, 512, 1,024.

    `words` have a vector, the unknown word and the padding among them, of length `embedding`; `encoder` is the width of
    the LSTM's state.
    """

    words: int
    embedding: int = 100
    encoder: int = 256
    hidden: int = 1024
    labels: int = len(LABELS)

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not (isinstance(value, int) and value > 0):
                raise NetworkError(f"{name} of a Bowman network is a number above 0, not {value!r:.60}")


class SentenceEncoder(nn.Module):
    """An LSTM over word vectors, whose last state stands for the sentence.

    The parameters are named as in the published checkpoints.
    """

    def __init__(self, size: BowmanSize) -> None:
        super().__init__()
        self.emb = nn.Embedding(size.words, size.embedding, padding_idx=1)
        self.rnn = nn.LSTM(size.embedding, size.encoder, batch_first=True)

    def forward(self, sentences: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """The state after each sentence's last word, float32 of shape (B, encoder); zeros for an empty sentence.

        Sentences are numbers of words, int64 of shape (B, longest), of which `lengths`, int64 of shape (B,), count.
        """
        packed = pack_padded_sequence(
            self.emb(sentences), lengths.cpu().clamp(min=1), batch_first=True, enforce_sorted=False
        )
        _, (states, _) = self.rnn(packed)
        last: torch.Tensor = states[-1]
        return last * (lengths > 0).to(last)[:, None]


class BowmanNetwork(nn.Module):
    """Both sentences encoded to u and v, then [u, v, u − v, u · v], batch norm, a hidden layer with ReLU, logits.

    The logits are in the order of `LABELS`, or of `TWO_WAY_LABELS`; parameters are named as in published checkpoints.
    `dropout` is the share of values dropped in training, before and after the hidden layer.
    """

    def __init__(self, size: BowmanSize, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = SentenceEncoder(size)
        self.bn = nn.BatchNorm1d(4 * size.encoder)
        self.dropout = nn.Dropout(dropout)
        self.mlp = nn.Sequential(
            nn.Linear(4 * size.encoder, size.hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(size.hidden, size.labels),
        )

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        """The logits of a batch of pairs, shape (B, labels); see `features` for the arguments."""
        logits: torch.Tensor = self.mlp(self.features(*arguments))
        return logits

    def features(
        self,
        premises: torch.Tensor,
        premise_lengths: torch.Tensor,
        hypotheses: torch.Tensor,
        hypothesis_lengths: torch.Tensor,
    ) -> torch.Tensor:
        """The input of the hidden layer, shape (B, 4 · encoder); see `SentenceEncoder.forward` for the arguments."""
        u, v = self.encoder(premises, premise_lengths), self.encoder(hypotheses, hypothesis_lengths)
        features: torch.Tensor = self.dropout(self.bn(torch.cat([u, v, u - v, u * v], dim=1)))
        return features


@dataclass(frozen=True)
class WordIndex:
    """Words by number, each once and in lower case; `UNKNOWN` has number 0 and `PADDING` number 1."""

    words: tuple[str, ...]

    __repr__ = brief_repr
    _repr_html_ = fields_html

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
        """The arguments of a Bowman network for some pairs: premises, their lengths, hypotheses, their lengths.

        int64, sentences of shape (B, longest) padded with 1 and at least one word wide, lengths of shape (B,), 0 for an
        empty sentence.
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
