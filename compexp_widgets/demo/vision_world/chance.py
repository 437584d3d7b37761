"""Random numbers that are the same everywhere: raw output of PCG64, which NumPy promises never to change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def fractions(*seed: int) -> Iterator[float]:
    """Endless random numbers in [0, 1), determined by `seed` (whole numbers from 0 on)."""
    bits = np.random.PCG64(np.random.SeedSequence(seed))
    while True:
        raw = np.asarray(bits.random_raw(512), np.uint64) >> np.uint64(11)
        yield from (raw * 2.0**-53).tolist()


def noise_bytes(seed: int, count: int) -> bytes:
    """`count` random bytes, determined by `seed`."""
    raw = np.asarray(np.random.PCG64(np.random.SeedSequence([seed])).random_raw((count + 7) // 8), np.uint64)
    return raw.astype("<u8").tobytes()[:count]
