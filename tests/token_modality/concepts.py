"""Where concepts come from: the word, whether it is capitalised, its length, and whether it begins the text."""

from typing import NamedTuple

import numpy as np


class TokenConcept(NamedTuple):
    name: str
    category: str


class TokenConcepts:
    """Texts with a concept in each of four layers at every token."""

    def __init__(self, data):
        self._data = data
        words = sorted({token.lower() for text in data.texts for token in text})
        self.concepts = [
            *(TokenConcept(f"tok:{word}", "word") for word in words),
            *(TokenConcept(name, "form") for name in ("capitalised", "short", "long", "first")),
        ]
        self._number_of = {concept.name: number for number, concept in enumerate(self.concepts)}

    def __len__(self):
        return len(self._data)

    def names(self, text, place):
        """The concepts that hold at a token."""
        token = text[place]
        yield f"tok:{token.lower()}"
        if token[0].isupper():
            yield "capitalised"
        yield "short" if len(token) < 4 else "long"
        if place == 0:
            yield "first"

    def labels(self, index):
        text = self._data.texts[index]
        labels = np.full((4, len(text)), -1)
        for place in range(len(text)):
            for layer, name in enumerate(self.names(text, place)):
                labels[layer, place] = self._number_of[name]
        return labels

    @property
    def starts(self):
        return np.cumsum([0, *map(len, self._data.texts)], dtype=np.int64)
