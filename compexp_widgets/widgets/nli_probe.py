"""Sentences that a person types: what the network says of them, which units fire, and which concepts hold."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.activation_ranges import ActivationRange
from compexp_widgets.analysis.word_marks import word_marks
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.formula import AnyLeaf, Formula, evaluate
from compexp_widgets.nli.networks import PairNetwork
from compexp_widgets.nli.pairs import PairDataset, Tokens
from compexp_widgets.nli.tokens import tokenize
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.background import Background, Stop
from compexp_widgets.widgets.explanation_messages import formula_message
from compexp_widgets.widgets.nli_messages import leaf_concepts, named_leaves, sentences_message

# Units that are told of one by one; the others are counted.
_MOST_UNITS = 40

# A sentence of the data has some hundred characters; a whole book would keep the kernel busy.
_LONGEST = 5_000


class PairProbe:
    """Shows single pairs to a study's network.

    Parameters
    ----------
    study
        Whose units are asked about.
    network
        The network that was probed.

    Raises
    ------
    StudyError
        When it is another network.
    """

    def __init__(self, study: PairStudy, network: PairNetwork) -> None:
        about = study.configuration
        if network.fingerprint != about.network_fingerprint:
            raise StudyError(
                f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
                "differ. Give the explorer the one that the study was made with"
            )
        self._study = study
        self._network = network
        self._limits = lru_cache(maxsize=4)(self._find_limits)
        Background("probe-loading").start(self._load)

    def answer(
        self,
        unit: int,
        formula: Formula | None,
        firing: ActivationRange,
        explained: Mapping[int, Explanation],
        sentences: tuple[str, str],
    ) -> dict[str, Any]:
        """What the network says of a pair, and what is true of it.

        Parameters
        ----------
        unit, formula
            The unit that is looked at, and what is said to describe it.
        firing
            Which activations count as firing.
        explained
            The explanations of the unit table, by unit.
        sentences
            Premise and hypothesis, as typed.

        Raises
        ------
        CompexpError
            When a sentence is too long, or there is no such unit.
        """
        started = time.perf_counter()
        self._study.checked_units(unit)
        for sentence in sentences:
            if len(sentence) > _LONGEST:
                raise CompexpError(f"a sentence may have {_LONGEST:,} characters, this one has {len(sentence):,}")
        premise, hypothesis, holding = self._read(sentences)
        pair = PairDataset.of("typed", [(premise, hypothesis, None)])
        responses = self._network.respond(pair, self._study.configuration.layer)
        activations = responses.activations[0]
        low, high = self._limits(firing)
        fires = (activations > low) & (activations <= high)
        concepts = leaf_concepts(self._study, formula, holding)
        strongest = [other for other in np.argsort(-activations, kind="stable").tolist() if fires[other]]
        return {
            "type": "probe",
            "probabilities": _softmax(responses.logits[0]).tolist(),
            "unit": {
                "unit": unit,
                "activation": float(activations[unit]),
                "fires": bool(fires[unit]),
                "holds": formula is not None and self._holds(formula, holding),
            },
            "leaves": [{**leaf, "holds": place in concepts} for place, leaf in enumerate(named_leaves(formula))],
            **sentences_message(premise, hypothesis, word_marks(concepts, premise, hypothesis)),
            "firing": [
                self._unit_message(other, float(activations[other]), explained.get(other), holding)
                for other in strongest[:_MOST_UNITS]
            ],
            "count": len(strongest),
            "units": self._study.units.count,
            "seconds": time.perf_counter() - started,
        }

    def _load(self, _stop: Stop) -> None:
        """Tokenizer and tagger take seconds to load: nobody who types should wait for them."""
        self._read(("It loads.", "It loads."))

    def _read(self, sentences: tuple[str, str]) -> tuple[Tokens, Tokens, set[int]]:
        """The tokens of both sentences, and the indices of the concepts that hold for them."""
        premise, hypothesis = (tokenize(sentence) for sentence in sentences)
        return premise, hypothesis, set(self._study.vocabulary.concepts_of(premise, hypothesis))

    def _unit_message(
        self, unit: int, activation: float, explanation: Explanation | None, holding: set[int]
    ) -> dict[str, Any]:
        best = explanation.best.formula if explanation and explanation.best else None
        return {
            "unit": unit,
            "activation": activation,
            "explained": explanation is not None,
            **formula_message(self._study, best),
            "holds": best is not None and self._holds(best, holding),
        }

    def _holds(self, formula: Formula, holding: set[int]) -> bool:
        """Whether a formula is true where exactly these concepts hold."""

        def truth(leaf: AnyLeaf) -> NDArray[np.bool_]:
            return np.array(self._study.table.index_of.get(leaf, -1) in holding)

        return bool(evaluate(formula, truth))

    def _find_limits(self, firing: ActivationRange) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The activations between which each unit fires: float64, shape (units,)."""
        units = self._study.units
        limits = [units.limits(unit, firing) for unit in range(units.count)]
        return np.array([limit.low for limit in limits]), np.array([limit.high for limit in limits])


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(logits.astype(np.float64) - float(logits.max()))
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares
