"""The smallest edits of one pair that change a network's answer while a rule for the true label holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.adversarial.text.changes import tokens_changed
from compexp_widgets.adversarial.text.edits import Anchor, AnyPair, TextEdit, as_pair
from compexp_widgets.adversarial.text.evaluation import label_index, see_probed
from compexp_widgets.adversarial.text.from_formula import edits_from_formula
from compexp_widgets.adversarial.text.rules import ANY_EDIT, LabelRule, Proposal
from compexp_widgets.adversarial.text.sentences import Sentence
from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import whole_number
from compexp_widgets.concepts.lexicon import WordVectors
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.data.pairs.dataset import LABELS, PairDataset, Tokens
from compexp_widgets.errors import EditError
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, Row, facts, fields_html, section, table
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr, clipped, counted, one_line, score_text
from compexp_widgets.study import PairStudy
from compexp_widgets.study.given import AnyPairStudy, as_study

_TEMPLATES = 60  # edits that the formulas suggest, of which the words are tried at every place too
_BEAM = 8  # single edits that are gone on from, where two are allowed
_NEIGHBORS = 3


@dataclass(frozen=True, eq=False)
class TextSearchSettings:
    """The settings of a search for edits of a pair.

    Attributes
    ----------
    vectors
        Word vectors: the nearest words of the data to each word of the formulas are tried too.
    most_edits
        1, or 2: then the single edits that come nearest are gone on from.
    count
        So many of the edits that succeed are kept.
    budget
        So many sentences are shown to the network at most.
    batch_size
        Pairs shown at once.

    Raises
    ------
    EditError
        When a setting makes no sense.
    """

    vectors: WordVectors | None = None
    most_edits: int = 1
    count: int = 12
    budget: int = 1_000
    batch_size: int = 64

    __repr__ = brief_repr
    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name in ("most_edits", "count", "budget", "batch_size"):
            whole_number(getattr(self, name), name, error=EditError)
        if self.most_edits > 2:
            raise EditError(f"most_edits is 1 or 2, not {self.most_edits}")


_SHOWN = 10  # edits that a notebook lists


@dataclass(frozen=True, eq=False)
class FoundEdit:
    """Edits of one pair, made one after the other, the hypothesis after them, and the network's answer to it.

    `size` is the number of tokens that came or went; one that took the place of another counts once. `logits` are
    float32 of shape (labels,).
    """

    edits: tuple[TextEdit, ...]
    hypothesis: Tokens
    size: int
    logits: NDArray[np.float32]
    labels: tuple[str, ...] = LABELS

    def __repr__(self) -> str:
        share = score_text(float(self.probabilities.max()))
        return f"<FoundEdit: {clipped(self.description, 300)}; {self.predicted} with {share}>"

    _table_name_ = "edit"
    _table_heads_ = ("edit", "hypothesis", "answer"), ("tokens", "probability")

    def _table_row_(self) -> Row:
        share = float(self.probabilities.max())
        texts = (one_line(self.description, 120), one_line(" ".join(self.hypothesis), 160), self.predicted)
        return texts, (f"{self.size}", score_text(share)), share

    def _repr_html_(self) -> Html:
        texts, numbers = self._table_heads_
        return section("Edit of a hypothesis", table(texts, numbers, [self._table_row_()], wide=True))

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """float32, shape (labels,)."""
        probabilities: NDArray[np.float32] = softmax(self.logits)
        return probabilities

    @property
    def predicted(self) -> str:
        """The network's label."""
        return self.labels[int(self.logits.argmax())]

    @property
    def description(self) -> str:
        """The edits in a few words."""
        return ", then ".join(edit.description for edit in self.edits)


_SHOWN = 12  # that a notebook shows


@dataclass(frozen=True)
class SuggestedTextEdits:
    """The result of a search for the smallest edits of a pair that keep a rule.

    `predicted` is the network's label for the pair, `target` the one that was wanted, None for any other. `best` are
    edits that flip the prediction: fewest tokens first, then the most probable; `closest` comes nearest: one of `best`
    if there is one, None where nothing could be tried. The network was shown `tried` different sentences, of which
    `succeeded` flipped it. `complete` is False where it was stopped, or the budget ran out before everything had been
    tried.
    """

    premise: Tokens
    hypothesis: Tokens
    predicted: str
    target: str | None
    rule: LabelRule
    best: tuple[FoundEdit, ...]
    closest: FoundEdit | None
    tried: int
    succeeded: int
    complete: bool

    def __repr__(self) -> str:
        tried = counted(self.tried, "sentence")
        stopped = "" if self.complete else ", not everything was tried"
        return f"<SuggestedTextEdits: {self.succeeded:,} of {tried} change the answer {self.predicted}{stopped}>"

    def _repr_html_(self) -> Html:
        found = self.best[:_SHOWN] or ((self.closest,) if self.closest else ())
        told = [
            ("premise", one_line(" ".join(self.premise), 200)),
            ("hypothesis", one_line(" ".join(self.hypothesis), 200)),
            ("answer", self.predicted),
            ("wanted", self.target or "any other"),
            ("rule", self.rule.statement),
            ("the closest", "none of them changes the answer" if found and not self.best else ""),
        ]
        texts, numbers = FoundEdit._table_heads_
        listed = table(texts, numbers, [one._table_row_() for one in found], wide=True) if found else ""
        title = f"{self.succeeded:,} of {counted(self.tried, 'sentence')} change the answer"
        return section(title, facts(told), listed)


@checked(EditError)
def suggest_text_edits(
    network: AnyNetwork,
    study: AnyPairStudy,
    pair: AnyPair,
    *,
    target: str | None = None,
    label: str | None = None,
    rule: LabelRule = ANY_EDIT,
    settings: TextSearchSettings | None = None,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> SuggestedTextEdits:
    """Search for the smallest edits of a hypothesis that change the network's answer.

    Tried are, in this order: what the formulas of the study's units suggest; what the rule itself proposes; the words
    of the formulas, and their neighbours, inserted at every place, and in place of every word; every word left out.

    Parameters
    ----------
    pair
        Premise and hypothesis.
    target
        The label that the network is to give; without one, any other than it gives now.
    label
        The true label of the pair, on which some rules depend.
    rule
        What every edit must keep; see `compexp_widgets.adversarial.text.rules`.
    settings
        Of the search; None: the default.
    report
        Told how many sentences the network has been shown.
    cancelled
        Asked before each batch; True ends the search with what there is.

    Raises
    ------
    EditError
        When the network is not the study's, there is no such label, or the network gives the target already.
    """
    network = as_network(network)
    study = as_study(study, PairStudy)
    settings = settings or TextSearchSettings()
    labels = network.class_names
    if target is not None:
        label_index(target, labels)
    if label is not None:
        label_index(label)
    see_probed(network, study)
    premise, hypothesis = as_pair(pair)

    def answers(hypotheses: Sequence[Tokens]) -> NDArray[np.float32]:
        data = PairDataset.of("edited pair", [(premise, one, None) for one in hypotheses])
        return network.respond(data, batch_size=settings.batch_size).logits

    now = int(answers([hypothesis])[0].argmax())
    if target is not None and label_index(target, labels) == now:
        raise EditError(f"the network answers {target!r} to this pair already")
    wanted = np.array([place != now if target is None else name == target for place, name in enumerate(labels)])
    targets = [name for name, one in zip(labels, wanted, strict=True) if one]
    candidates = _Candidates(study, labels[now], targets, rule, premise, label, settings.vectors)

    def distance(one: FoundEdit) -> float:
        """The distance of the logits from a wanted label: below 0 where they have one."""
        return float(one.logits[~wanted].max() - one.logits[wanted].max())

    def met(one: FoundEdit) -> bool:
        return bool(wanted[int(one.logits.argmax())])

    seen = {hypothesis}

    def untried(starts: Sequence[tuple[tuple[TextEdit, ...], Tokens]]) -> Iterator[tuple[tuple[TextEdit, ...], Tokens]]:
        for earlier, start in starts:
            for edit, edited in candidates.of(start):
                if edited not in seen:
                    seen.add(edited)
                    yield (*earlier, edit), edited

    found: list[FoundEdit] = []
    starts: list[tuple[tuple[TextEdit, ...], Tokens]] = [((), hypothesis)]
    complete = True
    for _ in range(settings.most_edits):
        coming = untried(starts)
        # One more than the budget allows tells whether anything was left untried.
        while batch := list(islice(coming, max(1, min(settings.batch_size, settings.budget - len(found))))):
            if len(found) >= settings.budget or (cancelled and cancelled()):
                complete = False
                break
            for (edits, edited), logits in zip(batch, answers([edited for _, edited in batch]), strict=True):
                found.append(FoundEdit(edits, edited, tokens_changed(hypothesis, edited), logits, labels))
            report(Stage("edits tried", "search"), len(found), settings.budget)
        if not complete:
            break
        near = sorted((one for one in found if not met(one)), key=distance)[:_BEAM]
        starts = [(one.edits, one.hypothesis) for one in near]
    best = sorted(filter(met, found), key=lambda one: (one.size, distance(one), one.hypothesis))
    closest = best[0] if best else min(found, key=distance, default=None)
    kept = tuple(best[: settings.count])
    return SuggestedTextEdits(
        premise, hypothesis, labels[now], target, rule, kept, closest, len(found), len(best), complete
    )


class _Candidates:
    """The edits of a hypothesis that are worth a try and keep the rule."""

    def __init__(
        self,
        study: PairStudy,
        source: str,
        targets: Sequence[str],
        rule: LabelRule,
        premise: Tokens,
        label: str | None,
        vectors: WordVectors | None,
    ) -> None:
        self._rule, self._premise, self._label = rule, premise, label
        self._templates = [
            one.edit
            for target in targets
            for one in edits_from_formula(study, source=source, target=target, count=_TEMPLATES)
            if one.edit.side == "hypothesis"
        ]
        words = [word_of(edit.put_in[0]) for edit in self._templates if len(edit.put_in) == 1]
        self._words = list(dict.fromkeys((*words, *_neighbors(study, words, vectors))))

    def of(self, hypothesis: Tokens) -> Iterator[tuple[TextEdit, Tokens]]:
        for edit in (*self._templates, *self._rule.proposes(hypothesis), *self._at_every_place(hypothesis)):
            edited = edit.on((self._premise, hypothesis))
            if edited is None or not any(map(str.isalnum, "".join(edited[1]))):
                continue
            if self._rule.allows(Proposal(self._premise, hypothesis, edit, edited[1], self._label)):
                yield edit, edited[1]

    def _at_every_place(self, hypothesis: Tokens) -> Iterable[TextEdit]:
        places = range(len(Sentence.of(hypothesis).words))
        for place in places:
            yield TextEdit("delete", anchor=Anchor("place", str(place)))
        for word in self._words:
            for place in places:
                yield TextEdit("insert", (word,), anchor=Anchor("place", str(place)))
                yield TextEdit("replace", (word,), anchor=Anchor("place", str(place)))
            yield TextEdit("append", (word,))


def _neighbors(study: PairStudy, words: Sequence[str], vectors: WordVectors | None) -> list[str]:
    """Words like the given ones: of the study's NEIGHBORS, and the nearest by vectors where there are some."""
    sought = frozenset(words)
    found = [
        word
        for concept in study.vocabulary.concepts
        if concept.kind == "neighbors" and concept.side == "hypothesis" and concept.words[0] in sought
        for word in concept.words[1 : 1 + _NEIGHBORS]
    ]
    if vectors is not None:
        known = vectors.nearest(vectors.words, _NEIGHBORS)
        found += [near for word in words for near in known.get(word, ())]
    return found
