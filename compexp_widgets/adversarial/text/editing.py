"""Sentence pairs as samples that are edited: how a recipe keeps a pair, and how edits of it are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compexp_widgets.adversarial.edit import Editing
from compexp_widgets.adversarial.text.edits import Pair, TextEdit, apply_text_edits, as_pair
from compexp_widgets.argument_sentences import described
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.errors import EditError
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.notebook_html import Html
from compexp_widgets.study.pairs.drawing import pair_html


class PairEditing(Editing[Pair, Pair]):
    """The modality of sentence pairs; see `Editing`."""

    kind = "edits of sentence pairs"
    inputs = PairInputs
    batch_size = 64

    def apply(self, sample: Pair, edits: Sequence[Any]) -> Pair | None:
        if not edits:
            raise EditError("a recipe of sentence pairs has at least one edit")
        return apply_text_edits(sample, edits)

    def taken(self, samples: Any) -> list[Pair]:
        """Pairs, each sentence a text or its tokens; one pair of two texts is one."""
        one = isinstance(samples, tuple | list) and len(samples) == 2 and isinstance(samples[0], str)
        several = [samples] if one else samples
        if isinstance(several, str) or not isinstance(several, Sequence):
            raise EditError(f"samples are pairs of premise and hypothesis, or a picture, not {described(several)}")
        return [as_pair(pair) for pair in several]

    def shown(self, samples: Sequence[Pair]) -> PairDataset:
        return PairDataset.of("edited pairs", [(premise, hypothesis, None) for premise, hypothesis in samples])

    def opened(self, stored: Pair, given: Any = None) -> Pair:
        if given is not None:
            raise EditError("a recipe of sentence pairs has its pairs in it and no picture: leave out picture=")
        return stored

    def html(self, sample: Pair) -> Html:
        return pair_html(*sample)

    def stored_to_json(self, stored: Pair) -> dict[str, list[str]]:
        return {name: list(tokens) for name, tokens in zip(("premise", "hypothesis"), stored, strict=True)}

    def stored_from_json(self, value: Any) -> Pair:
        return _tokens(value["premise"]), _tokens(value["hypothesis"])

    def edit_from_json(self, value: Any) -> TextEdit:
        return TextEdit.from_json(value)


SENTENCE_PAIRS = PairEditing()


def _tokens(value: Any) -> Tokens:
    if not isinstance(value, list) or not all(isinstance(token, str) for token in value):
        raise TypeError(f"a sentence is a list of tokens, not {value!r:.100}")
    return tuple(value)
