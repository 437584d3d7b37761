"""Who stands in front of whom: things wait here until all are known, and are painted from the back to the front."""

from __future__ import annotations

from collections.abc import Callable

from compexp_widgets.demo.vision_world.canvas import Canvas


class Stage:
    """Things that stand on the ground of one picture, painted by the height of their feet."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []

    def add(self, y: float, paint: Callable[[], object]) -> None:
        """Let `paint` be called in its turn; it stands on `y`."""
        self._waiting.append((y, len(self._waiting), paint))

    def play(self) -> None:
        """Paint everything, the farthest first."""
        for _, _, paint in sorted(self._waiting, key=lambda entry: entry[:2]):
            paint()
        self._waiting.clear()


def spread(canvas: Canvas, count: int, low: float, high: float) -> list[float]:
    """`count` places between `low` and `high` that keep apart, in any order."""
    step = (high - low) / max(count, 1)
    places = [low + step * (i + canvas.between(0.2, 0.8)) for i in range(count)]
    canvas.shuffle(places)
    return places
