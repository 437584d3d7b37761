"""What of the pictures of a data set a network sees, and both cut alike so that maps and annotation cover the same."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from PIL import Image

from compexp_widgets.data.images.annotated_image import View, picture_size
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.networks.certificate import Check
from compexp_widgets.networks.images.framing import UNSEEN, Framing, framing
from compexp_widgets.networks.network import Network

Size = tuple[int, int]


def crop_alike(network: Network, dataset: SegmentationDataset) -> tuple[Network, SegmentationDataset]:
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
    if dataset.views:
        raise DataError("the data set is cropped to what a network sees already: crop the one that was read")
    sizes = [picture_size(image) for image in dataset.images]
    found = {size: _known(network, size) for size in dict.fromkeys(sizes)}
    views = {size: View(one.top, one.left, one.bottom, one.right, one.padding) for size, one in found.items()}
    cropped = dataclasses.replace(dataset, views=tuple(views[size] for size in sizes))
    return dataclasses.replace(network, preprocess=Uncropped(network.preprocess), reference=None), cropped


class Uncropped:
    """A preprocessing that shows the whole of a picture, by setting it into a frame that the old one cuts off.

    Parameters
    ----------
    preprocess
        The old one, which crops or letterboxes.
    """

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


def framing_check(network: Network, dataset: SegmentationDataset) -> Check:
    """What a certificate says of the part of the pictures that a network sees.

    Looked at for the commonest size of up to `LOOKED_AT` pictures of the data set, and the narrowest and the widest.

    Raises
    ------
    NetworkError
        When maps would lie elsewhere: the input shows the pictures mirrored or turned.
    DataError
        When a picture cannot be read.
    """
    chosen = np.unique(np.linspace(0, len(dataset) - 1, min(LOOKED_AT, len(dataset))).round().astype(int)).tolist()
    sizes = Counter(dataset.picture(index).size for index in chosen)
    (commonest, _), *_ = sizes.most_common(1)
    shapes = sorted(sizes, key=lambda size: (size[0] / size[1], size))
    found = [framing(network.preprocess, size) for size in dict.fromkeys((commonest, shapes[0], shapes[-1]))]
    for one in found:
        if one.wrong:
            raise NetworkError(
                f"{one.trouble}, so that maps would lie elsewhere than the annotation: give preprocess of evaluation, "
                "which shows pictures as they are"
            )
    return _check(found)


def _check(found: list[Framing]) -> Check:
    """One line for pictures of some sizes, the commonest first."""
    detail = "; ".join(map(str, found))
    if any(one.trouble for one in found):
        return Check("framing", "part that is seen not known", detail, held=False)
    unseen, padded = ([getattr(one, name) for one in found] for name in ("unseen", "padded"))
    if max(unseen) >= UNSEEN:
        return Check(
            "framing",
            f"{_shares(unseen)} of the picture never seen",
            f"{detail}. The annotation covers all of it, so that maps lie beside their masks: show the whole picture "
            "(preprocess='whole' for published networks), or network, data = cw.crop_alike(network, data)",
            held=False,
        )
    if max(padded) >= UNSEEN:
        return Check(
            "framing",
            f"{_shares(padded)} of the input is padding",
            f"{detail}. Maps cover the padding too, the annotation does not, so that they lie beside their masks: show "
            "pictures without padding, or network, data = cw.crop_alike(network, data)",
            held=False,
        )
    return Check("framing", "whole picture seen", detail)


def _shares(shares: Sequence[float]) -> str:
    low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return low if low == high else f"{low[:-1]}–{high}"


def _known(network: Network, size: Size) -> Framing:
    found = framing(network.preprocess, size)
    if found.trouble:
        raise NetworkError(f"{found}: it cannot be cropped alike")
    return found


LOOKED_AT = 50
_ROUNDS = 4
