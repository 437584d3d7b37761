"""Networks of torchvision: with published weights, with weights from a file, or random."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.checkpoints import read_weights
from compexp_widgets.networks.images.pictures import PictureInputs, Preprocess
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources.architectures import (
    build,
    build_with,
    check_architecture,
    nearest,
    torchvision_models,
)
from compexp_widgets.networks.sources.class_names import checked_class_names
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
        return Network(
            f"{name}, random weights", build(name, seed=seed), PictureInputs(shown), checked_class_names(class_names)
        )
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
    names = entry.meta.get("categories", ()) if class_names is None else class_names
    shown = chosen_preprocessing(preprocess, entry.transforms())
    return Network(
        label, module.eval(), PictureInputs(shown), checked_class_names(names, len(entry.meta.get("categories", names)))
    )


def chosen_preprocessing(choice: str | Preprocess, published: Any) -> Preprocess:
    """A preprocessing of the user's, or the one that a word stands for.

    Parameters
    ----------
    published
        The preprocessing that belongs to the weights: a `Preprocessing`, or a transform of torchvision.

    Raises
    ------
    NetworkError
        When the word is unknown, or the published preprocessing has no such variant.
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
        entry = same
    else:
        entry = published.DEFAULT
    side = {"image_size": same.meta["min_size"][0]} if same is not None and name.startswith("vit_") else {}
    module = build_with(name, read_weights(path), f"torchvision:{name}", **side)
    outputs = _outputs(module)
    categories = entry.meta.get("categories", ())
    if class_names is None and outputs == len(categories):
        class_names = categories
    shown = chosen_preprocessing(preprocess, entry.transforms())
    return Network(label, module, PictureInputs(shown), checked_class_names(class_names, outputs))


def _outputs(module: torch.nn.Module) -> int | None:
    """The number of classes of a classifier: the outputs of its last layer with weights."""
    matrices = [part for part in module.modules() if isinstance(part, (torch.nn.Linear, torch.nn.Conv2d))]
    return matrices[-1].weight.shape[0] if matrices else None


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
