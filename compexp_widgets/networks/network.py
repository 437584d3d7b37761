"""A network ready to be probed: the module, the way from a picture to its input, and the names of its classes."""

from __future__ import annotations

import copy
import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch
from PIL import Image
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.random_numbers import undisturbed_random
from compexp_widgets.networks.torch_modules import (
    device_and_dtype,
    refuse_unready,
    switch_to_evaluation,
    training_parts,
)

Preprocess = Callable[[Image.Image], torch.Tensor]


@dataclass(frozen=True)
class Network:
    """A torch module with what is needed to show it a picture.

    Attributes
    ----------
    name
        What the network is called in titles and files.
    module
        Any module that maps a float batch of shape (images, 3, H, W) to something; left in the mode it is in.
    preprocess
        PIL image (RGB, any size) → float tensor of shape (3, H, W).
    class_names
        One name an output, where the module classifies; else empty.
    reference
        The network on the CPU in float32 that this one was made from by `to`; else None.
    """

    name: str
    module: nn.Module
    preprocess: Preprocess
    class_names: tuple[str, ...] = ()
    reference: Network | None = field(default=None, repr=False, compare=False)

    @staticmethod
    def of(
        module: nn.Module, preprocess: Preprocess, *, name: str | None = None, class_names: Sequence[str] = ()
    ) -> Network:
        """A network of one's own.

        A module in training mode is switched to evaluation mode, for good and with a warning: dropout and batch norm
        would otherwise answer differently each time.

        Parameters
        ----------
        preprocess
            PIL image (RGB, any size) → float tensor of shape (3, H, W): the one the network was trained with.
        name
            What it is called; the name of its class when not given.

        Raises
        ------
        NetworkError
            When these are not a module, a function and texts, or the module cannot be probed: a TorchScript program, or
            one without weights yet (lazy layers, the meta device).
        """
        if not isinstance(module, nn.Module):
            raise NetworkError(f"a network is a torch.nn.Module, not {type(module).__name__}: {module!r:.80}")
        if not callable(preprocess):
            raise NetworkError(f"preprocess is a function from a PIL picture to a tensor, not {preprocess!r:.80}")
        if isinstance(class_names, str) or not all(isinstance(label, str) for label in class_names):
            raise NetworkError(f"class_names is a sequence of texts, one an output, not {class_names!r:.80}")
        refuse_unready(module)
        if training := training_parts(module):
            warnings.warn(
                f"the network was in training mode ({training}) and is now in evaluation mode: call .eval() yourself "
                "before, and .train() when you train on",
                stacklevel=2,
            )
            switch_to_evaluation(module)
        return Network(name or type(module).__name__, module, preprocess, tuple(class_names))

    @property
    def device(self) -> torch.device:
        """Where the first weight is."""
        return device_and_dtype(self.module)[0]

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the first floating weight."""
        return device_and_dtype(self.module)[1]

    def to(self, device: str | torch.device | None = None, dtype: torch.dtype | None = None) -> Network:
        """A copy on another device, in another precision; this network stays as it is.

        `check_device` tells how far the copy's activations are from those of this network. Half precision gives the
        network another fingerprint, a device does not.

        Parameters
        ----------
        device
            ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``; None keeps it.
        dtype
            torch.float32, float16, bfloat16 or float64; None keeps it.

        Raises
        ------
        NetworkError
            When there is no such device here, it does not have that precision, or its memory is full.
        """
        target = checked_device(device) if device is not None else self.device
        if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
            raise NetworkError(f"dtype is a floating type such as torch.float16, not {dtype!r}")
        if target.type == "mps" and dtype == torch.float64:
            raise NetworkError("MPS has no float64: use torch.float32")
        try:
            module = copy.deepcopy(self.module).to(device=target, dtype=dtype)
        except (RuntimeError, TypeError, NotImplementedError) as error:
            raise NetworkError(f"{self.name} cannot be copied to {target} as {dtype or self.dtype}: {error}") from error
        original = self.reference or (self if self._is_plain else None)
        return replace(self, module=module, reference=original)

    @property
    def _is_plain(self) -> bool:
        return self.device.type == "cpu" and self.dtype == torch.float32

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every weight and over what `preprocess` makes of a fixed picture."""
        refuse_unready(self.module)
        digest = hashlib.sha256()
        for name, tensor in self.module.state_dict().items():
            if not isinstance(tensor, torch.Tensor):  # the extra state of some modules, without a fixed form
                continue
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
        with undisturbed_random():
            digest.update(self.input_from(TEST_PICTURE).numpy().tobytes())
        return digest.hexdigest()

    def input_from(self, picture: Image.Image) -> torch.Tensor:
        """What the network is shown for a picture: float32, shape (3, H, W), on the CPU.

        Raises
        ------
        NetworkError
            When `preprocess` gives something else than a float tensor of three dimensions.
        """
        tensor = self.preprocess(picture)
        if not (isinstance(tensor, torch.Tensor) and tensor.ndim == 3 and tensor.is_floating_point()):
            found = f"{tensor.dtype}, {tuple(tensor.shape)}" if isinstance(tensor, torch.Tensor) else type(tensor)
            raise NetworkError(
                f"preprocess of {self.name} must give a float tensor of shape (3, height, width), not {found}"
            )
        return tensor.detach().float().cpu()


def checked_device(device: str | torch.device) -> torch.device:
    """A device that this machine has.

    Raises
    ------
    NetworkError
        When the name is unknown, or there is no such device here.
    """
    try:
        target = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise NetworkError(f"{device!r} is no device of torch: take 'cpu', 'cuda' or 'mps'") from error
    if target.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if count <= (target.index or 0):
            raise NetworkError(
                f"there is no device {str(target)!r} here (torch {torch.__version__} sees {count} of CUDA): use 'cpu', "
                "or install a torch with CUDA"
            )
    if target.type == "mps" and not torch.backends.mps.is_available():
        raise NetworkError("there is no device 'mps' here (it needs a Mac with an Apple chip): use 'cpu'")
    return target


def _test_picture() -> Image.Image:
    rows, columns = np.mgrid[0:240, 0:320]
    return Image.fromarray(np.stack([rows, columns % 256, (rows * columns) % 256], axis=-1).astype(np.uint8))


TEST_PICTURE = _test_picture()
