"""People, in coats and jumpers."""

from __future__ import annotations

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame

SKINS: tuple[Colour, ...] = ((246, 208, 176), (226, 172, 132), (176, 120, 84), (124, 82, 60), (250, 220, 196))
HAIRS: tuple[Colour, ...] = ((62, 44, 40), (112, 72, 48), (206, 150, 80), (188, 96, 54), (206, 200, 196), (36, 32, 38))
COATS: tuple[Colour, ...] = (
    (226, 180, 66),
    (64, 110, 136),
    (112, 144, 104),
    (176, 118, 150),
    (232, 150, 110),
    (96, 92, 140),
    (236, 222, 196),
)
TROUSERS: tuple[Colour, ...] = ((70, 78, 106), (96, 80, 74), (58, 62, 70), (128, 118, 98))


def paint_person(canvas: Canvas, x: float, y: float, height: float, hat: str = "") -> None:
    """Someone standing at (`x`, `y`).

    `hat` is ``"straw"``, ``"bobble"`` or nothing; in the rain people carry umbrellas.
    """
    frame = Frame(x, y, height / 60, canvas.chance(0.5))
    skin, hair, coat = canvas.pick(SKINS), canvas.pick(HAIRS), canvas.vary(canvas.pick(COATS), 6)
    trousers = canvas.vary(canvas.pick(TROUSERS), 6)
    umbrella = canvas.light.rain
    canvas.shade(PAGE.oval(x + height * 0.08, y, height * 0.2, height * 0.03), 0.65, 0.9)
    with canvas.thing("person"):
        stride = canvas.between(0.6, 3.4)
        for lean, tone in ((stride, -34), (-stride, 0)):
            leg = frame.ribbon([(lean * 0.3, -22), (lean * 0.8, -11), (lean, -1)], 4.6, 3.4, tone=tone)
            canvas.paint(leg, trousers, part="trousers", material="fabric", slope=(20, 0))
            shoe = frame.blob(
                (lean - 2.2, 0.3), (lean - 2, -2.4), (lean + 1.6, -2.6), (lean + 4, -0.8), (lean + 3.6, 0.4)
            )
            canvas.paint(shoe, (72, 56, 54), part="shoe")
        far = [(3, -40), (7.6, -34), (9.6, -41 if umbrella else -26)]
        canvas.paint(frame.ribbon(far, 4.2, 3.2, tone=-30), coat, part="coat", material="fabric")
        body = frame.blob((-4.4, -43), (0, -45), (4.4, -43), (7, -30), (8.2, -17), (0, -15.4), (-8.2, -17), (-7, -30))
        wool = canvas.paint(
            body, coat, part="coat", material="fabric", relief=2.4, strength=100, texture="wash", grain=22
        )
        canvas.paint(
            frame.ribbon([(0.6, -43), (1.2, -16)], 0.6), mix(coat, (30, 20, 40), 0.4), within=wool, labelled=False
        )
        buttons = frame.oval(2.6, -37, 0.7) + frame.oval(2.8, -31, 0.7) + frame.oval(3, -25, 0.7)
        canvas.paint(buttons, mix(coat, (255, 245, 225), 0.7), within=wool, labelled=False, grain=0)
        near = [(-4.4, -41), (-8.4, -33), (-6.8, -25)]
        canvas.paint(frame.ribbon(near, 4.4, 3.6, tone=14), coat, part="coat", material="fabric", relief=1.0)
        hands = frame.oval(-6.6, -23.8, 1.8) + frame.oval(9.8, -41.6 if umbrella else -24.6, 1.8)
        canvas.paint(hands, skin, part="hand", slope=(20, 20))
        _paint_head(canvas, frame, skin, hair, hat)
    if umbrella:
        _paint_umbrella(canvas, frame.inner(10, -42))


def _paint_head(canvas: Canvas, frame: Frame, skin: Colour, hair: Colour, hat: str) -> None:
    long = canvas.chance(0.5)
    if long:
        back = frame.blob((-7, -52), (-6, -59), (0, -61.4), (6, -58), (5.4, -50), (5, -44), (-6.4, -43.4), (-7.6, -47))
        canvas.paint(back, mix(hair, (20, 10, 20), 0.2), part="hair", texture="strokes", grain=30)
    canvas.paint(frame.box(-1.8, -48, 2.0, -42.6, 0.8), mix(skin, (120, 60, 60), 0.25), part="face")
    canvas.paint(frame.oval(0.4, -52, 6.2, 6.6), skin, part="face", relief=1.8, strength=70)
    canvas.paint(frame.oval(4.2, -50, 1.4, 1.0), (232, 120, 110), labelled=False, opacity=0.45, softness=0.4)
    canvas.paint(
        frame.oval(2.0, -53, 0.65, 0.9) + frame.oval(5.0, -53, 0.6, 0.85), (44, 36, 44), labelled=False, grain=0
    )
    canvas.paint(frame.oval(6.5, -51.6, 1.0, 0.8), mix(skin, (200, 110, 100), 0.3), labelled=False)
    canvas.paint(frame.ribbon([(2.6, -48.8), (4, -48.2), (5.2, -48.9)], 0.5), (150, 70, 70), labelled=False, grain=0)
    fringe = frame.blob(
        (-6.4, -50), (-7, -55), (-4, -59.4), (1, -60), (6, -57.6), (6.4, -55), (1.6, -56.4), (-2.6, -54)
    )
    canvas.paint(fringe, hair, part="hair", texture="strokes", grain=30, slope=(10, 24))
    colour = canvas.pick(COATS)
    if hat == "straw":
        canvas.paint(
            frame.oval(0, -57, 11, 2.6), (226, 194, 122), part="sun hat", texture="brush", grain=34, slope=(10, 30)
        )
        canvas.paint(
            frame.dome(0, -57, 6.2, 6.2), (226, 194, 122), part="sun hat", texture="brush", grain=34, relief=1.4
        )
        canvas.paint(frame.box(-6.2, -58.8, 6.2, -57), (168, 78, 66), labelled=False)
    elif hat == "bobble":
        canvas.paint(frame.dome(0, -55.6, 6.8, 7.6), colour, part="bobble hat", material="fabric", relief=1.6)
        canvas.paint(
            frame.box(-7.2, -57.4, 7.2, -54.4, 1.2),
            mix(colour, (255, 250, 240), 0.5),
            part="bobble hat",
            material="fabric",
        )
        canvas.paint(
            frame.oval(0, -63.6, 2.4), mix(colour, (255, 250, 240), 0.5), part="bobble hat", material="fabric", grain=40
        )


def _paint_umbrella(canvas: Canvas, frame: Frame) -> None:
    colour = canvas.pick(((206, 66, 60), (240, 186, 70), (64, 120, 150), (110, 150, 100)))
    with canvas.thing("umbrella"):
        canvas.paint(frame.ribbon([(0, 3), (-1, -30)], 1.1), (90, 70, 60), part="shaft", material="wood")
        scallops = [(19 - 38 * i / 8, -20 + (2.0 if i % 2 else 0)) for i in range(9)]
        dome = frame.blob((-19, -20), (-15, -28), (-7, -33), (0, -34.4), (7, -33), (15, -28), *scallops, steps=3)
        cloth = canvas.paint(dome, colour, part="umbrella cover", material="fabric", relief=2.6, slope=(26, 14))
        for px in (-9.4, 0, 9.4):
            rib = frame.ribbon([(px, -19), (px * 0.7, -27), (0, -35)], 0.6)
            canvas.paint(rib, mix(colour, (30, 20, 30), 0.4), within=cloth, labelled=False)
        canvas.paint(frame.box(-0.5, -37, 0.5, -34), (90, 70, 60), part="shaft", material="wood")
