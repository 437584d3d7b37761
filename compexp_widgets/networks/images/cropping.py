"""Crop a network and its data set alike, so that maps and annotation cover the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image

from compexp_widgets.argument_types import checked
from compexp_widgets.data.images.annotated_image import View, picture_size
from compexp_widgets.data.images.layouts import AnyDataset, as_dataset
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.data.recipe import Step, repeats
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.images.framing import Framing, framing
from compexp_widgets.networks.images.pictures import PictureInputs
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources import AnyNetwork, as_network

Size = tuple[int, int]


@checked(NetworkError)
def crop_alike(network: AnyNetwork, dataset: AnyDataset) -> tuple[Network, SegmentationDataset]:
    """A network that crops or letterboxes its pictures, and annotated pictures, both reduced to what the network sees.

    >>> network, data = cw.crop_alike(network, data)                                    # doctest: +SKIP
    >>> study = cw.dissect(network, "layer4", data, "study")                            # doctest: +SKIP

    Of every picture the data set then shows what the network sees of it, padding included, and its annotation grid
    covers that and nothing else; nothing is annotated in the padding. The network takes such a picture for the whole:
    it is set into a frame that `preprocess` cuts off. Use both in place of the old ones everywhere.

    Raises
    ------
    NetworkError
        When `preprocess` is no crop, no padding and no resizing, so that it is not known what is seen.
    DataError
        When the data set is cropped already, or a picture cannot be read.
    """
    network = as_network(network)
    dataset = as_dataset(dataset)
    if dataset.views:
        raise DataError("the data set is cropped to what a network sees already: crop the one that was read")
    sizes = [picture_size(image) for image in dataset.images]
    found = {size: _known(network, size) for size in dict.fromkeys(sizes)}
    views = {size: View(one.top, one.left, one.bottom, one.right, one.padding) for size, one in found.items()}
    cropped = _cropped(dataset, views, sizes)
    return dataclasses.replace(network, inputs=PictureInputs(Uncropped(network.preprocess)), reference=None), cropped


def _cropped(dataset: SegmentationDataset, views: dict[Size, View], sizes: list[Size]) -> SegmentationDataset:
    kept = [[size, dataclasses.astuple(view)] for size, view in views.items()]
    recipe = dataset.recipe.then(Step.of("crop_alike", {"views": kept}))
    return dataclasses.replace(dataset, views=tuple(views[size] for size in sizes), recipe=recipe)


@repeats("crop_alike")
def _crop_again(dataset: SegmentationDataset, *, views: list[Any]) -> SegmentationDataset:
    known = {
        (width, height): View(top, left, bottom, right, (red, green, blue))
        for (width, height), (top, left, bottom, right, (red, green, blue)) in views
    }
    sizes = [picture_size(image) for image in dataset.images]
    if strange := set(sizes) - known.keys():
        raise DataError(f"there was no picture of {' × '.join(map(str, min(strange)))} pixels when it was cropped")
    return _cropped(dataset, known, sizes)


class Uncropped:
    """A preprocessing that shows the whole of a picture, by setting it into a frame that the old one cuts off."""

    def __init__(self, preprocess: Callable[[Image.Image], torch.Tensor]) -> None:
        self.preprocess = preprocess
        self._frame = lru_cache(maxsize=64)(self._find_frame)

    def __call__(self, picture: Image.Image) -> torch.Tensor:
        """PIL picture of any size → float tensor of shape (3, H, W)."""
        size, left, top = self._frame(picture.size)
        if size == picture.size:
            return self.preprocess(picture)
        # The border goes on outside, so that resizing mixes nothing strange into it.
        height, width = picture.height, picture.width
        rows = np.clip(np.arange(size[1]) - top, 0, height - 1)
        columns = np.clip(np.arange(size[0]) - left, 0, width - 1)
        return self.preprocess(Image.fromarray(np.asarray(picture.convert("RGB"))[rows[:, None], columns]))

    def _find_frame(self, inside: Size) -> tuple[Size, int, int]:
        """The size of a frame of which the old one shows just the inside, and where that lies in it: left, top."""
        size = inside
        for _ in range(_ROUNDS):
            found = framing(self.preprocess, size)
            if found.trouble:
                raise NetworkError(str(found))
            wide, tall = min(found.right - found.left, 1.0), min(found.bottom - found.top, 1.0)
            better = (round(inside[0] / wide), round(inside[1] / tall))
            if better == size:
                break
            size = better
        return size, round(max(found.left, 0) * size[0]), round(max(found.top, 0) * size[1])


def _known(network: Network, size: Size) -> Framing:
    found = framing(network.preprocess, size)
    if found.trouble:
        raise NetworkError(f"{found}: it cannot be cropped alike")
    return found


_ROUNDS = 4
