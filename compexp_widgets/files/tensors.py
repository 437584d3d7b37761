"""Tensors from outside: safetensors, and what ``torch.save`` wrote, read without running anything of the file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from compexp_widgets.errors import CompexpError, NetworkError
from compexp_widgets.files.regular import ClippedFile, check_regular, readable, shown, unpacked_budget


def load_tensors(
    path: str | Path, what: str, *, error: type[CompexpError] = NetworkError, framework: str = "pt"
) -> tuple[dict[str, Any], dict[str, str]]:
    """The tensors of a safetensors file by name, on the CPU, and the texts of its metadata.

    `what`, `error`: as of `check_regular`. `framework`: ``"pt"`` for tensors of PyTorch, ``"numpy"`` for arrays. Raises
    `CompexpError` of the class `error`, where the file cannot be read as such.
    """
    from safetensors import safe_open  # noqa: PLC0415 - label maps and tables are read without it

    check_regular(path, what, error=error)
    try:
        with safe_open(path, framework) as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, dict(file.metadata() or {})
    except Exception as reason:  # SafetensorError, and what NumPy says of numbers that it does not have
        raise error(f"the {what} {shown(path)} cannot be read as safetensors ({reason}): {_AGAIN}") from reason


def load_checkpoint(path: str | Path, what: str, *, error: type[CompexpError] = NetworkError) -> Any:
    """Read what ``torch.save`` wrote, to the CPU: tensors, numbers, texts, and lists and dictionaries of them.

    Raises `CompexpError` of the class `error`, where the file cannot be read or would unfold to more than its budget;
    its cause is what PyTorch raised.
    """
    import torch  # noqa: PLC0415 - takes its time, and is needed only here

    size = check_regular(path, what, error=error)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > (budget := unpacked_budget(size)):
                raise ValueError(f"its {readable(size)} would unfold to {readable(unpacked)}, not {readable(budget)}")
            return torch.load(path, map_location="cpu", weights_only=True)
        with ClippedFile(io.FileIO(path), size) as file:  # as PyTorch wrote until 1.6
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as reason:
        said = (str(reason).strip() or type(reason).__name__).splitlines()[0]
        raise error(f"the {what} {shown(path)} is cut off or damaged ({said:.200}): {_AGAIN}") from reason


_AGAIN = "download it again, or give another file"
