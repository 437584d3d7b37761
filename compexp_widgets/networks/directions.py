"""Units that are not channels but directions in their space, as NMF, PCA and sparse autoencoders find them.

They come as an array or from a file: NumPy's, safetensors, or a table that a spreadsheet wrote.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.argument_types import checked
from compexp_widgets.errors import NetworkError
from compexp_widgets.files import load_array, load_arrays, load_tensors, parse_json, read_text
from compexp_widgets.notebook_html import Html, facts, section
from compexp_widgets.short_text import counted, some_names


class Directions:
    """Linear combinations of a layer's channels at each position, probed and explained like units.

    >>> components = PCA(20).fit(vectors).components_                  # vectors: (positions, channels)
    >>> Probe(network.module, "layer4", directions=Directions(components))

    The activation of direction k at a position is ``matrix[k] · channels + bias[k]``, and with `rectified` the larger
    of that and 0, as a sparse autoencoder's encoder has it.

    Parameters
    ----------
    matrix
        Finite numbers, shape (k, channels): a direction a row. What scikit-learn calls ``components_``; of a sparse
        autoencoder the encoder's weight.
    names
        One a direction; without them ``direction 0``, ``direction 1``, ….
    bias
        Finite numbers, shape (k,), added to each; 0 when not given.
    rectified
        Whether negative activations become 0.

    Raises
    ------
    NetworkError
        When the shapes do not fit, a number is not finite, a direction is zero everywhere, or a name occurs twice.
    """

    @checked(NetworkError, but=("names",))
    def __init__(
        self,
        matrix: ArrayLike | torch.Tensor,
        names: Sequence[str] | None = None,
        *,
        bias: ArrayLike | torch.Tensor | None = None,
        rectified: bool = False,
    ) -> None:
        self.matrix = _numbers(matrix, "the matrix of directions")
        if self.matrix.ndim != 2 or 0 in self.matrix.shape:
            raise NetworkError(f"the matrix of directions has shape (k, channels), not {self.matrix.shape}")
        if len(zero := np.flatnonzero(~self.matrix.any(axis=1))):
            raise NetworkError(f"direction {zero[0]} is zero in every channel: leave it out")
        self.bias = _numbers(np.zeros(len(self.matrix)) if bias is None else bias, "the bias of the directions")
        if self.bias.shape != (len(self.matrix),):
            raise NetworkError(f"the bias has shape {self.bias.shape}, not ({len(self.matrix)},), one a direction")
        self.rectified = bool(rectified)
        if names is not None and (isinstance(names, str) or not isinstance(names, Iterable)):
            raise NetworkError(f"the names of directions are texts, one a direction, not {names!r:.80}")
        self.names = tuple(f"direction {k}" for k in range(len(self.matrix))) if names is None else tuple(names)
        if not all(isinstance(name, str) for name in self.names):
            raise NetworkError(f"the names of directions are texts, one a direction, not {names!r:.80}")
        if len(self.names) != len(self.matrix) or len(set(self.names)) != len(self.names):
            raise NetworkError(
                f"{len(self.matrix)} directions need as many different names, not {len(set(self.names))}"
            )

    def __len__(self) -> int:
        return len(self.matrix)

    def __repr__(self) -> str:
        return f"<{len(self)} directions in {self.channels} channels{', rectified' * self.rectified}>"

    def _repr_html_(self) -> Html:
        about = [("channels", f"{self.channels:,}"), ("rectified", "yes" if self.rectified else "no")]
        return section(counted(len(self), "direction"), facts([*about, ("names", some_names(self.names, 20))]))

    @property
    def channels(self) -> int:
        """The number of channels that the layer must have."""
        return int(self.matrix.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over matrix, bias and rectification; names do not count."""
        digest = hashlib.sha256(f"{self.matrix.shape} {self.rectified}".encode())
        for array in (self.matrix, self.bias):
            digest.update(array.astype("<f4").tobytes())
        return digest.hexdigest()

    def activations(self, maps: torch.Tensor, layer: str = "the layer") -> torch.Tensor:
        """From the maps of channels to those of directions.

        Parameters
        ----------
        maps
            float32, shape (images, channels, height, width).
        layer
            What the layer is called in messages.

        Returns
        -------
        float32, shape (images, k, height, width)

        Raises
        ------
        NetworkError
            When the layer has another number of channels.
        """
        if maps.shape[1] != self.channels:
            raise NetworkError(f"the directions are for {self.channels} channels, {layer!r} has {maps.shape[1]}")
        matrix = torch.from_numpy(self.matrix).to(maps.device)
        bias = torch.from_numpy(self.bias).to(maps.device)
        found = torch.einsum("kc,nchw->nkhw", matrix, maps) + bias[:, None, None]
        return found.clamp_min(0) if self.rectified else found


def _numbers(values: ArrayLike | torch.Tensor, what: str) -> NDArray[np.float32]:
    if isinstance(values, torch.Tensor):
        values = values.detach().float().cpu().numpy()
    try:
        array = np.array(values, np.float32)  # a copy: the fingerprint must stay true
    except (TypeError, ValueError) as error:
        raise NetworkError(f"{what} must be numbers ({error})") from error
    if not np.isfinite(array).all():
        raise NetworkError(f"{what} has values that are not finite")
    return array


@checked(NetworkError)
def read_directions(path: str | Path, *, rectified: bool = False) -> Directions:
    """Read a matrix of directions, a row a direction, with names and bias where the file has them.

    Parameters
    ----------
    path
        One of

        - ``.npy``: the matrix, shape (k, channels).
        - ``.npz`` or ``.safetensors``: the matrix as ``matrix``, or under any name where it is alone; ``bias``, shape
          (k,), if there is one; names as a text array ``names``, in safetensors as the metadata ``names``, a JSON list.
        - ``.csv``: a line a direction, a number a channel, in UTF-8 with commas. The first column holds the names if it
          is text, or if the first line has nothing above it. A first line of texts, or of 0, 1, 2 … as pandas writes
          it, is a header.
    rectified
        Whether negative activations become 0 (see `Directions`).

    Raises
    ------
    NetworkError
        When there is no such file, it is damaged or something else, or what it holds makes no directions.
    """
    path = Path(path).expanduser()
    readers = {".npy": _read_npy, ".npz": _read_npz, ".safetensors": _read_safetensors, ".csv": _read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise NetworkError(f"{path}: directions are read from {', '.join(readers)}, not from {path.suffix or 'this'}")
    try:
        matrix, bias, names = reader(path)
        return Directions(matrix, names, bias=bias, rectified=rectified)
    except NetworkError as error:
        if str(path) in str(error):
            raise
        raise NetworkError(f"{path}: {error}") from error


_Content = tuple[NDArray[np.generic], NDArray[np.generic] | None, list[str] | None]


def _read_npy(path: Path) -> _Content:
    return _array_of_numbers(load_array(path, _FILE, error=NetworkError), "the matrix"), None, None


def _read_npz(path: Path) -> _Content:
    arrays = dict(load_arrays(path, _FILE, error=NetworkError))
    names = arrays.pop("names", None)
    if names is not None and (names.dtype.kind != "U" or names.ndim != 1):
        raise NetworkError("names is not an array of texts with one axis")
    return *_matrix_and_bias(arrays), None if names is None else [str(name) for name in names]


def _read_safetensors(path: Path) -> _Content:
    tensors, metadata = load_tensors(path, _FILE)  # of PyTorch: NumPy has no bfloat16
    arrays = {name: tensor.float().numpy() for name, tensor in tensors.items()}
    names = parse_json(metadata["names"], "the metadata names", error=NetworkError) if "names" in metadata else None
    if names is not None and not isinstance(names, list):
        raise NetworkError(f"the metadata names is {names!r:.80}, not a list of texts")
    return *_matrix_and_bias(arrays), names


def _matrix_and_bias(
    arrays: Mapping[str, NDArray[np.generic]],
) -> tuple[NDArray[np.generic], NDArray[np.generic] | None]:
    others = [name for name in arrays if name != "bias"]
    matrix = "matrix" if "matrix" in others else others[0] if others else ""
    # What is not understood, such as the mean that PCA subtracts, may matter: it is not passed over.
    if len(others) != 1:
        raise NetworkError(
            f"it holds {', '.join(f'{name!r:.40}' for name in arrays) or 'nothing'}; looked for matrix, and bias and "
            "names if there are any. What is subtracted before belongs into the bias: -matrix @ mean"
        )
    bias = arrays.get("bias")
    return _array_of_numbers(arrays[matrix], matrix), None if bias is None else _array_of_numbers(bias, "bias")


def _array_of_numbers(array: NDArray[np.generic], what: str) -> NDArray[np.generic]:
    # A member of an archive that is no array comes as bytes.
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise NetworkError(f"{what} is not an array of real numbers but of {getattr(array, 'dtype', 'bytes')}")
    return array


def _read_csv(path: Path) -> _Content:
    text = read_text(path, _FILE, error=NetworkError)
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(records.line_num, [field.strip() for field in fields]) for fields in records if any(fields)]
    except csv.Error as error:
        raise NetworkError(f"line {records.line_num} is no valid CSV: {error}") from error
    if not rows:
        raise NetworkError("it is empty")
    first = rows[0][1]
    header = not any(map(_is_number, first[1:])) or first[0] == "" or _counts_up(first)
    body = rows[1:] if header else rows
    named = (header and first[0] == "") or not all(_is_number(fields[0]) for _, fields in body)
    matrix = []
    for line, fields in body:
        if len(fields) != len(first):
            raise NetworkError(f"line {line} has {len(fields)} fields, the first line {len(first)}")
        for column, field in enumerate(fields[named:], start=1 + named):
            if not _is_number(field):
                raise NetworkError(f"line {line}, column {column}: {field!r:.40} is not a number")
        matrix.append([float(field) for field in fields[named:]])
    names = [fields[0] for _, fields in body] if named else None
    if names == [str(number) for number in range(len(body))]:  # the index of a pandas frame, which names nothing
        names = None
    return np.array(matrix, np.float64), None, names


_FILE = "file of directions"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _counts_up(fields: list[str]) -> bool:
    """True for the header of a pandas frame; over two channels or one, 0 and 1 may be meant as numbers."""
    counted = fields if _is_number(fields[0]) else fields[1:]
    return len(counted) > 2 and counted == [str(number) for number in range(len(counted))]
