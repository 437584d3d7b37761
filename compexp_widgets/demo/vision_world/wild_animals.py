"""Fox, deer and camel."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

INK: Colour = (44, 38, 46)


def paint_eye(canvas: Canvas, frame: Frame, x: float, y: float, size: float) -> None:
    """A dark eye with a gleam."""
    canvas.paint(frame.oval(x, y, size), INK, labelled=False, grain=0)
    canvas.paint(
        frame.oval(x - size * 0.3, y - size * 0.35, size * 0.35), (250, 250, 250), labelled=False, grain=0, glowing=True
    )


def paint_fox(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A fox, standing and listening."""
    frame = Frame(x, y, width / 50, canvas.chance(0.5))
    coat: Colour = canvas.vary((214, 112, 50), 8)
    white: Colour = (248, 236, 220)
    canvas.shade(PAGE.oval(x, y + 0.3, width * 0.46, width * 0.05), 0.6, 1.0)
    with canvas.thing("fox"):
        brush = canvas.paint(
            frame.blob((-12, -15), (-18, -12), (-27, -8), (-31, -10), (-27, -15), (-20, -19), (-13, -19)),
            coat,
            part="tail",
            material="fur",
            relief=2.4 * frame.scale,
            texture="fur",
            grain=26,
        )
        canvas.paint(frame.oval(-30, -10, 4.6, 4), white, within=brush, labelled=False)
        for lx, tone in ((-8, -36), (9, -36), (-11, 0), (6, 0)):
            canvas.paint(
                frame.polygon((lx - 2, -12), (lx + 2.2, -12), (lx + 1.2, 0), (lx - 1.4, 0), tone=tone),
                coat,
                part="leg",
                material="fur",
            )
            canvas.paint(frame.box(lx - 1.4, -4.6, lx + 1.3, 0), (70, 50, 52), part="leg", material="fur")
        body = canvas.paint(
            frame.blob((-15, -18), (-5, -20.4), (6, -19.4), (13, -24), (15, -15), (8, -10.4), (-4, -10), (-14, -10.6)),
            coat,
            material="fur",
            relief=3.4 * frame.scale,
            strength=100,
            texture="fur",
            grain=26,
        )
        canvas.paint(frame.blob((11, -22), (16, -20), (13, -12), (8, -11)), white, within=body, labelled=False)
        canvas.paint(
            frame.polygon((8.4, -27), (9.4, -35), (14, -29.6))
            + frame.polygon((14.4, -29.4), (18.4, -34.6), (18.6, -27)),
            coat,
            part="ear",
            material="fur",
        )
        canvas.paint(frame.polygon((9.6, -28.6), (10, -33), (12.6, -29.6)), INK, part="ear", material="fur")
        canvas.paint(
            frame.blob((8, -26), (13, -30), (18.6, -27.6), (25, -21), (18, -19), (10, -20)),
            coat,
            part="head",
            material="fur",
            relief=2 * frame.scale,
            texture="fur",
        )
        canvas.paint(
            frame.blob((13, -21.6), (18, -23), (24.6, -20.8), (18, -18.8), (12, -19.4), steps=4),
            white,
            part="head",
            material="fur",
        )
        canvas.paint(frame.oval(25, -21.2, 1.3, 1.1), INK, part="head", grain=0)
        paint_eye(canvas, frame, 17.2, -24.4, 0.85)


def paint_deer(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A stag with antlers."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    coat: Colour = canvas.vary((166, 112, 72), 8)
    canvas.shade(PAGE.oval(x, y + 0.3, height * 0.32, height * 0.035), 0.6, 1.0)
    with canvas.thing("deer"):
        for lx, lean, tone in ((-9, -1, -40), (9, 1, -40), (-12, -1, 0), (6, 1, 0)):
            canvas.paint(
                frame.polygon((lx - 2.4, -20), (lx + 2.6, -20), (lx + lean + 0.9, 0), (lx + lean - 1.1, 0), tone=tone),
                coat,
                part="leg",
                material="fur",
                slope=(20, 0),
            )
        canvas.paint(frame.leaf(-15, -28, 3.4, 1.9, 110), (244, 232, 214), part="tail", material="fur")
        antlers: Shape = []
        for side in (-1, 1):
            bx = 14.4 + side * 1.2
            antlers += frame.ribbon([(bx, -46), (bx + side * 5, -52), (bx + side * 6, -60)], 1.5, 0.7)
            antlers += frame.ribbon([(bx + side * 4, -51), (bx + side * 9, -54)], 1.1, 0.6) + frame.ribbon(
                [(bx + side * 5.6, -56), (bx + side * 10, -60)], 1.0, 0.5
            )
        canvas.paint(antlers, (206, 176, 132), part="antler")
        body = canvas.paint(
            frame.blob(
                (-15, -29),
                (-4, -31),
                (6, -29.6),
                (11, -38),
                (13.6, -44),
                (18, -40),
                (15, -27),
                (10, -19.6),
                (-4, -18.4),
                (-14, -19.6),
            ),
            coat,
            material="fur",
            relief=3.6 * frame.scale,
            strength=100,
            texture="fur",
            grain=22,
        )
        canvas.paint(
            frame.blob((-12, -20), (0, -20.4), (10, -20.4), (2, -17), (-10, -17.4), steps=4),
            (234, 214, 184),
            within=body,
            labelled=False,
        )
        dots: Shape = []
        for dx, dy in ((-11, -27), (-7, -28.4), (-3, -27.2), (-9, -24), (-4.6, -24.4), (0.6, -25.6)):
            dots += frame.oval(dx, dy, 0.9)
        canvas.paint(dots, (240, 222, 194), labelled=False)
        canvas.paint(
            frame.leaf(9.6, -45.6, 3.8, 1.5, 205) + frame.leaf(19.6, -46, 3.4, 1.4, -20),
            coat,
            part="ear",
            material="fur",
        )
        canvas.paint(
            frame.blob((11, -46), (15.4, -47.8), (18.4, -45), (24, -40), (22, -37.6), (15, -39)),
            coat,
            part="head",
            material="fur",
            relief=1.8 * frame.scale,
        )
        canvas.paint(frame.oval(23.4, -39.4, 1.3, 1.1), INK, part="head", grain=0)
        paint_eye(canvas, frame, 17.4, -43.6, 0.9)


def paint_camel(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A camel with two humps and a saddle cloth."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    coat: Colour = canvas.vary((190, 142, 92), 8)
    cloth = canvas.pick(((176, 66, 66), (64, 110, 130), (196, 150, 60)))
    canvas.shade(PAGE.oval(x + 2, y + 0.3, width * 0.5, width * 0.05), 0.6, 1.2)
    with canvas.thing("camel"):
        for lx, tone in ((-11, -40), (13, -40), (-16, 0), (9, 0)):
            canvas.paint(
                frame.ribbon([(lx, -22), (lx + 0.6, -11), (lx, 0)], 4.6, 2.6, tone=tone),
                coat,
                part="leg",
                material="fur",
            )
        canvas.paint(frame.ribbon([(-22, -28), (-25, -21), (-24, -14)], 1.4, 1.8), coat, part="tail", material="fur")
        body = canvas.paint(
            frame.blob(
                (-23, -27),
                (-17, -33),
                (-12, -43),
                (-7, -42),
                (-3, -35),
                (2, -36),
                (7, -44),
                (12, -42),
                (16, -32),
                (24, -26),
                (28, -36),
                (30, -45),
                (34, -45),
                (34, -32),
                (27, -19),
                (15, -18),
                (-5, -17),
                (-19, -18),
                steps=5,
            ),
            coat,
            material="fur",
            relief=4 * frame.scale,
            strength=105,
            texture="fur",
            grain=28,
        )
        canvas.paint(
            frame.blob((-9, -46), (3, -36), (14, -46), (11, -22), (2, -20), (-7, -22), steps=4),
            cloth,
            part="saddle cloth",
            material="fabric",
            within=body,
            slope=(20, 20),
            texture="brush",
        )
        for sy in (-25, -29):
            canvas.paint(
                frame.ribbon([(-9, sy), (2, sy + 2), (13, sy)], 1.0), (246, 220, 150), within=body, labelled=False
            )
        canvas.paint(frame.leaf(29.6, -49, 2.2, 1.1, 240), coat, part="ear", material="fur")
        canvas.paint(
            frame.blob((29, -48), (34, -50), (40, -47), (43, -43.6), (40, -41.4), (33, -42), (29, -43)),
            coat,
            part="head",
            material="fur",
            relief=1.8 * frame.scale,
        )
        canvas.paint(frame.oval(41.4, -44, 0.6, 0.5), INK, labelled=False)
        paint_eye(canvas, frame, 35.4, -47, 0.9)
