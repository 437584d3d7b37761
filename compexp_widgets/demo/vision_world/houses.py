"""Houses with all their parts, and the fire station."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.masonry import (
    BRICKS,
    PANE,
    paint_courses,
    paint_door,
    paint_tiles,
    paint_wall,
    paint_window,
)
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


ROOFS: tuple[Colour, ...] = ((176, 92, 66), (110, 98, 104), (136, 84, 74), (92, 104, 116), (150, 112, 84))


DOORS: tuple[Colour, ...] = ((62, 104, 110), (148, 66, 60), (76, 108, 74), (196, 142, 66), (72, 82, 124))


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
