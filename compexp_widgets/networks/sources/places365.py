"""Networks trained on Places365 by its authors (Zhou et al. 2017), from the checkpoints they publish for PyTorch.

The files ``resnet18_places365.pth.tar`` and their like are not tar archives. Each is what ``torch.save`` of PyTorch 0.2
under Python 2 wrote: a dictionary with the epoch, the architecture, the best precision and, under ``state_dict``, the
weights, whose names carry the ``module`` of ``DataParallel`` (AlexNet's inside: ``features.module.0.weight``) and, in
DenseNet, dots that later versions of torchvision do not have (``norm.1`` for ``norm1``). The weights are CC BY.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.checkpoints import read_weights
from compexp_widgets.networks.network import Network, Preprocess
from compexp_widgets.networks.sources.architectures import build, build_with, nearest
from compexp_widgets.networks.sources.class_names import checked_class_names
from compexp_widgets.networks.sources.preprocessing import PLACES365
from compexp_widgets.networks.sources.torchvision_networks import DEFAULT, chosen_preprocessing

ARCHITECTURES = ("alexnet", "densenet161", "resnet18", "resnet50")
CLASSES = 365
CLASS_FILE = "categories_places365.txt"


def places365_network(
    name: str,
    weights: str | Path | None,
    preprocess: str | Preprocess,
    class_names: str | Path | Sequence[str] | None,
    seed: int,
) -> Network:
    """See `load_network`."""
    if name not in ARCHITECTURES:
        raise NetworkError(
            f"places365:{name}: the authors of Places365 publish {', '.join(ARCHITECTURES)} for PyTorch"
            f"{nearest(name, ARCHITECTURES)}"
        )
    shown = chosen_preprocessing(preprocess, PLACES365)
    if weights is None:
        module: nn.Module = build(name, seed=seed, num_classes=CLASSES)
        names = checked_class_names(class_names, CLASSES)
        return Network(f"{name} for Places365, random weights", module, shown, names)
    if weights == DEFAULT:
        raise NetworkError(
            f"places365:{name} needs its weights: get {name}_places365.pth.tar with `compexp fetch places365_{name}` "
            "and give it as weights=PATH (on the command line --weights PATH)"
        )
    checkpoint = read_weights(weights)
    if (said := checkpoint.architecture) is not None and said.lower() != name:
        raise NetworkError(f"{checkpoint.path} says that it holds a {said!r:.60}, not a {name}: name that network")
    module = build_with(name, checkpoint, f"places365:{name}", num_classes=CLASSES)
    beside = checkpoint.path.parent / CLASS_FILE
    if class_names is None and beside.exists():
        class_names = beside
    return Network(f"{name}_places365", module, shown, checked_class_names(class_names, CLASSES))
