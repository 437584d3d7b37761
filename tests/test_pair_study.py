import json

import numpy as np
import pytest
from tiny_pairs import CONCEPTS, UNITS, tiny_pair_network, tiny_pairs

from compexp_widgets import LexicalVocabulary
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.formula import parse
from compexp_widgets.progress import silent
from compexp_widgets.study import EvidenceSettings, PairStudy, dissect_pairs, explaining, open_study
from compexp_widgets.study.pairs.study import write_pairs
from compexp_widgets.workers import on_all_processors


@pytest.fixture
def study(tmp_path) -> PairStudy:
    return dissect(tmp_path / "study")


def dissect(folder, pairs=None, **options) -> PairStudy:
    options = {"concepts": CONCEPTS, "report": silent, **options}
    return dissect_pairs(tiny_pair_network(), "1", pairs or tiny_pairs(), folder, **options)


def fires_on(pairs, unit) -> np.ndarray:
    side, words, least = UNITS[unit]
    sentences = pairs.premises if side == "premise" else pairs.hypotheses
    return np.array([sum(word in sentence for word in words) >= least for sentence in sentences])


def test_the_words_that_a_unit_stands_for_are_found(study):
    found = study.explain([0, 1, 2], max_length=2, proof_nodes=700, report=silent)
    expected = ["hyp:tok:not", "pre:tok:dog OR pre:tok:cat", "pre:tok:man AND pre:tok:runs"]
    assert [one.best.formula for one in found] == [parse(text) for text in expected]
    assert [one.best.overlap.iou for one in found] == [1, 1, 1]
    assert all(one.proven for one in found)


@pytest.mark.parametrize("unit", range(4))
def test_a_unit_fires_where_its_activation_exceeds_nought(study, unit):
    assert study.fires(unit).tolist() == fires_on(study.pairs, unit).tolist()


def test_a_unit_that_fires_on_too_few_pairs_is_silent_rather_than_explained(study):
    never, rarely = study.explain([3, 2], min_active=200, report=silent)
    assert (never.silent, never.active, never.best) == (True, 0, None)
    assert (rarely.silent, rarely.active, rarely.best) == (True, fires_on(study.pairs, 2).sum(), None)
    assert not study.explain([2], min_active=rarely.active, report=silent)[0].silent


def test_the_number_that_makes_a_unit_silent_is_scaled_to_the_data(study):
    assert study.default_settings.min_active == 20  # 5 % of 400, as 500 of 10,000


def test_scores_are_those_of_counting_pairs(study):
    formula = parse("(pre:tok:dog OR hyp:tok:red) AND NOT hyp:tok:not")
    holds = [
        ("dog" in premise or "red" in hypothesis) and "not" not in hypothesis
        for premise, hypothesis in zip(study.pairs.premises, study.pairs.hypotheses, strict=True)
    ]
    assert study.holds(formula).tolist() == holds
    fires = fires_on(study.pairs, 1)
    assert study.overlap(formula, 1).iou == (fires & holds).sum() / (fires | holds).sum()


def test_the_answers_of_the_network_are_kept_in_the_order_of_the_labels(study):
    contradicts = fires_on(study.pairs, 0) & ~fires_on(study.pairs, 1) & ~fires_on(study.pairs, 2)
    assert (study.predicted[contradicts] == LABELS.index("contradiction")).all()
    np.testing.assert_allclose(study.probabilities.sum(axis=1), 1, rtol=1e-6)
    assert study.class_weights[:, 1].tolist() == [1, 0, 0]


def test_a_study_is_opened_again_without_network_or_data(study):
    again = open_study(study.folder)
    assert isinstance(again, PairStudy)
    assert again.pairs.fingerprint == study.pairs.fingerprint
    assert again.explain([1], max_length=2, report=silent) == study.explain([1], max_length=2, report=silent)


def test_the_same_command_continues_a_study_that_was_stopped(study, tmp_path):
    class StoppedError(Exception):
        pass

    def stop(stage, done, total):
        if stage == "annotating pairs":
            raise StoppedError

    with pytest.raises(StoppedError):
        dissect(tmp_path / "stopped", report=stop)
    with pytest.raises(StudyError, match="not finished"):
        open_study(tmp_path / "stopped")
    continued = dissect(tmp_path / "stopped")
    assert {path.name: path.read_bytes() for path in files(continued)} == {
        path.name: path.read_bytes() for path in files(study)
    }


def files(study):
    return [path for path in study.folder.iterdir() if path.suffix in (".npy", ".npz", ".json")]


def test_a_study_of_other_pairs_or_concepts_is_refused(study):
    with pytest.raises(StudyError, match=r"another data \(then tiny pairs\)"):
        dissect(study.folder, tiny_pairs(seed=1))
    with pytest.raises(StudyError, match="another choice of concepts"):
        dissect(study.folder, concepts=LexicalVocabulary.of(tiny_pairs(), CONCEPTS))


def test_an_unknown_layer_is_told_before_a_folder_becomes_its_study(tmp_path):
    with pytest.raises(NetworkError, match="no layer 'hidden'"):
        dissect_pairs(tiny_pair_network(), "hidden", tiny_pairs(), tmp_path / "new", report=silent)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["pairs.json", "vocabulary.json", "answers.npz", "signatures.npz", "activations.npy"])
def test_a_damaged_file_is_told(study, name):
    (study.folder / name).write_bytes(b"{")
    with pytest.raises(StudyError, match="damaged"):
        open_study(study.folder)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("activations.npy", lambda array: array.astype(np.float64), "activations of float64 .* needs float32"),
        ("activations.npy", lambda array: array[:, 1:].copy(), r"activations of float32 and shape \(4, "),
        (
            "signatures.npz",
            lambda arrays: {**arrays, "positions": arrays["positions"] + 2**30},
            "positions from 10737418",
        ),
        ("signatures.npz", lambda arrays: {**arrays, "total": arrays["total"] + 1}, "do not add up"),
        ("answers.npz", lambda arrays: {**arrays, "logits": arrays["logits"][1:]}, "logits of float32"),
        (
            "answers.npz",
            lambda arrays: {**arrays, "class_weights": arrays["class_weights"].T},
            "class_weights of float32",
        ),
    ],
)
def test_arrays_of_another_study_are_refused_with_the_file(study, name, change, told):
    path = study.folder / name
    if path.suffix == ".npy":
        np.save(path, change(np.load(path)))
    else:
        with np.load(path) as arrays:
            kept = dict(arrays)
        np.savez(path, **change(kept))
    with pytest.raises(StudyError, match=told) as caught:
        open_study(study.folder)
    assert name in str(caught.value)


def test_sentences_of_another_study_are_refused(study):
    write_pairs(study.folder, tiny_pairs(seed=1))
    with pytest.raises(StudyError, match=r"pairs\.json does not hold the pairs that were probed"):
        open_study(study.folder)


def test_the_table_tells_of_weights_and_silence(study):
    frame = study.to_frame(max_length=2)
    assert list(frame.columns[:8]) == [
        "layer", "fires", "silent", "weight_entailment", "weight_neutral", "weight_contradiction", "formula", "iou",
    ]  # fmt: skip
    assert frame["silent"].tolist() == [False, False, False, True]
    assert frame["weight_contradiction"].tolist() == [1, 0, 0, 0]
    assert frame["fires"][0] == fires_on(study.pairs, 0).mean()


def test_no_premise_is_both_searched_and_held_out(study):
    kept = study.held_out_samples()
    sides = {premise: set() for premise in study.pairs.premises}
    for premise, side in zip(study.pairs.premises, kept.tolist(), strict=True):
        sides[premise].add(side)
    assert all(len(seen) == 1 for seen in sides.values())
    assert 0.4 < kept.mean() < 0.6


def test_what_a_unit_stands_for_is_real(study):
    (evidence,) = study.evidence([0], EvidenceSettings(samples=99), max_length=1, report=silent)
    assert evidence.p_value == 0.01
    assert evidence.held_out_iou == 1


def test_other_processes_explain_alike(study, monkeypatch):
    here = study.explain(max_length=3, report=silent)
    monkeypatch.setattr(explaining, "WORTHWHILE", 0.0)
    monkeypatch.setattr(explaining, "TRIED", 1)
    started = []
    monkeypatch.setattr(
        explaining, "on_all_processors", lambda *args, **more: started.append(1) or on_all_processors(*args, **more)
    )
    again = dissect(study.folder.parent / "again")
    assert again.explain(max_length=3, report=silent) == here
    assert started


def test_a_study_of_images_and_one_of_pairs_are_told_apart(study):
    about = json.loads((study.folder / "study.json").read_text(encoding="utf-8"))
    assert about["kind"] == "pairs"
    with pytest.raises(StudyError, match="which it holds itself"):
        open_study(study.folder, data="somewhere")
