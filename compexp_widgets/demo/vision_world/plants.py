"""Trees in their two looks, palms, bushes, flowers, reeds and what else grows."""

from __future__ import annotations

import math

from compexp_widgets.demo.vision_world.canvas import Canvas
from compexp_widgets.demo.vision_world.light import Colour, mix
from compexp_widgets.demo.vision_world.shapes import PAGE, Frame, Shape

LEAVES: tuple[Colour, ...] = ((88, 136, 74), (112, 150, 70), (70, 122, 88), (136, 158, 78), (60, 110, 70))
AUTUMN: tuple[Colour, ...] = ((214, 128, 52), (200, 92, 48), (222, 166, 62), (176, 118, 56))
FIRS: tuple[Colour, ...] = ((46, 92, 76), (58, 104, 74), (40, 82, 84), (70, 108, 78))
BARK: Colour = (112, 84, 66)


def _crown(canvas: Canvas, frame: Frame, cx: float, cy: float, rx: float, ry: float, colour: Colour, dabs: int) -> None:
    """A leafy mass: a shaded body under many small dabs that catch the light."""
    clumps: list[tuple[float, float, float]] = [(cx, cy, min(rx, ry) * 0.72)]
    count = 9
    for i in range(count):
        angle = 2 * math.pi * (i + canvas.between(-0.3, 0.3)) / count
        radius = min(rx, ry) * canvas.between(0.38, 0.52)
        clumps.append((cx + math.cos(angle) * rx * 0.62, cy + math.sin(angle) * ry * 0.62, radius))
    body: Shape = []
    for x, y, radius in clumps:
        body += frame.oval(x, y, radius)
    canvas.paint(
        body,
        mix(colour, (30, 50, 60), 0.18),
        part="crown",
        material="foliage",
        relief=min(rx, ry) * 0.5 * frame.scale,
        strength=120,
        grain=22,
    )
    size = min(rx, ry) * 0.12
    for low, high, lift in ((0.0, 1.0, 0), (0.0, 0.85, 26)):
        leaves: Shape = []
        for _ in range(dabs if lift == 0 else dabs // 2):
            x0, y0, radius = clumps[int(canvas.between(0, 1) * len(clumps))]
            angle, reach = canvas.between(0, 6.283), radius * (low + (high - low) * math.sqrt(canvas.between(0, 1)))
            x, y = x0 + math.cos(angle) * reach * 1.06, y0 + math.sin(angle) * reach * 1.06
            facing = -((x - cx) / rx + (y - cy) / ry * 1.3) * 0.55 - ((x - x0) + (y - y0)) / radius * 0.3
            if lift and facing < 0.05:
                continue
            tone = round(facing * 74 + canvas.between(-20, 20)) + lift
            leaves += frame.oval(x, y, size * canvas.between(0.7, 1.5), size * canvas.between(0.5, 1.0), tone=tone)
        canvas.paint(leaves, colour, part="crown", material="foliage", grain=18)


def paint_leafy_tree(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A broad-leaved tree: `height` in picture units, standing at (`x`, `y`)."""
    frame = Frame(x, y, height / 100, canvas.chance(0.5))
    slim = canvas.between(0.78, 1.12)
    canvas.shade(PAGE.oval(x + height * 0.16, y, height * 0.34, height * 0.05), 0.6, 1.6)
    with canvas.thing("tree"):
        bend = canvas.between(-3, 3)
        trunk: Shape = frame.ribbon([(0, 2), (bend * 0.6, -24), (bend, -56)], 9.5, 4.5)
        trunk += frame.ribbon([(bend * 0.6, -30), (-9, -44), (-14, -56)], 3.6, 1.6)
        trunk += frame.ribbon([(bend * 0.7, -34), (9, -46), (15, -58)], 3.4, 1.6)
        trunk += frame.polygon((-7, 2), (0, -10), (7, 2))
        canvas.paint(
            trunk,
            canvas.vary(BARK, 14),
            part="trunk",
            material="wood",
            relief=2.4 * frame.scale,
            strength=110,
            texture="strokes",
            grain=34,
        )
        _crown(canvas, frame, bend, -68, 29 * slim, 29 / slim**0.5, canvas.vary(colour, 8), 100 if height > 45 else 60)


def paint_fir(canvas: Canvas, x: float, y: float, height: float, colour: Colour, snow: bool = False) -> None:
    """A conifer: tiers of drooping boughs around a straight trunk."""
    frame = Frame(x, y, height / 100)
    colour = canvas.vary(colour, 8)
    canvas.shade(PAGE.oval(x + height * 0.10, y, height * 0.24, height * 0.035), 0.6, 1.4)
    with canvas.thing("tree"):
        canvas.paint(
            frame.box(-3.2, -20, 3.2, 1),
            BARK,
            part="trunk",
            material="wood",
            relief=1.5 * frame.scale,
            texture="strokes",
            grain=34,
        )
        tiers = 6 if height > 34 else 4
        slim = canvas.between(0.8, 1.1)
        for i in range(tiers):
            low = -9 - 80 * i / tiers
            half = (29 - 24 * (i / (tiers - 0.4)) ** 0.9) * slim
            top = low - 30 + i
            teeth = 9
            points = [(half * 0.10, top), (-half * 0.10, top)]
            for k in range(teeth + 1):
                t = k / teeth * 2 - 1
                drop = 4.5 * (1 - t * t) + (0 if k % 2 else 4.2) + canvas.between(-1, 1)
                points.append((t * half, low + drop - 3))
            tier = canvas.paint(
                frame.polygon(*points),
                colour,
                part="crown",
                material="needles",
                slope=(52, 34),
                texture="strokes",
                grain=34,
            )
            if snow:
                cap = [(-half * 1.2, low - 6), (-half * 1.2, top), (half * 1.2, top)]
                for k in range(9):
                    t = 1 - k / 8 * 2
                    cap.append((t * half * 1.05, low - (1.0 if k % 2 else 6.5) - 3.5 * abs(t) + canvas.between(-1, 1)))
                canvas.paint(frame.polygon(*cap), (244, 247, 252), within=tier, slope=(40, 0), grain=12, labelled=False)
            if i + 1 < tiers:
                canvas.shade(
                    frame.polygon(
                        (-half * 0.6, low - 13), (half * 0.62, low - 13), (half * 0.5, low - 8), (-half * 0.5, low - 8)
                    ),
                    0.4,
                    1.2 * frame.scale,
                )


def paint_palm(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A leaning palm with a ringed stem and feathered fronds."""
    frame = Frame(x, y, height / 100, canvas.chance(0.5))
    lean = canvas.between(6, 20)
    canvas.shade(PAGE.oval(x + height * 0.12, y, height * 0.28, height * 0.04), 0.5, 1.5)
    with canvas.thing("palm"):
        path = [(0, 1), (lean * 0.25, -28), (lean * 0.6, -54), (lean, -78)]
        stem = canvas.paint(
            frame.ribbon(path, 7.5, 4.4),
            (160, 124, 88),
            part="stem",
            material="wood",
            relief=1.8 * frame.scale,
            strength=110,
            texture="brush",
            grain=30,
        )
        rings: Shape = []
        for i in range(13):
            t = i / 13
            rx, ry = lean * t**1.35, 1 - 79 * t
            rings += frame.ribbon([(rx - 4, ry - 1), (rx + 4, ry + 1)], 0.9, tone=-50)
        canvas.paint(rings, (120, 88, 64), within=stem, labelled=False, opacity=0.6)
        green = canvas.vary((78, 138, 72), 12)
        angles = [canvas.between(-8, 8) + a for a in (196, 222, 250, 282, 312, 344, 168, 12)]
        for order, degrees in enumerate(angles):
            _paint_frond(
                canvas, frame, lean, -79, degrees, canvas.between(30, 38), green, -26 if order > 5 else 8 * (order % 3)
            )
        for dx, dy in ((-2.6, 1.5), (2.2, 2.2), (0, 4)):
            canvas.paint(frame.oval(lean + dx, -78 + dy, 2.6), (124, 86, 56), part="coconut", relief=1.4 * frame.scale)


def _paint_frond(
    canvas: Canvas, frame: Frame, x: float, y: float, degrees: float, length: float, colour: Colour, tone: int
) -> None:
    dx, dy = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    spine = []
    for i in range(9):
        t = i / 8
        spine.append((x + dx * length * t, y + dy * length * t * 0.9 + 20 * t * t))
    comb: Shape = []
    for i in range(1, 9):
        (ax, ay), (bx, by) = spine[i - 1], spine[i]
        size = 10.5 * math.sin(math.pi * (0.14 + 0.86 * i / 9.4)) + 1.5
        for side, droop in ((1, 1.0), (-1, 0.35)):
            nx, ny = -(by - ay) * side, (bx - ax) * side
            norm = math.hypot(nx, ny) or 1.0
            tip = (bx + nx / norm * size * 0.55 + (bx - ax) * 0.9, by + ny / norm * size * 0.55 + size * 0.42 * droop)
            comb += frame.polygon((ax, ay), (bx + (bx - ax) * 0.25, by), tip, tone=tone + (14 if side < 0 else -12))
    comb += frame.ribbon(spine, 1.8, 0.5, tone=tone - 10)
    canvas.paint(comb, colour, part="frond", material="foliage", grain=22)


def paint_bush(canvas: Canvas, x: float, y: float, width: float, colour: Colour, berries: Colour | None = None) -> None:
    """A low rounded bush, with berries or blossoms if a colour is given."""
    frame = Frame(x, y, width / 40)
    canvas.shade(PAGE.oval(x + width * 0.1, y, width * 0.52, width * 0.09), 0.55, 1.2)
    with canvas.thing("bush"):
        lumps: list[tuple[float, float, float]] = [
            (-11, -8, 10),
            (0, -13, 12.5),
            (11, -8, 10.5),
            (-5, -5, 9),
            (6, -5, 9),
        ]
        body: Shape = frame.box(-18, -8, 18, 0.5, 4)
        for lx, ly, r in lumps:
            body += frame.oval(lx + canvas.between(-2, 2), ly, r * canvas.between(0.85, 1.1))
        stain = canvas.paint(
            body, colour, material="foliage", relief=4 * frame.scale, strength=120, slope=(0, 30), grain=24
        )
        leaves: Shape = []
        for _ in range(40):
            lx, ly = canvas.between(-19, 19), canvas.between(-24, 0)
            tone = round(-(lx / 20 + (ly + 10) / 9) * 26 + canvas.between(-16, 22))
            leaves += frame.leaf(lx, ly, canvas.between(1.2, 2.2), 0.9, canvas.between(-60, 60), tone=tone)
        canvas.paint(leaves, colour, material="foliage", within=stain, labelled=False)
        if berries is not None:
            dots: Shape = []
            for _ in range(14):
                dots += frame.oval(canvas.between(-16, 16), canvas.between(-20, -3), canvas.between(0.9, 1.5))
            canvas.paint(dots, berries, within=stain, labelled=False)


def paint_grass(canvas: Canvas, top: float, bottom: float, colour: Colour, count: int, size: float = 5.0) -> None:
    """Tufts strewn over a meadow that is already painted; larger towards `bottom`."""
    blades: Shape = []
    for _ in range(count):
        t = canvas.between(0, 1)
        x, y = canvas.between(-4, 228), top + (bottom - top) * t
        height = size * (0.35 + 0.75 * t)
        tone = round(canvas.between(-40, 46))
        for k in (-1, 0, 1):
            tip = (x + k * height * 0.32 + canvas.between(-0.5, 0.5), y - height * (1 - 0.2 * abs(k)))
            blades += PAGE.polygon((x + k * 0.5 - 0.45, y), (x + k * 0.5 + 0.45, y), tip, tone=tone)
    canvas.paint(blades, colour, labelled=False, grain=12)


def paint_flowers(
    canvas: Canvas, x: float, y: float, width: float, count: int, colour: Colour, size: float = 2.4
) -> None:
    """A patch of flowers around (`x`, `y`): stems, leaves, petals and hearts."""
    places = sorted(
        ((x + canvas.between(-width, width) / 2, y + canvas.between(-0.18, 0.18) * width) for _ in range(count)),
        key=lambda place: place[1],
    )
    green: Shape = []
    petals: Shape = []
    hearts: Shape = []
    for fx, fy in places:
        head = fy - size * canvas.between(2.4, 3.8)
        green += PAGE.ribbon([(fx, fy), (fx + 0.3, head)], size * 0.3, tone=-10)
        green += PAGE.leaf(fx + size * 0.7, fy - size * 0.9, size * 0.9, size * 0.35, -40, tone=20)
        green += PAGE.leaf(fx - size * 0.7, fy - size * 0.6, size * 0.9, size * 0.35, 220, tone=-14)
        for i in range(5):
            angle = math.radians(72 * i - 90)
            tone = round(canvas.between(-10, 26) - 20 * math.sin(angle))
            petals += PAGE.oval(
                fx + size * 0.62 * math.cos(angle), head + size * 0.62 * math.sin(angle), size * 0.58, tone=tone
            )
        hearts += PAGE.oval(fx, head, size * 0.42)
    with canvas.thing("flower"):
        canvas.paint(green, (92, 134, 66), part="flower stem", material="foliage")
        canvas.paint(petals, colour, part="petal")
        canvas.paint(hearts, (240, 190, 70), part="petal", labelled=False)


def paint_reeds(canvas: Canvas, x: float, y: float, height: float, count: int) -> None:
    """Rushes with brown spikes, standing in water."""
    leaves: Shape = []
    spikes: Shape = []
    for _ in range(count):
        bx, tall = x + canvas.between(-1, 1) * height * 0.3, height * canvas.between(0.6, 1.0)
        bend = canvas.between(-0.22, 0.22) * tall
        tone = round(canvas.between(-34, 34))
        leaves += PAGE.ribbon(
            [(bx, y), (bx + bend * 0.3, y - tall * 0.55), (bx + bend, y - tall)], tall * 0.055, 0.3, tone=tone
        )
        if canvas.chance(0.45):
            sx, sy = bx + bend * 0.4, y - tall * 0.92
            leaves += PAGE.ribbon([(bx, y), (sx, sy - tall * 0.1)], tall * 0.022, tone=10)
            spikes += PAGE.ribbon([(sx, sy), (sx, sy + tall * 0.2)], tall * 0.075)
    with canvas.thing("reed"):
        canvas.paint(leaves, canvas.vary((128, 146, 72), 8), material="foliage")
        if spikes:
            canvas.paint(spikes, (118, 78, 52), part="reed spike", relief=0.8)


def paint_cactus(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A tall ribbed cactus with one to three arms."""
    frame = Frame(x, y, height / 100, canvas.chance(0.5))
    green = canvas.vary((92, 142, 92), 12)
    canvas.shade(PAGE.oval(x + height * 0.2, y, height * 0.26, height * 0.035), 0.6, 1.2)
    with canvas.thing("cactus"):
        arms = [
            [(0, -40), (17, -42), (20, -54), (20, -canvas.between(66, 78))],
            [(0, -30), (-16, -31), (-19, -42), (-19, -canvas.between(56, 70))],
        ]
        for path in arms[: canvas.whole(1, 2)]:
            arm = canvas.paint(
                frame.ribbon(path, 9, 8.4), green, part="cactus arm", relief=3 * frame.scale, strength=120, grain=22
            )
            canvas.paint(frame.ribbon(path, 1.2), (210, 222, 160), within=arm, opacity=0.55, labelled=False)
        body = canvas.paint(
            frame.ribbon([(0, 2), (0, -50), (0, -94)], 15, 13), green, relief=4.5 * frame.scale, strength=120, grain=22
        )
        ribs: Shape = []
        for rx in (-4.6, -1.6, 1.6, 4.6):
            ribs += frame.ribbon([(rx, 2), (rx, -50), (rx * 0.7, -96)], 0.9)
        canvas.paint(ribs, (52, 98, 76), within=body, opacity=0.6, labelled=False)
        spines: Shape = []
        for _ in range(34):
            sx, sy = canvas.between(-6, 6), canvas.between(-98, 0)
            spines += frame.polygon((sx - 0.4, sy), (sx + 0.4, sy), (sx + canvas.between(-1.5, 1.5), sy - 2.4))
        canvas.paint(spines, (240, 238, 200), within=body, labelled=False)
        if canvas.chance(0.5):
            for dx in (-3, 0.5, 3.5):
                canvas.paint(frame.oval(dx, -101 + abs(dx) * 0.5, 2.6), (228, 96, 132), part="cactus flower", relief=1)


def paint_mushroom(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A toadstool: red cap, white dots."""
    frame = Frame(x, y, height / 20, canvas.chance(0.5))
    canvas.shade(PAGE.oval(x + height * 0.2, y, height * 0.5, height * 0.1), 0.6, 0.8)
    with canvas.thing("mushroom"):
        stalk = frame.polygon((-2.6, 0.5), (2.8, 0.5), (2.0, -12), (-1.8, -12))
        canvas.paint(stalk, (240, 230, 208), part="stalk", relief=1.4 * frame.scale)
        canvas.paint(frame.oval(0.1, -10.6, 7.4, 2.2), (222, 204, 178), part="stalk", slope=(0, -40))
        cap = canvas.paint(
            frame.dome(0, -10.6, 9.4, 9.4),
            canvas.vary((206, 58, 46), 10),
            part="cap",
            relief=2.6 * frame.scale,
            strength=110,
        )
        dots: Shape = []
        for dx, dy, r in (
            (-4.6, -13, 1.3),
            (-0.6, -16.6, 1.6),
            (3.8, -14.2, 1.4),
            (0.6, -12.4, 1.0),
            (6.8, -11.8, 0.9),
            (-7.4, -11.6, 0.8),
        ):
            dots += frame.oval(dx, dy, r, r * 0.85)
        canvas.paint(dots, (250, 244, 232), part="cap", within=cap, labelled=False)


def paint_fern(canvas: Canvas, x: float, y: float, height: float, colour: Colour) -> None:
    """A tuft of arching fern leaves."""
    frame = Frame(x, y, height / 20)
    with canvas.thing("fern"):
        for degrees in (200, 222, 246, 270, 294, 318, 340):
            length = canvas.between(15, 21)
            dx, dy = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            leaf: Shape = []
            spine = [(dx * length * i / 8, dy * length * i / 8 + 5.5 * (i / 8) ** 2) for i in range(9)]
            tone = round(canvas.between(-30, 30))
            for i in range(1, 9):
                size = 3.0 * (1 - i / 9.5)
                (ax, ay), (bx, by) = spine[i - 1], spine[i]
                for side in (-1, 1):
                    tip = (bx - (by - ay) * side * size * 0.55, by + (bx - ax) * side * size * 0.55 + 0.4)
                    leaf += frame.polygon((ax, ay), (bx, by), tip, tone=tone + 10 * side)
            leaf += frame.ribbon(spine, 0.7, 0.3, tone=tone - 14)
            canvas.paint(leaf, colour, material="foliage")
