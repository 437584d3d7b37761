"""A network by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.network import Network, Preprocess
from compexp_widgets.networks.sources.places365 import places365_network
from compexp_widgets.networks.sources.torchvision_networks import DEFAULT, torchvision_network
from compexp_widgets.networks.sources.user_network import user_network


def load_network(
    spec: str,
    weights: str | Path | None = DEFAULT,
    *,
    preprocess: str | Preprocess = "published",
    class_names: str | Path | Sequence[str] | None = None,
    seed: int = 0,
) -> Network:
    """A network by its name, on the CPU and in evaluation mode.

    >>> load_network("torchvision:resnet18")                               # downloaded by torchvision on first use
    >>> load_network("torchvision:resnet50", "IMAGENET1K_V1")
    >>> load_network("torchvision:vit_b_16", weights=None)                 # random, the same every time
    >>> load_network("places365:resnet18", "zoo/resnet18_places365.pth.tar", preprocess="whole")

    Parameters
    ----------
    spec
        ``"torchvision:NAME"``: an architecture of torchvision.
        ``"places365:NAME"``: resnet18, resnet50, alexnet or densenet161 of the authors of Places365; needs `weights`.
        ``"module:function"``: a function on the Python path without arguments that returns ``(module, preprocess)``
        or ``(module, preprocess, class_names)``, or a `Network`.
    weights
        Which weights: a name that torchvision has for them, such as ``"IMAGENET1K_V2"``; the path of a checkpoint
        (``.safetensors``, or a ``state_dict`` of ``torch.save``; pickled objects are refused); None for random ones.
        The default is torchvision's best, or what the function made. A file named as torchvision names it
        (``resnet18-f37072fd.pth``) is checked against the hash in its name and shown pictures as those weights are;
        any other checkpoint of torchvision's architectures as the best published weights are.
    preprocess
        ``"published"``: as the weights were published, mostly with a centre crop, which hides the border of a picture
        from the network though not from its annotation. ``"whole"``: the same without the crop, so that activation
        maps lie over the whole picture. ``"paper"``: as Mu and Andreas probed (see `vision.networks.preprocessing`).
        Or a function from a PIL picture to a float tensor of shape (3, H, W).
    class_names
        The names of the outputs, or a text file with one a line. Without it: those of torchvision's weights; a
        checkpoint with 1,000 outputs is taken for one of ImageNet; ``categories_places365.txt`` where it lies beside
        the checkpoint.
    seed
        For random weights.

    Raises
    ------
    NetworkError
        When the name cannot be resolved or the weights do not fit; the message says what is there instead.
    """
    source, colon, name = spec.partition(":")
    if not (source and colon and name):
        raise NetworkError(f"a network is named torchvision:NAME, places365:NAME or module:function, not {spec!r}")
    if weights is not None and not isinstance(weights, (str, Path)):
        raise NetworkError(f"weights are a name, a path or None, not {weights!r:.80}")
    if source == "torchvision":
        return torchvision_network(name, weights, preprocess, class_names, seed)
    if source == "places365":
        return places365_network(name, weights, preprocess, class_names, seed)
    return user_network(source, name, weights, preprocess, class_names)
