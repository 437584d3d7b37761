"""Annotated images and units of Broden's size and shape, made up by chance: what the engine is measured on.

    from broden_like import broden_like, open_broden_like

Broden's ADE20K split, as Mu and Andreas (2020) probed networks with it, has 22,210 images on a grid of 112×112
positions; Broden entire has 63,305. The numbers of images, of scenes and their frequencies, and the shares of images
with a scene and with one, two and three layers of parts are those of Broden's index. The rest imitates photographs:
scenes have objects of their own among the common ones, regions of objects have irregular borders, every object has its
colours, which vary by image, region and pixel, and parts lie within their objects, parts of parts within those. A
region has five colours on average, as in 200 COCO photographs annotated the same way. Everything follows from a seed
and an image's number, so nothing needs to lie on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.data.images.segmentation import AnnotatedImage, Concept, SegmentationDataset
from compexp_widgets.files import atomic_write
from compexp_widgets.files.user_cache import cache_folder
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.signatures import SignatureTable
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.configuration import StudyConfiguration, claim
from compexp_widgets.study.images.upsampling import upsample
from compexp_widgets.study.positions import map_positions, open_positions

IMAGES = {"ade20k": 22_210, "broden": 63_305, "small": 1_000}
GRID = (112, 112)
MAP = (7, 7)
UNITS = 512

SCENES, OBJECTS, COLOURS, PARTS = 469, 520, 11, 210
COMMON_OBJECTS = 40  # walls and skies: found in any scene

# Of Broden's index of ADE20K: share of images without a scene; of images with 0, 1, 2, 3 layers of parts; and how often
# the scene of each rank occurs, as points of a curve.
WITHOUT_SCENE = 0.1115
PART_LAYERS = (0.4795, 0.3290, 0.1837, 0.0078)
SCENE_RANKS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 468)
SCENE_COUNTS = (2241, 1987, 1528, 718, 251, 105, 51, 27, 15, 12, 10, 10)

PALETTE = np.array(
    [(20, 20, 20), (60, 90, 180), (120, 80, 45), (128, 128, 128), (60, 140, 60), (230, 140, 40),
     (230, 150, 180), (120, 60, 150), (190, 40, 40), (240, 240, 240), (240, 220, 60)],
    np.uint8,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class World:
    """What goes with what: probabilities, drawn once."""

    scene_shares: NDArray[np.float64]
    objects_of_scene: NDArray[np.float64]
    extent: NDArray[np.float64]
    hues: NDArray[np.float64]
    parts_of: tuple[NDArray[np.int64], ...]

    @classmethod
    def drawn(cls, seed: int) -> World:
        """A world from a seed."""
        random = np.random.default_rng(seed)
        counts = np.exp(np.interp(np.arange(SCENES), SCENE_RANKS, np.log(SCENE_COUNTS)))
        frequency = np.arange(1, OBJECTS + 1.0) ** -1.05
        taste = random.gamma(0.25, size=(SCENES, OBJECTS)) * 4
        taste[:, :COMMON_OBJECTS] = random.gamma(2, 0.5, size=(SCENES, COMMON_OBJECTS))
        objects = taste * frequency
        return cls(
            counts / counts.sum(),
            objects / objects.sum(axis=1, keepdims=True),
            np.where(np.arange(OBJECTS) < COMMON_OBJECTS, 1.6, 0.7) * random.lognormal(0, 0.4, OBJECTS),
            random.dirichlet(np.full(COLOURS, 0.2), OBJECTS),
            # Per layer: which parts an object has, or a part of the layer above; -1 for none.
            (
                _parts(random, OBJECTS, 0.45, 0, 150),
                _parts(random, PARTS, 0.4, 150, 200),
                _parts(random, PARTS, 0.3, 200, 210),
            ),
        )


def _parts(random: np.random.Generator, wholes: int, share: float, first: int, last: int) -> NDArray[np.int64]:
    """int64, shape (wholes, 6): the parts of every whole, from `first` to `last`; -1 where it has fewer, or none."""
    parts = random.integers(first, last, size=(wholes, 6))
    parts[np.arange(6) >= random.integers(2, 7, size=(wholes, 1))] = -1
    parts[random.random(wholes) >= share] = -1
    return parts


@dataclass(frozen=True)
class BrodenLike(SegmentationDataset):
    """The images of a profile. Labels and pictures are made when asked for."""

    seed: int = 0

    @cached_property
    def world(self) -> World:
        """What goes with what."""
        return World.drawn(self.seed)

    @cached_property
    def fingerprint(self) -> str:
        """What the data follow from: the seed, the number of images, and this file."""
        source = Path(__file__).read_bytes()
        return hashlib.sha256(source + f"{self.seed} {len(self)}".encode()).hexdigest()

    def labels(self, index: int) -> NDArray[np.int32]:
        """As of `SegmentationDataset`: colour, object, up to three layers of parts, scene."""
        random = np.random.default_rng([self.seed, index])
        world, whole = self.world, self.images[index].whole
        scene = whole[0] if whole else int(random.integers(SCENES))
        objects = random.choice(OBJECTS, 3 + random.poisson(7), p=world.objects_of_scene[scene])
        region = _regions(random, world.extent[objects])
        hues = world.hues[objects] * 2.5 + 0.02
        shares = np.cumsum(random.gamma(hues) + 1e-9, axis=1)
        shares /= shares[:, -1:]
        noise = 1 / (1 + np.exp(-2.2 * (_noise(random, 14) + 0.5 * _noise(random, 112))))
        colour = (noise[..., None] > shares[region][..., :-1]).sum(axis=-1)
        thing = objects[region]
        layers = [
            SCENES + OBJECTS + colour,
            np.where((random.random(len(objects)) < 0.06)[region], -1, SCENES + thing),
        ]
        above = thing
        for parts_of in world.parts_of[: int(np.searchsorted(np.cumsum(PART_LAYERS), random.random()))]:
            place = np.clip(((_noise(random, 10) + 2) * 1.5).astype(int), 0, 5)
            part = np.where(above >= 0, parts_of[above, place], -1)
            layers.append(np.where(part >= 0, SCENES + OBJECTS + COLOURS + part, -1))
            above = part
        layers += [np.full(GRID, concept) for concept in whole]
        return np.stack(layers).astype(np.int32)

    def picture(self, index: int) -> Image.Image:
        """The colours, as a picture of 224×224."""
        colour = self.labels(index)[0] - SCENES - OBJECTS
        return Image.fromarray(PALETTE[colour]).resize((224, 224), Image.Resampling.BICUBIC)


def broden_like(profile: str = "ade20k", seed: int = 0) -> BrodenLike:
    """The annotated images of a profile: ``"ade20k"``, ``"broden"`` (entire) or ``"small"``."""
    random = np.random.default_rng([seed, 1])
    world = World.drawn(seed)
    names = (
        [Concept(f"scene {number}", "scene") for number in range(SCENES)]
        + [Concept(f"object {number}", "object") for number in range(OBJECTS)]
        + [Concept(f"colour {number}", "color") for number in range(COLOURS)]
        + [Concept(f"part {number}", "part") for number in range(PARTS)]
    )
    count = IMAGES[profile]
    scenes = random.choice(SCENES, count, p=world.scene_shares)
    without = random.random(count) < WITHOUT_SCENE
    images = tuple(
        AnnotatedImage(
            f"{number:05d}.png",
            Path(f"{number:05d}.png"),
            "val" if number % 10 >= 7 else "train",
            (),
            () if none else (int(scene),),
            f"image {number}",
        )
        for number, (scene, none) in enumerate(zip(scenes, without, strict=True))
    )
    return BrodenLike(Path(f"broden_like-{profile}"), tuple(names), images, GRID, np.zeros(1, np.int32), seed=seed)


def study_folder(profile: str) -> Path:
    """Where a profile's study is kept unless another folder is given."""
    return cache_folder() / f"broden_like-{profile}-{broden_like(profile).fingerprint[:12]}"


def begun(profile: str, folder: Path) -> tuple[BrodenLike, StudyConfiguration]:
    """The images of a profile, and a folder that is their study's."""
    dataset = broden_like(profile)
    configuration = StudyConfiguration("planted", "planted", "units", str(dataset.folder), dataset.fingerprint)
    folder.mkdir(parents=True, exist_ok=True)
    claim(folder, configuration)
    return dataset, configuration


def open_broden_like(profile: str = "ade20k", folder: Path | None = None, report: Report = silent) -> VisionStudy:
    """The study of a profile's 512 units; made when it is not there, and continued when it is half made."""
    folder = folder or study_folder(profile)
    dataset, configuration = begun(profile, folder)
    map_positions(
        dataset,
        folder,
        on_samples=lambda done, total: report(Stage("images folded into signatures", "fold"), done, total),
    )
    if not (folder / "activations.npy").exists():
        _write_units(folder, lambda done, total: report(Stage("units made", "probe"), done, total))
    return VisionStudy(folder, configuration, dataset)


def _write_units(folder: Path, on_unit: Callable[[int, int], None]) -> None:
    """Activation maps of units that fire for a planted formula, a taste for single concepts, and by chance."""
    table, positions, *_ = open_positions(folder)
    # A map's value sees nine points of its cell; 7 · 3 points lie evenly over 112 positions.
    points = ((np.arange(21) + 0.5) * GRID[0] / 21).astype(int)
    seen = np.ascontiguousarray(positions[:, points][:, :, points])
    kind = np.repeat(np.arange(4), (SCENES, OBJECTS, COLOURS, PARTS))
    common = np.power(table.concept_total, 0.7)
    wanted = common * np.array([0.1, 0.6, 0.1, 0.2])[kind] / np.bincount(kind, common)[kind]
    shape = (UNITS, len(positions), *MAP)
    with atomic_write(folder / "activations.npy") as temporary, temporary.open("wb") as file:
        about = {"descr": dtype_to_descr(np.dtype(np.float32)), "fortran_order": False, "shape": shape}
        write_array_header_1_0(file, about)
        for unit in range(UNITS):
            file.write(_planted_maps(unit, table, wanted, seen).tobytes())
            on_unit(unit + 1, UNITS)


def _planted_maps(
    unit: int, table: SignatureTable, wanted: NDArray[np.float64], seen: NDArray[np.int32]
) -> NDArray[np.float32]:
    """float32, shape (images, 7, 7): ReLU of how much of a formula and of other concepts is seen, and of noise.

    Parameters
    ----------
    wanted
        How likely each concept is to be in the formula.
    seen
        int32, shape (images, 21, 21): the signatures of the points that the maps see.
    """
    random = np.random.default_rng([2, unit])
    concepts = random.choice(len(wanted), unit % 6, replace=False, p=wanted)
    taste = random.normal(0, 0.4, len(wanted)) * (random.random(len(wanted)) < 0.3)
    row = np.repeat(np.arange(len(table)), np.diff(table.row_starts))
    value = np.bincount(row, weights=taste[table.row_concepts], minlength=len(table))
    truth = np.zeros(len(table), np.bool_)
    for place, concept in enumerate(concepts.tolist()):
        holds = table.concept_truth(concept)
        operator = 0 if place == 0 else random.integers(3)
        truth = truth | holds if operator == 0 else truth & (holds if operator == 1 else ~holds)
        truth = truth if truth.any() else holds
    value = value + random.uniform(0.5, 4) * truth
    drive = value.astype(np.float32)[seen].reshape(len(seen), 7, 3, 7, 3).mean(axis=(2, 4))
    noise = random.normal(0, 0.7, drive.shape) + random.normal(0, 0.3, (len(seen), 1, 1))
    maps: NDArray[np.float32] = np.maximum(drive + noise, 0).astype(np.float32)
    return maps


def _regions(random: np.random.Generator, extent: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which region every position belongs to: cells around points, of unequal size and with irregular borders."""
    y, x = np.mgrid[: GRID[0], : GRID[1]] / GRID[0]
    y += 0.06 * _noise(random, 8) + 0.02 * _noise(random, 30)
    x += 0.06 * _noise(random, 8) + 0.02 * _noise(random, 30)
    points = random.random((2, len(extent), 1, 1))
    distance = ((y - points[0]) ** 2 + (x - points[1]) ** 2) / extent[:, None, None] ** 2
    region: NDArray[np.int64] = distance.argmin(axis=0)
    return region


def _noise(random: np.random.Generator, detail: int) -> NDArray[np.float32]:
    """Smooth noise on the grid, with so many values a side; about standard normal."""
    scale = 1.0 if detail == GRID[0] else 1.5  # what lies between two values varies less than they do
    noise: NDArray[np.float32] = scale * upsample(random.standard_normal((1, detail, detail), np.float32), GRID)[0]
    return noise
