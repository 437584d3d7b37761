"""A network by its name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeAlias, Union

from torch import nn

from compexp_widgets.argument_sentences import sentence
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import CompexpError, NetworkError
from compexp_widgets.networks.checkpoints import put_weights, read_weights
from compexp_widgets.networks.images.pictures import PictureInputs, Preprocess
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.checkpoint import load_bowman
from compexp_widgets.networks.sources.preprocessing import PLACES365
from compexp_widgets.networks.sources.torchvision_networks import (
    DEFAULT,
    build,
    build_with,
    checked_class_names,
    chosen_preprocessing,
    nearest,
    torchvision_network,
)

AnyNetwork: TypeAlias = Annotated[
    Union[Network, str],  # noqa: UP007 - read at run time
    "a Network, or the name of one, such as 'torchvision:resnet18'",
]
"""A network as a person gives it; the name is what `load_network` takes."""

ARCHITECTURES = ("alexnet", "densenet161", "resnet18", "resnet50")
CLASSES = 365
CLASS_FILE = "categories_places365.txt"


@checked(NetworkError, but=("weights",))
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
        ``"bowman:FILE"``: a network of sentence pairs, see `load_bowman`.
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
        maps lie over the whole picture. ``"paper"``: as Mu and Andreas probed (see `networks.sources.preprocessing`).
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
        raise NetworkError(
            f"a network is named torchvision:NAME, places365:NAME, bowman:FILE or module:function, not {spec!r}"
        )
    if weights is not None and not isinstance(weights, (str, Path)):
        raise NetworkError(f"weights are a name, a path or None, not {weights!r:.80}")
    if source == "torchvision":
        return torchvision_network(name, weights, preprocess, class_names, seed)
    if source == "places365":
        return _places365(name, weights, preprocess, class_names, seed)
    if source == "bowman":
        if weights != DEFAULT or callable(preprocess) or preprocess != "published" or class_names is not None:
            raise NetworkError(f"{spec} holds all of the network: leave weights, preprocess and class names out")
        return load_bowman(name)
    return _of_the_users(source, name, weights, preprocess, class_names)


def as_network(network: AnyNetwork, what: str = "network", *, error: type[CompexpError] = NetworkError) -> Network:
    """A network as it is, or the one that `load_network` gives for a name.

    Raises
    ------
    CompexpError
        Of the class `error`, where it is something else, such as a module without the way from samples to its input;
        NetworkError where there is no network of that name.
    """
    given: Any = network
    if isinstance(given, str):
        return load_network(given)
    if not isinstance(given, Network):
        raise error(sentence(what, given, AnyNetwork))
    return given


def _places365(
    name: str,
    weights: str | Path | None,
    preprocess: str | Preprocess,
    class_names: str | Path | Sequence[str] | None,
    seed: int,
) -> Network:
    """A network trained on Places365 by its authors (Zhou et al. 2017), from a checkpoint that they publish.

    The files ``resnet18_places365.pth.tar`` and their like are not tar archives. Each is what ``torch.save`` of PyTorch
    0.2 under Python 2 wrote: a dictionary with the epoch, the architecture, the best precision and, under
    ``state_dict``, the weights, whose names carry the ``module`` of ``DataParallel`` (AlexNet's inside:
    ``features.module.0.weight``) and, in DenseNet, dots that later versions of torchvision do not have (``norm.1`` for
    ``norm1``). The weights are CC BY.
    """
    if name not in ARCHITECTURES:
        raise NetworkError(
            f"places365:{name}: the authors of Places365 publish {', '.join(ARCHITECTURES)} for PyTorch"
            f"{nearest(name, ARCHITECTURES)}"
        )
    shown = chosen_preprocessing(preprocess, PLACES365)
    if weights is None:
        module: nn.Module = build(name, seed=seed, num_classes=CLASSES)
        names = checked_class_names(class_names, CLASSES)
        return Network(f"{name} for Places365, random weights", module, PictureInputs(shown), names)
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
    return Network(f"{name}_places365", module, PictureInputs(shown), checked_class_names(class_names, CLASSES))


def _of_the_users(
    module_name: str,
    function_name: str,
    weights: str | Path | None,
    preprocess: str | Preprocess,
    class_names: str | Path | Sequence[str] | None,
) -> Network:
    """A network that a function of the user's builds."""
    spec = f"{module_name}:{function_name}"
    if weights is None:
        raise NetworkError(f"{spec} makes its own weights: leave weights out, or give a file that replaces them")
    if not callable(preprocess) and preprocess != "published":
        raise NetworkError(f"{spec} has a preprocessing of its own: {preprocess!r} is for published networks")
    network = _made_by(spec, module_name, function_name)
    if weights != DEFAULT:
        put_weights(network.module, read_weights(weights), spec)
    if callable(preprocess):
        network = replace(network, inputs=PictureInputs(preprocess))
    return network if class_names is None else replace(network, class_names=checked_class_names(class_names))


def _made_by(spec: str, module_name: str, function_name: str) -> Network:
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise NetworkError(
            f"{spec}: {error}. Run from the folder that holds {module_name}.py, or add that folder to PYTHONPATH."
        ) from error
    if not callable(function := getattr(module, function_name, None)):
        functions = [key for key, value in vars(module).items() if callable(value)]
        raise NetworkError(f"{module_name} has no function {function_name!r}{nearest(function_name, functions)}")
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
    return Network.of(answer[0], answer[1], name=spec, class_names=answer[2] if len(answer) == 3 else ())
