"""Units that are not channels but directions in their space, as NMF, PCA and sparse autoencoders find them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.errors import NetworkError


class Directions:
    """Linear combinations of a layer's channels at each position, probed and explained like units.

    >>> components = PCA(20).fit(vectors).components_                  # vectors: (positions, channels)
    >>> Probe(network.module, "layer4", directions=Directions(components))

    The activation of direction k at a position is ``matrix[k] · channels + bias[k]``, and with `rectified` the larger
    of that and 0, as a sparse autoencoder's encoder has it.

    Parameters
    ----------
    matrix
        Finite numbers, shape (k, channels): a direction a row. What scikit-learn calls ``components_``; of a sparse
        autoencoder the encoder's weight.
    names
        One a direction; without them ``direction 0``, ``direction 1``, ….
    bias
        Finite numbers, shape (k,), added to each; 0 when not given.
    rectified
        Whether negative activations become 0.

    Raises
    ------
    NetworkError
        When the shapes do not fit, a number is not finite, a direction is zero everywhere, or a name occurs twice.
    """

    def __init__(
        self,
        matrix: ArrayLike | torch.Tensor,
        names: Sequence[str] | None = None,
        *,
        bias: ArrayLike | torch.Tensor | None = None,
        rectified: bool = False,
    ) -> None:
        self.matrix = _numbers(matrix, "the matrix of directions")
        if self.matrix.ndim != 2 or 0 in self.matrix.shape:
            raise NetworkError(f"the matrix of directions has shape (k, channels), not {self.matrix.shape}")
        if len(zero := np.flatnonzero(~self.matrix.any(axis=1))):
            raise NetworkError(f"direction {zero[0]} is zero in every channel: leave it out")
        self.bias = _numbers(np.zeros(len(self.matrix)) if bias is None else bias, "the bias of the directions")
        if self.bias.shape != (len(self.matrix),):
            raise NetworkError(f"the bias has shape {self.bias.shape}, not ({len(self.matrix)},), one a direction")
        self.rectified = bool(rectified)
        self.names = tuple(f"direction {k}" for k in range(len(self.matrix))) if names is None else tuple(names)
        if isinstance(names, str) or not all(isinstance(name, str) for name in self.names):
            raise NetworkError(f"the names of directions are texts, one a direction, not {names!r:.80}")
        if len(self.names) != len(self.matrix) or len(set(self.names)) != len(self.names):
            raise NetworkError(
                f"{len(self.matrix)} directions need as many different names, not {len(set(self.names))}"
            )

    def __len__(self) -> int:
        return len(self.matrix)

    def __repr__(self) -> str:
        return f"<{len(self)} directions in {self.channels} channels{', rectified' * self.rectified}>"

    @property
    def channels(self) -> int:
        """How many channels the layer must have."""
        return int(self.matrix.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over matrix, bias and rectification; names do not count."""
        digest = hashlib.sha256(f"{self.matrix.shape} {self.rectified}".encode())
        for array in (self.matrix, self.bias):
            digest.update(array.astype("<f4").tobytes())
        return digest.hexdigest()

    def activations(self, maps: torch.Tensor, layer: str = "the layer") -> torch.Tensor:
        """From the maps of channels to those of directions.

        Parameters
        ----------
        maps
            float32, shape (images, channels, height, width).
        layer
            What the layer is called in messages.

        Returns
        -------
        float32, shape (images, k, height, width)

        Raises
        ------
        NetworkError
            When the layer has another number of channels.
        """
        if maps.shape[1] != self.channels:
            raise NetworkError(f"the directions are for {self.channels} channels, {layer!r} has {maps.shape[1]}")
        matrix = torch.from_numpy(self.matrix).to(maps.device)
        bias = torch.from_numpy(self.bias).to(maps.device)
        found = torch.einsum("kc,nchw->nkhw", matrix, maps) + bias[:, None, None]
        return found.clamp_min(0) if self.rectified else found


def _numbers(values: ArrayLike | torch.Tensor, what: str) -> NDArray[np.float32]:
    if isinstance(values, torch.Tensor):
        values = values.detach().float().cpu().numpy()
    try:
        array = np.array(values, np.float32)  # a copy: the fingerprint must stay true
    except (TypeError, ValueError) as error:
        raise NetworkError(f"{what} must be numbers ({error})") from error
    if not np.isfinite(array).all():
        raise NetworkError(f"{what} has values that are not finite")
    return array
