"""What stands in a kitchen's row: cabinets, worktop, stove, sink, fridge, washing machine."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.rooms import FABRICS
from compexp_widgets.demo.vision_world.shapes import PAGE, Shape
from compexp_widgets.demo.vision_world.tables import ENAMEL, paint_kettle, paint_pan

STEEL: Colour = (200, 204, 208)


FRONTS: tuple[Colour, ...] = (
    (104, 142, 140),
    (222, 200, 160),
    (176, 126, 90),
    (206, 214, 206),
    (90, 106, 134),
    (202, 126, 104),
    (240, 234, 220),
)


def paint_cabinet(
    canvas: Canvas, x: float, y: float, width: float, height: float, colour: Colour, drawers: bool, hung: bool = False
) -> None:
    """A kitchen unit from `x` on that stands on `y` under its worktop, or hangs on the wall down to `y`."""
    canvas.shade(PAGE.box(x, y - 3, x + width, y + 3), 0.5, 1.4)
    with canvas.thing("cabinet"):
        canvas.paint(PAGE.box(x, y - height, x + width, y), mix(colour, (30, 30, 40), 0.25), material="wood", grain=16)
        if not hung:
            canvas.paint(PAGE.box(x, y - 3.4, x + width, y), (70, 64, 66), material="wood")
        top, low = y - height + 1, y - (1 if hung else 4)
        rows = 3 if drawers else 1
        columns = 1 if drawers or width < 24 else 2
        for row in range(rows):
            for column in range(columns):
                x0 = x + width * column / columns + 0.7
                x1 = x + width * (column + 1) / columns - 0.7
                y0, y1 = top + (low - top) * row / rows + 0.6, top + (low - top) * (row + 1) / rows - 0.6
                part = "drawer" if drawers else "cabinet door"
                canvas.paint(
                    PAGE.box(x0, y0, x1, y1),
                    colour,
                    part=part,
                    material="wood",
                    slope=(20, 16),
                    texture="strokes",
                    grain=20,
                )
                if not drawers:
                    canvas.paint(
                        PAGE.box(x0 + 2.2, y0 + 2.4, x1 - 2.2, y1 - 2.4),
                        mix(colour, (30, 30, 40), 0.13),
                        labelled=False,
                        slope=(-16, -16),
                        texture="strokes",
                        grain=20,
                    )
                hx = (x0 + x1) / 2 if drawers else (x1 - 2 if column == 0 else x0 + 2)
                hy = (y0 + y1) / 2 if drawers else y0 + 8
                canvas.paint(PAGE.oval(hx, hy, 1.1), (226, 200, 130), part="knob", material="metal", relief=0.6)


def paint_worktop(canvas: Canvas, x0: float, x1: float, y: float, colour: Colour) -> None:
    """The slab over the units; its upper face is seen from a little above."""
    with canvas.thing("worktop"):
        canvas.paint(
            PAGE.polygon((x0 + 1, y - 4.5), (x1 - 1, y - 4.5), (x1 + 1, y), (x0 - 1, y)),
            mix(colour, (255, 248, 236), 0.3),
            material="wood",
            texture="brush",
            grain=30,
        )
        canvas.paint(
            PAGE.box(x0 - 1, y, x1 + 1, y + 3), colour, material="wood", slope=(0, 20), texture="brush", grain=30
        )
    canvas.shade(PAGE.box(x0, y + 3, x1, y + 5.4), 0.6, 0.8)


def paint_stove(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A cooker: hob, knobs, oven door with its window; a pan or kettle on top."""
    colour = canvas.pick((ENAMEL, (70, 76, 88), (206, 208, 210)))
    canvas.shade(PAGE.box(x, y - 3, x + width, y + 3), 0.5, 1.4)
    with canvas.thing("stove"):
        canvas.paint(
            PAGE.box(x + 0.4, y - height, x + width - 0.4, y), colour, material="metal", slope=(26, 20), grain=10
        )
        canvas.paint(
            PAGE.box(x + 1, y - height + 1.4, x + width - 1, y - height + 8),
            mix(colour, (30, 30, 40), 0.3),
            part="control panel",
            material="metal",
            slope=(10, 20),
        )
        for i in range(4):
            kx = x + width * (i + 0.8) / 4.6
            canvas.paint(
                PAGE.oval(kx, y - height + 4.8, 1.7),
                (236, 232, 224),
                part="control panel",
                material="metal",
                relief=0.8,
            )
        canvas.paint(
            PAGE.box(x + 2.4, y - height + 10.4, x + width - 2.4, y - 6, 1.2),
            mix(colour, (255, 255, 255), 0.2),
            part="oven door",
            material="metal",
            slope=(20, 20),
        )
        glass = canvas.paint(
            PAGE.box(x + 5, y - height + 16, x + width - 5, y - 12, 2),
            (56, 50, 58),
            part="oven door",
            material="glass",
            slope=(20, 20),
        )
        canvas.glow(PAGE.oval(x + width / 2, y - 16, width * 0.3, 7), (150, 84, 20), 0.7, 3, within=glass)
        canvas.paint(
            PAGE.polygon((x + 5, y - 18), (x + 13, y - height + 14), (x + 17, y - height + 14), (x + 5, y - 12)),
            (220, 226, 230),
            within=glass,
            labelled=False,
            opacity=0.25,
        )
        canvas.paint(
            PAGE.box(x + 5, y - height + 12, x + width - 5, y - height + 13.6, 0.8),
            STEEL,
            part="oven door",
            material="metal",
            slope=(0, 50),
        )
        canvas.paint(
            PAGE.polygon(
                (x + 1, y - height - 3.6),
                (x + width - 1, y - height - 3.6),
                (x + width, y - height + 0.6),
                (x, y - height + 0.6),
            ),
            (66, 64, 72),
            part="hob",
            material="metal",
        )
        rings: Shape = PAGE.oval(x + width * 0.28, y - height - 1.5, width * 0.17, 1.2) + PAGE.oval(
            x + width * 0.72, y - height - 1.5, width * 0.17, 1.2
        )
        canvas.paint(rings, canvas.pick(((150, 60, 44), (98, 96, 104))), part="hob", material="metal")
    if canvas.chance(0.6):
        paint_pan(canvas, x + width * 0.28, y - height - 1.2, width * 0.42)
    else:
        paint_kettle(canvas, x + width * 0.72, y - height - 1.2, width * 0.46)


def paint_sink(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A steel sink let into the worktop at `y`, with its tap."""
    with canvas.thing("sink"):
        canvas.paint(
            PAGE.polygon((x + 2, y - 4), (x + width - 2, y - 4), (x + width, y + 0.4), (x, y + 0.4)),
            STEEL,
            part="basin",
            material="metal",
            slope=(20, 20),
            grain=8,
        )
        canvas.paint(
            PAGE.polygon((x + 4, y - 3.2), (x + width - 4, y - 3.2), (x + width - 2.6, y - 0.6), (x + 2.6, y - 0.6)),
            (112, 122, 132),
            part="basin",
            material="metal",
            slope=(-20, -40),
        )
        cx = x + width / 2
        tap = PAGE.ribbon([(cx, y - 3), (cx, y - 13), (cx + 3, y - 16), (cx + 7, y - 14), (cx + 7, y - 9.6)], 2.0, 1.8)
        canvas.paint(tap, STEEL, part="tap", material="metal", relief=0.9, strength=120)
        canvas.paint(
            PAGE.oval(cx - 4, y - 4.4, 1.5) + PAGE.box(cx - 2.6, y - 4.4, cx + 2.6, y - 3),
            STEEL,
            part="tap",
            material="metal",
            relief=0.6,
        )


def paint_fridge(canvas: Canvas, x: float, y: float, width: float, height: float, colour: Colour) -> None:
    """A round-shouldered fridge."""
    canvas.shade(PAGE.box(x + 2, y - height + 6, x + width + 4, y + 1), 0.45, 2.2)
    with canvas.thing("fridge"):
        canvas.paint(
            PAGE.box(x + 3, y - 4, x + 8, y + 1.4) + PAGE.box(x + width - 8, y - 4, x + width - 3, y + 1.4),
            (80, 78, 84),
            material="metal",
        )
        canvas.paint(
            PAGE.box(x, y - height, x + width, y - 2, 6),
            colour,
            material="metal",
            relief=3.4,
            strength=90,
            slope=(20, 16),
            grain=10,
        )
        split = y - height * 0.66
        canvas.paint(
            PAGE.box(x + 0.6, split - 0.5, x + width - 0.6, split + 0.5),
            mix(colour, (20, 20, 40), 0.45),
            labelled=False,
        )
        for y0, y1 in ((split - 15, split - 4), (split + 5, split + 19)):
            canvas.paint(
                PAGE.box(x + 3.4, y0, x + 5.6, y1, 1), STEEL, part="fridge handle", material="metal", slope=(60, 0)
            )
        for _ in range(canvas.whole(0, 3)):
            nx, ny = x + width * canvas.between(0.35, 0.75), split - canvas.between(6, 22)
            canvas.paint(
                PAGE.box(nx, ny, nx + 5, ny + 5.6),
                canvas.pick(((250, 226, 120), (244, 240, 230), (240, 170, 160))),
                labelled=False,
            )
            canvas.paint(PAGE.oval(nx + 2.4, ny, 0.8), (200, 70, 60), labelled=False)


def paint_washing_machine(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A front loader with its porthole and suds."""
    canvas.shade(PAGE.box(x, y - 3, x + width, y + 3), 0.5, 1.4)
    cx, cy, r = x + width / 2, y - height * 0.42, width * 0.32
    with canvas.thing("washing machine"):
        canvas.paint(
            PAGE.box(x + 0.4, y - height, x + width - 0.4, y, 1.2),
            (246, 245, 240),
            material="metal",
            relief=1.6,
            slope=(16, 14),
            grain=8,
        )
        canvas.paint(
            PAGE.box(x + 2, y - height + 2, x + width - 2, y - height + 8.4),
            (222, 224, 226),
            part="control panel",
            material="metal",
            slope=(10, 20),
            grain=8,
        )
        canvas.paint(
            PAGE.box(x + 3, y - height + 3, x + width * 0.36, y - height + 7.2),
            (246, 245, 240),
            part="control panel",
            material="metal",
        )
        canvas.paint(
            PAGE.oval(x + width * 0.78, y - height + 5.2, 2.3),
            (170, 174, 182),
            part="control panel",
            material="metal",
            relief=0.9,
        )
        canvas.paint(
            PAGE.box(x + width * 0.45, y - height + 4.2, x + width * 0.62, y - height + 6.4),
            (96, 190, 160),
            part="control panel",
            glowing=True,
        )
        canvas.paint(
            PAGE.oval(cx, cy, r + 3.2), (206, 210, 214), part="porthole", material="metal", relief=1.6, strength=110
        )
        canvas.paint(PAGE.oval(cx, cy, r + 0.9), (112, 118, 130), part="porthole", material="metal")
        glass = canvas.paint(PAGE.oval(cx, cy, r), (92, 132, 160), part="porthole", material="glass", slope=(20, 40))
        for _ in range(5):
            tx, ty = cx + canvas.between(-0.6, 0.6) * r, cy + canvas.between(0, 0.7) * r
            canvas.paint(
                PAGE.leaf(tx, ty, r * 0.5, r * 0.26, canvas.between(0, 180)),
                canvas.pick(FABRICS),
                within=glass,
                labelled=False,
            )
        suds: Shape = []
        for _ in range(16):
            suds += PAGE.oval(
                cx + canvas.between(-0.8, 0.8) * r, cy + canvas.between(-0.25, 0.35) * r, canvas.between(0.6, 1.8)
            )
        canvas.paint(suds, (246, 250, 252), within=glass, labelled=False, opacity=0.85)
        canvas.paint(
            PAGE.polygon((cx - r, cy), (cx - r * 0.2, cy - r), (cx + r * 0.2, cy - r), (cx - r, cy + r * 0.5)),
            (240, 248, 250),
            within=glass,
            labelled=False,
            opacity=0.4,
        )
