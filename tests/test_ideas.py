"""What to try next: edits read off formulas, where patches are put, and which colours things get."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compexp_widgets import demo
from compexp_widgets.adversarial import Paste, Patch, PatchLibrary, ProbedNetwork, Recolour, Remove, region
from compexp_widgets.adversarial.images.controls import control_patches
from compexp_widgets.adversarial.images.from_formula import (
    LARGEST,
    SMALLEST,
    SMALLEST_GAIN,
    edits_from_formulas,
    initial_placement,
    speaking_map,
)
from compexp_widgets.adversarial.images.patches.concept_colours import ConceptColours
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.formula import Leaf, parse
from compexp_widgets.progress import silent


@pytest.fixture(scope="module")
def probed():
    return ProbedNetwork(demo.vision_study(report=silent), demo.vision_network())


@pytest.fixture(scope="module")
def library(probed):
    return PatchLibrary(probed.study)


def first_of(probed, scene: str) -> int:
    """The first picture of a scene."""
    return next(number for number, image in enumerate(probed.study.dataset.images) if f"/{scene}/" in image.name)


def ideas_for(probed, library, scene: str, target: str, **options):
    image = first_of(probed, scene.replace(" ", "_"))
    picture = probed.study.dataset.picture(image)
    response = probed.respond(picture)
    assert probed.class_names[response.predicted] == scene
    wanted = [probed.class_names.index(target)]
    options = {"image": image, **options}
    return (
        picture,
        response,
        edits_from_formulas(probed, library, picture, response, response.predicted, wanted, **options),
    )


@pytest.mark.parametrize(
    ("scene", "target", "words"),
    [
        ("kitchen", "laundry room", "paste washing machine"),
        ("street", "fire station", "paste fire engine"),
    ],
)
def test_the_first_idea_turns_a_scene_into_the_one_that_a_bias_of_the_world_says(probed, library, scene, target, words):
    picture, _, ideas = ideas_for(probed, library, scene, target)
    assert ideas[0].edit.description == words
    assert probed.class_names[probed.respond(ideas[0].edit.on(picture)).predicted] == target


def test_ideas_come_with_what_they_gain_the_largest_first(probed, library):
    picture, response, ideas = ideas_for(probed, library, "beach", "harbour")
    gains = [idea.gain for idea in ideas]
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > SMALLEST_GAIN
    for idea in ideas:
        raised = probed.respond(idea.edit.on(picture)).logits - response.logits
        assert idea.gain == pytest.approx(raised[idea.expected] - raised[response.predicted], abs=1e-3)


def test_an_idea_names_a_concept_of_the_formula_of_its_unit(probed, library):
    picture, _, ideas = ideas_for(probed, library, "beach", "harbour")
    assert {Paste, Remove} <= {type(idea.edit) for idea in ideas}
    assert len({idea.edit.description for idea in ideas}) == len(ideas) >= 6
    for idea in ideas:
        names = {leaf.name for leaf in idea.formula.leaves()}
        (explanation,) = probed.study.explain(idea.unit, report=silent)
        assert explanation.best.formula == idea.formula
        assert f"Unit {idea.unit} " in idea.why
        assert str(idea.formula) in idea.why
        if isinstance(idea.edit, Paste):
            place = idea.edit.placement
            assert idea.edit.patch.name in names
            assert idea.edit.patch.origin != probed.study.dataset.images[first_of(probed, "beach")].name
            assert place.left >= 0
            assert place.top >= 0
            assert place.left + place.width <= picture.width
            assert place.top + place.height <= picture.height
        elif isinstance(idea.edit, Remove):
            assert idea.edit.name in names
            assert np.array_equal(idea.edit.mask, region(probed.study, first_of(probed, "beach"), Leaf(idea.edit.name)))


def test_a_pasted_concept_that_wakes_a_unit_is_one_on_which_its_formula_holds(probed, library):
    _, _, ideas = ideas_for(probed, library, "kitchen", "laundry room")
    idea = next(idea for idea in ideas if idea.edit.description == "paste washing machine")
    found = library.find(parse(f'"washing machine" AND ({idea.formula})'), unit=idea.unit, count=1)[0]
    assert idea.edit.patch == found.patch


def test_a_picture_that_is_not_annotated_is_only_pasted_into(probed, library):
    _, _, ideas = ideas_for(probed, library, "kitchen", "laundry room", image=None)
    assert {type(idea.edit) for idea in ideas} == {Paste}


def test_ideas_for_several_classes_are_mixed(probed, library):
    image = first_of(probed, "farm")
    picture = probed.study.dataset.picture(image)
    response = probed.respond(picture)
    targets = np.argsort(-response.logits)[1:4].tolist()
    ideas = edits_from_formulas(probed, library, picture, response, response.predicted, targets, image=image)
    assert len({idea.expected for idea in ideas}) > 1
    assert {idea.expected for idea in ideas} <= set(targets)


def test_a_cancelled_search_for_ideas_ends_early(probed, library):
    assert ideas_for(probed, library, "farm", "desert", cancelled=lambda: True)[2] == []


def test_what_speaks_for_a_class_is_where_its_units_are_active(probed):
    response = probed.respond(probed.study.dataset.picture(0))
    speaking = speaking_map(probed, response, 0, 3)
    weights = probed.network.module.fc.weight.detach().numpy()
    expected = np.einsum("u,uhw->hw", np.maximum(weights[3] - weights[0], 0), response.activations)
    np.testing.assert_allclose(speaking, expected, rtol=1e-4, atol=1e-5)


# Where a patch is put


@given(
    size=st.tuples(st.integers(8, 300), st.integers(8, 300)),
    patch=st.tuples(st.integers(1, 400), st.integers(1, 400)),
    share=st.floats(0.01, 3),
    seed=st.integers(0, 9),
)
def test_a_patch_rests_wholly_inside_and_keeps_its_shape(size, patch, share, seed):
    place = initial_placement(np.random.default_rng(seed).random((4, 5)), size, patch, share)
    assert place.left >= 0
    assert place.top >= 0
    assert place.left + place.width <= size[0]
    assert place.top + place.height <= size[1]
    assert place.width <= max(round(LARGEST * size[0]), 1)
    assert place.height <= max(round(LARGEST * size[1]) + 1, 1)
    assert place.width == pytest.approx(place.height * patch[0] / patch[1], abs=1 + patch[0] / patch[1])


@given(rows=st.integers(1, 7), columns=st.integers(1, 7), seed=st.integers(0, 99))
def test_no_other_place_hides_less_of_what_speaks_for_the_class(rows, columns, seed):
    speaking = np.random.default_rng(seed).random((rows, columns))
    pixels = np.kron(speaking, np.ones((60 // rows, 60 // columns)))
    height, width = pixels.shape
    place = initial_placement(speaking, (width, height), (10, 10), 0.4)
    hidden = [
        pixels[top : top + place.height, left : left + place.width].sum()
        for top in np.rint(np.linspace(0, height - place.height, 9)).astype(int)
        for left in np.rint(np.linspace(0, width - place.width, 9)).astype(int)
    ]
    mine = pixels[place.top : place.top + place.height, place.left : place.left + place.width].sum()
    assert mine == pytest.approx(min(hidden))


def test_a_patch_rests_in_the_middle_where_nothing_speaks():
    place = initial_placement(np.zeros((7, 7)), (90, 60), (30, 20))
    assert (place.left + place.width / 2, place.top + place.height / 2) == (45, 30)


def test_a_tiny_patch_is_enlarged_to_be_seen():
    assert initial_placement(np.zeros((2, 2)), (240, 240), (3, 3), 0.01).width == round(SMALLEST * 240)


# Colours


def test_a_thing_is_given_the_colour_that_it_has_in_the_data(probed, library):
    colours = ConceptColours(probed.study, library)
    for colour in ("blue-c", "green-c"):
        value = colours.value("water", colour)
        assert f"{list(TONES)[int(name_colours(np.array(value, np.uint8)))]}-c" == colour


def test_a_colour_that_a_thing_never_has_is_that_of_the_colour_term(probed, library):
    colours = ConceptColours(probed.study, library)
    assert colours.value("moon", "purple-c") == tuple(bytes.fromhex(TONES["purple"][0]))


def test_what_is_recoloured_is_what_the_formula_demands(probed, library):
    colours = ConceptColours(probed.study, library)
    lagoon = first_of(probed, "lagoon")
    assert colours.thing(lagoon, parse("water AND green-c"), "green-c", wanted=True) == "water"
    assert colours.thing(lagoon, parse("water AND NOT blue-c"), "blue-c", wanted=False) == "water"
    assert colours.thing(lagoon, parse("water AND blue-c"), "blue-c", wanted=True) != "water"  # it is blue already


def test_black_and_white_are_given_to_nothing(probed, library):
    colours = ConceptColours(probed.study, library)
    assert colours.thing(first_of(probed, "lagoon"), parse("water AND white-c"), "white-c", wanted=True) is None


def test_the_next_common_colour_is_counted_in_the_data(probed, library):
    colours = ConceptColours(probed.study, library)
    assert colours.next_common("water", "blue-c") == "green-c"


def test_an_idea_to_recolour_makes_the_region_that_colour(probed, library):
    image = first_of(probed, "forest")
    picture = probed.study.dataset.picture(image)
    response = probed.respond(picture)
    targets = [probed.class_names.index(name) for name in ("campsite", "desert")]
    ideas = edits_from_formulas(probed, library, picture, response, response.predicted, targets, image=image, count=99)
    recoloured = [idea.edit for idea in ideas if isinstance(idea.edit, Recolour)]
    assert recoloured
    for edit in recoloured:
        assert np.array_equal(edit.mask, region(probed.study, image, Leaf(edit.name)))


# Patches for comparison


def test_other_patches_show_nothing_of_the_formula_nor_of_the_patch(probed, library):
    patch = library.find("washing machine", count=1)[0].patch
    others = control_patches(library, patch, {"washing machine", "backrest"})
    assert len(others) == 8
    assert len({other.name for other in others}) == 8
    for other in others:
        assert not {"washing machine", "backrest"} & {other.name, *other.concepts}
        assert other.name not in patch.concepts


def test_other_patches_are_shaped_like_the_patch(probed, library):
    tall = Patch(np.full((90, 10, 4), 255, np.uint8), "tall")
    wide = Patch(np.full((10, 90, 4), 255, np.uint8), "wide")
    shapes = [
        np.mean([np.log(other.size[0] / other.size[1]) for other in control_patches(library, patch, ())])
        for patch in (tall, wide)
    ]
    assert shapes[0] < shapes[1]


def test_a_picture_of_another_shape_gets_ideas_of_its_own_size(probed, library):
    wide = probed.study.dataset.picture(first_of(probed, "farm")).resize((300, 120))
    response = probed.respond(wide)
    ideas = edits_from_formulas(
        probed, library, wide, response, response.predicted, [int(np.argsort(-response.logits)[-2])]
    )
    assert ideas
    for idea in ideas:
        assert idea.edit.placement.left + idea.edit.placement.width <= 300
        assert idea.edit.placement.top + idea.edit.placement.height <= 120
