"""Observe the behaviour of a network on a few fixed samples, before all the others are shown to it.

Weights say too little about a network: with the same ones, another activation function, stride or dilation gives other
answers. So what a layer answers to fixed samples is kept beside the hash of the weights, as the second half of its
fingerprint. The same passes tell what would spoil a study without a word: a preprocessing or a network that answers
differently the second time, and a sample whose answer depends on those it is shown with.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.files import atomic_write, load_arrays
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.images.proven_layers import geometry_checks
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.passes import random_state, same_state, undisturbed_random
from compexp_widgets.networks.probe import Probe, activations_of, open_probes

Answers: TypeAlias = "NDArray[np.float32] | list[NDArray[np.float32]]"
"""The activations of a layer, see `Response.activations`."""

FILE = "behaviour.npz"

TOLERANCE = {"float64": 1e-3, "float32": 1e-3, "float16": 0.02, "bfloat16": 0.1}
"""The largest difference of one network's answers on another device or in another batch, as a share of the largest."""

SAME_MACHINE = 1e-4
"""As `TOLERANCE`, for float32 on the CPU both times, where nothing but the order of additions differs."""

VALUES = 64
"""Positions of a unit's map that are kept of a sample, evenly spread; and no more than `MOST` numbers in all."""

MOST = 1_000_000


@dataclass(frozen=True, eq=False)
class Behaviour:
    """The answers of a layer to fixed samples.

    `shape` is that of its answer to one sample: units, and height and width where it has them. `values` are the
    activations at some positions, evenly spread, and their mean: float32, shape (samples, units, kept).
    """

    shape: tuple[int, ...]
    values: NDArray[np.float32]
    device: str
    precision: str

    @staticmethod
    def of(activations: Answers, device: torch.device, precision: torch.dtype) -> Behaviour:
        """The behaviour behind some activations; see `Response.activations`.

        Of samples that differ in their positions, the positions of each are spread evenly over its own.
        """
        flat = [one.reshape(len(one), -1) for one in activations]
        units, most = len(flat[0]), max(one.shape[1] for one in flat)
        kept = max(min(VALUES, MOST // (len(flat) * units), most), 1)
        values = np.empty((len(flat), units, kept + 1), np.float32)
        for row, one in zip(values, flat, strict=True):
            row[:, :kept] = one[:, np.linspace(0, one.shape[1] - 1, kept).round().astype(int)]
            with np.errstate(invalid="ignore", over="ignore"):
                row[:, kept] = one.mean(axis=1, dtype=np.float64)
        shape = activations.shape[1:] if isinstance(activations, np.ndarray) else (units, most)
        return Behaviour(shape, values, device.type, str(precision).removeprefix("torch."))

    def difference(self, other: Behaviour) -> str:
        """The difference from another network, or this one at another time, in words; empty for none.

        The tolerance is `TOLERANCE` of the coarser precision, and `SAME_MACHINE` for float32 on the CPU both times.
        """
        if self.shape != other.shape:
            now, then = (" × ".join(map(str, one.shape)) for one in (other, self))
            return f"it gave {then} for a fixed sample then and gives {now} now"
        if self.values.shape != other.values.shape:
            return f"{self.values.shape} values were kept then and {other.values.shape} are now"
        plain = all((one.device, one.precision) == ("cpu", "float32") for one in (self, other))
        allowed = max(TOLERANCE.get(one.precision, TOLERANCE["float32"]) for one in (self, other))
        apart = furthest_apart(self.values, other.values)
        if apart <= (SAME_MACHINE if plain else allowed):
            return ""
        return f"what it answers to fixed samples differs by {apart:.2g} of its largest activation"

    def save(self, folder: Path) -> None:
        """Keep it in a study's folder."""
        with atomic_write(folder / FILE) as temporary, temporary.open("wb") as file:
            np.savez(file, shape=self.shape, values=self.values, where=np.array([self.device, self.precision]))

    @staticmethod
    def load(folder: Path) -> Behaviour | None:
        """Read back what `save` kept; None where there is none, as in a study made before it was kept."""
        path = folder / FILE
        if not path.exists():
            return None
        arrays = load_arrays(path, "the answers to fixed samples in", error=StudyError)
        shape, values, where = (arrays.get(name) for name in ("shape", "values", "where"))
        if (
            (shape is None or values is None or where is None)
            or (shape.ndim != 1 or values.ndim != 3 or where.shape != (2,))
            or (shape.dtype.kind != "i" or values.dtype != np.float32 or where.dtype.kind != "U")
        ):
            raise StudyError(f"{path} does not hold the answers to fixed samples: delete the folder and dissect again")
        return Behaviour(tuple(shape.tolist()), values, *where.tolist())


def furthest_apart(one: Answers, other: Answers) -> float:
    """The largest difference of the activations of a layer for the same samples, as a share of the largest in size.

    A value that is not finite has to be so in both; otherwise they are infinitely far apart.
    """
    if [part.shape for part in one] != [part.shape for part in other]:
        return float("inf")
    if isinstance(one, list) or isinstance(other, list):
        one, other = (np.concatenate([part.ravel() for part in parts]) for parts in (one, other))
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return float("inf")
    if not finite.any():
        return 0.0
    first, second = one[finite].astype(np.float64), other[finite].astype(np.float64)
    largest = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) / largest if largest else 0.0


@dataclass(frozen=True, eq=False)
class Observed:
    """The outcome of `observe`: a behaviour a layer, the checks of network and samples, and those of each layer."""

    behaviours: list[Behaviour]
    checks: tuple[Check, ...]
    of_layers: tuple[tuple[Check, ...], ...] = ()


def observe(network: Network, probes: Sequence[Probe], samples: Any) -> Observed:
    """Show a few samples to a network, some of them several times, and see whether its answers can be relied upon.

    The samples are those of `Inputs.fixed_samples`; the probes are not inside their ``with`` blocks. A preprocessing or
    a network that answers differently the second time is a NetworkError.
    """
    allowed = TOLERANCE.get(str(network.dtype).removeprefix("torch."), TOLERANCE["float32"])
    everything = range(len(samples))
    with _quiet(), open_probes(probes):
        _refuse_changing_inputs(network, samples)
        together = _twice(network, probes, samples, allowed)
        apart = 0.0
        for sample in everything[:2]:
            for alone, one in zip(_answers(network, probes, samples, [sample]), together, strict=True):
                apart = max(apart, furthest_apart(alone, one[sample : sample + 1]))
    prepares = network.inputs.prepares
    checks = (
        Check("repeatable", "same answer twice", f"{prepares} and network answer the same sample alike twice"),
        _alone_check(apart, allowed),
    )
    behaviours = [Behaviour.of(one, network.device, network.dtype) for one in together]
    return Observed(behaviours, checks, tuple(geometry_checks(one.layer, one.geometry) for one in probes))


def activations_for(network: Network, probe: Probe, samples: Any, numbers: Sequence[int] | None = None) -> Answers:
    """A layer's activations for samples, or those of some numbers, in one batch; see `Response.activations`."""
    with _quiet(), probe:
        (activations,) = _answers(network, [probe], samples, range(len(samples)) if numbers is None else numbers)
        return activations


def behaviour_of(network: Network, probe: Probe, samples: Any) -> Behaviour:
    """A layer's answers to a few samples, to be held to those that it gave once."""
    return Behaviour.of(activations_for(network, probe, samples), network.device, network.dtype)


@contextmanager
def _quiet() -> Iterator[None]:
    """Random numbers are left as they were; what there is to warn of comes again when all samples are shown."""
    with undisturbed_random(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _answers(network: Network, probes: Sequence[Probe], samples: Any, numbers: Sequence[int]) -> list[Answers]:
    """The answers of each layer to some of the samples in one batch."""
    found = activations_of(probes, network.batch(samples, numbers))
    return [[part.cpu().numpy() for part in one] if isinstance(one, list) else one.cpu().numpy() for one in found]


def _refuse_changing_inputs(network: Network, samples: Any) -> None:
    """See that a sample becomes the same input each time.

    Each is prepared several times; where that draws random numbers, which may have an effect seldom, many times.
    """
    for sample in range(len(samples)):
        before = random_state()
        first = network.batch(samples, [sample]).tensors
        drew = not same_state(before, random_state())
        for _ in range(_MANY if drew else _FEW):
            if not _equal(first, network.batch(samples, [sample]).tensors):
                prepares = network.inputs.prepares
                raise NetworkError(
                    f"{prepares} of {network.name} makes another input of the same sample the second time: it is "
                    "random, as augmentation for training is (random crops, flips, colours, dropped words). Give the "
                    f"{prepares} of evaluation"
                )


def _twice(network: Network, probes: Sequence[Probe], samples: Any, allowed: float) -> list[Answers]:
    before = random_state()
    first = _answers(network, probes, samples, range(len(samples)))
    drew = not same_state(before, random_state())
    for _ in range(_FEW if drew else 1):
        again = _answers(network, probes, samples, range(len(samples)))
        apart = max(furthest_apart(one, other) for one, other in zip(first, again, strict=True))
        if not apart <= allowed:
            raise NetworkError(
                f"{network.name} answers the same samples differently the second time, by {apart:.2g} of the layer's "
                "largest activation: something in it is random also in evaluation mode (a dropout that is always on, "
                "drawn noise), or keeps what it saw before. Switch that off"
            )
    return first


def _alone_check(apart: float, allowed: float) -> Check:
    if apart <= allowed:
        detail = f"a sample alone gives what it gives in a batch, to {apart:.1g} of the largest activation"
        return Check("alone", "alone as in a batch", f"{detail} (tolerance {allowed:g})")
    detail = (
        f"a sample alone gives other answers than in a batch, by {apart:.2g} of the layer's largest activation "
        f"(tolerance {allowed:g}): batch norm without running statistics, quantisation of a whole batch or padding "
        "without a mask does that. The activations hold for these batches alone; batch_size=1 shows each sample alone"
    )
    return Check("alone", "depends on the batch", detail, held=False)


def _equal(one: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> bool:
    return len(one) == len(other) and all(
        a.shape == b.shape and bool(torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)))
        for a, b in zip(one, other, strict=True)
    )


# How often a sample is prepared or shown again: where random numbers are drawn, they may seldom have an effect.
_FEW, _MANY = 3, 40
