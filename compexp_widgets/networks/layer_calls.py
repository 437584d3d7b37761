"""What every layer of a network answers in one pass."""

from __future__ import annotations

from collections import Counter

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.layout import LayerCall, Shape, only_tensor
from compexp_widgets.networks.layout_recognition import IMAGES, recognise
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import device_and_dtype, uncompiled


def forward(module: nn.Module, batch: torch.Tensor) -> object:
    """What a module answers to a batch, which is brought to its device and precision, without gradients.

    Raises
    ------
    NetworkError
        When the module fails on the batch, or memory does not suffice.
    """
    device, dtype = device_and_dtype(module)
    try:
        # Not inference_mode: a tensor that the module keeps from this pass could never be trained with.
        with torch.no_grad(), uncompiled():
            return module(batch.to(device=device, dtype=dtype))
    except (RuntimeError, AssertionError, ValueError, TypeError, LookupError, AttributeError) as error:
        # CUDA has a class of its own for this; MPS and the CPU say it in words.
        if isinstance(error, torch.cuda.OutOfMemoryError) or any(words in str(error) for words in _OUT_OF_MEMORY):
            raise NetworkError(
                f"the memory of {device} does not suffice for {len(batch)} images at once: take a smaller batch_size"
            ) from error
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(
            f"the network fails on an input of shape {tuple(batch.shape)}, {dtype} on {device} ({reason:.200}): "
            f"{_way_on(module)}"
        ) from error


def _way_on(module: nn.Module) -> str:
    """What to do about a network that fails."""
    tower = next((name for name in _TOWERS if isinstance(getattr(module, name, None), nn.Module)), None)
    size = "see that preprocess gives the size it was built for, and that it can work on this device in this precision"
    return (
        f"if it takes texts besides pictures, as CLIP does, give .{tower}, its part for them; {size}" if tower else size
    )


def layer_calls(module: nn.Module, batch: torch.Tensor) -> list[LayerCall]:
    """Show a network two images and write down every call of every module, in the order in which they end.

    The module is left in the mode it is in; call it in evaluation mode.

    Parameters
    ----------
    batch
        Float, shape (images, 3, H, W), of which the first is shown twice: with two, the axis of the images is known.

    Raises
    ------
    NetworkError
        When the module fails on the batch.
    """
    tracer = _Tracer(tuple(batch.shape[-2:]))
    hooks: list[RemovableHandle] = []
    try:
        for name, part in module.named_modules():
            if name and not isinstance(part, torch.jit.ScriptModule):  # which take no hooks
                hooks.append(part.register_forward_hook(tracer.hook(name)))
        with undisturbed_random():
            forward(module, batch[:1].repeat(IMAGES, *(1 for _ in batch.shape[1:])))
    finally:
        for hook in hooks:
            hook.remove()
    return tracer.calls


class _Tracer:
    """Follows a pass and keeps what is needed to tell how the next answer is laid out."""

    def __init__(self, picture: Shape) -> None:
        self.calls: list[LayerCall] = []
        self._numbers: Counter[str] = Counter()
        self._picture = picture

    def hook(self, name: str) -> _Hook:
        return _Hook(self, name)

    def note(self, name: str, part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        self._numbers[name] += 1
        number = self._numbers[name]
        tensor = only_tensor(output)
        if tensor is None:
            why_not = f"it gives {_described(output)}, not a tensor: probe a part of it, or the block around it"
            self.calls.append(LayerCall(name, number, None, None, why_not))
            return
        found = recognise(part, inputs, tensor, self.calls, self._picture)
        layout, why_not = (None, found) if isinstance(found, str) else (found, "")
        wrapped = "" if tensor is output else type(output).__name__
        self.calls.append(LayerCall(name, number, tuple(tensor.shape), layout, why_not, wrapped))


class _Hook:
    """A forward hook that knows the name of its layer."""

    def __init__(self, tracer: _Tracer, name: str) -> None:
        self._tracer = tracer
        self._name = name

    def __call__(self, part: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        self._tracer.note(self._name, part, inputs, output)


def _described(output: object) -> str:
    def one(value: object) -> str:
        return f"tensor {tuple(value.shape)}" if isinstance(value, torch.Tensor) else type(value).__name__

    if isinstance(output, (tuple, list)):
        return f"a {type(output).__name__} ({', '.join(one(value) for value in output[:4])})"
    if isinstance(output, dict):
        return f"a {type(output).__name__} with {', '.join(f'{key!r:.30}' for key in list(output)[:4])}"
    return f"a {type(output).__name__}"


# What the parts for pictures are called in the models of transformers, of open_clip, and of many others.
_TOWERS = ("vision_model", "vision_tower", "visual", "image_encoder")

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
