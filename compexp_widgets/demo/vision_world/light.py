"""The hour and the weather: what colour the light, the shade and the distance have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Colour = tuple[int, int, int]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of `b` in `a`; 0 is `a`, 1 is `b`."""
    part = round(share * 256)
    return (
        a[0] + (b[0] - a[0]) * part // 256,
        a[1] + (b[1] - a[1]) * part // 256,
        a[2] + (b[2] - a[2]) * part // 256,
    )


def filtered(colour: Colour, glass: Colour) -> Colour:
    """`colour` seen in light of the colour `glass`."""
    return (colour[0] * glass[0] // 255, colour[1] * glass[1] // 255, colour[2] * glass[2] // 255)


@dataclass(frozen=True)
class Light:
    """One hour and weather.

    Attributes
    ----------
    name
        What it is called.
    sky
        Colours from the zenith down to the horizon.
    tint
        Colour of the whole light: white leaves colours as they are.
    sun, shade
        What lit sides turn towards, and what shaded sides are filtered by.
    haze
        What distance turns everything into.
    cloud
        Colour of clouds.
    night, rain
        Whether lamps are lit; whether it rains.
    """

    name: str
    sky: tuple[Colour, ...]
    tint: Colour
    sun: Colour
    shade: Colour
    haze: Colour
    cloud: Colour
    night: bool = False
    rain: bool = False


@lru_cache(maxsize=4096)
def ramp(light: Light, colour: Colour, depth: int, glowing: bool) -> bytes:
    """A palette of 256 × (red, green, blue): tone 0 is full shade, 128 `colour` itself, 255 full light.

    Parameters
    ----------
    light
        The hour.
    colour
        The paint.
    depth
        Distance in percent: 100 is all haze.
    glowing
        The thing shines by itself: neither hour nor distance change it.
    """
    middle = colour if glowing else mix(filtered(colour, light.tint), light.haze, depth / 100)
    dark = filtered(middle, light.shade)
    if not glowing:
        dark = mix(dark, middle, depth / 160)
    bright = mix(middle, light.sun, 0.5 if glowing else 0.46 - depth / 400)
    steps = np.arange(256)[:, None]
    low, mid, high = np.array(dark), np.array(middle), np.array(bright)
    table = np.where(steps <= 128, low + (mid - low) * steps // 128, mid + (high - mid) * (steps - 128) // 127)
    palette: bytes = table.astype(np.uint8).tobytes()
    return palette


MORNING = Light(
    "morning",
    ((146, 190, 214), (196, 214, 216), (248, 226, 200)),
    (255, 249, 240),
    (255, 240, 208),
    (150, 136, 176),
    (226, 220, 214),
    (255, 246, 234),
)
NOON = Light(
    "noon",
    ((84, 158, 212), (138, 194, 226), (206, 228, 230)),
    (255, 255, 250),
    (255, 250, 222),
    (132, 142, 184),
    (196, 216, 224),
    (255, 253, 246),
)
CLEAR = Light(
    "clear",
    ((58, 132, 186), (110, 178, 206), (190, 220, 210)),
    (252, 254, 255),
    (255, 252, 226),
    (124, 136, 180),
    (186, 210, 214),
    (250, 250, 242),
)
GOLDEN = Light(
    "golden",
    ((122, 150, 190), (232, 186, 158), (252, 214, 148)),
    (255, 236, 212),
    (255, 224, 150),
    (140, 108, 150),
    (244, 204, 160),
    (255, 226, 190),
)
ROSE = Light(
    "rose",
    ((112, 120, 172), (206, 150, 172), (250, 190, 160)),
    (248, 224, 226),
    (255, 212, 176),
    (124, 104, 160),
    (224, 170, 172),
    (250, 206, 198),
)
GREY = Light(
    "grey",
    ((168, 182, 190), (196, 204, 204), (222, 222, 214)),
    (240, 243, 242),
    (250, 250, 240),
    (150, 154, 172),
    (206, 210, 208),
    (232, 232, 228),
)
RAIN = Light(
    "rain",
    ((112, 130, 146), (142, 158, 168), (180, 188, 188)),
    (214, 224, 230),
    (232, 240, 240),
    (128, 136, 160),
    (160, 172, 180),
    (176, 184, 190),
    rain=True,
)
NIGHT = Light(
    "night",
    ((16, 24, 62), (26, 42, 88), (54, 76, 122)),
    (92, 108, 168),
    (150, 172, 220),
    (84, 88, 130),
    (40, 56, 104),
    (58, 74, 122),
    night=True,
)
DUSK = Light(
    "dusk",
    ((52, 62, 118), (138, 102, 150), (244, 164, 118)),
    (178, 164, 196),
    (252, 204, 156),
    (98, 86, 138),
    (156, 120, 152),
    (160, 118, 152),
    night=True,
)
DAYS = (MORNING, NOON, CLEAR, GOLDEN, ROSE, GREY, RAIN)

INDOOR_DAY = Light(
    "indoor day", NOON.sky, (255, 252, 246), (255, 248, 222), (150, 136, 160), (236, 228, 214), NOON.cloud
)
INDOOR_WARM = Light(
    "indoor evening", ROSE.sky, (250, 226, 196), (255, 230, 170), (138, 106, 132), (226, 194, 160), ROSE.cloud
)
INDOOR_COOL = Light(
    "indoor grey", GREY.sky, (236, 242, 248), (250, 250, 244), (140, 142, 172), (214, 220, 226), GREY.cloud
)
INDOORS = (INDOOR_DAY, INDOOR_WARM, INDOOR_COOL)
