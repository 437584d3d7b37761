"""Water in its looks, and what floats or stands in it."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas, Stain
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Point, Shape


def paint_water(
    canvas: Canvas, name: str, top: float, bottom: float, colour: Colour, sky: float = 0.35
) -> Stain | None:
    """Water from `top` to `bottom`, pale at the far end and full of ripples; `sky` is how much sky it mirrors."""
    far = mix(colour, canvas.light.sky[-1], sky)
    with canvas.thing(name, 6):
        body = canvas.paint(PAGE.box(-4, top, 228, bottom + 2), colour, slope=(0, 10), texture="brush", grain=20)
        reach = (bottom - top) * 0.55
        canvas.paint(
            PAGE.box(-8, top - 4, 232, top + reach * 0.5),
            far,
            softness=reach * 0.22,
            within=body,
            labelled=False,
            texture="brush",
            grain=16,
            opacity=0.85,
        )
    paint_ripples(canvas, top + 2, bottom, mix(far, (255, 255, 255), 0.3), 90, body)
    paint_ripples(canvas, top + 2, bottom, mix(colour, (20, 40, 80), 0.3), 60, body)
    return body


def paint_ripples(canvas: Canvas, top: float, bottom: float, colour: Colour, count: int, within: Stain | None) -> None:
    """Flat lens-shaped strokes, longer and thicker towards `bottom`."""
    strokes: Shape = []
    for _ in range(count):
        t = canvas.between(0, 1)
        x, y = canvas.between(-6, 230), top + (bottom - top) * t
        length, thick = canvas.between(2.0, 5.5) * (0.5 + 2.0 * t), 0.22 + 0.62 * t
        strokes += PAGE.polygon(
            (x - length, y),
            (x, y - thick),
            (x + length, y + thick * 0.2),
            (x, y + thick),
            tone=round(canvas.between(-24, 40)),
        )
    canvas.paint(strokes, colour, labelled=False, within=within, opacity=0.62, grain=6)


def paint_glitter(canvas: Canvas, x: float, top: float, bottom: float, colour: Colour) -> None:
    """The sun's or a lamp's path on the water."""
    strokes: Shape = []
    for _ in range(46):
        t = canvas.between(0, 1)
        y, reach = top + (bottom - top) * t, 3 + 16 * t
        cx, length = x + canvas.between(-reach, reach), canvas.between(1.2, 4.0) * (0.6 + 1.4 * t)
        strokes += PAGE.oval(cx, y, length, 0.25 + 0.5 * t)
    canvas.paint(strokes, colour, labelled=False, opacity=0.72, glowing=True, grain=0)


def paint_reflection(canvas: Canvas, x: float, y: float, width: float, height: float, colour: Colour) -> None:
    """The broken mirror image of something `width` wide that stands at (`x`, `y`)."""
    strokes: Shape = []
    steps = max(4, round(height / 1.7))
    for i in range(steps):
        t = i / steps
        half = width / 2 * canvas.between(0.55, 1.0) * (1 - 0.4 * t)
        cx, cy = x + canvas.between(-0.12, 0.12) * width, y + height * t
        strokes += PAGE.oval(cx, cy, half, height / steps * 0.46)
    canvas.paint(strokes, colour, labelled=False, opacity=0.5, grain=8)


def paint_rock(canvas: Canvas, x: float, y: float, width: float, colour: Colour = (142, 136, 132)) -> None:
    """A boulder with facets."""
    frame = Frame(x, y, width / 20, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x + width * 0.1, y, width * 0.6, width * 0.1), 0.55, 1.0)
    with canvas.thing("rock"):
        points: list[Point] = [(-10, 1), (-9.4, -4), (-6, -9), (-0.5, -11.5), (5.5, -9.5), (9.4, -4.5), (10, 1)]
        points = [(px + canvas.between(-1, 1), py + canvas.between(-0.8, 0.8) * (py < 0)) for px, py in points]
        colour = canvas.vary(colour, 10)
        body = canvas.paint(
            frame.polygon(*points), colour, material="stone", relief=3.2 * frame.scale, strength=100, grain=34
        )
        right = frame.polygon((1, -11), (4, -5), (2, 2), (12, 2), (12, -10), (6, -12))
        canvas.shade(right, 0.45, 0.3, within=body)
        canvas.paint(
            frame.polygon((-6, -9), (-0.5, -11.5), (2, -8), (-4, -6)),
            mix(colour, (255, 255, 255), 0.3),
            within=body,
            labelled=False,
            opacity=0.55,
            grain=30,
        )


_PETALS: tuple[tuple[float, float, float], ...] = (
    (-0.94, -0.34, 200),
    (0.94, -0.34, 340),
    (-0.71, -0.71, 225),
    (0.71, -0.71, 315),
    (-0.37, -0.93, 248),
    (0.37, -0.93, 292),
    (0.0, -1.0, 270),
)
"""Where a lily's petals point, from the back to the front: across, up, degrees."""


def paint_water_lily(canvas: Canvas, x: float, y: float, width: float, blossom: bool) -> None:
    """Floating pads, one with a flower."""
    frame = Frame(x, y, width / 20, canvas.chance(0.5))
    with canvas.thing("water lily"):
        for px, py, r in ((0, 0, 8.5), (10.5, -2.6, 5.5), (-9.8, 2.8, 5.2)):
            canvas.shade(frame.oval(px + 0.6, py + 0.9, r, r * 0.38), 0.55, 0.5)
            pad = canvas.paint(
                frame.oval(px, py, r, r * 0.38),
                canvas.vary((96, 158, 86), 10),
                part="pad",
                material="foliage",
                slope=(34, 26),
                grain=22,
            )
            notch = frame.polygon((px, py), (px + r * 1.1, py - r * 0.1), (px + r * 1.1, py + r * 0.22))
            canvas.shade(notch, 0.75, 0.2, within=pad)
        if blossom:
            pink = canvas.pick(((244, 206, 216), (248, 240, 232), (236, 168, 190)))
            for order, (across, up, degrees) in enumerate(_PETALS):
                petal = frame.inner(0, -1.2).leaf(across * 3.2, up * 3.2, 3.3, 1.35, degrees, tone=-26 + 9 * order)
                canvas.paint(petal, pink, part="blossom")
            canvas.paint(frame.oval(0, -2.2, 1.3, 0.9), (240, 196, 84), part="blossom", labelled=False)


def paint_buoy(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A striped buoy with its lantern."""
    frame = Frame(x, y, height / 24)
    paint_reflection(canvas, x, y + 1, height * 0.5, height * 0.5, (150, 60, 50))
    with canvas.thing("buoy"):
        cone = canvas.paint(
            frame.polygon((-7, 0), (-2.2, -16), (2.2, -16), (7, 0), (4, 1.6), (-4, 1.6)),
            (214, 66, 50),
            material="metal",
            relief=2.2 * frame.scale,
            strength=110,
        )
        canvas.paint(
            frame.polygon((-8, -9.5), (8, -9.5), (8, -5), (-8, -5)),
            (246, 240, 228),
            within=cone,
            material="metal",
            relief=0,
            slope=(30, 0),
        )
        canvas.paint(frame.box(-0.6, -20, 0.6, -16), (80, 80, 88), material="metal")
        canvas.paint(frame.oval(0, -20.5, 1.8), (250, 214, 110), glowing=True)


def paint_pier(canvas: Canvas, x0: float, x1: float, y: float, height: float) -> None:
    """A plank walk on posts, seen from the side: from `x0` to `x1`, its deck at `y`."""
    wood: Colour = canvas.vary((150, 116, 86), 10)
    with canvas.thing("pier"):
        x = x0 + 5
        while x < x1:
            paint_reflection(canvas, x, y + height, 5, height * 0.8, mix(wood, (30, 40, 60), 0.5))
            canvas.paint(
                PAGE.box(x - 2.2, y - 5.5, x + 2.2, y + height),
                mix(wood, (50, 40, 50), 0.25),
                part="post",
                material="wood",
                relief=1.3,
                strength=110,
                texture="strokes",
                grain=34,
            )
            canvas.paint(PAGE.oval(x, y - 5.5, 2.3, 0.8), mix(wood, (255, 240, 220), 0.3), part="post", material="wood")
            x += canvas.between(19, 23)
        deck = canvas.paint(
            PAGE.polygon((x0, y), (x1, y), (x1 + 5, y + 6), (x0 - 3, y + 6)),
            wood,
            material="wood",
            slope=(0, 26),
            texture="brush",
            grain=30,
        )
        planks: Shape = []
        px = x0
        while px < x1 + 4:
            planks += PAGE.polygon((px, y), (px + 0.5, y), (px + 0.9, y + 6), (px + 0.4, y + 6))
            px += 4.2
        canvas.paint(planks, mix(wood, (40, 30, 40), 0.6), within=deck, labelled=False, grain=4)
        canvas.paint(
            PAGE.polygon((x0 - 3, y + 6), (x1 + 5, y + 6), (x1 + 5, y + 9), (x0 - 3, y + 9)),
            mix(wood, (40, 30, 40), 0.45),
            material="wood",
            texture="brush",
            grain=26,
        )
