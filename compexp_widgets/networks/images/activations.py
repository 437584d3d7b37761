"""The activation maps of every unit of some layers on every image, in files that a stop cannot spoil.

Maps come image by image and are asked for unit by unit. So they are first appended to a file in the order they come,
which any stop leaves whole but for the last batch, and then turned round, some units at a time, within a budget of
memory.
"""

from __future__ import annotations

import math
import shutil
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import CompexpError, NetworkError
from compexp_widgets.files import atomic_write, read_json, write_json
from compexp_widgets.files.regular import readable
from compexp_widgets.networks.certificate import Conditions, with_threads
from compexp_widgets.networks.directions import Directions
from compexp_widgets.networks.images.pictures import Form, Layout
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.passes import Batch, undisturbed_random
from compexp_widgets.networks.probe import Probe, activations_of, open_probes
from compexp_widgets.progress import Report, Stage, silent, within
from compexp_widgets.signatures.activation_ranges import QuantileRange

COMPLETE = "activations.npy"
_MAPS, _STATE = "activations.partial", "activations.partial.json"

# Images read at once when maps are turned round: bounds the memory beside the maps that are asked for.
_READ_BYTES = 2**26

# The share of the work that showing the images takes; the rest is sorting their maps.
_SHOWN = 0.9

# The quantile at which half precision is held against full precision.
_JUDGED_AT = QuantileRange(0.005)


@dataclass(frozen=True)
class LayerToProbe:
    """A layer, as `Probe` takes it, and the folder for its ``activations.npy``."""

    name: str
    folder: Path
    layout: Layout | Form | None = None
    directions: Directions | None = None

    def probe(self, network: Network) -> Probe:
        """A probe of the layer of a network."""
        return network.probe(self.name, layout=self.layout, directions=self.directions)


@dataclass(frozen=True)
class Extracted:
    """Facts about activations that were extracted; `not_finite` are the units with such a value on some image."""

    conditions: Conditions
    units: int
    not_finite: tuple[int, ...]


def extract_activations(
    network: Network,
    layers: Sequence[LayerToProbe],
    dataset: SegmentationDataset,
    *,
    batch_size: int = 32,
    memory: float = 1.0,
    half: float | None = None,
    report: Report = silent,
) -> dict[Path, Extracted]:
    """Show every image to the network once and keep the activation maps of some layers.

    A stop at any moment loses at most one batch: the next call continues with the same batches and as many threads,
    hence the same numbers; on another device, or with other batches, it begins anew. Values that are not finite are
    kept as they are. Finished files are left alone; it is the caller's part to give each network, layer and data set a
    folder of its own. While they are made the files take up to twice their final size.

    `memory` is gigabytes for the maps that are turned round at once, all that is kept meanwhile counted: at least what
    one unit's maps take, and up to 67 MB to read them; the network's own need comes on top. `half` keeps them in half
    precision where at most this share of each unit's activations changes sides of its threshold (quantile 0.005), else,
    with a warning, in full. Returned is what is known of the maps that were not finished before, by folder.
    """
    missing = [layer for layer in layers if not (layer.folder / COMPLETE).exists()]
    if not missing:
        return {}
    now = Conditions.now(network.device, network.dtype, batch_size)
    logs = [_Log(one.folder, now) for one in missing]
    with open_probes([one.probe(network) for one in missing]) as probes, undisturbed_random():
        _append(network, probes, logs, dataset, batch_size, report)
    made, part = {}, (1 - _SHOWN) / len(missing)
    for number, (layer, log) in enumerate(zip(missing, logs, strict=True)):
        told = within(report, _SHOWN + number * part, _SHOWN + (number + 1) * part)
        not_finite = _turn_round(network, layer, log, dataset, memory, half, told)
        made[layer.folder] = Extracted(log.conditions, log.shape[0], not_finite)
    return made


class _Log:
    """The maps of one layer for the images shown so far; what is found in the folder is continued.

    Maps of other batches, another device or precision may differ in their last bits, so they are not continued; those
    of another number of threads are, with that number. `shape` is units, height and width, empty before the first
    image.
    """

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        self.folder, self._path = folder, folder / _MAPS
        self.images = 0
        self.shape: tuple[int, ...] = ()
        self.conditions = conditions
        try:
            state = read_json(folder / _STATE, "state of the activations")
            images, shape = int(state["images"]), tuple(int(length) for length in state["shape"])
            # Version 0.1 wrote down the size of a batch alone.
            made = Conditions.from_json(state["conditions"]) if "conditions" in state else conditions
            alike = replace(made, threads=conditions.threads, version=conditions.version) == conditions
            whole = self._path.stat().st_size >= images * 4 * int(np.prod(shape))
            if state["batch_size"] == conditions.batch_size and alike and whole:
                self.images, self.shape, self.conditions = images, shape, made
        except (OSError, CompexpError, ValueError, KeyError, TypeError, OverflowError):
            pass  # there is none, or it cannot be told what it holds: the maps are made from the first image on

    @property
    def _image_bytes(self) -> int:
        return 4 * int(np.prod(self.shape))

    @property
    def bytes_read_at_once(self) -> int:
        """The memory that `maps_of` takes beside the maps that it gives."""
        return min(max(_READ_BYTES // self._image_bytes, 1), max(self.images, 1)) * self._image_bytes

    def bytes_for(self, images: int) -> int:
        """The size of the file with so many images."""
        return images * self._image_bytes

    def go_back_to(self, images: int) -> None:
        """Forget the images after the first so many."""
        self.images = images
        if images:
            with self._path.open("r+b") as file:
                file.truncate(self.bytes_for(images))
        else:
            self.shape = ()
            self._path.unlink(missing_ok=True)

    def append(self, maps: NDArray[np.float32]) -> None:
        """Keep the maps of the next images: float32, shape (images, units, height, width)."""
        with self._path.open("ab") as file:
            file.write(maps.astype(np.float32, copy=False).tobytes())
        self.images += len(maps)
        made = {"batch_size": self.conditions.batch_size, "conditions": self.conditions.to_json()}
        write_json(self.folder / _STATE, {"images": self.images, **made, "shape": list(self.shape)})

    def maps_of(self, first: int, last: int) -> NDArray[np.float32]:
        """The maps of the units from `first` to before `last`: float32, shape (units, images, height, width)."""
        units, *size = self.shape
        maps = np.empty((last - first, self.images, *size), np.float32)
        step = self.bytes_read_at_once // self._image_bytes
        for start in range(0, self.images, step):
            count = min(step, self.images - start)
            read = np.fromfile(self._path, np.float32, count * self._image_bytes // 4, offset=self.bytes_for(start))
            maps[:, start : start + count] = read.reshape(count, units, *size)[:, first:last].swapaxes(0, 1)
        return maps

    def remove(self) -> None:
        """Forget the log."""
        (self.folder / _STATE).unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)


def _append(
    network: Network,
    probes: Sequence[Probe],
    logs: Sequence[_Log],
    dataset: SegmentationDataset,
    batch_size: int,
    report: Report,
) -> None:
    """Show the images that are missing in any of the logs."""
    total = len(dataset)
    done = min(log.images for log in logs)
    stage: Stage | None = None
    for log in logs:
        log.go_back_to(done)
    # All layers come from one pass, so those that have begun were begun with the same number of threads.
    threads = logs[0].conditions.threads if done else Conditions.now(network.device, network.dtype, batch_size).threads
    for log in logs:
        log.conditions = replace(log.conditions, threads=threads)
    if done:
        stage = _stage(logs, total)
        report(stage, done, total)
    with with_threads(threads):
        for start, batch in _batches(network, dataset, done, batch_size):
            found = [maps.cpu().numpy() for maps in activations_of(probes, batch) if isinstance(maps, torch.Tensor)]
            for log, maps in zip(logs, found, strict=True):
                if log.images and maps.shape[1:] != log.shape:
                    raise NetworkError(
                        f"{network.name} gives maps of {maps.shape[1:]} for {dataset.images[start].name} and later, of "
                        f"{log.shape} before: preprocess must give every picture the same size"
                    )
            if stage is None:
                for log, maps in zip(logs, found, strict=True):
                    log.shape = maps.shape[1:]
                _check_room(logs, total)
                stage = _stage(logs, total)
            for log, maps in zip(logs, found, strict=True):
                log.append(maps)
            report(stage, min(start + batch_size, total), total)


def _stage(logs: Sequence[_Log], images: int) -> Stage:
    """The stage of the work, with the room it takes on disk."""
    size = sum(log.bytes_for(images) for log in logs)
    room = f" ({size / 1e9:.1f} GB on disk)" if size > 5e7 else ""
    return Stage(f"images shown to the network{room}", "probe", 0.0, _SHOWN)


def _check_room(logs: Sequence[_Log], images: int) -> None:
    """Refuse work that the disk has no room for: each file exists twice while it is turned round."""
    needed = sum(2 * log.bytes_for(images) for log in logs)
    free = shutil.disk_usage(logs[0].folder).free
    if needed > free:
        raise CompexpError(
            f"the activation maps take {needed / 1e9:.1f} GB while they are made, half of that afterwards, but the "
            f"disk of {logs[0].folder} has {free / 1e9:.1f} GB left: make room, choose another folder, or a layer "
            "with smaller maps"
        )


def _turn_round(
    network: Network,
    layer: LayerToProbe,
    log: _Log,
    dataset: SegmentationDataset,
    memory: float,
    half: float | None,
    report: Report,
) -> tuple[int, ...]:
    """Write the finished file, unit by unit, from the one in the order of images; gives the units not finite."""
    images, (units, *size) = log.images, log.shape
    one_unit = 4 * images * int(np.prod(size))
    # Beside the maps that are worked on: those of some images as they were read, and one unit in another precision.
    beside = log.bytes_read_at_once + (3 * one_unit if half is not None else one_unit // 4)
    at_once = int((memory * 1e9 - beside) // one_unit)
    if at_once < 1:
        raise CompexpError(
            f"memory={memory:g} gigabytes do not suffice for layer {layer.name}: the maps of one unit take "
            f"{readable(one_unit)}, and what is read at once {readable(beside)}. Give at least "
            f"memory={math.ceil((one_unit + beside) / 1e6) / 1e3:g}; the images that were shown are kept"
        )
    precision: type[np.floating] = np.float32
    if half is not None:
        moved = _moved_by_half_precision(log, at_once)
        if moved <= half:
            precision = np.float16
        else:
            reason = f"{moved:.1%} of the activations of a unit would change sides of its threshold, not {half:.1%}"
            if moved == np.inf:
                reason = "its largest activations have no place (above 65,504)"
            warnings.warn(f"layer {layer.name} is kept in full precision: in half, {reason}", stacklevel=4)
    strange: list[int] = []
    with atomic_write(layer.folder / COMPLETE) as temporary, temporary.open("wb") as file:
        about = {"descr": dtype_to_descr(np.dtype(precision)), "fortran_order": False, "shape": (units, images, *size)}
        write_array_header_1_0(file, about)
        for start in range(0, units, at_once):
            maps = log.maps_of(start, min(start + at_once, units))
            strange += [start + place for place, one in enumerate(maps) if not np.isfinite(one).all()]
            # Neither the type nor the writing makes a copy where none is needed: it would double the budget.
            file.write(maps.astype(precision, copy=False).data)
            report(Stage("maps sorted by unit", "sort"), min(start + at_once, units), units)
        if len(strange) == units:
            where = np.flatnonzero(~np.isfinite(maps).all(axis=(0, 2, 3)))
            raise NetworkError(
                f"layer {layer.name!r} of {network.name} gives values that are not finite for every unit, on "
                f"{len(where):,} of {images:,} images, the first {dataset.images[where[0]].name}: check the weights "
                "and preprocess"
            )
    log.remove()
    return tuple(strange)


def _moved_by_half_precision(log: _Log, at_once: int) -> float:
    """Of any unit, the largest share of its active map values that would not be active, or the reverse."""
    moved = 0.0
    for start in range(0, log.shape[0], at_once):
        for maps in log.maps_of(start, min(start + at_once, log.shape[0])):
            if not np.isfinite(maps).all():
                continue  # left out, whatever its precision
            with np.errstate(over="ignore"):
                rounded = maps.astype(np.float16).astype(np.float32)
            if not np.isfinite(rounded).all():
                return np.inf
            active, still = (_JUDGED_AT.limits(values).hold(values) for values in (maps, rounded))
            changed = int(np.count_nonzero(active != still))
            moved = max(moved, changed / max(int(np.count_nonzero(active)), 1))
    return moved


def _batches(
    network: Network, dataset: SegmentationDataset, start: int, batch_size: int
) -> Iterator[tuple[int, Batch]]:
    """Batches of inputs with the number of their first image; the next is prepared while one is worked on."""
    images = range(len(dataset))
    parts = [images[first : first + batch_size] for first in images[start::batch_size]]
    with ThreadPoolExecutor(max_workers=1) as pool:
        upcoming = [pool.submit(network.batch, dataset, part) for part in parts[:1]]
        for number, part in enumerate(parts, start=1):
            batch = upcoming.pop().result()
            upcoming = [pool.submit(network.batch, dataset, after) for after in parts[number : number + 1]]
            yield part[0], batch
