"""A network that a function of the user's builds."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.checkpoints import put_weights, read_weights
from compexp_widgets.networks.network import Network, Preprocess
from compexp_widgets.networks.sources.architectures import nearest
from compexp_widgets.networks.sources.class_names import checked_class_names
from compexp_widgets.networks.sources.torchvision_networks import DEFAULT


def user_network(
    module_name: str,
    function_name: str,
    weights: str | Path | None,
    preprocess: str | Preprocess,
    class_names: str | Path | Sequence[str] | None,
) -> Network:
    """See `load_network`."""
    spec = f"{module_name}:{function_name}"
    if weights is None:
        raise NetworkError(f"{spec} makes its own weights: leave weights out, or give a file that replaces them")
    if not callable(preprocess) and preprocess != "published":
        raise NetworkError(f"{spec} has a preprocessing of its own: {preprocess!r} is for published networks")
    network = _made_by(spec, module_name, function_name)
    if weights != DEFAULT:
        put_weights(network.module, read_weights(weights), spec)
    if callable(preprocess):
        network = replace(network, preprocess=preprocess)
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
