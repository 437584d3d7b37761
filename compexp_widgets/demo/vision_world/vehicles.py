"""What drives and glides: car, fire engine, tractor, bicycle, cable car."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

CAR_COLOURS: tuple[Colour, ...] = (
    (70, 130, 170),
    (232, 194, 84),
    (92, 150, 120),
    (236, 232, 220),
    (96, 110, 130),
    (126, 176, 190),
    (84, 92, 150),
)


ENGINE_RED: Colour = (206, 42, 36)


GLASS: Colour = (138, 172, 190)


METAL: Colour = (196, 200, 206)


def _wheel(canvas: Canvas, frame: Frame, x: float, y: float, radius: float, hub: Colour = METAL) -> None:
    canvas.paint(
        frame.oval(x, y, radius),
        (52, 50, 58),
        part="wheel",
        material="rubber",
        relief=radius * 0.35 * frame.scale,
        grain=20,
    )
    canvas.paint(frame.oval(x, y, radius * 0.56), hub, part="wheel", material="metal", slope=(34, 34))
    canvas.paint(frame.oval(x, y, radius * 0.2), (84, 84, 94), part="wheel", material="metal")


def paint_car(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    """A rounded little car in profile."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    van = canvas.chance(0.3)
    canvas.shade(PAGE.oval(x + width * 0.02, y + 0.6, width * 0.54, width * 0.05), 0.8, 1.2)
    with canvas.thing("car"):
        if van:
            body = frame.blob(
                (-28, -6),
                (-28.5, -16),
                (-27, -26),
                (-20, -28),
                (4, -28),
                (11, -26),
                (18, -17),
                (27, -14),
                (29, -8),
                (28, -4),
                (0, -3.4),
                (-27, -4),
            )
        else:
            body = frame.blob(
                (-28, -6),
                (-28.5, -12),
                (-25, -15.5),
                (-18, -17),
                (-11, -24.5),
                (-3, -26.5),
                (6, -25.5),
                (13, -18.5),
                (24, -15.5),
                (29, -11),
                (28.6, -5),
                (0, -3.4),
                (-27, -4),
            )
        shell = canvas.paint(
            body, colour, part="bodywork", material="metal", relief=3.6 * frame.scale, strength=110, grain=12
        )
        canvas.paint(frame.box(-30, -8.4, 30, -2), mix(colour, (40, 40, 60), 0.28), within=shell, labelled=False)
        if van:
            panes = [
                frame.polygon((-24, -16), (-24, -24.5), (-14, -25.2), (-14, -16)),
                frame.polygon((-12.4, -16), (-12.4, -25.2), (-1, -25.2), (-1, -16)),
                frame.polygon((0.8, -16), (0.8, -25), (8, -24), (14, -16.4), (14, -16)),
            ]
        else:
            panes = [
                frame.polygon((-16, -16.4), (-10, -23), (-4.4, -24.2), (-4.4, -16.4)),
                frame.polygon((-2.8, -16.4), (-2.8, -24.2), (5, -23.4), (11, -17), (11, -16.4)),
            ]
        for pane in panes:
            glass = canvas.paint(pane, GLASS, part="windscreen", material="glass", slope=(30, 30), grain=8)
            canvas.paint(
                frame.polygon((-8, -14), (-1, -26), (3, -26), (-4, -14)),
                (224, 238, 240),
                within=glass,
                labelled=False,
                opacity=0.6,
            )
        canvas.paint(frame.box(-3.9, -15, -3.5, -5), mix(colour, (20, 20, 40), 0.4), labelled=False)
        canvas.paint(frame.box(-1.8, -13.6, 1.0, -12.8, 0.4), METAL, labelled=False)
        canvas.paint(frame.oval(26.8, -11, 1.7, 2.0), (255, 240, 190), part="headlight", material="glass", glowing=True)
        canvas.paint(
            frame.box(26, -6.6, 30.4, -4, 1.2) + frame.box(-30.4, -6.6, -26, -4, 1.2),
            METAL,
            part="bumper",
            material="metal",
            slope=(0, 40),
        )
        for wx in (-16.5, 16.5):
            canvas.paint(
                frame.dome(wx, -4, 7.2, 7.2), mix(colour, (20, 20, 40), 0.62), part="bodywork", material="metal"
            )
            _wheel(canvas, frame, wx, -4.6, 5.6)
        if canvas.light.night or canvas.light.rain:
            canvas.glow(frame.oval(30, -10, 5, 4), (255, 220, 150), 0.6, 3)


def paint_fire_engine(canvas: Canvas, x: float, y: float, width: float) -> None:
    """The red engine: cab, ladder, hose lockers, blue lamp."""
    frame = Frame(x, y, width / 100)
    red = ENGINE_RED
    white: Colour = (246, 242, 232)
    canvas.shade(PAGE.oval(x + width * 0.02, y + 0.6, width * 0.52, width * 0.035), 0.85, 1.2)
    with canvas.thing("fire engine"):
        canvas.paint(
            frame.box(-48, -40, 16, -7, 1.5),
            red,
            part="bodywork",
            material="metal",
            slope=(10, 34),
            relief=2 * frame.scale,
            grain=12,
        )
        cab = frame.polygon((16, -7), (16, -43), (38, -43), (42, -39), (47, -24), (48.5, -7))
        canvas.paint(cab, red, part="cab", material="metal", slope=(12, 34), relief=2.4 * frame.scale, grain=12)
        canvas.paint(frame.box(-48, -17.5, 48.3, -14), white, part="bodywork", material="metal", grain=8)
        canvas.paint(frame.box(-48, -9, 48.5, -6), (70, 70, 80), part="bumper", material="metal", slope=(0, 40))
        for i in range(3):
            lx = -45.5 + i * 20.5
            canvas.paint(
                frame.box(lx, -34, lx + 18.5, -19.5),
                mix(METAL, (255, 255, 255), 0.1),
                part="locker",
                material="metal",
                slope=(20, 30),
                grain=8,
            )
            slats: Shape = []
            for k in range(5):
                slats += frame.box(lx, -32 + 2.7 * k, lx + 18.5, -31.5 + 2.7 * k)
            canvas.paint(slats, (130, 134, 146), labelled=False)
        canvas.paint(
            frame.polygon((19, -26), (19, -39), (28, -39), (28, -26)),
            GLASS,
            part="windscreen",
            material="glass",
            slope=(30, 30),
        )
        glass = canvas.paint(
            frame.polygon((31, -26), (31, -39), (37.5, -39), (41, -36), (44.5, -26)),
            GLASS,
            part="windscreen",
            material="glass",
            slope=(30, 30),
        )
        canvas.paint(
            frame.polygon((30, -24), (36, -41), (39, -41), (34, -24)), white, within=glass, labelled=False, opacity=0.6
        )
        canvas.paint(
            frame.box(29, -25, 29.5, -8) + frame.box(17.5, -25, 18, -8), mix(red, (20, 0, 20), 0.5), labelled=False
        )
        rungs: Shape = frame.box(-46, -45.6, 24, -44.4) + frame.box(-46, -49.6, 24, -48.4)
        for i in range(15):
            rungs += frame.box(-45 + 4.8 * i, -49, -44 + 4.8 * i, -45)
        canvas.paint(
            frame.box(-40, -45, -37, -40) + frame.box(4, -45, 7, -40), (90, 92, 100), part="ladder", material="metal"
        )
        canvas.paint(rungs, (226, 222, 206), part="ladder", material="metal", slope=(0, 30))
        canvas.paint(
            frame.dome(32, -43, 4, 4), (70, 120, 230), part="blue lamp", material="glass", glowing=True, relief=1
        )
        canvas.glow(frame.oval(32, -45, 6), (60, 110, 255), 0.4, 3)
        canvas.paint(frame.oval(46.8, -13, 1.6, 2.4), (255, 244, 200), part="headlight", material="glass", glowing=True)
        for wx in (-34, -18, 33):
            canvas.paint(frame.dome(wx, -6.4, 9, 8.6), mix(red, (20, 0, 20), 0.62), part="bodywork", material="metal")
            _wheel(canvas, frame, wx, -7, 7.4, (222, 220, 212))


def paint_tractor(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A farm tractor with one great wheel."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    colour = canvas.pick(((76, 140, 78), (70, 120, 170), (214, 150, 50)))
    canvas.shade(PAGE.oval(x, y + 0.4, width * 0.52, width * 0.05), 0.7, 1.2)
    with canvas.thing("tractor"):
        canvas.paint(frame.box(16, -33, 18.2, -18), (70, 70, 78), part="exhaust", material="metal", slope=(40, 0))
        canvas.paint(
            frame.blob((-8, -10), (-6, -20), (6, -21.5), (22, -20), (26, -16), (26, -9), (10, -7)),
            colour,
            part="bonnet",
            material="metal",
            relief=3 * frame.scale,
            strength=110,
            grain=12,
        )
        grille: Shape = []
        for i in range(4):
            grille += frame.box(10 + 3.4 * i, -16, 11.8 + 3.4 * i, -10.5)
        canvas.paint(grille, mix(colour, (20, 20, 30), 0.5), labelled=False)
        canvas.paint(
            frame.polygon((-20, -12), (-19, -35), (-2, -35), (1, -18), (-2, -12)),
            mix(GLASS, (255, 255, 255), 0.2),
            part="windscreen",
            material="glass",
            slope=(30, 30),
        )
        posts = (
            frame.ribbon([(-19.5, -12), (-18.6, -36)], 1.6)
            + frame.ribbon([(-2.4, -36), (1.4, -18)], 1.4)
            + frame.ribbon([(-9, -36), (-8, -14)], 1.2)
        )
        canvas.paint(posts, colour, part="driver's cab", material="metal")
        canvas.paint(
            frame.box(-22, -38.4, 1, -35.2, 1.4), colour, part="driver's cab", material="metal", slope=(10, 40)
        )
        canvas.paint(
            frame.blob((-26, -16), (-22, -23), (-12, -23), (-5, -15), (-8, -10), (-22, -10)),
            colour,
            part="bonnet",
            material="metal",
            relief=2 * frame.scale,
        )
        canvas.paint(frame.oval(25.4, -16, 1.3, 1.8), (255, 240, 190), part="headlight", material="glass", glowing=True)
        for wx, wy, r in ((-14.5, -11.6, 12.0), (19, -6.6, 6.9)):
            treads: Shape = []
            for i in range(18):
                treads += frame.leaf(wx, wy, r * 1.05, r * 0.1, 10 * i)
            canvas.paint(treads, (46, 44, 52), part="wheel", material="rubber")
            _wheel(canvas, frame, wx, wy, r, (232, 188, 70))


def paint_gondola(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    """A cable-car cabin that hangs from (`x`, `y`)."""
    frame = Frame(x, y, size / 24)
    with canvas.thing("ski lift"):
        canvas.paint(
            frame.ribbon([(-0.4, -0.6), (2.4, 4), (0, 8)], 1.1) + frame.box(-3, -1, 3, 1, 0.8),
            (76, 80, 92),
            part="hanger",
            material="metal",
        )
        canvas.paint(
            frame.box(-9, 7.4, 9, 24, 4),
            colour,
            part="gondola cabin",
            material="metal",
            relief=2.4 * frame.scale,
            strength=100,
        )
        for wx in (-7.2, 0.7):
            canvas.paint(
                frame.box(wx, 10, wx + 6.5, 16.4, 1.2),
                (150, 186, 204),
                part="gondola cabin",
                material="glass",
                slope=(30, 30),
            )
        canvas.paint(frame.box(-8.6, 18, 8.6, 19.2), (250, 246, 236), labelled=False)


def paint_bicycle(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    """A town bicycle leaning in profile."""
    frame = Frame(x, y, width / 36, canvas.chance(0.5))
    with canvas.thing("bicycle"):
        for wx in (-11, 11):
            ring: Shape = []
            points = [(wx + 7 * cx, -7 + 7 * cy) for cx, cy in _CIRCLE]
            ring += frame.ribbon(points, 1.5)
            for cx, cy in _CIRCLE[::2]:
                ring += frame.ribbon([(wx, -7), (wx + 6.5 * cx, -7 + 6.5 * cy)], 0.35)
            canvas.paint(ring, (54, 52, 60), part="wheel", material="rubber")
        tubes: Shape = []
        for a, b in (
            ((-11, -7), (-4, -16)),
            ((-11, -7), (-1, -7)),
            ((-1, -7), (-4.6, -19)),
            ((-1, -7), (7.6, -17)),
            ((-4, -16), (7.6, -17)),
            ((11, -7), (7, -20.5)),
        ):
            tubes += frame.ribbon([a, b], 1.5)
        canvas.paint(tubes, colour, part="bicycle frame", material="metal")
        canvas.paint(frame.ribbon([(3.6, -21), (7, -21.4), (9.6, -19.6)], 1.2), (70, 64, 66), part="handlebar")
        canvas.paint(
            frame.blob((-8, -19.4), (-4, -21.2), (-1.4, -19.6), (-4.4, -18.4), steps=4), (112, 72, 52), part="saddle"
        )


_CIRCLE: tuple[tuple[float, float], ...] = (
    (1.0, 0.0),
    (0.866, 0.5),
    (0.5, 0.866),
    (0.0, 1.0),
    (-0.5, 0.866),
    (-0.866, 0.5),
    (-1.0, 0.0),
    (-0.866, -0.5),
    (-0.5, -0.866),
    (0.0, -1.0),
    (0.5, -0.866),
    (0.866, -0.5),
    (1.0, 0.0),
)
