"""Concepts of sentence pairs: every count against a plain Python oracle, and words nobody would choose."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets import LexicalSettings, LexicalVocabulary, PairDataset
from compexp_widgets.concepts.lexicon import (
    NEGATION_WORDS,
    SKIPPED_WORDS,
    LexicalConcept,
    PairConcepts,
    WordVectors,
)
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.concepts.lexicon.tagging import tag
from compexp_widgets.data.pairs import Tokens
from compexp_widgets.errors import DataError
from compexp_widgets.formula import Formula, Hypernym, Neighbors, parse

# Every token that the tests use, and the word that it stands for.
WORD_OF = {
    "man": "man",
    "Man": "man",
    "MEN": "men",
    "dog": "dog",
    "the": "the",
    ".": ".",
    "not": "not",
    "don't": "don't",
    "red": "red",
    "AND": "and",
    '"': '"',
    "(": "(",
    "<b onclick=x()>": "<b onclick=x()>",
    "a\nb": "a\nb",
    "caf\u00e9": "caf\u00e9",
    "CAFE\u0301": "caf\u00e9",
    "x" * 3000: "x" * 3000,
    "\ud800": "\ufffd",
    "": "",
    " \t": "",
    " dog\u00a0": "dog",
}
WORDS = sorted({word for word in WORD_OF.values() if word})
EVERYTHING = {
    "negation": True,
    "length_bins": (2, 5),
    "lexicons": {"Colours": ["red", "Green"], 'a) OR "b': ["DOG", "caf\u00e9"]},
    "neighbors": 2,
}

sentences = st.lists(st.sampled_from(list(WORD_OF)), max_size=8).map(tuple)
datasets = st.lists(st.tuples(sentences, sentences), min_size=1, max_size=8).map(
    lambda pairs: PairDataset.of("test", [(premise, hypothesis, None) for premise, hypothesis in pairs])
)
whole_vectors = st.lists(st.integers(-3, 3), min_size=2, max_size=2)
some_vectors = st.dictionaries(st.sampled_from(WORDS), whole_vectors).map(
    lambda found: WordVectors("test", tuple(found), np.array(list(found.values()), np.float32).reshape(-1, 2))
)


def sets_of(concepts: PairConcepts) -> list[list[int]]:
    return [concepts.row_concepts[begin:end].tolist() for begin, end in pairwise(concepts.row_starts.tolist())]


def words_of(sentence: Tokens) -> set[str]:
    return {WORD_OF[token] for token in sentence} - {""}


def most_frequent_words(pairs: PairDataset) -> list[str]:
    counts = Counter(WORD_OF[token] for sentence in (*pairs.premises, *pairs.hypotheses) for token in sentence)
    return sorted((word for word in counts if word not in {*SKIPPED_WORDS, ""}), key=lambda word: (-counts[word], word))


tags_of_sentence = cache(tag)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    (a, b), (c, d) = one.tolist(), other.tolist()
    return round((a * c + b * d) / math.sqrt((a * a + b * b) * (c * c + d * d)), 9)


def nearest(word: str, chosen: list[str], vectors: WordVectors, count: int) -> list[str] | None:
    """The oracle of `NEIGHBORS`: None for a word that has none."""
    vector = {each: vectors.vectors[row] for each, row in vectors.index_of.items() if vectors.vectors[row].any()}
    if word not in vector:
        return None
    others = [each for each in chosen if each != word and each in vector]
    return sorted(others, key=lambda each: (-cosine(vector[word], vector[each]), chosen.index(each)))[:count]


def oracle(concept: LexicalConcept, chosen: list[str], vectors: WordVectors) -> Callable[[Tokens, Tokens], bool]:
    """Whether a concept holds, worked out from its name alone."""
    side, kind, rest = concept.leaf.name.split(":", 2) if concept.leaf.name.count(":") > 1 else ("", "", "")
    neighbors = nearest(rest, chosen, vectors, 2) or [] if isinstance(concept.leaf, Neighbors) else []

    def holds(premise: Tokens, hypothesis: Tokens) -> bool:
        if side == "oth":
            both = len(words_of(premise) & words_of(hypothesis))
            return 100 * both > int(rest) * len(words_of(premise) ^ words_of(hypothesis))
        sentence = premise if concept.leaf.name.startswith("pre:") else hypothesis
        words = words_of(sentence)
        if isinstance(concept.leaf, Neighbors):
            return bool(words & {rest, *neighbors})
        if concept.leaf.name.endswith(":neg"):
            return bool(words & {"not", "don't"})
        if kind == "len":
            return {"0-1": len(sentence) < 2, "2-4": 2 <= len(sentence) < 5, "5+": len(sentence) >= 5}[rest]
        if kind == "lex":
            return bool(words & {"colours": {"red"}, 'a) or "b': {"dog", "caf\u00e9"}}[rest])
        return rest in (words if kind == "tok" else tags_of_sentence(sentence))

    return holds


# What holds where


@given(st.text(st.characters(), max_size=6))
def test_a_word_stands_for_itself_and_can_be_written_to_a_file(token):
    word = word_of(token)
    assert word_of(word) == word
    word.encode("utf-8")


@settings(deadline=None)
@given(datasets, some_vectors, st.integers(0, 9))
def test_every_concept_holds_for_exactly_the_pairs_that_its_name_says(pairs, vectors, tokens):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=tokens, **EVERYTHING), vectors)
    chosen = most_frequent_words(pairs)[:tokens]
    found = sets_of(vocabulary.annotate(pairs))
    for index, concept in enumerate(vocabulary.concepts):
        holds = oracle(concept, chosen, vectors)
        expected = [holds(*pair) for pair in zip(pairs.premises, pairs.hypotheses, strict=True)]
        assert [index in held for held in found] == expected, concept.name


@settings(deadline=None)
@given(datasets, st.integers(0, 12))
def test_the_words_are_the_most_frequent_of_both_sides_together(pairs, tokens):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=tokens, overlap=()))
    tags = sorted({each for sentence in (*pairs.premises, *pairs.hypotheses) for each in tag(sentence)})
    words = most_frequent_words(pairs)[:tokens]
    assert [concept.name for concept in vocabulary.concepts] == [
        f"{side}:{name}"
        for side in ("pre", "hyp")
        for name in (*(f"tok:{word}" for word in words), *(f"tag:{each}" for each in tags))
    ]


@settings(deadline=None)
@given(datasets, some_vectors)
def test_a_neighbors_concept_is_there_where_it_adds_pairs_to_those_of_its_word(pairs, vectors):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=6, neighbors=2), vectors)
    chosen = most_frequent_words(pairs)[:6]
    expected = set()
    for side, side_sentences in (("pre", pairs.premises), ("hyp", pairs.hypotheses)):
        for word in chosen:
            neighbors = nearest(word, chosen, vectors, 2) or []
            if any(words_of(each) & set(neighbors) and word not in words_of(each) for each in side_sentences):
                expected.add(str(Neighbors(f"{side}:tok:{word}")))
    assert {concept.name for concept in vocabulary.concepts if concept.kind == "neighbors"} == expected


@settings(deadline=None)
@given(datasets, datasets, some_vectors)
def test_pairs_the_concepts_were_not_chosen_on_are_annotated_alike(pairs, others, vectors):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=5, **EVERYTHING), vectors)
    chosen = most_frequent_words(pairs)[:5]
    oracles = {concept.name: oracle(concept, chosen, vectors) for concept in vocabulary.concepts}
    found = sets_of(vocabulary.annotate(others))
    for premise, hypothesis, held in zip(others.premises, others.hypotheses, found, strict=True):
        names = [name for name, holds in oracles.items() if holds(premise, hypothesis)]
        assert [vocabulary.concepts[index].name for index in held] == names
        assert vocabulary.concepts_of(premise, hypothesis) == held


def test_neighbors_do_something():
    pairs = PairDataset.of(
        "test",
        [
            (("A", "man", "sleeps"), ("A", "person", "sleeps"), "entailment"),
            (("A", "woman", "sleeps"), ("A", "man", "eats"), "contradiction"),
            (("A", "table"), ("A", "chair"), "contradiction"),
        ],
    )
    vectors = WordVectors(
        "test", ("man", "woman", "table", "chair"), np.array([[1, 0], [2, 0.1], [0, 1], [-1, 9]], np.float32)
    )
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(neighbors=1), vectors)
    table, rows = vocabulary.annotate(pairs).fold(vocabulary.concepts)
    assert table.truth(parse("pre:tok:man"))[rows].tolist() == [True, False, False]
    assert table.truth(parse("NEIGHBORS(pre:tok:man)"))[rows].tolist() == [True, True, False]
    assert "NEIGHBORS(hyp:tok:man)" not in vocabulary.index_of  # no "woman" stands in a hypothesis
    assert "NEIGHBORS(pre:tok:person)" not in vocabulary.index_of  # it has no vector


def test_identical_sentences_overlap_by_every_share_and_empty_ones_by_none():
    pairs = PairDataset.of("test", [(("a", "dog"), ("A", "dog"), None), ((), (), None), ((".",), ("dog",), None)])
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=0, tags=False))
    assert sets_of(vocabulary.annotate(pairs)) == [[0, 1, 2], [], []]


def test_an_overlap_of_exactly_the_share_is_not_enough():
    pairs = PairDataset.of("test", [(("a", "b", "c"), ("a", "d", "e"), None), (("a", "b"), ("a", "d", "e"), None)])
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=0, tags=False, overlap=(0.25,)))
    assert sets_of(vocabulary.annotate(pairs)) == [[], [0]]


def test_a_lemma_holds_where_one_of_its_forms_stands():
    pairs = PairDataset.of(
        "test",
        [
            (("Two", "men", "are", "sitting"), ("A", "man", "sits"), None),
            (("Geese", "swim", "in", "a", "lake"), ("A", "goose", "swam"), None),
        ],
    )
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=0, tags=False, overlap=(), lemmas=20))
    found = [{vocabulary.concepts[index].name for index in held} for held in sets_of(vocabulary.annotate(pairs))]
    assert found[0] >= {"pre:lem:man", "hyp:lem:man", "pre:lem:sit", "hyp:lem:sit", "pre:lem:be"}
    assert found[1] >= {"pre:lem:goose", "hyp:lem:goose", "pre:lem:swim", "hyp:lem:swim", "pre:lem:in"}
    assert not found[0] & found[1]


def test_a_hypernym_holds_where_any_word_under_it_stands():
    pairs = PairDataset.of(
        "test",
        [
            (("The", "dog", "sees", "two", "geese"), ("A", "horse", "runs"), None),
            (("The", "cat", "sits", "in", "a", "car"), ("A", "truck", "waits"), None),
            (("A", "girl", "reads", "a", "book"), ("A", "boy", "sleeps", "in", "bed"), None),
        ],
    )
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(hypernyms=True))
    table, rows = vocabulary.annotate(pairs).fold(vocabulary.concepts)
    assert table.truth(parse("HYPERNYM(pre:tok:animal)"))[rows].tolist() == [True, True, False]
    assert table.truth(parse("HYPERNYM(pre:tok:person)"))[rows].tolist() == [False, False, True]
    words = {word for concept in vocabulary.concepts if isinstance(concept.leaf, Hypernym) for word in concept.words}
    assert "in" not in words  # the sign of indium, but a preposition wherever it stands here
    vehicles = next(concept for concept in vocabulary.concepts if concept.words == ("car", "truck"))
    assert vehicles.category in ("premise hypernym", "hypothesis hypernym")


# Tables, files and names


@settings(deadline=None)
@given(datasets, some_vectors)
def test_folding_keeps_every_pair_and_its_order(pairs, vectors):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=4, neighbors=2), vectors)
    annotated = vocabulary.annotate(pairs)
    table, rows = annotated.fold(vocabulary.concepts)
    distinct = list(dict.fromkeys(tuple(held) for held in sets_of(annotated)))
    assert sets_of(PairConcepts(table.row_starts, table.row_concepts)) == [list(held) for held in distinct]
    assert rows.tolist() == [distinct.index(tuple(held)) for held in sets_of(annotated)]
    assert table.total.tolist() == [rows.tolist().count(row) for row in range(len(distinct))]
    assert table.concepts == tuple(concept.name for concept in vocabulary.concepts)
    assert table.leaves == tuple(concept.leaf for concept in vocabulary.concepts)


@settings(deadline=None)
@given(datasets, some_vectors)
def test_a_vocabulary_comes_back_from_json_as_it_was(pairs, vectors):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=8, hypernyms=True, **EVERYTHING), vectors)
    text = json.dumps(vocabulary.to_json(), ensure_ascii=False).encode("utf-8").decode("utf-8")
    again = LexicalVocabulary.from_json(json.loads(text))
    assert again.concepts == vocabulary.concepts
    assert again.fingerprint == vocabulary.fingerprint


@settings(deadline=None)
@given(datasets, some_vectors)
def test_every_name_reads_back_as_the_formula_it_stands_for(pairs, vectors):
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tokens=30, **EVERYTHING), vectors)
    leaves: list[Formula] = [concept.leaf for concept in vocabulary.concepts]
    assert [parse(str(leaf)) for leaf in leaves] == leaves
    assert len(vocabulary.index_of) == len(leaves)


def test_the_fingerprint_tells_vocabularies_apart():
    pairs = PairDataset.of("test", [(("red", "dog"), ("dog", "red", "red"), None)])
    some = [LexicalSettings(tags=False), LexicalSettings(tags=True), LexicalSettings(overlap=(0.5,), tags=False)]
    prints = [LexicalVocabulary.of(pairs, each).fingerprint for each in (*some, LexicalSettings(tags=False))]
    assert prints[0] == prints[3]
    assert len(set(prints)) == 3


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"format": 1},
        {"format": 2, "concepts": []},
        {"format": 1, "concepts": [{"name": "a", "side": "premise"}]},
        {"format": 1, "concepts": [{"name": "a", "side": "premise", "kind": "stub"}]},
        {"format": 1, "concepts": [{"name": "a", "side": "both", "kind": "token", "words": ["a"]}]},
        {"format": 1, "concepts": [{"name": "a", "side": "premise", "kind": "token", "words": "abc"}]},
        {"format": 1, "concepts": [{"name": "a", "side": "premise", "kind": "token", "words": [1]}]},
        {"format": 1, "concepts": [{"name": "a", "side": "premise", "kind": "length", "lengths": [1]}]},
        {"format": 1, "concepts": [{"name": "a", "side": "premise", "kind": "tag", "tag": "NN"}] * 2},
    ],
)
def test_what_describes_no_vocabulary_is_refused(value):
    with pytest.raises(DataError, match="sentence pairs"):
        LexicalVocabulary.from_json(value)


# Settings


def test_the_settings_as_they_stand_are_those_of_the_paper():
    usual = LexicalSettings()
    assert (usual.tokens, usual.tags, usual.overlap, usual.neighbors) == (2000, True, (0.25, 0.5, 0.75), 5)
    assert set(usual.skip) == {"a", "an", "the", "of", ".", ","}
    assert not any((usual.lemmas, usual.negation, usual.length_bins, usual.lexicons, usual.hypernyms))


def test_negation_words_are_words_as_concepts_have_them():
    assert {word_of(word) for word in NEGATION_WORDS} < set(NEGATION_WORDS)


def test_lemmas_without_a_number_are_as_many_as_the_tokens():
    assert LexicalSettings(lemmas=True, tokens=7) == LexicalSettings(lemmas=7, tokens=7)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"tokens": -1}, "tokens = -1"),
        ({"neighbors": -5}, "neighbors = -5"),
        ({"senses": 0}, "senses = 0"),
        ({"overlap": (0.5, 0.5)}, "overlap"),
        ({"overlap": (-0.5,)}, "overlap"),
        ({"overlap": (float("nan"),)}, "overlap"),
        ({"length_bins": (0, 5)}, "length_bins"),
        ({"length_bins": (5, 5)}, "length_bins"),
        ({"lexicons": {"colours": "red"}}, "colours"),
        ({"lexicons": {"colours": []}}, "colours.*empty"),
        ({"lexicons": {"colours": ["dark red"]}}, "'dark red'.*not one word"),
        ({"lexicons": {"colours": [3]}}, "colours"),
        ({"lexicons": {"Colours": ["red"], "colours": ["blue"]}}, "same name"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(wrong, named):
    with pytest.raises(DataError, match=named):
        LexicalSettings(**wrong)


def test_no_pairs_offer_no_concepts():
    with pytest.raises(DataError, match="nowhere has no pairs"):
        LexicalVocabulary.of(PairDataset.of("nowhere", []))


# Real sentences


@pytest.mark.real
def test_ten_thousand_pairs_are_counted_as_one_by_one(real_data: Path):
    lines = (real_data / "snli" / "snli_1.0_dev.tok").read_text(encoding="utf-8").splitlines()
    tokens = [tuple(line.split()) for line in lines]
    pairs = PairDataset.of("SNLI", [(tokens[at], tokens[at + 1], None) for at in range(0, len(tokens), 2)])
    vocabulary = LexicalVocabulary.of(pairs, LexicalSettings(tags=False))
    table, _ = vocabulary.annotate(pairs).fold(vocabulary.concepts)
    assert len(vocabulary.concepts) == 4003
    counts: Counter[str] = Counter()
    for premise, hypothesis in zip(pairs.premises, pairs.hypotheses, strict=True):
        left, right = ({token.lower() for token in sentence} for sentence in (premise, hypothesis))
        counts.update(f"pre:tok:{word}" for word in left)
        counts.update(f"hyp:tok:{word}" for word in right)
        counts.update(
            f"oth:overlap:{percent}"
            for percent in (25, 50, 75)
            if 100 * len(left & right) > percent * len(left ^ right)
        )
    assert table.concept_total.tolist() == [counts[concept.name] for concept in vocabulary.concepts]
