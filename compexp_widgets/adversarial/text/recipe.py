"""Recipes: edits of sentence pairs and what came of them, as a small file that can be replayed exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.adversarial.recipe_file import check_kind, read_recipe
from compexp_widgets.adversarial.text.edits import TextEdit, apply_text_edits
from compexp_widgets.adversarial.text.evaluation import label_index
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens
from compexp_widgets.data.pairs.labels import LABELS, TWO_WAY_LABELS
from compexp_widgets.errors import EditError
from compexp_widgets.files import write_json
from compexp_widgets.networks.conditions import Conditions, as_then, differences
from compexp_widgets.networks.pairs import PairNetwork
from compexp_widgets.networks.torch_modules import device_and_dtype

KIND, FORMAT = "edits of sentence pairs", 1
BATCH_SIZE = 64
"""Pairs shown at once: part of what makes a replay exact."""


@dataclass(frozen=True)
class TextOutcome:
    """What a network answered to the pairs of a recipe before the edits, or after them.

    Attributes
    ----------
    predicted
        One label a pair.
    probabilities
        For each pair, those of entailment, neutral and contradiction, or of entailment and not_entailment.
    logits_sha256
        SHA-256 of the float32 logits, shape (pairs, labels), as little-endian bytes in C order, in hexadecimal.
    """

    predicted: tuple[str, ...]
    probabilities: tuple[tuple[float, ...], ...]
    logits_sha256: str

    @staticmethod
    def of(logits: NDArray[np.float32], labels: Sequence[str] = LABELS) -> TextOutcome:
        """What these logits, of these labels, say."""
        return TextOutcome(
            tuple(labels[place] for place in logits.argmax(axis=1).tolist()),
            tuple(tuple(shares) for shares in softmax(logits, axis=1).tolist()),
            hashlib.sha256(np.ascontiguousarray(logits, "<f4").tobytes()).hexdigest(),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """What the probabilities are of: two or three labels."""
        return TWO_WAY_LABELS if all(len(row) == len(TWO_WAY_LABELS) for row in self.probabilities) else LABELS


@dataclass(frozen=True)
class TextRecipe:
    """Edits, the pairs that they were made on, and what a network made of it.

    Attributes
    ----------
    edits
        One or several, made one after the other.
    pairs
        Premise and hypothesis of each pair before the edits.
    network, network_fingerprint
        Its name, and its `PairNetwork.fingerprint`.
    expected
        The label that the edits were to lead to; None where nothing was expected.
    before, after
        What the network answered.
    conditions
        Under which it answered; None in recipes of version 0.1.
    """

    edits: tuple[TextEdit, ...]
    pairs: tuple[tuple[Tokens, Tokens], ...]
    network: str
    network_fingerprint: str
    expected: str | None
    before: TextOutcome
    after: TextOutcome
    conditions: Conditions | None = None

    @staticmethod
    def of(
        network: PairNetwork,
        pairs: Sequence[tuple[Tokens, Tokens]],
        edits: TextEdit | Sequence[TextEdit],
        expected: str | None = None,
    ) -> TextRecipe:
        """Make the edits, show the network the pairs before and after, and write down what it answers.

        Raises
        ------
        EditError
            When there are no pairs or edits, no such label, or the edits do not apply to one of the pairs.
        """
        made = (edits,) if isinstance(edits, TextEdit) else tuple(edits)
        if expected is not None:
            label_index(expected, network.answers)
        kept = tuple((tuple(premise), tuple(hypothesis)) for premise, hypothesis in pairs)
        edited = _edited(kept, made)
        before, after = (TextOutcome.of(_logits(network, some), network.answers) for some in (kept, edited))
        conditions = Conditions.now(*device_and_dtype(network.module), BATCH_SIZE)
        return TextRecipe(made, kept, network.name, network.fingerprint, expected, before, after, conditions)

    def edited(self) -> tuple[tuple[Tokens, Tokens], ...]:
        """The pairs after the edits."""
        return _edited(self.pairs, self.edits)

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; `from_json` makes an equal recipe of it."""
        return {
            "kind": KIND,
            "format": FORMAT,
            "edits": [edit.to_json() for edit in self.edits],
            "pairs": [{"premise": list(premise), "hypothesis": list(hypothesis)} for premise, hypothesis in self.pairs],
            "network": {"name": self.network, "fingerprint": self.network_fingerprint},
            "expected": self.expected,
            **({} if self.conditions is None else {"conditions": self.conditions.to_json()}),
            "observed": {
                name: {
                    "predicted": list(outcome.predicted),
                    "probabilities": [list(shares) for shares in outcome.probabilities],
                    "logits_sha256": outcome.logits_sha256,
                }
                for name, outcome in (("before", self.before), ("after", self.after))
            },
        }

    @staticmethod
    def from_json(value: dict[str, Any]) -> TextRecipe:
        """The recipe that `to_json` described.

        Raises
        ------
        EditError
            When it describes none, or one of a later version.
        """
        check_kind(value, KIND, FORMAT)
        try:
            pairs = tuple((_tokens(pair["premise"]), _tokens(pair["hypothesis"])) for pair in value["pairs"])
            before, after = (_outcome(value["observed"][name], len(pairs)) for name in ("before", "after"))
            edits = tuple(TextEdit.from_json(edit) for edit in value["edits"])
            name, fingerprint = value["network"]["name"], value["network"]["fingerprint"]
            expected = value["expected"]
            conditions = Conditions.from_json(value["conditions"]) if "conditions" in value else None
        except (KeyError, TypeError, ValueError) as error:
            raise EditError(f"this describes no recipe of text edits: {error!r:.200}") from error
        if expected is not None:
            label_index(expected)
        return TextRecipe(edits, pairs, str(name), str(fingerprint), expected, before, after, conditions)

    def save(self, path: str | Path) -> Path:
        """Write it as a JSON file, whole or not at all."""
        path = Path(path)
        write_json(path, self.to_json())
        return path

    @staticmethod
    def load(path: str | Path) -> TextRecipe:
        """What `save` wrote.

        Raises
        ------
        EditError
            When the file cannot be read or holds something else.
        """
        return read_recipe(path, TextRecipe.from_json)


@dataclass(frozen=True)
class TextReplay:
    """A recipe made again.

    Attributes
    ----------
    same_network
        Whether the network is the recipe's.
    identical
        Whether all logits, before and after, are the same to the last bit.
    as_expected
        Whether every pair has the expected label after the edits; None where nothing was expected.
    before, after
        What the network answers now.
    otherwise
        What is otherwise than when the recipe was made, such as ``"cuda then and cpu now"``; empty where nothing is.
    """

    same_network: bool
    identical: bool
    as_expected: bool | None
    before: TextOutcome
    after: TextOutcome
    otherwise: str = ""


def replay_text(recipe: TextRecipe, network: PairNetwork) -> TextReplay:
    """Make the edits of a recipe again, with its network or another.

    As many threads are taken as when it was made: with the same network, on the same machine, the answers are the same
    to the last bit, in another process too.

    Raises
    ------
    EditError
        When its edits do not apply to its pairs.
    """
    with as_then(recipe.conditions):
        again = TextRecipe.of(network, recipe.pairs, recipe.edits, recipe.expected)
    same = again.before.logits_sha256 == recipe.before.logits_sha256
    as_expected = None if recipe.expected is None else set(again.after.predicted) == {recipe.expected}
    return TextReplay(
        network.fingerprint == recipe.network_fingerprint,
        same and again.after.logits_sha256 == recipe.after.logits_sha256,
        as_expected,
        again.before,
        again.after,
        differences(recipe.conditions, again.conditions) if again.conditions else "",
    )


def _edited(pairs: Sequence[tuple[Tokens, Tokens]], edits: Sequence[TextEdit]) -> tuple[tuple[Tokens, Tokens], ...]:
    if not pairs or not edits:
        raise EditError("a recipe has at least one pair and one edit")
    found = []
    for premise, hypothesis in pairs:
        edited = apply_text_edits((premise, hypothesis), edits)
        if edited is None:
            what = ", then ".join(edit.description for edit in edits)
            raise EditError(f"the edit does not apply to {' '.join(hypothesis)!r:.100}: {what:.200}")
        found.append(edited)
    return tuple(found)


def _logits(network: PairNetwork, pairs: Sequence[tuple[Tokens, Tokens]]) -> NDArray[np.float32]:
    data = PairDataset.of("recipe", [(premise, hypothesis, None) for premise, hypothesis in pairs])
    return network.respond(data, next(iter(network.layers())), batch_size=BATCH_SIZE).logits


def _tokens(value: Any) -> Tokens:
    if not isinstance(value, list) or not all(isinstance(token, str) for token in value):
        raise TypeError(f"a sentence is a list of tokens, not {value!r:.100}")
    return tuple(value)


def _outcome(value: Any, pairs: int) -> TextOutcome:
    shares = tuple(tuple(map(float, row)) for row in value["probabilities"])
    predicted = _tokens(value["predicted"])
    if len(predicted) != pairs or len(shares) != pairs or {len(row) for row in shares} - {2, 3}:
        raise ValueError("it does not tell one label and two or three probabilities a pair")
    outcome = TextOutcome(predicted, shares, str(value["logits_sha256"]))
    if strangers := set(predicted) - set(outcome.labels):
        raise ValueError(
            f"it tells the probabilities of {', '.join(outcome.labels)}, and predicts {min(strangers)!r:.60}"
        )
    return outcome
