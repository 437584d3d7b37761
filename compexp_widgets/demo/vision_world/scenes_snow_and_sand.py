"""Scenes of snow and of sand: ski slope, desert."""

from __future__ import annotations

from functools import partial

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.landmarks import paint_cabin
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.outdoors import (
    BRIGHTS,
    paint_snowman,
)
from compexp_widgets.demo.vision_world.people import paint_person
from compexp_widgets.demo.vision_world.plants import (
    FIRS,
    paint_bush,
    paint_cactus,
    paint_fir,
    paint_palm,
)
from compexp_widgets.demo.vision_world.shapes import PAGE, Point, Shape
from compexp_widgets.demo.vision_world.skies import (
    paint_clouds,
    paint_hills,
    paint_mountain,
    paint_sky,
    paint_snowfall,
    paint_sun,
)
from compexp_widgets.demo.vision_world.staging import Stage, spread
from compexp_widgets.demo.vision_world.vehicles import paint_gondola
from compexp_widgets.demo.vision_world.waters import paint_rock
from compexp_widgets.demo.vision_world.wild_animals import paint_camel


def paint_ski_slope(canvas: Canvas) -> None:
    """Snow, firs, a cabin, a lift."""
    horizon = canvas.between(104, 126)
    paint_sky(canvas, horizon + 12)
    paint_clouds(canvas, horizon)
    for _ in range(canvas.whole(2, 3)):
        paint_mountain(
            canvas,
            canvas.between(0, 224),
            horizon + 4,
            canvas.between(50, 86),
            (124, 130, 148),
            30,
            canvas.between(0.35, 0.55),
        )
    with canvas.thing("snow", 14):
        line: list[Point] = [(x, horizon + 6 * canvas.between(-1, 1)) for x in range(-60, 290, 40)]
        canvas.paint(
            PAGE.land(line, 240), (240, 244, 250), slope=(10, 26), relief=4, strength=50, texture="wash", grain=14
        )
    canvas.depth = 18
    for _ in range(canvas.whole(4, 8)):
        paint_fir(
            canvas,
            canvas.between(-4, 228),
            horizon + canvas.between(2, 16),
            canvas.between(26, 44),
            canvas.pick(FIRS),
            True,
        )
    tilt = canvas.between(-22, 22)
    near: list[Point] = [(x, horizon + 38 + tilt * (x / 112 - 1) + canvas.between(-2, 2)) for x in range(-60, 290, 35)]
    with canvas.thing("snow", 0):
        slope = canvas.paint(
            PAGE.land(near, 240), (246, 249, 253), slope=(16, 26), relief=5, strength=60, texture="wash", grain=12
        )
        for _ in range(canvas.whole(1, 3)):
            x0, x1 = canvas.between(40, 184), canvas.between(20, 204)
            wiggle = [
                (x0 + (x1 - x0) * t / 6 + 12 * (-1) ** t * t / 6, horizon + 36 + (230 - horizon - 36) * t / 6)
                for t in range(7)
            ]
            track = PAGE.ribbon(wiggle, 0.5, 2.0) + PAGE.ribbon(
                [(x + 2 + 3 * i / 6, y) for i, (x, y) in enumerate(wiggle)], 0.5, 2.0
            )
            canvas.shade(track, 0.45, 0.5, within=slope)
    canvas.depth = 0
    if canvas.chance(0.65):
        _paint_lift(canvas, horizon)
    side = canvas.pick((-1, 1))
    stage = Stage()
    if canvas.chance(0.65):
        y = horizon + 46 + side * tilt * 0.45
        stage.add(
            y, partial(paint_cabin, canvas, 112 + side * canvas.between(30, 60), y, canvas.between(80, 104), True)
        )
    for _ in range(canvas.whole(1, 4)):
        x, y = canvas.pick((canvas.between(-4, 44), canvas.between(180, 228))), canvas.between(horizon + 50, 206)
        stage.add(y, partial(paint_fir, canvas, x, y, canvas.between(70, 116), canvas.pick(FIRS), True))
    if canvas.chance(0.5):
        y = canvas.between(188, 212)
        stage.add(y, partial(paint_snowman, canvas, 112 - side * canvas.between(4, 60), y, canvas.between(54, 74)))
    if canvas.chance(0.5):
        x, y = 112 + side * canvas.between(0, 70), canvas.between(horizon + 60, 206)
        stage.add(y, partial(paint_person, canvas, x, y, 20 + (y - horizon) * 0.34, "bobble"))
    if canvas.chance(0.4):
        y = canvas.between(180, 216)
        stage.add(y, partial(paint_rock, canvas, canvas.between(60, 164), y, canvas.between(16, 30), (150, 152, 164)))
    stage.play()
    if canvas.chance(0.5):
        paint_snowfall(canvas, canvas.whole(60, 130))


def _paint_lift(canvas: Canvas, horizon: float) -> None:
    y0, y1 = canvas.between(26, 50), canvas.between(58, 84)
    with canvas.thing("ski lift"):
        canvas.paint(
            PAGE.ribbon([(-4, y0), (112, (y0 + y1) / 2 + 5), (228, y1)], 0.9),
            (70, 74, 86),
            part="cable",
            material="metal",
        )
        px = canvas.between(150, 190)
        py = y0 + (y1 - y0) * px / 224 + 3
        canvas.paint(
            PAGE.polygon((px - 1.4, py), (px + 1.4, py), (px + 3, horizon + 40), (px - 3, horizon + 40))
            + PAGE.box(px - 8, py - 1.4, px + 8, py + 1),
            (122, 128, 140),
            part="pylon",
            material="metal",
            slope=(50, 0),
        )
    colour = canvas.pick(BRIGHTS)
    for t in (0.18, 0.52):
        x = 224 * (t + canvas.between(-0.06, 0.06))
        paint_gondola(
            canvas, x, y0 + (y1 - y0) * x / 224 + 4.5 * (1 - abs(x / 112 - 1)), canvas.between(24, 30), colour
        )


def paint_desert(canvas: Canvas) -> None:
    """Dunes, table mountains, cacti, camels."""
    horizon = canvas.between(96, 124)
    paint_sky(canvas, horizon + 16)
    if canvas.chance(0.4):
        paint_clouds(canvas, horizon)
    if canvas.chance(0.6):
        paint_sun(canvas, canvas.between(30, 194), horizon * canvas.between(0.2, 0.5), canvas.between(9, 14))
    rock = canvas.vary(canvas.pick(((190, 112, 76), (172, 108, 88), (204, 140, 92))), 8)
    for _ in range(canvas.whole(1, 3)):
        _paint_mesa(canvas, canvas.between(10, 214), horizon + 5, canvas.between(26, 50), rock)
    sand = canvas.vary(canvas.pick(((230, 188, 128), (222, 172, 112), (236, 204, 150))), 6)
    paint_hills(canvas, "sand", horizon + 8, 12, mix(sand, (255, 236, 200), 0.2), 26, "wash")
    base = horizon + canvas.between(26, 36)
    for i in range(canvas.whole(2, 3)):
        y = base + i * canvas.between(20, 30)
        dune: list[Point] = []
        crest = canvas.between(40, 190)
        for across in range(-60, 300, 24):
            dune.append((across, y + abs(across - crest) * 0.09 - 8 + canvas.between(-1, 1)))
        with canvas.thing("sand", 10 - 4 * i):
            body = canvas.paint(
                PAGE.land(dune, 240), mix(sand, rock, 0.10 * i), slope=(14, 26), texture="brush", grain=18
            )
        lee = PAGE.blob(
            (crest, y - 8), (crest + 60, y - 2), (crest + 130, y + 8), (crest + 70, y + 26), (crest + 24, y + 18)
        )
        canvas.shade(lee, 0.34, 1.2, within=body)
        ripples: Shape = []
        for _ in range(22):
            rx, ry = canvas.between(-10, 234), y + canvas.between(4, 60)
            ripples += PAGE.ribbon([(rx, ry), (rx + 8, ry + 1.2), (rx + 17, ry)], 0.5, 0.3)
        canvas.paint(ripples, mix(sand, (150, 90, 70), 0.4), within=body, labelled=False, opacity=0.55)
    stage = Stage()
    for x in spread(canvas, canvas.whole(2, 5), 4, 220):
        y = canvas.between(base, 206)
        stage.add(y, partial(paint_cactus, canvas, x, y, canvas.between(36, 56) + (y - base) * 0.55))
    if canvas.chance(0.3):
        for x in spread(canvas, 2, 20, 204):
            y = base + canvas.between(6, 30)
            stage.add(y, partial(paint_palm, canvas, x, y, canvas.between(66, 92)))
    for x in spread(canvas, canvas.pick((0, 1, 1, 2)), 44, 180):
        y = canvas.between(base + 20, 206)
        stage.add(y, partial(paint_camel, canvas, x, y, 44 + (y - base) * 0.6))
    for x in spread(canvas, canvas.whole(0, 3), 10, 214):
        y = canvas.between(base + 20, 220)
        stage.add(y, partial(paint_rock, canvas, x, y, canvas.between(12, 30), rock))
    if canvas.chance(0.35):
        y = canvas.between(190, 220)
        stage.add(y, partial(paint_bush, canvas, canvas.between(20, 204), y, canvas.between(20, 30), (150, 150, 96)))
    stage.play()


def _paint_mesa(canvas: Canvas, x: float, base: float, height: float, rock: Colour) -> None:
    width = height * canvas.between(0.7, 1.3)
    with canvas.thing("mountain", 30):
        top = base - height
        body = canvas.paint(
            PAGE.polygon(
                (x - width - 8, base),
                (x - width, top + height * 0.45),
                (x - width * 0.84, top + height * 0.4),
                (x - width * 0.76, top + 1),
                (x + width * 0.7, top),
                (x + width * 0.8, top + height * 0.42),
                (x + width, top + height * 0.5),
                (x + width + 12, base),
            ),
            rock,
            material="stone",
            slope=(30, 20),
            texture="strokes",
            grain=16,
        )
        bands: Shape = []
        for i in range(5):
            yy = top + height * (0.08 + 0.19 * i)
            line: list[Point] = [
                (x - width - 12 + (2 * width + 28) * k / 7, yy + canvas.between(-1, 1)) for k in range(8)
            ]
            bands += PAGE.ribbon(
                line, canvas.between(0.8, 4), canvas.between(0.8, 4), tone=round(canvas.between(-60, 50))
            )
        canvas.paint(bands, mix(rock, (190, 110, 80), 0.3), within=body, labelled=False, opacity=0.55, softness=0.5)
        canvas.shade(
            PAGE.polygon(
                (x + width * 0.15, top - 2), (x + width, top - 2), (x + width + 14, base), (x + width * 0.3, base)
            ),
            0.45,
            1,
            within=body,
        )
