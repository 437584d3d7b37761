"""Scenes indoors: kitchen, laundry room, bedroom."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.bedrooms import (
    paint_bed,
    paint_bedside_table,
    paint_bookcase,
    paint_table_lamp,
    paint_wardrobe,
)
from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.furnishings import (
    paint_clock,
    paint_pendant,
    paint_picture,
    paint_potted_plant,
    paint_rug,
    paint_shelf,
)
from compexp_widgets.demo.vision_world.kitchen_units import (
    FRONTS,
    paint_cabinet,
    paint_fridge,
    paint_sink,
    paint_stove,
    paint_washing_machine,
    paint_worktop,
)
from compexp_widgets.demo.vision_world.light import Colour
from compexp_widgets.demo.vision_world.outdoors import paint_ball
from compexp_widgets.demo.vision_world.rooms import FABRICS, WOODS, paint_room, paint_wall_window
from compexp_widgets.demo.vision_world.staging import spread
from compexp_widgets.demo.vision_world.tables import paint_chair, paint_fruit_bowl, paint_table
from compexp_widgets.demo.vision_world.tame_animals import paint_cat, paint_teddy

GINGER: Colour = (226, 128, 44)
BLACK: Colour = (20, 19, 24)


def paint_kitchen(canvas: Canvas) -> None:
    """A row of kitchen units under a window, a table in front."""
    _paint_kitchen(canvas, laundry=False)


def paint_laundry_room(canvas: Canvas) -> None:
    """The kitchen with a washing machine among its units."""
    _paint_kitchen(canvas, laundry=True)


def _paint_kitchen(canvas: Canvas, laundry: bool) -> None:
    floor = canvas.between(146, 158)
    height = canvas.between(46, 52)
    paint_room(canvas, floor, canvas.pick(("plain", "tiles", "tiles", "stripes")), canvas.chance(0.4))
    window = canvas.between(84, 140)
    curtain = canvas.pick(FABRICS) if canvas.chance(0.5) else None
    paint_wall_window(
        canvas, window, floor - height - 42, canvas.between(42, 56), canvas.between(34, 44), curtain, floor
    )
    base = floor + 4
    front = canvas.vary(canvas.pick(FRONTS), 6)
    _hang_on_kitchen_wall(canvas, front)
    _paint_kitchen_row(canvas, base, height, front, laundry)
    if canvas.chance(0.6):
        paint_pendant(
            canvas, canvas.between(60, 164), canvas.between(24, 36), canvas.between(22, 32), canvas.pick(FABRICS)
        )
    if canvas.chance(0.5):
        paint_rug(canvas, canvas.between(60, 164), canvas.between(194, 208), canvas.between(80, 120))
    if canvas.chance(0.55):
        x = canvas.pick((canvas.between(18, 48), canvas.between(176, 206)))
        colour = canvas.vary(canvas.pick((*WOODS, *FABRICS)), 5)
        table = canvas.between(66, 92)
        if canvas.chance(0.7):
            paint_chair(canvas, 112 + (x - 112) * 0.45, 214, canvas.between(58, 66), colour)
        paint_table(canvas, x, 222, table, 36)
        if canvas.chance(0.7):
            paint_fruit_bowl(canvas, x + canvas.between(-12, 12), 184, canvas.between(22, 28))
    if canvas.chance(0.45):
        paint_cat(
            canvas, canvas.between(84, 140), canvas.between(196, 214), canvas.between(38, 48), canvas.vary(GINGER, 4)
        )


def _hang_on_kitchen_wall(canvas: Canvas, front: Colour) -> None:
    """Shelves, cupboards or a clock at either side of the window."""
    for x, edge in ((30, 1), (194, -1)):
        hanging = canvas.pick(("shelf", "shelf", "cupboard", "cupboard", "clock", "nothing"))
        if hanging == "shelf":
            paint_shelf(canvas, x + canvas.between(-4, 4), canvas.between(50, 60), canvas.between(38, 48), "crockery")
            if canvas.chance(0.5):
                paint_shelf(
                    canvas, x + canvas.between(-4, 4), canvas.between(28, 34), canvas.between(38, 48), "crockery"
                )
        elif hanging == "cupboard":
            width = canvas.between(48, 60)
            paint_cabinet(
                canvas,
                -4 if edge > 0 else 228 - width,
                canvas.between(58, 66),
                width,
                canvas.between(36, 44),
                front,
                False,
                True,
            )
        elif hanging == "clock":
            paint_clock(canvas, x, canvas.between(36, 50), canvas.between(9, 13))


def _paint_kitchen_row(canvas: Canvas, base: float, height: float, front: Colour, laundry: bool) -> None:
    """Fridge and units in random order; with `laundry`, one cabinet makes room for the washing machine."""
    slots = ["stove", "cabinet", "sink", "machine", "drawers"]
    canvas.shuffle(slots)
    while slots[0] == "machine" or slots[-1] == "machine":
        canvas.shuffle(slots)
    fridge_left = canvas.chance(0.5)
    left = 40.0 if fridge_left else -6.0
    unit = (224 - 34) / len(slots)
    paint_fridge(
        canvas,
        -2 if fridge_left else 184,
        base,
        42,
        canvas.between(92, 104),
        canvas.vary(
            canvas.pick(((236, 232, 220), (150, 190, 184), (214, 120, 100), (238, 206, 120), (206, 210, 214))), 5
        ),
    )
    stove_at = 0.0
    for i, slot in enumerate(slots):
        x = left + unit * i
        if slot == "stove":
            stove_at = x
        elif slot == "machine" and laundry:
            paint_washing_machine(canvas, x, base, unit, height - 2)
        else:
            paint_cabinet(canvas, x, base, unit, height, front, slot == "drawers")
    paint_worktop(
        canvas,
        left,
        left + unit * len(slots),
        base - height,
        canvas.vary(canvas.pick((*WOODS, (226, 220, 208), (120, 118, 122))), 6),
    )
    paint_stove(canvas, stove_at, base, unit, height + 1)
    for i, slot in enumerate(slots):
        x = left + unit * i
        if slot == "sink":
            paint_sink(canvas, x + 2, base - height - 0.6, unit - 4)
        elif slot == "cabinet" and canvas.chance(0.5):
            paint_potted_plant(canvas, x + unit / 2, base - height - 2, canvas.between(24, 32))
        elif slot == "drawers" and canvas.chance(0.5):
            paint_fruit_bowl(canvas, x + unit / 2, base - height - 1.4, canvas.between(18, 23))


def paint_bedroom(canvas: Canvas) -> None:
    """A bed, where one reads and keeps toys."""
    floor = canvas.between(140, 154)
    paint_room(canvas, floor, canvas.pick(("plain", "stripes", "dots", "dots")), canvas.chance(0.75))
    curtain = canvas.pick(FABRICS) if canvas.chance(0.8) else None
    window = canvas.between(96, 132)
    paint_wall_window(
        canvas, window, canvas.between(52, 62), canvas.between(46, 60), canvas.between(46, 56), curtain, floor
    )
    large = canvas.pick(("wardrobe", "bookcase", "painting"))
    if large == "wardrobe":
        paint_wardrobe(canvas, 172, floor + 5, canvas.between(50, 56), canvas.between(108, 124))
    elif large == "bookcase":
        paint_bookcase(canvas, 176, floor + 5, canvas.between(42, 50), canvas.between(90, 116))
    else:
        paint_picture(canvas, 196 + canvas.between(-4, 4), canvas.between(42, 62), canvas.between(28, 40))
    if canvas.chance(0.5):
        paint_shelf(canvas, 34, canvas.between(58, 70), canvas.between(40, 50), "books")
    elif canvas.chance(0.7):
        paint_picture(canvas, 32 + canvas.between(-4, 4), canvas.between(44, 66), canvas.between(26, 38))
    if canvas.chance(0.7):
        paint_rug(canvas, canvas.between(70, 154), canvas.between(202, 212), canvas.between(90, 140))
    x, width = canvas.between(118, 132), canvas.between(132, 152)
    y = floor + canvas.between(30, 40)
    bedside = x - width / 2 - canvas.between(13, 18)
    if canvas.chance(0.75):
        paint_bedside_table(canvas, bedside, floor + 14, canvas.between(26, 30))
        paint_table_lamp(canvas, bedside, floor + 14 - 30, canvas.between(32, 40), canvas.pick(FABRICS))
    paint_bed(canvas, x, y, width, canvas.vary(canvas.pick(FABRICS), 6))
    if canvas.chance(0.5):
        paint_teddy(canvas, x + canvas.between(-8, 40), y - 38, canvas.between(28, 36))
    if canvas.chance(0.4):
        paint_potted_plant(canvas, canvas.pick((18, 206)), floor + canvas.between(34, 54), canvas.between(44, 62))
    places = spread(canvas, 3, 20, 204)
    if canvas.chance(0.35):
        paint_chair(
            canvas, places[0], canvas.between(212, 220), canvas.between(58, 66), canvas.pick((*WOODS, *FABRICS))
        )
    if canvas.chance(0.4):
        paint_ball(canvas, places[1], canvas.between(208, 218), canvas.between(8, 12), canvas.pick(FABRICS))
    if canvas.chance(0.5):
        paint_cat(canvas, places[2], canvas.between(204, 216), canvas.between(40, 50), BLACK)
