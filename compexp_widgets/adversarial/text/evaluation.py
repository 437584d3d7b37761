"""An edit applied to a whole set of pairs: how well the network does before and after, and what flips to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.adversarial.text.changes import Run, tracked_changes
from compexp_widgets.adversarial.text.edits import TextEdit, apply_text_edits
from compexp_widgets.errors import EditError
from compexp_widgets.files import whole_file
from compexp_widgets.nli.networks import PairNetwork
from compexp_widgets.nli.pairs import LABELS, NO_LABEL, PairDataset, Tokens
from compexp_widgets.nli.tokens import detokenize
from compexp_widgets.progress import Report, silent
from compexp_widgets.study import PairStudy

TrueLabel: TypeAlias = Literal["unchanged", "unknown", "entailment", "neutral", "contradiction"]
"""What the true label is after an edit, as far as somebody has decided."""

_PAIRS_AT_ONCE = 1_024  # between two looks at whether to stop


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """In [0, 1]; NaN of none."""
        return self.count / self.of if self.of else float("nan")

    def __str__(self) -> str:
        return f"{self.count:,} of {self.of:,}" + (f" ({self.share:.0%})" if self.of else "")


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
        The label before the edit, an index into `LABELS`; `NO_LABEL` where there is none.
    true_label
        The label after it, as far as that has been decided; else `NO_LABEL`.
    predicted_before, predicted_after
        The network's label.
    probabilities_before, probabilities_after
        float32, shape (3,).
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
        float32, shape (A, 3), in the order of `LABELS`.
    true_label_after
        What the true label is after the edit: the old one, one for all, or unknown.
    complete
        False where the work was stopped: then only the pairs up to some number were looked at.
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

    @property
    def gold(self) -> NDArray[np.int8]:
        """int8, shape (A,): the labels before the edit."""
        return self.pairs.gold[self.numbers]

    @property
    def true_labels(self) -> NDArray[np.int8]:
        """int8, shape (A,): the labels after it, as far as `true_label_after` tells; else `NO_LABEL`."""
        if self.true_label_after == "unchanged":
            return self.gold
        known = NO_LABEL if self.true_label_after == "unknown" else LABELS.index(self.true_label_after)
        return np.full(len(self.numbers), known, np.int8)

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
        """float32, shape (A, 3): the softmax of the logits."""
        return softmax(self.logits_before)

    @property
    def probabilities_after(self) -> NDArray[np.float32]:
        """float32, shape (A, 3)."""
        return softmax(self.logits_after)

    @property
    def flips(self) -> NDArray[np.int64]:
        """int64, shape (3, 3): how many pairs of each predicted label (rows) have which one after it (columns)."""
        counts = np.zeros((len(LABELS), len(LABELS)), np.int64)
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
            eligible &= predicted != label_index(target)
        if source is not None:
            eligible &= predicted == label_index(source)
        if correct:
            eligible &= (self.gold == NO_LABEL) | (predicted == self.gold)
        return eligible

    def flipped(
        self,
        target: str | None = None,
        source: str | None = None,
        *,
        correct: bool = True,
        among: NDArray[np.bool_] | None = None,
    ) -> Share:
        """How many of the eligible pairs flip: to the target, or to any other label where there is none."""
        chosen = self.eligible(target, source, correct=correct, among=among)
        after = self.predicted_after
        hit = after != self.predicted_before if target is None else after == label_index(target)
        return Share(int((hit & chosen).sum()), int(chosen.sum()))

    def accuracy(self) -> pd.DataFrame:
        """Accuracy by gold label: columns ``gold, pairs, before, after``; the last row, ``all``, is over all of them.

        Before is measured against the old labels, after against `true_labels`; NaN where these are unknown.
        """
        rows = []
        for name in (*LABELS, "all"):
            chosen = self.gold != NO_LABEL if name == "all" else self.gold == LABELS.index(name)
            truth = self.true_labels[chosen]
            known = len(truth) and truth[0] != NO_LABEL
            rows.append(
                {
                    "gold": name,
                    "pairs": int(chosen.sum()),
                    "before": float((self.predicted_before[chosen] == self.gold[chosen]).mean())
                    if chosen.any()
                    else float("nan"),
                    "after": float((self.predicted_after[chosen] == truth).mean()) if known else float("nan"),
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
            aim = label_index(target)
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
        probabilities. Labels are words, empty where there is none.
        """
        names = np.array([*LABELS, ""])  # NO_LABEL is −1, the last.
        columns: dict[str, object] = {"pair": self.numbers, "id": [self.pairs.ids[number] for number in self.numbers]}
        for when, chosen in (("before", self.pairs.subset(self.numbers)), ("after", self.edited)):
            columns[f"premise_{when}"] = [detokenize(sentence) for sentence in chosen.premises]
            columns[f"hypothesis_{when}"] = [detokenize(sentence) for sentence in chosen.hypotheses]
        columns["gold"] = names[self.gold]
        columns["true_label_after"] = names[self.true_labels]
        columns["predicted_before"] = names[self.predicted_before]
        columns["predicted_after"] = names[self.predicted_after]
        columns["flipped"] = self.predicted_before != self.predicted_after
        for when, shares in (("before", self.probabilities_before), ("after", self.probabilities_after)):
            for label, values in zip(LABELS, shares.T, strict=True):
                columns[f"{when}_{label}"] = values
        frame: pd.DataFrame = pd.DataFrame(columns)
        return frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame`, whole or not at all, probabilities with six decimals."""
        with whole_file(Path(path)) as temporary:
            self.to_frame().to_csv(
                temporary, index=False, float_format="%.6f", encoding="utf-8", errors="replace", lineterminator="\n"
            )


def evaluate_edit(
    network: PairNetwork,
    data: PairStudy | PairDataset,
    edit: TextEdit | Sequence[TextEdit],
    *,
    true_label_after: TrueLabel = "unchanged",
    silenced: Sequence[int] = (),
    layer: str | None = None,
    batch_size: int = 64,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> EditEffect:
    """Apply an edit to all pairs of a set, and show a network what comes of it.

    >>> study, network = demo.nli_study(), demo.nli_network()
    >>> nobody = TextEdit("replace", "nobody", anchor=Anchor("subject"))
    >>> effect = evaluate_edit(network, study, nobody, true_label_after="contradiction")
    >>> print(effect.flipped("contradiction", source="entailment"))

    Parameters
    ----------
    network
        Of a study, the one that was probed.
    data
        A study, or any pairs.
    edit
        One, or several to be made one after the other; they apply where each of them does.
    true_label_after
        What the pairs' true label is after the edit; see `TextEdit.changes_label`.
    silenced
        Units that answer 0, before and after the edit.
    layer
        The layer that these are units of; of a study, its own where it is left out.
    batch_size
        Pairs shown at once.
    report
        Told how many pairs have been looked at.
    cancelled
        Asked again and again; True leaves out the pairs from there on.

    Raises
    ------
    EditError
        When the network is not the study's, there is no edit, no such label, or units to silence and no layer.
    """
    edits = (edit,) if isinstance(edit, TextEdit) else tuple(edit)
    if not edits or not all(isinstance(one, TextEdit) for one in edits):
        raise EditError(f"edits of sentences are of type TextEdit, at least one, not {edit!r:.100}")
    if true_label_after not in ("unchanged", "unknown", *LABELS):
        raise EditError(f"the label after an edit is unchanged, unknown or a label, not {true_label_after!r:.60}")
    pairs = data.pairs if isinstance(data, PairStudy) else data
    shown_layer = layer_of(network, data, layer, silenced)
    known = data.logits if isinstance(data, PairStudy) and not silenced else None
    applicable = np.zeros(len(pairs), np.bool_)
    numbers: list[int] = []
    premises: list[Tokens] = []
    hypotheses: list[Tokens] = []
    before, after = [np.empty((0, len(LABELS)), np.float32)], [np.empty((0, len(LABELS)), np.float32)]
    done = 0
    for start, stop in _parts(len(pairs)):
        if cancelled and cancelled():
            break
        found = [
            (number, changed)
            for number in range(start, stop)
            if (changed := apply_text_edits(pairs.premises[number], pairs.hypotheses[number], edits))
        ]
        chosen = [number for number, _ in found]
        if chosen:
            changed_pairs = PairDataset.of(pairs.source, [(*changed, None) for _, changed in found])
            answer = network.respond(changed_pairs, shown_layer, silenced=silenced, batch_size=batch_size)
            after.append(answer.logits)
            if known is None:
                answer = network.respond(pairs.subset(chosen), shown_layer, silenced=silenced, batch_size=batch_size)
                before.append(answer.logits)
            else:
                before.append(known[chosen])
            premises.extend(changed_pairs.premises)
            hypotheses.extend(changed_pairs.hypotheses)
            numbers.extend(chosen)
            applicable[chosen] = True
        done = stop
        report("edited pairs shown to the network", done, len(pairs))
    places = np.array(numbers, np.intp)
    edited = PairDataset(
        f"{pairs.source}, edited",
        tuple(premises),
        tuple(hypotheses),
        pairs.gold[places],
        tuple(pairs.ids[number] for number in numbers),
    )
    complete = done == len(pairs)
    return EditEffect(
        edits,
        pairs,
        applicable,
        places,
        edited,
        np.concatenate(before),
        np.concatenate(after),
        true_label_after,
        complete,
    )


def layer_of(
    network: PairNetwork, data: PairStudy | PairDataset, layer: str | None, silenced: Sequence[int] = ()
) -> str:
    """The layer to be listened to while a network is shown pairs: the one named, the study's, or any.

    Raises
    ------
    EditError
        When the network is not the study's, or there are units to silence and no layer.
    """
    if isinstance(data, PairStudy):
        about = data.configuration
        if network.fingerprint != about.network_fingerprint:
            raise EditError(
                f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
                "differ. Give the one that the study was made with, or pairs in place of the study"
            )
        return layer or about.layer
    if layer is None and silenced:
        raise EditError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
    return layer or next(iter(network.layers()))


def label_index(label: str) -> int:
    """The number of a label.

    Raises
    ------
    EditError
        When there is no such label.
    """
    if label not in LABELS:
        raise EditError(f"labels are {', '.join(LABELS)}, not {label!r:.60}")
    return LABELS.index(label)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from logits, along the last axis; of the same shape."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _parts(length: int) -> Iterator[tuple[int, int]]:
    for start in range(0, length, _PAIRS_AT_ONCE):
        yield start, min(start + _PAIRS_AT_ONCE, length)
