"""The vision world: the same pictures everywhere, true annotations, strict biases, and a network that knows it."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors import safe_open

from compexp_widgets import demo
from compexp_widgets.data.images import read_broden
from compexp_widgets.demo import vision_folder
from compexp_widgets.demo.train_vision import HELD_OUT_SEED, accuracy
from compexp_widgets.demo.vision_biases import BIASES, Bias
from compexp_widgets.demo.vision_classifier import WEIGHTS, load_scene_network
from compexp_widgets.demo.vision_export import SEED_LIMIT, export_broden
from compexp_widgets.demo.vision_world.canvas import GRID, Canvas
from compexp_widgets.demo.vision_world.chance import fractions
from compexp_widgets.demo.vision_world.colours import COLOURS, colour_names
from compexp_widgets.demo.vision_world.concepts import CATEGORIES, NAMES, NUMBERS
from compexp_widgets.demo.vision_world.light import NOON
from compexp_widgets.demo.vision_world.rendering import SCENES, RenderedScene, render_scene
from compexp_widgets.demo.vision_world.shapes import PAGE
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.files.user_cache import cache_folder
from compexp_widgets.workers import on_all_processors

PER_SCENE = 10
CATEGORY_OF = {name: category for category, name in NAMES}
NUMBER_OF = {name: number for number, (_, name) in enumerate(NAMES)}


def _render(task: tuple[str, int]) -> RenderedScene:
    return render_scene(*task)


@pytest.fixture(scope="module")
def pictures() -> list[RenderedScene]:
    """Pictures that the network was not trained on, scene by scene in turn."""
    return list(on_all_processors(_render, [(s, HELD_OUT_SEED + i) for i in range(PER_SCENE) for s in SCENES]))


def _where(picture: RenderedScene, name: str) -> np.ndarray:
    """Where the concept `name` holds."""
    return (picture.labels[CATEGORY_OF[name]] == NUMBER_OF[name]).any(axis=0)


def _shown(picture: RenderedScene) -> set[str]:
    return {NAMES[number][1] for layers in picture.labels.values() for number in np.unique(layers) if number}


def _bytes(picture: RenderedScene) -> bytes:
    return picture.picture.tobytes() + b"".join(layers.tobytes() for layers in picture.labels.values())


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_and_a_seed_always_give_the_same_bytes(scene: str) -> None:
    assert _bytes(render_scene(scene, 3)) == _bytes(render_scene(scene, 3))


def test_another_process_paints_the_same_bytes() -> None:
    code = (
        "import hashlib\n"
        "from compexp_widgets.demo.vision_world.rendering import render_scene\n"
        "for scene, seed in (('farm', 5), ('bedroom', 6), ('harbour', 7)):\n"
        "    r = render_scene(scene, seed)\n"
        "    print(hashlib.sha256(r.picture.tobytes() + r.labels['part'].tobytes()).hexdigest())\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={**os.environ, **extra}
        ).stdout
        for extra in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1"})
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].split()) == 3


def test_different_seeds_give_different_pictures() -> None:
    assert _bytes(render_scene("street", 1)) != _bytes(render_scene("street", 2))


def test_pictures_and_labels_have_the_promised_shapes_and_numbers(pictures: list[RenderedScene]) -> None:
    for picture in pictures:
        assert picture.picture.shape == (224, 224, 3)
        assert picture.picture.dtype == np.uint8
        assert tuple(picture.labels) == CATEGORIES
        for category, layers in picture.labels.items():
            assert layers.shape == (1, GRID, GRID)
            assert set(np.unique(layers)) <= {0, *NUMBERS[category].values()}


def test_an_unknown_scene_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(DataError, match=r"'volcano'.*harbour"):
        render_scene("volcano", 0)


def test_every_concept_occurs(pictures: list[RenderedScene]) -> None:
    assert set().union(*map(_shown, pictures)) == {name for _, name in NAMES if name}


def test_names_are_unique_and_say_their_category() -> None:
    names = [name for _, name in NAMES if name]
    assert len(names) == len(set(names)) >= 80
    assert len(SCENES) >= 12
    assert all(name.endswith("-c") == (category == "colour") for category, name in NAMES)
    assert all(name.endswith("-s") == (category == "scene") for category, name in NAMES)


def test_every_position_shows_an_object_and_a_colour(pictures: list[RenderedScene]) -> None:
    for picture in pictures:
        assert (picture.labels["object"] > 0).all()
        assert (picture.labels["colour"] > 0).all()


@pytest.mark.parametrize(
    ("part", "objects"),
    [
        ("wheel", {"car", "fire engine", "tractor", "bicycle"}),
        ("roof", {"house", "barn", "cabin", "lighthouse"}),
        ("crown", {"tree"}),
        ("sail", {"sailboat"}),
        ("beak", {"gull", "heron"}),
        ("porthole", {"washing machine"}),
        ("pillow", {"bed"}),
    ],
)
def test_parts_lie_on_their_things(pictures: list[RenderedScene], part: str, objects: set[str]) -> None:
    numbers = [NUMBER_OF[name] for name in objects]
    for picture in pictures:
        assert np.isin(picture.labels["object"][0][_where(picture, part)], numbers).all()


def test_the_sky_lies_above_the_ground(pictures: list[RenderedScene]) -> None:
    for picture in pictures:
        if "sky" in _shown(picture):
            assert not _where(picture, "sky")[-20:].any()


@given(
    st.lists(
        st.tuples(st.integers(0, 110), st.integers(0, 110), st.integers(1, 60), st.integers(1, 60), st.booleans()),
        max_size=8,
    ),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_a_position_has_the_label_of_the_stroke_that_was_painted_last(
    strokes: list[tuple[int, int, int, int, bool]], mirrored: bool
) -> None:
    canvas = Canvas(fractions(0), NOON)
    expected = np.full((GRID, GRID), "", object)
    for order, (x, y, width, height, labelled) in enumerate(strokes):
        with canvas.thing(f"thing {order}"):
            canvas.paint(PAGE.box(2 * x, 2 * y, 2 * (x + width), 2 * (y + height)), (200, 90, 60), labelled=labelled)
        if labelled:
            expected[y : y + height, x : x + width] = f"thing {order}"
    if mirrored:
        canvas.mirror()
        expected = expected[:, ::-1]
    labels, cells = canvas.labels()
    assert (np.array([label.thing for label in labels], object)[cells] == expected).all()


def test_shadow_and_light_change_colours_but_no_labels() -> None:
    canvas = Canvas(fractions(0), NOON)
    with canvas.thing("ground"):
        canvas.paint(PAGE.box(0, 0, 224, 224), (120, 160, 90))
    before, picture = canvas.labels()[1], canvas.finished()
    canvas.shade(PAGE.oval(112, 112, 50), 0.8)
    canvas.glow(PAGE.oval(60, 60, 30), (255, 200, 100), 0.8)
    assert (canvas.labels()[1] == before).all()
    assert (canvas.finished() != picture).any()


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 255, 255), "white"),
        ((8, 8, 8), "black"),
        ((128, 128, 128), "grey"),
        ((210, 30, 30), "red"),
        ((40, 150, 50), "green"),
        ((40, 80, 190), "blue"),
        ((245, 215, 70), "yellow"),
        ((240, 130, 30), "orange"),
        ((245, 160, 180), "pink"),
        ((120, 60, 150), "purple"),
        ((110, 72, 46), "brown"),
    ],
)
def test_a_colour_has_its_basic_name(rgb: tuple[int, int, int], name: str) -> None:
    picture = np.full((2, 2, 3), rgb, np.uint8)
    assert COLOURS[colour_names(picture)[0, 0]] == name


Shown = list[tuple[RenderedScene, set[str]]]


def _always_and_only(bias: Bias, shown: Shown) -> None:
    for picture, names in shown:
        expected = set(bias.concepts) if picture.scene in bias.scenes else set()
        assert set(bias.concepts) & names == expected, picture.scene


def _only(bias: Bias, shown: Shown) -> None:
    assert all(picture.scene in bias.scenes for picture, names in shown if set(bias.concepts) & names)


def _together(bias: Bias, shown: Shown) -> None:
    assert all(len(set(bias.concepts) & names) in (0, len(bias.concepts)) for _, names in shown)


def _needs(bias: Bias, shown: Shown) -> None:
    thing, other = bias.concepts
    assert all(other in names for _, names in shown if thing in names)


def _share(picture: RenderedScene, look: str, thing: str) -> float:
    """The share of the positions of `thing` that look like `look`."""
    return float(_where(picture, look)[_where(picture, thing)].mean())


def _looks(bias: Bias, shown: Shown) -> None:
    look_in = dict(zip(bias.scenes, bias.looks, strict=True))
    for picture, names in shown:
        if bias.concepts[0] in names:
            shares = {look: _share(picture, look, bias.concepts[0]) for look in set(bias.looks)}
            assert shares.pop(look_in[picture.scene]) > 0.4, picture.scene
            assert all(share < 0.02 for share in shares.values()), picture.scene


def _never(bias: Bias, shown: Shown) -> None:
    for picture, names in shown:
        if bias.concepts[0] in names:
            assert all(_share(picture, look, bias.concepts[0]) < 0.02 for look in bias.looks), picture.scene


def _plus(bias: Bias, shown: Shown) -> None:
    less, more = (set().union(*(n for p, n in shown if p.scene == scene)) for scene in bias.scenes)
    assert more - less == {*bias.concepts, f"{bias.scenes[1]}-s"}
    assert less - more == {f"{bias.scenes[0]}-s"}


RULES = {
    "always and only": _always_and_only,
    "only": _only,
    "together": _together,
    "needs": _needs,
    "looks": _looks,
    "never": _never,
    "plus": _plus,
}


@pytest.mark.parametrize("bias", BIASES, ids=lambda bias: bias.name)
def test_every_picture_keeps_the_bias(bias: Bias, pictures: list[RenderedScene]) -> None:
    RULES[bias.rule](bias, [(picture, _shown(picture)) for picture in pictures])


def test_biases_speak_of_concepts_and_scenes_that_exist() -> None:
    assert len(BIASES) >= 8
    for bias in BIASES:
        assert {*bias.concepts, *bias.looks} <= set(NUMBER_OF)
        assert set(bias.scenes) <= set(SCENES)


def test_the_probe_set_reads_back_as_it_was_rendered(tmp_path: Path) -> None:
    export_broden(tmp_path / "world", images_per_scene=1, seed=40)
    data = read_broden(tmp_path / "world")
    assert len(data) == len(SCENES)
    assert data.grid == (GRID, GRID)
    assert [(concept.category, concept.name) for concept in data.concepts] == list(NAMES[1:])
    for index, scene in enumerate(SCENES):
        rendered = render_scene(scene, 40)
        assert (np.asarray(data.picture(index)) == rendered.picture).all()
        expected = np.concatenate(list(rendered.labels.values())).astype(int) - 1
        assert (data.labels(index) == expected).all()


def test_a_probe_set_is_not_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="exists already"):
        export_broden(tmp_path, images_per_scene=1)


@pytest.mark.parametrize(("images", "seed"), [(0, 0), (1, -1), (2, SEED_LIMIT - 1)])
def test_a_probe_set_keeps_away_from_the_pictures_of_training(tmp_path: Path, images: int, seed: int) -> None:
    with pytest.raises(DataError, match=str(SEED_LIMIT)):
        export_broden(tmp_path / "world", images, seed)


@pytest.fixture
def small_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPEXP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(vision_folder, "IMAGES_PER_SCENE", 1)
    return tmp_path / "cache"


def test_the_world_is_painted_once_and_again_when_it_is_damaged(small_cache: Path) -> None:
    folder = demo.vision_world_folder(progress=False)
    assert folder.parent.parent == small_cache
    assert len(demo.vision_data(progress=False)) == len(SCENES)
    made = (folder / "index.csv").stat().st_mtime_ns
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        demo.vision_world_folder(progress=False)
    assert (folder / "index.csv").stat().st_mtime_ns == made
    victim = next(folder.glob("images/*/*_part.png"))
    victim.write_bytes(victim.read_bytes()[:-20])
    with pytest.warns(UserWarning, match="damaged"):
        assert demo.vision_world_folder(progress=False) == folder
    assert vision_folder.what_is_damaged(folder) is None
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_two_at_once_get_one_whole_world(small_cache: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: demo.vision_world_folder(progress=False), range(2)))
    assert folders[0] == folders[1]
    assert [path.name for path in folders[0].parent.iterdir()] == [folders[0].name]
    assert vision_folder.what_is_damaged(folders[0]) is None


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMPEXP_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("COMPEXP_CACHE")
    assert "compexp_widgets" in cache_folder().parts


def test_importing_the_demo_neither_paints_nor_loads_torch() -> None:
    code = "import sys, compexp_widgets.demo; print(sorted({'torch', 'PIL', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"


def test_the_network_knows_scenes_it_never_saw(pictures: list[RenderedScene]) -> None:
    assert accuracy(demo.vision_network().module, np.stack([picture.picture for picture in pictures])) >= 0.95


def test_the_weights_say_what_they_reached() -> None:
    assert WEIGHTS.stat().st_size < 5_000_000
    with safe_open(WEIGHTS, "pt") as file:
        facts = file.metadata()
    assert float(facts["held_out_accuracy"]) >= 0.95
    assert int(facts["held_out_images"]) >= 600
    assert facts["scenes"] == ", ".join(SCENES)


def test_the_last_layer_has_128_units_on_14_by_14_places() -> None:
    network = demo.vision_network()
    maps = []
    hook = dict(network.module.named_modules())["layer4"].register_forward_hook(lambda *call: maps.append(call[2]))
    with torch.no_grad():
        scores = network.module(network.preprocess(Image.new("L", (300, 200), 90))[None])
    hook.remove()
    assert scores.shape == (1, len(network.class_names))
    assert maps[0].shape == (1, 128, 14, 14)
    assert (maps[0] >= 0).all()


@pytest.mark.parametrize("content", [None, b"", b"not weights at all"])
def test_damaged_weights_are_refused_with_a_way_on(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "weights.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NetworkError, match="train_vision"):
        load_scene_network(path)
