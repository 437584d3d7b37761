"""The drawing of sentence pairs: both sentences, the words marked that make a concept of the formula hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.dataset import NO_LABEL, PairDataset, Tokens, tokenize
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import Formula, evaluate, to_tokens
from compexp_widgets.notebook_html import Html
from compexp_widgets.short_text import printable
from compexp_widgets.study.drawing import Drawing, Drawn, short_name
from compexp_widgets.study.pairs.word_marks import word_marks

LONGEST = 5_000
"""Characters of a sentence of one's own; one of the data has some hundred."""

SIDES = ("premise", "hypothesis")

# As in widgets/shared/page/sentences/sentence_words.js.
_NO_BLANK_BEFORE = re.compile(r"(?:[.,;:!?%)\]}…]+|n[’']t|[’'](?:s|m|d|re|ve|ll)?)", re.IGNORECASE)
_NO_BLANK_AFTER = re.compile(r"[(\[{$£€#]")

Marked = list[tuple[str, str]]
"""The tokens of a sentence, each with ``"for"``, ``"against"`` or nothing."""


@dataclass(frozen=True, eq=False)
class DrawnPair(Drawn):
    """A pair with its marks; `labels` says what people and the network make of it, empty where nobody said anything."""

    sentences: tuple[Marked, Marked]
    labels: str

    @cached_property
    def html(self) -> Html:
        lines = _html_lines(*self.sentences)
        told = f'<p class="muted">{escape(self.labels)}</p>' if self.labels else ""
        return Html(f'<div class="pair">{lines}{told}</div>')


class PairDrawing(Drawing):
    legend = "*word*: makes a concept of the formula true; ~word~: one that the formula denies"
    html_legend = "marked: words that make a concept of the formula true; dashed: one that the formula denies"
    own_legend = html_legend

    def given(self, sample: Any) -> PairDataset:
        """Premise and hypothesis, as texts or as tokens."""
        if not isinstance(sample, (tuple, list)) or len(sample) != len(SIDES):
            raise StudyError(
                f"a pair of your own is premise and hypothesis, two texts or two lists of tokens, not {sample!r:.80}"
            )
        sentences, texts = zip(*map(_read, sample, SIDES), strict=True)
        return PairDataset.of("typed", [(*sentences, None)], texts=[texts] if all(texts) else ())

    def name(self, samples: PairDataset, number: int) -> str:
        return "" if samples.source == "typed" else short_name(f"pair {samples.ids[number]}")

    def holds(self, study: Any, samples: PairDataset, number: int, formula: Formula) -> NDArray[np.bool_]:
        holding = study.vocabulary.concepts_of(samples.premises[number], samples.hypotheses[number])
        truth = evaluate(formula, lambda leaf: np.array(study.table.index_of.get(leaf, -1) in holding))
        return np.asarray(truth, np.bool_)

    def draw(
        self,
        study: Any,
        samples: PairDataset,
        number: int,
        fires: NDArray[np.bool_],
        formula: Formula | None = None,
        holds: NDArray[np.bool_] | None = None,
    ) -> DrawnPair:
        marked = marked_words(study, formula, samples.premises[number], samples.hypotheses[number])
        labels = _labels(study, samples, number)
        lines = [f"{side:<10}  {_joined(one, _text_piece)}" for side, one in zip(SIDES, marked, strict=True)]
        return DrawnPair("\n".join([*lines, *([labels] if labels else [])]), marked, labels)


def pair_html(premise: Tokens, hypothesis: Tokens) -> Html:
    """A pair without marks, in a notebook's output."""
    lines = _html_lines([(token, "") for token in premise], [(token, "") for token in hypothesis])
    return Html(f'<div class="pair">{lines}</div>')


def _html_lines(*sentences: Marked) -> str:
    return "".join(
        f'<p class="sentence"><span class="muted">{side[:3]}.</span><span>{_joined(marked, _html_piece)}</span></p>'
        for side, marked in zip(SIDES, sentences, strict=True)
    )


def marked_words(study: Any, formula: Formula | None, premise: Tokens, hypothesis: Tokens) -> tuple[Marked, Marked]:
    """The words of a pair that make concepts of a formula true: for it, or against it where the formula denies them."""
    leaves = [token for token in to_tokens(formula) if token["kind"] == "leaf"] if formula else []
    places = {number: study.table.index_of.get(leaf) for number, leaf in enumerate(formula.leaves() if formula else ())}
    concepts = {number: study.vocabulary.concepts[place] for number, place in places.items() if place is not None}
    kinds = [
        {leaves[key]["negated"] for key in keys} for side in word_marks(concepts, premise, hypothesis) for keys in side
    ]
    named = ["" if not found else "against" if all(found) else "for" for found in kinds]
    tokens = list(zip((*premise, *hypothesis), named, strict=True))
    return tokens[: len(premise)], tokens[len(premise) :]


def _labels(study: Any, samples: PairDataset, number: int) -> str:
    """The label that people gave, and the network's where the pair is one of the study's own."""
    told = []
    if samples.gold[number] != NO_LABEL:
        told.append(f"people say {samples.labels[samples.gold[number]]}")
    if samples is study.data:
        told.append(f"the network says {study.labels[study.predicted[number]]}")
    return ", ".join(told)


def _read(sentence: Any, side: str) -> tuple[Tokens, str]:
    """The tokens of a sentence, and its text, empty where it came as tokens."""
    if isinstance(sentence, str):
        if len(sentence) > LONGEST:
            raise StudyError(f"the {side} has {len(sentence):,} characters, a sentence may have {LONGEST:,}")
        return tokenize(sentence), sentence
    if isinstance(sentence, (tuple, list)) and all(isinstance(token, str) for token in sentence):
        return tuple(sentence), ""
    raise StudyError(f"the {side} is a text or a sequence of tokens, not {sentence!r:.80}")


def _joined(marked: Marked, piece: Callable[[str, str], str]) -> str:
    """A sentence as a person would type it; neighbours with the same mark are one piece."""
    blanks = blanks_before([token for token, _ in marked])
    text = ""
    for kind, group in groupby(zip(blanks, marked, strict=True), lambda one: one[1][1]):
        words = "".join(" " * blank + token for blank, (token, _) in group)
        bare = words.lstrip(" ")
        text += words[: len(words) - len(bare)] + piece(bare, kind)
    return text


def blanks_before(tokens: Sequence[str]) -> list[bool]:
    """Whether a blank stands before each token of an English sentence."""
    found: list[bool] = []
    quoted, glued = False, True
    for token in tokens:
        quote = token in {'"', "``", "''"}
        found.append(not glued and not (quote and quoted) and not _NO_BLANK_BEFORE.fullmatch(token))
        quoted = quoted != quote
        glued = bool(_NO_BLANK_AFTER.fullmatch(token)) or (quote and quoted)
    return found


def _text_piece(words: str, kind: str) -> str:
    sign = {"for": "*", "against": "~"}.get(kind, "")
    return f"{sign}{words}{sign}"


def _html_piece(words: str, kind: str) -> str:
    text = escape(printable(words))
    return f'<mark class="{kind}">{text}</mark>' if kind else text
