"""The vision world written down in the layout of Broden: pictures, masks and tables."""

from __future__ import annotations

import csv
import json
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.demo.vision_world.canvas import GRID, PICTURE
from compexp_widgets.demo.vision_world.concepts import NAMES, NUMBERS
from compexp_widgets.demo.vision_world.rendering import SCENES, render_scene
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.workers import on_all_processors

SEED_LIMIT = 1_000_000
"""Probe pictures have seeds below this; the pictures of training and held-out set have theirs above."""

CONTENTS = "contents.json"
"""Lists every file of an exported folder with its size, so that a damaged folder is noticed."""

_MASKS = ("object", "part", "material", "colour")
_Counts = tuple[Counter[int], Counter[int]]


def export_broden(folder: Path, images_per_scene: int = 52, seed: int = 0, progress: Report = silent) -> None:
    """Render a balanced probe set and write it to `folder`, whole or not at all.

    ::

        index.csv, label.csv, category.csv, c_object.csv, …   as Broden has them
        images/harbour/000007.png                             224 × 224
        images/harbour/000007_object.png, …                   112 × 112, label number = red + 256·green

    Every sixth picture of a scene is of the split ``val``, the others are ``train``.

    Parameters
    ----------
    folder
        Where to write; must not exist. Its parents are made.
    images_per_scene
        How many pictures each scene gets, at least 1.
    seed
        The first picture's seed; the others' follow. Below `SEED_LIMIT`, so that no picture is one that the shipped
        network was trained or measured on.
    progress
        Called with a word on the work, the pictures done and all pictures.

    Raises
    ------
    DataError
        If the folder exists or cannot be written, or a number is out of range.
    """
    if images_per_scene < 1 or seed < 0 or seed + images_per_scene > SEED_LIMIT:
        raise DataError(
            f"{images_per_scene} pictures a scene from seed {seed} on: there must be at least one, "
            f"and their seeds must lie between 0 and {SEED_LIMIT}."
        )
    if folder.exists():
        raise DataError(f"{folder} exists already. Remove it, or choose another folder for the vision world.")
    tasks = [(scene, seed + i) for i in range(images_per_scene) for scene in SCENES]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.partial")
        unfinished.mkdir()  # for whom the user lets see new folders, as in a cache that a group shares
    except OSError as error:
        raise DataError(
            f"The vision world cannot be written to {folder}: {error}. Choose a folder that can be written."
        ) from error
    try:
        for scene in SCENES:
            (unfinished / "images" / _slug(scene)).mkdir(parents=True)
        images, positions = _write_images(unfinished, tasks, progress)
        _write_index(unfinished, tasks, seed)
        _write_tables(unfinished, images, positions, len(tasks))
        sizes = {path.relative_to(unfinished).as_posix(): path.stat().st_size for path in _files_under(unfinished)}
        (unfinished / CONTENTS).write_text(json.dumps(sizes, indent=0), encoding="utf-8")
        unfinished.rename(folder)
    except OSError as error:
        if folder.exists():
            raise DataError(f"{folder} was made by somebody else in the meantime.") from error
        raise DataError(f"The vision world cannot be written to {folder}: {error}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _slug(scene: str) -> str:
    return scene.replace(" ", "_")


def _name(scene: str, seed: int) -> str:
    return f"{_slug(scene)}/{seed:06d}"


def _files_under(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _write_images(folder: Path, tasks: Sequence[tuple[str, int]], progress: Report) -> _Counts:
    """Write all pictures and masks; count images and positions a label number."""
    images: Counter[int] = Counter()
    positions: Counter[int] = Counter()
    stage = Stage("painting the vision world", "paint")
    progress(stage, 0, len(tasks))
    for done, counts in enumerate(on_all_processors(partial(_write_image, folder), tasks), start=1):
        positions.update(counts)
        images.update(counts.keys())
        progress(stage, done, len(tasks))
    return images, positions


def _write_image(folder: Path, task: tuple[str, int]) -> dict[int, int]:
    """Render and write one picture with its masks; how many positions each label number has."""
    scene, seed = task
    rendered = render_scene(scene, seed)
    base = folder / "images" / _name(scene, seed)
    # Fast compression: the grain of the paint gives the slow one little to save.
    Image.fromarray(rendered.picture).save(base.with_suffix(".png"), compress_level=2)
    counts: Counter[int] = Counter()
    for category, layers in rendered.labels.items():
        numbers, sizes = np.unique(layers[0], return_counts=True)
        counts.update({int(number): int(size) for number, size in zip(numbers, sizes, strict=True) if number})
        if category in _MASKS:
            _mask_image(layers[0]).save(base.with_name(f"{base.name}_{category}.png"), compress_level=4)
    return dict(counts)


def _mask_image(numbers: NDArray[np.int32]) -> Image.Image:
    channels = np.zeros((*numbers.shape, 3), np.uint8)
    channels[..., 0] = numbers % 256
    channels[..., 1] = numbers // 256
    return Image.fromarray(channels)


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_index(folder: Path, tasks: Sequence[tuple[str, int]], first_seed: int) -> None:
    rows = []
    for scene, seed in tasks:
        name = _name(scene, seed)
        split = "val" if (seed - first_seed) % 6 == 5 else "train"
        masks = [f"{name}_{category}.png" for category in _MASKS]
        rows.append((f"{name}.png", split, PICTURE, PICTURE, GRID, GRID, *masks, NUMBERS["scene"][f"{scene}-s"]))
    header = ("image", "split", "ih", "iw", "sh", "sw", *_MASKS, "scene")
    _write_rows(folder / "index.csv", header, rows)


def _write_tables(folder: Path, images: Counter[int], positions: Counter[int], count: int) -> None:
    labels = []
    categories = []
    for category, members in NUMBERS.items():
        codes = []
        for code, (name, number) in enumerate(members.items(), start=1):
            coverage = f"{positions[number] / (GRID * GRID * count):.6f}"
            labels.append((number, name, f"{category}({images[number]})", images[number], coverage, ""))
            codes.append((code, number, name, images[number], coverage))
        _write_rows(folder / f"c_{category}.csv", ("code", "number", "name", "frequency", "coverage"), codes)
        first, last = min(members.values()), max(members.values())
        categories.append((category, first, last, len(members), sum(images[number] for number in members.values())))
    _write_rows(folder / "label.csv", ("number", "name", "category", "frequency", "coverage", "syns"), labels)
    _write_rows(folder / "category.csv", ("name", "first", "last", "count", "frequency"), categories)
    assert len(labels) == len(NAMES) - 1
