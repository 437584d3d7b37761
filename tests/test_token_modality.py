"""The modality seam: texts with one position a token plug in from outside, and all else is as for images and pairs."""

from itertools import islice, product

import numpy as np
import pytest
import torch
from page import Page
from token_modality.concepts import TokenConcepts
from token_modality.drawing import drawn
from token_modality.editing import Replace, TextEditing
from token_modality.explorer import TokenExplorer
from token_modality.network_input import TextSet, TokenInputs
from torch import nn

import compexp_widgets as cw
from compexp_widgets import adversarial
from compexp_widgets.adversarial.controls import ControlKind, run_controls_on_samples
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.formula import Leaf, Not, evaluate
from compexp_widgets.progress import silent
from compexp_widgets.search import beam_search
from compexp_widgets.study import Drawing, explaining
from compexp_widgets.study.gallery import galleries
from compexp_widgets.study.significance import null_scores

WORDS = ("a", "the", "cat", "dog", "house", "sleeps", "walks", "in", "near", "rivers")
SETTINGS = {"quantile": 0.2, "max_length": 2}


def texts(count=60, seed=0):
    """Texts of 1 to 7 tokens, most of them beginning with a capital letter."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        words = random.choice(WORDS, size=random.integers(1, 8)).tolist()
        found.append((words[0].capitalize() if random.random() < 0.8 else words[0], *words[1:]))
    return TextSet("drawn by chance", tuple(found))


class Tagger(nn.Module):
    """A vector for every token, and of their mean the scores of two classes."""

    def __init__(self, activation):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS) + 1, 6)
        self.hidden = nn.Linear(6, 5)
        self.activation = activation
        self.head = nn.Linear(5, 2)

    def forward(self, ids):
        vectors = self.activation(self.hidden(self.embedding(ids)))
        there = (ids > 0)[..., None]
        return self.head((vectors * there).sum(dim=1) / there.sum(dim=1))


class Tokenwise(Tagger):
    """The same without the classes: it answers (texts, tokens, units)."""

    def forward(self, ids):
        return self.activation(self.hidden(self.embedding(ids)))


def network(kind=Tagger, activation=None, class_names=("statement", "question")):
    torch.manual_seed(3)
    module = kind(activation or nn.ReLU()).eval()
    names = class_names if kind is Tagger else ()
    return cw.Network.of(module, TokenInputs(WORDS), name="tagger", class_names=names)


@pytest.fixture
def study(tmp_path):
    return cw.dissect(network(), "activation", texts(), tmp_path / "study", report=silent)


def activations_of_tokens(unit, data):
    """What the network does with each token, worked out with NumPy alone."""
    module = network().module
    embedding, weight, bias = (
        one.detach().numpy() for one in (module.embedding.weight, module.hidden.weight, module.hidden.bias)
    )
    ids = [WORDS.index(token.lower()) + 1 for text in data.texts for token in text]
    return np.maximum(embedding[ids] @ weight[unit] + bias[unit], 0)


def truths(data):
    """Concept → where it holds among all tokens, worked out token by token."""
    tokens = [(token, place) for text in data.texts for place, token in enumerate(text)]
    found = {f"tok:{word}": [token.lower() == word for token, _ in tokens] for word in WORDS}
    found["capitalised"] = [token[0].isupper() for token, _ in tokens]
    found["short"] = [len(token) < 4 for token, _ in tokens]
    found["long"] = [len(token) >= 4 for token, _ in tokens]
    found["first"] = [place == 0 for _, place in tokens]
    return {name: np.array(where) for name, where in found.items()}


def iou(one, other):
    return (one & other).sum() / max((one | other).sum(), 1)


def test_units_fire_at_the_tokens_that_numpy_says(study):
    for unit in range(5):
        values = activations_of_tokens(unit, study.data)
        np.testing.assert_allclose(study.units.activations(unit), values, atol=1e-6)
        limits = study.activity(unit, 0.2).limits
        assert study.units.fires(unit, limits).tolist() == limits.hold(study.units.activations(unit)).tolist()
    assert study.units.starts.tolist() == np.cumsum([0, *map(len, study.data.texts)]).tolist()
    assert study.table.positions == sum(map(len, study.data.texts))


def test_the_best_formula_of_two_concepts_is_the_one_that_brute_force_finds(study):
    where = truths(study.data)
    explanations = [one for one in study.explain(report=silent, **SETTINGS) if one.best]
    assert len(explanations) > 2
    for explanation in explanations:
        active = study.units.fires(explanation.unit, explanation.limits)
        pairs = [(where[one], where[other]) for one, other in product(where, repeat=2)]
        best = max(iou(active, both) for a, b in pairs for both in (a | b, a & b, a & ~b, ~a & ~b, ~a))
        assert explanation.best.overlap.iou == pytest.approx(best)
        holds = evaluate(explanation.best.formula, lambda leaf: where[leaf.name])
        assert explanation.best.overlap.iou == iou(active, holds)
        assert explanation.proven


def test_a_formula_found_on_half_of_the_texts_is_scored_on_the_others(study):
    where = truths(study.data)
    held_out = np.repeat(np.arange(60) % 2 == 1, [len(text) for text in study.data.texts])
    for evidence in study.evidence(tests=cw.EvidenceSettings(samples=19), report=silent, **SETTINGS):
        apart = evidence.apart
        if apart.formula is None:
            continue
        active = study.units.fires(evidence.unit, study.activity(evidence.unit, 0.2).limits)
        holds = evaluate(apart.formula, lambda leaf: where[leaf.name])
        for part, counts in ((~held_out, apart.searched), (held_out, apart.held_out)):
            expected = (active & part).sum(), (holds & part).sum(), (active & holds & part).sum()
            assert (counts.active, counts.formula_count, counts.intersection) == expected
        assert 0 < evidence.p_value <= 1
        assert evidence.interval[0] <= evidence.iou <= evidence.interval[1]


def test_a_null_sample_exchanges_texts_of_the_same_length(study):
    settings = study.default_settings.changed(proof_nodes=0, **SETTINGS)
    starts = study.units.starts
    lengths = np.diff(starts)
    rng = np.random.Generator(np.random.PCG64([4, 1]))
    active = study.units.fires(1, study.activity(1, 0.2).limits)
    for score in islice(null_scores(study, 1, settings, seed=4), 5):
        exchanged = np.empty(60, int)
        for length in np.unique(lengths):
            exchanged[lengths == length] = rng.permutation(np.flatnonzero(lengths == length))
        under = np.concatenate([study.units.positions[starts[k] : starts[k + 1]] for k in exchanged])[active]
        counts = np.bincount(under, minlength=len(study.table))
        assert counts.sum() == active.sum()
        assert score == beam_search(study.table, counts, settings.search).best.score


def test_texts_of_which_no_two_are_of_one_length_cannot_be_exchanged(tmp_path):
    data = TextSet("ladder", tuple(WORDS[:length] for length in range(1, 9)))
    study = cw.dissect(network(), "activation", data, tmp_path, report=silent)
    with pytest.raises(cw.CompexpError, match="no two samples have the same number of positions"):
        study.evidence([1], report=silent, **SETTINGS)


def test_the_samples_of_a_gallery_are_those_that_counting_finds(study):
    formula = Not(Leaf("short"))
    activity = study.activity(2, 0.2)
    fires, holds = study.units.fires(2, activity.limits), truths(study.data)["long"]
    parts = [slice(*ends) for ends in zip(study.units.starts, study.units.starts[1:], strict=False)]
    found = galleries(study, 2, activity, formula)
    assert sorted(found["fires"]) == [k for k, part in enumerate(parts) if fires[part].any()]
    assert sorted(found["silent"]) == [k for k, part in enumerate(parts) if holds[part].any() and not fires[part].any()]
    unexplained = [k for k, part in enumerate(parts) if fires[part].any() and not (fires & holds)[part].any()]
    assert sorted(found["unexplained"]) == unexplained
    first = found["fires"][0]
    text = drawn(study.data.texts[first], fires[parts[first]], holds[parts[first]])
    assert text.count("[") == fires[parts[first]].sum()
    assert text.count("*") == holds[parts[first]].sum()


def test_a_study_opened_again_has_the_same_table_and_frame(study, tmp_path):
    frame = study.to_frame(tests=cw.EvidenceSettings(samples=9), **SETTINGS)
    assert list(frame.index) == [0, 1, 2, 3, 4]
    study.to_csv(tmp_path / "units.csv", **SETTINGS)
    study.close()
    again = cw.open_study(study.folder)
    assert again.to_frame(tests=cw.EvidenceSettings(samples=9), **SETTINGS).equals(frame)
    assert again.category_of["tok:cat"] == "word"
    assert "5 units, 60 samples" in repr(again)
    assert "alone as in a batch" in str(again.certificate)


def test_a_study_that_was_stopped_goes_on(study, tmp_path):
    class StoppedError(Exception):
        pass

    def stop(stage, done, _total):
        if stage == "texts folded into signatures" and done == 30:
            raise StoppedError

    with pytest.raises(StoppedError):
        cw.dissect(network(), "activation", texts(), tmp_path / "stopped", report=stop)
    with pytest.raises(StudyError, match="is not finished"):
        cw.open_study(tmp_path / "stopped")
    again = cw.dissect(network(), "activation", texts(), tmp_path / "stopped", report=silent)
    assert again.to_frame(**SETTINGS).equals(study.to_frame(**SETTINGS))


def test_other_processes_explain_alike(study, tmp_path, monkeypatch):
    here = study.explain(report=silent, **SETTINGS)
    monkeypatch.setattr(explaining, "WORTHWHILE", 0.0)
    monkeypatch.setattr(explaining, "TRIED", 1)
    again = cw.dissect(network(), "activation", texts(), tmp_path / "again", report=silent)
    assert again.explain(report=silent, **SETTINGS) == here


def test_a_network_that_does_not_classify_is_probed_too(study, tmp_path):
    plain = cw.dissect(network(Tokenwise), "activation", texts(), tmp_path / "plain", report=silent)
    np.testing.assert_array_equal(plain.units.values, study.units.values)


def test_without_classes_a_network_is_watched_and_refused_where_they_are_needed(study, tmp_path):
    plain = cw.dissect(network(Tokenwise), "activation", texts(), tmp_path / "plain", report=silent)
    probed = adversarial.ProbedNetwork(plain, network(Tokenwise))
    seen = probed.responses(TextSet("one", plain.data.texts[:1]))
    np.testing.assert_allclose(seen.activations[0], plain.units.values[:, : len(plain.data.texts[0])], atol=1e-6)
    assert not probed.classifies
    assert adversarial.ProbedNetwork(study, network()).class_names == ("statement", "question")
    with pytest.raises(NetworkError, match="only a classifier can be asked"):
        run_controls_on_samples(probed, plain.data.texts[:3], Replace("cat", "in"), {}, target=0)


def test_another_network_data_or_option_is_refused(study, tiny_dataset):
    def again(kind=None, data=None, **options):
        return cw.dissect(kind or network(), "activation", data or texts(), study.folder, report=silent, **options)

    with pytest.raises(StudyError, match="another data"):
        again(data=texts(seed=1))
    with pytest.raises(StudyError, match="answers otherwise"):
        again(network(activation=nn.Softplus()))
    with pytest.raises(StudyError, match="half= is not for texts"):
        again(half=0.1)
    with pytest.raises(StudyError, match="tagger is shown texts, the data are images"):
        again(data=tiny_dataset)
    with pytest.raises(StudyError, match=r"a probe dataset is one of .* not list"):
        again(data=[("A", "cat")])


def test_silenced_units_and_layers_are_those_of_any_network(study):
    tagger = network()
    assert tagger.layers()["activation"] == 5
    data = study.data
    plain = tagger.respond(data, "activation")
    assert [one.shape for one in plain.activations] == [(5, len(text)) for text in data.texts]
    silenced = tagger.respond(data, "activation", silenced=range(5))
    np.testing.assert_allclose(silenced.logits, np.tile(tagger.module.head.bias.detach(), (60, 1)), atol=1e-6)


def test_texts_are_drawn_and_looked_at_as_the_modality_says(study, tmp_path):
    tops = study[2].top(3)
    text = study.data.texts[tops[0].index]
    assert tops[0].text == drawn(text, tops[0].fires, tops[0].holds)
    assert tops[0].text.count("[") == tops[0].fires.sum() > 0
    (path,) = tops.save(tmp_path)
    assert tops[0].text in path.read_text(encoding="utf-8")
    seen = study.look(network(), text)
    np.testing.assert_array_equal(seen.fires(2), tops[0].fires)
    assert seen.units.index[seen.units["strength"] == 1].size > 0
    assert "statement" in seen._repr_html_()


def test_a_modality_without_a_drawing_of_its_own_is_counted_in_a_line(study):
    marked = study[2].top(1)[0].text
    study.drawing = Drawing()
    (plain,) = study[2].top(1)
    fires, holds = marked.count("["), marked.count("*")
    told = f"fires at {fires} of {len(study.data.texts[plain.index])} position"
    assert plain.text.startswith(told)
    assert f"the formula holds at {holds}, both at {int((plain.fires & plain.holds).sum())}" in plain.text


def test_an_edited_text_is_kept_in_a_recipe_and_made_again(tmp_path):
    tagger = network()
    recipe = adversarial.record(tagger, [("The", "cat", "sleeps")], Replace("cat", "rivers"), editing=TextEditing())
    recipe.save(tmp_path / "recipe.json")
    again = adversarial.Recipe.load(tmp_path / "recipe.json", editing=TextEditing())
    assert again.description.startswith("cat → rivers: ")
    replay = adversarial.replay(again, tagger)
    assert replay.edited == (("The", "rivers", "sleeps"),)
    assert (replay.agreement, replay.same_network) == ("identical", True)


def test_an_edit_is_compared_with_others_and_with_units_silenced(study):
    probed = adversarial.ProbedNetwork(study, network())
    samples = [text for text in study.data.texts if "cat" in text]
    others = {ControlKind("other words", "Other words do so", "the word matters", "any word"): [Replace("cat", "in")]}
    controls = run_controls_on_samples(
        probed, samples, Replace("cat", "rivers"), others, target="question", units=[0], shown=TextEditing().shown
    )
    rates = {control.kind: control.flipped for control in controls.rows}
    before, after = (
        probed.responses(TextEditing().shown(given)).predicted
        for given in (samples, [Replace("cat", "rivers").on(text) for text in samples])
    )
    assert rates["edit"].successes == ((before == 0) & (after == 1)).sum()
    assert set(rates) == {"edit", "other words", "silenced"}


def test_concepts_hold_where_the_text_says():
    data = TextSet("one", (("The", "house"),))
    concepts = TokenConcepts(data)
    assert [list(concepts.names(data.texts[0], place)) for place in (0, 1)] == [
        ["tok:the", "capitalised", "short", "first"],
        ["tok:house", "long"],
    ]


def test_an_explorer_of_texts_answers_a_page_as_every_explorer_does(study):
    explorer = TokenExplorer(study, max_length=2)
    page = Page(explorer)
    settings = {
        name: getattr(explorer, name)
        for name in ("quantile", "max_length", "beam_size", "operators", "metric", "excluded_categories")
    }
    told, _ = page.ask("hello")
    assert (told["units"], told["categories"]) == ([0, 1, 2, 3, 4], ["word", "form"])
    page.event("rows")
    rows = {row["unit"]: row for content, _ in page.received if content["id"] is None for row in content["rows"]}
    frame = study.to_frame(**SETTINGS)
    assert [rows[unit]["formula"] for unit in range(5)] == list(frame["formula"])

    unit = int(frame["iou"].idxmax())
    (explained,) = study.explain([unit], report=silent, **SETTINGS)
    card, _ = page.ask("card", settings={**settings, "unit": unit}, texts=60)
    assert card["formula"]["text"] == str(explained.best.formula)
    assert card["proof"]["proven"]
    fires = study.units.fires(unit, explained.limits)
    assert sum(one["drawn"].count("[") for one in card["texts"]) == fires.sum()
    typed, _ = page.ask("card", settings={**settings, "unit": unit, "formula_text": "NOT short", "gallery": "silent"})
    assert all("[" not in one["drawn"] and "*" in one["drawn"] for one in typed["texts"])
    misspelt, _ = page.ask("card", settings={**settings, "unit": unit, "formula_text": "shrot"})
    assert (misspelt["type"], misspelt["suggestions"]) == ("formula_error", ["short"])
    evidence, _ = page.ask("evidence", settings={**settings, "unit": unit})
    assert 0 < evidence["p_value"] <= 1
    assert "there is no unit 9" in page.ask("card", settings={**settings, "unit": 9})[0]["message"]
    explorer.close()
    assert explorer.jobs.wait(30)
