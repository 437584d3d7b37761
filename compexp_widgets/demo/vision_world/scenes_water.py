"""Scenes by the water: harbour, lagoon, swamp, beach."""

from __future__ import annotations

from functools import partial

from compexp_widgets.demo.vision_world.boats import paint_rowing_boat, paint_sailboat
from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.houses import PLASTER, ROOFS, paint_house
from compexp_widgets.demo.vision_world.landmarks import paint_lighthouse
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.masonry import BRICKS
from compexp_widgets.demo.vision_world.outdoors import (
    BRIGHTS,
    paint_ball,
    paint_deck_chair,
    paint_parasol,
    paint_sandcastle,
    paint_towel,
)
from compexp_widgets.demo.vision_world.people import paint_person
from compexp_widgets.demo.vision_world.plants import (
    LEAVES,
    paint_bush,
    paint_grass,
    paint_leafy_tree,
    paint_palm,
    paint_reeds,
)
from compexp_widgets.demo.vision_world.shapes import PAGE, Point, Shape
from compexp_widgets.demo.vision_world.shore_animals import paint_crab, paint_frog, paint_gull, paint_heron
from compexp_widgets.demo.vision_world.skies import (
    paint_clouds,
    paint_hills,
    paint_rain,
    paint_sky,
    paint_sun,
)
from compexp_widgets.demo.vision_world.staging import Stage, spread
from compexp_widgets.demo.vision_world.waters import (
    paint_buoy,
    paint_glitter,
    paint_pier,
    paint_reflection,
    paint_rock,
    paint_water,
    paint_water_lily,
)

SEA: tuple[Colour, ...] = ((52, 122, 164), (66, 138, 168), (46, 104, 150), (84, 146, 170))
SAILS: tuple[Colour, ...] = ((246, 238, 220), (246, 238, 220), (214, 92, 66), (236, 184, 86), (110, 156, 170))
LAGOON_BLUE: tuple[Colour, ...] = ((48, 126, 186), (58, 136, 192), (40, 114, 178))
SWAMP_GREEN: tuple[Colour, ...] = ((84, 128, 62), (94, 138, 60), (74, 118, 66))


def paint_harbour(canvas: Canvas) -> None:
    """A sea with boats, a lighthouse on its headland, a town front, a pier."""
    horizon = canvas.between(92, 112)
    paint_sky(canvas, horizon)
    paint_clouds(canvas, horizon)
    if canvas.chance(0.7):
        paint_hills(canvas, "hill", horizon, canvas.between(8, 22), (124, 158, 122), 46)
    paint_water(canvas, "sea", horizon, 224, canvas.vary(canvas.pick(SEA), 8))
    paint_glitter(canvas, canvas.between(40, 180), horizon + 3, 190, mix(canvas.light.sun, (255, 255, 255), 0.3))
    side = canvas.pick((-1, 1))
    if canvas.chance(0.75):
        _paint_waterfront(canvas, 112 - side * canvas.between(62, 84), horizon)
    tower = 112 + side * canvas.between(34, 62)
    for _ in range(canvas.whole(0, 2)):
        paint_sailboat(
            canvas,
            canvas.between(20, 204),
            horizon + canvas.between(6, 14),
            canvas.between(24, 36),
            canvas.pick(SAILS),
            canvas.pick(BRIGHTS),
        )
    _paint_headland(canvas, tower, horizon + canvas.between(14, 24), side)
    if canvas.chance(0.7):
        paint_buoy(canvas, canvas.between(30, 194), canvas.between(148, 172), canvas.between(18, 28))
    boats = canvas.whole(1, 2)
    for i in range(boats):
        x = 112 - side * canvas.between(10, 80) if i == 0 else canvas.between(30, 194)
        paint_sailboat(
            canvas,
            x,
            canvas.between(150, 168) + 14 * i,
            canvas.between(62, 88),
            canvas.pick(SAILS),
            canvas.pick(BRIGHTS),
        )
    if canvas.chance(0.3):
        paint_rowing_boat(
            canvas, canvas.between(50, 170), canvas.between(186, 200), canvas.between(44, 58), canvas.pick(BRIGHTS)
        )
    if canvas.chance(0.65):
        start = canvas.between(-20, 10) if canvas.chance(0.5) else canvas.between(120, 150)
        paint_pier(canvas, start, start + canvas.between(70, 110), canvas.between(192, 204), 24)
    for x in spread(canvas, canvas.whole(0, 3), 10, 214):
        paint_gull(canvas, x, canvas.between(22, 84), canvas.between(18, 36))
    paint_rain(canvas)


def _paint_headland(canvas: Canvas, x: float, y: float, side: int) -> None:
    rock: Colour = canvas.vary((138, 124, 116), 8)
    grass: Colour = canvas.vary((128, 158, 92), 8)
    top = y - canvas.between(12, 20)
    with canvas.thing("cliff", 4):
        points: list[Point] = [
            (x - side * 34, y + 1),
            (x - side * 26, top + 9),
            (x - side * 15, top + 2),
            (x + side * 20, top),
            (x + side * 60, top - 6),
            (x + side * 150, top - 8),
            (x + side * 150, y + 4),
            (x + side * 60, y + 5),
            (x, y + 4),
        ]
        stone = canvas.paint(
            PAGE.polygon(*points), rock, material="stone", slope=(10, 30), relief=4, texture="strokes", grain=40
        )
        cracks: Shape = []
        for _ in range(14):
            cx, cy = x + side * canvas.between(-26, 110), canvas.between(top + 6, y)
            cracks += PAGE.polygon((cx, cy), (cx + 3, cy + 5), (cx + 1, cy + 9), (cx - 1, cy + 4))
        canvas.paint(cracks, mix(rock, (50, 40, 70), 0.4), within=stone, labelled=False)
    with canvas.thing("grass", 4):
        lawn: list[Point] = [
            (x - side * 25, top + 9),
            (x - side * 15, top + 1),
            (x + side * 20, top - 2),
            (x + side * 60, top - 8),
            (x + side * 150, top - 12),
            (x + side * 150, top - 1),
            (x + side * 60, top + 3),
            (x + side * 18, top + 6),
            (x - side * 8, top + 7),
        ]
        canvas.paint(PAGE.blob(*lawn, steps=4), grass, slope=(0, 30), texture="brush", grain=30)
    foam: Shape = []
    for _ in range(30):
        fx = x + side * canvas.between(-34, 110)
        foam += PAGE.oval(fx, y + canvas.between(2.4, 5.6), canvas.between(1.4, 4), canvas.between(0.4, 0.9))
    canvas.paint(foam, (244, 248, 248), labelled=False, opacity=0.8)
    if canvas.chance(0.5):
        house = canvas.pick(PLASTER)
        paint_house(
            canvas,
            x + side * canvas.between(27, 40),
            top + 2,
            canvas.between(20, 26),
            canvas.between(11, 14),
            roof="saddle",
            brick=False,
            colour=house,
            roof_colour=canvas.pick(ROOFS),
        )
    canvas.depth = 2
    paint_lighthouse(
        canvas,
        x,
        top + 4,
        canvas.between(72, 94),
        canvas.vary(canvas.pick(((204, 62, 48), (204, 62, 48), (46, 88, 130))), 6),
    )
    canvas.depth = 0
    for _ in range(canvas.whole(1, 3)):
        paint_rock(canvas, x - side * canvas.between(18, 46), y + canvas.between(3, 9), canvas.between(9, 17), rock)


def _paint_waterfront(canvas: Canvas, x: float, horizon: float) -> None:
    canvas.depth = 14
    width = 0.0
    places: list[tuple[float, float]] = []
    while width < canvas.between(70, 100):
        size = canvas.between(17, 24)
        places.append((x - 42 + width + size / 2, size))
        width += size
    for hx, size in places:
        roof = canvas.pick(("gable", "stepped", "saddle"))
        brick = canvas.chance(0.35)
        colour = canvas.pick(BRICKS if brick else PLASTER)
        paint_house(
            canvas,
            hx,
            horizon + 1,
            size,
            canvas.between(16, 30),
            roof=roof,
            brick=brick,
            colour=colour,
            roof_colour=canvas.pick(ROOFS),
        )
    with canvas.thing("quay"):
        wall = PAGE.box(x - 48, horizon + 0.6, x - 42 + width + 6, horizon + 6)
        canvas.paint(wall, (168, 156, 144), material="stone", slope=(10, 40), texture="brush", grain=36)
        canvas.shade(PAGE.box(x - 48, horizon + 5, x - 42 + width + 6, horizon + 8), 0.5, 0.8)
    canvas.depth = 0


def paint_lagoon(canvas: Canvas) -> None:
    """Still blue water among trees."""
    _paint_wetland(canvas, canvas.pick(LAGOON_BLUE))


def paint_swamp(canvas: Canvas) -> None:
    """The lagoon with green water."""
    _paint_wetland(canvas, canvas.pick(SWAMP_GREEN))


def _paint_wetland(canvas: Canvas, water: Colour) -> None:
    horizon = canvas.between(88, 112)
    paint_sky(canvas, horizon)
    paint_clouds(canvas, horizon)
    paint_hills(canvas, "hill", horizon - 2, canvas.between(14, 34), (112, 148, 112), 40)
    canvas.depth = 22
    paint_hills(canvas, "grass", horizon + 4, 6, canvas.vary((124, 152, 84), 8), 18)
    green = canvas.pick(LEAVES)
    trees = [(x, canvas.between(34, 66)) for x in spread(canvas, canvas.whole(4, 7), -8, 232)]
    for i, (x, height) in enumerate(trees):
        canvas.depth = canvas.whole(12, 26)
        paint_leafy_tree(canvas, x, horizon + canvas.between(2, 5), height, green if i % 2 else canvas.pick(LEAVES))
    for x in spread(canvas, canvas.whole(3, 6), -6, 230):
        canvas.depth = 12
        paint_bush(canvas, x, horizon + canvas.between(5, 7), canvas.between(18, 34), canvas.pick(LEAVES))
    canvas.depth = 0
    # The mirrored sky stays faint, so that the water has its own colour at every hour.
    paint_water(canvas, "water", horizon + 6, 224, canvas.vary(water, 5), sky=0.10)
    shore: list[Point] = [(x, horizon + 6 + canvas.between(-1, 1.8)) for x in range(-20, 260, 16)]
    with canvas.thing("grass", 10):
        canvas.paint(
            PAGE.polygon(*[(x, y - 4) for x, y in shore], *shore[::-1]), (112, 138, 76), texture="brush", grain=30
        )
    for x, height in trees:
        paint_reflection(canvas, x, horizon + 9, height * 0.1, height * 0.3, mix(water, (50, 40, 40), 0.4))
        paint_reflection(
            canvas, x, horizon + 9 + height * 0.24, height * 0.6, height * 0.5, mix(water, (20, 50, 40), 0.35)
        )
    dark: Shape = []
    for _ in range(46):
        dark += PAGE.oval(
            canvas.between(-4, 228), horizon + canvas.between(8, 20), canvas.between(3, 10), canvas.between(0.4, 0.9)
        )
    canvas.paint(dark, mix(water, (20, 50, 40), 0.35), labelled=False, opacity=0.45)
    stage = Stage()
    places = spread(canvas, 4, 24, 200)
    if canvas.chance(0.6):
        boat = canvas.between(138, 176)
        stage.add(
            boat, lambda: paint_rowing_boat(canvas, places[0], boat, 30 + (boat - 100) * 0.5, canvas.pick(BRIGHTS))
        )
    for x in spread(canvas, canvas.whole(3, 6), 10, 214):
        y = canvas.between(146, 216)
        stage.add(y, partial(paint_water_lily, canvas, x, y, 4 + y * 0.14, canvas.chance(0.6)))
    if canvas.chance(0.6):
        rock = canvas.between(172, 206)
        stage.add(rock, lambda: paint_rock(canvas, places[1], rock, 28))
        if canvas.chance(0.6):
            stage.add(rock + 0.1, lambda: paint_frog(canvas, places[1], rock - 13, canvas.between(17, 22)))
    if canvas.chance(0.55):
        bird = canvas.between(170, 206)
        stage.add(bird, lambda: paint_heron(canvas, places[2], bird, canvas.between(58, 78)))
    for _ in range(canvas.whole(2, 4)):
        side = canvas.pick((0, 1))
        x, y = side * 224 + canvas.between(-10, 46) * (1 - 2 * side), canvas.between(176, 226)
        stage.add(y, partial(paint_reeds, canvas, x, y, y * 0.36, 15))
    stage.play()
    paint_rain(canvas)


def paint_beach(canvas: Canvas) -> None:
    """Sea, sand, and what one brings there."""
    horizon = canvas.between(70, 92)
    paint_sky(canvas, horizon)
    paint_clouds(canvas, horizon)
    if canvas.light.name in ("noon", "clear", "golden", "rose") and canvas.chance(0.6):
        paint_sun(canvas, canvas.between(30, 194), horizon * canvas.between(0.25, 0.6), canvas.between(8, 12))
    if canvas.chance(0.4):
        paint_hills(canvas, "hill", horizon + 1, canvas.between(8, 20), (110, 150, 126), 48)
    shore = canvas.between(122, 140)
    paint_water(canvas, "sea", horizon, shore + 14, canvas.vary(canvas.pick(((58, 150, 176), (70, 164, 180), *SEA)), 6))
    for _ in range(canvas.whole(0, 2)):
        paint_sailboat(
            canvas,
            canvas.between(20, 204),
            horizon + canvas.between(6, 18),
            canvas.between(22, 38),
            canvas.pick(SAILS),
            canvas.pick(BRIGHTS),
        )
    tilt = canvas.between(-9, 9)
    edge: list[Point] = [(x, shore + tilt * (x / 112 - 1) + canvas.between(-2.4, 2.4)) for x in range(-40, 280, 20)]
    sand: Colour = canvas.vary(canvas.pick(((234, 208, 158), (226, 196, 150), (240, 220, 178))), 6)
    with canvas.thing("sea", 0):
        canvas.paint(PAGE.land([(x, y - 3.4) for x, y in edge], 226), (238, 246, 244), softness=0.6, grain=30)
    with canvas.thing("sand", 0):
        canvas.paint(PAGE.land(edge, 240), mix(sand, (150, 110, 80), 0.35), grain=26)
        canvas.paint(
            PAGE.land([(x, y + 5) for x, y in edge], 240), sand, slope=(16, 22), softness=1.6, texture="wash", grain=20
        )
    specks: Shape = []
    for _ in range(90):
        y = canvas.between(shore + 12, 226)
        specks += PAGE.oval(
            canvas.between(0, 224), y, canvas.between(0.3, 1.1) * (y / 200), 0.4, tone=round(canvas.between(-80, 50))
        )
    canvas.paint(specks, sand, labelled=False)
    if canvas.chance(0.55):
        side = canvas.pick((0, 1))
        for i in range(canvas.whole(1, 2)):
            paint_palm(
                canvas,
                side * 224 + (14 + 26 * i + canvas.between(-8, 8)) * (1 - 2 * side),
                shore + canvas.between(14, 34),
                canvas.between(86, 116),
            )
    if canvas.chance(0.35):
        paint_rock(canvas, canvas.between(10, 214), shore + canvas.between(8, 20), canvas.between(20, 40))
    _paint_beach_things(canvas)
    for x in spread(canvas, canvas.whole(0, 2), 10, 214):
        paint_gull(canvas, x, canvas.between(16, 70), canvas.between(18, 36))
    if canvas.chance(0.4):
        paint_grass(canvas, 214, 228, (140, 150, 84), 40, 11)
    paint_rain(canvas)


def _paint_beach_things(canvas: Canvas) -> None:
    """What people bring; parasol and towel only together."""
    stage = Stage()
    first, second, third, fourth, fifth = spread(canvas, 5, 14, 210)
    if canvas.chance(0.75):
        y, slip = canvas.between(166, 184), canvas.between(4, 14)
        stage.add(y, partial(paint_parasol, canvas, first, y, canvas.between(70, 90)))
        stage.add(y, partial(paint_towel, canvas, first + slip, y + canvas.between(14, 22), canvas.between(52, 66)))
    if canvas.chance(0.5):
        y = canvas.between(168, 190)
        stage.add(y, partial(paint_deck_chair, canvas, second, y, canvas.between(38, 52)))
    if canvas.chance(0.5):
        y = canvas.between(174, 204)
        stage.add(y, partial(paint_sandcastle, canvas, third, y, canvas.between(38, 54)))
    if canvas.chance(0.4):
        y, hat = canvas.between(164, 200), canvas.pick(("straw", "straw", ""))
        stage.add(y, partial(paint_person, canvas, fourth, y, canvas.between(46, 60), hat))
    if canvas.chance(0.6):
        y = canvas.between(180, 214)
        stage.add(y, partial(paint_ball, canvas, fifth, y, canvas.between(8, 12), canvas.pick(BRIGHTS)))
    if canvas.chance(0.5):
        y = canvas.between(200, 214)
        stage.add(y, partial(paint_crab, canvas, canvas.between(24, 200), y, canvas.between(22, 34)))
    stage.play()
