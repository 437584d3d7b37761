"""What a sample is, and how samples are shown to a network: numbers of words, padded to the longest text."""

import hashlib
import json
from dataclasses import dataclass

import torch

from compexp_widgets.networks.inputs import Inputs
from compexp_widgets.networks.passes import Batch
from token_modality.layer_output import PaddedTokens


@dataclass(frozen=True)
class TextSet:
    """Texts of different lengths, each a tuple of tokens."""

    source: str
    texts: tuple[tuple[str, ...], ...]

    def __len__(self):
        return len(self.texts)

    @property
    def fingerprint(self):
        return hashlib.sha256(json.dumps(self.texts).encode()).hexdigest()


class TokenInputs(Inputs):
    samples = "texts"
    batch_size = 16
    layout = PaddedTokens()

    def __init__(self, words):
        self.words = tuple(words)
        self._number_of = {word: number for number, word in enumerate(self.words, start=1)}

    def batch(self, samples, numbers):
        texts = [samples.texts[number] for number in numbers]
        ids = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.int64)
        for row, text in zip(ids, texts, strict=True):
            row[: len(text)] = torch.tensor([self._number_of[token.lower()] for token in text])
        return Batch.encoded((ids,), len(texts), self.samples, tuple(map(len, texts)))

    def fixed_samples(self, like=None):
        return TextSet("fixed", (self.words[:3], self.words[3:8], self.words[:1]))

    def identity(self):
        return json.dumps(self.words).encode(), b""

    def order(self, samples):
        return sorted(range(len(samples)), key=lambda number: len(samples.texts[number]))
