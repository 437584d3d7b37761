"""What a network answers to pictures, with units made silent and without, and that it is left as it was found."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_network import preprocess, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.probe import Probe

PICTURES = [Image.fromarray(np.random.default_rng(seed).integers(0, 256, (16, 20, 3), np.uint8)) for seed in range(5)]
CLASSES = ("indoors", "outdoors")


def batch_of(pictures: Sequence[Image.Image]) -> torch.Tensor:
    return torch.stack([preprocess(picture) for picture in pictures])


def plain(module: nn.Module, pictures: Sequence[Image.Image] = PICTURES) -> np.ndarray:
    with torch.inference_mode():
        return module(batch_of(pictures)).numpy()


def network_of(module: nn.Module, class_names: Sequence[str] = CLASSES) -> cw.Network:
    return cw.Network.of(module, preprocess, name="one's own", class_names=tuple(class_names))


class Reused(nn.Module):
    """One ReLU, which overwrites what it is given, called twice in a pass."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.relu(self.second(self.relu(self.first(x)))).mean(dim=(2, 3)))


class Hidden(nn.Module):
    """A flat hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.head = nn.Linear(3 * 16 * 20, 7), nn.Linear(7, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.hidden(x.flatten(1)).relu())


class Tokens(nn.Module):
    """Patches of 4 × 4 as tokens behind a class token, which the answer is read from."""

    def __init__(self, batch_first: bool) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.start = nn.Parameter(torch.randn(1, 1, 8))
        self.tokens = nn.Identity()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first)
        self.head = nn.Linear(8, 2)

    def embedded(self, x: torch.Tensor) -> torch.Tensor:
        tokens = torch.cat([self.start.expand(len(x), -1, -1), self.patches(x).flatten(2).transpose(1, 2)], dim=1)
        return tokens if self.batch_first else tokens.transpose(0, 1)

    def answer(self, tokens: torch.Tensor) -> torch.Tensor:
        tokens = tokens + self.attention(tokens, tokens, tokens)[0]
        return self.head(tokens[:, 0] if self.batch_first else tokens[0])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.answer(self.tokens(self.embedded(x)))


class ChannelsLast(nn.Module):
    """Maps with their channels last, as window transformers have them."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.norm, self.head = nn.Conv2d(3, 6, 3, 4, 1), nn.LayerNorm(6), nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.body(x).permute(0, 2, 3, 1)).mean(dim=(1, 2)))


def made(kind: Callable[..., nn.Module], *arguments: object) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return kind(*arguments).eval()


def zeroed(tensor: torch.Tensor, units: Sequence[int], axis: int) -> torch.Tensor:
    """The tensor with some units at 0, by multiplication."""
    kept = torch.tensor([0.0 if unit in units else 1.0 for unit in range(tensor.shape[axis])])
    return tensor * kept.reshape([-1 if place == axis % tensor.ndim else 1 for place in range(tensor.ndim)])


def conv_by_hand(module: nn.Module, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    hidden = zeroed(module.body[1](module.body[0](x)), units, 1)
    return module.head(module.body[3](module.body[2](hidden)).mean(dim=(2, 3)))


def second_call_by_hand(module: Reused, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    return module.head(zeroed(module.second(module.first(x).relu()).relu(), units, 1).mean(dim=(2, 3)))


def first_call_by_hand(module: Reused, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    return module.head(module.second(zeroed(module.first(x).relu(), units, 1)).relu().mean(dim=(2, 3)))


def flat_by_hand(module: Hidden, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    return module.head(zeroed(module.hidden(x.flatten(1)), units, 1).relu())


def tokens_by_hand(module: Tokens, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    return module.answer(zeroed(module.embedded(x), units, 2))


def channels_last_by_hand(module: ChannelsLast, x: torch.Tensor, units: Sequence[int]) -> torch.Tensor:
    return module.head(zeroed(module.norm(module.body(x).permute(0, 2, 3, 1)), units, 3).mean(dim=(1, 2)))


CASES = {
    "convolution": (tiny_network().module, "body.1", conv_by_hand),
    "first call of a layer": (made(Reused), "relu:1", first_call_by_hand),
    "second call of a layer": (made(Reused), "relu:2", second_call_by_hand),
    "flat": (made(Hidden), "hidden", flat_by_hand),
    "tokens": (made(Tokens, True), "tokens", tokens_by_hand),
    "tokens first": (made(Tokens, False), "tokens", tokens_by_hand),
    "channels last": (made(ChannelsLast), "norm", channels_last_by_hand),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> tuple[nn.Module, str, Callable[..., torch.Tensor]]:
    return request.param


def test_logits_are_those_of_a_plain_pass(case):
    module, layer, _ = case
    for layer_or_none in (None, layer):
        seen = network_of(module).respond(PICTURES, layer_or_none)
        assert seen.logits.dtype == np.float32
        np.testing.assert_array_equal(seen.logits, plain(module))


def test_batches_of_any_size_give_the_same_answers(case):
    module, layer, _ = case
    seen = network_of(module).respond(PICTURES, layer, batch_size=2, silenced=[0])
    at_once = network_of(module).respond(PICTURES, layer, silenced=[0])
    np.testing.assert_allclose(seen.logits, at_once.logits, atol=1e-6)
    np.testing.assert_allclose(seen.activations, at_once.activations, atol=1e-6)


def test_maps_are_those_that_a_probe_reads(case):
    module, layer, _ = case
    with Probe(module, layer) as probe:
        expected = probe.activations(batch_of(PICTURES)).numpy()
    np.testing.assert_array_equal(network_of(module).respond(PICTURES, layer).activations, expected)
    assert network_of(module).respond(PICTURES).activations is None


@pytest.mark.parametrize("units", [[1], [0, 3], [2, 2]])
@pytest.mark.parametrize("batch_size", [2, 32])
def test_silent_units_pass_on_0_as_worked_out_by_hand(case, units, batch_size):
    module, layer, by_hand = case
    with torch.inference_mode():
        expected = by_hand(module, batch_of(PICTURES), units).numpy()
    seen = network_of(module).respond(PICTURES, layer, silenced=units, batch_size=batch_size)
    np.testing.assert_allclose(seen.logits, expected, atol=1e-6)
    assert not np.allclose(seen.logits, plain(module), atol=1e-5)


def test_units_are_silent_for_one_answer_alone(case):
    module, layer, _ = case
    network_of(module).respond(PICTURES, layer, silenced=[0, 1])
    np.testing.assert_array_equal(network_of(module).respond(PICTURES).logits, plain(module))


def hooks(module: nn.Module) -> int:
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules())


def test_no_hook_stays_behind(case):
    module, layer, _ = case
    network_of(module).respond(PICTURES, layer, silenced=[1])
    assert hooks(module) == 0


def test_no_hook_stays_behind_after_an_error(case):
    module, layer, _ = case
    shown = 0

    def failing(picture: Image.Image) -> torch.Tensor:
        nonlocal shown
        shown += 1
        if shown > 2:
            raise ZeroDivisionError("the third picture")
        return preprocess(picture)

    with pytest.raises(ZeroDivisionError, match="the third picture"):
        cw.Network.of(module, failing, name="failing", class_names=CLASSES).respond(
            PICTURES, layer, silenced=[1], batch_size=2
        )
    assert hooks(module) == 0
    with pytest.raises(NetworkError, match="so none is 99"):
        network_of(module).respond(PICTURES, layer, silenced=[99])
    assert hooks(module) == 0


def test_a_network_in_training_mode_answers_in_evaluation_mode_and_goes_back():
    module = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(3 * 16 * 20, 2))
    expected = plain(module.eval())
    network = network_of(module)
    module.train()
    with pytest.warns(UserWarning, match="it is probed in evaluation mode and put back into training mode"):
        seen = network.respond(PICTURES)
    np.testing.assert_array_equal(seen.logits, expected)
    assert module.training
    assert module[1].training


@pytest.mark.parametrize(
    ("layer", "units", "message"),
    [
        (None, [1], r"units \[1\] are to be silent: say of which layer"),
        ("body.1", [-1], r"layer 'body.1' has units 0 … 5, so none is -1"),
        ("body.1", [2, 6], r"layer 'body.1' has units 0 … 5, so none is 6"),
        ("bodi", [1], "the network has no layer 'bodi'; there are body"),
        ("body:2", [1], "layer 'body:2' was called 1 times in one pass|units of layer 'body:2' cannot be made silent"),
    ],
)
def test_layers_and_units_that_are_not_there_are_refused(layer, units, message):
    with pytest.raises(NetworkError, match=message):
        tiny_network().respond(PICTURES, layer, silenced=units)


def test_cancelling_leaves_out_the_pictures_from_there_on():
    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    network = tiny_network()
    seen = network.respond(PICTURES, "body.3", batch_size=2, cancelled=cancelled)
    assert (seen.logits.shape, seen.activations.shape[:2]) == ((4, 2), (4, 5))
    np.testing.assert_allclose(seen.logits, plain(network.module, PICTURES[:4]), atol=1e-6)


def test_no_pictures_have_no_answers():
    seen = tiny_network().respond([], "body.3")
    assert (seen.logits.shape, len(seen.activations)) == ((0, 2), 0)
    assert seen.probabilities.shape == (0, 2)
    assert len(seen.predicted) == 0


def test_probabilities_are_the_softmax_also_of_large_scores():
    logits = np.array([[1e4, 1e4 - 1, -1e4], [0, 0, 0]], np.float32)
    seen = Response(logits)
    expected = torch.from_numpy(logits).double().softmax(dim=1).numpy()
    np.testing.assert_allclose(seen.probabilities, expected, rtol=1e-12)
    assert seen.predicted.tolist() == [0, 0]


class Answering(nn.Module):
    """Wraps what another module answers."""

    def __init__(self, wrapped: Callable[[torch.Tensor], object]) -> None:
        super().__init__()
        self.inner, self.wrapped = tiny_network().module, wrapped

    def forward(self, x: torch.Tensor) -> object:
        return self.wrapped(self.inner(x))


class Logits:
    def __init__(self, logits: torch.Tensor) -> None:
        self.logits = logits


@pytest.mark.parametrize(
    "wrapped",
    [lambda scores: scores[:, :, None, None], Logits, lambda scores: (scores, None), lambda scores: {"out": scores}],
    ids=["1 × 1 maps", "an object with logits", "tuple", "dictionary"],
)
def test_scores_are_found_where_networks_put_them(wrapped):
    module = Answering(wrapped).eval()
    np.testing.assert_array_equal(network_of(module).respond(PICTURES).logits, plain(module.inner))


@pytest.mark.parametrize(
    ("wrapped", "class_names", "message"),
    [
        (lambda scores: scores[:, :, None, None].expand(-1, -1, 3, 4), CLASSES, r"with \(5, 2, 3, 4\), not with one"),
        (lambda scores: scores, ("only one",), r"with \(5, 2\), not with one score a class \(1\)"),
        (lambda scores: (scores, scores), CLASSES, "with tuple, not with one score a class"),
        (lambda scores: scores[0], CLASSES, r"with \(2,\), not with one score a class"),
        (lambda scores: "a dog", (), "with str, not with one score a class"),
    ],
    ids=["segmentation", "other classes", "two tensors", "one answer for all", "words"],
)
def test_what_does_not_classify_is_refused(wrapped, class_names, message):
    with pytest.raises(NetworkError, match=message):
        network_of(Answering(wrapped).eval(), class_names).respond(PICTURES)


def test_a_layer_that_goes_by_two_names_is_silenced_under_either() -> None:
    module = Hidden()
    module.alias = module.hidden
    network = network_of(module.eval())
    by_one, by_other = (network.respond(PICTURES, name, silenced=[0, 3]).logits for name in ("hidden", "alias"))
    assert np.array_equal(by_one, by_other)
    assert not np.array_equal(by_one, plain(module))
