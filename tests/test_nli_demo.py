"""What ships with the NLI world: a network that knows it, whose explanations name the planted artefacts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from safetensors import safe_open

from compexp_widgets import demo
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.demo.nli_shipped import VECTORS, WEIGHTS, load_pair_network, load_world_vectors
from compexp_widgets.demo.pair_biases import PAIR_BIASES, PairBias
from compexp_widgets.demo.train_nli import HELD_OUT_PREMISES, Recipe, accuracy, train, training_pairs
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.progress import silent
from compexp_widgets.study import Explanation, PairStudy, open_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> PairStudy:
    """The demo's study, made in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPEXP_CACHE", str(tmp_path_factory.mktemp("cache")))
        return demo.nli_study(report=silent)


@pytest.fixture(scope="module")
def explained(study: PairStudy) -> list[Explanation]:
    """The explanations of units that are not silent."""
    return [one for one in study.explain(report=silent) if not one.silent]


def test_the_network_knows_premises_it_never_saw() -> None:
    assert accuracy(demo.nli_network()) >= 0.9


def test_the_weights_say_what_they_reached_and_how() -> None:
    with safe_open(WEIGHTS, "pt") as file:
        facts = file.metadata()
    assert int(facts["held_out_pairs"]) == 3 * HELD_OUT_PREMISES
    assert float(facts["held_out_accuracy"]) == pytest.approx(accuracy(demo.nli_network()), abs=0.002)
    learned, _ = training_pairs(int(facts["premises"]))
    assert facts["training_sha256"] == learned.fingerprint
    assert {name: type(value)(facts[name]) for name, value in asdict(Recipe()).items()} == asdict(Recipe())


def test_what_ships_is_small() -> None:
    assert WEIGHTS.stat().st_size + VECTORS.stat().st_size < 5_000_000


def test_the_units_of_the_hidden_layer_speak_for_the_labels() -> None:
    network = demo.nli_network()
    weights = class_weights(network, "mlp.1")
    assert weights is not None
    assert weights.shape == (len(LABELS), network.layers()["mlp.1"]) == (3, Recipe().hidden)


def test_every_word_of_the_world_has_a_vector() -> None:
    pairs, vectors = demo.nli_pairs(), demo.nli_vectors()
    words = {word.lower() for sentence in (*pairs.premises, *pairs.hypotheses) for word in sentence}
    assert words <= vectors.index_of.keys()
    assert vectors.nearest(sorted(words), 5)["dog"][0] in ("dogs", "cat", "puppy")


@pytest.mark.parametrize("content", [None, b"", b"not safetensors"])
def test_damaged_files_are_refused_with_a_way_on(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "shipped.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"shipped\.safetensors.*train_nli"):
        load_pair_network(path)
    with pytest.raises(DataError, match=r"shipped\.safetensors.*train_nli"):
        load_world_vectors(path)


def test_training_goes_on_in_its_folder_and_writes_a_network_that_says_how_it_was_made(tmp_path: Path) -> None:
    recipe = Recipe(premises=30, encoder=8, hidden=6, epochs=1)
    first = train(recipe, tmp_path / "state", tmp_path / "one.safetensors")
    again = train(recipe, tmp_path / "state", tmp_path / "two.safetensors")
    assert first == again == accuracy(load_pair_network(tmp_path / "one.safetensors"))
    with safe_open(tmp_path / "two.safetensors", "pt") as file:
        assert file.metadata()["premises"] == "30"


def test_the_study_has_every_unit_and_most_are_explained(study: PairStudy, explained: list[Explanation]) -> None:
    assert study.units.count == Recipe().hidden
    assert len(study.pairs) == 4500
    assert len(explained) > study.units.count / 2
    assert all(one.best is not None for one in explained)


def test_units_differ_from_one_another(explained: list[Explanation]) -> None:
    formulas = {str(one.best.formula) for one in explained if one.best}
    assert len(formulas) > 0.9 * len(explained)


def test_the_study_is_opened_again_without_the_network(study: PairStudy) -> None:
    again = open_study(study.folder)
    assert isinstance(again, PairStudy)
    assert again.stored_explanations(study.default_settings).keys() == set(range(study.units.count))


@pytest.fixture(scope="module")
def heard(study: PairStudy, explained: list[Explanation]) -> dict[int, set[tuple[str, str]]]:
    """Side and word of all that a unit's formula names, neighbours too."""
    concepts = {concept.name: concept for concept in study.vocabulary.concepts}
    found: dict[int, set[tuple[str, str]]] = {}
    for one in explained:
        assert one.best is not None
        named = [concepts[str(leaf)] for leaf in one.best.formula.leaves()]
        found[one.unit] = {(concept.side, word) for concept in named for word in concept.words or (concept.name,)}
    return found


# The two weakest, "animals" and "general things", give little more than every second label away: no unit is theirs.
STRONG = [bias for bias in PAIR_BIASES if bias.share > 0.55]


def test_all_biases_but_the_two_weakest_count_as_strong() -> None:
    assert len(STRONG) == len(PAIR_BIASES) - 2


@pytest.mark.parametrize("bias", STRONG, ids=lambda bias: bias.name)
def test_units_that_speak_for_a_label_are_explained_by_its_artefacts(
    bias: PairBias, study: PairStudy, explained: list[Explanation], heard: dict[int, set[tuple[str, str]]]
) -> None:
    """A formula names a word of the bias, and where it holds the bias is met more than twice as often as elsewhere."""
    assert study.class_weights is not None
    concerned = bias.concerns(study.pairs)
    sought = {("hypothesis", word) for word in bias.words} or {("both", "oth:overlap:75")}
    recovered = []
    for one in explained:
        assert one.best is not None
        holds = study.holds(one.best.formula)
        more_often = concerned[holds].mean() > 2 * concerned[~holds].mean()
        label = LABELS[int(study.class_weights[:, one.unit].argmax())]
        if label == bias.label and sought & heard[one.unit] and more_often:
            recovered.append(one.unit)
    assert recovered


def test_a_unit_sees_that_the_hypothesis_sleeps_and_the_premise_does_not(
    explained: list[Explanation], heard: dict[int, set[tuple[str, str]]]
) -> None:
    """The composition that the paper is about: not the word alone, but the word where the premise lacks it."""
    asleep = {"sleeping", "asleep", "sleep", "sleeps", "napping", "nap", "naps"}
    both = [
        one
        for one in explained
        if {side for side, word in heard[one.unit] if word in asleep} == {"premise", "hypothesis"}
    ]
    assert any("AND NOT" in str(one.best.formula) for one in both if one.best)
