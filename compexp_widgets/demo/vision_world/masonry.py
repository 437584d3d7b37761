"""Walls, roof tiles, windows and doors: what all buildings are put together from."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas, Stain
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import Frame, Shape

BRICKS: tuple[Colour, ...] = ((178, 98, 76), (160, 88, 78), (190, 122, 92), (146, 104, 92))


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
