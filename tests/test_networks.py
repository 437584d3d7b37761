"""Networks by name: torchvision, the checkpoints of Places365's authors, a function of the user's."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from old_checkpoints import places365_checkpoint, write_old
from PIL import Image
from safetensors.torch import save_file
from tiny_network import TinyNetwork, preprocess, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.sources.preprocessing import PLACES365, Preprocessing, probed_in_the_paper
from compexp_widgets.networks.sources.torchvision_networks import build, import_torchvision

TESTS = Path(__file__).parent
PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (190, 300, 3), dtype=np.uint8))


@pytest.fixture(autouse=True)
def networks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)


def constants(name: str, **settings: object) -> dict[str, torch.Tensor]:
    """Weights of the right shapes in a small file: one stored number a tensor, each another."""
    with torch.device("meta"):
        shapes = {key: tensor.shape for key, tensor in build(name, **settings).state_dict().items()}
    return {key: torch.tensor(1 + number / 1024).expand(shape) for number, (key, shape) in enumerate(shapes.items())}


def test_random_weights_are_the_same_each_time_and_leave_the_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, same, other = (cw.load_network("torchvision:squeezenet1_1", None, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(3), expected)
    assert first.fingerprint == same.fingerprint != other.fingerprint
    assert not first.module.training
    assert first.class_names == ()


@pytest.mark.parametrize("name", ["resnet18", "vit_b_16", "swin_t", "convnext_tiny"])
def test_the_published_preprocessing_is_the_weights_own_and_whole_shows_the_border(name):
    models = import_torchvision().models
    own = models.get_model_weights(name).DEFAULT.transforms()(PICTURE)
    with torch.device("meta"):  # the preprocessing alone is looked at
        published = cw.load_network(f"torchvision:{name}", None).preprocess
        whole = cw.load_network(f"torchvision:{name}", None, preprocess="whole").preprocess
    assert torch.equal(published(PICTURE), own)
    assert whole(PICTURE).shape == own.shape
    framed = PICTURE.copy()
    framed.paste((255, 0, 0), (0, 0, 8, 190))
    assert torch.equal(published(framed), published(PICTURE))  # the crop hides the border
    assert not torch.equal(whole(framed), whole(PICTURE))


def test_weights_in_the_cache_of_torchvision_are_loaded_with_their_class_names(monkeypatch, tmp_path):
    models = import_torchvision().models
    weights = models.SqueezeNet1_1_Weights.IMAGENET1K_V1
    monkeypatch.setattr(type(weights), "get_state_dict", lambda *_args, **_more: constants("squeezenet1_1"))
    network = cw.load_network("torchvision:squeezenet1_1", "IMAGENET1K_V1")
    assert network.name == "squeezenet1_1 IMAGENET1K_V1"
    assert network.class_names[:2] == ("tench", "goldfish")
    assert cw.load_network("torchvision:squeezenet1_1").fingerprint == network.fingerprint


def test_a_checkpoint_brings_its_own_number_of_classes(tmp_path):
    torch.save(constants("squeezenet1_1", num_classes=7), tmp_path / "mine.pth")
    network = cw.load_network("torchvision:squeezenet1_1", tmp_path / "mine.pth", class_names=list("abcdefg"))
    assert network.name == "squeezenet1_1 (mine.pth)"
    assert network.class_names == tuple("abcdefg")
    with torch.inference_mode():
        assert network.module(network.input_from(PICTURE)[None]).shape == (1, 7)


def test_a_checkpoint_in_safetensors_gives_the_same_network_as_one_in_pth(tmp_path):
    weights = {key: tensor.clone() for key, tensor in build("squeezenet1_1", seed=3).state_dict().items()}
    torch.save(weights, tmp_path / "weights.pth")
    save_file(weights, tmp_path / "weights.safetensors")
    networks = [cw.load_network("torchvision:squeezenet1_1", str(path)) for path in sorted(tmp_path.iterdir())]
    assert networks[0].fingerprint == networks[1].fingerprint
    assert networks[0].class_names[0] == "tench"  # 1,000 outputs are taken for ImageNet's


def test_a_file_named_as_torchvision_names_it_is_checked_against_the_hash_in_its_name(tmp_path):
    path = tmp_path / "squeezenet1_1-b8a52dc0.pth"
    torch.save(constants("squeezenet1_1"), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    with pytest.raises(NetworkError, match=f"its SHA-256 begins with {digest}, not b8a52dc0: download it again"):
        cw.load_network("torchvision:squeezenet1_1", path)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "alexnet", "densenet161"])
def test_checkpoints_of_the_authors_of_places365_are_read(tmp_path, name):
    state = constants(name, num_classes=365)
    path = places365_checkpoint(tmp_path / f"{name}_places365.pth.tar", name, state)
    names = [f"/{chr(97 + number % 26)}/scene_{number}/outdoor {number}" for number in range(365)]
    (tmp_path / "categories_places365.txt").write_text("\n".join(names), encoding="utf-8")
    network = cw.load_network(f"places365:{name}", path)
    loaded = network.module.state_dict()
    assert all(torch.equal(loaded[key], tensor) for key, tensor in state.items() if "tracked" not in key)
    assert network.class_names[8] == "scene_8/outdoor"
    assert network.preprocess == PLACES365
    assert b"U" in path.read_bytes()[:200]  # texts of Python 2


def test_the_wide_network_of_the_authors_is_not_taken_for_the_plain_one(tmp_path):
    path = write_old(tmp_path / "w.pth.tar", {"arch": "wideresnet18", "state_dict": constants("resnet18")})
    with pytest.raises(NetworkError, match="says that it holds a 'wideresnet18', not a resnet18"):
        cw.load_network("places365:resnet18", path)


def test_the_preprocessing_of_places365_is_that_of_its_authors():
    transforms = import_torchvision().transforms
    authors = transforms.Compose([
        transforms.Resize((256, 256)), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])  # fmt: skip
    assert torch.allclose(PLACES365(PICTURE), authors(PICTURE), atol=1e-5)
    assert PLACES365.whole(PICTURE).shape == (3, 224, 224)


def test_the_preprocessing_of_the_paper_subtracts_in_bgr_and_shows_rgb():
    picture = PICTURE.resize((224, 224))
    bgr = np.asarray(picture, np.float32)[:, :, ::-1] - np.array([109.5388, 118.6897, 124.6901], np.float32)
    shown = bgr.transpose(2, 0, 1)[::-1] / (255 * 0.224)
    assert np.allclose(probed_in_the_paper()(picture).numpy(), shown, atol=1e-5)


def test_networks_of_caffe_are_shown_bgr():
    caffe = Preprocessing(mean=(104, 117, 123), deviation=(1, 1, 1), order="BGR", size=(2, 2))
    shown = caffe(Image.new("RGB", (5, 5), (255, 10, 20)))
    assert shown[:, 0, 0].tolist() == [20 - 104, 10 - 117, 255 - 123]


def test_a_network_of_ones_own_takes_weights_from_a_file(tmp_path):
    save_file(TinyNetwork(seed=9).state_dict(), tmp_path / "tiny.safetensors")
    network = cw.load_network("tiny_network:load", tmp_path / "tiny.safetensors", class_names=("in", "out"))
    assert network.fingerprint == tiny_network(seed=9).fingerprint
    assert network.class_names == ("in", "out")


def test_training_mode_is_told_and_left_for_good():
    module = TinyNetwork()
    with pytest.warns(UserWarning, match=r"in training mode \(7 of its modules.*now in evaluation mode"):
        network = cw.Network.of(module, preprocess, class_names=["a", "b"])
    assert not module.training
    assert network.name == "TinyNetwork"


def test_another_precision_is_a_copy_that_knows_its_original():
    network = tiny_network()
    half = network.to("cpu", torch.float16)
    assert (half.dtype, network.dtype) == (torch.float16, torch.float32)
    assert half.reference is network
    assert half.to(dtype=torch.bfloat16).reference is network
    assert half.fingerprint != network.fingerprint == network.to("cpu").fingerprint


def write(name: str, text: str) -> Path:
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


REFUSED = [
    (
        lambda: cw.load_network("resnet18"),
        "a network is named torchvision:NAME, places365:NAME, bowman:FILE or module:function",
    ),
    (lambda: cw.load_network("torchvision:resnet19"), "torchvision has no model 'resnet19'; the nearest are resnet1"),
    (lambda: cw.load_network("torchvision:raft_large"), "torchvision:raft_large cannot be probed: networks for videos"),
    (
        lambda: cw.load_network("torchvision:resnet18", "IMAGENET1K_V7"),
        "has no weights 'IMAGENET1K_V7'.*it has IMAGENET1K_V1",
    ),
    (lambda: cw.load_network("torchvision:resnet18", 3), "weights are a name, a path or None, not 3"),
    (lambda: cw.load_network("torchvision:resnet18", "nowhere/a.pth"), "there is no file of weights nowhere"),
    (
        lambda: cw.load_network("torchvision:squeezenet1_1", None, preprocess="centre"),
        "preprocess is a function, 'published', 'whole' or 'paper', not 'centre'",
    ),
    (
        lambda: cw.load_network(
            "torchvision:alexnet", places365_checkpoint(Path("r.tar"), "resnet18", constants("resnet18"))
        ),
        "r.tar does not hold the weights of torchvision:alexnet: of its tensors, 16 are missing .* too many",
    ),
    (
        lambda: cw.load_network("places365:vgg16"),
        "places365:vgg16: the authors of Places365 publish alexnet",
    ),
    (
        lambda: cw.load_network("places365:resnet18"),
        "places365:resnet18 needs its weights: get resnet18_places365.pth.tar with `compexp fetch",
    ),
    (
        lambda: cw.load_network("places365:resnet18", write_old(Path("i.tar"), {"state_dict": constants("resnet18")})),
        r"2 have another shape \(such as fc.weight, \(1000, 512\) where \(365, 512\) is needed",
    ),
    (
        lambda: cw.load_network("places365:resnet18", None, class_names=write("names.txt", "a\nb\n")),
        "names.txt has 2 names of classes, the network 365 outputs",
    ),
    (
        lambda: cw.load_network("places365:resnet18", None, class_names=write("names.txt", "/a/x 0\n/b/y 2\n")),
        r"names.txt numbers its 2 classes otherwise than 0 … 1, each once",
    ),
    (
        lambda: cw.load_network("places365:resnet18", None, class_names=write("names.txt", "\n")),
        "names.txt names no classes",
    ),
    (
        lambda: cw.load_network("places365:resnet18", None, class_names="no.txt"),
        "there is no list of class names no.txt",
    ),
    (lambda: cw.load_network("tiny_network:load", None), "tiny_network:load makes its own weights"),
    (
        lambda: cw.load_network("tiny_network:load", preprocess="paper"),
        "tiny_network:load has a preprocessing of its",
    ),
    (lambda: cw.load_network("tiny_network:lod"), "tiny_network has no function 'lod'; the nearest are load"),
    (lambda: cw.load_network("no_such_module:load"), "no_such_module:load: No module named 'no_such_module'"),
    (lambda: cw.Network.of("resnet18", preprocess), "a network is a torch.nn.Module, not str: 'resnet18'"),
    (
        lambda: cw.Network.of(nn.ReLU().eval(), None),
        "preprocess is a function from a PIL picture to a tensor",
    ),
    (lambda: cw.Network.of(nn.ReLU().eval(), preprocess, class_names="ab"), "class_names is a sequence of texts"),
    (lambda: cw.Network.of(nn.LazyLinear(3).eval(), preprocess), "the weight 'weight' has no shape yet"),
    (
        lambda: cw.Network.of(nn.ReLU().eval(), lambda _: np.ones(3)).fingerprint,
        "ReLU: preprocess must give a float tensor",
    ),
    (lambda: tiny_network().to("gpu"), "'gpu' is no device of torch: take 'cpu', 'cuda' or 'mps'"),
    (lambda: tiny_network().to("cuda:99"), "there is no device 'cuda:99' here"),
    (lambda: tiny_network().to("cpu", torch.int8), "dtype is a floating type such as torch.float16, not torch.int8"),
    (lambda: Preprocessing(order="RBG"), "the order of channels is RGB or BGR, not 'RBG'"),
    (lambda: Preprocessing(deviation=(1, 0, 1)), r"deviation must be above 0, not \(1, 0, 1\)"),
    (lambda: Preprocessing(mean=(1, 2)), "mean must be three finite numbers"),
    (lambda: Preprocessing(resize=(100, 300)), r"a picture of \(100, 300\) has no centre of \(224, 224\)"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[re.sub(r"\W+", "_", case[1])[:40] for case in REFUSED])
def test_what_cannot_be_a_network_is_refused_with_the_reason(tmp_path, monkeypatch, call, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    with pytest.raises(NetworkError, match=message):
        call()


def test_networks_for_segmentation_are_built_without_a_download_and_read_from_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", lambda *_args, **_more: pytest.fail("a download"))
    random = cw.load_network("torchvision:lraspp_mobilenet_v3_large", None)
    save_file(random.module.state_dict(), tmp_path / "weights.safetensors")
    network = cw.load_network("torchvision:lraspp_mobilenet_v3_large", tmp_path / "weights.safetensors")
    assert network.fingerprint == random.fingerprint
    assert network.class_names[:2] == ("__background__", "aeroplane")
