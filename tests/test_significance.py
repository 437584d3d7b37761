from itertools import chain, islice, repeat

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_broden import write_tiny_broden

from compexp_widgets import Network
from compexp_widgets.data.images import read_broden
from compexp_widgets.errors import SearchError
from compexp_widgets.formula import And, Leaf, Not, parse
from compexp_widgets.progress import silent
from compexp_widgets.search import Overlap, beam_search
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study import Evidence, EvidenceSettings, ExplanationSettings, dissect, q_values
from compexp_widgets.study.evidence import HeldOut, NullTest
from compexp_widgets.study.significance import (
    Split,
    against_null,
    bootstrap_interval,
    find_evidence,
    held_out,
    null_scores,
)

SETTINGS = ExplanationSettings.of(quantile=0.1, max_length=2)
BEAM = ExplanationSettings.of(quantile=0.1, max_length=2, proof_nodes=0)
NOISE = 60


@pytest.fixture
def planted(tmp_path):
    """Unit 0 fires where the first object's mask is, unit 1 too but in the picture before; the others are noise."""
    write_tiny_broden(tmp_path / "data", images=30)
    dataset = read_broden(tmp_path / "data")
    door = dataset.concept_names.index("door")
    masks = [(dataset.labels(image) == door).any(axis=0) for image in range(len(dataset))]
    noise = np.random.default_rng(0).random((len(dataset), NOISE, *dataset.grid))
    number_of = {dataset.picture(number).tobytes(): number for number in range(len(dataset))}
    empty = np.zeros_like(masks[0])

    def preprocess(picture):
        number = number_of.get(picture.tobytes())
        if number is None:  # a picture that is shown before those of the data set
            return torch.from_numpy(np.stack([empty] * (2 + NOISE)).astype(np.float32))
        mask, other = masks[number], masks[(number + 1) % len(masks)]
        return torch.from_numpy(np.stack([mask, other, *noise[number]]).astype(np.float32))

    module = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Identity())
    study = dissect(Network.of(module, preprocess, name="planted"), "0", dataset, tmp_path / "study", report=silent)
    yield study
    study.close()


def test_held_out_counts_are_those_of_the_images_that_were_kept_back(tiny_study):
    images = tiny_study.held_out_samples()
    found = held_out(tiny_study, 1, SETTINGS)
    threshold = tiny_study.units.threshold(1, 0.1)
    for part, overlap in ((~images, found.searched), (images, found.held_out)):
        indices = np.flatnonzero(part)
        active = tiny_study.units.fires(1, Limits(threshold), indices)
        holds = tiny_study.holds(found.formula, indices)
        assert overlap == Overlap(int(active.sum()), int(holds.sum()), int((active & holds).sum()))


def test_the_search_sees_only_the_images_it_is_given(tiny_study):
    first = np.arange(len(tiny_study.dataset)) < 20
    one = held_out(tiny_study, 1, SETTINGS, Split.of(tiny_study, ~first))
    other = held_out(tiny_study, 1, SETTINGS, Split.of(tiny_study, first))
    assert one.searched.active + one.held_out.active == tiny_study.explain_unit(1, SETTINGS).best.overlap.active
    assert (one.searched.active, one.held_out.active) == (other.held_out.active, other.searched.active)


def test_the_images_kept_back_are_the_split_val_where_there_is_one(tiny_study):
    splits = [image.split for image in tiny_study.dataset.images]
    chosen = tiny_study.held_out_samples()
    assert 0 < chosen.sum() < len(chosen)
    if "val" in splits and set(splits) != {"val"}:
        assert chosen.tolist() == [split == "val" for split in splits]


@pytest.mark.parametrize("images", [np.zeros(40, bool), np.ones(40, bool)])
def test_a_part_without_images_is_refused(tiny_study, images):
    with pytest.raises(SearchError, match="samples are held out: both parts need at least one"):
        Split.of(tiny_study, images)


@pytest.mark.parametrize("numbers_at_once", [2**20, 50])
def test_a_null_sample_is_the_search_with_activations_laid_over_other_pictures(
    tiny_study, monkeypatch, numbers_at_once
):
    monkeypatch.setattr("compexp_widgets.study.significance.CHUNK", numbers_at_once)
    rng = np.random.Generator(np.random.PCG64([5, 1]))
    active = tiny_study.units.fires(1, tiny_study.activity(1, 0.1).limits, np.arange(40))
    for score in islice(null_scores(tiny_study, 1, BEAM, seed=5), 4):
        under = tiny_study.units.positions[rng.permutation(40)][active]
        counts = np.bincount(under, minlength=len(tiny_study.table))
        assert score == beam_search(tiny_study.table, counts, BEAM.search).best.score


def test_only_samples_that_stay_below_what_they_are_worth_searching_for_are_not_searched(planted):
    settings = ExplanationSettings.of(quantile=0.5, max_length=1, proof_nodes=0)
    whole = list(islice(null_scores(planted, 0, settings), 400))
    worth = planted.explain_unit(0, settings).best.score
    quick = list(islice(null_scores(planted, 0, settings, worth=worth), 400))
    skipped = np.isnan(quick)
    assert not skipped[:100].any()
    assert skipped.any()
    assert (np.array(whole)[skipped] < worth).all()
    assert np.array(quick)[~skipped].tolist() == np.array(whole)[~skipped].tolist()


def test_null_samples_are_the_same_each_time_and_differ_by_seed_and_unit(tiny_study):
    def ten(unit, seed):
        return list(islice(null_scores(tiny_study, unit, BEAM, seed=seed), 10))

    assert ten(1, 0) == ten(1, 0)
    assert ten(1, 0) != ten(1, 1)
    assert ten(1, 0) != ten(2, 0)


def test_samples_known_to_be_lower_count_as_lower():
    null = [0.1, 0.3] * 50 + [np.nan] * 99
    test = against_null(0.5, null, EvidenceSettings(samples=199))
    assert test == NullTest(1 / 200, 199, 0, pytest.approx(0.2), 0.3)


def test_a_score_that_withstands_all_samples_gets_the_smallest_p_value():
    test = against_null(0.9, [0.1, 0.2, 0.3], EvidenceSettings(samples=3))
    assert test == NullTest(1 / 4, 3, 0, pytest.approx(0.2), pytest.approx(0.29))


def test_a_tie_counts_as_at_least_as_good():
    assert against_null(0.2, [0.1, 0.2, 0.3], EvidenceSettings(samples=3)).p_value == 3 / 4


def test_drawing_stops_as_soon_as_enough_samples_are_as_good():
    null = chain([0.1, 0.9, 0.1, 0.9, 0.1], (pytest.fail("drew on") for _ in repeat(None)))
    test = against_null(0.5, null, EvidenceSettings(enough=2))
    assert (test.p_value, test.samples, test.exceedances) == (2 / 4, 4, 2)


def test_the_finest_p_value_is_kept_when_the_last_sample_is_the_one_that_is_enough():
    test = against_null(0.5, [0.9, 0.1, 0.9], EvidenceSettings(samples=3, enough=2))
    assert (test.p_value, test.samples) == (2 / 3, 3)


@pytest.mark.parametrize("steps", [10**6, 12])
def test_p_values_of_luck_are_not_smaller_than_they_should_be(steps):
    rng = np.random.default_rng(0)
    # With few steps most scores tie.
    scores = np.floor(rng.random((4000, 100)) * steps)
    tests = EvidenceSettings(samples=99, enough=5)
    p_values = np.array([against_null(row[0], row[1:], tests).p_value for row in scores])
    for level in (0.01, 0.02, 0.05, 0.1, 0.25, 0.5):
        assert (p_values <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / len(p_values))


def test_a_planted_formula_is_real_and_holds_on_pictures_that_the_search_did_not_see(planted):
    (evidence,) = planted.evidence(0, EvidenceSettings(samples=199), quantile=0.5, max_length=1, report=silent)
    assert evidence.formula == evidence.apart.formula == parse("door")
    assert (evidence.iou, evidence.held_out_iou) == (1.0, 1.0)
    assert (evidence.p_value, evidence.null.exceedances) == (1 / 200, 0)
    assert evidence.null.mean < evidence.null.high < 1
    assert evidence.interval == (1.0, 1.0)


def test_a_misplaced_formula_is_luck_and_takes_few_samples_to_tell(planted):
    (evidence,) = planted.evidence(1, quantile=0.5, max_length=1, report=silent)
    assert evidence.p_value > 0.05
    assert evidence.null.samples < 400
    assert evidence.held_out_iou < 0.5


def test_noise_is_told_from_the_planted_formula_among_many(planted):
    # One real unit among 62 needs p ≤ .05 / 62 to count.
    tests = EvidenceSettings(samples=1999, enough=5)
    found = planted.evidence(None, tests, quantile=0.5, max_length=1, report=silent)
    p_values = np.array([evidence.p_value for evidence in found])
    assert np.flatnonzero(q_values(found) <= 0.05).tolist() == [0]
    for level in (0.05, 0.1, 0.25, 0.5):
        assert (p_values[2:] <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / NOISE)
    assert found[0].held_out_iou > 2 * max(evidence.held_out_iou for evidence in found[2:])


def test_evidence_does_not_depend_on_which_units_are_asked_for_and_when(tiny_study):
    tests = EvidenceSettings(samples=19)
    together = tiny_study.evidence([3, 0, 1], tests, quantile=0.1, report=silent)
    settings = ExplanationSettings.of(quantile=0.1)
    alone = [
        find_evidence(tiny_study, tiny_study.explain_unit(unit, settings), settings, tests, cancelled=lambda: False)
        for unit in (3, 0, 1)
    ]
    assert together == alone


def test_work_that_is_cancelled_ends_with_the_samples_so_far(tiny_study):
    answers = chain(repeat(False, 50), repeat(True))
    explanation = tiny_study.explain_unit(1, SETTINGS)
    tests = EvidenceSettings(enough=1000)
    evidence = find_evidence(tiny_study, explanation, SETTINGS, tests, cancelled=lambda: next(answers))
    assert 0 < evidence.null.samples < 50


def test_a_unit_that_never_fires_has_no_formula_and_no_evidence(tiny_study):
    (evidence,) = tiny_study.evidence(4, quantile=0.1, report=silent)
    assert (evidence.formula, evidence.p_value, evidence.held_out_iou) == (None, 1.0, 0.0)
    assert held_out(tiny_study, 4, SETTINGS).held_out == Overlap(0, 0, 0)
    assert list(islice(null_scores(tiny_study, 4, SETTINGS), 3)) == [0, 0, 0]


def test_every_range_of_activations_has_evidence_of_its_own(tiny_study):
    tests = EvidenceSettings(samples=9)
    frame = tiny_study.to_frame([1, 2], ranges=2, tests=tests)
    explanations = tiny_study.explain([1, 2], ranges=2, report=silent)
    found = tiny_study.evidence([1, 2], tests, ranges=2, report=silent)
    assert [evidence.formula for evidence in found] == [explanation.best.formula for explanation in explanations]
    assert frame["held_out_iou"].tolist() == [evidence.held_out_iou for evidence in found]
    assert len(set(frame["held_out_iou"])) == 4


def test_stored_evidence_is_not_searched_for_again(tiny_study, monkeypatch):
    tests = EvidenceSettings(samples=9)
    first = tiny_study.evidence([3, 1], tests, quantile=0.1, report=silent)
    monkeypatch.setattr(
        "compexp_widgets.study.dissected_layer.find_evidence", lambda *_, **__: pytest.fail("searched again")
    )
    assert tiny_study.evidence([1, 3], tests, quantile=0.1, report=silent) == first[::-1]


def test_evidence_is_kept_by_the_settings_of_search_and_tests(tiny_study):
    settings, tests = ExplanationSettings.of(quantile=0.1), EvidenceSettings(samples=9)
    tiny_study.evidence([3, 1], tests, quantile=0.1, report=silent)
    assert list(tiny_study.stored_evidence(settings, tests)) == [1, 3]
    assert not tiny_study.stored_evidence(settings, EvidenceSettings(samples=9, seed=1))
    assert not tiny_study.stored_evidence(ExplanationSettings.of(quantile=0.1, beam_size=4), tests)


def test_an_interrupt_keeps_what_was_tested(tiny_study):
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    tests = EvidenceSettings(samples=9)
    with pytest.warns(UserWarning, match="stopped after 2 of 5 units; the same call continues"):
        found = tiny_study.evidence(None, tests, quantile=0.1, report=interrupt)
    assert [evidence.unit for evidence in found] == [0, 1]
    assert list(tiny_study.stored_evidence(ExplanationSettings.of(quantile=0.1), tests)) == [0, 1]


def test_the_columns_of_evidence_follow_those_of_the_explanations(tiny_study):
    tests = EvidenceSettings(samples=9)
    plain = tiny_study.to_frame([1, 4], quantile=0.1, max_length=2)
    frame = tiny_study.to_frame([1, 4], tests=tests, quantile=0.1, max_length=2)
    assert list(frame) == [*plain, "held_out_iou", "p_value", "q_value", "iou_low", "iou_high"]
    assert frame[list(plain)].equals(plain)
    found = tiny_study.evidence([1, 4], tests, quantile=0.1, max_length=2, report=silent)
    assert frame["p_value"].tolist() == [evidence.p_value for evidence in found]
    assert frame["q_value"].tolist() == q_values(found).tolist()
    assert frame["held_out_iou"].tolist() == [evidence.held_out_iou for evidence in found]
    assert list(zip(frame["iou_low"], frame["iou_high"], strict=True)) == [evidence.interval for evidence in found]


@given(st.lists(st.floats(0, 1), max_size=20))
def test_q_values_follow_the_definition(values):
    nothing = HeldOut(None, Overlap(0, 0, 0), Overlap(0, 0, 0))
    result = q_values([Evidence(0, None, 0.0, nothing, NullTest(p_value), (0.0, 0.0)) for p_value in values])
    p_values = np.array(values)
    for index, value in enumerate(values):
        # The smallest rate at which the step-up procedure rejects this one.
        rates = [p * len(p_values) / (p_values <= p).sum() for p in p_values if p >= value]
        assert result[index] == pytest.approx(min(*rates, 1.0, 1.0))


def test_the_bootstrap_interval_contains_the_score_and_shrinks_with_its_level(tiny_study):
    formula = tiny_study.explain_unit(1, SETTINGS).best.formula
    iou = tiny_study.overlap(formula, 1, 0.1).iou
    low, high = bootstrap_interval(tiny_study, 1, formula, SETTINGS, EvidenceSettings())
    assert low < iou < high
    narrow = bootstrap_interval(tiny_study, 1, formula, SETTINGS, EvidenceSettings(level=0.5))
    assert low < narrow[0] < narrow[1] < high
    assert (low, high) == bootstrap_interval(tiny_study, 1, formula, SETTINGS, EvidenceSettings())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"samples": 0}, "samples is a whole number, at least 1, not 0"),
        ({"enough": 0}, "enough is a whole number, at least 1, not 0"),
        ({"resamples": -1}, "resamples is a whole number, at least 1, not -1"),
        ({"level": 95}, "level, the share of samples within the interval"),
        ({"seed": -3}, "seed is a whole number, at least 0, not -3"),
    ],
)
def test_tests_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(SearchError, match=message):
        EvidenceSettings(**settings)


names = st.text(min_size=1).filter(lambda name: not any(0xD800 <= ord(c) <= 0xDFFF for c in name))
counts = st.builds(Overlap, *[st.integers(0, 10**9)] * 3)
formulas = st.none() | names.map(lambda name: And(Leaf(name), Not(Leaf("water"))))
shares = st.floats(0, 1)


@given(
    st.builds(
        Evidence,
        st.integers(0, 999),
        formulas,
        shares,
        st.builds(HeldOut, formulas, counts, counts),
        st.builds(NullTest, shares, st.integers(0, 999), st.integers(0, 20), shares, shares),
        st.tuples(shares, shares),
    )
)
def test_evidence_survives_its_json_whatever_its_concepts_are_called(evidence):
    assert Evidence.from_json(evidence.to_json()) == evidence
