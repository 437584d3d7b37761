"""Torchvision's architectures, built with random or given weights."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from types import ModuleType
from typing import Any

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.checkpoints import Weights, fitting_names, put_weights


@cache
def import_torchvision() -> ModuleType:
    """The module torchvision.

    A CPU build of torch with the default build of torchvision cannot load torchvision's compiled library, and the
    import then fails on two operators that box detectors alone use. Declaring them lets everything else work.

    Raises
    ------
    NetworkError
        When torchvision is not installed or does not fit the installed torch.
    """
    try:
        return importlib.import_module("torchvision")
    except ImportError as error:
        raise NetworkError(f"torchvision cannot be imported ({error}): pip install torchvision") from error
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise NetworkError(f"torchvision does not fit torch {torch.__version__}: {error}") from error
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    operators = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    _DECLARED.append(operators)
    for operator in ("nms", "qnms"):
        operators.define(  # type: ignore[no-untyped-call]
            f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )
    return importlib.import_module("torchvision")


# A declaration lives as long as the object that made it.
_DECLARED: list[torch.library.Library] = []


def nearest(name: str, known: Sequence[str]) -> str:
    """``"; the nearest are …"``, for the end of a message, or nothing."""
    near = get_close_matches(name, known, n=5, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else ""


def torchvision_models() -> ModuleType:
    """The module ``torchvision.models``.

    Raises
    ------
    NetworkError
        When torchvision is not installed or does not fit the installed torch.
    """
    models: ModuleType = import_torchvision().models
    return models


def check_architecture(name: str) -> None:
    """See that torchvision has a network of that name for single pictures.

    Raises
    ------
    NetworkError
        When it has not; the message names the nearest, or says what the name stands for.
    """
    models = torchvision_models()
    usable = [*models.list_models(module=models), *models.list_models(module=models.segmentation)]
    if name in usable:
        return
    if name in models.list_models():
        raise NetworkError(
            f"torchvision:{name} cannot be probed: networks for videos, box detection, optical flow and quantised "
            "ones do not answer a batch of pictures with float maps. Wrap its backbone in a function of your own "
            "(module:function)"
        )
    raise NetworkError(f"torchvision has no model {name!r}{nearest(name, usable)}")


def build(name: str, *, seed: int = 0, **settings: Any) -> nn.Module:
    """An architecture with random weights, the same for the same seed; the caller's random numbers are left alone."""
    if name in {"googlenet", "inception_v3"}:
        settings.setdefault("init_weights", False)  # minutes of work and a warning, both without use here
    if name in torchvision_models().list_models(module=torchvision_models().segmentation):
        settings.setdefault("weights_backbone", None)  # else torchvision downloads them
    with seeded(seed):
        module: nn.Module = torchvision_models().get_model(name, weights=None, **settings)
    return module.eval()


def build_with(name: str, weights: Weights, label: str, **settings: Any) -> nn.Module:
    """An architecture with the weights of a checkpoint, and as many classes as the checkpoint has.

    Parameters
    ----------
    label
        What the network is called in messages.

    Raises
    ------
    NetworkError
        When the weights are those of another network.
    """
    if name.startswith(("fcn_", "deeplab")):
        settings["aux_loss"] = any("aux_classifier." in key for key in weights.tensors)
    if "num_classes" not in settings:
        with torch.device("meta"):
            wanted = build(name, **settings).state_dict()
        if (classes := _classes(weights, wanted)) is not None:
            settings["num_classes"] = classes
    module = build(name, **settings)
    put_weights(module, weights, label)
    return module


def _classes(weights: Weights, wanted: dict[str, torch.Tensor]) -> int | None:
    """The number of classes of a checkpoint whose network differs from `wanted` in that alone."""
    found = fitting_names(weights, wanted)
    other = {
        (tensor.shape[0], wanted[key].shape[0])
        for key, tensor in found.items()
        if key in wanted and tensor.shape != wanted[key].shape and tensor.shape[1:] == wanted[key].shape[1:]
    }
    if len(other) != 1:
        return None
    classes, usual = other.pop()
    return int(classes) if usual in {1000, 21} else None


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch on the CPU from a seed inside the block, as before after it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
