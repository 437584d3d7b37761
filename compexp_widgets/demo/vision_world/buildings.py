"""Houses and their kin: what has a facade, a roof, windows and a door."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas, Stain
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Point, Shape

PLASTER: tuple[Colour, ...] = (
    (238, 216, 178),
    (226, 170, 140),
    (190, 206, 196),
    (242, 232, 212),
    (206, 186, 206),
    (236, 196, 120),
    (168, 190, 204),
    (214, 150, 136),
)
BRICKS: tuple[Colour, ...] = ((178, 98, 76), (160, 88, 78), (190, 122, 92), (146, 104, 92))
ROOFS: tuple[Colour, ...] = ((176, 92, 66), (110, 98, 104), (136, 84, 74), (92, 104, 116), (150, 112, 84))
DOORS: tuple[Colour, ...] = ((62, 104, 110), (148, 66, 60), (76, 108, 74), (196, 142, 66), (72, 82, 124))
PANE: Colour = (108, 140, 160)
LAMPLIT: Colour = (255, 214, 120)


def paint_courses(
    canvas: Canvas,
    frame: Frame,
    wall: Stain | None,
    box: tuple[float, float, float, float],
    colour: Colour,
    size: float = 3.0,
) -> None:
    """Brick courses over `box` of a wall that is already painted."""
    x0, y0, x1, y1 = box
    bricks: Shape = []
    row, y = 0, y0
    while y < y1:
        x = x0 - (row % 2) * size
        while x < x1:
            bricks += frame.box(
                x + 0.2, y + 0.2, x + size * 2 - 0.2, y + size - 0.25, tone=round(canvas.between(-34, 30))
            )
            x += size * 2
        y += size
        row += 1
    canvas.paint(bricks, colour, within=wall, labelled=False, grain=22)


def paint_tiles(
    canvas: Canvas,
    frame: Frame,
    roof: Stain | None,
    box: tuple[float, float, float, float],
    colour: Colour,
    size: float = 3.4,
) -> None:
    """Rows of roof tiles over `box` of a roof that is already painted."""
    x0, y0, x1, y1 = box
    tiles: Shape = []
    row, y = 0, y0
    while y < y1:
        x = x0 - (row % 2) * size / 2
        while x < x1:
            tiles += frame.box(
                x + 0.12, y, x + size - 0.12, y + size * 0.86, size * 0.3, tone=round(canvas.between(-30, 26))
            )
            x += size
        y += size * 0.8
        row += 1
    canvas.paint(tiles, colour, within=roof, labelled=False, grain=18)


def paint_window(
    canvas: Canvas,
    frame: Frame,
    x: float,
    y: float,
    width: float,
    height: float,
    trim: Colour,
    lit: bool,
    arched: bool = False,
) -> None:
    """A sash window around (`x`, `y`): reveal, panes with a gleam, bars, sill."""
    w, h = width / 2, height / 2
    outer = frame.box(x - w - 0.9, y - h - 0.9, x + w + 0.9, y + h + 0.9)
    hole = frame.box(x - w, y - h, x + w, y + h)
    if arched:
        outer += frame.dome(x, y - h, w + 0.9, w + 0.9)
        hole += frame.dome(x, y - h, w, w)
    canvas.paint(outer, trim, part="window", material="wood", slope=(16, 16), grain=8)
    if lit:
        canvas.paint(hole, LAMPLIT, part="window", material="glass", glowing=True, slope=(10, -30))
        canvas.glow(hole, (255, 170, 70), 0.35, 2.5)
    else:
        glass = canvas.paint(hole, PANE, part="window", material="glass", slope=(24, -44), texture="strokes", grain=14)
        gleam = frame.polygon((x - w, y + h * 0.3), (x + w * 0.1, y - h), (x + w * 0.7, y - h), (x - w, y + h))
        canvas.paint(gleam, (206, 226, 230), within=glass, labelled=False, opacity=0.5, grain=4)
        canvas.shade(frame.box(x - w, y - h - 1, x + w, y - h + 0.9), 0.7, 0.3, within=glass)
    bars = frame.box(x - 0.35, y - h - (w if arched else 0), x + 0.35, y + h) + frame.box(
        x - w, y - 0.35, x + w, y + 0.35
    )
    canvas.paint(bars, trim, part="window", material="wood", grain=4)
    canvas.paint(
        frame.box(x - w - 1.6, y + h + 0.6, x + w + 1.6, y + h + 2.0),
        trim,
        part="window",
        material="stone",
        slope=(0, 40),
        grain=8,
    )
    canvas.shade(frame.box(x - w - 1.2, y + h + 2.0, x + w + 1.8, y + h + 3.2), 0.5, 0.4)


def paint_door(
    canvas: Canvas, frame: Frame, x: float, y: float, width: float, height: float, colour: Colour, trim: Colour
) -> None:
    """A panelled door that stands on `y`, with its surround and step."""
    w = width / 2
    canvas.paint(
        frame.box(x - w - 1.1, y - height - 1.3, x + w + 1.1, y), trim, part="door", material="stone", grain=10
    )
    leaf = canvas.paint(
        frame.box(x - w, y - height, x + w, y),
        colour,
        part="door",
        material="wood",
        slope=(26, 18),
        texture="strokes",
        grain=26,
    )
    for top, low in ((0.9, 0.56), (0.46, 0.08)):
        for side in (-1, 1):
            cx = x + side * w * 0.46
            panel = frame.box(cx - w * 0.32, y - height * top, cx + w * 0.32, y - height * low)
            canvas.paint(
                panel, mix(colour, (20, 20, 30), 0.22), within=leaf, labelled=False, slope=(-14, -20), grain=10
            )
    canvas.paint(frame.oval(x + w * 0.72, y - height * 0.48, 0.55), (236, 200, 110), labelled=False)
    canvas.shade(frame.box(x - w, y - height, x + w, y - height + 1.4), 0.6, 0.4, within=leaf)
    canvas.paint(
        frame.box(x - w - 2.4, y - 0.9, x + w + 2.4, y + 1.0),
        (176, 170, 164),
        part="door",
        material="stone",
        slope=(0, 40),
    )


def paint_chimney(canvas: Canvas, frame: Frame, x: float, y: float, height: float, smoke: bool) -> None:
    """A brick stack standing on the roof at (`x`, `y`)."""
    colour = canvas.pick(BRICKS)
    stack = canvas.paint(
        frame.box(x - 2.6, y - height, x + 2.6, y), colour, part="chimney", material="brick", slope=(34, 0), grain=18
    )
    paint_courses(canvas, frame, stack, (x - 3, y - height, x + 3, y), colour, 1.7)
    canvas.paint(
        frame.box(x - 3.4, y - height - 1.4, x + 3.4, y - height + 0.4),
        mix(colour, (40, 40, 50), 0.3),
        part="chimney",
        material="brick",
        slope=(30, 20),
    )
    if smoke:
        for i in range(6):
            puff = frame.oval(
                x + 1.6 * i + canvas.between(-1, 1), y - height - 4 - 4.2 * i, 1.8 + 0.8 * i, 1.5 + 0.6 * i
            )
            canvas.paint(puff, canvas.light.cloud, labelled=False, softness=1.2, opacity=0.55 - 0.06 * i, relief=1.0)


def paint_wall(
    canvas: Canvas, frame: Frame, shape: Shape, box: tuple[float, float, float, float], brick: bool, colour: Colour
) -> None:
    """A facade in brick or plaster."""
    if brick:
        wall = canvas.paint(shape, mix(colour, (236, 222, 206), 0.45), part="facade", material="brick", slope=(20, 12))
        paint_courses(canvas, frame, wall, box, colour)
        canvas.shade(frame.box(box[2] - (box[2] - box[0]) * 0.3, box[1], box[2] + 2, box[3]), 0.25, 4, within=wall)
    else:
        wall = canvas.paint(shape, colour, part="facade", material="plaster", slope=(26, 14), texture="wash", grain=22)
        canvas.shade(frame.box(box[0], box[3] - 4, box[2], box[3] + 1), 0.3, 2, within=wall)


def paint_house(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    roof: str,
    brick: bool,
    colour: Colour,
    roof_colour: Colour,
    garden: bool = False,
) -> None:
    """A town or country house seen from the front; `height` is that of the facade, without the roof.

    `roof` is ``"gable"`` (its triangle towards us), ``"saddle"`` (its slope towards us) or ``"stepped"``.
    """
    frame = Frame(x, y)
    w = width / 2
    lit = canvas.light.night or (canvas.light.rain and canvas.chance(0.5))
    trim = canvas.pick(((246, 240, 228), (236, 226, 208), (250, 248, 244)))
    peak = width * canvas.between(0.42, 0.6)
    with canvas.thing("house"):
        box = (-w, -height - (peak if roof != "saddle" else 0), w, 0.0)
        if roof == "saddle":
            rise = width * canvas.between(0.3, 0.4)
            if canvas.chance(0.8):
                paint_chimney(
                    canvas,
                    frame,
                    w * canvas.pick((-0.5, 0.5)),
                    -height - rise * 0.5,
                    rise * 0.5 + 7,
                    canvas.chance(0.3),
                )
            paint_wall(canvas, frame, frame.box(-w, -height, w, 0), box, brick, colour)
            canvas.shade(frame.box(-w, -height, w, -height + 4), 0.6, 1.2)
            slope = frame.polygon(
                (-w - 2.5, -height + 1.5),
                (-w + w * 0.16, -height - rise),
                (w - w * 0.16, -height - rise),
                (w + 2.5, -height + 1.5),
            )
            tiles = canvas.paint(
                slope, mix(roof_colour, (30, 20, 30), 0.3), part="roof", material="tile", slope=(16, 26)
            )
            paint_tiles(canvas, frame, tiles, (-w - 3, -height - rise, w + 3, -height + 2), roof_colour)
            canvas.paint(
                frame.box(-w - 2.8, -height + 0.6, w + 2.8, -height + 2.2), trim, part="roof", material="wood", grain=6
            )
        elif roof == "gable":
            if canvas.chance(0.7):
                paint_chimney(
                    canvas,
                    frame,
                    w * canvas.pick((-0.52, 0.52)),
                    -height - peak * 0.25,
                    peak * 0.4 + 7,
                    canvas.chance(0.3),
                )
            shape = frame.polygon((-w, 0), (-w, -height), (0, -height - peak), (w, -height), (w, 0))
            paint_wall(canvas, frame, shape, box, brick, colour)
            for side in (-1, 1):
                eave = frame.polygon(
                    (0, -height - peak - 3),
                    (side * (w + 3.2), -height + 1.6),
                    (side * (w + 2.0), -height + 4.2),
                    (0, -height - peak + 0.8),
                )
                canvas.shade(
                    frame.polygon(
                        (0, -height - peak + 3),
                        (side * w, -height + 4),
                        (side * w, -height + 7),
                        (0, -height - peak + 6),
                    ),
                    0.5,
                    0.8,
                )
                tone = mix(roof_colour, (30, 20, 30), 0.0 if side < 0 else 0.3)
                canvas.paint(eave, tone, part="roof", material="tile", slope=(10, 16), grain=26)
            paint_window(
                canvas,
                frame,
                0,
                -height - peak * 0.3,
                width * 0.16,
                width * 0.17,
                trim,
                lit and canvas.chance(0.6),
                True,
            )
        else:
            steps: list[Point] = [(-w, 0), (-w, -height)]
            count = 4
            for i in range(count):
                steps += [
                    (-w + w * i / count, -height - peak * (i + 1) / count),
                    (-w + w * (i + 1) / count, -height - peak * (i + 1) / count),
                ]
            for i in range(count, 0, -1):
                steps += [
                    (w - w * i / count, -height - peak * i / count),
                    (w - w * (i - 1) / count, -height - peak * i / count),
                ]
            steps += [(w, -height), (w, 0)]
            paint_wall(canvas, frame, frame.polygon(*steps), box, brick, colour)
            for i in range(count):
                for side in (-1, 1):
                    sx = side * (w - w * (i + 0.5) / count)
                    sy = -height - peak * (i + 1) / count
                    canvas.paint(
                        frame.box(sx - w * 0.5 / count - 0.8, sy - 1.2, sx + w * 0.5 / count + 0.8, sy + 0.6),
                        trim,
                        part="roof",
                        material="stone",
                        slope=(10, 20),
                        grain=8,
                    )
            paint_window(
                canvas,
                frame,
                0,
                -height - peak * 0.32,
                width * 0.17,
                width * 0.2,
                trim,
                lit and canvas.chance(0.6),
                True,
            )
        _paint_floors(canvas, frame, width, height, trim, lit)
        if brick and canvas.chance(0.5):
            canvas.paint(frame.box(-w, -1.8, w, 0), (168, 160, 152), part="facade", material="stone", slope=(10, 20))
    if garden:
        canvas.shade(PAGE.oval(x + w * 0.3, y + 0.5, w * 1.2, 2.2), 0.5, 1.2)


def _paint_floors(canvas: Canvas, frame: Frame, width: float, height: float, trim: Colour, lit: bool) -> None:
    floors = max(1, round(height / 19))
    storey = height / floors
    columns = max(2, round(width / 15))
    door_at = canvas.whole(0, columns - 1)
    shutters = canvas.chance(0.4)
    shutter = canvas.pick(DOORS)
    for floor in range(floors):
        cy = -storey * (floor + 0.56)
        for column in range(columns):
            cx = -width / 2 + width * (column + 0.5) / columns
            size = width / columns
            if floor == 0 and column == door_at:
                paint_door(canvas, frame, cx, 0, size * 0.42, min(storey * 0.74, 15), canvas.pick(DOORS), trim)
                continue
            w, h = size * 0.44, storey * 0.44
            if shutters:
                for side in (-1, 1):
                    sx = cx + side * (w / 2 + size * 0.13)
                    canvas.paint(
                        frame.box(sx - size * 0.1, cy - h / 2, sx + size * 0.1, cy + h / 2),
                        shutter,
                        part="window",
                        material="wood",
                        slope=(20, 10),
                        texture="brush",
                        grain=34,
                    )
            paint_window(canvas, frame, cx, cy, w, h, trim, lit and canvas.chance(0.6))


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
        slab = mix((104, 96, 106), (0, 0, 0), 0.05)
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


def paint_station(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A house with two tall garage doors and a hose tower: the fire station."""
    frame = Frame(x, y)
    w = width / 2
    colour = canvas.vary(canvas.pick((*BRICKS, *PLASTER)), 6)
    brick = colour[0] < 200
    trim: Colour = (244, 238, 226)
    gate = canvas.vary(canvas.pick(((70, 116, 124), (222, 214, 196), (92, 126, 92), (86, 98, 132))), 6)
    with canvas.thing("house"):
        tower = w * canvas.pick((-0.62, 0.62))
        paint_wall(
            canvas,
            frame,
            frame.box(tower - 9, -height - 30, tower + 9, -height + 2),
            (tower - 9, -height - 30, tower + 9, -height),
            brick,
            colour,
        )
        paint_window(canvas, frame, tower, -height - 19, 6, 9, trim, canvas.light.night, True)
        canvas.paint(
            frame.polygon((tower - 11, -height - 29), (tower, -height - 42), (tower + 11, -height - 29)),
            canvas.pick(ROOFS),
            part="roof",
            material="tile",
            slope=(40, 10),
        )
        paint_wall(canvas, frame, frame.box(-w, -height, w, 0), (-w, -height, w, 0.0), brick, colour)
        canvas.paint(
            frame.box(-w - 2, -height - 2.4, w + 2, -height + 1.4), trim, part="roof", material="stone", slope=(10, 40)
        )
        canvas.shade(frame.box(-w, -height + 1.4, w, -height + 4), 0.5, 0.8)
        for i in range(4):
            paint_window(
                canvas,
                frame,
                -w + width * (i + 0.5) / 4,
                -height + 11,
                8,
                9,
                trim,
                canvas.light.rain and canvas.chance(0.5),
            )
        for side in (-1, 1):
            cx, half, top = side * w * 0.48, w * 0.37, -height + 23
            canvas.paint(
                frame.box(cx - half - 1.6, top - 1.6, cx + half + 1.6, 0), trim, part="garage door", material="stone"
            )
            leaf = canvas.paint(
                frame.box(cx - half, top, cx + half, 0), gate, part="garage door", material="metal", slope=(16, 20)
            )
            lines: Shape = []
            for k in range(1, 6):
                lines += frame.box(cx - half, top * (1 - k / 6), cx + half, top * (1 - k / 6) + 0.6)
            canvas.shade(lines, 0.8, 0.2, within=leaf)
            panes: Shape = []
            for k in range(4):
                px = cx - half + half * 2 * (k + 0.5) / 4
                panes += frame.box(px - half * 0.17, top + 6, px + half * 0.17, top + 11)
            canvas.paint(panes, PANE, part="garage door", material="glass", slope=(20, 30))
            canvas.shade(frame.box(cx - half, top, cx + half, top + 2), 0.7, 0.5, within=leaf)
