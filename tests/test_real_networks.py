"""Networks of every kind on real photographs: from the pictures to formulas that are proven the best."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

import compexp_widgets as cw
from compexp_widgets.data.images import SegmentationDataset
from compexp_widgets.progress import silent
from compexp_widgets.study import Study

pytestmark = pytest.mark.real

PHOTOGRAPHS = 12
UNITS_EXPLAINED = 12

# network, layer, (units, height, width) of its maps; torchvision's have random weights, for there are no others here
CASES = [
    ("torchvision:resnet18", "layer4", (512, 7, 7)),
    ("torchvision:densenet121", "features.denseblock4", (1024, 7, 7)),
    ("torchvision:efficientnet_b0", "features.8", (1280, 7, 7)),
    ("torchvision:convnext_tiny", "features.7", (768, 7, 7)),
    ("torchvision:vit_b_32", "encoder.layers.encoder_layer_11", (768, 7, 7)),
    ("places365_squeezenet:load", "fire9", (512, 13, 13)),
]


@pytest.fixture(scope="module")
def photographs(real_data: Path) -> SegmentationDataset:
    """The first photographs of the set, with the masks of their objects and colours."""
    data = cw.read_dataset(real_data / "broden_coco")
    return dataclasses.replace(data, images=data.images[:PHOTOGRAPHS])


@pytest.fixture(scope="module")
def holds(photographs: SegmentationDataset) -> np.ndarray:
    """Where every concept holds, pixel by pixel from the masks: float32, shape (concepts, images · height · width)."""
    holds = np.zeros((len(photographs.concepts), len(photographs), *photographs.grid), np.float32)
    for image in range(len(photographs)):
        for layer in photographs.labels(image):
            rows, columns = np.nonzero(layer >= 0)
            holds[layer[rows, columns], image, rows, columns] = 1
    return holds.reshape(len(photographs.concepts), -1)


@pytest.fixture(scope="module", params=CASES, ids=[f"{name}-{layer}" for name, layer, _ in CASES])
def case(request: pytest.FixtureRequest) -> tuple[cw.Network, str, tuple[int, int, int]]:
    name, layer, shape = request.param
    if name.startswith("torchvision:"):
        return cw.load_network(name, None), layer, shape
    return request.getfixturevalue("places365_squeezenet"), layer, shape


@pytest.fixture(scope="module")
def study(case, photographs: SegmentationDataset, tmp_path_factory: pytest.TempPathFactory) -> Study:
    network, layer, _ = case
    return cw.dissect(network, layer, photographs, tmp_path_factory.mktemp("study"), batch_size=8, report=silent)


def plain_answer(network: cw.Network, layer: str, batch: torch.Tensor) -> torch.Tensor:
    """What a layer answers, from a hook of torch and nothing else."""
    answers = []
    hook = network.module.get_submodule(layer).register_forward_hook(lambda *call: answers.append(call[-1]))
    with torch.inference_mode():
        network.module(batch)
    hook.remove()
    return answers[0]


def test_the_layer_is_listed_and_its_maps_are_what_it_answers(case, study, photographs):
    network, layer, (units, height, width) = case
    batch = torch.stack([network.preprocess(photographs.picture(image)) for image in (0, 1)])
    (listed,) = (info for info in cw.list_layers(network) if info.name == layer)
    assert (listed.units, listed.grid) == (units, (height, width))

    maps = study.units.maps
    assert maps.shape == (units, PHOTOGRAPHS, height, width)
    assert np.isfinite(maps).all()
    expected = plain_answer(network, layer, batch)
    if expected.ndim == 3:  # the class token, then the patches row by row
        expected = expected[:, 1:].transpose(1, 2).reshape(2, units, height, width)
    scale = float(expected.abs().max())  # of the order of 1e-13 for EfficientNet with random weights
    assert scale > 0
    np.testing.assert_allclose(maps[:, :2] / scale, expected.transpose(0, 1) / scale, atol=1e-4)


def test_formulas_of_two_concepts_are_proven_and_brute_force_over_the_pixels_finds_none_better(study, holds):
    units = np.linspace(0, study.units.count - 1, UNITS_EXPLAINED).astype(int).tolist()
    explanations = study.explain(units, max_length=2, report=silent)
    assert [explanation.unit for explanation in explanations] == units
    total = holds @ holds.T
    for explanation in explanations:
        assert np.isfinite(explanation.threshold)
        assert explanation.proven
        active = study.fires(explanation.unit, range(PHOTOGRAPHS)).ravel()
        best = best_iou_of_two(holds[:, active], total, int(active.sum()))
        assert explanation.best.overlap.iou == pytest.approx(best, rel=1e-6)
        assert 0 < best < 1


def best_iou_of_two(active_holds: np.ndarray, total: np.ndarray, active: int) -> float:
    """The best IoU of A OR B, A AND B, A AND NOT B, from counts of pairs; `total` has them over all positions."""
    best = 0.0
    both = active_holds @ active_holds.T
    for combine in (
        lambda pairs: pairs,
        lambda pairs: pairs.diagonal()[:, None] + pairs.diagonal() - pairs,
        lambda pairs: pairs.diagonal()[:, None] - pairs,
    ):
        hits = combine(both).astype(float)
        best = max(best, float((hits / (active + combine(total) - hits)).max()))
    return best
