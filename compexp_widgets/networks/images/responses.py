"""What a network answers to pictures: the scores of its classes, and the activation maps of one layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from compexp_widgets.arguments import whole_number
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.layer_calls import forward, layer_calls
from compexp_widgets.networks.layout import Form, Layout, only_tensor, with_tensor
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.probe import Probe
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import evaluation_mode, split_layer


@dataclass(frozen=True, eq=False)
class PictureResponses:
    """What a network answers to N pictures.

    Attributes
    ----------
    logits
        float32, shape (N, classes): the scores before softmax.
    maps
        float32, shape (N, units, h, w): the activation maps of a layer; None where no layer was asked for.
    """

    logits: NDArray[np.float32]
    maps: NDArray[np.float32] | None = None

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """float64, shape (N, classes): the softmax of the logits."""
        probabilities: NDArray[np.float64] = softmax(self.logits.astype(np.float64), axis=1)
        return probabilities

    @property
    def predicted(self) -> NDArray[np.intp]:
        """intp, shape (N,): the likeliest class of each."""
        predicted: NDArray[np.intp] = self.logits.argmax(axis=1)
        return predicted


def respond(
    network: Network,
    pictures: Sequence[Image.Image],
    layer: str | Probe | None = None,
    *,
    layout: Layout | Form | None = None,
    directions: Directions | None = None,
    silenced: Sequence[int] = (),
    batch_size: int = 32,
    cancelled: Callable[[], bool] | None = None,
) -> PictureResponses:
    """Show pictures to a network.

    The same pictures in the same batches give the same bits; a picture alone and the same picture among others can
    differ in the last ones.

    Parameters
    ----------
    layer, layout, directions
        The layer whose maps are wanted, and how it was probed; see `Probe`. Or a probe of it, which remembers how the
        layer answers: a layer given by name is looked at anew, with two more pictures shown to the network.
    silenced
        Units of `layer` whose activation is set to 0 wherever they are, before the layers behind it see them. The maps
        are as they were before.
    batch_size
        Pictures shown at once.
    cancelled
        Asked before each batch; True leaves out the pictures from there on.

    Raises
    ------
    NetworkError
        When the network does not classify: its answer is not one score a class for each picture. When there is no such
        layer or unit, or units are to be silent and no layer is given.
    """
    if len(silenced) and layer is None:
        raise NetworkError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
    batch_size = whole_number(batch_size, "batch_size", error=NetworkError)
    probe = Probe(network.module, layer, layout=layout, directions=directions) if isinstance(layer, str) else layer
    logits, maps = [], []
    with undisturbed_random(), probe or evaluation_mode(network.module), ExitStack() as stack:
        for start in range(0, len(pictures), batch_size):
            if cancelled and cancelled():
                break
            batch = torch.stack([network.input_from(picture) for picture in pictures[start : start + batch_size]])
            if start == 0 and probe and len(silenced):
                stack.enter_context(silent_units(network, probe.layer, silenced, batch, probe.layout_for(batch)))
            if probe:
                maps.append(probe.activations(batch).cpu().numpy())
                answer = probe.answer
            else:
                answer = forward(network.module, batch)
            logits.append(class_scores(network, answer, len(batch)).cpu().numpy())
    return PictureResponses(
        np.concatenate(logits) if logits else np.empty((0, len(network.class_names)), np.float32),
        (np.concatenate(maps) if maps else np.empty((0, 0, 1, 1), np.float32)) if probe else None,
    )


def class_scores(network: Network, answer: object, pictures: int) -> torch.Tensor:
    """The scores before softmax, float32 of shape (pictures, classes), from what the module answers.

    Raises
    ------
    NetworkError
        When the answer is something else.
    """
    scores = getattr(answer, "logits", None)  # what the models of transformers answer
    scores = scores if isinstance(scores, torch.Tensor) else only_tensor(answer)
    if scores is not None and scores.ndim == 4 and tuple(scores.shape[2:]) == (1, 1):
        scores = scores[:, :, 0, 0]
    classes = len(network.class_names) or (scores.shape[-1] if scores is not None and scores.ndim == 2 else 0)
    if scores is None or tuple(scores.shape) != (pictures, classes):
        found = tuple(scores.shape) if scores is not None else type(answer).__name__
        raise NetworkError(
            f"{network.name} answers {pictures} pictures with {found}, not with one score a class "
            f"({classes or 'without names'}): only a classifier can be fooled"
        )
    return scores.detach().float()


@contextmanager
def silent_units(
    network: Network, layer: str, units: Sequence[int], batch: torch.Tensor, layout: Layout
) -> Iterator[None]:
    """Inside the block the given units of a layer pass on 0, however they are laid out.

    Parameters
    ----------
    batch
        What the module takes; its first picture shows how often the layer is called.
    layout
        How the layer answers.

    Raises
    ------
    NetworkError
        When there is no such layer or unit.
    """
    name, number = split_layer(network.module, layer)
    module = dict(network.module.named_modules(remove_duplicate=False))[name]
    number = number or 1
    called = next(first for first, part in network.module.named_modules() if part is module)  # it may have two names
    calls = [call for call in layer_calls(network.module, batch[:1]) if call.module == called]
    if len(calls) < number:
        raise NetworkError(f"units of layer {layer!r} cannot be made silent: it has no activations to probe")
    seen = 0  # calls of the module, which every pass has as many of

    def silence(_module: object, _inputs: object, output: object) -> object:
        nonlocal seen
        seen += 1
        tensor = only_tensor(output)
        if (seen - number) % len(calls) or tensor is None:
            return None
        axis = layout.unit_axis % tensor.ndim
        strangers = [unit for unit in units if not 0 <= unit < tensor.shape[axis]]
        if strangers:
            raise NetworkError(f"layer {layer!r} has units 0 … {tensor.shape[axis] - 1}, so none is {strangers[0]}")
        # A copy, because the answer may be what another layer gave, as that of dropout is.
        silent = tensor.index_fill(axis, torch.tensor(list(units), dtype=torch.int64, device=tensor.device), 0)
        return with_tensor(output, silent)

    hook = module.register_forward_hook(silence)
    try:
        yield
    finally:
        hook.remove()
