"""Sentences that a person types: what the network says of them, which units fire, and which concepts hold."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from compexp_widgets.analysis.word_marks import word_marks
from compexp_widgets.formula import Formula
from compexp_widgets.networks.network import Network
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.nli_explorer.messages import leaf_concepts, named_leaves, sentences_message
from compexp_widgets.widgets.shared.explanation_messages import finite, formula_message
from compexp_widgets.widgets.shared.pair_reader import PairReader, ReadPair, unknown_message

# Units that are told of one by one; the others are counted.
_MOST_UNITS = 40


class PairProbe:
    """Tells what a study's network makes of single pairs.

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

    def __init__(self, study: PairStudy, network: Network) -> None:
        self._study = study
        self._reader = PairReader(study, network)

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
        premise, hypothesis = (self._reader.tokens(sentence) for sentence in sentences)
        (pair,) = self._reader.read([(premise, hypothesis)], [sentences])
        fires = self._reader.fires(pair, firing)
        concepts = leaf_concepts(self._study, formula, pair.holding)
        strongest = [other for other in np.argsort(-pair.activations, kind="stable").tolist() if fires[other]]
        return {
            "type": "probe",
            "probabilities": pair.probabilities.tolist(),
            "unit": {
                "unit": unit,
                "activation": finite(float(pair.activations[unit])),
                "fires": bool(fires[unit]),
                "holds": formula is not None and self._reader.holds(formula, pair),
            },
            "leaves": [{**leaf, "holds": place in concepts} for place, leaf in enumerate(named_leaves(formula))],
            **sentences_message(premise, hypothesis, word_marks(concepts, premise, hypothesis)),
            "unknown": unknown_message(pair),
            "firing": [self._unit_message(other, explained.get(other), pair) for other in strongest[:_MOST_UNITS]],
            "count": len(strongest),
            "units": self._study.units.count,
            "seconds": time.perf_counter() - started,
        }

    def _unit_message(self, unit: int, explanation: Explanation | None, pair: ReadPair) -> dict[str, Any]:
        best = explanation.best.formula if explanation and explanation.best else None
        return {
            "unit": unit,
            "activation": finite(float(pair.activations[unit])),
            "explained": explanation is not None,
            **formula_message(self._study, best),
            "holds": best is not None and self._reader.holds(best, pair),
        }
