"""What probing asks of any torch module: which layer a name means, and to be in evaluation mode for a while."""

from __future__ import annotations

import copy
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches

import torch
from torch import nn

from compexp_widgets.errors import NetworkError


def split_layer(module: nn.Module, layer: str) -> tuple[str, int | None]:
    """The module's name and the number of the call that a layer's name stands for.

    Raises
    ------
    NetworkError
        When there is no such layer; the message names the nearest ones.
    """
    names = dict(module.named_modules(remove_duplicate=False))
    if layer and layer in names:
        refuse_script(names, layer)
        return layer, None
    if (match := re.fullmatch(r"(.+):([1-9]\d*)", layer)) and match[1] in names:
        refuse_script(names, match[1])
        return match[1], int(match[2])
    known = [name for name in names if name]
    near = get_close_matches(layer, known, n=5, cutoff=0.4) or known[:20]
    raise NetworkError(f"the network has no layer {layer!r}; there are {', '.join(near)}, …")


def refuse_script(names: Mapping[str, nn.Module], layer: str) -> None:
    """See that a layer, and all that it is a part of, is Python.

    Raises
    ------
    NetworkError
        When TorchScript has compiled it.
    """
    parents = [".".join(layer.split(".")[:end]) for end in range(layer.count(".") + 2)]
    if any(isinstance(names.get(name), torch.jit.ScriptModule) for name in parents):
        raise NetworkError(
            f"{f'layer {layer!r}' if layer else 'the network'} is compiled by TorchScript, inside which no layer can "
            "be listened to: give the module that it was made from; its weights can be put there with "
            "module.load_state_dict(torch.jit.load(path).state_dict())"
        )


def refuse_unready(module: nn.Module) -> None:
    """See that a network can be probed at all.

    Raises
    ------
    NetworkError
        When it is a TorchScript program, a weight has no shape (a lazy layer that has not seen its first input) or no
        values (the meta device), or it works on several graphics cards at once.
    """
    refuse_script({"": module}, "")
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if nn.parameter.is_lazy(tensor):
            raise NetworkError(f"the weight {name!r} has no shape yet (a lazy layer): show the network one batch first")
        if tensor.is_meta:
            raise NetworkError(
                f"the weight {name!r} has no values yet (it is on the meta device): load them with "
                "load_state_dict(weights, assign=True), or build the network without torch.device('meta')"
            )
    for part in module.modules():
        if isinstance(part, nn.DataParallel) and len(part.device_ids) > 1:
            raise NetworkError("the network works on several graphics cards at once (DataParallel): give its .module")


@contextmanager
def uncompiled() -> Iterator[None]:
    """Inside the block what torch.compile has compiled runs as the Python that it was made from, so that hooks work."""
    # Versions of torch before 2.6 cannot say so; and whoever has compiled nothing need not.
    stance = getattr(torch.compiler, "set_stance", None) if "torch._dynamo" in sys.modules else None
    with stance("force_eager") if stance else nullcontext():
        yield


def training_parts(module: nn.Module) -> str:
    """How many modules are in training mode, with an example; empty when none is."""
    names = [(name, part) for name, part in module.named_modules() if getattr(part, "training", False)]
    if not names:
        return ""
    # The one that shows in the answers, where there is one.
    telling = [one for one in names if isinstance(one[1], (nn.Dropout, nn.modules.batchnorm._BatchNorm))]
    name, part = (telling or names)[0]
    return f"{len(names)} of its modules, such as {f'{name}, a ' if name else ''}{type(part).__name__}"


def device_and_dtype(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a module wants its input, and in which precision: those of its first floating weight or buffer."""
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            return tensor.device, tensor.dtype
    return torch.device("cpu"), torch.float32


def switch_to_evaluation(module: nn.Module) -> None:
    """Put a module into evaluation mode, for good.

    Raises
    ------
    NetworkError
        When it cannot be put there.
    """
    try:
        module.eval()
    except NotImplementedError as error:
        raise NetworkError(
            f"a {type(module).__name__} cannot be put into evaluation mode ({error}), as programs of torch.export "
            "cannot: give the module that it was made from"
        ) from error


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """The module in evaluation mode, with a warning if it was not; afterwards every part in the mode it was in."""
    if training := training_parts(module):
        warnings.warn(
            f"the network is in training mode ({training}); it is probed in evaluation mode and put back into training "
            "mode afterwards",
            stacklevel=4,
        )
    modes = [(part, part.training) for part in module.modules() if hasattr(part, "training")]
    switch_to_evaluation(module)
    try:
        yield
    finally:
        for part, was_training in modes:
            # Not part.train(): that would set the children too.
            part.training = was_training


def twin(module: nn.Module) -> nn.Module:
    """A copy of a module over the same weights, not a second time in memory.

    Hooks and modes of the one are unknown to the other: two threads that probe a module, or make some of its units
    silent, take a twin each.
    """
    shared: dict[int, object] = {}
    for part in module.modules():
        # Weights, buffers, and tensors that are plain attributes, as `weight_norm` leaves them.
        for value in (*part._parameters.values(), *part._buffers.values(), *vars(part).values()):
            if isinstance(value, torch.Tensor):
                shared[id(value)] = value
    return copy.deepcopy(module, shared)
