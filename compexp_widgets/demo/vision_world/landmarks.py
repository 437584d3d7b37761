"""Buildings that stand alone: lighthouse, cabin, barn, silo."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.houses import DOORS, ROOFS, paint_chimney
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.masonry import paint_door, paint_window
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Point, Shape


def paint_lighthouse(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A banded tower with a gallery and a lantern."""
    frame = Frame(x, y, height / 100)
    with canvas.thing("lighthouse"):
        tower = canvas.paint(
            frame.polygon((-13, 0), (-8, -72), (8, -72), (13, 0)),
            (246, 240, 228),
            part="tower",
            material="plaster",
            slope=(40, 0),
            texture="wash",
            grain=16,
        )
        for i in range(3):
            y0 = -6 - 24 * i
            canvas.paint(
                frame.polygon((-16, y0), (16, y0), (16, y0 - 12), (-16, y0 - 12)),
                colour,
                part="tower",
                material="plaster",
                within=tower,
                slope=(40, 0),
            )
        canvas.shade(frame.polygon((3, -74), (10, -74), (16, 2), (6, 2)), 0.6, 2.2 * frame.scale, within=tower)
        for wy in (-28, -52):
            canvas.paint(
                frame.box(-1.8, wy - 4, 1.8, wy + 1) + frame.dome(0, wy - 4, 1.8, 1.8),
                (64, 84, 104),
                part="window",
                material="glass",
            )
        canvas.paint(
            frame.box(-3.2, -10, 3.2, 0) + frame.dome(0, -10, 3.2, 3.2),
            (84, 66, 62),
            part="door",
            material="wood",
            slope=(30, 0),
        )
        canvas.paint(
            frame.polygon((-11.5, -72), (-10, -75.5), (10, -75.5), (11.5, -72)),
            (74, 76, 88),
            part="gallery",
            material="metal",
            slope=(36, 10),
        )
        rails: Shape = frame.box(-11, -80.5, 11, -79.6)
        for i in range(9):
            rails += frame.box(-11 + 2.75 * i - 0.35, -80, -11 + 2.75 * i + 0.35, -75)
        canvas.paint(
            frame.box(-6, -87, 6, -75.5), (252, 226, 140), part="lantern", material="glass", glowing=True, slope=(30, 0)
        )
        canvas.paint(
            frame.box(-6, -87, -5.3, -75.5)
            + frame.box(-2, -87, -1.4, -75.5)
            + frame.box(1.6, -87, 2.2, -75.5)
            + frame.box(5.3, -87, 6, -75.5),
            (74, 76, 88),
            part="lantern",
            material="metal",
        )
        canvas.paint(rails, (74, 76, 88), part="gallery", material="metal")
        canvas.paint(
            frame.polygon((-8, -86.5), (-6.8, -88.5), (0, -97), (6.8, -88.5), (8, -86.5)),
            colour,
            part="roof",
            material="metal",
            slope=(46, 0),
        )
        canvas.paint(
            frame.box(-0.6, -101, 0.6, -96) + frame.oval(0, -97.4, 1.6), (74, 76, 88), part="roof", material="metal"
        )
        canvas.glow(frame.oval(0, -81, 13), (255, 214, 120), 0.38, 6 * frame.scale)


def paint_cabin(canvas: Canvas, x: float, y: float, width: float, snow: bool) -> None:
    """A log cabin with a broad roof."""
    frame = Frame(x, y, width / 60, canvas.chance(0.5))
    wood = canvas.vary((136, 92, 62), 8)
    canvas.shade(PAGE.oval(x + width * 0.08, y + 0.5, width * 0.6, width * 0.05), 0.55, 1.4)
    with canvas.thing("cabin"):
        paint_chimney(canvas, frame, 13, -34, 16, True)
        wall = canvas.paint(
            frame.polygon((-25, 0), (-25, -20), (0, -42), (25, -20), (25, 0)),
            wood,
            part="facade",
            material="wood",
            slope=(20, 10),
        )
        logs: Shape = []
        for i in range(14):
            logs += frame.box(-26, -3.1 * i - 2.8, 26, -3.1 * i - 0.2, 1.2, tone=round(canvas.between(-12, 26)))
        canvas.paint(logs, wood, within=wall, labelled=False, texture="brush", grain=40)
        canvas.shade(
            frame.polygon((0, -41), (27, -18), (27, -12), (0, -34), (-27, -12), (-27, -18)), 0.6, 1.2, within=wall
        )
        trim: Colour = (226, 196, 150)
        paint_door(canvas, frame, -9, 0, 8.5, 15, canvas.pick(DOORS), trim)
        paint_window(canvas, frame, 11, -10.5, 10, 8, trim, True)
        paint_window(canvas, frame, 0, -27, 6, 6, trim, canvas.chance(0.6))
        colour: Colour = (242, 246, 252) if snow else canvas.pick(ROOFS)
        for side in (-1, 1):
            eave = frame.polygon((0, -48), (side * 31, -19), (side * 29, -14.5), (0, -41.5))
            canvas.paint(
                eave,
                colour if snow else mix(colour, (20, 20, 30), 0.0 if side < 0 else 0.3),
                part="roof",
                material="" if snow else "wood",
                slope=(20, 40) if side < 0 else (-24, 20),
                grain=18,
            )
            edge = frame.polygon((0, -41.5), (side * 29, -14.5), (side * 28.2, -12.9), (0, -39.6))
            canvas.paint(edge, (98, 66, 48), part="roof", material="wood", grain=24)


def paint_barn(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    """A gambrel barn with a crossed door and a hay loft."""
    frame = Frame(x, y, width / 60)
    white: Colour = (244, 236, 220)
    canvas.shade(PAGE.oval(x + width * 0.1, y, width * 0.6, width * 0.05), 0.55, 1.5)
    with canvas.thing("barn"):
        front: list[Point] = [(-22, 0), (-22, -24), (-15, -38), (0, -46), (15, -38), (22, -24), (22, 0)]
        side = frame.polygon((22, 0), (22, -24), (15, -38), (0, -46), (24, -46), (38, -38), (44, -24), (44, 0))
        canvas.paint(side, mix(colour, (40, 20, 50), 0.3), part="facade", material="wood", texture="strokes", grain=36)
        wall = canvas.paint(
            frame.polygon(*front), colour, part="facade", material="wood", slope=(24, 16), texture="strokes", grain=30
        )
        boards: Shape = []
        for i in range(15):
            boards += frame.box(-22 + 3 * i, -47, -21.6 + 3 * i, 0)
        canvas.paint(boards, mix(colour, (40, 10, 30), 0.45), within=wall, labelled=False, opacity=0.6)
        slab: Colour = (98, 91, 100)
        roof = frame.polygon((0, -49), (15.5, -40), (24, -22.5), (46, -22.5), (38, -40), (24, -49))
        top = canvas.paint(roof, slab, part="roof", material="tile", slope=(20, 30), texture="brush", grain=30)
        canvas.paint(
            frame.polygon((15.5, -40), (24, -22.5), (46, -22.5), (38, -40)),
            mix(slab, (255, 240, 230), 0.16),
            within=top,
            labelled=False,
            slope=(10, 20),
            texture="brush",
            grain=30,
        )
        for side_of in (-1, 1):
            trim = frame.polygon(
                (0, -49),
                (side_of * 16, -40.4),
                (side_of * 24.5, -23),
                (side_of * 22.4, -22.4),
                (side_of * 14.6, -38),
                (0, -46.2),
            )
            canvas.paint(trim, white, part="roof", material="wood", slope=(16, 20), grain=8)
        canvas.paint(frame.box(-10.5, -19, 10.5, 0), white, part="door", material="wood", grain=8)
        for dx in (-9.3, 0.4):
            canvas.paint(
                frame.box(dx, -17.8, dx + 8.9, 0),
                mix(colour, (30, 0, 20), 0.15),
                part="door",
                material="wood",
                slope=(10, 20),
                texture="strokes",
                grain=30,
            )
            cross = frame.ribbon([(dx + 0.3, -17.4), (dx + 8.6, -0.4)], 1.2) + frame.ribbon(
                [(dx + 8.6, -17.4), (dx + 0.3, -0.4)], 1.2
            )
            canvas.paint(cross, white, part="door", material="wood", grain=6)
        canvas.paint(frame.box(-5, -35, 5, -25), white, part="window", material="wood", grain=6)
        canvas.paint(frame.box(-3.8, -33.8, 3.8, -26), (58, 44, 50), part="window", material="wood", slope=(0, -30))
        canvas.paint(
            frame.blob((-3.6, -26), (-2, -30), (0.5, -29), (3.6, -26)),
            (222, 184, 96),
            part="window",
            texture="strokes",
            grain=40,
        )


def paint_silo(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A round grain tower with a domed cap."""
    frame = Frame(x, y, height / 60)
    with canvas.thing("silo"):
        body = canvas.paint(
            frame.box(-9, -50, 9, 0.6),
            (188, 192, 196),
            part="drum wall",
            material="metal",
            slope=(64, 0),
            texture="strokes",
            grain=18,
        )
        rings: Shape = []
        for i in range(9):
            rings += frame.box(-9, -6 * i - 2, 9, -6 * i - 1.3)
        canvas.paint(rings, (120, 124, 134), within=body, labelled=False, opacity=0.6)
        canvas.paint(
            frame.dome(0, -50, 9.6, 9),
            canvas.pick(((172, 84, 66), (120, 140, 156), (206, 206, 204))),
            part="dome",
            material="metal",
            slope=(70, 20),
        )
