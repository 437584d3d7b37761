import copy

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_network import preprocess, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.adversarial import contributions, shared_units
from compexp_widgets.errors import NetworkError, StudyError
from compexp_widgets.formula import Leaf, to_tokens
from compexp_widgets.networks.class_weights import class_weights


class Head(nn.Module):
    """A convolution of five units with a head behind it."""

    def __init__(self, head, way=lambda maps: maps, wrap=False, seed=1):
        super().__init__()
        torch.manual_seed(seed)
        self.units = nn.Conv2d(3, 5, 5, 4, 2)
        self.passed = Wrapped() if wrap else nn.Identity()
        self.head = head
        self.way = way

    def forward(self, x):
        maps = self.passed(self.units(x))
        return self.head(self.way(maps[0] if isinstance(maps, tuple) else maps))


class Wrapped(nn.Module):
    def forward(self, x):
        return x * 1, None


def pooled(maps):
    return maps.mean(dim=(2, 3))


def network_of(head, way=lambda maps: maps, **settings):
    return cw.Network.of(Head(head, way, **settings).eval(), preprocess, name="head")


LINEAR = {
    "means": lambda: network_of(nn.Linear(5, 3), pooled),
    "ReLU as a function, then means": lambda: network_of(nn.Linear(5, 3), lambda maps: pooled(torch.relu(maps))),
    "means, then ReLU in place": lambda: network_of(nn.Linear(5, 3), lambda maps: pooled(maps).relu_()),
    "modules": lambda: network_of(
        nn.Sequential(nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(5, 3))
    ),
    "without a bias": lambda: network_of(nn.Linear(5, 3, bias=False), pooled),
    "a convolution after the mean": lambda: network_of(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(5, 3, 1))),
    "a convolution before the mean": lambda: network_of(nn.Sequential(nn.Conv2d(5, 3, 1), nn.AdaptiveAvgPool2d(1))),
}
OTHERS = {
    "a hidden layer": lambda: network_of(nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)), pooled),
    "ReLU after the convolution": lambda: network_of(
        nn.Sequential(nn.Conv2d(5, 3, 1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1))
    ),
    "LeakyReLU, as in SqueezeNet for scenes": lambda: network_of(
        nn.Sequential(nn.Conv2d(5, 3, 1), nn.LeakyReLU(0.55), nn.AdaptiveAvgPool2d(1))
    ),
    "the largest in place of the mean": lambda: network_of(nn.Linear(5, 3), lambda maps: maps.amax(dim=(2, 3))),
    "all positions": lambda: network_of(nn.Linear(100, 3), lambda maps: maps.flatten(1)),
    "probabilities": lambda: network_of(nn.Sequential(nn.Linear(5, 3), nn.Softmax(1)), pooled),
}
BOTH = LINEAR | OTHERS


@pytest.fixture
def picture():
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (16, 20, 3), np.uint8))


def linear_part(network):
    return next(
        part
        for part in network.module.modules()
        if isinstance(part, (nn.Linear, nn.Conv2d)) and part is not network.module.units
    )


@pytest.mark.parametrize("name", LINEAR)
def test_class_weights_are_those_of_the_last_linear_layer(name):
    network = LINEAR[name]()
    expected = linear_part(network).weight.detach().numpy().reshape(3, 5)
    assert np.array_equal(class_weights(network, "units"), expected)


@pytest.mark.parametrize("name", OTHERS)
def test_there_are_no_class_weights_where_something_else_lies_between(name):
    assert class_weights(OTHERS[name](), "units") is None


@pytest.mark.parametrize("name", LINEAR)
def test_contributions_by_weight_and_the_bias_add_up_to_the_logits(name, picture):
    network = LINEAR[name]()
    found = contributions(network, "units", picture)
    assert found.method == "weight × activation"
    assert np.allclose(found.contribution.sum(axis=1) + found.bias, found.logits, atol=1e-5)
    assert np.allclose(found.logits, network.respond([picture]).logits[0], atol=1e-6)


def test_contributions_by_weight_are_the_products_that_numpy_gives(picture):
    network = tiny_network()
    maps = network.respond([picture], "body.3").activations[0]
    head = network.module.head
    found = contributions(network, "body.3", picture)
    assert np.allclose(found.contribution, head.weight.detach().numpy() * maps.mean(axis=(1, 2)), atol=1e-6)
    assert np.array_equal(found.bias, head.bias.detach().numpy())
    assert found.strongest(1, 2)[0][1] == found.contribution[1].max()


@pytest.mark.parametrize("name", LINEAR)
def test_all_methods_agree_where_the_head_is_linear_and_activations_positive(name, picture):
    network = LINEAR[name]()
    network.module.units.bias.data += 3
    by_weight, by_gradient, by_ablation = (
        contributions(network, "units", picture, method=method)
        for method in ("weight × activation", "gradient × activation", "ablation")
    )
    assert np.allclose(by_gradient.contribution, by_weight.contribution, atol=1e-5)
    assert np.allclose(by_gradient.weight, by_weight.weight, atol=1e-5)
    assert np.allclose(by_ablation.contribution, by_weight.contribution, atol=1e-5)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("name", OTHERS)
def test_a_weight_by_gradient_is_what_a_small_rise_of_the_activation_does(name, wrap, picture):
    network = OTHERS[name]()
    if wrap:
        network.module.passed = Wrapped().eval()
    found = contributions(network, "passed" if wrap else "units", picture, method="gradient × activation")
    rise = 1e-2
    for unit in range(5):
        raised = copy.deepcopy(network.module)
        raised.units.bias.data[unit] += rise
        logits = cw.Network.of(raised, preprocess, name="raised").respond([picture]).logits[0]
        assert np.allclose((logits - found.logits) / rise, found.weight[:, unit], atol=0.02)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("name", BOTH)
def test_ablation_tells_what_happens_when_a_unit_is_silent(name, wrap, picture):
    network = BOTH[name]()
    if wrap:
        network.module.passed = Wrapped().eval()
    layer = "passed" if wrap else "units"
    found = contributions(network, layer, picture, method="ablation", batch_size=2)
    for unit in range(5):
        silent = network.respond([picture], layer, silenced=[unit]).logits[0]
        assert np.allclose(found.contribution[:, unit], found.logits - silent, atol=1e-5)


def test_ablation_goes_well_where_something_leads_past_the_layer(picture):
    class Past(nn.Module):
        def __init__(self, seed=2):
            super().__init__()
            torch.manual_seed(seed)
            self.units, self.head = nn.Conv2d(3, 5, 3), nn.Linear(8, 3)

        def forward(self, x):
            return self.head(torch.cat([pooled(torch.relu(self.units(x))), pooled(x)], dim=1))

    network = cw.Network.of(Past().eval(), preprocess, name="past")
    found = contributions(network, "units", picture, method="ablation", batch_size=3)
    for unit in range(5):
        silent = network.respond([picture], "units", silenced=[unit]).logits[0]
        assert np.allclose(found.contribution[:, unit], found.logits - silent, atol=1e-5)


def test_the_units_of_an_inner_layer_are_silenced_in_the_right_call(picture):
    relu = nn.ReLU()
    network = network_of(
        nn.Sequential(relu, nn.Conv2d(5, 5, 3), relu, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    )
    for layer in ("head.0:1", "head.0:2"):
        found = contributions(network, layer, picture, method="ablation", units=[3, 1])
        for column, unit in enumerate([3, 1]):
            silent = network.respond([picture], layer, silenced=[unit]).logits[0]
            assert np.allclose(found.contribution[:, column], found.logits - silent, atol=1e-5)
    assert contributions(network, "head.0:2", picture).method == "weight × activation"
    assert contributions(network, "head.0:1", picture).method == "gradient × activation"


@pytest.mark.parametrize("method", ["weight × activation", "gradient × activation", "ablation"])
def test_some_units_and_classes_are_found_as_all_are(method, picture):
    network = LINEAR["means"]()
    every = contributions(network, "units", picture, method=method)
    some = contributions(network, "units", picture, method=method, units=[4, 0], classes=[2])
    assert np.allclose(some.contribution, every.contribution[np.ix_([2], [4, 0])], atol=1e-6)
    assert (some.units.tolist(), some.classes.tolist()) == ([4, 0], [2])


@pytest.mark.parametrize("method", ["weight × activation", "gradient × activation", "ablation"])
def test_the_network_is_left_as_it_was_found(method, picture):
    network = LINEAR["modules"]()
    network.module.head.train()
    for parameter in network.module.units.parameters():
        parameter.requires_grad_(False)
    before = [(part.training, len(part._forward_hooks)) for part in network.module.modules()]
    flags = [parameter.requires_grad for parameter in network.module.parameters()]
    with pytest.warns(UserWarning, match="training mode") as told:
        contributions(network, "units", picture, method=method)
    assert len(told) == 1
    assert [(part.training, len(part._forward_hooks)) for part in network.module.modules()] == before
    assert [parameter.requires_grad for parameter in network.module.parameters()] == flags
    assert all(parameter.grad is None for parameter in network.module.parameters())


def test_what_was_found_before_a_stop_is_kept(picture):
    network = OTHERS["a hidden layer"]()
    answers = iter([False, False, True, True])
    found = contributions(network, "units", picture, cancelled=lambda: next(answers))
    assert found.classes.tolist() == [0, 1]
    assert found.contribution.shape == (2, 5)
    answers = iter([False, True])
    found = contributions(network, "units", picture, method="ablation", batch_size=2, cancelled=lambda: next(answers))
    assert found.units.tolist() == [0, 1]
    assert found.contribution.shape == (3, 2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"method": "weights"}, "no method 'weights'"),
        ({"method": "weight × activation"}, "leave method out"),
        ({"units": [5]}, "no unit 5: there are 0 … 4"),
        ({"classes": [-1]}, "so none is -1"),
        ({"layer": "unitz"}, "no layer 'unitz'"),
    ],
)
def test_what_cannot_be_worked_out_is_named(settings, words, picture):
    network = OTHERS["a hidden layer"]()
    with pytest.raises(NetworkError, match=words):
        contributions(network, **{"layer": "units", "picture": picture, **settings})


def test_a_network_without_gradients_says_so(picture):
    class Rounded(nn.Module):
        def forward(self, x):
            return torch.stack([x.mean(dim=(1, 2, 3)).round().long()] * 3, dim=1).float()

    network = network_of(Rounded())
    with pytest.raises(NetworkError, match="method='ablation'"):
        contributions(network, "units", picture)


def rule(study, unit, image, target):
    """What a unit's formula says to try, from masks."""
    whole = {study.table.concepts[concept] for one in study.dataset.images for concept in one.whole}
    formula = unit.explanation.best.formula
    holds = study.holds(formula, [image])
    said = []
    for token in to_tokens(formula):
        if token["kind"] != "leaf" or token["name"] in whole:
            continue
        there = study.holds(Leaf(token["name"]), [image])
        if unit.speaks_for == target:
            action = "remove" if token["negated"] else "add"
            tried = there.any() or action == "add"
        else:
            action = "add" if token["negated"] else "remove"
            tried = holds.any() if action == "add" else (there & holds).any()
        if tried:
            said.append((action, token["name"], bool(there.any())))
    return list(dict.fromkeys(said))


@pytest.mark.parametrize("image", [0, 7, 23])
def test_shared_units_say_what_their_formulas_say(tiny_study, image):
    found = shared_units(tiny_study, tiny_network(), "indoors", "outdoors", image=image)
    assert {unit.speaks_for for unit in found} == {0, 1}
    for unit in found:
        if unit.explanation.best:
            assert [(c.action, c.concept, c.present) for c in unit.changes] == rule(tiny_study, unit, image, target=1)


def test_shared_units_are_ranked_by_what_they_add_to_the_difference(tiny_study):
    network = tiny_network()
    weights = network.module.head.weight.detach().numpy()
    found = shared_units(tiny_study, network, 0, 1)
    towards = [unit.unit for unit in found if unit.speaks_for == 1]
    difference = weights[1] - weights[0]
    assert towards == [unit for unit in np.argsort(-difference).tolist() if difference[unit] > 0]
    assert {unit.unit for unit in found} == set(range(5))
    assert all(unit.contributions is None and unit.weights == tuple(weights[:, unit.unit]) for unit in found)
    assert all(unit.shared == (weights[:, unit.unit].min() > 0) for unit in found)
    assert all(change.present is None for unit in found for change in unit.changes)

    maps = tiny_study.units.maps[:, 3]
    shown = shared_units(tiny_study, network, 0, 1, image=3)
    products = (difference * maps.mean(axis=(1, 2)))[[unit.unit for unit in shown if unit.speaks_for == 0]]
    assert (np.diff(products) >= 0).all()
    assert (products < 0).all()


def test_shared_units_refuse_strangers(tiny_study):
    with pytest.raises(NetworkError, match=r"no class 'in'; there are"):
        shared_units(tiny_study, tiny_network(), "in", "outdoors")
    with pytest.raises(NetworkError, match="so none is 2"):
        shared_units(tiny_study, tiny_network(), 0, 2)
    with pytest.raises(StudyError, match="not the network that was probed"):
        shared_units(tiny_study, tiny_network(seed=4), 0, 1)
    with pytest.raises(StudyError, match="no image 40"):
        shared_units(tiny_study, tiny_network(), 0, 1, image=40)


@pytest.mark.real
def test_a_corridor_and_a_clean_room_have_units_between_them(real_data, places365_squeezenet):
    """LeakyReLU follows the last convolution, so gradients are taken; for a head of straight pieces they add up."""
    picture = Image.open(real_data / "paper_cases" / "corridor_orig.jpg").convert("RGB")
    classes = [places365_squeezenet.class_names.index(name) for name in ("corridor", "clean_room")]
    found = contributions(places365_squeezenet, "fire9", picture, classes=classes)
    assert found.method == "gradient × activation"
    assert found.contribution.shape == (2, 512)
    (unit, most), *_ = found.strongest(classes[0])
    silent = contributions(places365_squeezenet, "fire9", picture, method="ablation", units=[unit], classes=classes)
    assert silent.contribution[0, 0] == pytest.approx(most, rel=0.5)
