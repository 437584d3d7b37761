"""Scenes in the country: farm, forest, campsite."""

from __future__ import annotations

from functools import partial

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.landmarks import paint_barn, paint_silo
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.outdoors import (
    paint_campfire,
    paint_fence,
    paint_hay_bale,
    paint_tent,
)
from compexp_widgets.demo.vision_world.people import paint_person
from compexp_widgets.demo.vision_world.plants import (
    AUTUMN,
    FIRS,
    LEAVES,
    paint_fern,
    paint_fir,
    paint_flowers,
    paint_grass,
    paint_leafy_tree,
    paint_mushroom,
)
from compexp_widgets.demo.vision_world.shapes import PAGE, Point, Shape
from compexp_widgets.demo.vision_world.skies import (
    paint_clouds,
    paint_hills,
    paint_moon,
    paint_rain,
    paint_sky,
    paint_stars,
)
from compexp_widgets.demo.vision_world.staging import Stage, spread
from compexp_widgets.demo.vision_world.tame_animals import paint_cow, paint_sheep
from compexp_widgets.demo.vision_world.vehicles import paint_tractor
from compexp_widgets.demo.vision_world.waters import paint_rock
from compexp_widgets.demo.vision_world.wild_animals import paint_deer, paint_fox

PETALS: tuple[Colour, ...] = ((228, 92, 96), (240, 200, 90), (246, 236, 226), (160, 120, 190), (236, 140, 160))


BARNS: tuple[Colour, ...] = ((176, 62, 50), (160, 74, 58), (122, 130, 128), (186, 132, 84))


def paint_path(canvas: Canvas, top: float, start: float, end: float, width: float, colour: Colour) -> None:
    """A way that winds from (`start`, `top`) to the lower edge at `end`."""
    middle = (start + end) / 2 + canvas.between(-30, 30)
    left: list[Point] = []
    right: list[Point] = []
    for i in range(9):
        t = i / 8
        x = start * (1 - t) ** 2 + 2 * middle * t * (1 - t) + end * t * t
        y, half = top + (230 - top) * t, width * (0.10 + 0.9 * t * t) / 2
        left.append((x - half + canvas.between(-1, 1) * t, y))
        right.append((x + half + canvas.between(-1, 1) * t, y))
    with canvas.thing("path"):
        way = canvas.paint(PAGE.blob(*left, *right[::-1], steps=4), colour, slope=(14, 10), texture="brush", grain=28)
        stones: Shape = []
        for _ in range(24):
            stones += PAGE.oval(
                canvas.between(min(start, end) - width, max(start, end) + width),
                canvas.between(top, 226),
                canvas.between(0.6, 2),
                0.6,
                tone=round(canvas.between(-50, 40)),
            )
        canvas.paint(stones, colour, within=way, labelled=False)


def _paint_furrows(canvas: Canvas, top: float, bottom: float, colour: Colour, name: str) -> None:
    """A ploughed or planted field whose rows run to a vanishing point."""
    vanish = canvas.between(40, 190)
    with canvas.thing(name, 8):
        line: list[Point] = [(x, top + canvas.between(-0.8, 0.8)) for x in range(-40, 280, 20)]
        field = canvas.paint(PAGE.land(line, bottom), colour, slope=(10, 20), texture="brush", grain=22)
        rows: Shape = []
        for i in range(-14, 15):
            x0, x1 = vanish + i * 9, vanish + i * 44
            rows += PAGE.polygon(
                (x0 - 0.6, top - 2),
                (x0 + 1.2, top - 2),
                (x1 + 7, bottom + 30),
                (x1 - 5, bottom + 30),
                tone=round(canvas.between(-20, 20)),
            )
        canvas.paint(rows, mix(colour, (60, 50, 60), 0.3), within=field, labelled=False, opacity=0.8, grain=30)


def paint_farm(canvas: Canvas) -> None:
    """A barn among fields, with animals behind a fence."""
    horizon = canvas.between(84, 102)
    paint_sky(canvas, horizon + 10)
    paint_clouds(canvas, horizon)
    paint_hills(canvas, "hill", horizon + 4, canvas.between(16, 34), canvas.vary((128, 162, 108), 8), 42)
    if canvas.chance(0.6):
        _paint_furrows(
            canvas,
            horizon + 2,
            170,
            canvas.pick(((216, 184, 98), (150, 168, 80), (158, 118, 84), (226, 204, 120))),
            "field",
        )
    paint_hills(
        canvas,
        "grass",
        horizon + 26,
        9,
        canvas.vary(canvas.pick(((136, 172, 84), (152, 180, 92), (172, 176, 92))), 6),
        8,
    )
    canvas.depth = 8
    leaves = canvas.pick((LEAVES, LEAVES, AUTUMN))
    for _ in range(canvas.whole(1, 3)):
        paint_leafy_tree(
            canvas,
            canvas.between(-4, 228),
            horizon + canvas.between(18, 26),
            canvas.between(36, 62),
            canvas.pick(leaves),
        )
    canvas.depth = 3
    x = canvas.between(52, 150)
    base = horizon + canvas.between(36, 46)
    if canvas.chance(0.7):
        paint_silo(canvas, x + canvas.pick((-40, 62)), base - 3, canvas.between(62, 82))
    paint_barn(canvas, x, base, canvas.between(70, 92), canvas.vary(canvas.pick(BARNS), 6))
    canvas.depth = 0
    paint_grass(canvas, base + 4, 226, canvas.vary((126, 160, 76), 8), 150)
    if canvas.chance(0.4):
        paint_path(canvas, base + 1, x - 4, canvas.between(40, 190), 54, (206, 176, 130))
    stage = Stage()
    if canvas.chance(0.45):
        y = base + canvas.between(22, 40)
        stage.add(y, partial(paint_tractor, canvas, canvas.between(36, 188), y, canvas.between(50, 66)))
    for hx in spread(canvas, canvas.pick((0, 0, 1, 2)), 20, 204):
        y = base + canvas.between(14, 44)
        stage.add(y, partial(paint_hay_bale, canvas, hx, y, canvas.between(24, 36)))
    cows = canvas.pick((0, 1, 2, 2))
    fence = cows > 0 or canvas.chance(0.4)
    if canvas.chance(0.4):
        y = base + canvas.between(20, 54)
        stage.add(y, partial(paint_person, canvas, canvas.between(20, 204), y, 34 + (y - base) * 0.4, "straw"))
    places = spread(canvas, cows + canvas.pick((0, 0, 1, 3)), 16, 208)
    for i, ax in enumerate(places):
        y = canvas.between(base + 26, 204)
        size = 0.74 + (y - base) / 150
        if i < cows:
            stage.add(y, partial(paint_cow, canvas, ax, y, canvas.between(54, 64) * size))
        else:
            stage.add(y, partial(paint_sheep, canvas, ax, y, canvas.between(36, 42) * size))
    stage.play()
    if fence:
        paint_fence(canvas, -6, 230, canvas.between(206, 216), canvas.between(20, 28), canvas.chance(0.4))
    if canvas.chance(0.4):
        paint_flowers(canvas, canvas.between(20, 204), canvas.between(206, 222), 40, 8, canvas.pick(PETALS))
    paint_rain(canvas)


def _paint_woods(canvas: Canvas, horizon: float) -> None:
    """What forest and campsite share: firs in three depths, forest floor, undergrowth."""
    paint_hills(canvas, "hill", horizon, canvas.between(14, 30), (104, 138, 116), 56)
    for depth, count, low, high in ((50, 9, 40, 62), (30, 8, 56, 82)):
        canvas.depth = depth
        for i in range(count):
            x = (i + canvas.between(0.1, 0.9)) * 236 / count - 6
            paint_fir(
                canvas,
                x,
                horizon + canvas.between(4, 9) + (50 - depth) * 0.4,
                canvas.between(low, high),
                canvas.pick(FIRS),
            )
    canvas.depth = 0
    floor: Colour = canvas.vary(canvas.pick(((112, 124, 70), (134, 112, 74), (98, 122, 78), (150, 126, 82))), 8)
    paint_hills(canvas, "forest floor", horizon + 22, 10, floor, 6)
    litter: Shape = []
    for _ in range(120):
        y = canvas.between(horizon + 18, 226)
        size = 0.5 + (y - horizon) / 70
        litter += PAGE.leaf(
            canvas.between(-2, 226), y, size, size * 0.45, canvas.between(-40, 40), tone=round(canvas.between(-70, 60))
        )
    canvas.paint(litter, mix(floor, (170, 110, 60), 0.3), labelled=False)
    if canvas.chance(0.55):
        paint_path(canvas, horizon + 16, canvas.between(70, 154), canvas.between(40, 184), 62, (176, 148, 110))


def _add_undergrowth(canvas: Canvas, stage: Stage, horizon: float, clear_of: float = -99) -> None:
    """Ferns, toadstools and a boulder; nothing in front of the place `clear_of`."""
    for x in spread(canvas, canvas.whole(3, 6), -4, 228):
        y = canvas.between(horizon + 40, 220 if abs(x - clear_of) > 26 else 180)
        stage.add(y, partial(paint_fern, canvas, x, y, 6 + y * 0.1, canvas.vary((86, 132, 72), 10)))
    for x in spread(canvas, canvas.pick((0, 1, 2, 3)), 8, 216):
        y = canvas.between(190, 220)
        if abs(x - clear_of) > 26:
            stage.add(y, partial(paint_mushroom, canvas, x, y, canvas.between(14, 24)))
    if canvas.chance(0.4):
        x, y = canvas.pick((canvas.between(4, 40), canvas.between(184, 220))), canvas.between(170, 216)
        if abs(x - clear_of) > 34:
            stage.add(y, partial(paint_rock, canvas, x, y, canvas.between(24, 42), (122, 128, 122)))


def paint_forest(canvas: Canvas) -> None:
    """A fir wood by day, with its animals."""
    horizon = canvas.between(96, 122)
    paint_sky(canvas, horizon + 6)
    _paint_woods(canvas, horizon)
    if canvas.light.name in ("morning", "golden", "clear", "noon"):
        for _ in range(4):
            x = canvas.between(-20, 190)
            beam = PAGE.polygon((x, -4), (x + canvas.between(10, 22), -4), (x + 84, 200), (x + 40, 200))
            canvas.glow(beam, mix((70, 62, 36), canvas.light.sun, 0.08), 0.55, 4)
    stage = Stage()
    _add_near_firs(canvas, stage, horizon, canvas.whole(2, 5))
    places = spread(canvas, 2, 44, 180)
    if canvas.chance(0.6):
        y = canvas.between(horizon + 54, 206)
        stage.add(y, partial(paint_deer, canvas, places[0], y, canvas.between(56, 84)))
    if canvas.chance(0.5):
        y = canvas.between(horizon + 60, 212)
        stage.add(y, partial(paint_fox, canvas, places[1], y, canvas.between(44, 62)))
    _add_undergrowth(canvas, stage, horizon)
    stage.play()
    paint_rain(canvas)


def _add_near_firs(canvas: Canvas, stage: Stage, horizon: float, count: int, lowest: float = 206) -> None:
    for _ in range(count):
        x, y = canvas.pick((canvas.between(-10, 62), canvas.between(162, 234))), canvas.between(horizon + 20, lowest)
        stage.add(y, partial(paint_fir, canvas, x, y, canvas.between(96, 130) + (y - horizon) * 0.5, canvas.pick(FIRS)))


def paint_campsite(canvas: Canvas) -> None:
    """The wood by night: tent, fire, moon and stars."""
    horizon = canvas.between(100, 122)
    paint_sky(canvas, horizon + 6)
    paint_stars(canvas, horizon, 50)
    paint_moon(canvas, canvas.between(56, 168), canvas.between(28, 38), canvas.between(9, 13))
    _paint_woods(canvas, horizon)
    stage = Stage()
    _add_near_firs(canvas, stage, horizon, canvas.whole(1, 3), horizon + 44)
    side = canvas.pick((-1, 1))
    tent, fire = canvas.between(horizon + 48, 180), canvas.between(190, 206)
    cloth = canvas.pick(((250, 170, 84), (232, 120, 104), (130, 196, 200), (244, 226, 150)))
    stage.add(
        tent,
        lambda: paint_tent(canvas, 112 + side * canvas.between(14, 40), tent, canvas.between(76, 104), cloth, True),
    )
    hearth = 112 - side * canvas.between(30, 60)
    stage.add(fire, lambda: paint_campfire(canvas, hearth, fire, canvas.between(30, 42)))
    if canvas.chance(0.4):
        # Foxes keep behind the fire.
        y = canvas.between(horizon + 34, fire - 22)
        stage.add(y, partial(paint_fox, canvas, 112 - side * canvas.between(66, 92), y, canvas.between(36, 48)))
    _add_undergrowth(canvas, stage, horizon, hearth)
    stage.play()
