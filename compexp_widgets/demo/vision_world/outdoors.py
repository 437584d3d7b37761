"""Things people leave outdoors: on the beach, at the camp, on the farm, in the street, in the snow."""

from __future__ import annotations

import math

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

BRIGHTS: tuple[Colour, ...] = (
    (222, 84, 64),
    (240, 182, 70),
    (64, 132, 160),
    (110, 160, 112),
    (232, 130, 120),
    (130, 110, 170),
)


def paint_parasol(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A striped sunshade."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    colour = canvas.pick(BRIGHTS)
    canvas.shade(PAGE.oval(x + height * 0.3, y + 1, height * 0.5, height * 0.09), 0.7, 1.4)
    with canvas.thing("parasol"):
        canvas.paint(
            frame.ribbon([(0, 0), (-6, -58)], 1.8), (226, 212, 186), part="pole", material="wood", slope=(30, 0)
        )
        rim = []
        for i in range(13):
            t = i / 12
            angle = math.pi * t
            rim.append((-6 - 30 * math.cos(angle), -38 - 4 * math.cos(angle) + 2.2 * (0 if i % 2 else 1)))
        top = (-6.6, -62)
        canopy = canvas.paint(
            frame.polygon((rim[0]), (-32, -50), (-22, -58), top, (9, -56), (19, -46), rim[-1], *rim[-2:0:-1]),
            (248, 240, 224),
            part="canopy",
            material="fabric",
            relief=3.4,
            slope=(30, 20),
        )
        for i in range(0, 12, 4):
            wedge = frame.polygon(
                top,
                (rim[i][0] - 3, rim[i][1] - 8),
                rim[i],
                rim[i + 1],
                rim[i + 2],
                (rim[i + 2][0] + 2, rim[i + 2][1] - 9),
            )
            canvas.paint(wedge, colour, part="canopy", material="fabric", within=canopy, slope=(20, 26))
        canvas.paint(frame.oval(-6.6, -62.4, 1.3), (226, 212, 186), part="pole", material="wood")


def paint_towel(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A striped beach towel lying on the sand."""
    frame = Frame(x, y, width / 50, canvas.chance(0.5))
    colour = canvas.pick(BRIGHTS)
    canvas.shade(frame.polygon((-24, 2), (-14, -11), (27, -11), (20, 3)), 0.5, 0.8)
    with canvas.thing("towel"):
        cloth = canvas.paint(
            frame.polygon((-26, 1), (-14, -12), (26, -12), (17, 1.6)),
            colour,
            material="fabric",
            texture="fur",
            grain=20,
            slope=(20, 10),
        )
        bands: Shape = []
        for t in (0.1, 0.24, 0.5, 0.76, 0.9):
            bands += frame.polygon((-26 + 43 * t, 3), (-14 + 40 * t, -13), (-11 + 40 * t, -13), (-22.6 + 43 * t, 3))
        canvas.paint(bands, (250, 242, 226), within=cloth, labelled=False, texture="fur", grain=16)
        canvas.paint(frame.polygon((-26, 1), (17, 1.6), (17, 2.8), (-26, 2.2)), (244, 236, 218), material="fabric")


def paint_sandcastle(canvas: Canvas, x: float, y: float, width: float) -> None:
    """Towers of wet sand with a flag."""
    frame = Frame(x, y, width / 40)
    sand: Colour = (204, 164, 108)
    canvas.shade(PAGE.oval(x + width * 0.1, y, width * 0.58, width * 0.09), 0.6, 1.2)
    with canvas.thing("sandcastle"):
        canvas.paint(frame.blob((-21, 1), (-16, -5), (0, -7), (16, -5), (21, 1), steps=4), sand, relief=2, grain=40)
        for tx, base, w, h in ((-10, -2, 5, 14), (10, -2, 5, 13), (0, -2, 7, 21)):
            canvas.paint(
                frame.polygon((tx - w, base), (tx - w * 0.78, base - h), (tx + w * 0.78, base - h), (tx + w, base)),
                sand,
                part="turret",
                slope=(44, 10),
                grain=44,
            )
            teeth: Shape = []
            for i in (-0.66, 0, 0.66):
                teeth += frame.box(tx + i * w - w * 0.2, base - h - 2.4, tx + i * w + w * 0.2, base - h + 0.4)
            canvas.paint(teeth, sand, part="turret", slope=(30, 10), grain=40)
        canvas.paint(frame.box(-2, -8, 2, -1) + frame.dome(0, -8, 2, 2), (134, 98, 66), labelled=False)
        canvas.paint(frame.box(-0.4, -35, 0.4, -24), (120, 96, 76), part="pennant")
        canvas.paint(
            frame.polygon((0.4, -35), (8, -32.6), (0.4, -30.4)), canvas.pick(BRIGHTS), part="pennant", material="fabric"
        )


def paint_ball(canvas: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    """A beach ball with white panels."""
    canvas.shade(PAGE.oval(x + radius * 0.5, y, radius * 1.1, radius * 0.25), 0.6, 0.8)
    cy = y - radius
    with canvas.thing("ball"):
        ball = canvas.paint(PAGE.oval(x, cy, radius), (250, 246, 236), relief=radius * 0.4, strength=110)
        for degrees in (20, 140, 260):
            a, b = math.radians(degrees), math.radians(degrees + 60)
            cx0, cy0 = x - radius * 0.2, cy - radius * 0.3
            wedge = PAGE.polygon(
                (cx0, cy0),
                (cx0 + 3 * radius * math.cos(a), cy0 + 3 * radius * math.sin(a)),
                (cx0 + 3 * radius * math.cos(b), cy0 + 3 * radius * math.sin(b)),
            )
            canvas.paint(wedge, colour, within=ball, labelled=False)
        canvas.shade(PAGE.oval(x + radius * 0.6, cy + radius * 0.6, radius * 0.8), 0.4, radius * 0.35, within=ball)


def paint_deck_chair(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A folding canvas chair in profile."""
    frame = Frame(x, y, width / 40, canvas.chance(0.5))
    colour = canvas.pick(BRIGHTS)
    wood: Colour = (188, 146, 102)
    canvas.shade(PAGE.oval(x, y, width * 0.5, width * 0.07), 0.6, 1.0)
    with canvas.thing("deck chair"):
        canvas.paint(
            frame.ribbon([(-8, 0), (14, -18)], 1.8) + frame.ribbon([(-19, -33), (10, 0)], 1.9),
            wood,
            part="leg",
            material="wood",
        )
        cloth = canvas.paint(
            frame.blob((-20, -35), (-16, -34), (-6, -19), (4, -12), (15, -17), (16, -14), (6, -8), (-6, -14), steps=5),
            colour,
            part="seat",
            material="fabric",
            slope=(20, 20),
        )
        stripes = frame.ribbon([(-19, -36), (-6, -17.4), (5, -10.4), (16, -16)], 1.1)
        canvas.paint(stripes, (250, 242, 226), within=cloth, labelled=False)
        canvas.paint(frame.ribbon([(-14, -22), (2, -20), (15, -19)], 1.5), wood, part="armrest", material="wood")


def paint_tent(canvas: Canvas, x: float, y: float, width: float, colour: Colour, lit: bool) -> None:
    """A ridge tent, lit from within at night."""
    frame = Frame(x, y, width / 70, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x + 2, y + 0.5, width * 0.56, width * 0.05), 0.6, 1.4)
    if lit:
        canvas.glow(frame.oval(-8, -8, 34, 18), (120, 76, 20), 0.7, 8)
    with canvas.thing("tent"):
        canvas.paint(
            frame.polygon((-8, -41), (20, -36), (38, 0), (16, 0)),
            mix(colour, (30, 20, 50), 0.3),
            part="canvas side",
            material="fabric",
            slope=(20, 20),
            texture="wash",
        )
        canvas.paint(
            frame.polygon((-32, 0), (-8, -41), (16, 0)),
            colour,
            part="canvas front",
            material="fabric",
            slope=(30, 20),
            texture="wash",
        )
        hole: Colour = (255, 204, 110) if lit else (64, 56, 66)
        canvas.paint(frame.polygon((-18, 0), (-8, -31), (4, 0)), hole, part="entrance", glowing=lit, slope=(0, -40))
        canvas.paint(
            frame.polygon((-18, 0), (-8, -31), (-11, -12), (-21, 0))
            + frame.polygon((4, 0), (-8, -31), (-3, -12), (8, 0)),
            mix(colour, (255, 240, 220), 0.35),
            part="canvas front",
            material="fabric",
            slope=(20, 10),
        )
        canvas.paint(
            frame.ribbon([(-8, -41), (20, -36)], 1.3),
            mix(colour, (255, 240, 220), 0.5),
            part="canvas side",
            material="fabric",
        )
        canvas.paint(
            frame.ribbon([(20, -36), (45, 1)], 0.5) + frame.ribbon([(-8, -41), (-40, 1)], 0.5),
            (220, 210, 190),
            labelled=False,
        )


def paint_campfire(canvas: Canvas, x: float, y: float, width: float) -> None:
    """Crossed logs and flames that light their surroundings."""
    frame = Frame(x, y, width / 30)
    canvas.glow(frame.oval(0, -8, 46, 30), (190, 96, 24), 0.85, 14 * frame.scale)
    with canvas.thing("campfire"):
        for lx, ly in ((-14, 0.4), (-9, 2.4), (-2, 3.2), (6, 2.8), (12, 1.2), (15, -1)):
            canvas.paint(frame.oval(lx, ly, 3.3, 2.2), (126, 112, 108), part="fire ring", material="stone", relief=1)
        for pts in ([(-12, -1), (11, -5)], [(12, -0.6), (-10, -5.4)]):
            canvas.paint(frame.ribbon(pts, 3.8), (118, 78, 54), part="log", material="wood", relief=1.2, strength=110)
        for colour, size in (((232, 84, 36), 1.0), ((250, 156, 46), 0.72), ((255, 228, 130), 0.42)):
            flame = frame.blob(
                (-9 * size, -3),
                (-10 * size, -11 * size - 2),
                (-5 * size, -17 * size - 2),
                (-4.4 * size, -23 * size - 2),
                (1 * size, -18 * size - 2),
                (2 * size, -31 * size - 2),
                (8 * size, -17 * size - 2),
                (10 * size, -9 * size - 2),
                (7 * size, -3),
                steps=4,
            )
            canvas.paint(flame, colour, part="flame", glowing=True, grain=20, softness=0.2)
        sparks: Shape = []
        for _ in range(10):
            sparks += frame.oval(canvas.between(-9, 11), canvas.between(-48, -26), canvas.between(0.3, 0.7))
        canvas.paint(sparks, (255, 190, 90), glowing=True, labelled=False, grain=0)


def paint_snowman(canvas: Canvas, x: float, y: float, height: float) -> None:
    """Three balls of snow, hat, scarf and carrot."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    white: Colour = (248, 250, 252)
    scarf = canvas.pick(BRIGHTS)
    canvas.shade(PAGE.oval(x + height * 0.12, y, height * 0.3, height * 0.05), 0.6, 1.4)
    with canvas.thing("snowman"):
        canvas.paint(
            frame.ribbon([(8, -28), (20, -36), (24, -35)], 1.2, 0.6)
            + frame.ribbon([(20, -36), (21, -41)], 0.9, 0.5)
            + frame.ribbon([(-8, -28), (-20, -31), (-24, -36)], 1.2, 0.6),
            (104, 78, 62),
            part="stick arm",
            material="wood",
        )
        for cy, r in ((-11, 13.4), (-28, 10.4), (-43, 8.2)):
            canvas.paint(
                frame.oval(0, cy, r, r * 0.95),
                white,
                part="head" if r < 9 else "",
                relief=r * 0.4 * frame.scale,
                strength=90,
                grain=12,
            )
        canvas.paint(
            frame.blob((-8, -38), (0, -35.6), (8, -38), (8.6, -35), (0, -32.4), (-8.6, -35), steps=4),
            scarf,
            part="scarf",
            material="fabric",
            relief=1,
        )
        canvas.paint(
            frame.polygon((3.4, -35), (7.4, -35.6), (8.6, -24), (4.4, -23.6)),
            scarf,
            part="scarf",
            material="fabric",
            slope=(20, 10),
        )
        canvas.paint(
            frame.polygon((0, -44), (12, -41.8), (0, -41.4)), (236, 132, 50), part="carrot nose", slope=(0, 40)
        )
        canvas.paint(
            frame.oval(-3, -46, 1) + frame.oval(3, -46, 1) + frame.oval(0.4, -30, 1) + frame.oval(0.4, -25, 1),
            (50, 46, 56),
            labelled=False,
            grain=0,
        )
        canvas.paint(
            frame.oval(0, -50, 10, 2) + frame.box(-6, -62, 6, -50, 1),
            (66, 58, 74),
            part="hat",
            material="fabric",
            slope=(30, 10),
        )
        canvas.paint(frame.box(-6, -54, 6, -51.4), scarf, part="hat", material="fabric")


def paint_fence(canvas: Canvas, x0: float, x1: float, y: float, height: float, white: bool) -> None:
    """Posts with two rails, or white pickets."""
    colour: Colour = (246, 240, 228) if white else canvas.vary((150, 118, 90), 8)
    with canvas.thing("fence"):
        rails: Shape = []
        for t in (0.78, 0.36):
            rails += PAGE.polygon(
                (x0, y - height * t - 1),
                (x1, y - height * t - 1 + canvas.between(-1, 1)),
                (x1, y - height * t + 1.1),
                (x0, y - height * t + 1.1),
            )
        canvas.paint(rails, mix(colour, (60, 50, 60), 0.12), part="rail", material="wood", texture="brush", grain=30)
        pickets: Shape = []
        x, step = x0, height * (0.36 if white else 1.5)
        half = height * (0.09 if white else 0.08)
        while x <= x1:
            lean = canvas.between(-0.4, 0.4)
            pickets += PAGE.polygon(
                (x - half, y),
                (x - half + lean, y - height),
                (x + lean, y - height - half * 1.2),
                (x + half + lean, y - height),
                (x + half, y),
                tone=round(canvas.between(-16, 16)),
            )
            x += step
        canvas.paint(pickets, colour, part="picket", material="wood", slope=(0, 20), texture="strokes", grain=26)


def paint_hay_bale(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A round bale with its spiral."""
    frame = Frame(x, y, width / 30, canvas.chance(0.5))
    straw: Colour = canvas.vary((222, 184, 100), 8)
    canvas.shade(PAGE.oval(x + width * 0.1, y, width * 0.6, width * 0.08), 0.6, 1.2)
    with canvas.thing("hay bale"):
        canvas.paint(frame.box(-3, -22, 15, 0, 5), mix(straw, (110, 70, 40), 0.25), texture="brush", grain=60)
        canvas.paint(frame.oval(-4, -11, 9.6, 11), straw, relief=1.6, grain=60)
        spiral = [
            (-4 + (9 - 0.36 * i) * math.cos(i * 0.55) * 0.9, -11 + (10 - 0.4 * i) * math.sin(i * 0.55))
            for i in range(24)
        ]
        canvas.paint(frame.ribbon(spiral, 0.8), mix(straw, (110, 70, 40), 0.55), labelled=False, opacity=0.8)


def paint_street_lamp(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A cast-iron street lamp."""
    frame = Frame(x, y, height / 100)
    iron: Colour = (62, 74, 78)
    canvas.shade(PAGE.oval(x + height * 0.06, y, height * 0.12, height * 0.018), 0.6, 0.8)
    with canvas.thing("street lamp"):
        canvas.paint(
            frame.polygon(
                (-4.4, 0), (-2.6, -10), (-1.4, -14), (-1.1, -80), (1.1, -80), (1.4, -14), (2.6, -10), (4.4, 0)
            ),
            iron,
            part="lamp post",
            material="metal",
            slope=(60, 0),
        )
        canvas.paint(
            frame.box(-8, -74, 8, -72.6, 0.6) + frame.box(-3, -81, 3, -79), iron, part="lamp post", material="metal"
        )
        lit = canvas.light.night or canvas.light.rain
        canvas.paint(
            frame.polygon((-4, -81), (-6.4, -94), (6.4, -94), (4, -81)),
            (255, 226, 150) if lit else (214, 228, 226),
            part="lantern",
            material="glass",
            glowing=lit,
            slope=(30, 10),
        )
        canvas.paint(
            frame.polygon((-7.6, -93.4), (0, -101), (7.6, -93.4)) + frame.oval(0, -101.6, 1.4),
            iron,
            part="lantern",
            material="metal",
            slope=(40, 0),
        )
        canvas.paint(frame.box(-0.4, -94, 0.4, -81), iron, part="lantern", material="metal")
    if lit:
        canvas.glow(frame.oval(0, -87, 18), (180, 130, 60), 0.6, 8 * frame.scale)


def paint_bench(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A park bench."""
    frame = Frame(x, y, width / 40)
    wood = canvas.vary((158, 112, 74), 8)
    canvas.shade(PAGE.oval(x + 1, y, width * 0.52, width * 0.06), 0.6, 1.0)
    with canvas.thing("bench"):
        canvas.paint(
            frame.box(-16, -20, -14, 0) + frame.box(14, -20, 16, 0), (66, 70, 78), part="leg", material="metal"
        )
        for y0 in (-21, -17.4, -13.8):
            canvas.paint(
                frame.box(-20, y0, 20, y0 + 2.7, 0.6),
                wood,
                part="backrest",
                material="wood",
                slope=(0, 30),
                texture="brush",
                grain=30,
            )
        canvas.paint(
            frame.polygon((-19, -10.4), (19, -10.4), (21, -7), (-21, -7)),
            mix(wood, (255, 240, 220), 0.2),
            part="seat",
            material="wood",
            texture="brush",
            grain=30,
        )
        canvas.paint(frame.box(-21, -7, 21, -5.4), wood, part="seat", material="wood")
