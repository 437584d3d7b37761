"""A room: walls, floor, and a window with curtains."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Point, Shape

WALLS: tuple[Colour, ...] = (
    (232, 214, 182),
    (190, 210, 204),
    (228, 190, 168),
    (206, 214, 224),
    (236, 206, 132),
    (214, 196, 214),
    (176, 196, 170),
    (240, 228, 208),
)


WOODS: tuple[Colour, ...] = ((176, 128, 86), (206, 166, 118), (140, 98, 70), (190, 148, 104))


FABRICS: tuple[Colour, ...] = (
    (204, 88, 72),
    (70, 122, 140),
    (222, 170, 78),
    (120, 150, 104),
    (150, 110, 150),
    (226, 150, 142),
    (86, 104, 154),
    (238, 224, 200),
)


def paint_room(canvas: Canvas, floor: float, wallpaper: str, boards: bool) -> None:
    """Back wall down to `floor`, skirting board, and a floor in perspective.

    `wallpaper` is ``"plain"``, ``"stripes"``, ``"dots"`` or ``"tiles"``.
    """
    colour = canvas.vary(canvas.pick(WALLS), 6)
    with canvas.thing("wall"):
        wall = canvas.paint(
            PAGE.box(-2, -2, 226, floor), colour, material="plaster", slope=(26, 18), texture="wash", grain=22
        )
        pattern: Shape = []
        if wallpaper == "stripes":
            step = canvas.between(9, 15)
            for i in range(int(230 / step)):
                pattern += PAGE.box(i * step, -2, i * step + step * 0.42, floor)
        elif wallpaper == "dots":
            for row in range(int(floor / 11) + 1):
                for column in range(18):
                    x, y = column * 14.0 + (row % 2) * 7, row * 11.0 + 4
                    pattern += PAGE.oval(x, y, 1.5) + PAGE.leaf(x + 2.2, y + 1.6, 1.6, 0.7, 40)
        canvas.paint(pattern, mix(colour, (255, 250, 240), 0.42), within=wall, labelled=False, opacity=0.75)
        if wallpaper == "tiles":
            tiles: Shape = []
            for row in range(7):
                for column in range(24):
                    x, y = column * 10 - 4 + (row % 2) * 5, floor - 66 + row * 6
                    tiles += PAGE.box(x, y, x + 9.4, y + 5.4, tone=round(canvas.between(-16, 16)))
            canvas.paint(PAGE.box(-2, floor - 67, 226, floor - 23), mix(colour, (130, 120, 120), 0.25), material="tile")
            canvas.paint(tiles, canvas.vary((238, 236, 226), 8), material="tile", labelled=False, grain=8)
        canvas.shade(PAGE.box(-10, -14, 234, 5), 0.4, 7)
        canvas.paint(
            PAGE.box(-2, floor - 5, 226, floor),
            mix(colour, (255, 252, 244), 0.7),
            part="skirting board",
            material="wood",
            slope=(10, 30),
            grain=8,
        )
    with canvas.thing("floor"):
        if boards:
            _paint_boards(canvas, floor, canvas.vary(canvas.pick(WOODS), 8))
        else:
            _paint_checks(canvas, floor)
        canvas.shade(PAGE.box(-6, floor - 2, 230, floor + 5), 0.5, 3)


def _paint_boards(canvas: Canvas, floor: float, colour: Colour) -> None:
    ground = canvas.paint(PAGE.box(-2, floor, 226, 226), mix(colour, (40, 20, 20), 0.35), material="wood")
    boards: Shape = []
    for i in range(-9, 19):
        x0, x1 = 12.0 * i, 12.0 * (i + 1) - 0.5
        y0 = floor
        while y0 < 226:
            y1 = y0 + canvas.between(18, 46)
            points: list[Point] = []
            for x, y in ((x0, y0), (x1, y0), (x1, y1 - 0.5), (x0, y1 - 0.5)):
                spread = 1 + (y - floor) / 75
                points.append((112 + (x - 62) * spread - 0, y))
            boards += PAGE.polygon(*points, tone=round(canvas.between(-26, 22)))
            y0 = y1
    canvas.paint(boards, colour, within=ground, labelled=False, texture="strokes", grain=24)


def _paint_checks(canvas: Canvas, floor: float) -> None:
    pale: Colour = canvas.vary((236, 228, 212), 6)
    dark: Colour = canvas.vary(
        canvas.pick(((120, 136, 140), (178, 110, 88), (104, 128, 118), (214, 190, 150), (96, 100, 124))), 6
    )
    ground = canvas.paint(PAGE.box(-2, floor, 226, 226), pale, material="tile", slope=(14, -20), grain=20)
    checks: Shape = []
    rows = 7
    edges = [floor + (226 - floor) * (i / rows) ** 1.45 for i in range(rows + 1)]
    for row in range(rows):
        for column in range(-8, 9):
            if (row + column) % 2:
                continue
            points: list[Point] = []
            for x, y in (
                (column, edges[row]),
                (column + 1, edges[row]),
                (column + 1, edges[row + 1]),
                (column, edges[row + 1]),
            ):
                points.append((112 + x * (17 + (y - floor) * 0.33), y))
            checks += PAGE.polygon(*points, tone=round(canvas.between(-12, 12)))
    canvas.paint(checks, dark, within=ground, labelled=False, slope=(14, -16), grain=20)


def paint_wall_window(
    canvas: Canvas, x: float, y: float, width: float, height: float, curtain: Colour | None, floor: float
) -> None:
    """A window with a view; its light falls on the floor."""
    w, h = width / 2, height / 2
    frame = Frame(x, y)
    with canvas.thing("wall"):
        canvas.shade(frame.box(-w - 2, -h - 1, w + 4, h + 5), 0.45, 1.6)
        canvas.paint(
            frame.box(-w - 2.6, -h - 2.6, w + 2.6, h + 2.6),
            (244, 238, 226),
            part="window",
            material="wood",
            slope=(20, 20),
            grain=8,
        )
        pane = canvas.paint(
            frame.box(-w, -h, w, h),
            canvas.light.sky[0],
            part="window",
            material="glass",
            glowing=True,
            grain=8,
            texture="brush",
        )
        canvas.paint(
            frame.box(-w, 0, w, h + 1),
            canvas.light.sky[-1],
            within=pane,
            glowing=True,
            softness=6,
            labelled=False,
            grain=6,
        )
        hills = frame.blob((-w - 4, h + 5), (-w * 0.5, h * 0.2), (0, h * 0.46), (w * 0.6, h * 0.1), (w + 6, h + 5))
        canvas.paint(hills, (132, 166, 122), within=pane, labelled=False, slope=(10, 30))
        leaves: Shape = []
        for _ in range(16):
            leaves += frame.oval(
                w * 0.55 + canvas.between(-6, 6),
                h * 0.05 + canvas.between(-6, 6),
                canvas.between(1.5, 3),
                tone=round(canvas.between(-40, 30)),
            )
        canvas.paint(frame.box(w * 0.53, 0, w * 0.58, h * 0.5), (104, 84, 70), within=pane, labelled=False)
        canvas.paint(leaves, (92, 140, 84), within=pane, labelled=False)
        gleam = frame.polygon((-w, h * 0.1), (-w * 0.1, -h), (w * 0.3, -h), (-w, h * 0.8))
        canvas.paint(gleam, (250, 252, 250), within=pane, labelled=False, opacity=0.22, grain=4)
        bars = frame.box(-0.8, -h, 0.8, h) + frame.box(-w, -h * 0.2 - 0.7, w, -h * 0.2 + 0.7)
        canvas.paint(bars, (244, 238, 226), part="window", material="wood", grain=6)
        canvas.paint(
            frame.box(-w - 4.4, h + 2.2, w + 4.4, h + 5.4),
            (250, 244, 232),
            part="window",
            material="wood",
            slope=(20, 40),
            grain=8,
        )
    beam = PAGE.polygon((x - w * 0.4, floor + 8), (x + w * 1.1, floor + 8), (x + w * 2.1, 224), (x - w * 0.2, 224))
    canvas.glow(beam, (70, 58, 34), 0.8, 4)
    if curtain is not None:
        _paint_curtains(canvas, frame, w, h, curtain)


def _paint_curtains(canvas: Canvas, frame: Frame, w: float, h: float, colour: Colour) -> None:
    with canvas.thing("curtain"):
        for side in (-1, 1):
            outer, inner = side * (w + 10), side * (w * 0.52)
            drop = h + 16
            cloth = canvas.paint(
                frame.blob(
                    (outer, -h - 7),
                    (inner, -h - 7),
                    (inner + side * 2, -h * 0.2),
                    (side * (w * 0.95), h * 0.55),
                    (inner + side * 5, drop),
                    (outer + side * 1, drop),
                    (outer - side * 2, h * 0.4),
                    steps=5,
                ),
                colour,
                material="fabric",
                relief=2.5,
                texture="wash",
                grain=16,
            )
            folds: Shape = []
            for i in range(4):
                fx = outer + (inner - outer) * (i + 0.6) / 4.4
                folds += frame.ribbon(
                    [(fx, -h - 8), (fx * 0.75 + side * (w * 0.98) * 0.25, h * 0.5), (fx, drop)],
                    1.5,
                    2.2,
                    tone=-60 if i % 2 else 50,
                )
            canvas.paint(folds, colour, within=cloth, labelled=False, opacity=0.7, softness=0.6)
        canvas.paint(
            frame.box(-w - 13, -h - 9.4, w + 13, -h - 7.4, 1),
            (150, 112, 76),
            part="curtain rod",
            material="wood",
            slope=(0, 40),
        )
        canvas.paint(
            frame.oval(-w - 13.5, -h - 8.4, 2.1) + frame.oval(w + 13.5, -h - 8.4, 2.1),
            (150, 112, 76),
            part="curtain rod",
            material="wood",
            relief=1,
        )
