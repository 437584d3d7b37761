"""How much a file from outside may take, before it is taken. The table of them stands in the room's docstring."""

from __future__ import annotations

FILE_BYTES = 512 << 20
"""Of a file that is read whole."""

INDEX_BYTES = 4 << 30
"""Of the index of a data set, and of the sentences of a study: people's own large files."""

LINE_BYTES = 16 << 20
"""Of one line of a text file."""

IMAGE_PIXELS = 80_000_000
"""Of an image: some kilobytes can unfold into gigabytes. (Pillow itself warns from 89 million.)"""

JPEG_SCANS = 100
"""Of a progressive JPEG file: each goes over all pixels, and ten are usual. Of 80 million pixels, some 8 s."""

SLOW_IMAGE_BYTES = 2_000_000
"""Of an image that Pillow decodes in Python (PPM whose white is not 255, BMP with run lengths): some seconds."""

JSON_DEPTH = 64
"""Levels of lists and objects inside each other; a formula is a text, so nothing of ours has more than ten."""

LARGEST_NUMBER = 2**63 - 1
"""What a whole number in JSON may be at most, either way: what NumPy can hold."""

UNPACKED_BYTES = 512 << 20
"""Of what a packed file unfolds to, however small it is."""

UNPACKED_RATIO = 20
"""A packed file may unfold to so many times its own size, where that is more."""


TEXT_BYTES = 8 << 20
"""Of what packed text unfolds to, however small it is: to read a million lines takes a second or two."""

TEXT_RATIO = 100
"""Packed text may unfold to so many times its own size, where that is more; sentences and numbers reach ten."""


def unpacked_budget(packed: int) -> int:
    """Bytes that a packed file of so many bytes may unfold to."""
    return max(UNPACKED_BYTES, UNPACKED_RATIO * packed)


def text_budget(packed: int) -> int:
    """Bytes that packed text of so many bytes may unfold to."""
    return max(TEXT_BYTES, TEXT_RATIO * packed)


def readable(size: int) -> str:
    """A number of bytes in words: ``"2.9 MB"``."""
    for unit, power in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= power:
            return f"{size / power:.3g} {unit}" if size < 1000 * power else f"{size / power:,.0f} {unit}"
    return f"{size} bytes"
