"""The samples that show best what a unit does: chosen, drawn and saved; and those of a person's own."""

import re

import numpy as np
import pytest
from PIL import Image
from tiny_network import TinyNetwork, preprocess, tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.progress import silent


@pytest.fixture
def study(tiny_study):
    """Its units fire on a fifth of their activations; with less, hardly on any of so few pictures."""
    tiny_study.default_settings = tiny_study.default_settings.changed(quantile=0.2, max_length=2)
    return tiny_study


@pytest.fixture(scope="module")
def pair_study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = cw.dissect(tiny_pair_network(), "1", tiny_pairs(), folder, concepts=CONCEPTS, report=silent)
    yield study
    study.close()


class Headless(nn.Module):
    """The tiny network without its classes: it answers with maps."""

    def __init__(self):
        super().__init__()
        self.body = TinyNetwork().body

    def forward(self, pictures):
        return self.body(pictures)


def inked(drawn, plain):
    """Where a drawing differs from the picture under it: bool, shape (height, width)."""
    size = drawn.size
    under = np.asarray(plain.convert("RGB").resize(size, Image.Resampling.LANCZOS), int)
    return np.abs(np.asarray(drawn, int) - under).max(axis=-1) > 12


# Chosen


def test_the_first_samples_are_those_with_the_largest_activations(study):
    for unit in (2, 3):
        peaks = study.units.maps[unit].reshape(study.samples, -1).max(axis=1)
        tops = study[unit].top(5)
        assert [one.index for one in tops] == np.argsort(-peaks, kind="stable")[:5].tolist()
        assert [one.activation for one in tops] == sorted(peaks, reverse=True)[:5]
        assert (len(tops), len(tops[1:3])) == (5, 2)


def test_the_other_galleries_hold_what_their_names_say(study):
    unit = study[2]
    truth = study.table.truth(unit.formula)
    for one in unit.top(40, gallery="silent"):
        assert not one.fires.any()
        np.testing.assert_array_equal(one.holds, truth[study.units.positions[one.index]])
        assert one.holds.any()
    for one in unit.top(40, gallery="unexplained"):
        assert one.fires.any()
        assert not (one.fires & one.holds).any()
    with pytest.raises(StudyError, match="a gallery is 'fires', 'silent', 'unexplained', not 'loud'"):
        unit.top(gallery="loud")
    with pytest.raises(StudyError, match="the number of samples is a whole number, at least 1, not 0"):
        unit.top(0)


def test_a_unit_that_never_fires_has_no_samples(study, tmp_path):
    tops = study[4].top()
    assert (len(tops), list(tops), tops.save(tmp_path / "none")) == (0, [], [])
    assert "There is no such sample" in tops._repr_html_()


# Drawn


CELL = 40
GREY = Image.new("RGB", (10 * CELL, 8 * CELL), (90, 90, 90))


def drawn_on_grey(study, fires=(), holds=None):
    """A grey picture with the cells of the grid where a unit fires and a formula holds, and where it has ink."""

    def mask(cells):
        return np.array([[(row, column) in cells for column in range(10)] for row in range(8)])

    formula, where = (None, None) if holds is None else (cw.parse("water"), mask(holds))
    picture = study.drawing.draw(study, [GREY], 0, mask(fires), formula, where).picture
    return np.asarray(picture, int), inked(picture, GREY)


def test_an_outline_runs_around_the_positions_where_the_unit_fires(study):
    pixels, ink = drawn_on_grey(study, fires=[(3, 4), (3, 5), (4, 4), (4, 5)])
    left, top, right, bottom = (CELL * side for side in (4, 3, 6, 5))
    rows, columns = np.nonzero(ink)
    for found, expected in ((rows.min(), top), (rows.max(), bottom), (columns.min(), left), (columns.max(), right)):
        assert abs(found - expected) < 8
    assert not ink[top + 12 : bottom - 12, left + 12 : right - 12].any()
    for line in (ink[: (top + bottom) // 2, (left + right) // 2], ink[(top + bottom) // 2, : (left + right) // 2]):
        assert line.sum() > 3
    assert pixels.max() > 220  # a light line
    assert pixels[ink].min() < 40  # between dark ones
    edge = drawn_on_grey(study, fires=[(0, 0)])[1]
    assert edge[20, :8].any()  # seen at the picture's edge too
    assert not drawn_on_grey(study)[1].any()


def test_the_places_of_the_formula_are_hatched_and_crossed_where_the_unit_fires(study):
    _, ink = drawn_on_grey(study, holds=[(2, 2), (2, 3)])
    rows, columns = np.nonzero(ink)
    assert 2 * CELL - 4 < rows.min() < rows.max() < 3 * CELL + 4
    assert 2 * CELL - 4 < columns.min() < columns.max() < 4 * CELL + 4
    hatched, _ = drawn_on_grey(study, holds=[(2, 2), (2, 3)])
    inside = (slice(2 * CELL + 9, 3 * CELL - 9), slice(2 * CELL + 9, 4 * CELL - 9))
    yellow = (hatched[inside][..., 0] > 200) & (hatched[inside][..., 2] < 120)
    assert 0.1 < yellow.mean() < 0.5
    crossed, _ = drawn_on_grey(study, holds=[(2, 2), (2, 3)], fires=[(2, 2), (2, 3)])
    both = (crossed[inside][..., 0] > 200) & (crossed[inside][..., 2] < 120)
    assert both.mean() > 1.5 * yellow.mean()


def test_words_of_the_formula_are_marked_in_pairs(pair_study):
    unit = pair_study[0]  # fires on "not" in the hypothesis
    assert str(unit.formula) == "hyp:tok:not"
    for one in unit.top(5):
        premise, hypothesis, *_ = one.text.split("\n")
        assert "*" not in premise
        marked = re.findall(r"\*(.+?)\*", hypothesis)
        tokens = pair_study.pairs.hypotheses[one.index]
        assert " ".join(marked).split() == [token for token in tokens if token == "not"] != []
        assert one.picture is None
    denied = pair_study[1].top(3, gallery="silent")
    assert all("*" in one.text or "~" in one.text for one in denied)


def test_what_is_shown_escapes_what_the_data_say(tmp_path):
    words = ("<script>alert(1)</script>", "not", "\"&'")
    pairs = cw.PairDataset.of("<b>", [(words, words, "neutral")] * 30 + [(("a",), ("b",), None)] * 30)
    network = tiny_pair_network()
    study = cw.dissect(network, "1", pairs, tmp_path / "s", concepts=CONCEPTS, report=silent)
    html = study[0].top(2)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_notebook_is_shown_small_pictures_and_a_print_little_text(study, pair_study):
    html = study[2].top(9)._repr_html_()
    assert html.count('<img src="data:image/jpeg;base64,') == 9
    assert len(html) < 400_000
    for tops in (study[2].top(9), pair_study[0].top(9)):
        assert len(repr(tops)) < 200
        assert f"9 of {len(tops[0].study[tops.unit].top(10_000))}" in repr(tops)


# Saved


def test_pictures_are_saved_under_names_that_every_system_takes(study, tmp_path):
    paths = study[2:4].save(tmp_path / "new" / "out", 3)
    assert len(paths) == len(set(paths)) == 6
    for path in paths:
        assert re.fullmatch(r"unit_000[23]_fires_0[1-3]_[A-Za-z0-9_-]+\.png", path.name)
        assert Image.open(path).size == (224, 179)
    assert sorted(paths) == sorted((tmp_path / "new" / "out").iterdir())


def test_pairs_are_saved_as_one_page(pair_study, tmp_path):
    (path,) = pair_study[0].top(3).save(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert path.name == "unit_0000_fires.html"
    assert text.startswith("<!doctype html>")
    assert text.count("<mark") >= 3


def test_where_nothing_can_be_written_is_told(study, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="choose another folder"):
        study[2].top(1).save(tmp_path / "file")


# Samples of one's own


def test_a_picture_of_the_data_is_looked_at_as_it_was_probed(study):
    network = tiny_network()
    for number in (3, 8):
        seen = study.look(network, study.dataset.picture(number))
        np.testing.assert_allclose(seen.activations, study.units.maps[:, number], atol=1e-5)
        for unit in range(5):
            expected = study.fires(unit, [number])[0]
            np.testing.assert_array_equal(seen.fires(unit), expected)
        firing = [unit for unit in range(5) if study.fires(unit, [number]).any()]
        assert sorted(seen.units.index) == firing
        assert seen.units["strength"].is_monotonic_decreasing
        assert list(seen.units["formula"]) == [str(study[unit].formula) for unit in seen.units.index]
        logits = network.respond([study.dataset.picture(number)]).logits[0]
        assert seen.probabilities.idxmax() == ("indoors", "outdoors")[logits.argmax()] == seen.predicted
        assert len(repr(seen)) < 300


def test_the_mask_of_a_unit_is_told_on_the_data_and_on_ones_own(study, pair_study, tmp_path):
    network, picture = tiny_network(), study.dataset.picture(8)
    masks = study[2].mask([3, 8])
    assert masks.shape == (2, 8, 10)
    np.testing.assert_array_equal(masks, study.fires(2, [3, 8]))
    np.testing.assert_array_equal(study[2].mask(picture, network=network), masks[1])
    assert pair_study[0].mask().shape == (400,)
    assert pair_study[0].mask(("A bird", "not here"), network=tiny_pair_network()).item()
    for own in (picture, "a.png"):
        with pytest.raises(StudyError, match=r"as in study\[2\].mask\(sample, network=network\)"):
            study[2].mask(own)


def test_a_picture_in_a_file_is_looked_at_and_drawn(study, tmp_path):
    picture = study.dataset.picture(3)
    picture.save(tmp_path / "own.png")
    seen = study.look(tiny_network(), tmp_path / "own.png")
    np.testing.assert_array_equal(seen.activations, study.look(tiny_network(), picture).activations)
    assert seen._repr_html_().count("<img") == len(seen.units)
    unit = int(seen.units.index[0])
    assert inked(seen.drawn(unit).picture, picture).any()


def test_a_network_without_classes_is_looked_at_too(tiny_dataset, tmp_path):
    network = cw.Network.of(Headless().eval(), preprocess, name="headless")
    study = cw.dissect(network, "body.3", tiny_dataset, tmp_path / "s", report=silent)
    seen = study.look(network, tiny_dataset.picture(0))
    np.testing.assert_allclose(seen.activations, study.units.maps[:, 0], atol=1e-5)
    assert (seen.probabilities, seen.predicted) == (None, None)
    assert "probability" not in seen._repr_html_()
    with pytest.raises(NetworkError, match="only a classifier can be asked"):
        cw.PasteLab(study, network)


def test_a_typed_pair_is_looked_at(pair_study):
    seen = pair_study.look(tiny_pair_network(), ("A bird runs", "A cat does not sleep"))
    assert list(seen.units.index) == [0]
    assert seen.fires(0).item()
    assert list(seen.units["holds"]) == [True]
    assert seen.predicted == "contradiction"
    assert "*not*" in seen.drawn(0).text
    tokens = (("A", "bird", "runs"), ("A", "cat", "does", "not", "sleep"))
    np.testing.assert_array_equal(pair_study.look(tiny_pair_network(), tokens).peaks, seen.peaks)


def test_what_is_drawn_is_saved_as_a_picture_or_as_a_page(study, pair_study, tmp_path):
    drawn = study.look(tiny_network(), study.dataset.picture(0)).drawn(0)
    with Image.open(drawn.save(tmp_path / "unit.png")) as saved:
        np.testing.assert_array_equal(np.asarray(saved), np.asarray(drawn.picture))
    typed = pair_study.look(tiny_pair_network(), ("A bird runs", "A <b>cat</b> does not sleep")).drawn(0)
    text = typed.save(tmp_path / "unit.html").read_text(encoding="utf-8")
    assert "sleep" in text
    assert "<b>" not in text
    with pytest.raises(StudyError, match="there is no folder"):
        drawn.save(tmp_path / "nowhere" / "unit.png")


def test_what_is_no_sample_or_another_network_is_refused(study, pair_study, tmp_path):
    for given, told in (
        (3, "a picture is a PIL picture, the path of one, or an array .* not 3"),
        (tmp_path / "x.png", "x.png"),
    ):
        with pytest.raises(StudyError, match=told):
            study.look(tiny_network(), given)
    for given in ("A dog runs", ("A dog", 3), ("a",)):
        with pytest.raises(StudyError, match=r"is a text or a sequence|is premise and hypothesis"):
            pair_study.look(tiny_pair_network(), given)
    with pytest.raises(StudyError, match="not the network that was probed"):
        study.look(tiny_network(seed=1), study.dataset.picture(0))
    seen = study.look(tiny_network(), study.dataset.picture(0))
    with pytest.raises(StudyError, match="there is no unit 5"):
        seen.fires(5)
