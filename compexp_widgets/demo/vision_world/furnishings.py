"""What hangs on a wall or lies on a floor: pictures, lamps, shelves, clocks, rugs, plants."""

from __future__ import annotations

import math

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.rooms import FABRICS, WOODS
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape


def paint_picture(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A framed painting: a landscape, an abstract, a still life."""
    height = width * canvas.between(0.8, 1.3)
    frame = Frame(x, y)
    w, h = width / 2, height / 2
    canvas.shade(frame.box(-w, -h, w + 2, h + 2.6), 0.5, 1.2)
    with canvas.thing("painting"):
        canvas.paint(
            frame.box(-w, -h, w, h),
            canvas.pick(((188, 148, 84), (84, 66, 60), (240, 234, 222))),
            part="picture frame",
            material="wood",
            relief=1.2,
        )
        art = canvas.paint(
            frame.box(-w + 2, -h + 2, w - 2, h - 2),
            canvas.pick(((236, 224, 196), (176, 206, 214), (238, 200, 160))),
            grain=20,
        )
        if canvas.chance(0.5):
            canvas.paint(
                frame.blob((-w * 1.2, h), (-w * 0.5, 0), (0, h * 0.3), (w * 0.6, -h * 0.2), (w * 1.3, h)),
                (108, 142, 118),
                within=art,
                labelled=False,
                slope=(0, 30),
            )
            canvas.paint(frame.oval(w * 0.3, -h * 0.4, w * 0.2), (226, 110, 70), within=art, labelled=False)
        else:
            for _ in range(5):
                canvas.paint(
                    frame.leaf(
                        canvas.between(-w, w) * 0.6,
                        canvas.between(-h, h) * 0.6,
                        w * 0.3,
                        w * 0.2,
                        canvas.between(0, 180),
                    ),
                    canvas.pick(FABRICS),
                    within=art,
                    labelled=False,
                )


def paint_pendant(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    """A lamp that hangs from the ceiling, its shade at `y`."""
    frame = Frame(x, y, width / 20)
    with canvas.thing("lamp"):
        canvas.paint([*Frame(x, 0).box(-0.5, -2, 0.5, y - 5 * frame.scale)], (70, 64, 66), part="flex")
        canvas.paint(frame.oval(0, 6.2, 3.4, 2.6), (255, 240, 190), part="bulb", material="glass", glowing=True)
        canvas.paint(
            frame.blob(
                (-1.6, -6), (1.6, -6), (4, -2), (9.4, 3), (10, 6), (0, 6.8), (-10, 6), (-9.4, 3), (-4, -2), steps=4
            ),
            colour,
            part="lampshade",
            material="metal",
            relief=2 * frame.scale,
            strength=110,
        )
    canvas.glow(frame.oval(0, 12, 15, 13), (80, 66, 34), 0.85, 7)


def paint_clock(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A round wall clock."""
    canvas.shade(PAGE.oval(x + 1, y + 1.4, radius + 0.6), 0.5, 1.2)
    with canvas.thing("clock"):
        canvas.paint(PAGE.oval(x, y, radius), canvas.pick((*FABRICS, (84, 66, 60))), part="clock rim", relief=1.0)
        canvas.paint(PAGE.oval(x, y, radius * 0.8), (250, 246, 234), part="clock face", slope=(-10, -10), grain=8)
        hands: Shape = []
        for i in range(12):
            a = math.pi * i / 6
            hands += PAGE.oval(x + radius * 0.66 * math.cos(a), y + radius * 0.66 * math.sin(a), 0.45)
        hour, minute = canvas.between(0, 6.28), canvas.between(0, 6.28)
        hands += PAGE.ribbon([(x, y), (x + radius * 0.4 * math.cos(hour), y + radius * 0.4 * math.sin(hour))], 1.1)
        hands += PAGE.ribbon([(x, y), (x + radius * 0.6 * math.cos(minute), y + radius * 0.6 * math.sin(minute))], 0.8)
        canvas.paint(hands, (60, 54, 60), part="clock face", grain=0)


def paint_rug(canvas: Canvas, x: float, y: float, width: float) -> None:
    """An oval or a fringed rug lying on the floor."""
    colour, other = canvas.pick(FABRICS), canvas.pick(FABRICS)
    depth = width * 0.2
    with canvas.thing("rug"):
        if canvas.chance(0.5):
            canvas.shade(PAGE.oval(x + 1, y + 1.4, width / 2, depth), 0.4, 1)
            for order, size in enumerate((1.0, 0.84, 0.64, 0.46, 0.26)):
                canvas.paint(
                    PAGE.oval(x, y, width / 2 * size, depth * size),
                    (colour, mix(colour, (250, 240, 220), 0.5), other)[order % 3],
                    material="fabric",
                    texture="fur",
                    grain=26,
                )
        else:
            w, slant = width / 2, depth * 0.55
            body = canvas.paint(
                PAGE.polygon(
                    (x - w + slant, y - depth), (x + w - slant, y - depth), (x + w, y + depth), (x - w, y + depth)
                ),
                colour,
                material="fabric",
                texture="fur",
                grain=26,
                slope=(14, 14),
            )
            bands: Shape = []
            for t in (0.14, 0.3, 0.62, 0.8):
                yy = y - depth + 2 * depth * t
                bands += PAGE.box(x - w, yy, x + w, yy + depth * 0.13)
            canvas.paint(bands, mix(other, (250, 240, 220), 0.35), within=body, labelled=False, texture="fur", grain=20)
            fringe: Shape = []
            for i in range(int(width / 3)):
                fx = x - w + 3 * i
                fringe += PAGE.polygon((fx, y + depth), (fx + 1.4, y + depth), (fx + 0.8, y + depth + 3))
            canvas.paint(fringe, (240, 230, 208), material="fabric")


def paint_potted_plant(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A house plant in a clay or glazed pot: long leaves or round ones."""
    frame = Frame(x, y, height / 40)
    pot = canvas.pick(((196, 112, 78), (232, 226, 214), (84, 128, 140), (220, 176, 80)))
    green = canvas.vary(canvas.pick(((84, 142, 86), (64, 122, 84), (128, 160, 84))), 8)
    canvas.shade(frame.oval(2, 0, 9, 1.8), 0.55, 0.9)
    with canvas.thing("potted plant"):
        if canvas.chance(0.5):
            for order, degrees in enumerate((200, 340, 222, 318, 245, 295, 270, 258, 284)):
                length = canvas.between(18, 25)
                dx, dy = math.cos(math.radians(degrees)) * length, math.sin(math.radians(degrees)) * length
                leaf = frame.ribbon(
                    [(0, -12), (dx * 0.5, -12 + dy * 0.66), (dx, -12 + dy + 5 * abs(dx) / length)],
                    4.6,
                    0.4,
                    tone=-34 + 8 * order,
                )
                canvas.paint(leaf, green, part="leaf", material="foliage", texture="strokes", grain=24)
        else:
            stems: Shape = []
            leaves: Shape = []
            for degrees in (205, 232, 250, 270, 290, 312, 335):
                length = canvas.between(13, 23)
                dx, dy = math.cos(math.radians(degrees)) * length, math.sin(math.radians(degrees)) * length
                stems += frame.ribbon([(0, -12), (dx * 0.4, -12 + dy * 0.7), (dx, -12 + dy)], 0.8)
                leaves += frame.leaf(dx, -13 + dy, 5, 3.7, degrees + 90, tone=round(canvas.between(-30, 34)))
            canvas.paint(stems, mix(green, (90, 70, 40), 0.3), part="leaf", material="foliage")
            canvas.paint(leaves, green, part="leaf", material="foliage", relief=1.0 * frame.scale)
        canvas.paint(
            frame.polygon((-7, -11), (7, -11), (5.2, 0.4), (-5.2, 0.4)),
            pot,
            part="flowerpot",
            material="ceramic",
            relief=2 * frame.scale,
            slope=(30, 0),
        )
        canvas.paint(frame.box(-8, -13.4, 8, -10, 0.8), pot, part="flowerpot", material="ceramic", slope=(34, 30))


def paint_shelf(canvas: Canvas, x: float, y: float, width: float, things: str) -> None:
    """A wall shelf with ``"crockery"`` or ``"books"``."""
    wood = canvas.pick(WOODS)
    canvas.shade(PAGE.box(x - width / 2, y + 2, x + width / 2 + 2, y + 7), 0.5, 1.6)
    with canvas.thing("shelf"):
        canvas.paint(
            PAGE.box(x - width / 2, y, x + width / 2, y + 3),
            wood,
            material="wood",
            slope=(0, 40),
            texture="brush",
            grain=30,
        )
        for side in (-0.36, 0.36):
            canvas.paint(
                PAGE.polygon(
                    (x + side * width - 1, y + 3), (x + side * width + 1, y + 3), (x + side * width + 1, y + 8)
                ),
                mix(wood, (40, 20, 20), 0.3),
                material="wood",
            )
    place = x - width / 2 + 3
    while place < x + width / 2 - 6:
        if things == "books":
            place += paint_book(canvas, place, y)
        else:
            place += _paint_crockery(canvas, place, y)


def paint_book(canvas: Canvas, x: float, y: float) -> float:
    """One book standing at `x` on `y`; returns how much room it takes."""
    width, height = canvas.between(2.6, 4.6), canvas.between(10, 15.5)
    colour = canvas.pick(FABRICS)
    lean = canvas.pick((0.0, 0.0, 0.0, 1.6))
    with canvas.thing("book"):
        spine = PAGE.polygon((x, y), (x + width, y), (x + width + lean, y - height), (x + lean, y - height))
        stain = canvas.paint(spine, colour, material="paper", slope=(40, 0), grain=14)
        canvas.paint(
            PAGE.box(x - 1, y - height * 0.8, x + width + 3, y - height * 0.72)
            + PAGE.box(x - 1, y - height * 0.22, x + width + 3, y - height * 0.16),
            mix(colour, (255, 240, 200), 0.6),
            within=stain,
            labelled=False,
        )
    return width + 0.3 + lean


def _paint_crockery(canvas: Canvas, x: float, y: float) -> float:
    colour = canvas.pick((*FABRICS, (244, 240, 230)))
    kind = canvas.whole(0, 2)
    if kind == 0:
        with canvas.thing("bowl"):
            canvas.paint(
                PAGE.blob(
                    (x, y - 6), (x + 10, y - 6), (x + 8, y - 1), (x + 6.4, y), (x + 3.6, y), (x + 2, y - 1), steps=4
                ),
                colour,
                material="ceramic",
                relief=1.6,
                slope=(20, 0),
            )
            canvas.paint(PAGE.oval(x + 5, y - 6, 5, 1.1), mix(colour, (40, 30, 40), 0.3), material="ceramic")
        return 12.0
    if kind == 1:
        with canvas.thing("jar"):
            canvas.paint(
                PAGE.box(x, y - 10, x + 7, y, 1.6), mix(colour, (230, 230, 220), 0.4), material="glass", relief=1.6
            )
            canvas.paint(PAGE.box(x + 1.2, y - 9, x + 2.2, y - 2), (255, 255, 250), labelled=False, opacity=0.6)
            canvas.paint(
                PAGE.box(x + 0.3, y - 12.2, x + 6.7, y - 9.8, 0.6),
                (176, 130, 88),
                part="lid",
                material="wood",
                slope=(30, 20),
            )
        return 9.0
    with canvas.thing("cup"):
        canvas.paint(
            PAGE.ribbon([(x + 5.6, y - 5.4), (x + 8, y - 4.6), (x + 7.6, y - 2.4), (x + 5.6, y - 1.6)], 1.0),
            colour,
            part="handle",
            material="ceramic",
        )
        canvas.paint(
            PAGE.polygon((x, y - 6.6), (x + 6, y - 6.6), (x + 5.2, y), (x + 0.8, y)),
            colour,
            material="ceramic",
            slope=(46, 0),
        )
    return 10.0
