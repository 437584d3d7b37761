"""What patches, edits, recipes, sweeps and controls print, which fits on a screen, and what a notebook shows."""

import numpy as np
import pytest
from tiny_network import tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets import adversarial
from compexp_widgets.adversarial import Patch, PatchLibrary, Placement
from compexp_widgets.progress import silent

MOST = 2000
HOSTILE = "<b>dog & cat</b>"


@pytest.fixture
def patch():
    pixels = np.full((60, 40, 4), 200, np.uint8)
    pixels[:20, :, 3] = 0
    return Patch(pixels, "<i>igloo</i>", "images/0001.png\n")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = cw.dissect(tiny_pair_network(), "1", tiny_pairs(), folder, concepts=CONCEPTS, report=silent)
    yield study
    study.close()


def shown(thing):
    """What a notebook shows; its text is escaped."""
    html = thing._repr_html_()
    assert "<i>igloo" not in html
    assert HOSTILE not in html
    return html


def test_a_list_of_patches_prints_a_line_each_and_shows_them(tiny_study):
    found = PatchLibrary(tiny_study).find("water", count=100)
    assert len(found) > 24
    assert isinstance(found, list)
    assert len(repr(found)) < MOST
    assert repr(found[0].patch).startswith("<Patch 'water', ")
    assert len(repr(found[0])) < 400
    html = shown(found)
    assert html.count("data:image/png;base64,") == 24
    assert f"{len(found) - 24} more" in html
    assert len(html) < 300_000
    hostile = PatchLibrary(tiny_study).find(f'"{HOSTILE}"', count=2)
    assert "&lt;b&gt;dog &amp; cat" in shown(hostile)
    assert shown(hostile[0]).count("<img") == shown(hostile[0].patch).count("<img") == 1


def test_edits_print_what_they_do_and_no_pixels(patch):
    paste = adversarial.Paste(patch, Placement(3, 4, 50, 60))
    mask = np.zeros((300, 400), bool)
    mask[:50] = True
    for edit in (paste, adversarial.Recolour(mask, (10, 20, 200), name="sea"), adversarial.Remove(mask, "sea")):
        assert len(repr(edit)) < 400
        assert "[" not in repr(edit)
        assert ("<img" in shown(edit)) == (edit is paste)


def test_a_recipe_prints_a_line_and_shows_before_and_after(tiny_study, patch, pairs):
    network, picture = tiny_network(), tiny_study.dataset.picture(0)
    recipe = adversarial.record(network, picture, adversarial.Paste(patch, Placement(3, 4, 8, 9)))
    assert len(repr(recipe)) < 400
    assert shown(recipe).count("data:image/jpeg;base64,") == 2
    assert "indoors" in shown(recipe)
    assert len(repr(adversarial.replay(recipe, network))) < MOST
    edit = adversarial.TextEdit("append", ("not",))
    typed = adversarial.record(tiny_pair_network(), [(("<i>igloo</i>", "runs"), ("dog", "runs"))] * 30, edit)
    assert len(repr(typed)) < 400
    assert "the first of 30 samples" in shown(typed)
    assert "&lt;i&gt;igloo" in shown(typed)


def test_a_recipe_whose_picture_is_gone_says_so(tiny_study, patch, tmp_path):
    picture = tiny_study.dataset.picture(0)
    picture.save(tmp_path / "a.png")
    edit = adversarial.Paste(patch, Placement(3, 4, 8, 9))
    recipe = adversarial.record(tiny_network(), picture, edit, path=tmp_path / "a.png")
    (tmp_path / "a.png").unlink()
    assert "a.png" in shown(recipe)
    assert "<img" not in shown(recipe)


def test_sweeps_searches_and_controls_print_their_outcome(tiny_study, patch):
    network, picture = tiny_network(), tiny_study.dataset.picture(0)
    swept = adversarial.sweep(network, picture, patch, adversarial.SweepGrid((0, 5), (0, 5), (8, 12)))
    assert repr(swept).startswith("<Sweep of 8 placements, 8 tried: ")
    assert "the network says" in shown(swept)
    several = adversarial.sweep_images(network, [picture] * 3, patch, adversarial.SweepGrid((0,), (0, 5), (8,)))
    assert len(repr(several)) < MOST
    probed = adversarial.ProbedNetwork(tiny_study, network)
    target = 1 - int(network.respond([picture]).predicted[0])
    paste = adversarial.Paste(patch, Placement(0, 0, 20, 16))
    controls = adversarial.run_controls(probed, picture, paste, target=target, units=[2, 3])
    assert len(repr(controls)) < 700
    assert "flipped: edit " in repr(controls)
    assert all(len(repr(row)) < MOST for row in controls.rows)
    assert "scrambled" in shown(controls)
    found = adversarial.suggest_edit(network, picture, [patch], target=target)
    assert len(repr(found)) < MOST
    assert "lead from class" in shown(found)


def test_edits_of_pairs_print_short_and_are_shown_in_tables(pairs):
    found = adversarial.edits_from_formula(pairs, source="entailment", target="contradiction")
    assert len(repr(found)) < MOST
    assert "<table" in shown(found)
    effect = adversarial.evaluate_edit(tiny_pair_network(), pairs, found[0].edit)
    assert len(repr(effect)) < MOST
    pair = pairs.pairs.premises[0], pairs.pairs.hypotheses[0]
    suggested = adversarial.suggest_text_edits(tiny_pair_network(), pairs, pair)
    assert len(repr(suggested)) < MOST
    assert "change the answer" in shown(suggested)
