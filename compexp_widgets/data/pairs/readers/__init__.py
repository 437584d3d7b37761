"""Sentence pairs from the files they are distributed in."""

from compexp_widgets.data.pairs.readers.formats import read_pairs as read_pairs
