"""A dissected layer of a sentence-pair network.

pairs.json               the sentences and their gold labels
vocabulary.json          the concepts, and how they are recognised in a pair
activations.npy          activation of every unit on every pair
answers.npz              logits of every pair, and the weights from the units to the labels
signatures.npz           the signature table, and the signature of every pair
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.data.pairs.dataset import LABELS, PairDataset, rightly
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.files import load_arrays, read_json, write_json
from compexp_widgets.files.regular import INDEX_BYTES
from compexp_widgets.search import BeamSearch
from compexp_widgets.signatures.activation_ranges import Above
from compexp_widgets.study.array_checks import check_array
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.pairs.units import open_pair_units, read_vocabulary
from compexp_widgets.study.study import Study
from compexp_widgets.study.study_folder import ANSWERS
from compexp_widgets.study.units import PositionUnits

SENTENCES = "pairs.json"


class PairStudy(Study):
    """A study whose samples and positions are the sentence `pairs`, with a `vocabulary` able to annotate any pair.

    `labels` are what the network answers with, `LABELS` or `TWO_WAY_LABELS`; the data may have the others, see `right`.
    `logits`, float32 of shape (pairs, labels), is what it answered; `class_weights`, float32 of shape (labels, units),
    the weight of each unit in each logit, where the layer feeds them directly, else None.
    """

    units: PositionUnits
    open_units = staticmethod(open_pair_units)

    def __init__(self, folder: Path, configuration: StudyConfiguration) -> None:
        super().__init__(folder, configuration)
        self.vocabulary = read_vocabulary(folder)
        try:
            self.data = self.pairs = replace(_read_pairs(folder), recipe=configuration.recipe)
            arrays = load_arrays(folder / ANSWERS, "file of answers", error=StudyError)
            self.logits: NDArray[np.float32] = arrays["logits"]
            self.class_weights: NDArray[np.float32] | None = arrays.get("class_weights")
        except (CompexpError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise StudyError(f"the study in {folder} is not finished or damaged: {error}") from error
        if len(self.pairs) != self.samples or not are_those(self.pairs, configuration.data_fingerprint):
            raise StudyError(f"{folder / SENTENCES} does not hold the pairs that were probed. {_AGAIN}")
        self.labels = configuration.class_names or LABELS
        check_array(folder / ANSWERS, "logits", self.logits, [np.float32], (len(self.pairs), len(self.labels)))
        if self.class_weights is not None:
            weights, shape = self.class_weights, (len(self.labels), self.units.count)
            check_array(folder / ANSWERS, "class_weights", weights, [np.float32], shape)
        # Proofs of length 5 over thousands of words take minutes a unit, so they are left to those who ask.
        self.default_settings = ExplanationSettings(
            proof_nodes=0,
            search=BeamSearch(beam_size=10, max_length=5),
            activation_range=Above(0.0),
            min_active=min(_MIN_ACTIVE, len(self.pairs) * _MIN_ACTIVE // _MIN_ACTIVE_OF),
        )

    def _contents(self) -> str:
        return f"{len(self.pairs):,} pairs, {len(self.table.concepts):,} concepts"

    @cached_property
    def probabilities(self) -> NDArray[np.float32]:
        """float32, shape (pairs, labels): the softmax of the logits."""
        probabilities: NDArray[np.float32] = softmax(self.logits, axis=1)
        return probabilities

    @cached_property
    def predicted(self) -> NDArray[np.int8]:
        """int8, shape (pairs,): the label that the network takes for the likeliest, an index into `labels`."""
        predicted: NDArray[np.int8] = self.logits.argmax(axis=1).astype(np.int8)
        return predicted

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """The pairs on which the network says what people say: bool, shape (pairs,); False without a gold label.

        Where one of them tells ``not_entailment`` alone, ``neutral`` and ``contradiction`` say the same.
        """
        return rightly(self.pairs.gold, self.predicted, self.pairs.labels, self.labels)

    def held_out_samples(self) -> NDArray[np.bool_]:
        """The pairs that are kept from a search, bool of shape (pairs,): those of every second premise, so that no
        premise is on both sides.
        """
        number_of: dict[tuple[str, ...], int] = {}
        numbers = [number_of.setdefault(premise, len(number_of)) for premise in self.pairs.premises]
        kept: NDArray[np.bool_] = np.array(numbers, int) % 2 == 1
        return kept

    def unit_columns(self, explanations: Sequence[Explanation]) -> dict[str, Sequence[object]]:
        """As of `Study`, and the share of pairs the unit fires on as ``fires``, whether these are too few to explain it
        as ``silent``, and its weight to each label as ``weight_entailment`` and so on, where they are known.
        """
        columns: dict[str, Sequence[object]] = {
            **super().unit_columns(explanations),
            "fires": [one.active / len(self.pairs) for one in explanations],
            "silent": [one.silent for one in explanations],
        }
        if self.class_weights is not None:
            for label, weights in zip(self.labels, self.class_weights.tolist(), strict=True):
                columns[f"weight_{label}"] = [weights[one.unit] for one in explanations]
        return columns


def write_pairs(folder: Path, pairs: PairDataset) -> None:
    write_json(
        folder / SENTENCES,
        {
            "source": pairs.source,
            "premises": pairs.premises,
            "hypotheses": pairs.hypotheses,
            "gold": pairs.gold.tolist(),
            "ids": pairs.ids,
            "labels": pairs.labels,
            "texts": pairs.texts,
        },
    )


def are_those(pairs: PairDataset, probed: str) -> bool:
    """True if a fingerprint is that of the pairs: of their tokens, or of their texts where the network reads these."""
    if pairs.fingerprint == probed:
        return True
    return pairs.text_fingerprint == probed


def _read_pairs(folder: Path) -> PairDataset:
    value = read_json(folder / SENTENCES, "file of sentences", error=StudyError, most_bytes=INDEX_BYTES)
    premises, hypotheses = (tuple(map(tuple, value[name])) for name in ("premises", "hypotheses"))
    texts = value.get("texts", ())
    for one in chain.from_iterable((*premises, *hypotheses, *texts)):
        if not isinstance(one, str):
            raise TypeError(f"{one!r:.40} is no word or text")
    return PairDataset(
        value["source"],
        premises,
        hypotheses,
        np.array(value["gold"], np.int8),
        tuple(value["ids"]),
        tuple(value.get("labels", LABELS)),  # studies of version 0.1 lack both
        tuple((premise, hypothesis) for premise, hypothesis in texts),
    )


# Of 10,000 pairs: a unit that fires on fewer is silent (Mu and Andreas 2020).
_MIN_ACTIVE, _MIN_ACTIVE_OF = 500, 10_000

_AGAIN = "Put back the file that was there, or delete the folder and dissect again"
