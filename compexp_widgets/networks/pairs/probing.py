"""Read what the layers of a sentence-pair network answer, by hooks, and leave the network as it was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import split_layer, uncompiled

Arguments: TypeAlias = "Sequence[torch.Tensor] | Mapping[str, torch.Tensor]"
"""What a module is called with, by place or by name; the pairs are the first axis."""


@dataclass(frozen=True, eq=False)
class LayerCall:
    """One call of one module during a pass.

    Attributes
    ----------
    module
        Dotted name of the module.
    number
        1 for its first call in the pass, 2 for its second, …
    part
        The module itself.
    given
        Its first argument, where that is a tensor.
    answer
        What it answered, where that is a tensor.
    """

    module: str
    number: int
    part: nn.Module
    given: torch.Tensor | None
    answer: torch.Tensor | None

    def units(self, pairs: int) -> int:
        """How many units it has for a pass of so many pairs; 0 where it cannot be probed."""
        return 0 if self.answer is None or why_not(self.answer, pairs) else int(self.answer.shape[1])


class LayerProbe:
    """A layer of a network, listened to while inside a ``with`` block.

    Parameters
    ----------
    module
        Any torch module.
    layer
        Dotted name of a submodule; with ``:2`` behind it the second call of one that is called several times in a pass.
    silenced
        Units that answer 0 instead, to the layers behind it too.

    Raises
    ------
    NetworkError
        When there is no such layer; the message names the nearest ones.
    """

    def __init__(self, module: nn.Module, layer: str, silenced: Sequence[int] = ()) -> None:
        self.module = module
        self.layer = layer
        self.silenced = tuple(silenced)
        self.name, self._number = split_layer(module, layer)
        self._calls = 0
        self._answer: object = None

    def __enter__(self) -> LayerProbe:
        parts = dict(self.module.named_modules(remove_duplicate=False))
        self._hook = parts[self.name].register_forward_hook(self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()
        self._answer = None

    def _keep(self, _module: nn.Module, _inputs: object, answer: object) -> object:
        self._calls += 1
        if self._calls != (self._number or 1):
            return None
        self._answer = _copied(answer)
        if not self.silenced or not isinstance(self._answer, torch.Tensor) or self._answer.ndim != 2:
            return None
        units = self._answer.shape[1]
        if strangers := [unit for unit in self.silenced if not 0 <= unit < units]:
            raise NetworkError(f"layer {self.layer!r} has units 0 … {units - 1}, so none is {strangers[0]}")
        self._answer[:, list(self.silenced)] = 0
        return self._answer.clone()  # What the layers behind it are given in place of the answer.

    def show(self, arguments: Arguments, pairs: int) -> tuple[object, torch.Tensor]:
        """What the network and the layer answer to a batch.

        Returns
        -------
        The network's answer as it is, and the layer's: float32, shape (pairs, units), on the module's device.

        Raises
        ------
        NetworkError
            When the network fails, or the layer was not called, was called several times and the name does not say
            which call is meant, or does not give one vector a pair.
        """
        self._calls, self._answer = 0, None
        answer = forward(self.module, arguments, pairs)
        if self._calls < (self._number or 1):
            raise NetworkError(
                f"layer {self.layer!r} was called {self._calls} times in one pass: it has no activations to probe. It "
                "is unused, used in training alone, or a part of something that computes with its weights directly"
            )
        if self._calls > 1 and self._number is None:
            raise NetworkError(
                f"layer {self.layer!r} was called {self._calls} times in one pass: say which call, as {self.layer}:1 … "
                f"{self.layer}:{self._calls}"
            )
        if not isinstance(self._answer, torch.Tensor):
            raise NetworkError(
                f"layer {self.layer!r} cannot be probed: it gives a {type(self._answer).__name__}, not a tensor; probe "
                "a part of it, or what it feeds"
            )
        if reason := why_not(self._answer, pairs):
            raise NetworkError(f"layer {self.layer!r} cannot be probed: {reason}")
        return answer, self._answer.float()


def why_not(answer: torch.Tensor, pairs: int) -> str:
    """Why a layer with this answer to a batch of pairs cannot be probed; empty where it can."""
    shape = tuple(answer.shape)
    if not answer.is_floating_point():
        return f"it gives {str(answer.dtype).removeprefix('torch.')}, not floating numbers"
    if len(shape) != 2:
        return f"its shape {shape} for {pairs} pairs is not one vector a pair; probe what makes one vector of it"
    if shape[0] != pairs:
        return f"its first axis has {shape[0]} entries for {pairs} pairs: they were cut up or mixed"
    return ""


def forward(module: nn.Module, arguments: Arguments, pairs: int) -> object:
    """What a module answers to a batch of pairs, brought to its device, without gradients.

    Raises
    ------
    NetworkError
        When the arguments are no tensors, or the module fails on them.
    """
    given = arguments.values() if isinstance(arguments, Mapping) else arguments
    if not isinstance(arguments, (tuple, list, Mapping)) or not all(isinstance(one, torch.Tensor) for one in given):
        raise NetworkError(
            "encode must give the module's arguments as a tuple of tensors, or a dictionary of them by name, not "
            f"{_described(arguments)}"
        )
    device = next((tensor.device for tensor in (*module.parameters(), *module.buffers())), torch.device("cpu"))
    try:
        # Not inference_mode: a tensor that the module keeps from this pass could never be trained with.
        with torch.no_grad(), uncompiled():
            if isinstance(arguments, Mapping):
                return module(**{name: tensor.to(device) for name, tensor in arguments.items()})
            return module(*(tensor.to(device) for tensor in arguments))
    except (RuntimeError, AssertionError, ValueError, TypeError, IndexError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(
            f"the network fails on a batch of {pairs} pairs that encode turned into {_described(arguments)} "
            f"({reason:.200}): see that encode gives what its forward takes"
        ) from error


def trace(module: nn.Module, arguments: Arguments, pairs: int) -> tuple[object, list[LayerCall]]:
    """The network's answer to a batch, and every call of every module in it, in the order in which they end."""
    calls: list[LayerCall] = []
    numbers: Counter[str] = Counter()

    def hook(name: str) -> Any:
        def note(part: nn.Module, inputs: tuple[object, ...], answer: object) -> None:
            numbers[name] += 1
            given = _copied(inputs[0]) if inputs else None
            answered = _copied(answer)
            calls.append(
                LayerCall(
                    name,
                    numbers[name],
                    part,
                    given if isinstance(given, torch.Tensor) else None,
                    answered if isinstance(answered, torch.Tensor) else None,
                )
            )

        return note

    hooks: list[RemovableHandle] = []
    try:
        hooks.extend(part.register_forward_hook(hook(name)) for name, part in _parts(module))
        with undisturbed_random():
            return forward(module, arguments, pairs), calls
    finally:
        for handle in hooks:
            handle.remove()


def _parts(module: nn.Module) -> list[tuple[str, nn.Module]]:
    """The named parts of a module that take hooks, which TorchScript's do not."""
    return [
        (name, part) for name, part in module.named_modules() if name and not isinstance(part, torch.jit.ScriptModule)
    ]


def _copied(value: object) -> object:
    # Cloned, because a later in-place operation may overwrite it.
    return value.detach().clone() if isinstance(value, torch.Tensor) else value


def _described(arguments: object) -> str:
    def one(value: object) -> str:
        return f"{tuple(value.shape)}" if isinstance(value, torch.Tensor) else type(value).__name__

    if isinstance(arguments, Mapping):
        return f"a dictionary ({', '.join(f'{key!s:.30} {one(value)}' for key, value in list(arguments.items())[:6])})"
    if isinstance(arguments, (tuple, list)):
        return f"a {type(arguments).__name__} ({', '.join(one(value) for value in arguments[:6])})"
    return f"a {type(arguments).__name__}"
