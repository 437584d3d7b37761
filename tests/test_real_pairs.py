"""The sentence pairs that the toolkit is judged with, read as they are distributed."""

import numpy as np
import pytest

from compexp_widgets import read_pairs
from compexp_widgets.concepts.lexicon.tagging import tag_sentences
from compexp_widgets.data.pairs import LABELS, NO_LABEL, detokenize, tokenize

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def development(real_data):
    folder = real_data / "snli"
    return read_pairs(folder / "snli_1.0_dev.tok", labels=folder / "bowman_epoch6_predictions_dev.csv")


def counts(pairs):
    numbers = {label: number for number, label in enumerate(LABELS)} | {"none": NO_LABEL}
    return {label: int((pairs.gold == number).sum()) for label, number in numbers.items()}


def test_the_development_set_of_snli_has_10000_pairs_of_which_158_have_no_gold_label(development):
    assert len(development) == 10_000
    assert counts(development) == {"entailment": 3329, "neutral": 3235, "contradiction": 3278, "none": 158}
    assert development.premises[0] == (
        "Two",
        "women",
        "are",
        "embracing",
        "while",
        "holding",
        "to",
        "go",
        "packages",
        ".",
    )


@pytest.mark.parametrize(
    ("file", "entailment", "neutral", "contradiction"),
    [
        ("snli_test_premises.txt", 3368, 3219, 3237),
        ("counterfactual_nli_train.tsv", 2770, 2778, 2782),
        ("sick.tsv", 2857, 5611, 1459),
    ],
)
def test_the_28081_training_pairs_all_have_gold_labels(real_data, file, entailment, neutral, contradiction):
    pairs = read_pairs(real_data / "nli_train" / file)
    assert counts(pairs) == {
        "entailment": entailment,
        "neutral": neutral,
        "contradiction": contradiction,
        "none": 0,
    }


def test_tokens_of_snli_are_found_again_in_its_sentences(development):
    sentences = development.premises[::20] + development.hypotheses[::20]
    same = [tokenize(detokenize(sentence)) == sentence for sentence in sentences]
    assert np.mean(same) > 0.995


def test_sentences_of_snli_have_the_tags_of_captions(development):
    tags = tag_sentences(development.hypotheses[:1000])
    assert [len(each) for each in tags] == [len(each) for each in development.hypotheses[:1000]]
    # Captions say what somebody is doing: nearly all have a noun, and the verbs are in the present.
    assert np.mean([any(tag.startswith("NN") for tag in each) for each in tags]) > 0.97
    flat = [tag for each in tags for tag in each]
    assert flat.count("VBG") > 5 * flat.count("VBD")
