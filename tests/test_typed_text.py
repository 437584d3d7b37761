"""Text as people type it, on its way to a network: plain forms, the raw text, unknown words and empty sentences."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from hostile_pairs import LAYER, hostile_pairs, pair_network
from page import Page
from pair_files import write
from torch import nn

import compexp_widgets as cw
from compexp_widgets import Network, PairDataset
from compexp_widgets.adversarial import Anchor, TextEdit, evaluate_edit
from compexp_widgets.data.pairs import tokenize
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER
from compexp_widgets.progress import silent

PLAIN = ('He says "no", he isn\'t asleep.', "The man isn't asleep...")
CURLY = ("He says \u201cno\u201d, he isn\u2019t asleep.", "The\u00a0man isn\u02bct asleep\u2026")


@pytest.fixture(scope="module")
def network():
    return pair_network()


@pytest.fixture(scope="module")
def study(network, tmp_path_factory):
    concepts = cw.LexicalSettings(tokens=50, tags=False, neighbors=0)
    folder = tmp_path_factory.mktemp("typed") / "study"
    study = cw.dissect_pairs(network, LAYER, hostile_pairs(), folder, concepts=concepts, report=silent)
    yield study
    study.close()


@pytest.fixture
def lab(study, network):
    lab = cw.TextLab(study, network)
    yield Page(lab)
    lab.close()


@pytest.fixture
def explorer(study, network):
    explorer = cw.NLIExplorer(study, network)
    yield Page(explorer)
    explorer.close()


def response(page: Page, edited: tuple[str, str], original: tuple[str, str] = PLAIN) -> dict:
    request = {"source": "entailment", "target": "contradiction", "unit": None, "pair": None}
    return page.ask("response", **request, original=original, edited=edited)[0]


def probe(page: Page, premise: str, hypothesis: str) -> dict:
    names = ("unit", "firing", "quantile", "max_length", "beam_size", "operators", "metric", "excluded_categories")
    settings = {name: getattr(page.widget, name) for name in names}
    return page.ask("probe", premise=premise, hypothesis=hypothesis, settings=settings)[0]


def test_the_demo_answers_the_same_however_the_signs_were_set():
    pairs = PairDataset.of("typed", [(*map(tokenize, sentences), None) for sentences in (PLAIN, CURLY)])
    logits = cw.demo.nli_network().respond(pairs, HIDDEN_LAYER).logits
    assert np.array_equal(logits[0], logits[1])


def test_a_curly_sentence_is_not_an_edit_of_the_plain_one(lab):
    answer = response(lab, CURLY)
    assert not answer["edited"]
    assert answer["before"]["probabilities"] == answer["after"]["probabilities"]


def test_words_that_a_network_does_not_know_are_told_by_both_widgets(lab, explorer):
    sentences = ("The zebra\u2019s here", "Nobody sleeps")
    unknown = probe(explorer, *sentences)["unknown"]
    assert unknown == response(lab, sentences)["after"]["unknown"]
    words = tokenize(sentences[0])
    assert [word for word, strange in zip(words, unknown["premise"], strict=True) if strange] == ["zebra", "'s", "here"]
    assert not any(unknown["hypothesis"][:1])


def test_an_empty_sentence_is_answered_without_words_and_with_nothing_unknown(lab, explorer):
    for answer in (probe(explorer, " \u200b ", "Nobody"), response(lab, (" \u200b ", "Nobody"))["after"]):
        assert list(answer["premise"]) == []
        assert list(answer["unknown"]["premise"]) == []
        assert len(answer["probabilities"]) == 3


def test_an_empty_sentence_in_data_is_warned_of_with_its_pair_and_not_in_a_widget(network):
    pairs = PairDataset.of("mine", [(("A",), ("B",), None), (("A",), (), None)])
    with pytest.warns(UserWarning, match=r"1 of 2 pairs of mine have an empty .* the hypothesis of pair"):
        network.respond(pairs, LAYER)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.respond(pairs, LAYER, quiet=True)
        network.respond(pairs.subset([0]), LAYER)


def test_an_edit_tells_which_of_its_words_the_network_does_not_know(network):
    edit = TextEdit("append", "zebra with Nobody")
    assert evaluate_edit(network, hostile_pairs(), edit, layer=LAYER).unknown_words == ("zebra", "with")
    known = TextEdit("prepend", "nobody")
    assert evaluate_edit(network, hostile_pairs(), known, layer=LAYER).unknown_words == ("nobody",)
    silent_about_words = Network.of_pairs(network.module, network.inputs.encode)
    assert evaluate_edit(silent_about_words, hostile_pairs(), edit, layer=LAYER).unknown_words == ()


def test_the_words_of_an_edit_of_ones_own_are_tokenised_by_the_kernel(lab):
    edit = {"edit": "append", "side": "hypothesis", "tokens": "who isn\u2019t there"}
    answer, _ = lab.ask("apply", edit=edit, edited=["A man.", "A man sleeps."])
    assert answer["edited"][1] == "A man sleeps who isn't there."


class Letters(nn.Module):
    """Counts curly apostrophes and letters of both sentences: a network with a tokenizer of its own."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.hidden = nn.Linear(4, 3)
        self.out = nn.Linear(3, 3)

    def forward(self, counts):
        return self.out(self.hidden(counts).relu())


def text_network(seen: list | None = None) -> Network:
    def encode(batch):
        if seen is not None:
            seen.extend(batch)
        return (torch.tensor([[float(text.count(sign)) for text in pair for sign in "\u2019a"] for pair in batch]),)

    return Network.of_pairs(Letters().eval(), encode, name="letters", reads="text")


def written(folder):
    rows = ("A man isn\u2019t here.\tHe sleeps.\tneutral", "It\u2019s a dog.\tA\u2014dog\tentailment")
    return cw.read_pairs(write(folder / "a.tsv", "premise\thypothesis\tlabel", *rows))


def test_a_network_that_reads_text_gets_what_was_written(tmp_path):
    seen: list = []
    text_network(seen).respond(written(tmp_path), "hidden")
    assert set(seen) == {("A man isn\u2019t here.", "He sleeps."), ("It\u2019s a dog.", "A\u2014dog")}


def test_a_network_that_reads_tokens_gets_plain_ones(tmp_path):
    seen: list = []
    reads_text = text_network()
    network = Network.of_pairs(reads_text.module, lambda batch: seen.extend(batch) or (torch.zeros(len(batch), 4),))
    network.respond(written(tmp_path), "hidden")
    assert set(seen) == {
        (("A", "man", "is", "n't", "here", "."), ("He", "sleeps", ".")),
        (("It", "'s", "a", "dog", "."), ("A", "--", "dog")),
    }


def test_a_text_that_nobody_kept_is_what_its_tokens_read_as():
    pairs = PairDataset.of("tokens", [(("It", "is", "n't", "."), ("No", "."), None)])
    assert pairs.text(0) == ("It isn't.", "No.")


def test_texts_stay_with_their_pairs_in_parts_in_joined_sets_and_in_a_study(tmp_path):
    pairs = written(tmp_path)
    assert pairs.subset([1]).text(0) == pairs.text(1)
    study = cw.dissect_pairs(
        text_network(), "hidden", pairs, tmp_path / "study", concepts=cw.LexicalSettings(tags=False), report=silent
    )
    study.close()
    again = cw.open_study(tmp_path / "study")
    assert [again.pairs.text(number) for number in range(2)] == [pairs.text(number) for number in range(2)]
    again.close()


def test_the_study_of_a_network_that_reads_text_is_of_these_texts_alone(tmp_path):
    pairs = written(tmp_path)
    plain = PairDataset(pairs.source, pairs.premises, pairs.hypotheses, pairs.gold, pairs.ids)
    assert plain.fingerprint == pairs.fingerprint
    concepts = cw.LexicalSettings(tags=False)
    cw.dissect_pairs(text_network(), "hidden", pairs, tmp_path / "s", concepts=concepts, report=silent).close()
    with pytest.raises(cw.CompexpError, match="made with another data"):
        cw.dissect_pairs(text_network(), "hidden", plain, tmp_path / "s", concepts=concepts, report=silent)


def test_an_edit_leaves_the_text_of_the_other_sentence_as_it_was_written(tmp_path):
    seen: list = []
    pairs = written(tmp_path)
    delete = TextEdit("delete", anchor=Anchor("word", "sleeps"))
    effect = evaluate_edit(text_network(seen), pairs, delete, layer="hidden")
    assert effect.edited.text(0) == ("A man isn\u2019t here.", "He.")
    assert ("A man isn\u2019t here.", "He.") in seen


def test_what_encode_reads_is_tokens_or_text():
    with pytest.raises(NetworkError, match=r"encode reads tokens or text, not 'words'"):
        Network.of_pairs(Letters(), lambda batch: (), reads="words")
