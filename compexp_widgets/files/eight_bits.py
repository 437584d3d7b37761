"""Grey of more than 8 bits made grey of 8: by a rule that holds for every picture alike, and never by cutting off.

Pillow's own conversion cuts off: every value above 255 becomes white.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Pillow spreads grey of 2 and 4 bits over 0 … 255 when it decodes it.
_SPREAD = {"L;2": 85, "L;4": 17}

_WHITE_IS_ZERO = 262, 0  # a TIFF tag and its value; Pillow heeds it up to 8 bits

_FEW = 4096  # values that 12 bits hold: in 16 they are nearly black


class RefusedError(ValueError):
    """Reason to refuse an image, to follow its name in a sentence: ``"has … . Save it with 8 bits."``"""


def raw_mode(file: Image.Image) -> str:
    """Pillow's name for the pixels of an image as they are stored; empty once it is decoded, or where it has none."""
    for tile in getattr(file, "tile", ()):
        arguments = tile[3]
        return str(arguments if isinstance(arguments, str) else arguments[0] if arguments else "")
    return ""


def spread(raw: str) -> int:
    """By what Pillow multiplies grey of fewer than 8 bits when it decodes it."""
    return _SPREAD.get(raw[:3], 1)


def eight_bits(file: Image.Image, raw: str) -> Image.Image:
    """An image whose channels have at most 8 bits; what is transparent stays so.

    Of 16 bits (and of 12, where the file says so) the upper 8 are taken, as Pillow takes them of colours. Numbers with
    fractions run from 0, black, to 1, white.

    `file`: an image file that is open, decoded or not. `raw`: `raw_mode` of it, from before it was decoded. Raises
    `RefusedError` for whole numbers of 32 bits, whose white nothing tells; for grey of 16 bits that uses 12 or fewer
    and would be nearly black; for numbers with fractions outside 0 to 1; for a transparent colour of 16 bits.
    """
    key = file.info.get("transparency")
    if file.mode == "F":
        grey = _of_fractions(np.array(file))
    elif _has_16_bits(file, raw):
        values = np.asarray(file)
        grey = _of_whole_numbers(values, 12 if raw.startswith("I;12") else 16)
        if isinstance(key, int):
            return Image.merge("LA", (Image.fromarray(grey), Image.fromarray((values != key).astype(np.uint8) * 255)))
    elif file.mode == "I":
        raise RefusedError(
            "holds whole numbers of 32 bits, and nothing says which of them is white. Scale them to 0 … 255 and save "
            "it with 8 bits"
        )
    else:
        if file.mode == "L" and isinstance(key, int):
            file.info["transparency"] = key * spread(raw)
        elif file.mode == "1" and key == 1:
            file.info["transparency"] = 255
        elif isinstance(key, tuple) and max(key) > 255:
            raise RefusedError("has a transparent colour of 16 bits. Save it with an alpha channel, or with 8 bits")
        return file
    tag, white_is_zero = _WHITE_IS_ZERO
    if getattr(file, "tag_v2", {}).get(tag) == white_is_zero:
        grey = np.uint8(255) - grey
    return Image.fromarray(grey)


def _has_16_bits(file: Image.Image, raw: str) -> bool:
    """True for grey of 16 bits without sign, in whichever mode this Pillow opens it."""
    if file.mode == "I":
        # Of a PGM file Pillow scales the numbers to 0 … 65535, whatever its white is.
        return file.format == "PPM" or (raw.startswith("I;16") and "S" not in raw)
    return file.mode.startswith("I;16")


def _of_whole_numbers(values: NDArray[np.generic], bits: int) -> NDArray[np.uint8]:
    largest = int(values.max())
    if bits == 16 and 0 < largest < _FEW:
        raise RefusedError(
            f"has grey of 16 bits, where 65,535 is white, but nothing above {largest:,}: it would be shown nearly "
            "black. Scale its values, or save it with 8 bits"
        )
    return (values >> (bits - 8)).astype(np.uint8)  # type: ignore[operator,no-any-return]


def _of_fractions(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    smallest, largest = float(values.min()), float(values.max())
    if not (smallest >= -_ROUNDING and largest <= 1 + _ROUNDING):  # "not": NaN is refused too
        raise RefusedError(
            f"has numbers with fractions from {smallest:g} to {largest:g}; such a picture runs from 0 (black) to "
            "1 (white). Scale its values, or save it with 8 bits"
        )
    np.multiply(values, 255, out=values)
    return np.rint(values, out=values).astype(np.uint8)


_ROUNDING = 0.001  # a quarter of a step of grey
