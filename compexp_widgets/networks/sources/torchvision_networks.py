"""Networks of torchvision: its architectures, with published weights, with weights from a file, or random."""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.files import read_text
from compexp_widgets.needs import needs
from compexp_widgets.networks.checkpoints import Weights, fitting_names, put_weights, read_weights
from compexp_widgets.networks.images.pictures import PictureInputs, Preprocess
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources.preprocessing import probed_in_the_paper

DEFAULT = "DEFAULT"


def torchvision_network(
    name: str,
    weights: str | Path | None,
    preprocess: str | Preprocess,
    class_names: str | Path | Sequence[str] | None,
    seed: int,
) -> Network:
    """See `load_network`."""
    check_architecture(name)
    published = torchvision_models().get_model_weights(name)
    if weights is None:
        shown = chosen_preprocessing(preprocess, published.DEFAULT.transforms())
        names = checked_class_names(class_names)
        return Network(f"{name}, random weights", build(name, seed=seed), PictureInputs(shown), names)
    if _is_file(weights):
        return _from_file(name, Path(weights), preprocess, class_names)
    entry = _entry(name, str(weights), published)
    try:
        module = torchvision_models().get_model(name, weights=entry)
    except (OSError, RuntimeError) as error:  # no connection, no space, a download with another hash
        raise NetworkError(
            f"the weights of torchvision:{name} are not on this machine and could not be downloaded from "
            f"{entry.url} ({error}). Download that file elsewhere and put it into {torch.hub.get_dir()}/checkpoints, "
            "or give it as weights=PATH."
        ) from error
    label = name if weights == DEFAULT else f"{name} {entry.name}"
    given = entry.meta.get("categories", ()) if class_names is None else class_names
    names = checked_class_names(given, len(entry.meta.get("categories", given)))
    inputs = PictureInputs(chosen_preprocessing(preprocess, entry.transforms()))
    return Network(label, module.eval(), inputs, names)


def chosen_preprocessing(choice: str | Preprocess, published: Any) -> Preprocess:
    """A preprocessing of the user's, or the variant that a word stands for of the one that belongs to the weights: a
    `Preprocessing`, or a transform of torchvision.
    """
    if callable(choice):
        return choice
    if choice not in {"published", "whole", "paper"}:
        raise NetworkError(f"preprocess is a function, 'published', 'whole' or 'paper', not {choice!r:.80}")
    if choice == "published":
        return published  # type: ignore[no-any-return]
    side = published.crop_size[0] if hasattr(published, "crop_size") else None
    if choice == "paper":
        return probed_in_the_paper((side, side) if side else getattr(published, "size", (224, 224)))
    if side:
        published.resize_size = [side, side]
    whole: Preprocess = getattr(published, "whole", published)
    return whole


def _entry(name: str, weights: str, published: Any) -> Any:
    """The member of torchvision's enumeration of weights that a name stands for."""
    if weights == DEFAULT:
        return published.DEFAULT
    members = list(published.__members__)
    plain = weights.removeprefix(f"{published.__name__}.")
    if plain not in members:
        raise NetworkError(
            f"torchvision:{name} has no weights {weights!r}, and there is no such file{nearest(plain, members)}; "
            f"it has {', '.join(members)}, None for random ones, or the path of a checkpoint"
        )
    return published[plain]


def _from_file(
    name: str, path: Path, preprocess: str | Preprocess, class_names: str | Path | Sequence[str] | None
) -> Network:
    label = f"{name} ({path.name})"
    published = torchvision_models().get_model_weights(name)
    # A file of torchvision says in its name which weights it holds, and how its hash begins.
    same = next((entry for entry in published if entry.url.rpartition("/")[2] == path.name), None)
    if same is not None:
        _check_hash(path)
    entry = published.DEFAULT if same is None else same
    side = {"image_size": same.meta["min_size"][0]} if same is not None and name.startswith("vit_") else {}
    module = build_with(name, read_weights(path), f"torchvision:{name}", **side)
    # The number of classes: the outputs of the last layer with weights.
    matrices = [part for part in module.modules() if isinstance(part, (nn.Linear, nn.Conv2d))]
    outputs = matrices[-1].weight.shape[0] if matrices else None
    categories = entry.meta.get("categories", ())
    if class_names is None and outputs == len(categories):
        class_names = categories
    shown = chosen_preprocessing(preprocess, entry.transforms())
    return Network(label, module, PictureInputs(shown), checked_class_names(class_names, outputs))


def _check_hash(path: Path) -> None:
    if not path.is_file():
        raise NetworkError(f"there is no file of weights {path}")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    said = path.stem.rpartition("-")[2]
    if not digest.hexdigest().startswith(said):
        raise NetworkError(
            f"{path} has the name of torchvision's weights, but its SHA-256 begins with {digest.hexdigest()[:8]}, not "
            f"{said}: download it again, or rename it if these are weights of your own"
        )


def _is_file(weights: str | Path) -> bool:
    """True where weights are meant as a path rather than as a name."""
    if isinstance(weights, Path):
        return True
    written_as_path = any(mark in weights for mark in "/\\")
    return written_as_path or (Path(weights).suffix != "" and "_Weights." not in weights) or Path(weights).is_file()


# A declaration lives as long as the object that made it.
_DECLARED: list[torch.library.Library] = []


@cache
def import_torchvision() -> ModuleType:
    """The module torchvision.

    A CPU build of torch with the default build of torchvision cannot load torchvision's compiled library, and the
    import then fails on two operators that box detectors alone use. Declaring them lets everything else work.
    """
    try:
        with needs("a network of torchvision"):
            return importlib.import_module("torchvision")
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


def nearest(name: str, known: Sequence[str]) -> str:
    """``"; the nearest are …"``, for the end of a message, or nothing."""
    near = get_close_matches(name, known, n=5, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else ""


def torchvision_models() -> ModuleType:
    """The module ``torchvision.models``."""
    models: ModuleType = import_torchvision().models
    return models


def check_architecture(name: str) -> None:
    """See that torchvision has a network of that name for single pictures."""
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module: nn.Module = torchvision_models().get_model(name, weights=None, **settings)
    return module.eval()


def build_with(name: str, weights: Weights, label: str, **settings: Any) -> nn.Module:
    """An architecture with the weights of a checkpoint, and as many classes as it has; `label` is for messages."""
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


def read_class_names(path: str | Path) -> tuple[str, ...]:
    """One name a line, in the order of the network's outputs.

    Lines such as ``/a/apartment_building/outdoor 8`` (the ``categories_places365.txt`` of Places365's authors) give
    the name ``apartment_building/outdoor`` for output 8.
    """
    path = Path(path).expanduser()
    text = read_text(path, "list of class names", error=NetworkError)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NetworkError(f"{path} names no classes: it must have one name a line")
    numbered = [re.fullmatch(r"(?:/\w/)?(\S+)\s+([0-9]+)", line) for line in lines]
    matches = [match for match in numbered if match]
    if len(matches) != len(lines):
        return tuple(lines)
    by_number = {int(match[2][:_MOST_DIGITS]): match[1] for match in matches}
    if sorted(by_number) != list(range(len(lines))):
        raise NetworkError(f"{path} numbers its {len(lines)} classes otherwise than 0 … {len(lines) - 1}, each once")
    return tuple(by_number[number] for number in range(len(lines)))


# Longer numbers count no class, and take Python long to read.
_MOST_DIGITS = 9


def checked_class_names(names: str | Path | Sequence[str] | None, outputs: int | None = None) -> tuple[str, ...]:
    """Names as given, or from a file; a NetworkError where they are not as many as there are outputs."""
    if names is None:
        return ()
    origin = "class_names"
    if isinstance(names, (str, Path)):
        origin, names = str(names), read_class_names(names)
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise NetworkError(f"class_names must be texts, not {wrong[0]!r:.80}")
    if outputs is not None and len(names) != outputs:
        raise NetworkError(f"{origin} has {len(names)} names of classes, the network {outputs} outputs")
    return tuple(names)
