"""Contributions of units to classes on a picture: by weights, by gradients, or by ablation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets import arguments
from compexp_widgets.argument_types import checked
from compexp_widgets.errors import NetworkError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.networks.class_weights import linear_head
from compexp_widgets.networks.images.pictures import Form, Layout, maps_from
from compexp_widgets.networks.network import Network, class_scores
from compexp_widgets.networks.passes import Batch, call, first_line, forward, uncompiled, undisturbed_random
from compexp_widgets.networks.probe import Probe
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, section, table
from compexp_widgets.short_text import counted

Method = Literal["weight × activation", "gradient × activation", "ablation"]


_CLASSES, _UNITS = 3, 5  # that a notebook lists, and of each class


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions of units to the scores of classes on one picture.

    Attributes
    ----------
    contribution
        float32, shape (classes, units): positive where the unit speaks for the class.

        ``"weight × activation"``: of the mean activation; with the bias they add up to the logit.
        ``"gradient × activation"``: summed over the map; what a first-order estimate says of setting the unit to 0.
        ``"ablation"``: by how much the logit falls when the unit is 0 everywhere.
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

    def __repr__(self) -> str:
        units, classes = counted(len(self.units), "unit"), counted(len(self.classes), "class", "classes")
        return f"<Contributions of {units} to {classes}, {self.method}>"

    def _repr_html_(self) -> Html:
        rows = []
        for one in self.classes[:_CLASSES].tolist():
            strongest = self.strongest(one, _UNITS)
            largest = max((abs(value) for _, value in strongest), default=0) or 1
            rows += [((f"{one}", f"{unit}"), (f"{value:.3f}",), max(value, 0) / largest) for unit, value in strongest]
        title = (
            f"Contributions of {counted(len(self.units), 'unit')} to {counted(len(self.classes), 'class', 'classes')}"
        )
        return section(title, self.method, table(("class", "strongest units"), ("contribution",), rows))

    def strongest(self, class_number: int, count: int = 10) -> list[tuple[int, float]]:
        """The units that speak most for a class, and how much: the largest contribution first, then unit order."""
        rows = np.flatnonzero(self.classes == class_number)
        if not len(rows):
            raise NetworkError(f"there are no contributions to class {class_number}: ask for it with classes=")
        row = self.contribution[rows[0]]
        order = np.argsort(-row, kind="stable")[:count]
        return [(int(self.units[place]), float(row[place])) for place in order]


@checked(NetworkError)
def contributions(
    network: AnyNetwork,
    layer: str,
    picture: AnyPicture,
    *,
    method: Method | None = None,
    units: Sequence[int] | None = None,
    classes: Sequence[int | str] | int | str | None = None,
    layout: Layout | Form | None = None,
    batch_size: int = 32,
    cancelled: Callable[[], bool] | None = None,
) -> Contributions:
    """Attribute the scores of classes on a picture to the units of a layer.

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
    network = as_network(network)
    picture = as_picture(picture, error=NetworkError)
    batch_size = arguments.whole_number(batch_size, "batch_size", error=NetworkError)
    numbers = None
    if classes is not None:
        several = classes if isinstance(classes, Iterable) and not isinstance(classes, str) else [classes]
        numbers = [class_number(network, which) for which in several]
    if method is not None and method not in get_args(Method):
        raise NetworkError(f"there is no method {method!r:.60}; there are {', '.join(get_args(Method))}")
    with undisturbed_random():
        if method in (None, "weight × activation"):
            head = linear_head(network, layer, [picture], layout=layout)
            if head is not None:
                rows = _chosen(numbers, len(head.weights), "class")
                columns = _chosen(units, head.weights.shape[1], "unit")
                weight = head.weights[np.ix_(rows, columns)]
                found, logits = weight * head.inputs[0][columns], head.logits[0]
                return Contributions(found, "weight × activation", rows, columns, logits, weight, head.bias[rows])
            if method is not None:
                raise NetworkError(
                    f"the last linear layer of {network.name} does not get the means of layer {layer!r}: leave method "
                    "out, or ask for 'gradient × activation' or 'ablation'"
                )
        with network.probe(layer, layout=layout) as probe:
            shown = _Shown.of(network, probe, picture)
            rows, columns = _chosen(numbers, len(shown.logits), "class"), _chosen(units, shown.units, "unit")
            if method == "ablation":
                return _ablation(shown, rows, columns, batch_size, cancelled)
            return _gradients(shown, rows, columns, cancelled)


def class_number(network: Network, which: int | str) -> int:
    """The number of a class, given as a number or by its name."""
    return arguments.class_number(which, network.class_names, network=network.name, error=NetworkError)


@dataclass(frozen=True, eq=False)
class _Shown:
    """A picture that a network was shown, with a probe of a layer inside its ``with`` block."""

    network: Network
    probe: Probe
    batch: Batch
    layout: Layout
    units: int
    logits: NDArray[np.float32]

    @staticmethod
    def of(network: Network, probe: Probe, picture: Image.Image) -> _Shown:
        batch = network.batch([picture])
        maps, layout = probe.activations(batch), probe.layout_for(batch)
        assert isinstance(maps, torch.Tensor)
        assert isinstance(layout, Layout)
        logits = class_scores(network, probe.answer, 1)[0].cpu().numpy()
        return _Shown(network, probe, batch, layout, maps.shape[1], logits)


def _gradients(
    shown: _Shown, classes: NDArray[np.intp], units: NDArray[np.intp], cancelled: Callable[[], bool] | None
) -> Contributions:
    kept: list[torch.Tensor] = []

    def watch(tensor: torch.Tensor) -> torch.Tensor:
        if not tensor.requires_grad:
            tensor.requires_grad_()
        kept.append(tensor)
        # A copy, because a layer behind may work in place.
        return tensor.clone()

    weights: list[NDArray[np.float32]] = []
    products: list[NDArray[np.float32]] = []
    done: list[int] = []
    try:
        with torch.enable_grad(), uncompiled():
            answer = shown.probe.answer_with(watch, shown.batch, call)
            scores = class_scores(shown.network, answer, 1, gradients=True)[0]
            (activation,) = kept
            for number in classes.tolist():
                if cancelled and cancelled():
                    break
                (slope,) = torch.autograd.grad(scores[number], activation, retain_graph=True, allow_unused=True)
                slope = torch.zeros_like(activation) if slope is None else slope
                for found, value in ((weights, slope), (products, slope * activation)):
                    maps = maps_from(value.detach().float(), shown.layout, shown.probe.layer)
                    found.append(maps.sum(dim=(0, 2, 3)).cpu().numpy()[units])
                done.append(number)
    except RuntimeError as error:
        raise NetworkError(
            f"{shown.network.name} gives no gradients from its classes to layer {shown.probe.layer!r} "
            f"({first_line(error):.200}): ask for method='ablation'"
        ) from error
    shape = len(done), len(units)
    weight, contribution = (np.array(each, np.float32).reshape(shape) for each in (weights, products))
    rows = np.array(done, np.intp)
    return Contributions(contribution, "gradient × activation", rows, units, shown.logits, weight)


def _ablation(
    shown: _Shown,
    classes: NDArray[np.intp],
    units: NDArray[np.intp],
    batch_size: int,
    cancelled: Callable[[], bool] | None,
) -> Contributions:
    falls = []
    # The layers before need one copy of the picture, unless something leads past the layer and meets its output behind.
    # For 128 units of the vision world's last block that is 0.2 s of processor time in place of 2.2 s.
    once = True
    for start in range(0, len(units), batch_size):
        if cancelled and cancelled():
            break
        silenced = units[start : start + batch_size].astype(np.int64)
        without = _without(shown, silenced, 1) if once else None
        if without is None:
            once = False
            without = _without(shown, silenced, len(silenced) + 1)
        assert without is not None
        falls.append((shown.logits - without)[:, classes])
    found = np.concatenate(falls) if falls else np.empty((0, len(classes)), np.float32)
    return Contributions(found.T.copy(), "ablation", classes, units[: len(found)], shown.logits)


def _without(shown: _Shown, silenced: NDArray[np.int64], copies: int) -> NDArray[np.float32] | None:
    """The logits when one unit is silenced after another, and None where that fails with one copy of the picture.

    Shape (len(silenced), classes). Nothing is silenced in one more row, which has to come out as the picture alone.
    """
    images_axis = 1 if shown.layout.form == "tokens first" else 0
    rows = len(silenced) + 1

    def silence(tensor: torch.Tensor) -> torch.Tensor:
        if copies == 1:
            tensor = tensor.repeat_interleave(rows, dim=images_axis)
        by_row = tensor.movedim((images_axis, shown.layout.unit_axis % tensor.ndim), (0, 1))
        by_row[torch.arange(len(silenced)), torch.from_numpy(silenced)] = 0
        return tensor

    (picture,) = shown.batch.tensors
    try:
        answer = shown.probe.answer_with(silence, Batch(picture.repeat(copies, 1, 1, 1), copies), forward)
        logits = class_scores(shown.network, answer, rows).cpu().numpy()
    except NetworkError:
        if copies == 1:
            return None
        raise
    if copies == 1 and not np.allclose(logits[-1], shown.logits, rtol=1e-3, atol=1e-3):
        return None
    return logits[:-1]


def _chosen(which: Sequence[int] | None, total: int, kind: str) -> NDArray[np.intp]:
    numbers = np.arange(total, dtype=np.intp) if which is None else np.array(list(which), np.intp)
    unknown = numbers[(numbers < 0) | (numbers >= total)]
    if len(unknown):
        raise NetworkError(f"there is no {kind} {unknown[0]}: there are 0 … {total - 1}")
    return numbers
