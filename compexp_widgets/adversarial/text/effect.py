"""What an edit does to a network's answers: accuracy before and after, what flips to what, and the pairs to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.adversarial.rate import Rate
from compexp_widgets.adversarial.text.changes import Run, tracked_changes
from compexp_widgets.adversarial.text.edits import TextEdit
from compexp_widgets.data.pairs.dataset import (
    LABELS,
    NO_LABEL,
    TWO_WAY_LABELS,
    PairDataset,
    Tokens,
    detokenize,
    rightly,
)
from compexp_widgets.errors import EditError
from compexp_widgets.files import atomic_write

TrueLabel: TypeAlias = Literal["unchanged", "unknown", "entailment", "neutral", "contradiction", "not_entailment"]
"""What the true label is after an edit, as far as somebody has decided."""


@dataclass(frozen=True)
class EditExample:
    """One pair, before and after.

    Attributes
    ----------
    number, id
        Its number in the data, and what the data calls it.
    before, after
        Premise and hypothesis.
    premise_changes, hypothesis_changes
        The same as tracked changes.
    gold
        The label before the edit, an index into the data's labels; `NO_LABEL` where there is none.
    true_label
        The label after it, as far as that has been decided; else `NO_LABEL`.
    predicted_before, predicted_after
        The network's label.
    probabilities_before, probabilities_after
        float32, shape (labels,).
    """

    number: int
    id: str
    before: tuple[Tokens, Tokens]
    after: tuple[Tokens, Tokens]
    premise_changes: tuple[Run, ...]
    hypothesis_changes: tuple[Run, ...]
    gold: int
    true_label: int
    predicted_before: int
    predicted_after: int
    probabilities_before: NDArray[np.float32]
    probabilities_after: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class EditEffect:
    """What an edit does to a network's answers on the pairs to which it applies, A of N.

    Attributes
    ----------
    edits
        The edit, or several that were made one after the other.
    pairs
        All N pairs.
    applicable
        bool, shape (N,): where it applies, among the pairs that were looked at.
    numbers
        intp, shape (A,): the numbers of these.
    edited
        The A pairs after the edit, under their old labels.
    logits_before, logits_after
        float32, shape (A, labels).
    true_label_after
        What the true label is after the edit: the old one, one for all, or unknown.
    complete
        False where the work was stopped: then only the pairs up to some number were looked at.
    labels
        The network's, of which the logits are; the data has its own, see `agreement`.
    unknown_words
        The words that the edits put in and the network has no vector for; none where that cannot be told.
    """

    edits: tuple[TextEdit, ...]
    pairs: PairDataset
    applicable: NDArray[np.bool_]
    numbers: NDArray[np.intp]
    edited: PairDataset
    logits_before: NDArray[np.float32]
    logits_after: NDArray[np.float32]
    true_label_after: TrueLabel = "unchanged"
    complete: bool = True
    labels: tuple[str, ...] = LABELS
    unknown_words: tuple[str, ...] = ()

    @property
    def gold(self) -> NDArray[np.int8]:
        """int8, shape (A,): the labels before the edit."""
        return self.pairs.gold[self.numbers]

    @property
    def true_labels(self) -> NDArray[np.int8]:
        """int8, shape (A,): the labels after it, as far as `true_label_after` tells; else `NO_LABEL`."""
        if self.true_label_after == "unchanged":
            return self.gold
        known = NO_LABEL if self.true_label_after == "unknown" else self.pairs.labels.index(self.true_label_after)
        return np.full(len(self.numbers), known, np.int8)

    @property
    def right_before(self) -> NDArray[np.bool_]:
        """bool, shape (A,): where the network is right before the edit; False without a gold label."""
        return rightly(self.gold, self.predicted_before, self.pairs.labels, self.labels)

    @property
    def right_after(self) -> NDArray[np.bool_]:
        """bool, shape (A,): where it is right after it, by `true_labels`; False where these are unknown."""
        return rightly(self.true_labels, self.predicted_after, self.pairs.labels, self.labels)

    @property
    def predicted_before(self) -> NDArray[np.intp]:
        """intp, shape (A,): the network's labels before the edit."""
        predicted: NDArray[np.intp] = self.logits_before.argmax(axis=1)
        return predicted

    @property
    def predicted_after(self) -> NDArray[np.intp]:
        """intp, shape (A,): its labels after it."""
        predicted: NDArray[np.intp] = self.logits_after.argmax(axis=1)
        return predicted

    @property
    def probabilities_before(self) -> NDArray[np.float32]:
        """float32, shape (A, labels): the softmax of the logits."""
        probabilities: NDArray[np.float32] = softmax(self.logits_before, axis=1)
        return probabilities

    @property
    def probabilities_after(self) -> NDArray[np.float32]:
        """float32, shape (A, labels)."""
        probabilities: NDArray[np.float32] = softmax(self.logits_after, axis=1)
        return probabilities

    @property
    def flips(self) -> NDArray[np.int64]:
        """int64, shape (labels, labels): pairs by predicted label before (rows) and after it (columns)."""
        counts = np.zeros((len(self.labels), len(self.labels)), np.int64)
        np.add.at(counts, (self.predicted_before, self.predicted_after), 1)
        return counts

    @property
    def changes_label(self) -> str | None:
        """Why the true labels may be others after the edit; None where they hardly can."""
        return next((edit.changes_label for edit in self.edits if edit.changes_label), None)

    def eligible(
        self,
        target: str | None = None,
        source: str | None = None,
        *,
        correct: bool = True,
        among: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.bool_]:
        """The pairs on which the edit can show what it does: bool, shape (A,).

        Parameters
        ----------
        target
            Leave out those that the network gives this label already.
        source
            Leave out those that it gives another label than this before the edit.
        correct
            Leave out those with a gold label that the network gets wrong before the edit.
        among
            bool, shape (N,): leave out all others, such as those that the formulas were found on.
        """
        predicted = self.predicted_before
        eligible = np.ones(len(self.numbers), np.bool_) if among is None else among[self.numbers]
        if target is not None:
            eligible &= predicted != label_index(target, self.labels)
        if source is not None:
            eligible &= predicted == label_index(source, self.labels)
        if correct:
            eligible &= (self.gold == NO_LABEL) | self.right_before
        return eligible

    def flipped(
        self,
        target: str | None = None,
        source: str | None = None,
        *,
        correct: bool = True,
        among: NDArray[np.bool_] | None = None,
    ) -> Rate:
        """How many of the eligible pairs flip: to the target, or to any other label where there is none."""
        chosen = self.eligible(target, source, correct=correct, among=among)
        after = self.predicted_after
        hit = after != self.predicted_before if target is None else after == label_index(target, self.labels)
        return Rate(int((hit & chosen).sum()), int(chosen.sum()))

    def accuracy(self) -> pd.DataFrame:
        """Accuracy by gold label: columns ``gold, pairs, before, after``; the last row, ``all``, is over all of them.

        Before is measured against the old labels, after against `true_labels`; NaN where these are unknown.
        """
        rows = []
        for name in (*self.pairs.labels, "all"):
            chosen = self.gold != NO_LABEL if name == "all" else self.gold == self.pairs.labels.index(name)
            truth = self.true_labels[chosen]
            known = len(truth) and truth[0] != NO_LABEL
            rows.append(
                {
                    "gold": name,
                    "pairs": int(chosen.sum()),
                    "before": float(self.right_before[chosen].mean()) if chosen.any() else float("nan"),
                    "after": float(self.right_after[chosen].mean()) if known else float("nan"),
                }
            )
        frame: pd.DataFrame = pd.DataFrame(rows)
        return frame

    def examples(
        self,
        count: int = 20,
        target: str | None = None,
        source: str | None = None,
        *,
        flipped: bool = True,
        correct: bool = True,
    ) -> list[EditExample]:
        """Eligible pairs, those first whose probability of the target, or of another label, rises most.

        Parameters
        ----------
        flipped
            Only those that flip, else only those that do not.
        """
        predicted, after = self.predicted_before, self.predicted_after
        chosen = self.eligible(target, source, correct=correct)
        rows = np.arange(len(self.numbers))
        if target is None:
            rise = self.probabilities_before[rows, predicted] - self.probabilities_after[rows, predicted]
            hit = after != predicted
        else:
            aim = label_index(target, self.labels)
            rise = self.probabilities_after[:, aim] - self.probabilities_before[:, aim]
            hit = after == aim
        found = np.flatnonzero(chosen & (hit == flipped))
        order = found[np.argsort(-rise[found], kind="stable")][:count]
        return [self.example(int(row)) for row in order]

    def example(self, row: int) -> EditExample:
        """One of the A pairs."""
        number = int(self.numbers[row])
        before = self.pairs.premises[number], self.pairs.hypotheses[number]
        after = self.edited.premises[row], self.edited.hypotheses[row]
        return EditExample(
            number,
            self.pairs.ids[number],
            before,
            after,
            tracked_changes(before[0], after[0]),
            tracked_changes(before[1], after[1]),
            int(self.gold[row]),
            int(self.true_labels[row]),
            int(self.predicted_before[row]),
            int(self.predicted_after[row]),
            self.probabilities_before[row],
            self.probabilities_after[row],
        )

    def to_frame(self) -> pd.DataFrame:
        """One row for each of the A pairs, in the order of the data.

        Columns ``pair, id, premise_before, hypothesis_before, premise_after, hypothesis_after, gold, true_label_after,
        predicted_before, predicted_after, flipped``, and ``before_entailment`` … ``after_contradiction``, the
        probabilities of the network's labels. Labels are words, empty where there is none.
        """
        names = np.array([*self.pairs.labels, ""])  # NO_LABEL is −1, the last.
        answers = np.array(self.labels)
        columns: dict[str, object] = {"pair": self.numbers, "id": [self.pairs.ids[number] for number in self.numbers]}
        for when, chosen in (("before", self.pairs.subset(self.numbers)), ("after", self.edited)):
            columns[f"premise_{when}"] = [detokenize(sentence) for sentence in chosen.premises]
            columns[f"hypothesis_{when}"] = [detokenize(sentence) for sentence in chosen.hypotheses]
        columns["gold"] = names[self.gold]
        columns["true_label_after"] = names[self.true_labels]
        columns["predicted_before"] = answers[self.predicted_before]
        columns["predicted_after"] = answers[self.predicted_after]
        columns["flipped"] = self.predicted_before != self.predicted_after
        for when, shares in (("before", self.probabilities_before), ("after", self.probabilities_after)):
            for label, values in zip(self.labels, shares.T, strict=True):
                columns[f"{when}_{label}"] = values
        frame: pd.DataFrame = pd.DataFrame(columns)
        return frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame`, whole or not at all, probabilities with six decimals."""
        with atomic_write(Path(path)) as temporary:
            self.to_frame().to_csv(
                temporary, index=False, float_format="%.6f", encoding="utf-8", errors="replace", lineterminator="\n"
            )


def label_index(label: str, labels: Sequence[str] = (*LABELS, *TWO_WAY_LABELS[1:])) -> int:
    """The number of a label among those of a network or a data set.

    Raises
    ------
    EditError
        When there is no such label.
    """
    if label not in labels:
        raise EditError(f"labels are {', '.join(labels)}, not {label!r:.60}")
    return list(labels).index(label)
