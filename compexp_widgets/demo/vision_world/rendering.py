"""One picture of the world, with everything that is true of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.demo.vision_world import (
    light,
    scenes_country,
    scenes_indoor,
    scenes_snow_and_sand,
    scenes_town,
    scenes_water,
)
from compexp_widgets.demo.vision_world.canvas import GRID, Canvas
from compexp_widgets.demo.vision_world.chance import fractions
from compexp_widgets.demo.vision_world.colours import colour_names
from compexp_widgets.demo.vision_world.concepts import NUMBERS
from compexp_widgets.errors import DataError

BLUE_SKIES = (light.MORNING, light.NOON, light.CLEAR, light.GOLDEN)
_PAINTERS: dict[str, tuple[Callable[[Canvas], None], tuple[light.Light, ...]]] = {
    "harbour": (scenes_water.paint_harbour, (*light.DAYS, light.DUSK)),
    "lagoon": (scenes_water.paint_lagoon, BLUE_SKIES),
    "swamp": (scenes_water.paint_swamp, BLUE_SKIES),
    "beach": (scenes_water.paint_beach, (*light.DAYS[:5], *light.DAYS)),
    "farm": (scenes_country.paint_farm, light.DAYS),
    "forest": (scenes_country.paint_forest, light.DAYS),
    "campsite": (scenes_country.paint_campsite, (light.NIGHT,)),
    "ski slope": (scenes_snow_and_sand.paint_ski_slope, (*light.DAYS[:6], light.DUSK)),
    "desert": (scenes_snow_and_sand.paint_desert, light.DAYS[:5]),
    "street": (scenes_town.paint_street, (*light.DAYS, light.DUSK)),
    "fire station": (scenes_town.paint_fire_station, (*light.DAYS, light.DUSK)),
    "kitchen": (scenes_indoor.paint_kitchen, light.INDOORS),
    "laundry room": (scenes_indoor.paint_laundry_room, light.INDOORS),
    "bedroom": (scenes_indoor.paint_bedroom, light.INDOORS),
}
SCENES: tuple[str, ...] = tuple(_PAINTERS)
"""The names of all scenes; a network's classes are in this order."""


@dataclass(frozen=True)
class RenderedScene:
    """A picture and its annotation.

    Attributes
    ----------
    picture
        uint8, shape (224, 224, 3).
    labels
        Category → label numbers: int32, shape (layers, 112, 112); 0 where nothing is named. The numbers are those of
        `concepts.NUMBERS`.
    scene
        One of `SCENES`.
    """

    picture: NDArray[np.uint8]
    labels: dict[str, NDArray[np.int32]]
    scene: str


def _view(numbers: Iterator[float]) -> tuple[float, float, float]:
    """What is seen of the page: all of it, or a part that loses at most a tenth at each side."""
    zoom = 1.0 if next(numbers) < 0.3 else 1.0 + 0.16 * next(numbers)
    spare = 224 - 224 / zoom
    left, top = spare * (0.3 + 0.4 * next(numbers)), spare * (0.15 + 0.5 * next(numbers))
    return left, top, zoom


def render_scene(scene: str, seed: int) -> RenderedScene:
    """Picture number `seed` of `scene`: the same bytes for the same arguments, on every machine.

    >>> render_scene("harbour", 7).picture.shape
    (224, 224, 3)

    Parameters
    ----------
    scene
        One of `SCENES`.
    seed
        Any whole number from 0 on.

    Raises
    ------
    DataError
        If there is no such scene, or the seed is negative.
    """
    if scene not in _PAINTERS:
        raise DataError(f"There is no scene {scene!r} in this world; it has: {', '.join(SCENES)}.")
    if seed < 0:
        raise DataError(f"The seed of a picture is a whole number from 0 on, not {seed}.")
    numbers = fractions(seed, SCENES.index(scene))
    painter, hours = _PAINTERS[scene]
    hour = hours[int(next(numbers) * len(hours))]
    canvas = Canvas(numbers, hour, _view(numbers))
    painter(canvas)
    if canvas.chance(0.5):
        canvas.mirror()
    picture = canvas.finished()
    kinds, cells = canvas.labels()
    labels = {
        "object": np.array([NUMBERS["object"].get(kind.thing, 0) for kind in kinds], np.int32)[cells][None],
        "part": np.array([NUMBERS["part"].get(kind.part, 0) for kind in kinds], np.int32)[cells][None],
        "material": np.array([NUMBERS["material"].get(kind.material, 0) for kind in kinds], np.int32)[cells][None],
        "colour": np.array(list(NUMBERS["colour"].values()), np.int32)[colour_names(picture)][None],
        "scene": np.full((1, GRID, GRID), NUMBERS["scene"][f"{scene}-s"], np.int32),
    }
    return RenderedScene(picture, labels, scene)
