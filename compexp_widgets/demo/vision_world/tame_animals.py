"""Cow, sheep and cat, and a toy bear."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape
from compexp_widgets.demo.vision_world.wild_animals import INK, paint_eye


def paint_cow(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A patched cow."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    white: Colour = (244, 238, 228)
    patch = canvas.pick(((52, 46, 52), (138, 84, 56), (96, 66, 56)))
    canvas.shade(PAGE.oval(x, y + 0.3, width * 0.48, width * 0.05), 0.6, 1.2)
    with canvas.thing("cow"):
        for lx, tone in ((-15, -40), (15, -40), (-19, 0), (11, 0)):
            canvas.paint(
                frame.polygon((lx - 2.6, -16), (lx + 2.6, -16), (lx + 1.9, 0), (lx - 1.9, 0), tone=tone),
                white,
                part="leg",
                material="fur",
                slope=(20, 0),
            )
            canvas.paint(frame.box(lx - 2.1, -2.4, lx + 2.1, 0), (84, 70, 70), part="leg", material="fur")
        canvas.paint(
            frame.ribbon([(-24, -28), (-28, -20), (-26.6, -11)], 1.5, 1.0) + frame.oval(-26.6, -9.6, 1.6, 2.8),
            patch,
            part="tail",
            material="fur",
        )
        canvas.paint(frame.oval(-10, -13.6, 5, 3.6), (236, 172, 166), part="udder", relief=1.4 * frame.scale)
        body = canvas.paint(
            frame.blob(
                (-25, -28),
                (-14, -32),
                (4, -30.6),
                (18, -32),
                (23, -24),
                (19, -15),
                (4, -13),
                (-14, -14),
                (-24, -16),
                steps=6,
            ),
            white,
            material="fur",
            relief=5 * frame.scale,
            strength=110,
            texture="fur",
            grain=20,
        )
        spots = (
            frame.blob((-20, -34), (-9, -33), (-8, -24), (-15, -20), (-21, -25))
            + frame.blob((2, -32), (14, -33), (16, -25), (8, -20), (1, -25))
            + frame.blob((-6, -20), (1, -18), (-2, -13), (-8, -14))
        )
        canvas.paint(spots, patch, within=body, labelled=False, texture="fur", grain=24)
        canvas.paint(frame.leaf(19.6, -36.4, 4.2, 2.0, 200), patch, part="ear", material="fur")
        canvas.paint(
            frame.ribbon([(22, -39), (21, -42), (22.6, -44)], 1.6, 0.6)
            + frame.ribbon([(27.6, -39), (29.6, -42), (28.4, -44)], 1.6, 0.6),
            (230, 214, 180),
            part="horn",
        )
        canvas.paint(
            frame.blob((20, -38), (25, -40.4), (30, -38), (31.4, -29), (28.6, -25), (23, -26), (20, -31)),
            white,
            part="head",
            material="fur",
            relief=2.6 * frame.scale,
            texture="fur",
        )
        canvas.paint(
            frame.blob((20, -38), (24, -40), (25, -35), (23, -30), (20.4, -32), steps=4),
            patch,
            part="head",
            material="fur",
        )
        canvas.paint(frame.leaf(31.4, -36.6, 3.8, 1.9, -16), patch, part="ear", material="fur")
        canvas.paint(frame.oval(28.4, -26.8, 4.4, 3.3), (236, 178, 168), part="head", relief=1.2 * frame.scale)
        canvas.paint(frame.oval(27, -27, 0.7, 0.9) + frame.oval(30, -27, 0.7, 0.9), (140, 84, 88), labelled=False)
        paint_eye(canvas, frame, 27.6, -34.4, 0.95)


def paint_sheep(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A woolly sheep."""
    frame = Frame(x, y, width / 40, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x, y + 0.3, width * 0.46, width * 0.05), 0.6, 1.0)
    wool: Colour = canvas.vary((242, 234, 218), 6)
    dark: Colour = canvas.pick(((64, 56, 62), (96, 76, 68)))
    with canvas.thing("sheep"):
        for lx in (-8, -4.4, 5, 8.6):
            canvas.paint(frame.box(lx - 1.1, -8, lx + 1.1, 0), dark, part="leg", slope=(20, 0))
        fleece: Shape = []
        for i in range(13):
            cx, cy = _RING[i % 12]
            fleece += frame.oval(cx * 11.4, -13.6 + cy * 6.4, canvas.between(3.6, 4.8), tone=round(-cy * 14 - cx * 8))
        fleece += frame.oval(0, -13.6, 12, 7)
        body = canvas.paint(fleece, wool, material="fleece", relief=3 * frame.scale, strength=100, grain=20)
        curls: Shape = []
        for _ in range(26):
            cx, cy = canvas.between(-13, 13), canvas.between(-21, -7)
            curls += frame.ribbon([(cx - 1.5, cy), (cx, cy - 1.3), (cx + 1.4, cy)], 0.6)
        canvas.paint(curls, mix(wool, (120, 100, 110), 0.34), within=body, labelled=False)
        canvas.paint(frame.leaf(10.4, -19.6, 2.8, 1.2, 24), dark, part="ear")
        canvas.paint(
            frame.blob((12.4, -22.6), (16.4, -22), (18.6, -15.6), (16.6, -12.8), (13, -14.6), steps=5),
            dark,
            part="head",
            relief=1.6 * frame.scale,
        )
        canvas.paint(frame.oval(13.6, -22.6, 2.8, 2.1), wool, material="fleece", relief=1)
        canvas.paint(frame.oval(15.6, -18.6, 0.8), (250, 250, 244), labelled=False)
        canvas.paint(frame.oval(15.8, -18.5, 0.42), INK, labelled=False)


_RING: tuple[tuple[float, float], ...] = (
    (1.0, 0.0),
    (0.87, 0.5),
    (0.5, 0.87),
    (0.0, 1.0),
    (-0.5, 0.87),
    (-0.87, 0.5),
    (-1.0, 0.0),
    (-0.87, -0.5),
    (-0.5, -0.87),
    (0.0, -1.0),
    (0.5, -0.87),
    (0.87, -0.5),
)


def paint_cat(canvas: Canvas, x: float, y: float, height: float, coat: Colour) -> None:
    """A sitting cat."""
    frame = Frame(x, y, height / 40, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x + 1, y, height * 0.4, height * 0.06), 0.6, 1.0)
    pale: Colour = (255, 235, 215)
    # A black cat would turn grey with as much white in its fur as a ginger one has.
    white = 0.22 if coat[0] > 90 else 0.05
    stripe = mix(coat, (120, 30, 10), 0.3 if coat[0] > 90 else 0.08)
    with canvas.thing("cat"):
        canvas.paint(
            frame.ribbon([(9, -2), (18, -3), (20, -11), (16.4, -16)], 4, 3),
            coat,
            part="tail",
            material="fur",
            relief=1.4 * frame.scale,
            texture="fur",
        )
        body = canvas.paint(
            frame.blob((-4, -25), (4, -24), (11, -12), (12, -3), (8, 0.4), (-8, 0.4), (-9.4, -6), (-7, -16)),
            coat,
            material="fur",
            relief=3.6 * frame.scale,
            strength=100,
            texture="fur",
            grain=24,
        )
        for sy in (-19, -14, -9):
            canvas.paint(
                frame.ribbon([(4, sy - 1), (8, sy), (13, sy + 2.4)], 1.8, 0.6), stripe, within=body, labelled=False
            )
        canvas.paint(
            frame.blob((-7, -20), (-1, -20), (0, -9), (-4, -5), (-8, -9)),
            mix(coat, pale, white),
            within=body,
            labelled=False,
        )
        for lx in (-5, 0.6):
            canvas.paint(
                frame.box(lx - 2, -9, lx + 2, 0.6, 1.8),
                mix(coat, pale, white / 2),
                part="leg",
                material="fur",
                slope=(30, 0),
            )
        canvas.paint(
            frame.polygon((-12, -31), (-11.4, -40.4), (-4.4, -36)) + frame.polygon((0.6, -36), (7, -40.4), (7.6, -31)),
            coat,
            part="ear",
            material="fur",
            slope=(20, 0),
        )
        canvas.paint(
            frame.polygon((-10.6, -33), (-10.4, -38), (-6.4, -35)) + frame.polygon((2.4, -35), (6, -38), (6.2, -33)),
            (232, 164, 150),
            part="ear",
            material="fur",
        )
        canvas.paint(
            frame.blob((-11.6, -30), (-8, -36), (-2, -37), (4, -36), (7.6, -30), (5, -24), (-2, -22.4), (-9, -24)),
            coat,
            part="head",
            material="fur",
            relief=2.8 * frame.scale,
            strength=100,
            texture="fur",
        )
        canvas.paint(frame.oval(-2, -25.6, 4.2, 2.9), mix(coat, pale, white), part="head", material="fur")
        canvas.paint(frame.polygon((-3, -27.4), (-1, -27.4), (-2, -26)), (206, 110, 110), labelled=False)
        for side in (-1, 1):
            canvas.paint(frame.oval(-2 + side * 4.4, -30, 1.7, 1.9), (176, 200, 96), labelled=False)
            canvas.paint(frame.oval(-2 + side * 4.4, -30, 0.6, 1.6), INK, labelled=False, grain=0)


def paint_teddy(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A teddy bear that sits."""
    frame = Frame(x, y, height / 30)
    coat: Colour = canvas.pick(((182, 128, 76), (206, 164, 112), (150, 102, 70)))
    light = mix(coat, (255, 240, 215), 0.55)
    canvas.shade(frame.oval(0, 0.2, 11, 1.8), 0.5, 0.8)
    with canvas.thing("teddy bear"):
        canvas.paint(frame.oval(0, -8.4, 7, 8), coat, material="plush", relief=2 * frame.scale, texture="fur", grain=26)
        canvas.paint(frame.oval(0, -7.6, 4.2, 5), light, material="plush", texture="fur")
        for side in (-1, 1):
            canvas.paint(
                frame.leaf(side * 7.6, -11, 5, 2.5, side * 58),
                coat,
                part="paw",
                material="plush",
                relief=1.1 * frame.scale,
                texture="fur",
            )
            canvas.paint(
                frame.oval(side * 6, -2.4, 3.9, 3.4),
                coat,
                part="paw",
                material="plush",
                relief=1.1 * frame.scale,
                texture="fur",
            )
            canvas.paint(frame.oval(side * 6.2, -2.2, 2.0, 1.8), light, part="paw", material="plush")
            canvas.paint(frame.oval(side * 5.4, -26, 2.9), coat, part="ear", material="plush", relief=1 * frame.scale)
            canvas.paint(frame.oval(side * 5.4, -25.8, 1.5), light, part="ear", material="plush")
        canvas.paint(
            frame.oval(0, -20.4, 7, 6.3),
            coat,
            part="head",
            material="plush",
            relief=2 * frame.scale,
            texture="fur",
            grain=26,
        )
        canvas.paint(frame.oval(0, -18.4, 3.2, 2.5), light, part="head", material="plush")
        canvas.paint(
            frame.oval(0, -19.6, 1.2, 0.9) + frame.oval(-2.7, -21.8, 0.8) + frame.oval(2.7, -21.8, 0.8),
            INK,
            labelled=False,
            grain=0,
        )
