"""Draws that are the same everywhere, on every version of Python and NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from compexp_widgets.demo.vision_world.chance import fractions

T = TypeVar("T")


class Chance:
    """A run of random decisions, determined by its seed (whole numbers from 0 on)."""

    def __init__(self, *seed: int) -> None:
        self._numbers = fractions(*seed)

    def coin(self, probability: float) -> bool:
        """True with this probability."""
        return next(self._numbers) < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, each as likely as the others."""
        return choices[int(next(self._numbers) * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the first members of `choices`, as likely as its second member says."""
        rest = next(self._numbers) * sum(weight for _, weight in choices)
        for choice, weight in choices:
            rest -= weight
            if rest < 0:
                return choice
        return choices[-1][0]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """`choices` in random order."""
        rest = list(choices)
        return [rest.pop(int(next(self._numbers) * len(rest))) for _ in range(len(rest))]
