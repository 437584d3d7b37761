"""PasteLab without a page: messages go in as the page sends them, and the answers are read as it reads them."""

import io
import json

import numpy as np
import pytest
import torch
import traitlets
from page import Page
from PIL import Image
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets import adversarial, demo
from compexp_widgets.adversarial import Paste, Patch, Placement, Recipe, Remove
from compexp_widgets.adversarial.images.edits.paste import EditedAnnotation
from compexp_widgets.errors import StudyError
from compexp_widgets.progress import silent

HOSTILE = "<img src=x onerror=alert(1)>/../../etc.png"


class PastePage(Page):
    """The other end of a PasteLab."""

    def upload(self, kind: str, file: bytes, name: str) -> tuple[dict, list[bytes]]:
        return self.ask(kind, memoryview(file), name=name)

    def response(self, edits=(), *, image: int = 0, target: int = -1, units=()) -> tuple[dict, list[bytes]]:
        return self.ask("response", image=image, edits=list(edits), target=target, units=list(units))

    def patch(self, name: str = "own", colour=(255, 0, 0, 255)) -> str:
        """Uploads a square of one colour; its id."""
        return self.upload("upload_patch", png(Image.new("RGBA", (6, 4), colour)), name)[0]["patches"][0]["id"]

    def edits(self, edits, image: int = 0):
        """Edits of the page as the engine has them."""
        self.widget.image, self.widget.edits = image, list(edits)
        return self.widget.picture_edits

    def edited(self, edits, image: int = 0) -> Image.Image:
        picture = self.widget.study.dataset.picture(image)
        for edit in self.edits(edits, image):
            picture = edit.on(picture)
        return picture

    def first_part(self, number: int) -> dict:
        return self.wait_for(lambda content: content["id"] == number)[0]


def png(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def bits(data: bytes, shape: tuple[int, int]) -> np.ndarray:
    return np.unpackbits(np.frombuffer(data, np.uint8), count=shape[0] * shape[1]).reshape(shape).astype(bool)


def paste(patch: str, left=2, top=3, width=12, height=9, **geometry) -> dict:
    return {"edit": "paste", "patch": patch, "left": left, "top": top, "width": width, "height": height, **geometry}


@pytest.fixture(scope="module")
def network():
    """The tiny network, told to change its mind about the first picture on the way to a wholly red one."""
    return undecided(tiny_network())


def undecided(network):
    module = network.module
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 20, 3), np.uint8))
    logits = network.respond([noise, Image.new("RGB", (20, 16), "red")]).logits
    middle = np.dot([0.8, 0.2], logits[:, 0] - logits[:, 1])
    with torch.no_grad():
        module.head.bias -= torch.tensor([middle / 2, -middle / 2])
    return network


@pytest.fixture(scope="module")
def tiny_study(tiny_dataset, network, tmp_path_factory):
    study = cw.dissect(network, "body.3", tiny_dataset, tmp_path_factory.mktemp("study") / "study", report=silent)
    study.explain(report=silent)
    yield study
    study.close()


@pytest.fixture
def lab(tiny_study, network):
    lab = cw.PasteLab(tiny_study, network, networks=[tiny_network(1)])
    yield lab
    lab.close()
    assert lab.jobs.wait(30)


@pytest.fixture
def page(lab):
    return PastePage(lab)


def test_the_page_is_told_what_there_is(page, tiny_study):
    study, _ = page.ask("hello")
    assert study["type"] == "study"
    assert study["title"] == "tiny · body.3"
    assert study["classes"] == ["indoors", "outdoors"]
    assert [image["name"] for image in study["images"]] == [image.name for image in tiny_study.dataset.images]
    assert study["units"] == 5
    assert study["networks"] == ["tiny"]
    assert [concept["name"] for concept in study["concepts"]] == list(tiny_study.dataset.concept_names)
    assert study["categories"] == ["color", "object", "part", "material", "scene", "texture"]
    json.dumps(study)


def test_units_that_are_not_explained_are_explained_in_the_background(tiny_dataset, tiny_study, network, tmp_path):
    fresh = cw.dissect(network, "body.3", tiny_dataset, tmp_path / "study", report=silent)
    lab = cw.PasteLab(fresh, network)
    page = PastePage(lab)
    assert {unit["formula"] for unit in page.response(units=[2, 3])[0]["units"]} == {None}
    page.ask("hello")
    told = page.event("explained")
    assert (told["done"], told["total"]) == (5, 5)
    units = page.response(units=[2, 3])[0]["units"]
    assert [unit["formula"]["text"] for unit in units] == [
        str(one.best.formula) for one in tiny_study.explain([2, 3], report=silent)
    ]
    lab.close()
    assert lab.jobs.wait(30)
    fresh.close()


def test_a_picture_comes_at_its_own_size_with_the_largest_concepts_first(page, tiny_study):
    answer, (file,) = page.ask("picture", image=3)
    picture = tiny_study.dataset.picture(3)
    assert np.array_equal(np.asarray(opened(file)), np.asarray(picture))
    assert (answer["width"], answer["height"], answer["name"]) == (*picture.size, tiny_study.dataset.images[3].name)
    areas = [tiny_study.holds(cw.parse(f'"{name}"'), [3]).sum() for name in answer["concepts"]]
    assert areas == sorted(areas, reverse=True)
    assert min(areas) > 0
    assert len(areas) == len({concept for layer in tiny_study.dataset.labels(3) for concept in layer.ravel()} - {-1})


def test_a_picture_comes_edited_when_that_is_asked_for(page, tiny_study):
    edits = [paste(page.patch())]
    _, (file,) = page.ask("picture", image=3, edits=edits)
    expected = page.edited(edits, 3)
    assert np.array_equal(np.asarray(opened(file)), np.asarray(expected))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (-1, "there is no picture -1: no picture was uploaded yet"),
        (40, "there is no picture 40: the data set has 0 … 39"),
        ("0", "the field 'image' is '0', not a whole number"),
        (None, "the field 'image' is None"),
        (True, "the field 'image' is True"),
        (1.5, "the field 'image' is 1.5"),
    ],
)
def test_a_picture_that_is_not_there_is_an_error(page, image, message):
    answer, _ = page.ask("picture", image=image)
    assert answer["type"] == "error"
    assert message in answer["message"]
    assert answer["detail"] == ""


def test_a_response_says_what_the_network_says_before_and_after(page, tiny_study, network):
    response, _ = page.response([paste(page.patch(), opacity=0.9)])
    picture = tiny_study.dataset.picture(0)
    edits = page.edits([paste(page.patch(), opacity=0.9)])
    for when, shown in (("before", picture), ("after", edits[0].on(picture))):
        seen = network.respond([shown])
        assert response[when]["probabilities"] == seen.probabilities[0].tolist()
        assert response[when]["predicted"] == seen.predicted[0]
    assert response["original"] == response["before"]["predicted"]
    assert response["flipped"] == (response["after"]["predicted"] != response["original"])
    assert response["covered"] == pytest.approx(edits[0].coverage(picture.size).mean())


def test_a_response_without_edits_changes_nothing(page):
    response, buffers = page.response()
    assert response["before"] == response["after"]
    assert not response["flipped"]
    assert response["covered"] == 0
    assert response["changed"] == []
    assert buffers[::2] == buffers[1::2]


def test_a_response_shows_where_the_units_fire(page, tiny_study, network):
    edits = [paste(page.patch(colour=(0, 0, 255, 255)), 0, 0, 20, 16)]
    response, buffers = page.response(edits, units=[2, 0])
    probed = adversarial.ProbedNetwork(tiny_study, network)
    picture = tiny_study.dataset.picture(0)
    responses = [probed.respond(picture), probed.respond(page.edited(edits))]
    assert [unit["unit"] for unit in response["units"]] == [2, 0]
    assert tuple(response["grid"]) == (8, 10)
    for place, unit in enumerate(response["units"]):
        masks = [bits(data, (8, 10)) for data in buffers[2 * place : 2 * place + 2]]
        for mask, one, when in zip(masks, responses, ("before", "after"), strict=True):
            assert np.array_equal(mask, probed.fires(one, unit["unit"]))
            assert unit[f"fires_{when}"] == mask.any()
            assert unit[when] == one.peaks[unit["unit"]]
        assert unit["threshold"] == probed.limits(unit["unit"]).low


def test_a_response_says_how_much_each_unit_speaks_for_the_classes(page, network):
    response, _ = page.response(units=[1], target=1 - page.response()[0]["original"])
    weights = network.module.head.weight.detach().numpy()
    (unit,) = response["units"]
    assert unit["weight_original"] == weights[response["original"], 1]
    assert unit["weight_target"] == weights[1 - response["original"], 1]


def test_units_that_tell_most_are_shown_where_none_are_chosen(page):
    units = [unit["unit"] for unit in page.response([paste(page.patch())])[0]["units"]]
    assert len(units) == len(set(units)) == 5  # the layer has no more


def test_a_pasted_concept_makes_formulas_true(page, tiny_study):
    dog = Patch(np.full((4, 4, 4), 255, np.uint8), "dog", concepts=("blue-c", "<b>dog & cat</b>", "door"))
    page.widget.paste(dog, 0, 0, 20, 16)
    response, _ = page.response(page.widget.edits)
    expected = {}
    for one in tiny_study.explain(report=silent):
        if one.best:
            before = tiny_study.holds(one.best.formula, [0])[0].mean()
            expected[one.unit] = str(one.best.formula), before
    assert response["changed"]
    for changed in response["changed"]:
        assert (changed["formula"]["text"], changed["before"]) == expected[changed["unit"]]
        assert changed["after"] in (0.0, 1.0)  # the patch covers the picture, and each of its concepts holds everywhere
        assert changed["after"] != changed["before"]


def test_the_changed_formulas_are_those_that_the_annotation_says(lab, page):
    formulas = {one.unit: one.best.formula for one in lab.study.explain([2, 3], report=silent)}
    either = " OR ".join(f"({formula})" for formula in formulas.values())
    found = page.ask("patches", query=either, unit=-1, image=0)[0]["patches"]
    said = set()
    for place, patch in enumerate(found[:8]):
        edits = [paste(patch["id"], place, 2, 12, 9), paste(found[-1]["id"], 9, 7, 8, 6)]
        response, _ = page.response(edits)
        expected = {}
        for unit, formula in formulas.items():
            before = lab.study.holds(formula, [0])[0]
            after = EditedAnnotation(lab.study, 0, page.edits(edits)).mask(formula)
            if (before != after).any():
                expected[unit] = before.mean(), after.mean()
        assert {one["unit"]: (one["before"], one["after"]) for one in response["changed"]} == expected
        said |= set(expected)
    assert said


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"edit": "paste", "patch": "0" * 16, "left": 0, "top": 0, "width": 1, "height": 1}, "no patch '0000"),
        (
            {"edit": "paste", "patch": ["x"], "left": 0, "top": 0, "width": 1, "height": 1},
            "the field 'patch' is ['x'], not a text",
        ),
        ({"edit": "smear"}, "the field 'edit' is 'smear', not 'paste' or 'recolour' or 'remove'"),
        ({}, "without its field 'edit'"),
        ({"edit": "remove"}, "'response.edits[0]' without its field 'formula'"),
        ({"edit": "recolour", "formula": "red-c OR NOT red-c", "colour": [1, 2]}, "'colour' is [1, 2], not a list of"),
        ({"edit": "recolour", "formula": "red-c OR NOT red-c", "colour": [1, 2, 999]}, "a colour is red, green"),
        ({"edit": "remove", "formula": "red-c AND NOT red-c"}, "red-c AND NOT red-c is nowhere on this picture"),
    ],
)
def test_an_edit_that_makes_no_sense_is_answered_with_the_reason(page, edit, message):
    answer, _ = page.response([edit])
    assert answer["type"] == "error"
    assert message in answer["message"]
    assert answer["detail"] == ""


@pytest.mark.parametrize("wrong", [{"width": 0}, {"left": "a"}, {"opacity": 2}, {"height": 1e9}])
def test_a_placement_that_makes_no_sense_is_answered_with_the_reason(page, wrong):
    answer, _ = page.response([{**paste(page.patch()), **wrong}])
    assert answer["type"] == "error"
    assert next(iter(wrong)) in answer["message"]
    assert answer["detail"] == ""


def test_a_formula_of_an_edit_that_cannot_be_read_is_answered_with_the_place(page):
    answer, _ = page.response([{"edit": "remove", "formula": "watr"}])
    assert answer["type"] == "formula_error"
    assert "water" in answer["suggestions"]


def test_a_message_of_unknown_type_is_an_error(page):
    assert "unknown type 'dance'" in page.ask("dance")[0]["message"]


@pytest.mark.parametrize("kind", ["response", "picture", "region", "sweep", "search", "controls"])
def test_a_request_without_what_it_needs_is_an_error_and_not_silence(page, kind):
    answer, _ = page.ask(kind)
    assert answer["type"] == "error"
    assert kind in answer["message"]


def test_the_region_of_a_formula_comes_at_the_size_of_the_picture(page, tiny_study):
    answer, (mask,) = page.ask("region", image=2, formula="red-c OR blue-c")
    expected = adversarial.region(tiny_study, 2, "red-c OR blue-c")
    assert np.array_equal(bits(mask, (16, 20)), expected)
    assert answer["share"] == expected.mean()


def test_recoloured_and_removed_regions_are_responded_to(page, tiny_study):
    concept = page.ask("picture", image=0)[0]["concepts"][1]
    text = str(cw.parse(f'"{concept}"'))
    recolour = {"edit": "recolour", "formula": text, "colour": [0, 0, 255], "strength": 0.7}
    for edits in ([recolour], [{"edit": "remove", "formula": text}], [{"edit": "remove", "formula": text}, recolour]):
        response, _ = page.response(edits)
        assert response["type"] == "response"
        assert response["covered"] > 0
        assert response["after"]["probabilities"] != response["before"]["probabilities"]


# Pictures and patches of one's own


def test_an_uploaded_picture_is_edited_like_any_other(page, network):
    own = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8))
    answer, (file,) = page.upload("upload_picture", png(own), HOSTILE)
    assert (answer["type"], answer["image"], answer["name"]) == ("picture", -1, HOSTILE)
    assert (answer["width"], answer["height"], answer["note"]) == (40, 30, "")
    assert np.array_equal(np.asarray(opened(file)), np.asarray(own))
    response, _ = page.response([paste(page.patch())], image=-1)
    assert response["before"]["probabilities"] == network.respond([own]).probabilities[0].tolist()
    assert response["changed"] is None  # not computed: an uploaded picture has no annotation
    page.widget.image = -1


def test_the_next_upload_takes_the_place_of_the_last(page):
    answers = []
    for colour in ("red", "blue"):
        page.upload("upload_picture", png(Image.new("RGB", (16, 16), colour)), "a")
        answers.append(page.response(image=-1)[0]["before"])
    assert answers[0] != answers[1]


def test_a_large_picture_is_scaled_down_and_the_answer_says_so(page):
    answer, (file,) = page.upload("upload_picture", png(Image.new("RGB", (3000, 1500), "red"), "JPEG"), "large")
    assert opened(file).size == (answer["width"], answer["height"]) == (1024, 512)
    assert "3,000 × 1,500" in answer["note"]


def test_what_shows_through_a_transparent_picture_is_white(page):
    _, (file,) = page.upload("upload_picture", png(Image.new("RGBA", (9, 9), (0, 0, 0, 0))), "glass")
    assert np.asarray(opened(file)).min() == 255


@pytest.mark.parametrize("kind", ["upload_picture", "upload_patch"])
@pytest.mark.parametrize("data", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"])
def test_a_file_that_is_no_picture_is_refused(page, kind, data):
    answer, _ = page.upload(kind, data, HOSTILE)
    assert answer["type"] == "error"
    assert "no readable picture" in answer["message"]
    assert answer["detail"] == ""


@pytest.mark.parametrize("kind", ["upload_picture", "upload_patch"])
def test_a_damaged_picture_is_refused(page, kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8))
    answer, _ = page.upload(kind, png(noise)[:4000], "half")
    assert answer["type"] == "error"
    assert "'half'" in answer["message"]
    assert answer["detail"] == ""


def test_a_file_that_is_too_large_is_refused_unread(page):
    answer, _ = page.upload("upload_picture", bytes(20_000_001), "film")
    assert "the largest picture file has 20 MB" in answer["message"]


def test_a_small_file_that_unfolds_into_a_monstrous_picture_is_refused(page):
    answer, _ = page.upload("upload_picture", png(Image.new("1", (9000, 9000))), "bomb")
    assert "9,000 × 9,000 pixels" in answer["message"]


def test_an_upload_whose_file_is_missing_is_refused(page):
    assert "did not come along" in page.ask("upload_picture", name="x")[0]["message"]


def test_no_formula_chooses_a_part_of_an_uploaded_picture(page):
    page.upload("upload_picture", png(Image.new("RGB", (16, 16), "red")), "a")
    assert "not annotated" in page.ask("region", image=-1, formula="water")[0]["message"]


def test_an_uploaded_patch_is_cropped_and_keeps_its_pixels(page):
    pixels = np.zeros((9, 12, 4), np.uint8)
    pixels[2:5, 3:10] = (10, 20, 30, 200)
    answer, (file,) = page.upload("upload_patch", png(Image.fromarray(pixels)), HOSTILE)
    (patch,) = answer["patches"]
    assert (patch["width"], patch["height"], patch["name"], patch["drive"]) == (7, 3, HOSTILE, None)
    assert np.array_equal(np.asarray(opened(file)), pixels[2:5, 3:10])


def test_the_same_pixels_have_the_same_id_in_every_lab(page, tiny_study, network):
    other = cw.PasteLab(tiny_study, network)
    assert page.patch() == PastePage(other).patch("another name") != page.patch(colour=(0, 255, 0, 255))
    other.close()


# Patches of the data


def test_patches_are_found_by_formula_without_those_of_the_shown_picture(page, tiny_study):
    answer, files = page.ask("patches", query="water OR tree", unit=1, image=0)
    assert answer["type"] == "patches"
    assert len(answer["patches"]) == len(files) > 3
    drives = [patch["drive"] for patch in answer["patches"]]
    assert drives == sorted(drives, reverse=True)
    for patch, file in zip(answer["patches"], files, strict=True):
        assert opened(file).size == (patch["width"], patch["height"])
        assert opened(file).mode == "RGBA"
        assert patch["origin"] != tiny_study.dataset.images[0].name
    found = adversarial.PatchLibrary(tiny_study).find(cw.parse("water OR tree"), unit=1, exclude_image=0, count=24)
    assert [patch["name"] for patch in answer["patches"]] == [one.patch.name for one in found]
    again, _ = page.ask("known_patches", ids=[patch["id"] for patch in answer["patches"]])
    assert [patch["id"] for patch in again["patches"]] == [patch["id"] for patch in answer["patches"]]


def test_a_search_for_an_unknown_concept_is_answered_with_the_nearest(page):
    answer, _ = page.ask("patches", query="hose", unit=-1, image=0)
    assert answer["type"] == "formula_error"
    assert "house" in answer["suggestions"]


def test_a_concept_is_found_by_its_name_letter_by_letter(page):
    answer, _ = page.ask("patches", query="<b>dog & cat</b>", unit=-1, image=0)
    assert answer["patches"]
    assert all(patch["name"] == "<b>dog & cat</b>" for patch in answer["patches"])


def test_every_edit_from_a_formula_can_be_placed_as_it_comes():
    study = demo.vision_study(report=silent)
    lab = cw.PasteLab(study, demo.vision_network())
    page = PastePage(lab)
    kitchen = next(number for number, image in enumerate(study.dataset.images) if "/kitchen/" in image.name)
    answer, files = page.ask("formula_edits", image=kitchen, edits=[], target=-1)
    assert answer["type"] == "formula_edits"
    assert len(answer["edits"]) >= 6
    pasted = [suggested for suggested in answer["edits"] if suggested["edit"]["edit"] == "paste"]
    assert len(files) == len(pasted)
    for suggested, file in zip(pasted, files, strict=True):
        assert suggested["patch"]["id"] == suggested["edit"]["patch"]
        assert opened(file).size == (suggested["patch"]["width"], suggested["patch"]["height"])
    for suggested in answer["edits"]:
        unit, wanted = suggested["unit"], suggested["expected"]
        response, _ = page.response([suggested["edit"]], image=kitchen, target=wanted, units=[unit])
        assert response["units"][0]["formula"] == suggested["formula"]
        before, after = (response[when]["probabilities"] for when in ("before", "after"))
        original = response["original"]
        odds = [shares[wanted] / shares[original] for shares in (before, after)]
        assert odds[0] < odds[1]
        assert suggested["words"].split()[0] in {"paste", "make", "remove"}
    json.dumps(answer)
    lab.close()
    assert lab.jobs.wait(30)


def test_edits_from_formulas_for_an_uploaded_picture_are_pastes(page):
    page.upload("upload_picture", png(Image.new("RGB", (40, 30), "gray")), "a")
    answer, _ = page.ask("formula_edits", image=-1, edits=[], target=-1)
    assert {suggested["edit"]["edit"] for suggested in answer["edits"]} <= {"paste"}


# Search, sweep, controls, transfer


def flipping(page) -> tuple[str, int]:
    """A patch that turns the first picture into the other class when it covers it, and that class."""
    number = page.patch()
    response, _ = page.response([paste(number, 0, 0, 20, 16)])
    assert response["flipped"]
    return number, response["after"]["predicted"]


def test_a_sweep_tells_of_every_placement(page):
    number, target = flipping(page)
    last, _ = page.ask("sweep", image=0, patch=number, target=target, steps=3, rotation=0, flipped=False, opacity=1)
    assert last["done"] == last["total"] == len(last["outcomes"]) == len(last["target"])
    assert last["total"] == len(last["lefts"]) * len(last["tops"]) * len(last["sizes"])
    assert sum(last["counts"].values()) == last["total"]
    assert last["counts"]["success"] == last["outcomes"].count("s")
    for place in range(0, last["total"], 5):
        size, top, left = np.unravel_index(place, (len(last["sizes"]), len(last["tops"]), len(last["lefts"])))
        side = last["sizes"][size]  # of the patch's longer side, 6 by 4
        edit = paste(number, last["lefts"][left], last["tops"][top], side, side * 4 / 6)
        response, _ = page.response([edit])
        assert response["after"]["probabilities"][target] == pytest.approx(last["target"][place], abs=1e-5)
        assert (last["outcomes"][place] == "s") == (response["after"]["predicted"] == target)


def test_a_sweep_for_any_other_class_knows_no_partial_success(page):
    number, _ = flipping(page)
    last = page.ask("sweep", image=0, patch=number, target=-1, steps=4)[0]
    assert set(last["outcomes"]) == {"s", "f"}
    # Of two classes the likelier one is predicted.
    assert last["outcomes"] == "".join("s" if wanted > 0.5 else "f" for wanted in last["target"])


def test_a_search_finds_an_edit_that_does_what_it_says(page):
    number, target = flipping(page)
    last, _ = page.ask(
        "search", image=0, edits=[], target=target, constraints={"largest_share": 1.0, "keep": ""}, patches=[number]
    )
    assert last["best"]["edit"]["patch"] == number
    assert 0 < last["succeeded"] <= last["done"]
    assert str(last["done"]) in last["words"]
    response, _ = page.response([last["best"]["edit"]], target=target)
    assert response["after"]["predicted"] == last["best"]["predicted"] == target
    assert response["covered"] == pytest.approx(last["best"]["covered"], abs=1e-6)


def test_a_search_keeps_what_is_to_stay_visible(page):
    number, target = flipping(page)
    keep = str(cw.parse(f'"{page.ask("picture", image=0)[0]["concepts"][1]}"'))
    last, _ = page.ask(
        "search", image=0, target=target, constraints={"largest_share": 0.3, "keep": keep}, patches=[number]
    )
    assert last["done"] > 0
    covered = page.edits([last["best"]["edit"]])[0].coverage((20, 16))
    mask = adversarial.region(page.widget.study, 0, keep)
    assert covered[mask].mean() <= 0.1 + 1e-6
    assert covered.mean() <= 0.3 + 1e-6


def test_a_formula_of_what_to_keep_that_cannot_be_read_is_answered_with_the_place(page):
    answer, _ = page.ask("search", image=0, constraints={"keep": "watr"}, patches=[page.patch()])
    assert answer["type"] == "formula_error"


def test_a_search_that_is_cancelled_ends_with_what_it_has(page, monkeypatch):
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    number = page.patch()
    request = page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    page.wait_for(lambda content: content["id"] == request and content["done"] > 0)
    page.send("cancel", what="search")
    last, _ = page.last(request)
    assert last["type"] == "cancelled"
    assert 0 < last["found"]["done"] < 400


def test_a_sweep_that_is_cancelled_ends_with_what_it_has(page, monkeypatch):
    number = page.patch()
    page.response()
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    request = page.send("sweep", image=0, patch=number, target=-1, steps=6)
    page.first_part(request)
    page.send("cancel", what="sweep")
    last, _ = page.last(request)
    assert last["type"] == "cancelled"
    assert last["found"]["done"] == len(last["found"]["outcomes"]) < last["found"]["total"]


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("response", {}, "image"),
        ("picture", {}, "image"),
        ("patches", {}, "query"),
        ("sweep", {"image": 0}, "patch"),
        ("region", {"image": 0}, "formula"),
        ("load_recipe", {}, "text"),
    ],
)
def test_a_message_without_a_field_is_answered_with_the_name_of_the_field(page, kind, content, field):
    answer, _ = page.ask(kind, **content)
    assert answer["type"] == "error"
    assert f"{kind!r} without its field {field!r}" in answer["message"]


def test_which_formulas_change_on_an_uploaded_picture_is_not_computed_and_said_to_be_so(page):
    page.upload("upload_picture", png(Image.new("RGB", (64, 48), "red")), "red.png")
    response, _ = page.response(image=-1)
    assert response["changed"] is None
    assert response["changed_note"] == "not computed: an uploaded picture has no annotation"


def test_cancelling_what_does_not_exist_is_an_error(page):
    assert "'lunch'" in page.ask("cancel", what="lunch")[0]["message"]


def test_a_response_comes_while_a_search_runs_and_is_not_mixed_up_with_it(page, network):
    number = page.patch()
    alone, _ = page.response([paste(number)], units=[0, 1, 2])
    request = page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    for left in range(15):
        response, _ = page.response([paste(number, left)], units=[0, 1, 2])
        edited = page.edited([paste(number, left)])
        assert response["after"]["probabilities"] == network.respond([edited]).probabilities[0].tolist()
        assert [unit["before"] for unit in response["units"]] == [unit["before"] for unit in alone["units"]]
    page.send("cancel", what="search")
    page.last(request)


def test_controls_compare_the_paste_with_others(page):
    number, target = flipping(page)
    last, _ = page.ask("controls", image=0, edits=[paste(number, 0, 0, 20, 16)], target=target, units=[1, 0])
    assert last["type"] == "controls", last
    first = last["rows"][0]
    assert (first["what"], first["flipped"]) == ("the edit", True)
    response, _ = page.response([paste(number, 0, 0, 20, 16)], units=[1])
    assert first["target_after"] == pytest.approx(response["after"]["probabilities"][target])
    assert first["unit_after"] == response["units"][0]["after"]
    kinds = [row["what"] for row in last["rows"]]
    assert kinds.count("the patch scrambled") == 5
    assert kinds.count("another patch in its place") >= 3
    assert kinds.count("the edit, unit silent") == 3  # each of the two, and both
    assert last["verdict"]
    json.dumps(last)


def test_patches_for_comparison_show_nothing_that_the_formula_names(page, tiny_study):
    number, target = flipping(page)
    formula = tiny_study.explain([2], report=silent)[0].best.formula
    named = {leaf.name for leaf in formula.leaves()}
    last = page.ask("controls", image=0, edits=[paste(number)], target=target, units=[2])[0]
    words = " ".join(row["words"] for row in last["rows"] if row["what"] == "another patch in its place")
    assert words
    assert not any(f"paste {name}" in words for name in named)


def test_controls_without_a_paste_are_an_error(page):
    answer, _ = page.ask("controls", image=0, edits=[], target=1, units=[0])
    assert "paste one first" in answer["message"]


def test_other_networks_say_what_they_make_of_it(page, tiny_study):
    edits = [paste(page.patch())]
    answer, _ = page.ask("transfer", image=0, edits=edits, target=1)
    picture = tiny_study.dataset.picture(0)
    edited = page.edited(edits)
    assert len(answer["rows"]) == 2
    for row, network in zip(answer["rows"], (undecided(tiny_network()), tiny_network(1)), strict=True):
        seen = network.respond([picture, edited])
        assert [row["before"], row["after"]] == [network.class_names[number] for number in seen.predicted]
        assert row["target_probability"] == seen.probabilities[1, 1]


# Recipes


def test_a_recipe_replays_to_the_bit(page, network, tiny_study, tmp_path):
    edits = [{"edit": "remove", "formula": "red-c"}, paste(page.patch(HOSTILE), rotation=20, opacity=0.8)]
    answer, (edited, figure) = page.ask("recipe", image=0, edits=edits, target=1)
    assert answer["type"] == "recipe"
    assert answer["name"] == "0000.recipe.json"
    recipe = Recipe.from_json(json.loads(answer["text"]))
    assert recipe.target == "outdoors"
    again = adversarial.replay(recipe, network)
    assert again.agreement == "identical"
    assert np.array_equal(np.asarray(again.edited[0]), np.asarray(opened(edited)))
    assert opened(figure).width > 2 * opened(edited).width


def test_a_recipe_comes_back_as_it_was_in_another_lab(page, tiny_study, network):
    edits = [
        {"edit": "recolour", "formula": "red-c", "colour": [0, 0, 255], "strength": 0.5},
        paste(page.patch(), rotation=20.0, flipped=True, opacity=0.8),
    ]
    text = page.ask("recipe", image=4, edits=edits, target=1)[0]["text"]
    lab = cw.PasteLab(tiny_study, network)
    other = PastePage(lab)
    answer, (file,) = other.ask("load_recipe", text=text)
    assert (answer["type"], answer["image"], answer["target"]) == ("edits", 4, 1)
    assert json.loads(json.dumps(answer["edits"])) == edits
    assert "to the last bit" in answer["words"]
    assert opened(file).size == (6, 4)
    assert other.response(edits, image=4)[0]["after"] == page.response(edits, image=4)[0]["after"]
    lab.close()


def test_a_recipe_of_an_uploaded_picture_brings_it_along(page, tiny_study, network):
    own = Image.fromarray(np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8))
    page.upload("upload_picture", png(own), HOSTILE)
    edits = [paste(page.patch())]
    answer, _ = page.ask("recipe", image=-1, edits=edits, target=-1)
    assert "/" not in answer["name"]
    lab = cw.PasteLab(tiny_study, network)
    other = PastePage(lab)
    loaded, _ = other.ask("load_recipe", text=answer["text"])
    assert (loaded["image"], loaded["target"]) == (-1, -1)
    picture, (file,) = other.ask("picture", image=-1)
    assert picture["name"] == HOSTILE
    assert np.array_equal(np.asarray(opened(file)), np.asarray(own))
    lab.close()


def test_a_region_that_no_formula_gives_survives_a_recipe(page, lab):
    mask = np.zeros((16, 20), bool)
    mask[2:9, 3:14] = True
    text = page.ask("recipe", image=0, edits=[{"edit": "remove", "formula": "red-c"}], target=-1)[0]["text"]
    value = json.loads(text)
    value["edits"] = [Remove(mask, name="red-c").to_json(), Remove(~mask, name="drawn").to_json()]
    loaded, _ = page.ask("load_recipe", text=json.dumps(value))
    first, second = page.edits(loaded["edits"])
    assert np.array_equal(first.mask, mask)
    assert np.array_equal(second.mask, ~mask)
    assert "does not answer as it did" in loaded["words"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"kind": "edits of a picture", "format": 99}'])
def test_a_text_that_is_no_recipe_is_refused(page, text):
    answer, _ = page.ask("load_recipe", text=text)
    assert answer["type"] == "error"
    assert "recipe" in answer["message"]
    assert answer["detail"] == ""


# From Python


def test_python_pastes_and_the_page_follows(page, lab, tiny_study):
    patch = Patch(np.full((4, 8, 4), 200, np.uint8), "grey")
    lab.paste(patch, 1, 2, 10, rotation=5)
    (edit,) = lab.edits
    assert (edit["width"], edit["height"], edit["rotation"]) == (10, 5, 5)
    assert lab.picture_edits == (Paste(patch, Placement(1, 2, 10, 5.0, 5)),)
    assert page.response(lab.edits)[0]["type"] == "response"
    known, (file,) = page.ask("known_patches", ids=[edit["patch"]])
    assert known["patches"][0]["name"] == "grey"
    assert opened(file).size == (8, 4)


def test_a_lab_hands_its_recipe_to_the_next(lab, tiny_study, network):
    lab.image = 7
    lab.target = 1
    lab.paste(Patch(np.full((4, 8, 4), 200, np.uint8), "grey"), 1, 2, 10)
    other = cw.PasteLab(tiny_study, network)
    other.load(lab.recipe)
    assert (other.image, other.target, other.edits) == (lab.image, lab.target, lab.edits)
    other.close()


@pytest.mark.parametrize("wrong", [{"image": 40}, {"image": -1}, {"target": 2}, {"target": -2}, {"units": [5]}])
def test_a_trait_out_of_range_is_refused(lab, wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(traitlets.TraitError):
        setattr(lab, name, value)


def test_another_network_is_refused(tiny_study):
    with pytest.raises(StudyError, match="not the network that was probed"):
        cw.PasteLab(tiny_study, tiny_network(3))


def test_an_unknown_setting_is_refused(tiny_study, network):
    with pytest.raises(TypeError, match="PasteLab has no setting 'zoom'; there are edits, image"):
        cw.PasteLab(tiny_study, network, zoom=2)


def test_closing_stops_what_runs(tiny_study, network, monkeypatch):
    lab = cw.PasteLab(tiny_study, network)
    page = PastePage(lab)
    number = page.patch()
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    page.send("sweep", image=0, patch=number, target=-1, steps=6)
    page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    lab.close()
    assert lab.jobs.wait(10)
