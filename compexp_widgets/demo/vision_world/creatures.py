"""Animals, and a toy one."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

INK: Colour = (44, 38, 46)


def _eye(canvas: Canvas, frame: Frame, x: float, y: float, size: float) -> None:
    canvas.paint(frame.oval(x, y, size), INK, labelled=False, grain=0)
    canvas.paint(
        frame.oval(x - size * 0.3, y - size * 0.35, size * 0.35), (250, 250, 250), labelled=False, grain=0, glowing=True
    )


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
        _eye(canvas, frame, -9.4, -1.4, 0.6)


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
        _eye(canvas, frame, 27.6, -34.4, 0.95)


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
        _eye(canvas, frame, 17.2, -24.4, 0.85)


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
        _eye(canvas, frame, 17.4, -43.6, 0.9)


def paint_cat(canvas: Canvas, x: float, y: float, height: float, coat: Colour) -> None:
    """A sitting cat."""
    frame = Frame(x, y, height / 40, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x + 1, y, height * 0.4, height * 0.06), 0.6, 1.0)
    stripe = mix(coat, (120, 30, 10), 0.3)
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
            mix(coat, (255, 235, 215), 0.22),
            within=body,
            labelled=False,
        )
        for lx in (-5, 0.6):
            canvas.paint(
                frame.box(lx - 2, -9, lx + 2, 0.6, 1.8),
                mix(coat, (255, 245, 235), 0.12),
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
        canvas.paint(frame.oval(-2, -25.6, 4.2, 2.9), mix(coat, (255, 235, 215), 0.3), part="head", material="fur")
        canvas.paint(frame.polygon((-3, -27.4), (-1, -27.4), (-2, -26)), (206, 110, 110), labelled=False)
        for side in (-1, 1):
            canvas.paint(frame.oval(-2 + side * 4.4, -30, 1.7, 1.9), (176, 200, 96), labelled=False)
            canvas.paint(frame.oval(-2 + side * 4.4, -30, 0.6, 1.6), INK, labelled=False, grain=0)


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
        _eye(canvas, frame, 9.8, -54.4, 0.7)


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
        _eye(canvas, frame, 35.4, -47, 0.9)


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
