"""Bedroom furniture."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.furnishings import paint_book
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.rooms import FABRICS, WOODS
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape


def paint_bed(canvas: Canvas, x: float, y: float, width: float, quilt: Colour) -> None:
    """A bed along the wall, its head at the left of its frame, standing on `y`."""
    frame = Frame(x, y, width / 110)
    wood = canvas.vary(canvas.pick(WOODS), 8)
    linen: Colour = (248, 242, 230)
    canvas.shade(frame.box(-54, -6, 58, 4), 0.6, 2.4)
    with canvas.thing("bed"):
        canvas.paint(
            frame.box(-55, -46, -48, 0) + frame.box(48, -30, 54, 0),
            wood,
            part="bedpost",
            material="wood",
            slope=(40, 0),
            texture="strokes",
            grain=30,
        )
        canvas.paint(
            frame.oval(-51.5, -48, 4.2) + frame.oval(51, -32, 3.6), wood, part="bedpost", material="wood", relief=1.5
        )
        canvas.paint(
            frame.blob((-53, -42), (-49, -43), (-46, -40), (-46, -12), (-53, -12), steps=4),
            wood,
            part="headboard",
            material="wood",
        )
        canvas.paint(
            frame.box(-50, -16, 50, -7),
            wood,
            part="bed frame",
            material="wood",
            slope=(0, 24),
            texture="brush",
            grain=32,
        )
        canvas.paint(frame.box(-48, -24, 49, -14, 3), linen, part="mattress", material="fabric", slope=(10, 20))
        canvas.paint(
            frame.blob((-48, -25), (-45, -34), (-31, -36), (-21, -32), (-20, -25), (-32, -22), steps=5),
            linen,
            part="pillow",
            material="fabric",
            relief=3,
            strength=90,
        )
        if canvas.chance(0.5):
            canvas.paint(
                frame.blob((-42, -26), (-39, -36), (-27, -36), (-21, -30), (-22, -25), (-32, -24), steps=5),
                canvas.pick(FABRICS),
                part="pillow",
                material="fabric",
                relief=2.6,
            )
        cover = canvas.paint(
            frame.blob(
                (-26, -26),
                (-22, -31),
                (-6, -33),
                (14, -31.4),
                (34, -33),
                (49, -29),
                (51, -18),
                (50, -7),
                (28, -5.6),
                (4, -7),
                (-18, -5.6),
                (-27, -9),
                steps=5,
            ),
            quilt,
            part="blanket",
            material="fabric",
            relief=4,
            strength=100,
            texture="wash",
            grain=20,
        )
        pattern = canvas.whole(0, 2)
        marks: Shape = []
        if pattern == 0:
            for i in range(7):
                marks += frame.ribbon([(-24 + 12 * i, -36), (-22 + 12 * i, -22), (-25 + 12 * i, -2)], 3)
        elif pattern == 1:
            for row in range(4):
                for column in range(10):
                    marks += frame.oval(-22 + 8 * column + 4 * (row % 2), -29 + 7 * row, 1.7)
        else:
            for i in range(8):
                marks += frame.ribbon([(-26 + 11 * i, -36), (-26 + 11 * i, -2)], 0.7)
            for i in range(4):
                marks += frame.box(-28, -29 + 7 * i, 54, -28.4 + 7 * i)
        canvas.paint(marks, mix(quilt, (255, 248, 230), 0.6), within=cover, labelled=False, opacity=0.85)
        canvas.paint(
            frame.blob((-27, -27), (-21, -32), (-15, -33), (-14, -20), (-17, -6), (-26, -7), steps=4),
            mix(linen, quilt, 0.12),
            part="blanket",
            material="fabric",
            relief=2,
            within=cover,
        )
        folds: Shape = []
        for fx in (2, 20, 38):
            folds += frame.ribbon([(fx, -26), (fx + 2, -16), (fx, -6)], 1.0, 2.4)
        canvas.shade(folds, 0.4, 1.2, within=cover)


def paint_bedside_table(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A small cupboard with a drawer; its top is `width` × 1.05 above `y`."""
    wood = canvas.vary(canvas.pick(WOODS), 8)
    height = width * 1.05
    w = width / 2
    canvas.shade(PAGE.box(x - w, y - 2, x + w + 3, y + 2), 0.5, 1.5)
    with canvas.thing("bedside table"):
        for side in (-1, 1):
            canvas.paint(
                PAGE.box(x + side * (w - 2.4) - 1.2, y - 6, x + side * (w - 2.4) + 1.2, y),
                mix(wood, (30, 20, 20), 0.3),
                part="leg",
                material="wood",
            )
        canvas.paint(
            PAGE.box(x - w, y - height, x + w, y - 4),
            wood,
            material="wood",
            slope=(24, 16),
            texture="strokes",
            grain=30,
        )
        for i in range(2):
            y0 = y - height + 4 + i * (height - 9) / 2
            canvas.paint(
                PAGE.box(x - w + 1.6, y0, x + w - 1.6, y0 + (height - 11) / 2),
                mix(wood, (255, 240, 220), 0.14),
                part="drawer",
                material="wood",
                slope=(14, 20),
                texture="brush",
                grain=30,
            )
            canvas.paint(PAGE.oval(x, y0 + (height - 11) / 4, 1.1), (232, 204, 134), part="knob", material="metal")
        canvas.paint(
            PAGE.box(x - w - 1.4, y - height - 1.6, x + w + 1.4, y - height + 1),
            mix(wood, (255, 240, 220), 0.2),
            material="wood",
            grain=20,
        )


def paint_table_lamp(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A lit lamp with a cloth shade."""
    frame = Frame(x, y, height / 30)
    canvas.glow(frame.oval(0, -20, 20, 18), (110, 84, 36), 0.8, 7)
    with canvas.thing("lamp"):
        canvas.paint(
            frame.blob((-4, 0), (-3.4, -5), (-1, -9), (-1, -13), (1, -13), (1, -9), (3.4, -5), (4, 0), steps=4),
            canvas.pick(((206, 180, 130), (92, 132, 140), (232, 226, 214))),
            part="lamp base",
            material="ceramic",
            relief=1.4,
        )
        canvas.paint(
            frame.polygon((-5.4, -27), (5.4, -27), (9.4, -13), (-9.4, -13)),
            mix(colour, (255, 226, 160), 0.45),
            part="lampshade",
            material="fabric",
            glowing=True,
            slope=(14, -30),
        )
    canvas.glow(frame.oval(0, -1, 12, 3), (110, 84, 36), 0.7, 3)


def paint_wardrobe(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A two-door wardrobe with a mirror or panels."""
    wood = canvas.vary(canvas.pick((*WOODS, (206, 212, 204), (120, 144, 148))), 8)
    canvas.shade(PAGE.box(x + 2, y - height + 8, x + width + 5, y + 1), 0.45, 2.4)
    with canvas.thing("wardrobe"):
        canvas.paint(
            PAGE.box(x, y - height, x + width, y - 2),
            wood,
            material="wood",
            slope=(24, 14),
            texture="strokes",
            grain=30,
        )
        canvas.paint(
            PAGE.box(x + 2, y - 2.4, x + 6, y + 1) + PAGE.box(x + width - 6, y - 2.4, x + width - 2, y + 1),
            mix(wood, (30, 20, 20), 0.4),
            material="wood",
        )
        canvas.paint(
            PAGE.blob(
                (x - 2, y - height),
                (x + width / 2, y - height - 5),
                (x + width + 2, y - height),
                (x + width + 1, y - height + 3),
                (x - 1, y - height + 3),
                steps=4,
            ),
            mix(wood, (255, 240, 220), 0.15),
            material="wood",
            relief=1,
        )
        for i in range(2):
            x0 = x + 2 + i * (width - 3) / 2
            x1 = x0 + (width - 5) / 2
            canvas.paint(
                PAGE.box(x0, y - height + 6, x1, y - 18),
                mix(wood, (255, 240, 220), 0.1),
                part="wardrobe door",
                material="wood",
                slope=(16, 10),
                texture="strokes",
                grain=30,
            )
            canvas.paint(
                PAGE.box(x0 + 3, y - height + 10, x1 - 3, y - 23),
                mix(wood, (30, 20, 20), 0.2),
                labelled=False,
                slope=(-14, -14),
                texture="strokes",
                grain=30,
            )
            canvas.paint(
                PAGE.oval(x1 - 1.6 if i == 0 else x0 + 1.6, y - height * 0.5, 1.1),
                (232, 204, 134),
                part="knob",
                material="metal",
            )
        canvas.paint(
            PAGE.box(x + 2, y - 16, x + width - 2, y - 5),
            mix(wood, (255, 240, 220), 0.1),
            part="drawer",
            material="wood",
            slope=(10, 20),
            texture="brush",
            grain=30,
        )
        canvas.paint(
            PAGE.oval(x + width * 0.3, y - 10.4, 1.1) + PAGE.oval(x + width * 0.7, y - 10.4, 1.1),
            (232, 204, 134),
            part="knob",
            material="metal",
        )


def paint_bookcase(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Standing shelves full of books."""
    wood = canvas.vary(canvas.pick(WOODS), 8)
    canvas.shade(PAGE.box(x + 2, y - height + 6, x + width + 4, y + 1), 0.45, 2.2)
    with canvas.thing("shelf"):
        canvas.paint(
            PAGE.box(x, y - height, x + width, y), wood, material="wood", slope=(24, 0), texture="strokes", grain=26
        )
        canvas.paint(
            PAGE.box(x + 2.2, y - height + 2.4, x + width - 2.2, y - 3),
            mix(wood, (40, 24, 30), 0.5),
            material="wood",
            slope=(-20, -10),
        )
    rows = max(2, round(height / 21))
    for row in range(rows):
        base = y - 3 - (height - 5) * row / rows
        place = x + 3
        while place < x + width - 8:
            place += paint_book(canvas, place, base) if canvas.chance(0.9) else 4
        with canvas.thing("shelf"):
            canvas.paint(
                PAGE.box(x + 1, base, x + width - 1, base + 2),
                mix(wood, (255, 240, 220), 0.1),
                material="wood",
                texture="brush",
                grain=26,
            )
