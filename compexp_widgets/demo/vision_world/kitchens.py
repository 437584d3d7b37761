"""Kitchen furniture: a row of units, and what stands on it."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.rooms import FABRICS, WOODS
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

STEEL: Colour = (200, 204, 208)
ENAMEL: Colour = (242, 240, 232)
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


def paint_pan(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A cooking pot with lid and steam."""
    frame = Frame(x, y, width / 16)
    colour = canvas.pick(((200, 72, 56), (64, 112, 128), (84, 84, 92), (222, 170, 70)))
    with canvas.thing("pot"):
        canvas.paint(
            frame.box(-10.6, -7, -7, -5.4, 0.6) + frame.box(7, -7, 10.6, -5.4, 0.6),
            (60, 56, 60),
            part="handle",
            material="metal",
        )
        canvas.paint(frame.box(-8, -9, 8, 0, 1.6), colour, material="metal", relief=2 * frame.scale, slope=(26, 0))
        canvas.paint(
            frame.dome(0, -9, 8.4, 3.4),
            mix(colour, (255, 255, 255), 0.15),
            part="lid",
            material="metal",
            slope=(30, 30),
        )
        canvas.paint(frame.oval(0, -13, 1.4), (60, 56, 60), part="lid", material="metal")
    for i in range(4):
        canvas.paint(
            frame.oval(2 + canvas.between(-2, 2), -17 - 5 * i, 2 + 0.7 * i, 2.6),
            (255, 252, 246),
            labelled=False,
            opacity=0.24 - 0.04 * i,
            softness=1.6,
            grain=0,
        )


def paint_kettle(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A kettle with a bowed handle."""
    frame = Frame(x, y, width / 18, canvas.chance(0.5))
    colour = canvas.pick(((200, 204, 208), (214, 92, 66), (92, 142, 130)))
    with canvas.thing("kettle"):
        canvas.paint(
            frame.ribbon([(-6, -10), (-5, -16), (0, -18.4), (5, -16), (6, -10)], 1.4), (60, 54, 58), part="handle"
        )
        canvas.paint(
            frame.polygon((5, -4), (11.6, -11), (12.6, -9.4), (7.4, -1.4)),
            colour,
            part="spout",
            material="metal",
            slope=(20, 20),
        )
        canvas.paint(
            frame.blob((-8, -1), (-7.6, -7), (-4, -11.4), (4, -11.4), (7.6, -7), (8, -1), (5, 0.2), (-5, 0.2), steps=5),
            colour,
            material="metal",
            relief=2.2 * frame.scale,
            strength=120,
        )
        canvas.paint(
            frame.dome(0, -11, 3.6, 1.6) + frame.oval(0, -13, 1),
            mix(colour, (40, 40, 50), 0.25),
            part="lid",
            material="metal",
        )


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


def paint_table(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A table in front of the viewer, its legs standing on `y`."""
    wood = canvas.vary(canvas.pick(WOODS), 8)
    w = width / 2
    top = y - height
    canvas.shade(PAGE.oval(x + 3, y - 3, w * 1.04, 5), 0.6, 2.4)
    with canvas.thing("table"):
        for side in (-1, 1):
            canvas.paint(
                PAGE.polygon(
                    (x + side * (w - 13), top + 5),
                    (x + side * (w - 9), top + 5),
                    (x + side * (w - 9.6), y - 6),
                    (x + side * (w - 12.4), y - 6),
                ),
                mix(wood, (40, 20, 20), 0.4),
                part="leg",
                material="wood",
            )
            canvas.paint(
                PAGE.polygon(
                    (x + side * (w - 8), top + 5),
                    (x + side * (w - 3), top + 5),
                    (x + side * (w - 3.6), y),
                    (x + side * (w - 6.6), y),
                ),
                wood,
                part="leg",
                material="wood",
                slope=(40, 0),
                texture="strokes",
                grain=30,
            )
        canvas.paint(
            PAGE.box(x - w + 3, top + 4, x + w - 3, top + 9),
            mix(wood, (40, 20, 20), 0.25),
            material="wood",
            texture="brush",
            grain=30,
        )
        canvas.paint(
            PAGE.polygon((x - w + 9, top - 8), (x + w - 9, top - 8), (x + w, top + 2.4), (x - w, top + 2.4)),
            mix(wood, (255, 240, 220), 0.22),
            part="tabletop",
            material="wood",
            slope=(14, 10),
            texture="brush",
            grain=34,
        )
        canvas.paint(
            PAGE.box(x - w, top + 2.4, x + w, top + 5.4),
            wood,
            part="tabletop",
            material="wood",
            texture="brush",
            grain=30,
        )
        if canvas.chance(0.4):
            cloth = canvas.pick(FABRICS)
            runner = canvas.paint(
                PAGE.polygon(
                    (x - w * 0.3, top - 8),
                    (x + w * 0.3, top - 8),
                    (x + w * 0.36, top + 2.6),
                    (x + w * 0.36, top + 13),
                    (x - w * 0.36, top + 13),
                    (x - w * 0.36, top + 2.6),
                ),
                cloth,
                part="tablecloth",
                material="fabric",
                texture="wash",
            )
            canvas.paint(
                PAGE.box(x - w, top + 9.6, x + w, top + 11) + PAGE.box(x - w, top - 6.4, x + w, top - 5.6),
                mix(cloth, (255, 250, 236), 0.6),
                within=runner,
                labelled=False,
            )


def paint_chair(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A spindle-back chair seen from the front."""
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    canvas.shade(frame.oval(2, -1, 15, 3), 0.5, 1.4)
    with canvas.thing("chair"):
        canvas.paint(
            frame.ribbon([(-9, -28), (-9.6, -4)], 2) + frame.ribbon([(9, -28), (9.6, -4)], 2),
            mix(colour, (30, 20, 30), 0.35),
            part="leg",
            material="wood",
        )
        spindles: Shape = frame.ribbon([(-11, -28), (-12, -58)], 2.4) + frame.ribbon([(11, -28), (12, -58)], 2.4)
        for i in (-5.4, 0, 5.4):
            spindles += frame.ribbon([(i, -28), (i * 1.08, -54)], 1.5)
        canvas.paint(spindles, colour, part="backrest", material="wood", slope=(20, 0))
        canvas.paint(
            frame.blob((-13, -60), (0, -62), (13, -60), (12.6, -53), (0, -54.6), (-12.6, -53), steps=4),
            colour,
            part="backrest",
            material="wood",
            relief=1.2,
        )
        canvas.paint(
            frame.ribbon([(-11.6, -25), (-12.6, 0)], 2.7, 2.0)
            + frame.ribbon([(11.6, -25), (12.6, 0)], 2.7, 2.0)
            + frame.box(-12, -12, 12, -10.6),
            colour,
            part="leg",
            material="wood",
            slope=(20, 0),
        )
        canvas.paint(
            frame.polygon((-11, -30), (11, -30), (14.4, -24.6), (-14.4, -24.6)),
            mix(colour, (255, 245, 230), 0.2),
            part="seat",
            material="wood",
            slope=(10, 20),
        )
        canvas.paint(frame.box(-14.4, -24.6, 14.4, -22.6, 0.8), colour, part="seat", material="wood")


def paint_fruit_bowl(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A bowl heaped with fruit."""
    frame = Frame(x, y, width / 24)
    with canvas.thing("fruit"):
        for fx, fy in ((-6, -8.6), (5.6, -8.8), (0, -8), (-2.6, -12.4), (3, -12.2)):
            colour = canvas.pick(((222, 70, 54), (240, 170, 60), (150, 184, 80), (236, 206, 90), (226, 120, 60)))
            canvas.paint(frame.oval(fx, fy, 4.2), colour, relief=1.6 * frame.scale, strength=110)
            canvas.paint(frame.ribbon([(fx, fy - 3.6), (fx + 0.8, fy - 5.4)], 0.6), (92, 70, 50), labelled=False)
    with canvas.thing("bowl"):
        canvas.paint(
            frame.blob((-12, -8), (0, -6.6), (12, -8), (8.4, -1.6), (4, 0), (-4, 0), (-8.4, -1.6), steps=4),
            canvas.pick((*FABRICS, ENAMEL)),
            material="ceramic",
            relief=2 * frame.scale,
        )
