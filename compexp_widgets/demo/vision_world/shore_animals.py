"""Gull, heron, crab and frog."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape
from compexp_widgets.demo.vision_world.wild_animals import INK, paint_eye


def paint_gull(canvas: Canvas, x: float, y: float, span: float) -> None:
    """A gull on the wing."""
    frame = Frame(x, y, span / 40, canvas.chance(0.5))
    with canvas.thing("gull"):
        far = frame.blob((2, -1), (8, -8), (17, -12), (21, -10.5), (13, -4), (5, 1.4), steps=5)
        canvas.paint(far, (196, 202, 210), part="wing", material="feathers", slope=(0, 24))
        canvas.paint(frame.polygon((17, -12), (22.5, -11.4), (18, -8.6)), INK, part="wing", material="feathers")
        canvas.paint(
            frame.blob((-9, 0.4), (-5, -3), (2, -2.6), (10, 1), (14, 3.6), (8, 4), (-3, 3.6), steps=5),
            (248, 246, 242),
            material="feathers",
            relief=1.6 * frame.scale,
            strength=90,
        )
        canvas.paint(frame.oval(-8.4, -0.8, 3.2, 2.7), (248, 246, 242), material="feathers", slope=(20, 20))
        near = frame.blob((-2, 0), (-3, -8), (-10, -15), (-18, -16.6), (-16, -12), (-7, -2), (1, 2.4), (4, 2), steps=5)
        canvas.paint(near, (222, 226, 230), part="wing", material="feathers", slope=(-20, 30))
        canvas.paint(frame.polygon((-19.6, -17), (-14.6, -15.8), (-15.4, -12.4)), INK, part="wing", material="feathers")
        canvas.paint(frame.polygon((-11, -1.4), (-15.4, 0.4), (-11, 0.8)), (240, 170, 60), part="beak")
        paint_eye(canvas, frame, -9.4, -1.4, 0.6)


def paint_crab(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A crab with raised claws."""
    frame = Frame(x, y, width / 30)
    shell: Colour = canvas.vary((222, 88, 56), 10)
    canvas.shade(PAGE.oval(x, y, width * 0.46, width * 0.08), 0.6, 0.8)
    with canvas.thing("crab"):
        legs: Shape = []
        for side in (-1, 1):
            for i in range(3):
                legs += frame.ribbon(
                    [(side * 7, -5 + i), (side * (11 + i), -6 + 2 * i), (side * (12.4 + i), 0)], 1.3, 0.6
                )
            legs += frame.ribbon([(side * 7, -7), (side * 11.4, -10), (side * 10.6, -14)], 1.8, 1.5)
        canvas.paint(legs, mix(shell, (60, 20, 30), 0.2), part="crab leg")
        for side in (-1, 1):
            canvas.paint(
                frame.blob(
                    (side * 9, -14),
                    (side * 8, -18.6),
                    (side * 10.4, -21),
                    (side * 11, -17.6),
                    (side * 13.6, -20),
                    (side * 14.2, -16),
                    (side * 11.6, -13),
                ),
                shell,
                part="claw",
                relief=1.4 * frame.scale,
            )
        canvas.paint(frame.oval(0, -6.4, 9.4, 5.8), shell, relief=2.4 * frame.scale, strength=110)
        for side in (-1, 1):
            canvas.paint(frame.ribbon([(side * 2.4, -11), (side * 2.8, -14)], 0.9), shell)
            canvas.paint(frame.oval(side * 2.9, -15, 1.4), (250, 248, 240))
            canvas.paint(frame.oval(side * 2.7, -15, 0.7), INK, labelled=False, grain=0)
        canvas.paint(
            frame.ribbon([(-2.6, -6), (0, -4.8), (2.6, -6)], 0.7), mix(shell, (60, 10, 20), 0.6), labelled=False
        )


def paint_heron(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A wading heron."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    grey: Colour = canvas.vary((152, 168, 184), 6)
    with canvas.thing("heron"):
        canvas.paint(
            frame.ribbon([(-2, -24), (-1, -11), (-2, 0)], 1.0) + frame.ribbon([(2, -24), (4.6, -12), (2.6, 0)], 1.0),
            (150, 128, 88),
            part="leg",
        )
        canvas.paint(
            frame.ribbon([(4, -30), (10.4, -36), (5.4, -46), (8, -53)], 3.8, 2.6),
            (236, 236, 232),
            part="neck",
            material="feathers",
            relief=1.2 * frame.scale,
        )
        canvas.paint(
            frame.blob((-15, -20), (-8, -29), (2, -33), (8, -30), (6, -24), (-3, -21)),
            grey,
            material="feathers",
            relief=2.6 * frame.scale,
            strength=100,
        )
        canvas.paint(
            frame.blob((-17, -18.6), (-8, -27.4), (2, -29), (1, -24), (-6, -21)),
            mix(grey, (50, 60, 90), 0.4),
            part="wing",
            material="feathers",
            slope=(0, 30),
            texture="brush",
            grain=30,
        )
        canvas.paint(
            frame.blob((5, -54), (8, -57), (12, -55.4), (11, -52), (7, -51.4), steps=5),
            (240, 240, 236),
            part="head",
            material="feathers",
        )
        canvas.paint(frame.ribbon([(8, -56.4), (4, -56), (-0.6, -53)], 1.4, 0.4), INK, part="head", material="feathers")
        canvas.paint(frame.polygon((11.4, -55.2), (22.6, -52.4), (11, -52.4)), (234, 172, 70), part="beak")
        paint_eye(canvas, frame, 9.8, -54.4, 0.7)


def paint_frog(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A sitting frog."""
    frame = Frame(x, y, width / 24, canvas.chance(0.5))
    green: Colour = canvas.vary((120, 172, 70), 8)
    with canvas.thing("frog"):
        canvas.shade(frame.oval(0, 0.4, 11, 2), 0.5, 0.6)
        canvas.paint(
            frame.blob((-10, 0), (-11, -6), (-5, -7), (-1, -2), (-3, 0.4), steps=5),
            green,
            part="leg",
            relief=1.2 * frame.scale,
        )
        canvas.paint(
            frame.blob((-8, -2), (-5, -9), (3, -12), (9, -9), (9.4, -3), (4, 0.4), (-4, 0.4)),
            green,
            relief=2.4 * frame.scale,
            strength=110,
            grain=22,
        )
        canvas.paint(
            frame.blob((3, -6), (9.4, -6), (9, -1.4), (4, 0.2), (1, -2), steps=4), (222, 224, 160), slope=(10, 20)
        )
        for ex in (2.6, 7.4):
            canvas.paint(frame.oval(ex, -11.6, 2.1), green, part="head", relief=0.8)
            canvas.paint(frame.oval(ex + 0.3, -11.8, 1.3), (246, 220, 110), labelled=False)
            canvas.paint(frame.oval(ex + 0.4, -11.8, 0.7, 0.6), INK, labelled=False, grain=0)
        canvas.paint(frame.ribbon([(1.6, -7.2), (6, -6.2), (9.6, -7.6)], 0.5), (70, 100, 50), labelled=False)
        canvas.paint(frame.ribbon([(4, -3), (5.4, -0.6), (7, 0.4)], 1.6), green, part="leg")
