"""Weights from a file, read without running anything that the file contains, and put into a network."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.files import archive_names, check_regular, load_checkpoint, load_tensors


@dataclass(frozen=True, eq=False)
class Weights:
    """The content of a checkpoint: tensors on the CPU, named as in the file, and what the file says that the network is
    (the key ``arch`` of training scripts).

    `beside` is what else it holds: the other keys of the dictionary, or the texts of a safetensors file's metadata.
    """

    path: Path
    tensors: dict[str, torch.Tensor]
    architecture: str | None = None
    beside: Mapping[str, object] = field(default_factory=dict)


def read_weights(path: str | Path) -> Weights:
    """Read a ``.safetensors`` file, or one that ``torch.save`` wrote (also by PyTorch 0.2 under Python 2): a dictionary
    of tensors, alone or under the key ``state_dict``, ``model_state_dict`` or ``model``.

    A file that is damaged or something else is a NetworkError, and so is a whole pickled object, which could only be
    read by running code from the file.
    """
    path = Path(path).expanduser()
    _refuse_other_files(path)
    if path.suffix.lower() == ".safetensors":
        tensors, metadata = load_tensors(path, "file of weights")
        return Weights(path, tensors, beside=metadata)
    try:
        content = load_checkpoint(path, "file of weights")
    except NetworkError as error:
        if isinstance(error.__cause__, UnpicklingError):
            raise _unreadable(path, error.__cause__) from error.__cause__
        raise
    return _weights_of(path, content)


def put_weights(module: nn.Module, weights: Weights, name: str) -> None:
    """Copy weights into a module, every one of them and nothing else; where they do not fit nothing is copied.

    Names are made to fit where only their wrapping differs: the component ``module`` that ``DataParallel`` puts in,
    ``_orig_mod`` of ``torch.compile``, a leading ``model``, and ``norm.1`` … ``conv.2`` of DenseNets written before
    PyTorch 0.4.
    """
    wanted = module.state_dict()
    found = fitting_names(weights, wanted)
    missing = [
        key
        for key in wanted
        # Counters that batch norm has had since PyTorch 0.4.1 and that no activation depends on.
        if key not in found and not key.endswith("num_batches_tracked")
    ]
    extra = [key for key in found if key not in wanted]
    shapes = [key for key in found if key in wanted and found[key].shape != wanted[key].shape]
    faults = [
        f"{len(keys)} {text} (such as {_example(keys[0], found, wanted)})"
        for keys, text in ((missing, "are missing"), (extra, "are too many"), (shapes, "have another shape"))
        if keys
    ]
    if faults:
        raise NetworkError(f"{weights.path} does not hold the weights of {name}: of its tensors, {', '.join(faults)}")
    for key, tensor in found.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise NetworkError(f"{weights.path}: the tensor {key!r} has values that are not finite: {_AGAIN}")
    module.load_state_dict(found, strict=False)


def fitting_names(weights: Weights, wanted: Iterable[str]) -> dict[str, torch.Tensor]:
    """The tensors of a checkpoint under the names that a network has for them, as far as they can be made to fit."""
    known = set(wanted)
    found: dict[str, torch.Tensor] = {}
    for key, tensor in weights.tensors.items():
        fitting = next((name for name in _spellings(key) if name in known), key)
        if fitting in found:
            raise NetworkError(f"{weights.path} holds two tensors for {fitting!r}, one of them named {key!r}")
        found[fitting] = tensor
    return found


def _spellings(key: str) -> Iterable[str]:
    yield key
    bare = ".".join(part for part in key.split(".") if part not in {"module", "_orig_mod"})
    for name in (bare, bare.removeprefix("model.")):
        yield name
        yield re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.(?=[12]\.)", r"\1", name)


def _example(key: str, found: Mapping[str, torch.Tensor], wanted: Mapping[str, torch.Tensor]) -> str:
    if key in found and key in wanted:
        return f"{key}, {tuple(found[key].shape)} where {tuple(wanted[key].shape)} is needed"
    return key[:100] if key.isprintable() else f"{key!r:.100}"


def _weights_of(path: Path, content: object) -> Weights:
    tensors, architecture, beside = content, None, {}
    if isinstance(content, Mapping):
        architecture = content.get("arch")
        nested = next((key for key in _NESTED if isinstance(content.get(key), Mapping)), None)
        if nested:
            tensors, beside = content[nested], {key: value for key, value in content.items() if key != nested}
    if not isinstance(tensors, Mapping) or not tensors:
        raise NetworkError(f"{path} holds {_described(content)}, not a dictionary of tensors by name")
    for key, tensor in tensors.items():
        if not isinstance(key, str) or not isinstance(tensor, torch.Tensor):
            raise NetworkError(
                f"{path} holds {_described(content)}; looked for a dictionary of tensors by name, alone or under "
                f"{' or '.join(_NESTED)}, but {key!r:.80} is {_described(tensor)}"
            )
    named = architecture if isinstance(architecture, str) else None
    return Weights(path, {key: tensor.detach() for key, tensor in tensors.items()}, named, beside)


def _described(value: object) -> str:
    if isinstance(value, Mapping):
        return f"a dictionary with {', '.join(f'{key!r:.40}' for key in list(value)[:6]) or 'nothing in it'}"
    return f"a {type(value).__name__}"


def _refuse_other_files(path: Path) -> None:
    """Tell from the outside of a file that it cannot be weights: better words than a reader's failure."""
    if path.is_dir():
        raise NetworkError(f"{path} is a folder; give the file of weights in it")
    check_regular(path, "file of weights", error=NetworkError)
    if reason := _OTHER_FORMATS.get(path.suffix.lower()):
        raise NetworkError(f"{path}: {reason}")
    try:
        with path.open("rb") as file:
            start = file.read(512).lstrip()
    except OSError as error:
        raise NetworkError(f"{path} cannot be read ({error})") from error
    if not start:
        raise NetworkError(f"{path} is empty: {_AGAIN}")
    if start[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise NetworkError(f"{path} is a web page, not weights: the address answered with a page. {_AGAIN}")
    if start.startswith(b"version https://git-lfs"):
        raise NetworkError(f"{path} is a pointer of Git LFS, not the weights themselves: run git lfs pull")
    if start.startswith(b"\x1f\x8b"):
        raise NetworkError(f"{path} is compressed with gzip: unpack it first")
    if path.suffix.lower() != ".safetensors":
        if tarfile.is_tarfile(path):
            raise NetworkError(f"{path} is a tar archive: unpack it and give the file of weights in it")
        names = archive_names(path, "file of weights", error=NetworkError)
        if any(name.endswith("/constants.pkl") for name in names):
            raise NetworkError(
                f"{path} is a TorchScript program, not weights, and no layer inside one can be listened to. If you "
                "trust its source, take the weights out: torch.save(torch.jit.load(path).state_dict(), 'weights.pth')"
            )
        if names and not any(name.endswith("data.pkl") for name in names):
            raise NetworkError(f"{path} is a zip archive, not a file of torch.save: unpack it first")


def _unreadable(path: Path, error: UnpicklingError) -> NetworkError:
    """A pickled object, or a file that is no pickle at all."""
    text = str(error)
    if found := re.search(r"GLOBAL ([\w.]+)|(?:class|type|function|[Ii]nstantiate) ([\w.]+\.[\w]+)", text):
        what = found[1] or found[2]
        # The command is meant to be copied, so a file name may not bring anything of its own into it.
        name = path.name if re.fullmatch(r"[\w.+-]+", path.name) else "FILE"
        weights = f"{name.partition('.')[0]}_weights.pth"
        return NetworkError(
            f"{path} holds a whole pickled object ({what}), not weights alone. Opening it would run whatever code the "
            "file names, so it is not opened. If you trust where it comes from, take the weights out once, on a "
            "machine you can do without: "
            f"python -c \"import torch; whole = torch.load({name!r}, map_location='cpu', weights_only=False, "
            f"encoding='latin1'); torch.save(whole.state_dict(), {weights!r})\" and give {weights}"
        )
    return NetworkError(f"{path} is not a file of weights of PyTorch, or is damaged: {_AGAIN}")


_AGAIN = "download it again, or give another file"
_NESTED = ("state_dict", "model_state_dict", "model")
_OTHER_FORMATS = {
    ".caffemodel": "Caffe's weights cannot be read here; the same authors publish PyTorch checkpoints (.pth.tar)",
    ".t7": "Lua Torch's files cannot be read here; the same authors publish PyTorch checkpoints (.pth.tar)",
    ".h5": "Keras' weights cannot be read here; a function of your own can build the network (module:function)",
    ".onnx": "ONNX graphs cannot be read here; a function of your own can build the network (module:function)",
    ".npz": "arrays of NumPy need a function of your own that builds the network from them (module:function)",
}
