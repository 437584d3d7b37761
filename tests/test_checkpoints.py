"""Weights from files: every format that is read, and what is said about those that are not."""

import gzip
import pickle
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch
from old_checkpoints import write_old
from safetensors.torch import save_file
from torch import nn

from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.checkpoints import put_weights, read_weights


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 2, 1), nn.BatchNorm2d(2))


def state(**changes: object) -> dict[str, object]:
    torch.manual_seed(1)
    return {**{name: torch.rand_like(value.float()) for name, value in small().state_dict().items()}, **changes}


def write_zipped(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


def write_safetensors(path: Path, content: dict[str, torch.Tensor]) -> Path:
    save_file(content, path)
    return path


@pytest.mark.parametrize(
    ("file", "write", "wrap"),
    [
        ("weights.safetensors", write_safetensors, lambda state: state),
        ("weights.pth", write_zipped, lambda state: state),
        ("weights.pth", write_old, lambda state: state),
        ("weights.pth.tar", write_old, lambda state: {"epoch": 3, "arch": "small", "state_dict": state}),
        ("weights.pt", write_zipped, lambda state: {"model": state, "optimizer": {}}),
        ("weights.bin", write_zipped, lambda state: {"model_state_dict": state}),
        ("weights.pth", write_zipped, lambda state: {f"module.{name}": value for name, value in state.items()}),
        ("weights.pth", write_zipped, lambda state: {f"_orig_mod.{name}": value for name, value in state.items()}),
        ("weights.ckpt", write_zipped, lambda state: {"state_dict": {f"model.{k}": v for k, v in state.items()}}),
    ],
)
def test_weights_are_read_in_every_wrapping(tmp_path, file, write, wrap):
    module, expected = small(), state()
    put_weights(module, read_weights(write(tmp_path / file, wrap(expected))), "small")
    assert all(torch.equal(value.float(), expected[name].float()) for name, value in module.state_dict().items()
               if "tracked" not in name)  # fmt: skip


def script(path: Path) -> None:
    torch.jit.save(torch.jit.script(small()), path)


def archive(path: Path) -> None:
    torch.save(state(), path.with_suffix(".inner"))
    with tarfile.open(path, "w") as tar:
        tar.add(path.with_suffix(".inner"), "weights.pth")


def plain_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")


def half_a_file(path: Path) -> None:
    torch.save(state(), path)
    path.write_bytes(path.read_bytes()[:-600])


class Evil:
    def __reduce__(self):
        return eval, ("__import__('pathlib').Path('harm').touch()",)


WHOLE = r"holds a whole pickled object \({}\), not weights alone. Opening it would run whatever code .* python -c"
MALFORMED = [
    ("none.pth", None, "there is no file of weights"),
    ("folder.pth", Path.mkdir, "is a folder; give the file of weights in it"),
    ("empty.pth", Path.touch, "is empty: download it again"),
    ("page.pth", lambda p: p.write_text("<!DOCTYPE html><html>404</html>"), "is a web page, not weights"),
    ("lfs.pth", lambda p: p.write_text("version https://git-lfs.github.com/spec/v1\n"), "is a pointer of Git LFS"),
    ("zipped.pth", lambda p: p.write_bytes(gzip.compress(b"x" * 99)), "is compressed with gzip: unpack it first"),
    ("really.pth.tar", archive, "is a tar archive: unpack it and give the file of weights in it"),
    ("files.pth", plain_zip, "is a zip archive, not a file of torch.save"),
    ("script.pth", script, "is a TorchScript program, not weights"),
    ("cut.pth", half_a_file, "is (a zip archive|cut off or damaged|not a file of weights)"),
    ("noise.pth", lambda p: p.write_bytes(bytes(range(7, 256)) * 9), "is not a file of weights of PyTorch, or is dam"),
    ("text.pth", lambda p: p.write_text("weights, honestly"), "is not a file of weights|is cut off or damaged"),
    ("net.caffemodel", Path.touch, "Caffe's weights cannot be read here"),
    ("net.t7", Path.touch, "Lua Torch's files cannot be read here"),
    ("net.onnx", Path.touch, "ONNX graphs cannot be read here"),
    ("not.safetensors", lambda p: p.write_bytes(b"\x07" * 99), "cannot be read as safetensors"),
    ("whole.pth", lambda p: torch.save(small(), p), WHOLE.format(r"torch\.nn\.modules\.container\.Sequential")),
    (
        "whole_old.pth.tar",
        lambda p: torch.save(small(), p, _use_new_zipfile_serialization=False),
        WHOLE.format(r"torch\.nn\.modules\.container\.Sequential"),
    ),
    ("nested.pth", lambda p: torch.save({"state_dict": small()}, p), "holds a whole pickled object"),
    ("evil.pth", lambda p: torch.save({"state_dict": Evil()}, p), "holds a whole pickled object"),
    ("evil_plain.pth", lambda p: p.write_bytes(pickle.dumps(Evil())), "holds a whole pickled object|is not a file of"),
    ("list.pth", lambda p: torch.save([torch.ones(2)], p), "holds a list, not a dictionary of tensors by name"),
    ("tensor.pth", lambda p: torch.save(torch.ones(2), p), "holds a Tensor, not a dictionary of tensors by name"),
    ("nothing.pth", lambda p: torch.save({}, p), "holds a dictionary with nothing in it, not a dictionary of tensors"),
    (
        "other.pth",
        lambda p: torch.save({"epoch": 3, "weights": state()}, p),
        "holds a dictionary with 'epoch', 'weights'; looked for .* but 'epoch' is a int",
    ),
]


@pytest.mark.parametrize(("file", "write", "message"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_what_is_no_file_of_weights_is_refused_with_the_reason(tmp_path, monkeypatch, file, write, message):
    monkeypatch.chdir(tmp_path)
    if write:
        write(tmp_path / file)
    with pytest.raises(NetworkError, match=message) as refusal:
        read_weights(tmp_path / file)
    assert str(tmp_path / file) in str(refusal.value)
    assert not (tmp_path / "harm").exists()


def test_the_way_that_is_told_for_whole_objects_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(whole := small(), "whole.pth.tar")
    with pytest.raises(NetworkError) as refusal:
        read_weights("whole.pth.tar")
    command = re.search(r'python -c "(.*)" and give (.*)', str(refusal.value))
    exec(command[1])  # what a person would copy
    put_weights(module := small(), read_weights(command[2]), "small")
    assert torch.equal(module[0].weight, whole[0].weight)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (state(extra=torch.ones(1)), r"of its tensors, 1 are too many \(such as extra\)"),
        ({"0.weight": torch.ones(2, 3, 1, 1)}, r"of its tensors, 5 are missing \(such as 0.bias\)"),
        (
            state(**{"0.weight": torch.ones(2, 4, 1, 1)}),
            r"1 have another shape \(such as 0.weight, \(2, 4, 1, 1\) where \(2, 3, 1, 1\) is needed\)",
        ),
        (state(**{"0.bias": torch.tensor([1.0, float("nan")])}), "the tensor '0.bias' has values that are not finite"),
        (
            state(**{"module.0.bias": torch.ones(2)}),
            "holds two tensors for '0.bias', one of them named 'module",
        ),
    ],
)
def test_weights_of_another_network_are_refused_and_nothing_is_copied(tmp_path, content, message):
    module = small()
    before = module[0].weight.clone()
    with pytest.raises(NetworkError, match=message):
        put_weights(module, read_weights(write_zipped(tmp_path / "weights.pth", content)), "small")
    assert torch.equal(module[0].weight, before)


def test_a_file_name_brings_nothing_into_the_command_to_copy(tmp_path):
    path = tmp_path / "$(touch harm).pth"
    torch.save(small(), path)
    with pytest.raises(NetworkError) as refusal:
        read_weights(path)
    assert "torch.load('FILE', " in str(refusal.value)
