"""Sailing boat and rowing boat."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import Frame, Shape
from compexp_widgets.demo.vision_world.waters import paint_reflection


def paint_sailboat(canvas: Canvas, x: float, y: float, height: float, sail: Colour, hull: Colour) -> None:
    """A small yacht with mainsail and jib, afloat at `y`."""
    frame = Frame(x, y, height / 100, canvas.chance(0.5))
    paint_reflection(canvas, x, y + height * 0.015, height * 0.56, height * 0.22, mix(hull, (30, 50, 80), 0.3))
    paint_reflection(canvas, x, y + height * 0.06, height * 0.3, height * 0.5, mix(sail, (150, 180, 200), 0.3))
    with canvas.thing("sailboat"):
        canvas.paint(frame.box(-0.9, -92, 0.9, -8), (142, 104, 72), part="mast", material="wood", slope=(40, 0))
        main = canvas.paint(
            frame.blob(
                (-2.2, -90), (-2.2, -50), (-2.2, -16.5), (-18, -15.4), (-33, -16.4), (-24, -40), (-10, -72), steps=5
            ),
            sail,
            part="sail",
            material="fabric",
            relief=4.5 * frame.scale,
            strength=70,
            slope=(-26, 10),
            texture="wash",
            grain=16,
        )
        seams: Shape = []
        for i in range(4):
            seams += frame.ribbon([(-2, -30 - 14 * i), (-16, -27 - 14 * i), (-34, -24 - 14 * i)], 0.6)
        canvas.paint(seams, mix(sail, (90, 80, 100), 0.4), within=main, labelled=False, opacity=0.6)
        canvas.paint(
            frame.blob((2.6, -80), (8, -56), (27, -15), (15, -16.4), (2.8, -17), (3.4, -48), steps=5),
            mix(sail, (255, 255, 255), 0.2),
            part="sail",
            material="fabric",
            relief=3.5 * frame.scale,
            strength=70,
            slope=(24, 10),
            grain=14,
        )
        body = canvas.paint(
            frame.polygon((-34, -12), (36, -13.5), (30, -3), (24, 1.6), (-25, 1.6), (-31, -3)),
            hull,
            part="hull",
            material="wood",
            relief=2.4 * frame.scale,
            slope=(10, 34),
            texture="brush",
            grain=18,
        )
        canvas.paint(
            frame.polygon((-35, -12.5), (37, -14), (36, -10.4), (-34, -9.2)),
            (246, 240, 228),
            within=body,
            labelled=False,
        )
        canvas.paint(
            frame.blob((-16, -12), (-13, -16.5), (6, -16.5), (10, -12.5), steps=4),
            (232, 214, 184),
            part="hull",
            material="wood",
            slope=(20, 20),
        )
        flag = frame.polygon((0.8, -92), (11, -89.5), (0.8, -86.5))
        canvas.paint(
            flag, canvas.pick(((226, 90, 60), (240, 190, 70), (70, 130, 180))), part="pennant", material="fabric"
        )
    canvas.paint(
        frame.polygon((-32, 0.6), (34, 0.4), (28, 2.4), (-26, 2.4)), (236, 244, 246), labelled=False, opacity=0.5
    )


def paint_rowing_boat(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    """An open boat with thwarts and oars."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    paint_reflection(canvas, x, y + width * 0.03, width * 0.9, width * 0.2, mix(colour, (20, 40, 40), 0.45))
    with canvas.thing("rowing boat"):
        canvas.paint(
            frame.blob((-29, -13), (-14, -9.5), (12, -9.5), (29, -14), (12, -6), (-14, -6), steps=5),
            (92, 66, 52),
            part="thwart",
            material="wood",
            grain=26,
        )
        for bx in (-11, 7):
            canvas.paint(
                frame.polygon((bx - 3, -9.4), (bx + 3, -9.4), (bx + 4, -6.6), (bx - 2, -6.6)),
                (198, 158, 110),
                part="thwart",
                material="wood",
                slope=(10, 30),
            )
        hull = canvas.paint(
            frame.blob(
                (-30, -14), (-14, -7.6), (12, -7.6), (30, -15), (25, -4), (14, 1.6), (-14, 1.6), (-25, -4), steps=5
            ),
            colour,
            part="hull",
            material="wood",
            relief=2.6 * frame.scale,
            slope=(10, 30),
            texture="brush",
            grain=26,
        )
        planks = frame.ribbon([(-30, -9.4), (-14, -3.6), (12, -3.6), (30, -10.4)], 0.6) + frame.ribbon(
            [(-28, -6), (-13, -0.6), (12, -0.6), (28, -6.6)], 0.6
        )
        canvas.paint(planks, mix(colour, (20, 20, 30), 0.5), within=hull, labelled=False, opacity=0.7)
        canvas.paint(
            frame.ribbon([(-30, -14), (-14, -8), (12, -8), (30, -15)], 1.7),
            mix(colour, (255, 245, 225), 0.65),
            part="hull",
            material="wood",
        )
        canvas.paint(
            frame.ribbon([(-4, -12), (12, -4), (24, 2.2)], 1.2, 1.2) + frame.leaf(26, 3.2, 4.6, 1.4, 27),
            (204, 166, 116),
            part="oar",
            material="wood",
        )
    canvas.paint(
        frame.polygon((-22, 0.8), (22, 0.8), (15, 2.6), (-15, 2.6)), (236, 244, 240), labelled=False, opacity=0.4
    )
