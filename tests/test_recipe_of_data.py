"""Samples and concepts that are selected: what is chosen, what is refused, and that a study opens with them again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_sets import picture, pixels, write_ade20k, write_cityscapes, write_coco
from test_framing import centre, network_with
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.data.images import Concept, read_broden
from compexp_widgets.data.recipe import DataRecipe
from compexp_widgets.errors import DataError, StudyError
from compexp_widgets.progress import Report, silent

Data = Any  # images or pairs: what is said of one holds for the other


@pytest.fixture(scope="module", params=["images", "pairs"])
def data(request: pytest.FixtureRequest) -> Data:
    return request.getfixturevalue("tiny_dataset") if request.param == "images" else tiny_pairs(40)


def names(data: Data) -> list[str]:
    return [image.name for image in data.images] if hasattr(data, "images") else list(data.ids)


def dissected(data: Data, folder: Path, report: Report = silent) -> Any:
    if hasattr(data, "images"):
        return cw.dissect(tiny_network(), "body.3", data, folder, report=report)
    return cw.dissect(tiny_pair_network(), "1", data, folder, concepts=CONCEPTS, report=report)


@pytest.mark.parametrize(
    ("which", "numbers", "told"),
    [
        (slice(6), range(6), "[:6]"),
        (slice(-2, None), [38, 39], "[-2:]"),
        (slice(30, 1000, 4), [30, 34, 38], "[30:1000:4]"),
        ([5, 3], [5, 3], "[[5, 3]]"),
        ([-1, 0], [39, 0], "[[39, 0]]"),
        (np.array([7, 8], np.uint8), [7, 8], "[[7, 8]]"),
        (range(4, 6), [4, 5], "[[4, 5]]"),
        (np.arange(40) % 13 == 1, [1, 14, 27], "[[1, 14, 27]]"),
        ([number < 2 for number in range(40)], [0, 1], "[[0, 1]]"),
        (pd.Series(np.arange(40) > 37), [38, 39], "[[38, 39]]"),
    ],
)
def test_samples_are_chosen_in_the_order_given(data, which, numbers, told):
    assert names(data[which]) == [names(data)[number] for number in numbers]
    assert str(data[which].recipe).endswith(told)


def test_what_is_chosen_is_shown_and_labelled_as_before(tiny_dataset):
    chosen = tiny_dataset[[5, 3]]
    np.testing.assert_array_equal(chosen.labels(0), tiny_dataset.labels(5))
    assert chosen.picture(1).tobytes() == tiny_dataset.picture(3).tobytes()
    assert chosen.concepts == tiny_dataset.concepts
    pairs = tiny_pairs(40)
    assert pairs[[5, 3]].text(0) == pairs.text(5)
    assert pairs[[5, 3]].gold.tolist() == [pairs.gold[5], pairs.gold[3]]


@pytest.mark.parametrize(
    ("choose", "told"),
    [
        (lambda d: d[3], r"one (image|pair), not a data set: .(picture|text)\(3\) is it, \[\[3\]\] a set of it alone"),
        (lambda d: d[3, 5], r"not by \(3, 5\): write \[\[3, 5\]\]"),
        (lambda d: d["3"], "are chosen by a slice, a list of their numbers, or a mask .*, not by '3'"),
        (lambda d: d[[1.0]], r"not by \[1.0\]"),
        (lambda d: d[None], "not by None"),
        (lambda d: d[True], "not by True"),
        (lambda d: d[["a"]], r"not by \['a'\]"),
        (lambda d: d[np.eye(40) > 0], "not by array"),
        (lambda d: d[:"3"], "chooses no (images|pairs)"),
        (lambda d: d[::0], "chooses no (images|pairs): slice step cannot be zero"),
        (lambda d: d[[0, 40]], "(image|pair) 40 is chosen, but there are 40 (images|pairs), counted from 0"),
        (lambda d: d[[-41]], "(image|pair) -41 is chosen"),
        (lambda d: d[[3, 4, -37]], "(image|pair) 3 is chosen twice: it would count twice in every score"),
        (lambda d: d[np.ones(39, bool)], "the mask has 39 values, but there are 40 (images|pairs): one for each"),
        (lambda d: d[[]], "none of 40 (images|pairs) is chosen"),
        (lambda d: d[40:], "none of 40 (images|pairs) is chosen"),
        (lambda d: d[np.zeros(40, bool)], "none of 40 (images|pairs) is chosen"),
        (lambda d: d.sample(0), "the number of (images|pairs) to sample of 40 is a whole number, from 1 to 40, not 0"),
        (lambda d: d.sample(-3), "from 1 to 40, not -3"),
        (lambda d: d.sample(41), "from 1 to 40, not 41"),
        (lambda d: d.sample(0.5), "from 1 to 40, not 0.5"),
        (lambda d: d.sample(5, seed=-1), "the seed of a sample is a whole number, at least 0, not -1"),
        (lambda d: d.sample(5, seed="x"), "the seed of a sample is a whole number, at least 0, not 'x'"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_a_sentence(data, choose: Callable[[Data], Data], told):
    with pytest.raises(DataError, match=told):
        choose(data)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 40), seed=st.integers(0, 2**70))
def test_a_sample_is_that_of_its_definition_in_the_order_of_the_data(count, seed):
    pairs = tiny_pairs(40)
    if seed >= 2**63:
        with pytest.raises(DataError, match="the seed of a sample"):
            pairs.sample(count, seed=seed)
        return
    digests = {number: hashlib.sha256(b"%d %d" % (seed, number)).hexdigest() for number in range(40)}
    smallest = sorted(digests.values())[:count]
    assert pairs.sample(count, seed=seed).ids == tuple(str(n) for n in range(40) if digests[n] in smallest)


def test_a_seed_draws_what_it_drew_on_every_machine(data):
    assert names(data.sample(5, seed=0)) == [names(data)[number] for number in SEED_NOUGHT]
    assert names(data.sample(5, seed=1)) != names(data.sample(5, seed=0))
    assert set(names(data.sample(5))) < set(names(data.sample(20)))


SEED_NOUGHT = [4, 6, 14, 34, 38]


def a_step(chance: st.DataObject, data: Data) -> Data:
    """One more step, drawn by chance among those that the data can take."""
    some = st.lists(st.sampled_from(range(len(data))), min_size=1, unique=True)
    steps: dict[str, Callable[[], Data]] = {
        "slice": lambda: data[chance.draw(st.integers(0, len(data) - 1)) :: chance.draw(st.integers(1, 3))],
        "numbers": lambda: data[chance.draw(some)],
        "mask": lambda: data[np.isin(np.arange(len(data)), chance.draw(some))],
        "sample": lambda: data.sample(chance.draw(st.integers(1, len(data))), seed=chance.draw(st.integers(0, 9))),
    }
    if hasattr(data, "images"):
        concepts = chance.draw(st.lists(st.sampled_from(data.concept_names), min_size=1, unique=True))
        new = f"new {len(data.recipe.steps)} \u2028 <b>"
        steps |= {
            "only": lambda: data.only(set(concepts)),
            "without": lambda: data.without(concepts[1:]),
            "merged": lambda: data.merged({new: concepts}),
            "renamed": lambda: data.renamed({concepts[0]: new}),
            "limited": lambda: data.limited(min_images=chance.draw(st.integers(0, 1)), report=silent),
        }
    else:
        steps |= {"with_gold": data.with_gold, "two_way": data.two_way}
    return steps[chance.draw(st.sampled_from(list(steps)))]()


@settings(max_examples=40, deadline=None)
@given(chance=st.data())
def test_a_recipe_that_went_through_json_makes_the_same_data_again(data, chance):
    made = data
    for _ in range(chance.draw(st.integers(0, 5))):
        if not len(made):
            break
        made = a_step(chance, made)
    again = DataRecipe.from_json(json.loads(json.dumps(made.recipe.to_json())))
    assert again == made.recipe
    assert hash(again) == hash(made.recipe)
    repeated = again.apply(data)
    assert repeated.fingerprint == made.fingerprint
    assert repeated.recipe == made.recipe
    assert len(repr(again)) < 2000


def the_same(again: Any, study: Any) -> None:
    assert again.data.fingerprint == study.data.fingerprint
    assert again.data.recipe == study.data.recipe
    assert again.samples == len(again.data)
    assert [str(one) for one in again.explain(report=silent)] == [str(one) for one in study.explain(report=silent)]


@pytest.mark.parametrize(
    "select", [lambda d: d[:20], lambda d: d[[9, 3, 5]], lambda d: d[np.arange(40) > 7], lambda d: d.sample(20, seed=3)]
)
def test_a_study_of_some_samples_is_opened_by_its_folder_alone(data, select, tmp_path):
    study = dissected(select(data), tmp_path / "study")
    again = cw.open_study(tmp_path / "study")
    the_same(again, study)
    assert len(again.evidence([0, 1], cw.EvidenceSettings(samples=9), report=silent)) == 2
    kept = again.held_out_samples()
    assert kept.shape == (again.samples,)
    assert kept.any()
    assert not kept.all()


def test_a_study_of_selected_samples_that_was_stopped_continues_and_is_opened_by_its_folder(data, tmp_path):
    told = []

    def stop(stage: str, done: int, total: int) -> None:
        told.append(stage)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dissected(data[5:30], tmp_path / "study", stop)
    with pytest.raises(StudyError, match="not finished"):
        cw.open_study(tmp_path / "study")
    with pytest.raises(StudyError, match=r"was made with another data \(then .*\[5:30\]\)"):
        dissected(data[5:31], tmp_path / "study")
    study = dissected(data[5:30], tmp_path / "study")
    the_same(cw.open_study(tmp_path / "study"), study)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder with label maps, pictures and a table of labels of whole images, which somebody may move."""
    folder = tmp_path / "made" / "photos"
    random = np.random.default_rng(0)
    for number in range(8):
        picture(folder / "images" / f"{number}.png", (20, 16), f"hsl({number * 40}, 90%, 50%)")
        pixels(folder / "labels" / f"{number}.png", random.choice(np.array([0, 1, 2, 3, 255], np.uint8), (16, 20)))
    (folder / "names.csv").write_text("number,name\n1,water\n2,sand\n3,reed\n", encoding="utf-8")
    rows = "".join(f"{number}.png,{'wide' if number % 2 else 'narrow'}\n" for number in range(8))
    (folder / "views.csv").write_text(f"image,label\n{rows}", encoding="utf-8")
    return folder


def write_coloured(folder: Path) -> None:
    """A folder whose label maps say by colours what is where, and the table of the colours."""
    picture(folder / "images" / "a.png", (6, 4))
    pixels(folder / "labels" / "a.png", np.tile(np.array([[255, 0, 0], [0, 0, 255]], np.uint8), (4, 3, 1)))
    (folder / "names.csv").write_text("number,name\n1,water\n2,sand\n", encoding="utf-8")
    (folder / "colours.csv").write_text("red,green,blue,number\n255,0,0,1\n0,0,255,2\n", encoding="utf-8")


def selected(folder: Path) -> Data:
    read = cw.read_dataset(folder, nothing=[255], grid=(8, 10))
    coloured = cw.with_image_labels(cw.with_colours(read), folder / "views.csv", category="view")
    few = coloured.limited(min_images=2, report=silent).without(["reed"]).merged({"wet": ["water", "blue-c"]})
    return few.renamed({"sand": "<i>sand</i>"}).sample(7, seed=1)[:6]


def test_everything_that_was_selected_and_added_is_done_again(labelled, tmp_path):
    study = dissected(selected(labelled), tmp_path / "study")
    again = cw.open_study(tmp_path / "study")
    the_same(again, study)
    assert str(again.data.recipe) == (
        "read_dataset(grid=[8, 10], nothing=[255]) → with_colours() → with_image_labels(csv='views.csv', "
        "category='view') → limited(min_images=2, min_positions=1) → without(names=['reed']) → "
        "merged(groups={'wet': ['water', 'blue-c']}) → renamed(names={'sand': '<i>sand</i>'}) → "
        "sample(count=7, seed=1) → [:6]"
    )
    assert again.configuration.recipe == again.data.recipe


def test_data_that_moved_are_read_at_their_new_place_with_all_that_was_made_of_them(labelled, tmp_path):
    study = dissected(selected(labelled), tmp_path / "study")
    moved = shutil.move(labelled, tmp_path / "moved")
    with pytest.raises(StudyError, match=r"cannot be read where they were .* give their folder as data="):
        cw.open_study(tmp_path / "study")
    the_same(cw.open_study(tmp_path / "study", moved), study)
    read = cw.read_dataset(moved, nothing=[255], grid=(8, 10))
    the_same(cw.open_study(tmp_path / "study", read), study)
    the_same(cw.open_study(tmp_path / "study", cw.with_colours(read)), study)


def test_labels_of_concepts_are_not_counted_again_when_a_study_is_opened(labelled, tmp_path, monkeypatch):
    dissected(cw.read_dataset(labelled, nothing=[255]).limited(min_images=2, report=silent), tmp_path / "study")
    monkeypatch.setattr(type(cw.read_dataset(labelled)), "labels", None)
    assert cw.open_study(tmp_path / "study").samples == 8


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: (f / "views.csv").unlink(), r"at the step with_image_labels\(.*views.csv"),
        (
            lambda f: (f / "views.csv").write_text("image,label\n1.png,wide\n"),
            r"at the step with_image_labels\(csv='views.csv', category='view'\): .* is not what it was: put back the .*"
            r"and give the data set that comes of it as data=; what follows is done again: limited\(",
        ),
        (
            lambda f: (f / "names.csv").write_text("number,name\n1,water\n2,sand\n3,reeds\n"),
            r"at the step without\(names=\['reed'\]\): there is no concept 'reed' .* Close to it: 'reeds'",
        ),
        (
            lambda f: picture(f / "images" / "3.png", (20, 16), "black"),
            "are not those of the study .* something changed",
        ),
        (lambda f: (f / "images" / "7.png").unlink(), r"at the step with_image_labels\(.* has no image '7.png'"),
    ],
)
def test_a_source_that_changed_is_told_with_the_step_that_it_breaks(labelled, tmp_path, change, told):
    dissected(selected(labelled), tmp_path / "study").close()
    change(labelled)
    with pytest.raises(StudyError, match=told):
        cw.open_study(tmp_path / "study")


def test_samples_that_came_or_went_are_told_where_some_were_chosen(labelled, tmp_path):
    dissected(cw.read_dataset(labelled, nothing=[255])[2:6], tmp_path / "study").close()
    picture(labelled / "images" / "8.png", (20, 16))
    shutil.copy(labelled / "labels" / "7.png", labelled / "labels" / "8.png")
    with pytest.raises(StudyError, match=r"at the step \[2:6\]: it chose from 8, and there are 9 now"):
        cw.open_study(tmp_path / "study")


def test_a_study_of_other_samples_is_not_continued(data, tmp_path):
    dissected(data[:20], tmp_path / "study").close()
    with pytest.raises(StudyError, match=r"was made with another data \(then .*\[:20\]\)"):
        dissected(data[:21], tmp_path / "study")
    dissected(data[list(range(20))], tmp_path / "study").close()


def test_labels_of_images_that_were_not_chosen_are_to_be_added_before(labelled):
    with pytest.raises(DataError, match=r"has no image '2.png'.* Some were chosen of them: add labels before that"):
        cw.with_image_labels(cw.read_dataset(labelled, nothing=[255])[:2], labelled / "views.csv")


def test_a_data_frame_is_asked_for_and_what_was_selected_of_it_is_selected_again(labelled, tmp_path):
    frame = pd.DataFrame(
        {"image": [f"images/{n}.png" for n in range(8)], "mask": [f"labels/{n}.png" for n in range(8)]}
    )
    read = cw.read_frame(frame, names={1: "water", 2: "sand", 3: "reed"}, nothing=[0, 255], folder=labelled)
    study = dissected(read.only(["water", "sand"])[2:], tmp_path / "study")
    with pytest.raises(StudyError) as caught:
        cw.open_study(tmp_path / "study")
    assert str(caught.value) == (
        f"the data of the study in {tmp_path / 'study'} cannot be made again at the step read_frame(): what it read is "
        "kept nowhere. Do it once more in Python and give the data set that comes of it as data=; what follows is done "
        "again: only(names=['water', 'sand']) → [2:]"
    )
    the_same(cw.open_study(tmp_path / "study", read), study)
    the_same(cw.open_study(tmp_path / "study", read.only(["water", "sand"])), study)
    the_same(cw.open_study(tmp_path / "study", study.data), study)
    with pytest.raises(StudyError, match="are not those of the study"):
        cw.open_study(tmp_path / "study", read[2:])


def test_pictures_that_were_cropped_alike_are_cropped_again(labelled, tmp_path):
    _, cropped = cw.crop_alike(network_with(centre(0.75)), cw.read_dataset(labelled, nothing=[255]))
    again = DataRecipe.from_json(json.loads(json.dumps(cropped[:5].recipe.to_json())))
    assert again.apply(cw.read_dataset(labelled, nothing=[255])).fingerprint == cropped[:5].fingerprint


LANES = {7: Concept("lane", "ground"), 23: Concept("up", "sky")}


def panoptic(folder: Path) -> tuple[Path, Path]:
    return folder / "panoptic_val2017.json", folder / "panoptic_val2017"


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (lambda f: write_tiny_broden(f, images=3), read_broden),
        (write_ade20k, lambda f: cw.read_ade20k(f, grid=(9, 7))),
        (write_cityscapes, lambda f: cw.read_cityscapes(f, splits=["val"], labels=LANES)),
        (write_cityscapes, lambda f: cw.read_dataset(f, nothing=np.array([255]), grid=(4, 6))),
        (write_coco, cw.read_dataset),
        (write_coco, lambda f: cw.read_coco_panoptic(f / "val2017", *panoptic(f / "annotations"), split="val")),
        (write_coloured, lambda f: cw.read_dataset(f, colour_table={(255, 0, 0): 1, (0, 0, 255): 2}, nothing=(9,))),
        (write_coloured, lambda f: cw.read_label_folder(f, colour_table=f / "colours.csv", labels=["labels"])),
    ],
)  # fmt: skip
def test_what_a_reader_was_told_is_told_it_again_wherever_the_folder_lies(write, read, tmp_path):
    (tmp_path / "here").mkdir()
    write(tmp_path / "here")
    data = read(tmp_path / "here")
    (step,) = DataRecipe.from_json(json.loads(json.dumps(data.recipe.to_json()))).steps
    moved = shutil.move(tmp_path / "here", tmp_path / "there")
    again = step.repeat(moved)
    assert again.fingerprint == read(moved).fingerprint
    assert again.recipe == data.recipe


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ("x", "'x' is no list of steps"),
        ([1], "1 is no step of a recipe"),
        ([{"step": 3}], "is no step of a recipe"),
        ([{"step": "only", "given": []}], "the step 'only' has arguments that are none"),
    ],
)
def test_a_recipe_that_is_none_is_damage(tiny_dataset, tmp_path, recipe, told):
    study = rewritten(tiny_dataset, tmp_path / "study", recipe)
    with pytest.raises(StudyError, match=rf"study.json is damaged \(.*{told}"):
        cw.open_study(study)


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        (
            [{"step": "with_depth"}],
            r"at the step with_depth\(\): it is not known here: a package that was not imported",
        ),
        ([{"step": "only", "given": {"name": ["water"]}}], r"at the step only\(name=\['water'\]\): it is damaged"),
        (
            [{"step": "sample", "given": {"count": 10**9, "seed": 0}, "found": {"of": 40}}],
            "from 1 to 40, not 1000000000",
        ),
        ([{"step": "[]", "given": {"numbers": "0-999999999"}, "found": {"of": 40}}], "it chooses more than 40"),
        ([{"step": "[]", "given": {"numbers": "3;4"}, "found": {"of": 40}}], "3;4 are no numbers such as 3,9-12"),
        ([{"step": "[]", "given": {"numbers": [3]}, "found": {"of": 40}}], r"at the step \[.*it is damaged"),
        ([{"step": "[]", "found": {"of": 40}}], r"it is damaged \(ValueError"),
    ],
)
def test_a_step_that_cannot_be_repeated_is_named(tiny_dataset, tmp_path, recipe, told):
    study = rewritten(tiny_dataset, tmp_path / "study", recipe)
    with pytest.raises(StudyError, match=told):
        cw.open_study(study)


def rewritten(data: Data, folder: Path, recipe: object) -> Path:
    dissected(data[:10], folder).close()
    about = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    about["data"]["recipe"] = recipe
    (folder / "study.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_a_study_that_was_made_before_there_were_recipes_opens_as_it_did(tiny_dataset, tmp_path):
    folder = tmp_path / "study"
    dissected(tiny_dataset, folder).close()
    about = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    del about["data"]["recipe"]
    (folder / "study.json").write_text(json.dumps(about), encoding="utf-8")
    assert cw.open_study(folder).samples == 40
    with pytest.raises(StudyError, match="If some were selected, which older studies do not keep, select them and"):
        cw.open_study(folder, tiny_dataset[:20])
    assert dissected(tiny_dataset, folder).configuration.recipe == tiny_dataset.recipe
    assert "recipe" in (folder / "study.json").read_text(encoding="utf-8")
