"""What lies behind: sky, clouds, sun, moon and stars, mountains and hills."""

from __future__ import annotations

import math

from compexp_widgets.demo.vision_world.canvas import PICTURE, Canvas, Stain
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Point, Shape


def paint_sky(canvas: Canvas, horizon: float) -> None:
    """A washed sky down to `horizon`, its colours those of the hour."""
    colours = canvas.light.sky
    bands = 14
    with canvas.thing("sky", 0):
        canvas.paint(PAGE.box(-2, -2, 226, horizon + 2), colours[0], glowing=True, texture="brush", grain=5)
        for i in range(1, bands):
            place = i / (bands - 1) * (len(colours) - 1)
            k = min(int(place), len(colours) - 2)
            colour = mix(colours[k], colours[k + 1], place - k)
            top = horizon * (i - 0.5) / bands
            points: list[Point] = [(x, top + canvas.between(-2.5, 2.5)) for x in range(-10, 241, 25)]
            shape = PAGE.polygon(*points, (240, horizon + 2), (-10, horizon + 2))
            canvas.paint(shape, colour, glowing=True, texture="brush", grain=6, softness=2.2, labelled=False)


def paint_cloud(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A heaped cloud on a flat base."""
    height = width * canvas.between(0.24, 0.34)
    body: Shape = PAGE.box(x - width * 0.5, y - height * 0.34, x + width * 0.5, y, height * 0.17)
    crowns: Shape = []
    top = canvas.between(0.35, 0.65)
    for i in range(canvas.whole(5, 7)):
        t = (i + 0.5) / 6.5
        swell = max(0.25, 1 - abs(t - top) * 1.5)
        radius = height * 0.52 * swell * canvas.between(0.85, 1.15)
        cx, cy = x + (t - 0.5) * width * 0.86, y - radius * 0.9
        body += PAGE.oval(cx, cy, radius * 1.15, radius)
        crowns += PAGE.oval(cx - radius * 0.16, cy - radius * 0.2, radius * 0.86, radius * 0.7)
    with canvas.thing("cloud", 0):
        base = mix(canvas.light.cloud, canvas.light.sky[0], 0.22)
        heap = canvas.paint(body, base, softness=0.5, slope=(0, 10), grain=8)
        canvas.paint(
            crowns, canvas.light.cloud, softness=width * 0.022, within=heap, labelled=False, grain=12, slope=(10, 16)
        )


def paint_clouds(canvas: Canvas, horizon: float) -> None:
    """No cloud, a few, or a bank of them."""
    for _ in range(canvas.pick((0, 1, 2, 2, 3))):
        y = canvas.between(horizon * 0.14, horizon * 0.72)
        paint_cloud(canvas, canvas.between(0, 224), y, canvas.between(34, 74) * (0.6 + 0.5 * (1 - y / horizon)))


def paint_sun(canvas: Canvas, x: float, y: float, radius: float = 11.0) -> None:
    """A warm disc in its glow."""
    warm: Colour = (255, 236, 170)
    canvas.glow(PAGE.oval(x, y, radius * 2.6), warm, 0.5, radius * 1.3)
    with canvas.thing("sun", 0):
        canvas.paint(PAGE.oval(x, y, radius), canvas.pick(((255, 226, 120), (255, 206, 92))), glowing=True, grain=10)


def paint_moon(canvas: Canvas, x: float, y: float, radius: float = 10.0) -> None:
    """A full moon or a crescent."""
    canvas.glow(PAGE.oval(x, y, radius * 2.2), (120, 140, 200), 0.55, radius)
    with canvas.thing("moon", 0):
        if canvas.chance(0.5):
            disc = canvas.paint(PAGE.oval(x, y, radius), (246, 240, 214), glowing=True, relief=3)
            for dx, dy, size in ((-0.3, -0.2, 0.24), (0.3, 0.25, 0.3), (0.05, -0.5, 0.14)):
                shape = PAGE.oval(x + dx * radius, y + dy * radius, size * radius)
                canvas.paint(shape, (218, 210, 186), glowing=True, within=disc)
        else:
            arc = [(x + radius * math.cos(a / 9), y + radius * math.sin(a / 9)) for a in range(-14, 15)]
            back = [
                (x - radius * 0.25 + radius * 0.86 * math.cos(a / 9), y + radius * 0.98 * math.sin(a / 9))
                for a in range(14, -15, -1)
            ]
            canvas.paint(PAGE.polygon(*arc, *back), (246, 240, 214), glowing=True)


def paint_stars(canvas: Canvas, horizon: float, clear_of: float) -> None:
    """Some large stars, which are things, and dust that only decorates; none below `clear_of`."""
    for _ in range(34):
        x, y = canvas.between(0, 224), canvas.between(0, horizon)
        canvas.paint(PAGE.oval(x, y, canvas.between(0.3, 0.6)), (220, 226, 250), glowing=True, labelled=False)
    for _ in range(canvas.whole(7, 11)):
        x, y, r = canvas.between(6, 218), canvas.between(5, clear_of), canvas.between(2.2, 3.4)
        points = []
        for i in range(8):
            size = r if i % 2 == 0 else r * 0.42
            points.append((x + size * math.sin(math.pi * i / 4), y - size * math.cos(math.pi * i / 4)))
        canvas.glow(PAGE.oval(x, y, r), (150, 160, 220), 0.5, 2)
        with canvas.thing("star", 0):
            canvas.paint(PAGE.polygon(*points), (255, 246, 214), glowing=True, grain=6)


def ridge(canvas: Canvas, base: float, height: float, step: float, rough: float) -> list[Point]:
    """A skyline from left to right: points between `base` - `height` and `base`."""
    points: list[Point] = []
    phase, pace = canvas.between(0, 6.28), canvas.between(0.8, 1.5)
    x = -54.0
    while x < 280:
        wave = 0.5 + 0.32 * math.sin(phase + pace * x / 34) + 0.18 * math.sin(phase * 2 + pace * x / 15)
        points.append((x, base - height * wave + canvas.between(-rough, rough)))
        x += step
    return points


def paint_hills(
    canvas: Canvas, name: str, base: float, height: float, colour: Colour, depth: int, texture: str = "brush"
) -> Stain | None:
    """Rolling ground down to the picture's lower edge."""
    points = ridge(canvas, base, height, 18, 0.6)
    with canvas.thing(name, depth):
        outline = PAGE.land(points, 240)
        return canvas.paint(outline, colour, slope=(14, 34), relief=5, strength=60, texture=texture, grain=20)


def paint_mountain(
    canvas: Canvas, x: float, base: float, height: float, rock: Colour, depth: int, snow: float = 0.0
) -> None:
    """A peak with a lit and a shaded side; `snow` is the share of its height that is white."""
    width = height * canvas.between(0.75, 1.05)
    lean = canvas.between(-0.15, 0.15) * width

    def edge(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
        """A rough line between two points."""
        steps = 7
        return [
            (
                x0 + (x1 - x0) * i / steps + (canvas.between(-1, 1) * height * 0.025 if 0 < i < steps else 0),
                y0 + (y1 - y0) * i / steps + (canvas.between(-1, 1) * height * 0.02 if 0 < i < steps else 0),
            )
            for i in range(steps + 1)
        ]

    peak = (x + lean, base - height)
    left = edge(x - width, base, *peak)
    right = edge(*peak, x + width, base)
    with canvas.thing("mountain", depth):
        body = canvas.paint(PAGE.polygon(*left, *right), rock, slope=(30, 10), texture="strokes", grain=26)
        spine = edge(*peak, x + lean * 0.2 + width * 0.12, base)
        shady = PAGE.polygon(*spine, (x + width, base), *right[::-1])
        canvas.shade(shady, 0.5, 0.3, within=body)
        for _ in range(7):
            sx = x + canvas.between(-0.75, 0.75) * width
            sy = base - height * canvas.between(0.05, 0.5)
            gully = PAGE.polygon(
                (sx, sy), (sx + height * 0.12, sy + height * 0.3), (sx - height * 0.02, sy + height * 0.3)
            )
            canvas.paint(gully, mix(rock, (50, 50, 90), 0.25), within=body, labelled=False, opacity=0.6, grain=30)
        if snow > 0:
            _paint_snow_cap(canvas, body, peak, base, height, width, snow)
            canvas.shade(shady, 0.3, 0.3, within=body)


def _paint_snow_cap(
    canvas: Canvas, body: Stain | None, peak: Point, base: float, height: float, width: float, snow: float
) -> None:
    line = base - height * (1 - snow)
    points: list[Point] = [(peak[0] - width, base - height - 4)]
    teeth = 11
    for i in range(teeth + 1):
        drop = canvas.between(0.02, 0.16) * height if i % 2 else -canvas.between(0.0, 0.10) * height
        points.append((peak[0] + (i / teeth * 2 - 1) * width * 0.8, line + drop))
    points.append((peak[0] + width, base - height - 4))
    canvas.paint(PAGE.polygon(*points), (246, 248, 252), part="snow cap", within=body, slope=(34, 0), grain=14)


def paint_rain(canvas: Canvas) -> None:
    """Slanting strokes over everything, where it rains."""
    if not canvas.light.rain:
        return
    for _ in range(70):
        x, y, length = canvas.between(-10, 230), canvas.between(-10, 220), canvas.between(6, 13)
        streak = PAGE.polygon(
            (x, y), (x + 0.7, y), (x - length * 0.25 + 0.4, y + length), (x - length * 0.25, y + length)
        )
        canvas.paint(streak, (232, 240, 246), labelled=False, opacity=0.5, glowing=True, grain=0)


def paint_snowfall(canvas: Canvas, flakes: int) -> None:
    """Flakes in the air; they are not things."""
    for _ in range(flakes):
        size = canvas.between(0.5, 1.5)
        shape = Frame(canvas.between(0, PICTURE), canvas.between(0, PICTURE)).oval(0, 0, size)
        canvas.paint(shape, (255, 255, 255), labelled=False, opacity=0.85, glowing=True, grain=0, softness=0.2)
