"""Scenes in town: street and fire station."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.houses import PLASTER, ROOFS, paint_house, paint_station
from compexp_widgets.demo.vision_world.light import Colour
from compexp_widgets.demo.vision_world.masonry import BRICKS
from compexp_widgets.demo.vision_world.outdoors import BRIGHTS, paint_bench, paint_street_lamp
from compexp_widgets.demo.vision_world.people import paint_person
from compexp_widgets.demo.vision_world.plants import AUTUMN, LEAVES, paint_leafy_tree
from compexp_widgets.demo.vision_world.shapes import PAGE, Shape
from compexp_widgets.demo.vision_world.skies import paint_clouds, paint_hills, paint_rain, paint_sky
from compexp_widgets.demo.vision_world.staging import spread
from compexp_widgets.demo.vision_world.vehicles import CAR_COLOURS, paint_bicycle, paint_car, paint_fire_engine


def paint_street(canvas: Canvas) -> None:
    """A row of houses, a pavement, a road with cars."""
    _paint_town(canvas, station=False)


def paint_fire_station(canvas: Canvas) -> None:
    """The street with a fire station, and its engine in front."""
    _paint_town(canvas, station=True)


def _paint_town(canvas: Canvas, station: bool) -> None:
    kerb = canvas.between(136, 150)
    paint_sky(canvas, kerb)
    paint_clouds(canvas, 90)
    if canvas.chance(0.5):
        paint_hills(canvas, "hill", kerb - 20, canvas.between(30, 60), (128, 156, 124), 50)
    place = canvas.between(-30, -8)
    centre = canvas.between(70, 150)
    built = False
    while place < 226:
        if station and not built and place + 36 > centre - 30:
            paint_station(canvas, place + 37, kerb, 74, canvas.between(50, 62))
            place += 74
            built = True
            continue
        width = canvas.between(36, 56)
        brick = canvas.chance(0.4)
        colour = canvas.vary(canvas.pick(BRICKS if brick else PLASTER), 8)
        paint_house(
            canvas,
            place + width / 2,
            kerb,
            width,
            canvas.between(38, 68),
            roof=canvas.pick(("gable", "stepped", "saddle")),
            brick=brick,
            colour=colour,
            roof_colour=canvas.pick(ROOFS),
        )
        place += width + canvas.pick((0.0, 0.0, 0.0, 7.0))
    _paint_ground(canvas, kerb)
    leaves = canvas.pick((LEAVES, LEAVES, AUTUMN))
    for _ in range(canvas.pick((0, 1, 1, 2))):
        paint_leafy_tree(
            canvas, canvas.between(14, 210), kerb + canvas.between(4, 9), canvas.between(58, 78), canvas.pick(leaves)
        )
    if canvas.chance(0.35):
        paint_bench(canvas, canvas.between(30, 194), kerb + 9, canvas.between(30, 38))
    if canvas.chance(0.4):
        paint_bicycle(
            canvas,
            canvas.between(30, 194),
            kerb + canvas.between(10, 13),
            canvas.between(30, 38),
            canvas.pick(BRIGHTS[1:4]),
        )
    for x in spread(canvas, canvas.pick((0, 1, 1, 2)), 12, 212):
        paint_person(canvas, x, kerb + canvas.between(7, 12), canvas.between(34, 42))
    for x in spread(canvas, canvas.whole(1, 2), -4, 228):
        paint_street_lamp(canvas, x, kerb + 13, canvas.between(78, 96))
    if station:
        paint_fire_engine(canvas, canvas.between(92, 132), kerb + canvas.between(34, 44), canvas.between(104, 128))
    else:
        _paint_far_lane(canvas, kerb)
    if canvas.chance(0.35 if station else 0.6):
        paint_car(
            canvas, canvas.between(30, 194), canvas.between(206, 214), canvas.between(72, 90), canvas.pick(CAR_COLOURS)
        )
    paint_rain(canvas)


def _paint_far_lane(canvas: Canvas, kerb: float) -> None:
    if canvas.chance(0.85):
        paint_car(
            canvas,
            canvas.between(24, 110),
            kerb + canvas.between(32, 40),
            canvas.between(60, 74),
            canvas.pick(CAR_COLOURS),
        )
    if canvas.chance(0.5):
        paint_car(
            canvas,
            canvas.between(170, 204),
            kerb + canvas.between(32, 40),
            canvas.between(60, 74),
            canvas.pick(CAR_COLOURS),
        )


def _paint_ground(canvas: Canvas, kerb: float) -> None:
    stone: Colour = canvas.vary((194, 186, 176), 6)
    with canvas.thing("pavement"):
        slab = canvas.paint(
            PAGE.box(-4, kerb - 0.5, 228, kerb + 15), stone, material="stone", slope=(10, 10), texture="brush", grain=22
        )
        joints: Shape = PAGE.box(-4, kerb + 6.4, 228, kerb + 7)
        for i in range(-8, 26):
            joints += PAGE.polygon(
                (112 + (i - 9) * 13, kerb),
                (112.7 + (i - 9) * 13, kerb),
                (112.9 + (i - 9) * 15.4, kerb + 15),
                (112 + (i - 9) * 15.4, kerb + 15),
            )
        canvas.shade(joints, 0.5, 0.2, within=slab)
        canvas.shade(PAGE.box(-8, kerb - 2, 232, kerb + 4), 0.55, 1.6)
        canvas.paint(
            PAGE.box(-4, kerb + 14, 228, kerb + 18), (218, 212, 202), material="stone", slope=(0, 50), grain=14
        )
    asphalt: Colour = canvas.vary(canvas.pick(((104, 106, 116), (120, 118, 122), (92, 98, 110))), 6)
    with canvas.thing("road"):
        road = canvas.paint(PAGE.box(-4, kerb + 18, 228, 228), asphalt, slope=(10, -14), grain=34)
        canvas.shade(PAGE.box(-8, kerb + 17, 232, kerb + 21), 0.6, 1.0)
        dashes: Shape = []
        start = canvas.between(-30, 0)
        for i in range(9):
            x = start + 34 * i
            dashes += PAGE.polygon((x, kerb + 50), (x + 17, kerb + 50), (x + 16, kerb + 53), (x - 2, kerb + 53))
        canvas.paint(dashes, (240, 234, 216), part="lane marking", within=road, grain=30)
        for _ in range(3):
            patch = PAGE.oval(
                canvas.between(0, 224), canvas.between(kerb + 26, 222), canvas.between(10, 26), canvas.between(1.5, 4)
            )
            canvas.shade(patch, 0.22, 1.4, within=road)
        if canvas.light.rain:
            for _ in range(5):
                puddle = PAGE.oval(
                    canvas.between(0, 224),
                    canvas.between(kerb + 28, 220),
                    canvas.between(9, 22),
                    canvas.between(1.4, 3),
                )
                canvas.paint(puddle, canvas.light.sky[0], labelled=False, opacity=0.6, glowing=True, within=road)
