"""The NLI world: the same pairs everywhere, labels that are true, English that can be read, planted artefacts."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compexp_widgets import PairDataset, demo
from compexp_widgets.data.pairs import LABELS, detokenize, tokenize
from compexp_widgets.demo.nli_world.deeds import cannot_be_done_at_once
from compexp_widgets.demo.nli_world.grammar import ing, participle, plural, third, with_article
from compexp_widgets.demo.nli_world.kinds import KINDS, exclude_each_other, kinds_above
from compexp_widgets.demo.nli_world.meaning import MANY, PLURAL, Addition, Claim, Deed, Scene, Somebody
from compexp_widgets.demo.nli_world.pairs import SPLITS, WrittenPair, write_pairs, written_pairs
from compexp_widgets.demo.nli_world.places import PLACES, WEATHERS, place_holds
from compexp_widgets.demo.nli_world.things import THINGS
from compexp_widgets.demo.nli_world.truth import judge
from compexp_widgets.demo.nli_world.verbs import VERBS
from compexp_widgets.demo.pair_biases import PAIR_BIASES, PairBias
from compexp_widgets.errors import DataError


@pytest.fixture(scope="module")
def written() -> list[WrittenPair]:
    """The pairs of the probe set with their meanings."""
    return list(write_pairs("probe", 1500))


@pytest.fixture(scope="module")
def pairs() -> PairDataset:
    return demo.nli_pairs()


@pytest.fixture(scope="module")
def other_pairs() -> PairDataset:
    return written_pairs("held-out", 1000)


def _text(pair: WrittenPair) -> str:
    return f"{' '.join(pair.premise)} / {' '.join(pair.hypothesis)}"


def test_every_machine_writes_the_same_pairs() -> None:
    assert written_pairs("probe", 40).fingerprint == "06577185fddaaa461f0bbd6c16cd4893a91b202cb5a01b9533135c7c00f82126"


def test_another_process_writes_the_same_pairs() -> None:
    code = "from compexp_widgets.demo.nli_world.pairs import *; print(written_pairs('training', 20).fingerprint)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == written_pairs("training", 20).fingerprint


def test_a_larger_set_begins_with_the_pairs_of_a_smaller_one() -> None:
    assert written_pairs("held-out", 9).subset(range(12)).fingerprint == written_pairs("held-out", 4).fingerprint


def test_the_probe_set_has_thousands_of_pairs_and_hundreds_of_words(pairs: PairDataset) -> None:
    words = {word.lower() for sentence in (*pairs.premises, *pairs.hypotheses) for word in sentence}
    assert len(pairs) >= 4000
    assert len(words) >= 400


def test_every_premise_has_one_hypothesis_of_each_label(pairs: PairDataset) -> None:
    labels = defaultdict(list)
    for premise, label in zip(pairs.premises, pairs.gold.tolist(), strict=True):
        labels[premise].append(label)
    assert all(sorted(found) == [0, 1, 2] for found in labels.values())


def test_no_premise_is_in_two_sets() -> None:
    premises = [set(written_pairs(split, 300).premises) for split in SPLITS]
    assert sum(map(len, premises)) == len(set().union(*premises)) == 900


def test_no_pair_of_sentences_has_two_labels(written: list[WrittenPair]) -> None:
    labels = defaultdict(set)
    for pair in written:
        labels[pair.premise, pair.hypothesis].add(pair.label)
    assert all(len(found) == 1 for found in labels.values())


@pytest.mark.parametrize(("split", "premises", "named"), [("test", 3, "probe"), ("probe", -1, "-1")])
def test_a_set_that_cannot_be_written_is_refused(split: str, premises: int, named: str) -> None:
    with pytest.raises(DataError, match=named):
        written_pairs(split, premises)


# The labels.


@pytest.mark.parametrize("split", SPLITS)
def test_the_meaning_of_every_pair_has_its_label(split: str) -> None:
    wrong = [_text(pair) for pair in write_pairs(split, 1500) if judge(pair.scene, pair.claim) != pair.label]
    assert wrong == []


PLAYING = (Deed("play music", "guitar"),)
GUITARIST = Scene(
    Somebody("man", age="old", garment="hat", garment_colour="red", mood="happy", deeds=PLAYING),
    place="street",
    weather="sunny",
)
SLEEPING_DOG = Somebody("dog", colour="black", deeds=(Deed("sleep"),))


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        (Claim(Somebody("person")), "entailment"),
        (Claim(Somebody("man", deeds=(Deed("play music", "instrument"),))), "entailment"),
        (Claim(Somebody("adult", deeds=(Deed("make music"),)), "outdoors"), "entailment"),
        (Claim(Somebody("man", garment="hat", garment_colour="red"), "in town"), "entailment"),
        (Claim(weather="sunny"), "entailment"),
        (Claim(thing="guitar"), "entailment"),
        (Claim(Somebody("man", mood="happy")), "entailment"),
        (Claim(Somebody("man", deeds=(Deed("sleep"),)), denied=True, definite=True), "entailment"),
        (Claim(Somebody("father")), "neutral"),
        (Claim(Somebody("man", deeds=(Deed("play music", "guitar", "red"),))), "neutral"),
        (Claim(Somebody("man", garment="scarf")), "neutral"),
        (Claim(Somebody("man", deeds=(Deed("sit", "bench"),))), "neutral"),
        (Claim(Somebody("man"), addition=Addition("end", "for money")), "neutral"),
        (Claim(Somebody("man"), weather="hot"), "neutral"),
        (Claim(Somebody("dog")), "contradiction"),
        (Claim(Somebody("man", PLURAL)), "contradiction"),
        (Claim(Somebody("man", 2)), "contradiction"),
        (Claim(Somebody("man", age="young")), "contradiction"),
        (Claim(Somebody("woman", deeds=(Deed("play music", "guitar"),))), "contradiction"),
        (Claim(Somebody("man", deeds=(Deed("play music", "drums"),))), "contradiction"),
        (Claim(Somebody("man", deeds=(Deed("sleep"),))), "contradiction"),
        (Claim(Somebody("man", deeds=(Deed("read", "book"),))), "contradiction"),
        (Claim(Somebody("man", garment="hat", garment_colour="blue")), "contradiction"),
        (Claim(Somebody("man"), "indoors"), "contradiction"),
        (Claim(Somebody("man"), "beach"), "contradiction"),
        (Claim(weather="rainy"), "contradiction"),
        (Claim(Somebody("person"), denied=True), "contradiction"),
        (Claim(Somebody("man", deeds=(Deed("make music"),)), denied=True, definite=True), "contradiction"),
    ],
)
def test_a_scene_says_of_a_claim_what_people_would_say(claim: Claim, label: str) -> None:
    assert judge(GUITARIST, claim) == label


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        (Claim(Somebody("dog", deeds=(Deed("sleep"),))), "entailment"),
        (Claim(Somebody("animal")), "entailment"),
        (Claim(Somebody("man", deeds=(Deed("sleep"),))), "contradiction"),
        (Claim(Somebody("man"), alone=True, definite=True), "contradiction"),
        (Claim(Somebody("animal", deeds=(Deed("sleep"),)), denied=True), "contradiction"),
        (Claim(Somebody("dog", deeds=(Deed("rest"),)), denied=True, definite=True), "contradiction"),
        (Claim(Somebody("cat")), "contradiction"),
        (Claim(Somebody("puppy")), "neutral"),
    ],
)
def test_company_counts_as_well_as_those_the_scene_is_about(claim: Claim, label: str) -> None:
    assert judge(replace(GUITARIST, company=SLEEPING_DOG), claim) == label


def test_that_nobody_does_something_else_is_open() -> None:
    claim = Claim(Somebody("person", deeds=(Deed("sleep"),)), denied=True)
    assert judge(GUITARIST, claim) == "neutral"


def test_a_purpose_that_the_premise_tells_is_true() -> None:
    purpose = Addition("end", "for money")
    assert judge(replace(GUITARIST, addition=purpose), Claim(Somebody("man"), addition=purpose)) == "entailment"


@pytest.mark.parametrize(
    ("claimed", "stated", "label"),
    [(2, 2, "entailment"), (PLURAL, 3, "entailment"), (MANY, 4, "entailment"), (PLURAL, MANY, "entailment"),
     (4, MANY, "neutral"), (2, MANY, "contradiction"), (1, MANY, "contradiction"), (MANY, 2, "contradiction")],
)  # fmt: skip
def test_numbers_are_counted_or_several(claimed: int, stated: int, label: str) -> None:
    assert judge(Scene(Somebody("man", stated)), Claim(Somebody("man", claimed))) == label


kind = st.sampled_from(sorted(KINDS))
verb = st.sampled_from(sorted(VERBS))


@given(kind, kind)
def test_who_excludes_each_other_has_no_kind_in_common(one: str, other: str) -> None:
    below = [name for name in KINDS if one in (name, *kinds_above(name)) and other in (name, *kinds_above(name))]
    assert exclude_each_other(one, other) == exclude_each_other(other, one)
    assert not (exclude_each_other(one, other) and below)


@given(verb, verb)
def test_what_cannot_be_done_at_once_cannot_the_other_way_round(one: str, other: str) -> None:
    assert cannot_be_done_at_once(one, other) == cannot_be_done_at_once(other, one)
    assert not cannot_be_done_at_once(one, one)


@given(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(PLACES)))
def test_one_is_at_a_place_for_certain_only_under_one_sky(claimed: str, stated: str) -> None:
    skies = {PLACES[claimed].outdoors, PLACES[stated].outdoors}
    if skies == {True, False}:
        assert place_holds(claimed, stated) is False
    assert place_holds(stated, stated) is True


def test_whatever_follows_is_contradicted_when_it_is_denied(written: list[WrittenPair]) -> None:
    followed = [pair for pair in written if pair.label == "entailment" and pair.claim.who and not pair.claim.denied]
    wrong = [_text(pair) for pair in followed if judge(pair.scene, replace(pair.claim, denied=True)) != "contradiction"]
    assert wrong == []


_PLACES_TOLD = [verb.places for verb in VERBS.values()] + [thing.places for thing in THINGS.values()]


@given(st.sampled_from(sorted(WEATHERS)), st.sampled_from(sorted(WEATHERS)))
def test_weathers_exclude_each_other(one: str, other: str) -> None:
    assert (one in WEATHERS[other].excludes) == (other in WEATHERS[one].excludes)
    assert one not in WEATHERS[one].excludes


def test_the_tables_name_only_what_exists() -> None:
    named_things = {thing for one in VERBS.values() for thing in one.things} | {
        above for thing in THINGS.values() for above in thing.above
    }
    named_places = {place for places in _PLACES_TOLD for place in places}
    named_verbs = {above for one in VERBS.values() for above in one.above} | {
        name for one in KINDS.values() for name in one.trade
    }
    named_weathers = {other for weather in WEATHERS.values() for other in weather.excludes}
    assert named_things <= set(THINGS)
    assert named_places <= set(PLACES)
    assert named_verbs <= set(VERBS)
    assert named_weathers <= set(WEATHERS)


# The English.


@pytest.mark.parametrize(
    ("made", "expected"),
    [(ing("run"), "running"), (ing("lie"), "lying"), (ing("ski"), "skiing"), (ing("dance"), "dancing"),
     (third("catch"), "catches"), (third("carry"), "carries"), (third("play"), "plays"), (participle("eat"), "eaten"),
     (participle("carry"), "carried"), (participle("pet"), "petted"), (plural("sandwich"), "sandwiches"),
     (plural("puppy"), "puppies"), (plural("scarf"), "scarves"), (plural("toy"), "toys")],
)  # fmt: skip
def test_words_are_inflected(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize(("words", "article"), [("apple", "an"), ("uniform", "a"), ("old man", "an"), ("red hat", "a")])
def test_the_article_goes_with_the_next_sound(words: str, article: str) -> None:
    assert with_article(words.split())[0] == article


def test_sentences_begin_with_a_capital_and_end_with_a_full_stop(pairs: PairDataset) -> None:
    for sentence in (*pairs.premises, *pairs.hypotheses):
        assert sentence[0][0].isupper()
        assert sentence[-1] == "."
        assert all(word and not word.isspace() and "{" not in word for word in sentence)


def _neighbours(pairs: PairDataset) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for sentence in (*pairs.premises, *pairs.hypotheses):
        words = [word.lower() for word in sentence]
        found.update(pairwise(words))
    return found


def test_articles_fit_the_words_behind_them(pairs: PairDataset) -> None:
    wrong = [
        (one, other)
        for one, other in _neighbours(pairs)
        if (one == "a" and other[0] in "aeiou" and not other.startswith("uni"))
        or (one == "an" and (other[0] not in "aeiou" or other.startswith("uni")))
        or (one in ("a", "an", "the", "no") and other in ("a", "an", "the", "his", "her", "its", "their", ".", "some"))
    ]
    assert wrong == []


def test_no_word_stands_twice_in_a_row(pairs: PairDataset) -> None:
    assert [words for words in _neighbours(pairs) if words[0] == words[1]] == []


def test_verbs_agree_with_their_nouns(pairs: PairDataset) -> None:
    singular = {name for name, one in KINDS.items() if one.name != one.plural} | {"nobody", "someone", "somebody"}
    several = {one.plural for one in KINDS.values() if one.name != one.plural}
    neighbours = _neighbours(pairs)
    wrong = [words for words in neighbours if words[0] in singular and words[1] in ("are", "have")]
    wrong += [words for words in neighbours if words[0] in several and words[1] in ("is", "has")]
    assert wrong == []


def test_the_house_tokenizer_takes_the_sentences_apart_as_they_were_written(pairs: PairDataset) -> None:
    for sentence in (*pairs.premises[:600], *pairs.hypotheses[:600]):
        assert tokenize(detokenize(sentence)) == sentence


# The artefacts.


@pytest.mark.parametrize("bias", PAIR_BIASES, ids=lambda bias: bias.name)
def test_every_bias_is_as_strong_as_it_says(bias: PairBias, pairs: PairDataset) -> None:
    assert bias.concerns(pairs).sum() >= 50
    assert bias.measured(pairs) == pytest.approx(bias.share, abs=0.006)
    assert bias.share > 0.5


@pytest.mark.parametrize("bias", PAIR_BIASES, ids=lambda bias: bias.name)
def test_every_bias_holds_of_other_pairs_too(bias: PairBias, other_pairs: PairDataset) -> None:
    assert bias.measured(other_pairs) == pytest.approx(bias.share, abs=0.12)


def test_biases_speak_of_known_labels_and_of_words_or_overlap() -> None:
    assert {bias.label for bias in PAIR_BIASES} == set(LABELS)
    assert all(bool(bias.words) != (bias.overlap is not None) for bias in PAIR_BIASES)
    assert demo.nli_biases() == PAIR_BIASES


def test_the_hypothesis_alone_gives_most_labels_away(pairs: PairDataset) -> None:
    """As Poliak et al. (2018) found: far more than the third that guessing gets; but not all."""
    training = written_pairs("training", 1500)
    counts = np.ones((len(LABELS), 0))
    index: dict[str, int] = {}
    for hypothesis, label in zip(training.hypotheses, training.gold.tolist(), strict=True):
        for word in set(map(str.lower, hypothesis)):
            if word not in index:
                index[word] = len(index)
                counts = np.hstack([counts, np.full((len(LABELS), 1), 0.5)])
            counts[label, index[word]] += 1
    chances = np.log(counts / len(training))
    guessed = [
        chances[:, [index[word] for word in set(map(str.lower, hypothesis)) if word in index]].sum(axis=1).argmax()
        for hypothesis in pairs.hypotheses
    ]
    assert 0.6 < (np.array(guessed) == pairs.gold).mean() < 0.85


def test_importing_the_demo_neither_writes_pairs_nor_loads_torch() -> None:
    code = "import sys, compexp_widgets.demo; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
