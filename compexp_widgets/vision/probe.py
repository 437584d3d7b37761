"""Read what the units of a layer answer, by a hook, and leave the network as it was found."""

from __future__ import annotations

from difflib import get_close_matches
from types import TracebackType

import torch
from torch import nn

from compexp_widgets.errors import NetworkError


class Probe:
    """A layer of a network, listened to while inside a ``with`` block.

    >>> with Probe(module, "layer4") as probe:
    ...     maps = probe.activations(batch)         # float32 (images, units, height, width)

    Inside the block the network is in evaluation mode; afterwards, also after an error, the hook is gone and every
    module is in the mode it was in.

    Parameters
    ----------
    module
        Any torch module.
    layer
        Dotted name of a submodule, as in ``module.named_modules()``.

    Raises
    ------
    NetworkError
        When there is no such layer; the message names the nearest ones.
    """

    def __init__(self, module: nn.Module, layer: str) -> None:
        self.module = module
        self.layer = layer
        layers = dict(module.named_modules())
        if layer not in layers or layer == "":
            names = [name for name in layers if name]
            near = get_close_matches(layer, names, n=5, cutoff=0.4) or names[:20]
            raise NetworkError(f"the network has no layer {layer!r}; there are {', '.join(near)}, …")
        self._target = layers[layer]
        self._outputs: list[torch.Tensor] = []

    def __enter__(self) -> Probe:
        self._modes = [(part, part.training) for part in self.module.modules()]
        self._hook = self._target.register_forward_hook(self._keep)
        self.module.eval()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hook.remove()
        self._outputs.clear()
        for part, training in self._modes:
            # Not part.train(): that would set the children too.
            part.training = training

    def _keep(self, _module: nn.Module, _inputs: object, output: object) -> None:
        if not isinstance(output, torch.Tensor):
            raise NetworkError(f"layer {self.layer!r} gives {type(output).__name__}, not a tensor; probe a part of it")
        # Cloned, because a later in-place operation may overwrite it.
        self._outputs.append(output.detach().float().clone())

    def activations(self, batch: torch.Tensor) -> torch.Tensor:
        """The layer's activation maps for a batch.

        Parameters
        ----------
        batch
            What the module takes: float, shape (images, 3, H, W), on the module's device.

        Returns
        -------
        float32, shape (images, units, height, width)

        Raises
        ------
        NetworkError
            When the layer was called never or several times, or its output has no spatial positions.
        """
        self._outputs.clear()
        with torch.inference_mode():
            self.module(batch)
        if len(self._outputs) != 1:
            raise NetworkError(
                f"layer {self.layer!r} was called {len(self._outputs)} times in one pass, so it is not clear which "
                "output is meant: probe the block around it"
            )
        maps = self._outputs.pop()
        if maps.ndim != 4:
            raise NetworkError(
                f"layer {self.layer!r} gives shape {tuple(maps.shape)}; a vision layer gives (images, units, h, w)"
            )
        return maps
