"""A network whose tokens are not recognised: before the patches of a picture stand as many that are none."""

from __future__ import annotations

import torch
from tiny_network import preprocess
from torch import nn


class TinyTokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Linear(3 * 16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        patches = x.unfold(2, 4, 4).unfold(3, 4, 4).permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)
        return self.body(torch.cat([patches * 0, patches], dim=1)).mean(dim=1)


def load() -> tuple[nn.Module, object]:
    return TinyTokens().eval(), preprocess
