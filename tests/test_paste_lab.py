"""PasteLab without a page: messages go in as the page sends them, and the answers are read as it reads them."""

import io
import json
import time

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image
from tiny_network import tiny_network

from compexp_widgets import demo
from compexp_widgets.adversarial.images.edits.annotation import formula_mask
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, Placement, apply_edits, covered_share
from compexp_widgets.adversarial.images.edits.regions import region
from compexp_widgets.adversarial.images.edits.remove import Remove
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.adversarial.recipe import Recipe, replay
from compexp_widgets.errors import StudyError
from compexp_widgets.formula import parse
from compexp_widgets.networks.images.responses import respond
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect
from compexp_widgets.widgets.paste_lab.uploads import LARGEST_SIDE, MOST_BYTES
from compexp_widgets.widgets.paste_lab.widget import PasteLab

HOSTILE = "<img src=x onerror=alert(1)>/../../etc.png"


class Page:
    """The other end of a widget: sends messages and keeps what comes back."""

    def __init__(self, lab: PasteLab) -> None:
        self.lab = lab
        self.received: list[tuple[dict, list[bytes]]] = []
        lab.send = lambda content, buffers=None: self.received.append((content, buffers or []))
        self.number = 0

    def send(self, kind: str, file: bytes | None = None, **content) -> int:
        self.number += 1
        buffers = [] if file is None else [memoryview(file)]
        self.lab._handle_custom_msg({"type": kind, "id": self.number, **content}, buffers)
        return self.number

    def ask(self, kind: str, file: bytes | None = None, **content) -> tuple[dict, list[bytes]]:
        number = self.send(kind, file, **content)
        return self.wait(lambda: next((one for one in list(self.received) if one[0].get("id") == number), None))

    def run(self, kind: str, **content) -> list[dict]:
        """All that is pushed until the work is finished."""
        number = self.send(kind, **content)
        return self.pushes(number)

    def pushes(self, number: int) -> list[dict]:
        def told() -> list[dict] | None:
            mine = [content for content, _ in list(self.received) if content.get("id") == number]
            return mine if mine and (mine[-1].get("finished") or "error" in mine[-1]["type"]) else None

        return self.wait(told)

    @staticmethod
    def wait(get):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if found := get():
                return found
            time.sleep(0.002)
        raise AssertionError("no answer came")

    def look(self, edits=(), *, image: int = 0, target: int = -1, units=()) -> tuple[dict, list[bytes]]:
        return self.ask("look", image=image, edits=list(edits), target=target, units=list(units))

    def patch(self, name: str = "own", colour=(255, 0, 0, 255)) -> str:
        """Uploads a square of one colour; its id."""
        return self.ask("upload_patch", png(Image.new("RGBA", (6, 4), colour)), name=name)[0]["patches"][0]["id"]


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
    logits = respond(network, [noise, Image.new("RGB", (20, 16), "red")]).logits
    middle = np.dot([0.8, 0.2], logits[:, 0] - logits[:, 1])
    with torch.no_grad():
        module.head.bias -= torch.tensor([middle / 2, -middle / 2])
    return network


@pytest.fixture(scope="module")
def tiny_study(tiny_dataset, network, tmp_path_factory):
    study = dissect(network, "body.3", tiny_dataset, tmp_path_factory.mktemp("study") / "study", report=silent)
    study.explain(report=silent)
    yield study
    study.close()


@pytest.fixture
def lab(tiny_study, network):
    lab = PasteLab(tiny_study, network, networks=[tiny_network(1)])
    yield lab
    lab.close()
    assert lab._desk.wait(30)


@pytest.fixture
def page(lab):
    return Page(lab)


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
    fresh = dissect(network, "body.3", tiny_dataset, tmp_path / "study", report=silent)
    lab = PasteLab(fresh, network)
    page = Page(lab)
    assert {unit["formula"] for unit in page.look(units=[2, 3])[0]["units"]} == {None}
    page.ask("hello")
    told = page.wait(lambda: [one for one, _ in list(page.received) if one["type"] == "explained" and one["finished"]])
    assert (told[0]["done"], told[0]["total"]) == (5, 5)
    units = page.look(units=[2, 3])[0]["units"]
    assert [unit["formula"]["text"] for unit in units] == [
        str(one.best.formula) for one in tiny_study.explain([2, 3], report=silent)
    ]
    lab.close()
    assert lab._desk.wait(30)
    fresh.close()


def test_a_picture_comes_at_its_own_size_with_the_largest_concepts_first(page, tiny_study):
    answer, (file,) = page.ask("picture", image=3)
    picture = tiny_study.dataset.picture(3)
    assert np.array_equal(np.asarray(opened(file)), np.asarray(picture))
    assert (answer["width"], answer["height"], answer["name"]) == (*picture.size, tiny_study.dataset.images[3].name)
    areas = [tiny_study.formula_mask(parse(f'"{name}"'), [3]).sum() for name in answer["concepts"]]
    assert areas == sorted(areas, reverse=True)
    assert min(areas) > 0
    assert len(areas) == len({concept for layer in tiny_study.dataset.labels(3) for concept in layer.ravel()} - {-1})


def test_a_picture_comes_edited_when_that_is_asked_for(page, tiny_study):
    edits = [paste(page.patch())]
    _, (file,) = page.ask("picture", image=3, edits=edits)
    expected = apply_edits(tiny_study.dataset.picture(3), page.lab._desk.pictures.edits(3, edits))
    assert np.array_equal(np.asarray(opened(file)), np.asarray(expected))


@pytest.mark.parametrize("image", [-1, 40, "0", None, True, 1.5])
def test_a_picture_that_is_not_there_is_an_error(page, image):
    answer, _ = page.ask("picture", image=image)
    assert answer["type"] == "error"
    assert "there is no picture" in answer["message"]
    assert answer["detail"] == ""


def test_a_look_says_what_the_network_says_before_and_after(page, tiny_study, network):
    look, _ = page.look([paste(page.patch(), opacity=0.9)])
    picture = tiny_study.dataset.picture(0)
    edits = page.lab._desk.pictures.edits(0, [paste(page.patch(), opacity=0.9)])
    for when, shown in (("before", picture), ("after", apply_edits(picture, edits))):
        seen = respond(network, [shown])
        assert look[when]["probabilities"] == seen.probabilities[0].tolist()
        assert look[when]["predicted"] == seen.predicted[0]
    assert look["original"] == look["before"]["predicted"]
    assert look["flipped"] == (look["after"]["predicted"] != look["original"])
    assert look["covered"] == covered_share(edits, picture.size)


def test_a_look_without_edits_changes_nothing(page):
    look, buffers = page.look()
    assert look["before"] == look["after"]
    assert not look["flipped"]
    assert look["covered"] == 0
    assert look["changed"] == []
    assert buffers[::2] == buffers[1::2]


def test_a_look_shows_where_the_units_fire(page, tiny_study, network):
    edits = [paste(page.patch(colour=(0, 0, 255, 255)), 0, 0, 20, 16)]
    look, buffers = page.look(edits, units=[2, 0])
    bench = ProbedNetwork(tiny_study, network)
    picture = tiny_study.dataset.picture(0)
    sights = [bench.respond(picture), bench.respond(apply_edits(picture, page.lab._desk.pictures.edits(0, edits)))]
    assert [unit["unit"] for unit in look["units"]] == [2, 0]
    assert look["grid"] == [8, 10]
    for place, unit in enumerate(look["units"]):
        masks = [bits(data, (8, 10)) for data in buffers[2 * place : 2 * place + 2]]
        for mask, sight, when in zip(masks, sights, ("before", "after"), strict=True):
            assert np.array_equal(mask, bench.fires(sight, unit["unit"]))
            assert unit[f"fires_{when}"] == mask.any()
            assert unit[when] == sight.peaks[unit["unit"]]
        assert unit["threshold"] == bench.limits(unit["unit"]).low


def test_a_look_says_how_much_each_unit_speaks_for_the_classes(page, network):
    look, _ = page.look(units=[1], target=1 - page.look()[0]["original"])
    weights = network.module.head.weight.detach().numpy()
    (unit,) = look["units"]
    assert unit["weight_original"] == weights[look["original"], 1]
    assert unit["weight_target"] == weights[1 - look["original"], 1]


def test_units_that_tell_most_are_shown_where_none_are_chosen(page):
    units = [unit["unit"] for unit in page.look([paste(page.patch())])[0]["units"]]
    assert len(units) == len(set(units)) == 5  # the layer has no more


def test_a_pasted_concept_makes_formulas_true(page, tiny_study):
    dog = Patch(np.full((4, 4, 4), 255, np.uint8), "dog", concepts=("blue-c", "<b>dog & cat</b>", "door"))
    number = page.lab._desk._store.add(dog)
    look, _ = page.look([paste(number, 0, 0, 20, 16)])
    expected = {}
    for one in tiny_study.explain(report=silent):
        if one.best:
            before = tiny_study.formula_mask(one.best.formula, [0])[0].mean()
            expected[one.unit] = str(one.best.formula), before
    assert look["changed"]
    for changed in look["changed"]:
        assert (changed["formula"]["text"], changed["before"]) == expected[changed["unit"]]
        assert changed["after"] in (0.0, 1.0)  # the patch covers the picture, and each of its concepts holds everywhere
        assert changed["after"] != changed["before"]


def test_the_changed_formulas_are_those_that_the_annotation_says(lab, page):
    either = " OR ".join(f"({lab._desk._units.formula(unit)})" for unit in (2, 3))
    found = page.ask("patches", query=either, unit=-1, image=0)[0]["patches"]
    said = set()
    for place, patch in enumerate(found[:8]):
        edits = [paste(patch["id"], place, 2, 12, 9), paste(found[-1]["id"], 9, 7, 8, 6)]
        look, _ = page.look(edits)
        expected = {}
        for unit in (2, 3):
            formula = lab._desk._units.formula(unit)
            before = lab.study.formula_mask(formula, [0])[0]
            after = formula_mask(lab.study, 0, formula, lab._desk.pictures.edits(0, edits))
            if (before != after).any():
                expected[unit] = before.mean(), after.mean()
        assert {one["unit"]: (one["before"], one["after"]) for one in look["changed"]} == expected
        said |= set(expected)
    assert said


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"edit": "paste", "patch": "0" * 16, "left": 0, "top": 0, "width": 1, "height": 1}, "no patch '0000"),
        ({"edit": "paste", "patch": ["x"], "left": 0, "top": 0, "width": 1, "height": 1}, "no patch ['x']"),
        ({"edit": "smear"}, "no edit is called 'smear'"),
        ({}, "no edit is called None"),
        ({"edit": "remove"}, "cannot be read"),
        ({"edit": "recolour", "formula": "red-c OR NOT red-c", "colour": [1, 2]}, "cannot be read"),
        ({"edit": "recolour", "formula": "red-c OR NOT red-c", "colour": [1, 2, 999]}, "a colour is red, green"),
        ({"edit": "remove", "formula": "red-c AND NOT red-c"}, "red-c AND NOT red-c is nowhere on this picture"),
    ],
)
def test_an_edit_that_makes_no_sense_is_answered_with_the_reason(page, edit, message):
    answer, _ = page.look([edit])
    assert answer["type"] == "error"
    assert message in answer["message"]
    assert answer["detail"] == ""


@pytest.mark.parametrize("wrong", [{"width": 0}, {"left": "a"}, {"opacity": 2}, {"height": 1e9}])
def test_a_placement_that_makes_no_sense_is_answered_with_the_reason(page, wrong):
    answer, _ = page.look([{**paste(page.patch()), **wrong}])
    assert answer["type"] == "error"
    assert next(iter(wrong)) in answer["message"]
    assert answer["detail"] == ""


def test_a_formula_of_an_edit_that_cannot_be_read_is_answered_with_the_place(page):
    answer, _ = page.look([{"edit": "remove", "formula": "watr"}])
    assert answer["type"] == "formula_error"
    assert "water" in answer["suggestions"]


def test_a_message_of_unknown_type_is_an_error(page):
    assert "unknown type 'dance'" in page.ask("dance")[0]["message"]


@pytest.mark.parametrize("kind", ["look", "picture", "region", "sweep", "search", "controls"])
def test_a_request_without_what_it_needs_is_an_error_and_not_silence(page, kind):
    answer, _ = page.ask(kind)
    assert answer["type"] == "error"
    assert kind in answer["message"]


def test_the_region_of_a_formula_comes_at_the_size_of_the_picture(page, tiny_study):
    answer, (mask,) = page.ask("region", image=2, formula="red-c OR blue-c")
    expected = region(tiny_study, 2, "red-c OR blue-c")
    assert np.array_equal(bits(mask, (16, 20)), expected)
    assert answer["share"] == expected.mean()


def test_recoloured_and_removed_regions_are_looked_at(page, tiny_study):
    concept = page.ask("picture", image=0)[0]["concepts"][1]
    text = str(parse(f'"{concept}"'))
    recolour = {"edit": "recolour", "formula": text, "colour": [0, 0, 255], "strength": 0.7}
    for edits in ([recolour], [{"edit": "remove", "formula": text}], [{"edit": "remove", "formula": text}, recolour]):
        look, _ = page.look(edits)
        assert look["type"] == "look"
        assert look["covered"] > 0
        assert look["after"]["probabilities"] != look["before"]["probabilities"]


# Pictures and patches of one's own


def test_an_uploaded_picture_is_edited_like_any_other(page, network):
    own = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8))
    answer, (file,) = page.ask("upload_picture", png(own), name=HOSTILE)
    assert (answer["type"], answer["image"], answer["name"]) == ("picture", -1, HOSTILE)
    assert (answer["width"], answer["height"], answer["note"]) == (40, 30, "")
    assert np.array_equal(np.asarray(opened(file)), np.asarray(own))
    look, _ = page.look([paste(page.patch())], image=-1)
    assert look["before"]["probabilities"] == respond(network, [own]).probabilities[0].tolist()
    assert look["changed"] is None  # not computed: an uploaded picture has no annotation
    page.lab.image = -1


def test_the_next_upload_takes_the_place_of_the_last(page):
    looks = []
    for colour in ("red", "blue"):
        page.ask("upload_picture", png(Image.new("RGB", (16, 16), colour)), name="a")
        looks.append(page.look(image=-1)[0]["before"])
    assert looks[0] != looks[1]


def test_a_large_picture_is_scaled_down_and_the_answer_says_so(page):
    answer, (file,) = page.ask("upload_picture", png(Image.new("RGB", (3000, 1500), "red"), "JPEG"), name="large")
    assert opened(file).size == (answer["width"], answer["height"]) == (LARGEST_SIDE, LARGEST_SIDE // 2)
    assert "3,000 × 1,500" in answer["note"]


def test_what_shows_through_a_transparent_picture_is_white(page):
    _, (file,) = page.ask("upload_picture", png(Image.new("RGBA", (9, 9), (0, 0, 0, 0))), name="glass")
    assert np.asarray(opened(file)).min() == 255


@pytest.mark.parametrize("kind", ["upload_picture", "upload_patch"])
@pytest.mark.parametrize("data", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"])
def test_a_file_that_is_no_picture_is_refused(page, kind, data):
    answer, _ = page.ask(kind, data, name=HOSTILE)
    assert answer["type"] == "error"
    assert "no readable picture" in answer["message"]
    assert answer["detail"] == ""


@pytest.mark.parametrize("kind", ["upload_picture", "upload_patch"])
def test_a_damaged_picture_is_refused(page, kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8))
    answer, _ = page.ask(kind, png(noise)[:4000], name="half")
    assert answer["type"] == "error"
    assert "'half'" in answer["message"]
    assert answer["detail"] == ""


def test_a_file_that_is_too_large_is_refused_unread(page):
    answer, _ = page.ask("upload_picture", bytes(MOST_BYTES + 1), name="film")
    assert "the largest picture file has 20 MB" in answer["message"]


def test_a_small_file_that_unfolds_into_a_monstrous_picture_is_refused(page):
    answer, _ = page.ask("upload_picture", png(Image.new("1", (9000, 9000))), name="bomb")
    assert "9,000 × 9,000 pixels" in answer["message"]


def test_an_upload_whose_file_is_missing_is_refused(page):
    assert "did not come along" in page.ask("upload_picture", name="x")[0]["message"]


def test_no_formula_chooses_a_part_of_an_uploaded_picture(page):
    page.ask("upload_picture", png(Image.new("RGB", (16, 16), "red")), name="a")
    assert "not annotated" in page.ask("region", image=-1, formula="water")[0]["message"]


def test_an_uploaded_patch_is_cropped_and_keeps_its_pixels(page):
    pixels = np.zeros((9, 12, 4), np.uint8)
    pixels[2:5, 3:10] = (10, 20, 30, 200)
    answer, (file,) = page.ask("upload_patch", png(Image.fromarray(pixels)), name=HOSTILE)
    (patch,) = answer["patches"]
    assert (patch["width"], patch["height"], patch["name"], patch["drive"]) == (7, 3, HOSTILE, None)
    assert np.array_equal(np.asarray(opened(file)), pixels[2:5, 3:10])


def test_the_same_pixels_have_the_same_id_in_every_lab(page, tiny_study, network):
    other = PasteLab(tiny_study, network)
    assert page.patch() == Page(other).patch("another name") != page.patch(colour=(0, 255, 0, 255))
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
        assert {"water", "tree"} & set(patch["concepts"])
    again, _ = page.ask("patches", ids=[patch["id"] for patch in answer["patches"]])
    assert [patch["id"] for patch in again["patches"]] == [patch["id"] for patch in answer["patches"]]


def test_a_search_for_an_unknown_concept_is_answered_with_the_nearest(page):
    answer, _ = page.ask("patches", query="hose", unit=-1, image=0)
    assert answer["type"] == "formula_error"
    assert "house" in answer["suggestions"]


def test_a_concept_is_found_by_its_name_letter_by_letter(page):
    answer, _ = page.ask("patches", query="<b>dog & cat</b>", unit=-1, image=0)
    assert answer["patches"]
    assert all(patch["name"] == "<b>dog & cat</b>" for patch in answer["patches"])


def test_every_idea_can_be_placed_as_it_comes():
    study = demo.vision_study(report=silent)
    lab = PasteLab(study, demo.vision_network())
    page = Page(lab)
    kitchen = next(number for number, image in enumerate(study.dataset.images) if "/kitchen/" in image.name)
    answer, files = page.ask("ideas", image=kitchen, edits=[], target=-1)
    assert answer["type"] == "ideas"
    assert len(answer["ideas"]) >= 6
    pasted = [idea for idea in answer["ideas"] if idea["edit"]["edit"] == "paste"]
    assert len(files) == len(pasted)
    for idea, file in zip(pasted, files, strict=True):
        assert idea["patch"]["id"] == idea["edit"]["patch"]
        assert opened(file).size == (idea["patch"]["width"], idea["patch"]["height"])
    for idea in answer["ideas"]:
        look, _ = page.look([idea["edit"]], image=kitchen, target=idea["expected"], units=[idea["unit"]])
        assert look["units"][0]["formula"] == idea["formula"]
        odds = [
            look[when]["probabilities"][idea["expected"]] / look[when]["probabilities"][look["original"]]
            for when in ("before", "after")
        ]
        assert odds[0] < odds[1]
        assert idea["words"].split()[0] in {"paste", "make", "remove"}
    json.dumps(answer)
    lab.close()
    assert lab._desk.wait(30)


def test_ideas_for_an_uploaded_picture_are_pastes(page):
    page.ask("upload_picture", png(Image.new("RGB", (40, 30), "gray")), name="a")
    answer, _ = page.ask("ideas", image=-1, edits=[], target=-1)
    assert {idea["edit"]["edit"] for idea in answer["ideas"]} <= {"paste"}


# Search, sweep, controls, transfer


def flipping(page) -> tuple[str, int]:
    """A patch that turns the first picture into the other class when it covers it, and that class."""
    number = page.patch()
    look, _ = page.look([paste(number, 0, 0, 20, 16)])
    assert look["flipped"]
    return number, look["after"]["predicted"]


def test_a_sweep_tells_of_every_placement(page):
    number, target = flipping(page)
    pushes = page.run("sweep", image=0, patch=number, target=target, steps=3, rotation=0, flipped=False, opacity=1)
    last = pushes[-1]
    assert last["done"] == last["total"] == len(last["outcomes"]) == len(last["target"])
    assert last["total"] == len(last["lefts"]) * len(last["tops"]) * len(last["sizes"])
    assert sum(last["counts"].values()) == last["total"]
    assert last["counts"]["success"] == last["outcomes"].count("s")
    for place in range(0, last["total"], 5):
        size, top, left = np.unravel_index(place, (len(last["sizes"]), len(last["tops"]), len(last["lefts"])))
        side = last["sizes"][size]  # of the patch's longer side, 6 by 4
        edit = paste(number, last["lefts"][left], last["tops"][top], side, side * 4 / 6)
        look, _ = page.look([edit])
        assert look["after"]["probabilities"][target] == pytest.approx(last["target"][place], abs=1e-5)
        assert (last["outcomes"][place] == "s") == (look["after"]["predicted"] == target)


def test_a_sweep_for_any_other_class_knows_no_partial_success(page):
    number, _ = flipping(page)
    last = page.run("sweep", image=0, patch=number, target=-1, steps=4)[-1]
    assert set(last["outcomes"]) == {"s", "f"}
    # Of two classes the likelier one is predicted.
    assert last["outcomes"] == "".join("s" if wanted > 0.5 else "f" for wanted in last["target"])
    assert last["original"] == page.look()[0]["original"]


def test_a_search_finds_an_edit_that_does_what_it_says(page):
    number, target = flipping(page)
    pushes = page.run(
        "search", image=0, edits=[], target=target, constraints={"largest_share": 1.0, "keep": ""}, patches=[number]
    )
    last = pushes[-1]
    assert last["finished"]
    assert last["best"]["patch"] == number
    assert 0 < last["succeeded"] <= last["done"]
    assert str(last["done"]) in last["words"]
    look, _ = page.look([last["best"]], target=target)
    assert look["after"]["predicted"] == last["predicted"] == target
    assert look["covered"] == pytest.approx(last["covered"], abs=1e-6)


def test_a_search_can_look_for_its_patches_itself_and_keeps_what_is_to_stay_visible(page):
    keep = str(parse(f'"{page.ask("picture", image=0)[0]["concepts"][1]}"'))
    last = page.run(
        "search", image=0, target=-1, constraints={"largest_share": 0.3, "keep": keep}, query="water OR house"
    )[-1]
    assert last["type"] == "search"
    assert last["done"] > 0
    found = last["best"] or last["closest"]["edit"]
    covered = page.lab._desk.pictures.edits(0, [found])[0].coverage((20, 16))
    mask = page.lab._desk.pictures.region(0, keep)
    assert covered[mask].mean() <= 0.1 + 1e-6
    assert covered.mean() <= 0.3 + 1e-6


def test_a_formula_of_what_to_keep_that_cannot_be_read_is_answered_with_the_place(page):
    answer, _ = page.ask("search", image=0, constraints={"keep": "watr"}, patches=[page.patch()])
    assert answer["type"] == "formula_error"


def test_a_search_that_is_cancelled_ends_with_what_it_has(page, monkeypatch):
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    number = page.patch()
    request = page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    page.wait(lambda: [one for one, _ in list(page.received) if one.get("id") == request and one.get("done", 0) > 0])
    page.send("cancel", what="search")
    last = page.pushes(request)[-1]
    assert (last["type"], last["finished"]) == ("cancelled", True)
    assert 0 < last["done"] < 400


def test_a_sweep_that_is_cancelled_ends_with_what_it_has(page, monkeypatch):
    number = page.patch()
    page.look()
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    request = page.send("sweep", image=0, patch=number, target=-1, steps=6)
    page.wait(lambda: [one for one, _ in list(page.received) if one.get("id") == request])
    page.send("cancel", what="sweep")
    last = page.pushes(request)[-1]
    assert (last["type"], last["finished"]) == ("cancelled", True)
    assert last["done"] == len(last["outcomes"]) < last["total"]


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("look", {}, "image"),
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
    page.ask("upload_picture", file=png(Image.new("RGB", (64, 48), "red")), name="red.png")
    look, _ = page.look(image=-1)
    assert look["changed"] is None
    assert look["changed_note"] == "not computed: an uploaded picture has no annotation"


def test_cancelling_what_does_not_exist_is_an_error(page):
    assert "'lunch'" in page.ask("cancel", what="lunch")[0]["message"]


def test_a_look_is_answered_while_a_search_runs_and_is_not_mixed_up_with_it(page, network):
    number = page.patch()
    alone, _ = page.look([paste(number)], units=[0, 1, 2])
    request = page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    for left in range(15):
        look, _ = page.look([paste(number, left)], units=[0, 1, 2])
        edited = page.lab._desk.pictures.edited(0, [paste(number, left)])
        assert look["after"]["probabilities"] == respond(network, [edited]).probabilities[0].tolist()
        assert [unit["before"] for unit in look["units"]] == [unit["before"] for unit in alone["units"]]
    page.send("cancel", what="search")
    assert page.pushes(request)[-1]["finished"]


def test_controls_compare_the_paste_with_others(page):
    number, target = flipping(page)
    pushes = page.run("controls", image=0, edits=[paste(number, 0, 0, 20, 16)], target=target, units=[1, 0])
    last = pushes[-1]
    assert last["type"] == "controls", last
    first = last["rows"][0]
    assert (first["what"], first["flipped"]) == ("the edit", True)
    look, _ = page.look([paste(number, 0, 0, 20, 16)], units=[1])
    assert first["target_after"] == pytest.approx(look["after"]["probabilities"][target])
    assert first["unit_after"] == look["units"][0]["after"]
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
    last = page.run("controls", image=0, edits=[paste(number)], target=target, units=[2])[-1]
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
    edited = page.lab._desk.pictures.edited(0, edits)
    assert len(answer["rows"]) == 2
    for row, network in zip(answer["rows"], (undecided(tiny_network()), tiny_network(1)), strict=True):
        seen = respond(network, [picture, edited])
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
    again = replay(recipe, network)
    assert again.agreement == "identical"
    assert np.array_equal(np.asarray(again.edited[0]), np.asarray(opened(edited)))
    assert opened(figure).width > 2 * opened(edited).width


def test_a_recipe_comes_back_as_it_was_in_another_lab(page, tiny_study, network):
    edits = [
        {"edit": "recolour", "formula": "red-c", "colour": [0, 0, 255], "strength": 0.5},
        paste(page.patch(), rotation=20.0, flipped=True, opacity=0.8),
    ]
    text = page.ask("recipe", image=4, edits=edits, target=1)[0]["text"]
    lab = PasteLab(tiny_study, network)
    other = Page(lab)
    answer, (file,) = other.ask("load_recipe", text=text)
    assert (answer["type"], answer["image"], answer["edits"], answer["target"]) == ("edits", 4, edits, 1)
    assert answer["agreement"] == "identical"
    assert "to the last bit" in answer["words"]
    assert opened(file).size == (6, 4)
    assert other.look(edits, image=4)[0]["after"] == page.look(edits, image=4)[0]["after"]
    lab.close()


def test_a_recipe_of_an_uploaded_picture_brings_it_along(page, tiny_study, network):
    own = Image.fromarray(np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8))
    page.ask("upload_picture", png(own), name=HOSTILE)
    edits = [paste(page.patch())]
    answer, _ = page.ask("recipe", image=-1, edits=edits, target=-1)
    assert "/" not in answer["name"]
    lab = PasteLab(tiny_study, network)
    other = Page(lab)
    loaded, _ = other.ask("load_recipe", text=answer["text"])
    assert (loaded["image"], loaded["name"], loaded["target"]) == (-1, HOSTILE, -1)
    _, (file,) = other.ask("picture", image=-1)
    assert np.array_equal(np.asarray(opened(file)), np.asarray(own))
    lab.close()


def test_a_region_that_no_formula_gives_survives_a_recipe(page, lab):
    mask = np.zeros((16, 20), bool)
    mask[2:9, 3:14] = True
    text = page.ask("recipe", image=0, edits=[{"edit": "remove", "formula": "red-c"}], target=-1)[0]["text"]
    value = json.loads(text)
    value["edits"] = [Remove(mask, name="red-c").to_json(), Remove(~mask, name="drawn").to_json()]
    loaded, _ = page.ask("load_recipe", text=json.dumps(value))
    first, second = lab._desk.pictures.edits(0, loaded["edits"])
    assert np.array_equal(first.mask, mask)
    assert np.array_equal(second.mask, ~mask)
    assert loaded["agreement"] == "different"
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
    assert page.look(lab.edits)[0]["type"] == "look"
    known, (file,) = page.ask("patches", ids=[edit["patch"]])
    assert known["patches"][0]["name"] == "grey"
    assert opened(file).size == (8, 4)


def test_a_lab_hands_its_recipe_to_the_next(lab, tiny_study, network):
    lab.image = 7
    lab.target = 1
    lab.paste(Patch(np.full((4, 8, 4), 200, np.uint8), "grey"), 1, 2, 10)
    other = PasteLab(tiny_study, network)
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
        PasteLab(tiny_study, tiny_network(3))


def test_an_unknown_setting_is_refused(tiny_study, network):
    with pytest.raises(TypeError, match="PasteLab has no setting 'zoom'; there are edits, image"):
        PasteLab(tiny_study, network, zoom=2)


def test_closing_stops_what_runs(tiny_study, network, monkeypatch):
    lab = PasteLab(tiny_study, network)
    page = Page(lab)
    number = page.patch()
    monkeypatch.setenv("TINY_NETWORK_SLOW", "0.05")
    page.send("sweep", image=0, patch=number, target=-1, steps=6)
    page.send("search", image=0, target=-1, constraints={"largest_share": 1.0}, patches=[number])
    lab.close()
    assert lab._desk.wait(10)
