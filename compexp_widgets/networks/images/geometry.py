"""Test that a layout reads positions where they lie, by where a map changes when a part of the picture does.

Each quarter of a fixed picture is replaced by noise in turn. Where positions lie as they are read, the left of the map
answers to the left of the picture more than to the right, and the top more than the bottom. Two numbers tell that
for each direction: how well the order of the positions follows (a correlation, which holds however far a change
spreads), and how unequally positions answer at all (the spread, which is small after global attention).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch.nn.functional import interpolate

from compexp_widgets.notebook_html import fields_html

Verdict = Literal["right", "elsewhere", "not told"]

QUARTERS = 4
"""Disturbed in turn: top left, top right, bottom left, bottom right."""

FOLLOWS = 0.5
"""A correlation from here on shows that positions lie where they are read: where attention looks everywhere, what is
left of the place gives .5 and more in the networks of docs/architectures.md, and wrong readings 0 to .2."""

LOST = 0.3
"""Below, the order of the positions says nothing of places."""

UNEQUAL = 0.2
"""A spread from here on is too large for attention that looks everywhere (up to .14 in those networks), so that a lost
order is a wrong reading (from .28) and not a change that spreads evenly."""

ONE_SIDED = 0.5
"""From here on most positions answer to one side of the picture alone, and a wrong order shows clearly."""

FOLLOWS_CLEARLY = 0.6
"""The correlation that right readings reach then: .7 to 1, for it is .87 where nothing spreads. Tokens in the order of
windows have .04 (56 × 56 tokens) to .46 (14 × 14)."""

FEWEST = 16
"""Positions that it takes to call an order lost: the correlation of fewer is too much a matter of chance."""

# Of a position's activation, in steps of its precision: smaller changes are rounding.
_ROUNDING_STEPS = 8


@dataclass(frozen=True)
class Geometry:
    """The places where the map of a layer changed.

    Attributes
    ----------
    verdict
        ``"right"``: the change lands where the picture was disturbed. ``"elsewhere"``: it lands elsewhere. ``"not
        told"``: it spreads so evenly, or is so small, that nothing can be said.
    share
        Of the change that a quarter of the picture makes, the part that lies in that quarter of the map: 1/4 by chance,
        1 where nothing spreads. NaN where nothing changes.
    follows
        The smaller of two correlations, across and down: between where a position is read and which side of the picture
        it answers to. NaN where nothing changes.
    spread
        How unequally positions answer: 0 where all alike, 1 where each to one side alone.
    """

    verdict: Verdict
    share: float
    follows: float
    spread: float

    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.share != self.share:
            return "no quarter of a picture changes it"
        return (
            f"of the change that a quarter of a picture makes, {self.share:.0%} lies in that quarter of its map "
            "(by chance 25%)"
        )


def disturbed(picture: torch.Tensor) -> torch.Tensor:
    """A network's input, float of shape (3, H, W), and the same with each quarter replaced by noise of the same mean
    and deviation, the same every time: shape (1 + `QUARTERS`, 3, H, W), as it is first.
    """
    picture = picture.detach().float().cpu()
    channels, height, width = picture.shape
    chance = torch.Generator().manual_seed(0)
    fine = torch.randn(channels, height, width, generator=chance)
    # Patch embeddings average over patches: noise of single pixels alone would hardly change them.
    coarse = torch.randn(1, channels, max(height // 16, 2), max(width // 16, 2), generator=chance)
    noise = fine + interpolate(coarse, size=(height, width), mode="nearest")[0]
    deviation = picture.std(dim=(1, 2), keepdim=True, unbiased=False)
    deviation = torch.where(deviation > 0, deviation, torch.ones_like(deviation))
    other = picture.mean(dim=(1, 2), keepdim=True) + deviation * noise
    batch = picture.repeat(1 + QUARTERS, 1, 1, 1)
    rows, columns = (slice(0, height // 2), slice(height // 2, None)), (slice(0, width // 2), slice(width // 2, None))
    for quarter in range(QUARTERS):
        row, column = rows[quarter // 2], columns[quarter % 2]
        batch[1 + quarter, :, row, column] = other[:, row, column]
    return batch


def change(maps: torch.Tensor) -> torch.Tensor:
    """The change at each position of a map, summed over units: float32, shape (D, h, w), 0 where it is rounding or no
    number.

    The maps, of shape (1 + D, units, h, w), are of the picture as it is, and of D disturbed ones.
    """
    rounding = _ROUNDING_STEPS * torch.finfo(maps.dtype).eps
    original = maps[:1].float()
    changed = (maps[1:].float() - original).abs().sum(dim=1)
    changed = torch.where(changed > rounding * original.abs().sum(dim=1), changed, torch.zeros_like(changed))
    return torch.nan_to_num(changed, 0.0, 0.0, 0.0).cpu()


def judge(changed: torch.Tensor) -> Geometry:
    """Judge whether the change that each quarter of a picture makes (see `change`) lies there; not of one position."""
    height, width = changed.shape[1:]
    totals = changed.double().sum(dim=(1, 2))
    if not bool((totals > 0).all()):
        return Geometry("not told", float("nan"), float("nan"), 0.0)
    shares = changed.double() / totals[:, None, None]
    sides = [
        (shares[[0, 2]].sum(0), shares[[1, 3]].sum(0), width, 1),
        (shares[:2].sum(0), shares[2:].sum(0), height, 0),
    ]
    found = [_along(first, second, size, axis) for first, second, size, axis in sides if size > 1]
    follows, spread = min(one[0] for one in found), max(one[1] for one in found)
    return Geometry(_verdict(follows, spread, height * width), _share(shares), follows, spread)


def _verdict(follows: float, spread: float, positions: int) -> Verdict:
    clearly = spread >= ONE_SIDED and positions >= FEWEST
    if follows >= (FOLLOWS_CLEARLY if clearly else FOLLOWS):
        return "right"
    lost = spread >= UNEQUAL and follows < LOST and positions >= FEWEST
    return "elsewhere" if clearly or lost else "not told"


def _along(first: torch.Tensor, second: torch.Tensor, size: int, axis: int) -> tuple[float, float]:
    """Correlation with the place along one axis, and spread, of the side of the picture that positions answer to: to
    the left or the right, or the top or the bottom, by so much (shape (h, w) each).
    """
    sum_of_both = first + second
    answers = sum_of_both > 0
    side = (first - second)[answers] / sum_of_both[answers]
    place = torch.linspace(1, -1, size, dtype=torch.float64)
    place = (place[:, None] if axis == 0 else place[None]).expand(first.shape)[answers]
    side, place = side - side.mean(), place - place.mean()
    both = float(side.norm() * place.norm())
    correlation = float(side @ place) / both if both > 0 else 0.0
    return correlation, float(side.square().mean().sqrt())


def _share(shares: torch.Tensor) -> float:
    """Of each quarter's change the part that lies in that quarter of the map, in the mean."""
    top, left = _first_half(shares.shape[1]), _first_half(shares.shape[2])
    inside = [row[:, None] * column for row in (top, 1 - top) for column in (left, 1 - left)]
    return float((shares * torch.stack(inside)).sum()) / QUARTERS


def _first_half(size: int) -> torch.Tensor:
    """The share of each of `size` equal parts of a side that lies in its first half: float64, shape (size,)."""
    return (size / 2 - torch.arange(size, dtype=torch.float64)).clamp(0, 1)
