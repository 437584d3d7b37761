"""The activation maps of every unit of a layer on every image, in one memory-mapped file that a stop cannot spoil."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from compexp_widgets.errors import CompexpError, NetworkError
from compexp_widgets.files import write_json
from compexp_widgets.vision.network import Network
from compexp_widgets.vision.probe import Probe
from compexp_widgets.vision.segmentation import SegmentationDataset

Progress = Callable[[int, int], None]

COMPLETE = "activations.npy"
PARTIAL = "activations.partial.npy"
DONE = "activations.partial.json"


def extract_activations(
    network: Network,
    layer: str,
    dataset: SegmentationDataset,
    folder: Path,
    *,
    batch_size: int = 32,
    on_images: Progress | None = None,
) -> NDArray[np.float32]:
    """Show every image to the network and keep the layer's activation maps.

    A stop at any moment loses at most one batch: the next call continues with the same batches, hence the same
    numbers. The finished file is opened, not computed again; it is the caller's part to give each network, layer and
    data set a folder of its own.

    Parameters
    ----------
    folder
        Where the maps are kept, as ``activations.npy``.
    batch_size
        Images shown at once.
    on_images
        Called with (images done, images in all) after each batch.

    Returns
    -------
    float32, shape (units, images, h, w), memory-mapped and read-only

    Raises
    ------
    NetworkError
        When the layer cannot be probed or pictures become inputs of different sizes.
    """
    if not (folder / COMPLETE).exists():
        with Probe(network.module, layer) as probe:
            _extract(network, probe, dataset, folder, batch_size, on_images or (lambda done, total: None))
    maps: NDArray[np.float32] = np.load(folder / COMPLETE, mmap_mode="r")
    return maps


def _extract(
    network: Network,
    probe: Probe,
    dataset: SegmentationDataset,
    folder: Path,
    batch_size: int,
    on_images: Progress,
) -> None:
    done = _images_done(folder, batch_size)
    maps = open_memmap(folder / PARTIAL, mode="r+") if done else None
    device = next((parameter.device for parameter in network.module.parameters()), torch.device("cpu"))
    on_images(done, len(dataset))
    for start, batch in _batches(network, dataset, done, batch_size):
        found = probe.activations(batch.to(device)).cpu().numpy()
        if maps is None:
            shape = (found.shape[1], len(dataset), *found.shape[2:])
            maps = open_memmap(folder / PARTIAL, mode="w+", dtype=np.float32, shape=shape)
        if found.shape[1:2] + found.shape[2:] != maps.shape[:1] + maps.shape[2:]:
            raise NetworkError(
                f"{network.name} gives maps of {found.shape[1:]} for {dataset.images[start].name} and later, of "
                f"{(maps.shape[0], *maps.shape[2:])} before: preprocess must give every picture the same size"
            )
        if not np.isfinite(found).all():
            raise NetworkError(
                f"layer {probe.layer!r} gives values that are not finite for the images from "
                f"{dataset.images[start].name}: check the weights and preprocess"
            )
        maps[:, start : start + len(found)] = found.swapaxes(0, 1)
        maps.flush()
        write_json(folder / DONE, {"images": start + len(found), "batch_size": batch_size})
        on_images(start + len(found), len(dataset))
    del maps
    (folder / PARTIAL).replace(folder / COMPLETE)
    (folder / DONE).unlink()


def _images_done(folder: Path, batch_size: int) -> int:
    """How many images the partial file holds; 0 when there is none, or none made with the same batches."""
    try:
        state = json.loads((folder / DONE).read_text(encoding="utf-8"))
        done = int(state["images"]) if state["batch_size"] == batch_size else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return done if (folder / PARTIAL).exists() else 0


def _batches(
    network: Network, dataset: SegmentationDataset, start: int, batch_size: int
) -> Iterator[tuple[int, torch.Tensor]]:
    """Batches of inputs with the number of their first image; the next is prepared while one is worked on."""

    def load(first: int) -> torch.Tensor:
        inputs = [
            network.input_from(dataset.picture(index)) for index in range(first, min(first + batch_size, len(dataset)))
        ]
        if len(shapes := {tuple(tensor.shape) for tensor in inputs}) > 1:
            raise NetworkError(f"preprocess of {network.name} gives inputs of different shapes: {sorted(shapes)}")
        return torch.stack(inputs)

    firsts = range(start, len(dataset), batch_size)
    with ThreadPoolExecutor(max_workers=1) as pool:
        upcoming = pool.submit(load, firsts[0]) if firsts else None
        for first, following in zip(firsts, [*firsts[1:], None], strict=True):
            assert upcoming is not None
            batch = upcoming.result()
            if following is not None:
                upcoming = pool.submit(load, following)
            yield first, batch


def open_activations(folder: Path) -> NDArray[np.float32]:
    """The finished maps of a folder: float32, shape (units, images, h, w), memory-mapped.

    Raises
    ------
    CompexpError
        When there are none, or the file is damaged.
    """
    try:
        maps: NDArray[np.float32] = np.load(folder / COMPLETE, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise CompexpError(f"{folder / COMPLETE} cannot be read ({error}): delete it and dissect again") from error
    return maps
