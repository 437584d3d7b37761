"""Probing and silencing leave a network as it was, and what cannot be listened to is told so."""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict, namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_network import TinyNetwork, preprocess, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.adversarial import contributions
from compexp_widgets.errors import NetworkError
from compexp_widgets.progress import silent

Answer = namedtuple("Answer", ["hidden", "rest"])


class Output(OrderedDict):
    """As the answers of transformers: a dictionary whose entries are attributes too."""

    def __init__(self, **entries):
        super().__init__(entries)
        self.__dict__.update(entries)

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        super().__setattr__(key, value)


WRAPPED = {
    "tensor": (lambda x: x, lambda answer: answer),
    "tuple": (lambda x: (x, None), lambda answer: answer[0]),
    "list": (lambda x: [x], lambda answer: answer[0]),
    "nested": (lambda x: ({"hidden": x}, 3), lambda answer: answer[0]["hidden"]),
    "named tuple": (lambda x: Answer(x, None), lambda answer: answer.hidden),
    "dictionary": (lambda x: {"hidden": x}, lambda answer: answer["hidden"]),
    "output": (lambda x: Output(hidden=x), lambda answer: answer.hidden),
}


class Passing(nn.Module):
    def __init__(self, wrap) -> None:
        super().__init__()
        self.wrap = wrap

    def forward(self, x):
        return self.wrap(x)


class Skipping(nn.Module):
    """What `passing` hands on is its input itself, which the skip path adds again."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        torch.manual_seed(0)
        wrap, self.unwrap = WRAPPED[kind]
        self.stem, self.passing = nn.Conv2d(3, 4, 3, padding=1), Passing(wrap)
        self.conv, self.head = nn.Conv2d(4, 4, 3, padding=1), nn.Linear(4, 2)

    def forward(self, x):
        x = self.stem(x)
        return self.head((x + self.conv(self.unwrap(self.passing(x)))).mean((2, 3)))


@pytest.mark.parametrize("kind", WRAPPED)
def test_a_silent_unit_is_silent_behind_its_layer_alone(kind, tiny_dataset):
    module = Skipping(kind).eval()
    network = cw.Network.of(module, preprocess, class_names=("a", "b"))
    pictures = [tiny_dataset.picture(number) for number in range(2)]
    with torch.no_grad():
        x = module.stem(torch.stack([preprocess(picture) for picture in pictures]))
        left = x.clone()
        left[:, 1] = 0
        expected = module.head((x + module.conv(left)).mean((2, 3))).numpy()
        whole = module.head((x + module.conv(x)).mean((2, 3))).numpy()
    found = network.respond(pictures, "passing", silenced=[1])
    np.testing.assert_allclose(found.logits, expected, atol=1e-5)
    np.testing.assert_allclose(found.activations, x.numpy(), atol=1e-6)  # as they were before
    falls = contributions(network, "passing", pictures[0], method="ablation", units=[1]).contribution
    np.testing.assert_allclose(falls[:, 0], (whole - expected)[0], atol=1e-4)


class Keeping(nn.Module):
    """Keeps a table from its first pass, as several transformers do."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head, self.table = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4, 2), None

    def forward(self, x):
        x = self.conv(x)
        if self.table is None:
            self.table = torch.linspace(0.5, 1, x.shape[-1]).expand(x.shape[-2:]).clone()
        return self.head((x * self.table).mean((2, 3)))


def test_a_network_can_be_trained_on_after_it_was_probed(tiny_dataset, tmp_path):
    module = Keeping().eval()
    network = cw.Network.of(module, preprocess, class_names=("a", "b"))
    cw.dissect(network, "conv", tiny_dataset, tmp_path, report=silent)
    network.respond([tiny_dataset.picture(0)], "conv", silenced=[0])
    assert all(parameter.grad is None for parameter in module.parameters())
    assert all(not part._forward_hooks and not part.training for part in module.modules())
    module.train()(torch.rand(2, 3, 16, 20)).sum().backward()


def test_compiled_networks_are_probed_as_the_python_that_they_were_made_from(tiny_dataset, tmp_path):
    plain = cw.dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "plain", report=silent)
    compiled = torch.compile(TinyNetwork().eval(), backend="eager")
    compiled(torch.rand(1, 3, 16, 20))
    in_place = TinyNetwork().eval()
    in_place.compile(backend="eager")
    in_place(torch.rand(1, 3, 16, 20))
    for name, module, layer in (("a", compiled, "_orig_mod.body.3"), ("b", in_place, "body.3")):
        study = cw.dissect(cw.Network.of(module, preprocess), layer, tiny_dataset, tmp_path / name, report=silent)
        np.testing.assert_allclose(study.units.maps, plain.units.maps, atol=1e-6)


def scripted() -> nn.Module:
    return torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval())


def traced() -> nn.Module:
    return torch.jit.trace(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval(), torch.rand(1, 3, 16, 20))


class Whole(nn.Module):
    """Takes texts first, as CLIP does."""

    def __init__(self) -> None:
        super().__init__()
        self.vision_model, self.text_model = nn.Sequential(nn.Conv2d(3, 4, 3)), nn.Embedding(9, 4)

    def forward(self, input_ids=None, pixel_values=None):
        return self.text_model(input_ids), self.vision_model(pixel_values)


@pytest.mark.parametrize(
    ("make", "layer", "told"),
    [
        (scripted, "1", "compiled by TorchScript.*load_state_dict"),
        (traced, "1", "compiled by TorchScript.*load_state_dict"),
        (lambda: nn.Sequential(scripted(), nn.Conv2d(4, 2, 1)), "0", "layer '0' is compiled by TorchScript"),
        (lambda: nn.Sequential(scripted(), nn.Conv2d(4, 2, 1)), "0.1", "layer '0.1' is compiled by TorchScript"),
        (lambda: nn.Sequential(nn.Conv2d(3, 4, 3)).to("meta"), "0", "no values yet.*meta"),
        (lambda: nn.Sequential(nn.LazyConv2d(4, 3)), "0", "no shape yet"),
        (Whole, "vision_model.0", "give .vision_model"),
    ],
    ids=["script", "trace", "a part", "inside a part", "meta", "lazy", "CLIP"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_what_cannot_be_probed_is_told_with_the_way_on(make, layer, told, tiny_dataset, tmp_path):
    def probed():
        network = cw.Network.of(make().eval(), preprocess)
        return cw.dissect(network, layer, tiny_dataset, tmp_path, report=silent)

    with pytest.raises(NetworkError, match=told):
        probed()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_layer_beside_a_compiled_part_is_probed(tiny_dataset, tmp_path):
    module = nn.Sequential(scripted(), nn.Conv2d(4, 2, 1)).eval()
    study = cw.dissect(cw.Network.of(module, preprocess), "1", tiny_dataset, tmp_path, report=silent)
    assert study.units.count == 2


SETTINGS = (
    "",
    "torch.set_default_dtype(torch.float64)",
    "torch.set_grad_enabled(False)",
    "torch.use_deterministic_algorithms(True)",
    "torch.set_default_device('cpu')",
)

SCRIPT = """
import hashlib, sys, tempfile
import numpy as np, torch
sys.path.insert(0, {tests!r})
from tiny_network import TinyNetwork, preprocess
import compexp_widgets as cw
from compexp_widgets.analysis.contributions import contributions
module = TinyNetwork().eval()
dataset = cw.read_dataset({data!r})
for setting in {settings!r}:
    before = torch.get_default_dtype(), torch.is_grad_enabled()
    exec(setting)
    network = cw.Network.of(module, preprocess, name="tiny", class_names=("indoors", "outdoors"))
    with tempfile.TemporaryDirectory() as folder:
        study = cw.dissect(network, "body.3", dataset, folder, report=lambda *told: None)
        maps, fingerprint = np.array(study.units.maps), network.fingerprint
        found = [str(one.best and one.best.formula) for one in study.explain(report=lambda *told: None)]
        study.close()
    shares = [contributions(network, "body.3", dataset.picture(0), method=method).contribution
              for method in ("gradient × activation", "ablation")]
    values = [maps, *shares]
    digest = hashlib.sha256(b"".join(value.tobytes() for value in values) + repr(found).encode()).hexdigest()
    print(fingerprint, [str(value.dtype) for value in values], digest)
    torch.set_default_dtype(before[0]); torch.set_grad_enabled(before[1])
"""


def test_settings_of_a_notebook_change_no_answer(tiny_dataset, tmp_path):
    script = SCRIPT.format(tests=str(Path(__file__).parent), data=str(tiny_dataset.folder), settings=SETTINGS)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=300)
    lines = done.stdout.splitlines()
    assert len(lines) == len(SETTINGS), done.stderr
    assert len(set(lines)) == 1
