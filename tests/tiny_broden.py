"""A data set in the Broden layout, small enough for a test and true to the format of the real one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CATEGORIES = ("color", "object", "part", "material", "scene", "texture")
WHOLE_IMAGE = ("scene", "texture")

# Label numbers on both sides of 256, so that the green channel of a mask counts.
LABELS = {
    "color": {1: "black-c", 2: "blue-c", 3: "green-c", 4: "red-c"},
    "object": {253: "water", 254: "ice rink", 255: "tree", 256: "house", 257: "<b>dog & cat</b>"},
    "part": {258: "door", 259: "leg", 260: "roof"},
    "material": {261: "wood", 262: "glass"},
    "scene": {512: "street-s", 513: "beach-s", 514: "igloo-s"},
    "texture": {515: "dotted", 516: "striped"},
}


def write_tiny_broden(
    folder: Path,
    *,
    images: int = 6,
    grid: tuple[int, int] = (8, 10),
    seed: int = 0,
    layers: Sequence[str] = CATEGORIES,
) -> list[NDArray[np.int64]]:
    """Write the data set and return, for each image, its label numbers.

    Every image has a colour mask; object masks of blocks; none to two part masks; a material mask or none; one scene;
    and none to two textures: each as far as it is in `layers`. "door" is an object too. Pictures are twice the grid.

    Returns
    -------
    list of int64 arrays, shape (layers of that image, height, width): masks in the order of the columns, then
    whole-image numbers.
    """
    rng = np.random.default_rng(seed)
    (folder / "images" / "tiny").mkdir(parents=True)
    used = [category for category in CATEGORIES if category in layers]
    index: list[list[object]] = []
    truth: list[NDArray[np.int64]] = []
    for number in range(images):
        stem = f"tiny/{number:04d}"
        pixels = rng.integers(0, 256, (grid[0] * 2, grid[1] * 2, 3), np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"{stem}.png")
        fields: dict[str, str] = dict.fromkeys(CATEGORIES, "")
        masks: list[NDArray[np.int64]] = []
        wholes: list[NDArray[np.int64]] = []
        for category in used:
            numbers = np.array(list(LABELS[category]))
            count = {"color": 1, "object": 1, "scene": 1, "part": int(rng.integers(3))}.get(category)
            count = int(rng.integers(2)) if count is None else count
            if category in WHOLE_IMAGE:
                chosen = rng.choice(numbers, count, replace=False)
                fields[category] = ";".join(map(str, chosen))
                wholes += [np.full(grid, value) for value in chosen]
                continue
            names = []
            for layer in range(count):
                mask = _blocks(rng, np.append(numbers, 0) if category != "color" else numbers, grid)
                names.append(f"{stem}_{category}_{layer}.png" if category == "part" else f"{stem}_{category}.png")
                write_rg_mask(folder / "images" / names[-1], mask)
                masks.append(mask)
            fields[category] = ";".join(names)
        split = "val" if number % 2 else "train"
        sizes = [grid[0] * 2, grid[1] * 2, *grid]
        index.append([f"{stem}.png", split, *sizes, *fields.values()])
        truth.append(np.array(masks + wholes).reshape(-1, *grid))
    write_csv(folder / "index.csv", ("image", "split", "ih", "iw", "sh", "sw", *CATEGORIES), index)
    _write_tables(folder, used, truth)
    return truth


def write_rg_mask(path: Path, numbers: NDArray[np.int64]) -> None:
    """Write label numbers as red + 256·green."""
    channels = np.stack([numbers % 256, numbers // 256, np.zeros_like(numbers)], axis=-1)
    Image.fromarray(channels.astype(np.uint8)).save(path)


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table as Broden's tools do."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _blocks(
    rng: np.random.Generator, numbers: NDArray[np.int64], grid: tuple[int, int], side: int = 3
) -> NDArray[np.int64]:
    coarse = rng.choice(numbers, (-(-grid[0] // side), -(-grid[1] // side)))
    return np.kron(coarse, np.ones((side, side), np.int64))[: grid[0], : grid[1]]


def _write_tables(folder: Path, used: Sequence[str], truth: list[NDArray[np.int64]]) -> None:
    shares = {
        number: [float((layers == number).any(axis=0).mean()) for layers in truth if (layers == number).any()]
        for category in used
        for number in LABELS[category]
    }
    rows: list[list[object]] = []
    categories: list[list[object]] = []
    for category in used:
        labels = LABELS[category]
        codes: list[list[object]] = []
        for code, (number, name) in enumerate(labels.items(), start=1):
            frequency, coverage = len(shares[number]), round(sum(shares[number]), 6)
            kinds = f"{category}({frequency})" + (";object(0)" if name == "door" and "object" in used else "")
            rows.append([number, name, kinds, frequency, coverage, ""])
            codes.append([code, number, name, frequency, coverage])
        write_csv(folder / f"c_{category}.csv", ("code", "number", "name", "frequency", "coverage"), codes)
        frequency = sum(len(shares[number]) for number in labels)
        categories.append([category, min(labels), max(labels), len(labels), frequency])
    write_csv(folder / "label.csv", ("number", "name", "category", "frequency", "coverage", "syns"), rows)
    write_csv(folder / "category.csv", ("name", "first", "last", "count", "frequency"), categories)
