import numpy as np
import pytest
from PIL import Image
from skimage.measure import label

from compexp_widgets.adversarial import Paste, Patch, PatchLibrary, Placement, Recolour, Remove, region
from compexp_widgets.adversarial.images.edits.paste import EditedAnnotation
from compexp_widgets.adversarial.images.edits.regions import soft_mask
from compexp_widgets.adversarial.images.patches.patch_library import cut_out
from compexp_widgets.concepts.colours import TONES, name_colours
from compexp_widgets.errors import EditError, FormulaError, StudyError
from compexp_widgets.formula import Leaf, parse
from compexp_widgets.study.images.upsampling import upsample

HOSTILE = "<b>dog & cat</b>"


def brute_force(study, formula, unit=None):
    """Every region as (drive, area in pixels, image), best first."""
    found = []
    for image in range(study.samples):
        numbers = label(study.holds(formula, [image])[0], connectivity=2)
        drive = upsample(study.units.activations(unit)[image][None], study.units.grid)[0] if unit is not None else None
        for number in range(1, numbers.max() + 1):
            here = numbers == number
            strength = float(drive[here].max()) if drive is not None else None
            found.append((strength, int(here.sum()) * 4, image))  # pictures have twice the grid's side
    return sorted(found, key=lambda one: (-(one[0] or 0.0), -one[1], one[2]))


@pytest.mark.parametrize("formula", ["water", "(water OR tree) AND NOT blue-c", "NOT house", "door", "beach-s"])
@pytest.mark.parametrize("unit", [None, 0, 2, 4])
def test_the_best_regions_are_found_and_in_order(tiny_study, formula, unit):
    found = PatchLibrary(tiny_study).find(formula, unit=unit, count=15)
    assert [(one.drive, one.area, one.image) for one in found] == brute_force(tiny_study, parse(formula), unit)[:15]


def test_a_patch_is_what_lies_in_its_box_with_alpha_in_the_region_alone(tiny_study):
    library = PatchLibrary(tiny_study)
    for found in library.find("tree AND NOT red-c", count=8):
        picture = tiny_study.dataset.picture(found.image)
        left, top, width, height = found.box
        assert found.patch.size == (width, height)
        pixels = np.asarray(picture)[top : top + height, left : left + width]
        alpha = found.patch.pixels[..., 3]
        assert np.array_equal(found.patch.pixels[alpha > 0][:, :3], pixels[alpha > 0])
        assert not found.patch.pixels[alpha == 0].any()
        whole = region(tiny_study, found.image, "tree AND NOT red-c")[top : top + height, left : left + width]
        assert not (alpha > 0)[soft_mask(whole) == 0].any()


def test_a_patch_pasted_where_it_came_from_changes_nothing_but_rounding(tiny_study):
    (found,) = PatchLibrary(tiny_study).find("water", count=1)
    picture = tiny_study.dataset.picture(found.image)
    again = Paste(found.patch, Placement(*found.box)).on(picture)
    assert np.abs(np.asarray(again, int) - np.asarray(picture, int)).max() <= 1


def test_a_patch_tells_its_origin_and_the_concepts_of_half_its_region(tiny_study):
    whole = {"street-s", "beach-s", "igloo-s", "dotted", "striped"}
    for found in PatchLibrary(tiny_study).find("water", count=10):
        assert found.patch.name == "water"
        assert found.patch.origin == tiny_study.dataset.images[found.image].name
        assert "water" in found.patch.concepts
        assert not whole & set(found.patch.concepts)
    (largest,) = PatchLibrary(tiny_study).find("beach-s", count=1)
    expected = {
        name
        for name in tiny_study.table.concepts
        if tiny_study.holds(Leaf(name), [largest.image]).mean() >= 0.5 and name not in whole
    }
    assert set(largest.patch.concepts) == expected


def test_a_concept_is_found_by_its_name_whatever_it_looks_like(tiny_study):
    found = PatchLibrary(tiny_study).find(HOSTILE, count=3)
    assert [one.patch.name for one in found] == [HOSTILE] * 3


def test_an_image_can_be_left_out(tiny_study):
    library = PatchLibrary(tiny_study)
    first = library.find("house", count=1)[0].image
    assert first not in {one.image for one in library.find("house", count=1000, exclude_image=first)}


def test_a_formula_that_holds_nowhere_has_no_patches(tiny_study):
    assert PatchLibrary(tiny_study).find("water AND NOT water") == []


def test_a_cancelled_search_gives_the_best_of_what_it_saw(tiny_study):
    asked = 0

    def cancelled():
        nonlocal asked
        asked += 1
        return asked > 3

    found = PatchLibrary(tiny_study).find("water", count=1000, cancelled=cancelled)
    assert 1 <= len({one.image for one in found}) <= 3


def test_what_cannot_be_found_is_named(tiny_study):
    library = PatchLibrary(tiny_study)
    with pytest.raises(FormulaError, match="water"):
        library.find("watr")
    with pytest.raises(StudyError, match="no unit 99"):
        library.find("water", unit=99)
    with pytest.raises(EditError, match="at least 1"):
        library.find("water", count=0)
    with pytest.raises(EditError, match="no image 40"):
        region(tiny_study, 40, "water")
    with pytest.raises(EditError, match="no image 'first'"):
        region(tiny_study, "first", "water")


def test_a_region_is_the_formula_mask_at_the_size_of_the_picture(tiny_study):
    mask = region(tiny_study, 3, "tree OR water")
    on_grid = tiny_study.holds(parse("tree OR water"), [3])[0]
    assert np.array_equal(mask, np.kron(on_grid, np.ones((2, 2), np.bool_)))


def test_a_cut_out_of_a_picture_of_another_size_is_refused():
    with pytest.raises(EditError, match="3 × 3 pixels"):
        cut_out(Image.new("RGB", (4, 3)), np.ones((3, 3), np.bool_), "sea")


def holds(study, image, formula):
    return study.holds(parse(formula), [image])[0]


def test_without_edits_a_formula_holds_where_it_held(tiny_study):
    for formula in ("water", "NOT (tree AND red-c)", "street-s"):
        assert np.array_equal(EditedAnnotation(tiny_study, 5, []).mask(parse(formula)), holds(tiny_study, 5, formula))


def test_under_a_patch_its_concepts_hold_and_those_of_the_whole_image(tiny_study):
    patch = Patch(np.full((8, 8, 4), 255, np.uint8), "pond", concepts=("water", "blue-c"))
    paste = Paste(patch, Placement(4, 2, 8, 8))  # positions 2 … 5 across and 1 … 4 down
    under = np.zeros((8, 10), np.bool_)
    under[1:5, 2:6] = True
    for concept in ("water", "blue-c", "tree", "red-c", "door"):
        expected = np.where(under, concept in patch.concepts, holds(tiny_study, 7, concept))
        assert np.array_equal(EditedAnnotation(tiny_study, 7, [paste]).mask(Leaf(concept)), expected)
    for concept in ("street-s", "beach-s", "igloo-s", "dotted", "striped"):
        assert np.array_equal(
            EditedAnnotation(tiny_study, 7, [paste]).mask(Leaf(concept)), holds(tiny_study, 7, concept)
        )
    both = EditedAnnotation(tiny_study, 7, [paste]).mask(parse("water AND NOT blue-c"))
    assert np.array_equal(both, holds(tiny_study, 7, "water AND NOT blue-c") & ~under)


def test_a_faded_patch_leaves_the_annotation_as_it_is(tiny_study):
    patch = Patch(np.full((8, 8, 4), 255, np.uint8), "pond", concepts=("water",))
    paste = Paste(patch, Placement(4, 2, 8, 8, opacity=0.3))
    assert np.array_equal(EditedAnnotation(tiny_study, 7, [paste]).mask(Leaf("water")), holds(tiny_study, 7, "water"))


def test_where_a_thing_was_removed_nothing_holds(tiny_study):
    mask = region(tiny_study, 9, "tree")
    gone = EditedAnnotation(tiny_study, 9, [Remove(mask)]).mask(parse("tree OR red-c OR green-c"))
    assert holds(tiny_study, 9, "tree").any()
    assert not (gone & holds(tiny_study, 9, "tree")).any()


def test_a_recoloured_region_has_the_colour_that_it_became_and_its_other_concepts(tiny_study):
    whole = np.ones((16, 20), np.bool_)
    edit = Recolour(whole, (30, 60, 220))
    terms = name_colours(np.asarray(edit.on(tiny_study.dataset.picture(2)).resize((10, 8), Image.Resampling.BOX)))
    for term in ("black", "blue", "green", "red"):
        expected = terms == list(TONES).index(term)
        assert np.array_equal(EditedAnnotation(tiny_study, 2, [edit]).mask(Leaf(f"{term}-c")), expected)
    assert EditedAnnotation(tiny_study, 2, [edit]).mask(Leaf("blue-c")).mean() > 0.5
    assert np.array_equal(EditedAnnotation(tiny_study, 2, [edit]).mask(Leaf("tree")), holds(tiny_study, 2, "tree"))


def test_later_edits_cover_earlier_ones(tiny_study):
    patch = Patch(np.full((16, 20, 4), 255, np.uint8), "pond", concepts=("water",))
    paste = Paste(patch, Placement(0, 0, 20, 16))
    mask = np.zeros((16, 20), np.bool_)
    mask[:, :10] = True
    after = EditedAnnotation(tiny_study, 1, [paste, Remove(mask)]).mask(Leaf("water"))
    assert not after[:, :5].any()
    assert after[:, 6:].all()
    assert EditedAnnotation(tiny_study, 1, [Remove(mask), paste]).mask(Leaf("water")).all()


def test_a_formula_of_unknown_concepts_is_refused_after_edits(tiny_study):
    with pytest.raises(FormulaError, match="'sea'"):
        EditedAnnotation(tiny_study, 1, []).mask(Leaf("sea"))
