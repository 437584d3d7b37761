"""A network ready to be probed: the module, the way from a picture to its input, and the names of its classes."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import torch
from PIL import Image
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.vision.torchvision_import import import_torchvision


@dataclass(frozen=True)
class Network:
    """A torch module with what is needed to show it a picture.

    Attributes
    ----------
    name
        What the network is called in titles and files.
    module
        Any module that maps a float batch of shape (images, 3, H, W) to something; left in the mode it is in.
    preprocess
        PIL image (RGB, any size) → float tensor of shape (3, H, W).
    class_names
        One name an output, where the module classifies; else empty.
    """

    name: str
    module: nn.Module
    preprocess: Callable[[Image.Image], torch.Tensor]
    class_names: tuple[str, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every weight and over what `preprocess` makes of a fixed picture."""
        digest = hashlib.sha256()
        for name, tensor in self.module.state_dict().items():
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
        digest.update(self.input_from(_TEST_PICTURE).numpy().tobytes())
        return digest.hexdigest()

    def input_from(self, picture: Image.Image) -> torch.Tensor:
        """What the network is shown for a picture: float32, shape (3, H, W), on the CPU.

        Raises
        ------
        NetworkError
            When `preprocess` gives something else than a float tensor of three dimensions.
        """
        tensor = self.preprocess(picture)
        if not (isinstance(tensor, torch.Tensor) and tensor.ndim == 3 and tensor.is_floating_point()):
            found = f"{tensor.dtype}, {tuple(tensor.shape)}" if isinstance(tensor, torch.Tensor) else type(tensor)
            raise NetworkError(
                f"preprocess of {self.name} must give a float tensor of shape (3, height, width), not {found}"
            )
        return tensor.detach().float().cpu()


def load_network(spec: str) -> Network:
    """A network by its name.

    Parameters
    ----------
    spec
        ``"torchvision:NAME"``: an architecture of torchvision with its default weights and their own transforms.
        ``"module:function"``: a function on the Python path without arguments that returns ``(module, preprocess)``
        or ``(module, preprocess, class_names)``, or a `Network`.

    Raises
    ------
    NetworkError
        When the name cannot be resolved; the message says what is there instead.
    """
    source, colon, name = spec.partition(":")
    if not (source and colon and name):
        raise NetworkError(f"a network is named torchvision:NAME or module:function, not {spec!r}")
    return _from_torchvision(name) if source == "torchvision" else _from_function(source, name)


def _from_torchvision(name: str) -> Network:
    models = import_torchvision().models
    if name not in models.list_models():
        raise NetworkError(f"torchvision has no model {name!r}{_nearest(name, models.list_models())}")
    weights = models.get_model_weights(name).DEFAULT
    try:
        module = models.get_model(name, weights=weights)
    except OSError as error:  # no connection, no space, no such server
        raise NetworkError(
            f"the weights of torchvision:{name} are not on this machine and could not be downloaded from "
            f"{weights.url} ({error}). Download that file elsewhere and put it into {torch.hub.get_dir()}/checkpoints."
        ) from error
    return Network(name, module.eval(), weights.transforms(), tuple(weights.meta.get("categories", ())))


def _from_function(module_name: str, function_name: str) -> Network:
    spec = f"{module_name}:{function_name}"
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise NetworkError(
            f"{spec}: {error}. Run from the folder that holds {module_name}.py, or add that folder to PYTHONPATH."
        ) from error
    if not callable(function := getattr(module, function_name, None)):
        functions = [key for key, value in vars(module).items() if callable(value)]
        raise NetworkError(f"{module_name} has no function {function_name!r}{_nearest(function_name, functions)}")
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise NetworkError(f"{spec} must be a function that takes no arguments ({error})") from error
    answer = function()
    if isinstance(answer, Network):
        return answer
    if not (
        isinstance(answer, tuple) and len(answer) in {2, 3} and isinstance(answer[0], nn.Module) and callable(answer[1])
    ):
        raise NetworkError(f"{spec} must return (torch module, preprocess), not {answer!r:.100}")
    return Network(spec, answer[0], answer[1], tuple(answer[2]) if len(answer) == 3 else ())


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=5, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else ""


def _test_picture() -> Image.Image:
    rows, columns = np.mgrid[0:240, 0:320]
    return Image.fromarray(np.stack([rows, columns % 256, (rows * columns) % 256], axis=-1).astype(np.uint8))


_TEST_PICTURE = _test_picture()
