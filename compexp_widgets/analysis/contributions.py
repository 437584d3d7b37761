"""Which units speak for which class on a picture: by weights, by gradients, or by what happens without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets import arguments
from compexp_widgets.analysis.class_weights import LinearHead, linear_head
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.images.responses import class_scores
from compexp_widgets.networks.layer_calls import forward
from compexp_widgets.networks.layout import Form, Layout, maps_from, only_tensor, with_tensor
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.probe import Probe
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import device_and_dtype, evaluation_mode, split_layer, uncompiled

Method = Literal["weight × activation", "gradient × activation", "ablation"]


@dataclass(frozen=True, eq=False)
class Contributions:
    """How much units contribute to the scores of classes on one picture.

    Attributes
    ----------
    contribution
        float32, shape (classes, units): positive where the unit speaks for the class.

        ``"weight × activation"``: of the mean activation; with the bias they add up to the logit.
        ``"gradient × activation"``: summed over the map; what a first-order estimate says of setting the unit to 0.
        ``"ablation"``: by how much the logit falls when the unit is 0 everywhere.
    method
        How they were found.
    classes, units
        intp: which class each row is of, and which unit each column.
    logits
        float32, shape (all classes,): the scores before softmax.
    weight
        float32, shape (classes, units): by how much the logit rises, here, when the unit's activation rises by 1
        everywhere on its map; None for ablation.
    bias
        float32, shape (classes,): the score without any unit; None but for weights.
    """

    contribution: NDArray[np.float32]
    method: Method
    classes: NDArray[np.intp]
    units: NDArray[np.intp]
    logits: NDArray[np.float32]
    weight: NDArray[np.float32] | None = None
    bias: NDArray[np.float32] | None = None

    def strongest(self, class_number: int, count: int = 10) -> list[tuple[int, float]]:
        """The units that speak most for a class, and how much: the largest contribution first, then unit order.

        Raises
        ------
        NetworkError
            When nothing was worked out for the class.
        """
        rows = np.flatnonzero(self.classes == class_number)
        if not len(rows):
            raise NetworkError(f"there are no contributions to class {class_number}: ask for it with classes=")
        row = self.contribution[rows[0]]
        order = np.argsort(-row, kind="stable")[:count]
        return [(int(self.units[place]), float(row[place])) for place in order]


def contributions(
    network: Network,
    layer: str,
    picture: Image.Image,
    *,
    method: Method | None = None,
    units: Sequence[int] | None = None,
    classes: Sequence[int | str] | int | str | None = None,
    layout: Layout | Form | None = None,
    batch_size: int = 32,
    cancelled: Callable[[], bool] | None = None,
) -> Contributions:
    """How much the units of a layer contribute to the scores of classes on a picture.

    The network is left as it was found: its modes, its gradients, no hooks.

    Parameters
    ----------
    layer, layout
        See `Probe`. Units are the layer's channels.
    method
        None: ``"weight × activation"`` where the last linear layer gets the means of the layer's maps
        (see `class_weights`), else ``"gradient × activation"``.
    units, classes
        Which ones, classes by number or by name; None: all. Ablation
        takes the time of a pass a unit, gradients that of half a pass a class.
    batch_size
        Units silenced at once.
    cancelled
        Asked before every class (gradients) or batch of units (ablation); True gives what was found so far.

    Raises
    ------
    NetworkError
        When the network does not classify or has no gradients, when there is no such layer, unit, class or method, or
        when weights are asked for and the network has none of that kind.
    """
    batch_size = arguments.whole_number(batch_size, "batch_size", error=NetworkError)
    numbers = None
    if classes is not None:
        several = classes if isinstance(classes, Iterable) and not isinstance(classes, str) else [classes]
        numbers = [class_number(network, which) for which in several]
    if method is not None and method not in get_args(Method):
        raise NetworkError(f"there is no method {method!r:.60}; there are {', '.join(get_args(Method))}")
    with undisturbed_random(), evaluation_mode(network.module):
        if method in (None, "weight × activation"):
            head = linear_head(network, layer, [picture], layout=layout)
            if head is not None:
                return _by_weight(head, numbers, units)
            if method is not None:
                raise NetworkError(
                    f"the last linear layer of {network.name} does not get the means of layer {layer!r}: leave method "
                    "out, or ask for 'gradient × activation' or 'ablation'"
                )
        pass_ = _Pass(network, layer, picture, layout)
        rows, columns = _chosen(numbers, len(pass_.logits), "class"), _chosen(units, pass_.units, "unit")
        if method == "ablation":
            return _ablation(pass_, rows, columns, batch_size, cancelled)
        return _gradients(pass_, rows, columns, cancelled)


def class_number(network: Network, which: int | str) -> int:
    """The number of a class, given as a number or by its name.

    Raises
    ------
    NetworkError
        When the network has no such class; the message names those that are spelled alike.
    """
    return arguments.class_number(which, network.class_names, network=network.name, error=NetworkError)


class _Pass:
    """A picture on its way through a network in evaluation mode, where one layer's answer can be changed."""

    def __init__(self, network: Network, layer: str, picture: Image.Image, layout: Layout | Form | None) -> None:
        self.network, self.layer = network, layer
        self.batch = network.input_from(picture)[None]
        with Probe(network.module, layer, layout=layout) as probe:  # refuses, in words, what cannot be probed
            self.units = probe.activations(self.batch).shape[1]
            self.logits = class_scores(network, probe.answer, 1)[0].cpu().numpy()
            self.layout = probe.layout_for(self.batch)
        name, number = split_layer(network.module, layer)
        self._target = dict(network.module.named_modules(remove_duplicate=False))[name]
        self._number = number or 1

    @contextmanager
    def changed(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Iterator[None]:
        """For one pass inside the block, the layers behind get what `change` makes of a copy of the layer's answer."""
        calls = 0

        def hook(_module: object, _inputs: object, output: object) -> object:
            nonlocal calls
            calls += 1
            tensor = only_tensor(output)
            if calls != self._number or tensor is None:
                return None
            # A copy, because the answer may be what another layer gave, as that of dropout is.
            return with_tensor(output, change(tensor.clone()))

        handle = self._target.register_forward_hook(hook)
        try:
            yield
        finally:
            handle.remove()


def _by_weight(head: LinearHead, classes: Sequence[int] | None, units: Sequence[int] | None) -> Contributions:
    rows = _chosen(classes, len(head.weights), "class")
    columns = _chosen(units, head.weights.shape[1], "unit")
    weight = head.weights[np.ix_(rows, columns)]
    products = weight * head.inputs[0][columns]
    return Contributions(products, "weight × activation", rows, columns, head.logits[0], weight, head.bias[rows])


def _gradients(
    pass_: _Pass, classes: NDArray[np.intp], units: NDArray[np.intp], cancelled: Callable[[], bool] | None
) -> Contributions:
    kept: list[torch.Tensor] = []

    def watch(tensor: torch.Tensor) -> torch.Tensor:
        if not tensor.requires_grad:
            tensor.requires_grad_()
        kept.append(tensor)
        # A copy, because a layer behind may work in place.
        return tensor.clone()

    module = pass_.network.module
    device, dtype = device_and_dtype(module)
    weights: list[NDArray[np.float32]] = []
    products: list[NDArray[np.float32]] = []
    done: list[int] = []
    try:
        with torch.enable_grad(), uncompiled(), pass_.changed(watch):
            answer = module(pass_.batch.to(device=device, dtype=dtype))
            class_scores(pass_.network, answer, 1)
            scores = _tensor_of(answer).reshape(-1)
            (activation,) = kept
            for number in classes.tolist():
                if cancelled and cancelled():
                    break
                (slope,) = torch.autograd.grad(scores[number], activation, retain_graph=True, allow_unused=True)
                slope = torch.zeros_like(activation) if slope is None else slope
                for found, value in ((weights, slope), (products, slope * activation)):
                    maps = maps_from(value.detach().float(), pass_.layout, pass_.layer)
                    found.append(maps.sum(dim=(0, 2, 3)).cpu().numpy()[units])
                done.append(number)
    except RuntimeError as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(
            f"{pass_.network.name} gives no gradients from its classes to layer {pass_.layer!r} ({reason:.200}): ask "
            "for method='ablation'"
        ) from error
    shape = len(done), len(units)
    weight, contribution = (np.array(each, np.float32).reshape(shape) for each in (weights, products))
    rows = np.array(done, np.intp)
    return Contributions(contribution, "gradient × activation", rows, units, pass_.logits, weight)


def _ablation(
    pass_: _Pass,
    classes: NDArray[np.intp],
    units: NDArray[np.intp],
    batch_size: int,
    cancelled: Callable[[], bool] | None,
) -> Contributions:
    falls = []
    # The layers before need one copy of the picture, unless something leads past the layer and meets its answer behind.
    # For 128 units of the vision world's last block that is 0.2 s of processor time in place of 2.2 s.
    once = True
    for start in range(0, len(units), batch_size):
        if cancelled and cancelled():
            break
        silent = units[start : start + batch_size].astype(np.int64)
        without = _without(pass_, silent, 1) if once else None
        if without is None:
            once = False
            without = _without(pass_, silent, len(silent) + 1)
        assert without is not None
        falls.append((pass_.logits - without)[:, classes])
    found = np.concatenate(falls) if falls else np.empty((0, len(classes)), np.float32)
    return Contributions(found.T.copy(), "ablation", classes, units[: len(found)], pass_.logits)


def _without(pass_: _Pass, silent: NDArray[np.int64], copies: int) -> NDArray[np.float32] | None:
    """The logits when one of the units is silent after another, and None where that fails with one copy of the picture.

    Shape (len(silent), classes). Nothing is silent in one more row, which has to come out as the picture alone does.
    """
    images_axis = 1 if pass_.layout.form == "tokens first" else 0
    rows = len(silent) + 1

    def silence(tensor: torch.Tensor) -> torch.Tensor:
        if copies == 1:
            tensor = tensor.repeat_interleave(rows, dim=images_axis)
        by_row = tensor.movedim((images_axis, pass_.layout.unit_axis % tensor.ndim), (0, 1))
        by_row[torch.arange(len(silent)), torch.from_numpy(silent)] = 0
        return tensor

    try:
        with pass_.changed(silence):
            answer = forward(pass_.network.module, pass_.batch.repeat(copies, 1, 1, 1))
        logits = class_scores(pass_.network, answer, rows).cpu().numpy()
    except NetworkError:
        if copies == 1:
            return None
        raise
    if copies == 1 and not np.allclose(logits[-1], pass_.logits, rtol=1e-3, atol=1e-3):
        return None
    return logits[:-1]


def _tensor_of(answer: object) -> torch.Tensor:
    """The scores that `class_scores` found, with their gradients."""
    scores = getattr(answer, "logits", None)
    scores = scores if isinstance(scores, torch.Tensor) else only_tensor(answer)
    assert scores is not None
    return scores


def _chosen(which: Sequence[int] | None, total: int, kind: str) -> NDArray[np.intp]:
    numbers = np.arange(total, dtype=np.intp) if which is None else np.array(list(which), np.intp)
    strangers = numbers[(numbers < 0) | (numbers >= total)]
    if len(strangers):
        raise NetworkError(f"there is no {kind} {strangers[0]}: there are 0 … {total - 1}")
    return numbers
