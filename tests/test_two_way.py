"""Two labels, entailed or not, in data, networks, studies and widgets; and three held to two."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from page import Page
from pair_sets import toy_pairs
from torch import nn

import compexp_widgets as cw
from compexp_widgets import Network, PairDataset, train_bowman
from compexp_widgets.adversarial import TextEdit, evaluate_edit
from compexp_widgets.data.pairs import LABELS, NO_LABEL, TWO_WAY_LABELS
from compexp_widgets.data.pairs.dataset import agreement
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.pairs.holding_out import joined
from compexp_widgets.networks.pairs.training_state import TrainingSettings
from compexp_widgets.progress import silent

WORDS = ("Nobody", "Somebody", "outside", "inside", "happy", "runs")
YES, NO = range(2)


class Counts(nn.Module):
    """Which of a few words stand in a pair; entailment follows "Somebody"."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.hidden = nn.Linear(len(WORDS), 5)
        self.relu = nn.ReLU()
        self.out = nn.Linear(5, labels)

    def forward(self, words):
        return self.out(self.relu(self.hidden(words)))


def encode(batch):
    return (torch.tensor([[float(word in {*pair[0], *pair[1]}) for word in WORDS] for pair in batch]),)


def network(labels=TWO_WAY_LABELS) -> Network:
    return Network.of_pairs(Counts(len(labels)).eval(), encode, name="counts", labels=labels, vocabulary=WORDS)


def study_of(network: Network, pairs: PairDataset, folder):
    concepts = cw.LexicalSettings(tokens=10, tags=False, neighbors=0)
    return cw.dissect_pairs(network, "relu", pairs, folder / "study", concepts=concepts, report=silent)


@pytest.fixture(scope="module", params=["both two-way", "network of three", "data of three"])
def study(request, tmp_path_factory):
    pairs = toy_pairs(60, unlabelled=6)
    pairs = pairs if request.param == "data of three" else pairs.two_way()
    labels = LABELS if request.param == "network of three" else TWO_WAY_LABELS
    study = study_of(network(labels), pairs, tmp_path_factory.mktemp("two"))
    yield study
    study.close()


def answers(widget, kind: str, **content) -> dict:
    return json.loads(json.dumps(Page(widget).ask(kind, **content)[0]))


def test_a_label_agrees_with_itself_and_what_is_not_entailed_with_two_of_three():
    assert agreement(LABELS, LABELS).tolist() == np.eye(3, dtype=bool).tolist()
    assert agreement(TWO_WAY_LABELS, LABELS).tolist() == [[True, False, False], [False, True, True]]
    assert agreement(LABELS, TWO_WAY_LABELS).tolist() == agreement(TWO_WAY_LABELS, LABELS).T.tolist()


def test_the_logits_of_two_labels_come_in_our_order():
    pairs = toy_pairs(9).two_way()
    same, other = network(), network(TWO_WAY_LABELS[::-1])
    assert other.class_names == TWO_WAY_LABELS
    assert_array_equal(other.respond(pairs, "relu").logits, same.respond(pairs, "relu").logits[:, ::-1])
    assert_array_equal(class_weights(other, "relu"), class_weights(same, "relu")[::-1])


def test_two_logits_without_their_labels_are_refused_with_the_way_on():
    net = Network.of_pairs(Counts(2).eval(), encode, name="counts")
    with pytest.raises(NetworkError, match=r"\(4, 2\).* for two labels give labels=\(.entailment., .not_"):
        net.respond(toy_pairs(4), "relu")


def test_a_data_set_of_two_labels_is_another_one_and_one_of_three_is_what_it_was():
    pairs = toy_pairs(9)
    assert pairs.two_way().gold.max() == NO
    assert (
        pairs.two_way().fingerprint
        != PairDataset(pairs.source, pairs.premises, pairs.hypotheses, pairs.two_way().gold).fingerprint
    )
    with pytest.raises(DataError, match=r"labels are -1 … 1, found 0 … 2"):
        PairDataset("x", pairs.premises, pairs.hypotheses, pairs.gold, labels=TWO_WAY_LABELS)
    with pytest.raises(DataError, match=r"join their two_way\(\)"):
        joined([pairs, pairs.two_way()])


def test_a_study_knows_both_sets_of_labels_when_it_is_opened_again(study):
    again = cw.open_study(study.folder)
    assert (again.labels, again.pairs.labels) == (study.labels, study.pairs.labels)
    assert study.logits.shape == (60, len(study.labels))
    assert study.class_weights.shape == (len(study.labels), 5)
    again.close()


def test_where_a_network_is_right_is_judged_by_what_both_can_tell(study):
    two_way = [label == "entailment" for label in study.labels]
    gold = [study.pairs.labels[label] == "entailment" for label in study.pairs.gold.tolist()]
    right = [
        label != NO_LABEL and two_way[predicted] == entailed
        for label, predicted, entailed in zip(study.pairs.gold.tolist(), study.predicted.tolist(), gold, strict=True)
    ]
    assert study.right.tolist() == right


def test_the_explorer_counts_labels_of_data_against_labels_of_the_network(study):
    explorer = cw.NLIExplorer(study)
    about = answers(explorer, "hello")
    assert (about["labels"], about["gold_labels"]) == (list(study.labels), list(study.pairs.labels))
    assert np.array(about["agreement"]).shape == (len(study.pairs.labels), len(study.labels))
    names = ("unit", "firing", "quantile", "max_length", "beam_size", "operators", "metric", "excluded_categories")
    settings = {**{name: getattr(explorer, name) for name in names}, "tab": "labels"}
    counts = np.array(answers(explorer, "card", settings=settings, pairs=5)["labels"]["all"])
    assert counts.shape == (len(study.pairs.labels) + 1, len(study.labels))
    assert counts[:-1][np.array(about["agreement"])].sum() == study.right.sum()
    explorer.close()


def test_textlab_leads_from_one_label_of_the_network_to_another(study):
    lab = cw.TextLab(study, network(study.labels))
    assert (lab.source, lab.target) == ("entailment", study.labels[-1])
    assert answers(lab, "hello")["labels"] == list(study.labels)
    request = {name: getattr(lab, name) for name in ("source", "target", "unit", "pair", "original", "edited")}
    response = answers(lab, "response", **request)
    assert len(response["before"]["probabilities"]) == len(study.labels)
    stranger = "neutral" if study.labels == TWO_WAY_LABELS else "not_entailment"
    with pytest.raises(Exception, match=f"the network says entailment or .* not '{stranger}'"):
        lab.source = stranger
    lab.close()


def test_the_effect_of_an_edit_is_counted_between_the_two_sets(study):
    effect = evaluate_edit(network(study.labels), study, TextEdit("prepend", "Nobody"))
    assert effect.flips.shape == (len(study.labels),) * 2
    assert effect.accuracy()["gold"].tolist() == [*study.pairs.labels, "all"]
    assert set(effect.to_frame()["predicted_after"]) <= set(study.labels)
    assert f"after_{study.labels[-1]}" in effect.to_frame()
    before = effect.accuracy()["before"].iloc[-1]
    assert before == pytest.approx(study.right[effect.numbers][effect.gold != NO_LABEL].mean())


def test_a_bowman_network_is_trained_on_two_labels_saved_and_loaded(tmp_path):
    settings = TrainingSettings(embedding=5, encoder=6, hidden=7, epochs=1, batch_size=16)
    trained = train_bowman(toy_pairs(60).two_way(), toy_pairs(12, seed=1), settings, tmp_path)
    assert trained.class_names == TWO_WAY_LABELS
    again = cw.load_bowman(tmp_path / "network.safetensors")
    assert (again.class_names, again.fingerprint) == (TWO_WAY_LABELS, trained.fingerprint)
    pairs = toy_pairs(12, seed=1)
    answer = again.respond(pairs, "mlp.1")
    assert answer.accuracy(pairs.gold, LABELS) == answer.accuracy(pairs.two_way().gold)
