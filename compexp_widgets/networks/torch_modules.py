"""Torch modules: which layer a name means, whether a module can be probed, copies of it, and where it can go."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from difflib import get_close_matches

import torch
from torch import nn

from compexp_widgets.errors import NetworkError


def split_layer(module: nn.Module, layer: str) -> tuple[str, int | None]:
    """The module's name and the number of the call that a layer's name stands for."""
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
    """See that a layer, and all that it is a part of, is Python, not compiled by TorchScript."""
    parents = [".".join(layer.split(".")[:end]) for end in range(layer.count(".") + 2)]
    if any(isinstance(names.get(name), torch.jit.ScriptModule) for name in parents):
        raise NetworkError(
            f"{f'layer {layer!r}' if layer else 'the network'} is compiled by TorchScript, inside which no layer can "
            "be listened to: give the module that it was made from; its weights can be put there with "
            "module.load_state_dict(torch.jit.load(path).state_dict())"
        )


def refuse_unready(module: nn.Module) -> None:
    """See that a network can be probed at all, with all its weights there and on one graphics card."""
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


def sharing_weights(module: nn.Module) -> nn.Module:
    """A copy of a module over the same weights, which are not a second time in memory.

    Hooks and modes of the one are unknown to the other: two threads that probe a module, or silence some of its units,
    take a copy each.
    """
    shared: dict[int, object] = {}
    for part in module.modules():
        # Weights, buffers, and tensors that are plain attributes, as `weight_norm` leaves them.
        for value in (*part._parameters.values(), *part._buffers.values(), *vars(part).values()):
            if isinstance(value, torch.Tensor):
                shared[id(value)] = value
    return copy.deepcopy(module, shared)


def tensor_bytes(name: str, tensor: torch.Tensor) -> bytes:
    """Name, precision, shape and values of a tensor, for a fingerprint."""
    values = tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes()
    return f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode() + values


def checked_device(device: str | torch.device) -> torch.device:
    """A device that this machine has."""
    try:
        target = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise NetworkError(f"{device!r} is no device of torch: take 'cpu', 'cuda' or 'mps'") from error
    if target.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if count <= (target.index or 0):
            raise NetworkError(
                f"there is no device {str(target)!r} here (torch {torch.__version__} sees {count} of CUDA): use 'cpu', "
                "or install a torch with CUDA"
            )
    if target.type == "mps" and not torch.backends.mps.is_available():
        raise NetworkError("there is no device 'mps' here (it needs a Mac with an Apple chip): use 'cpu'")
    return target
