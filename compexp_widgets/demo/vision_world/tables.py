"""Table and chair, and what stands on tables and hobs."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.rooms import FABRICS, WOODS
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

ENAMEL: Colour = (242, 240, 232)


def paint_table(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A table in front of the viewer, its legs standing on `y`."""
    wood = canvas.vary(canvas.pick(WOODS), 8)
    w = width / 2
    top = y - height
    canvas.shade(PAGE.oval(x + 3, y - 3, w * 1.04, 5), 0.6, 2.4)
    with canvas.thing("table"):
        for side in (-1, 1):
            canvas.paint(
                PAGE.polygon(
                    (x + side * (w - 13), top + 5),
                    (x + side * (w - 9), top + 5),
                    (x + side * (w - 9.6), y - 6),
                    (x + side * (w - 12.4), y - 6),
                ),
                mix(wood, (40, 20, 20), 0.4),
                part="leg",
                material="wood",
            )
            canvas.paint(
                PAGE.polygon(
                    (x + side * (w - 8), top + 5),
                    (x + side * (w - 3), top + 5),
                    (x + side * (w - 3.6), y),
                    (x + side * (w - 6.6), y),
                ),
                wood,
                part="leg",
                material="wood",
                slope=(40, 0),
                texture="strokes",
                grain=30,
            )
        canvas.paint(
            PAGE.box(x - w + 3, top + 4, x + w - 3, top + 9),
            mix(wood, (40, 20, 20), 0.25),
            material="wood",
            texture="brush",
            grain=30,
        )
        canvas.paint(
            PAGE.polygon((x - w + 9, top - 8), (x + w - 9, top - 8), (x + w, top + 2.4), (x - w, top + 2.4)),
            mix(wood, (255, 240, 220), 0.22),
            part="tabletop",
            material="wood",
            slope=(14, 10),
            texture="brush",
            grain=34,
        )
        canvas.paint(
            PAGE.box(x - w, top + 2.4, x + w, top + 5.4),
            wood,
            part="tabletop",
            material="wood",
            texture="brush",
            grain=30,
        )
        if canvas.chance(0.4):
            cloth = canvas.pick(FABRICS)
            runner = canvas.paint(
                PAGE.polygon(
                    (x - w * 0.3, top - 8),
                    (x + w * 0.3, top - 8),
                    (x + w * 0.36, top + 2.6),
                    (x + w * 0.36, top + 13),
                    (x - w * 0.36, top + 13),
                    (x - w * 0.36, top + 2.6),
                ),
                cloth,
                part="tablecloth",
                material="fabric",
                texture="wash",
            )
            canvas.paint(
                PAGE.box(x - w, top + 9.6, x + w, top + 11) + PAGE.box(x - w, top - 6.4, x + w, top - 5.6),
                mix(cloth, (255, 250, 236), 0.6),
                within=runner,
                labelled=False,
            )


def paint_chair(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A spindle-back chair seen from the front."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    canvas.shade(frame.oval(2, -1, 15, 3), 0.5, 1.4)
    with canvas.thing("chair"):
        canvas.paint(
            frame.ribbon([(-9, -28), (-9.6, -4)], 2) + frame.ribbon([(9, -28), (9.6, -4)], 2),
            mix(colour, (30, 20, 30), 0.35),
            part="leg",
            material="wood",
        )
        spindles: Shape = frame.ribbon([(-11, -28), (-12, -58)], 2.4) + frame.ribbon([(11, -28), (12, -58)], 2.4)
        for i in (-5.4, 0, 5.4):
            spindles += frame.ribbon([(i, -28), (i * 1.08, -54)], 1.5)
        canvas.paint(spindles, colour, part="backrest", material="wood", slope=(20, 0))
        canvas.paint(
            frame.blob((-13, -60), (0, -62), (13, -60), (12.6, -53), (0, -54.6), (-12.6, -53), steps=4),
            colour,
            part="backrest",
            material="wood",
            relief=1.2,
        )
        canvas.paint(
            frame.ribbon([(-11.6, -25), (-12.6, 0)], 2.7, 2.0)
            + frame.ribbon([(11.6, -25), (12.6, 0)], 2.7, 2.0)
            + frame.box(-12, -12, 12, -10.6),
            colour,
            part="leg",
            material="wood",
            slope=(20, 0),
        )
        canvas.paint(
            frame.polygon((-11, -30), (11, -30), (14.4, -24.6), (-14.4, -24.6)),
            mix(colour, (255, 245, 230), 0.2),
            part="seat",
            material="wood",
            slope=(10, 20),
        )
        canvas.paint(frame.box(-14.4, -24.6, 14.4, -22.6, 0.8), colour, part="seat", material="wood")


def paint_fruit_bowl(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A bowl heaped with fruit."""
    frame = Frame(x, y, width / 24)
    with canvas.thing("fruit"):
        for fx, fy in ((-6, -8.6), (5.6, -8.8), (0, -8), (-2.6, -12.4), (3, -12.2)):
            colour = canvas.pick(((222, 70, 54), (240, 170, 60), (150, 184, 80), (236, 206, 90), (226, 120, 60)))
            canvas.paint(frame.oval(fx, fy, 4.2), colour, relief=1.6 * frame.scale, strength=110)
            canvas.paint(frame.ribbon([(fx, fy - 3.6), (fx + 0.8, fy - 5.4)], 0.6), (92, 70, 50), labelled=False)
    with canvas.thing("bowl"):
        canvas.paint(
            frame.blob((-12, -8), (0, -6.6), (12, -8), (8.4, -1.6), (4, 0), (-4, 0), (-8.4, -1.6), steps=4),
            canvas.pick((*FABRICS, ENAMEL)),
            material="ceramic",
            relief=2 * frame.scale,
        )


def paint_pan(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A cooking pot with lid and steam."""
    frame = Frame(x, y, width / 16)
    colour = canvas.pick(((200, 72, 56), (64, 112, 128), (84, 84, 92), (222, 170, 70)))
    with canvas.thing("pot"):
        canvas.paint(
            frame.box(-10.6, -7, -7, -5.4, 0.6) + frame.box(7, -7, 10.6, -5.4, 0.6),
            (60, 56, 60),
            part="handle",
            material="metal",
        )
        canvas.paint(frame.box(-8, -9, 8, 0, 1.6), colour, material="metal", relief=2 * frame.scale, slope=(26, 0))
        canvas.paint(
            frame.dome(0, -9, 8.4, 3.4),
            mix(colour, (255, 255, 255), 0.15),
            part="lid",
            material="metal",
            slope=(30, 30),
        )
        canvas.paint(frame.oval(0, -13, 1.4), (60, 56, 60), part="lid", material="metal")
    for i in range(4):
        canvas.paint(
            frame.oval(2 + canvas.between(-2, 2), -17 - 5 * i, 2 + 0.7 * i, 2.6),
            (255, 252, 246),
            labelled=False,
            opacity=0.24 - 0.04 * i,
            softness=1.6,
            grain=0,
        )


def paint_kettle(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A kettle with a bowed handle."""
    frame = Frame(x, y, width / 18, canvas.chance(0.5))
    colour = canvas.pick(((200, 204, 208), (214, 92, 66), (92, 142, 130)))
    with canvas.thing("kettle"):
        canvas.paint(
            frame.ribbon([(-6, -10), (-5, -16), (0, -18.4), (5, -16), (6, -10)], 1.4), (60, 54, 58), part="handle"
        )
        canvas.paint(
            frame.polygon((5, -4), (11.6, -11), (12.6, -9.4), (7.4, -1.4)),
            colour,
            part="spout",
            material="metal",
            slope=(20, 20),
        )
        canvas.paint(
            frame.blob((-8, -1), (-7.6, -7), (-4, -11.4), (4, -11.4), (7.6, -7), (8, -1), (5, 0.2), (-5, 0.2), steps=5),
            colour,
            material="metal",
            relief=2.2 * frame.scale,
            strength=120,
        )
        canvas.paint(
            frame.dome(0, -11, 3.6, 1.6) + frame.oval(0, -13, 1),
            mix(colour, (40, 40, 50), 0.25),
            part="lid",
            material="metal",
        )
