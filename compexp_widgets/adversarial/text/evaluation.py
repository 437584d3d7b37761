"""An edit on a whole set of pairs: accuracy before and after, what flips to what, and the pairs to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compexp_widgets.adversarial.rate import Rate
from compexp_widgets.adversarial.text.edits import Pair, TextEdit, apply_text_edits
from compexp_widgets.argument_types import checked
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
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, facts, fields_html, section, table
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr, clipped, counted, some_names
from compexp_widgets.study import PairStudy

TrueLabel: TypeAlias = Literal["unchanged", "unknown", "entailment", "neutral", "contradiction", "not_entailment"]
"""The true label after an edit, as far as somebody has decided."""


@dataclass(frozen=True)
class EditExample:
    """One pair before and after an edit: premise and hypothesis, labels as numbers, the network's probabilities.

    `gold` is the label before the edit and `true_label` after it, as far as that has been decided; else `NO_LABEL`.
    """

    number: int
    id: str
    before: tuple[Tokens, Tokens]
    after: tuple[Tokens, Tokens]
    gold: int
    true_label: int
    predicted_before: int
    predicted_after: int
    probabilities_before: NDArray[np.float64]
    probabilities_after: NDArray[np.float64]

    __repr__ = brief_repr
    _repr_html_ = fields_html


@dataclass(frozen=True, eq=False)
class EditEffect:
    """The effect of edits, made one after the other, on a network's answers to the A of N pairs to which they apply.

    `applicable`, bool of shape (N,), tells where they apply among the pairs that were looked at, and `numbers`, intp of
    shape (A,), which these are; `edited` are these after the edits, under their old labels. `before` and `after` are
    the network's responses to the A pairs, and `true_label_after` what the true label is then: the old one, one for
    all, or unknown. `complete` is False where the work was stopped: then only the pairs up to some number were looked
    at. `unknown_words` are put in by the edits and have no vector in the network; none where that cannot be told.
    """

    edits: tuple[TextEdit, ...]
    pairs: PairDataset
    applicable: NDArray[np.bool_]
    numbers: NDArray[np.intp]
    edited: PairDataset
    before: Response
    after: Response
    true_label_after: TrueLabel = "unchanged"
    complete: bool = True
    unknown_words: tuple[str, ...] = ()

    def __repr__(self) -> str:
        changed = int((self.before.predicted != self.after.predicted).sum())
        return (
            f"<EditEffect of {clipped(self._edits(), 300)}: applies to {len(self.numbers):,} of "
            f"{counted(len(self.pairs), 'pair')}, changes the answer to {changed:,}>"
        )

    def _edits(self) -> str:
        return ", then ".join(edit.description for edit in self.edits)

    def _repr_html_(self) -> Html:
        flips = self.flips
        heads = [f"then {label}" for label in self.labels]
        rows = [
            ((label,), [f"{count:,}" for count in row], None)
            for label, row in zip(self.labels, flips.tolist(), strict=True)
        ]
        told = [
            ("applies to", f"{len(self.numbers):,} of {counted(len(self.pairs), 'pair')}"),
            ("true labels", self.changes_label or ""),
            ("unknown words", some_names(self.unknown_words)),
        ]
        return section(self._edits(), facts(told), table(("answer before",), heads, rows))

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
        return rightly(self.gold, self.before.predicted, self.pairs.labels, self.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The network's, of which its answers are; the data has its own, see `agreement`."""
        return self.before.class_names

    @property
    def flips(self) -> NDArray[np.int64]:
        """int64, shape (labels, labels): pairs by predicted label before (rows) and after it (columns)."""
        counts = np.zeros((len(self.labels), len(self.labels)), np.int64)
        np.add.at(counts, (self.before.predicted, self.after.predicted), 1)
        return counts

    @property
    def changes_label(self) -> str | None:
        """The reason why the true labels may change; None where they hardly can."""
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

        Left out are those that the network gives the `target` already, those that it gives another label than `source`
        before the edit, those with a gold label that it gets wrong before (where `correct`), and those that are not
        `among` a bool of shape (N,), such as the pairs that the formulas were found on.
        """
        predicted = self.before.predicted
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
        """The rate of eligible pairs that flip: to the target, or to any other label where there is none."""
        chosen = self.eligible(target, source, correct=correct, among=among)
        after = self.after.predicted
        hit = after != self.before.predicted if target is None else after == label_index(target, self.labels)
        return Rate(int((hit & chosen).sum()), int(chosen.sum()))

    def accuracy(self) -> pd.DataFrame:
        """Accuracy by gold label: columns ``gold, pairs, before, after``; the last row, ``all``, is over all of them.

        Before is measured against the old labels, after against `true_labels`; NaN where these are unknown.
        """
        rows = []
        right_after = rightly(self.true_labels, self.after.predicted, self.pairs.labels, self.labels)
        for name in (*self.pairs.labels, "all"):
            chosen = self.gold != NO_LABEL if name == "all" else self.gold == self.pairs.labels.index(name)
            truth = self.true_labels[chosen]
            known = len(truth) and truth[0] != NO_LABEL
            rows.append(
                {
                    "gold": name,
                    "pairs": int(chosen.sum()),
                    "before": float(self.right_before[chosen].mean()) if chosen.any() else float("nan"),
                    "after": float(right_after[chosen].mean()) if known else float("nan"),
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
        """Eligible pairs that flip, or do not (`flipped`): those first whose probability of the target rises most.

        Without a target, that of any other label than the one predicted before.
        """
        predicted, after = self.before.predicted, self.after.predicted
        chosen = self.eligible(target, source, correct=correct)
        rows = np.arange(len(self.numbers))
        if target is None:
            rise = self.before.probabilities[rows, predicted] - self.after.probabilities[rows, predicted]
            hit = after != predicted
        else:
            aim = label_index(target, self.labels)
            rise = self.after.probabilities[:, aim] - self.before.probabilities[:, aim]
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
            int(self.gold[row]),
            int(self.true_labels[row]),
            int(self.before.predicted[row]),
            int(self.after.predicted[row]),
            self.before.probabilities[row],
            self.after.probabilities[row],
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
        columns["predicted_before"] = answers[self.before.predicted]
        columns["predicted_after"] = answers[self.after.predicted]
        columns["flipped"] = self.before.predicted != self.after.predicted
        for when, shares in (("before", self.before.probabilities), ("after", self.after.probabilities)):
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
    """The number of a label among those of a network or a data set; EditError where there is no such label."""
    if label not in labels:
        raise EditError(f"labels are {', '.join(labels)}, not {label!r:.60}")
    return list(labels).index(label)


_PAIRS_AT_ONCE = 1_024  # between two looks at whether to stop


@checked(EditError)
def evaluate_edit(
    network: AnyNetwork,
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
    network = as_network(network)
    edits = (edit,) if isinstance(edit, TextEdit) else tuple(edit)
    if not edits or not all(isinstance(one, TextEdit) for one in edits):
        raise EditError(f"edits of sentences are of type TextEdit, at least one, not {edit!r:.100}")
    pairs = data.pairs if isinstance(data, PairStudy) else data
    if true_label_after not in ("unchanged", "unknown", *pairs.labels):
        raise EditError(
            f"the label after an edit is unchanged, unknown or a label, {' or '.join(pairs.labels)}, not "
            f"{true_label_after!r:.60}"
        )
    study = data if isinstance(data, PairStudy) else None
    if study is not None:
        see_probed(network, study)
        layer = layer or study.configuration.layer
    elif layer is None and silenced:
        raise EditError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
    listened = layer if silenced else None

    def answers(shown: PairDataset) -> NDArray[np.float32]:
        return network.respond(shown, listened, silenced=silenced, batch_size=batch_size).logits

    applied: list[tuple[int, Pair]] = []
    before, after = ([np.empty((0, len(network.class_names)), np.float32)] for _ in range(2))
    done = 0
    while done < len(pairs) and not (cancelled and cancelled()):
        part = range(done, min(done + _PAIRS_AT_ONCE, len(pairs)))
        edited = [(at, apply_text_edits((pairs.premises[at], pairs.hypotheses[at]), edits)) for at in part]
        found = [(at, pair) for at, pair in edited if pair]
        if found:
            chosen = [at for at, _ in found]
            after.append(answers(_edited(pairs, found)))
            before.append(study.logits[chosen] if study is not None and not silenced else answers(pairs.subset(chosen)))
        applied += found
        done = part.stop
        report(Stage("edited pairs shown to the network", "evaluate"), done, len(pairs))
    numbers = np.array([at for at, _ in applied], np.intp)
    return EditEffect(
        edits,
        pairs,
        np.isin(np.arange(len(pairs)), numbers),
        numbers,
        _edited(pairs, applied),
        Response(np.concatenate(before), class_names=network.class_names),
        Response(np.concatenate(after), class_names=network.class_names),
        true_label_after,
        done == len(pairs),
        unknown_words(network, edits),
    )


def unknown_words(network: Network, edits: Sequence[TextEdit]) -> tuple[str, ...]:
    """The words that edits put in and a network has no vector for, each once; none where it does not say what it knows.

    To the network all of them are one and the same unknown word: what it makes of the edit says nothing of this one.
    """
    words = tuple(word for edit in edits for word in edit.put_in)
    unknown = network.inputs_as(PairInputs).unknown(words) or ()
    return tuple(dict.fromkeys(word for word, strange in zip(words, unknown, strict=False) if strange))


def see_probed(network: Network, study: PairStudy) -> None:
    """See that a network is the one that was probed, by its weights; EditError where it is another."""
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise EditError(
            f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
            "differ. Give the one that the study was made with, or pairs in place of the study"
        )


def _edited(pairs: PairDataset, applied: Sequence[tuple[int, Pair]]) -> PairDataset:
    """Some pairs after edits, under their old labels; texts that were not edited are as they were written."""
    numbers = [at for at, _ in applied]
    texts = []
    for at, after in applied if pairs.texts else ():
        before = pairs.premises[at], pairs.hypotheses[at]
        texts.append(
            tuple(
                written if was == now else detokenize(now)
                for written, was, now in zip(pairs.text(at), before, after, strict=True)
            )
        )
    return PairDataset(
        f"{pairs.source}, edited",
        tuple(premise for _, (premise, _) in applied),
        tuple(hypothesis for _, (_, hypothesis) in applied),
        pairs.gold[np.array(numbers, np.intp)],
        tuple(pairs.ids[at] for at in numbers),
        pairs.labels,
        tuple((premise, hypothesis) for premise, hypothesis in texts),
    )
