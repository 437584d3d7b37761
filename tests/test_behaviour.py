"""Before every run a few fixed samples are shown: what is seen there is refused, warned of, or kept with the study."""

from __future__ import annotations

import json
import random
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_network import preprocess, tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs
from torch import nn

import compexp_widgets as cw
from compexp_widgets.concepts.lexicon import WordVectors
from compexp_widgets.errors import CompexpError, NetworkError, StudyError
from compexp_widgets.networks.images.pictures import PictureInputs
from compexp_widgets.progress import silent

OWN = np.random.default_rng(0)


class Net(nn.Module):
    """Two convolutions with the same weights each time, and something in between that is no weight."""

    def __init__(self, between: nn.Module | None = None, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(3, 6, 3, stride, dilation, dilation)
        self.between = between or nn.ReLU()
        self.last = nn.Conv2d(6, 5, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.between(self.first(x)))


class Noise(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 0.1 * torch.rand_like(x)


class Counting(nn.Module):
    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x + self.calls


class Spoiling(nn.Module):
    """Gives NaN for one channel, infinity for another where a picture is bright."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.clone()
        x[:, 1] = float("nan")
        x[:, 3] = torch.where(x[:, 3] > x[:, 3].mean((1, 2), keepdim=True), float("inf"), x[:, 3])
        return x


def probe(module, dataset, folder, layer="last", prepare=preprocess, **options):
    network = cw.Network.of(module.eval(), prepare, name="net")
    return cw.dissect(network, layer, dataset, folder, report=silent, **options)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (Net(nn.Tanh()), "differs by"),
        (Net(nn.LeakyReLU(0.01)), "differs by"),
        (Net(dilation=2), "differs by"),
        (Net(stride=2), "5 × 16 × 20 for a fixed sample then and gives 5 × 8 × 10 now"),
    ],
    ids=["activation", "small slope", "dilation", "stride"],
)
def test_the_same_weights_with_another_forward_do_not_open_the_study(other, told, tiny_dataset, tmp_path):
    probe(Net(), tiny_dataset, tmp_path).close()
    with pytest.raises(StudyError, match=told):
        probe(other, tiny_dataset, tmp_path)


def test_the_same_network_made_anew_opens_the_study(tiny_dataset, tmp_path):
    first = probe(Net(), tiny_dataset, tmp_path)
    again = probe(Net(), tiny_dataset, tmp_path, batch_size=3)
    assert again.configuration == first.configuration  # batch and threads are those that it was made with
    assert again.certificate.held
    assert str(again.certificate).startswith("checked: same answer twice")
    assert str(again.certificate) in repr(again)


def test_quantised_weights_are_told_apart_though_pytorch_does_not_list_them(tiny_dataset, tmp_path):
    def quantised(scale):
        torch.manual_seed(0)
        module = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(48, 16), nn.ReLU(), nn.Linear(16, 3))
        module[2].weight.data *= scale
        return torch.ao.quantization.quantize_dynamic(module.eval(), {nn.Linear}, dtype=torch.qint8)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        probe(quantised(1), tiny_dataset, tmp_path, layer="3").close()
        with pytest.raises(StudyError, match="quantised"):
            probe(quantised(2), tiny_dataset, tmp_path, layer="3")


def test_a_study_from_before_is_held_to_the_maps_that_it_holds(tiny_dataset, tmp_path):
    probe(Net(), tiny_dataset, tmp_path).close()
    forget(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".sqlite"}
    study = probe(Net(), tiny_dataset, tmp_path)
    assert str(study.certificate) == "not checked"
    study.close()
    assert before == {name: (tmp_path / name).read_bytes() for name in before}
    with pytest.raises(StudyError, match="activations on two samples"):
        probe(Net(nn.Tanh()), tiny_dataset, tmp_path)


def forget(folder: Path) -> None:
    """Make of a study what version 0.1 wrote."""
    value = json.loads((folder / "study.json").read_text())
    for name in ("certificate", "conditions", "not_finite"):
        del value[name]
    (folder / "study.json").write_text(json.dumps(value))
    (folder / "behaviour.npz").unlink()


def test_paste_lab_refuses_the_same_weights_with_another_forward(tiny_dataset, tmp_path):
    def classifier(act):
        module = tiny_network().module
        module.body[1] = act
        return cw.Network.of(module, preprocess, name="tiny", class_names=("indoors", "outdoors"))

    study = cw.dissect(classifier(nn.ReLU()), "body.2", tiny_dataset, tmp_path, report=silent)
    with pytest.raises(StudyError, match="answers otherwise"):
        cw.PasteLab(study, classifier(nn.Hardtanh()))


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: torch.rand(()).item() < 0.5,
        lambda: random.random() < 0.05,
        lambda: np.random.rand() < 0.5,  # noqa: NPY002 - what augmentation uses
        lambda: OWN.random() < 0.5,
    ],
    ids=["torch", "python, seldom", "numpy", "a generator of its own"],
)
def test_a_preprocess_that_draws_is_refused_before_the_folder_becomes_a_study(drawn, tiny_dataset, tmp_path):
    def augment(picture):
        return preprocess(picture).flip(-1) if drawn() else preprocess(picture)

    with pytest.raises(NetworkError, match=r"preprocess of net makes another input.*random"):
        probe(Net(), tiny_dataset, tmp_path / "study", prepare=augment)
    assert not (tmp_path / "study").exists()


def test_a_preprocess_that_draws_without_effect_is_accepted_and_leaves_the_random_numbers(tiny_dataset, tmp_path):
    def never(picture):
        drawn = torch.rand(()) + random.random() + np.random.rand()  # noqa: NPY002
        return preprocess(picture).flip(-1) if drawn < 0 else preprocess(picture)

    net = Net()  # seeds torch
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    probe(net, tiny_dataset, tmp_path, prepare=never)
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1:] == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002


@pytest.mark.parametrize("between", [Noise(), Counting()], ids=["draws", "remembers"])
def test_a_network_that_answers_differently_the_second_time_is_refused(between, tiny_dataset, tmp_path):
    with pytest.raises(NetworkError, match=r"answers (the same samples differently the second time|at random)"):
        probe(Net(between), tiny_dataset, tmp_path)


def test_a_sample_whose_answer_depends_on_its_batch_is_warned_of_and_told_in_the_certificate(tiny_dataset, tmp_path):
    with pytest.warns(UserWarning, match="batch norm without running statistics"):
        study = probe(Net(nn.BatchNorm2d(6, track_running_stats=False)), tiny_dataset, tmp_path)
    assert "⚠ depends on the batch" in str(study.certificate)
    assert not study.certificate.held
    assert cw.open_study(tmp_path, tiny_dataset).certificate == study.certificate


def test_a_small_difference_between_batches_is_no_fault(tiny_dataset, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = probe(Net(nn.BatchNorm2d(6)), tiny_dataset, tmp_path)
    assert "alone as in a batch" in str(study.certificate)


@pytest.mark.parametrize("half", [None, 0.5])
def test_units_that_are_not_finite_are_named_and_the_others_explained(half, tiny_dataset, tmp_path):
    with pytest.warns(UserWarning, match="2 of 6 units: units 1, 3"):
        study = probe(Net(Spoiling()), tiny_dataset, tmp_path, layer="between", half=half)
    assert study.configuration.not_finite == (1, 3)
    assert "⚠ 2 of 6 units not finite" in str(study.certificate)
    clean = probe(Net(nn.Identity()), tiny_dataset, tmp_path / "clean", layer="between", half=half)
    for ours, theirs in zip(study.explain(report=silent), clean.explain(report=silent), strict=True):
        assert ours == theirs if ours.unit not in {1, 3} else ours.best is None
    assert len(study.to_frame()) == 6
    assert [len(study.explain(unit, ranges=3, report=silent)) for unit in (1, 3)] == [3, 3]


def test_pairs_the_same_weights_with_another_forward_do_not_open_the_study(tmp_path):
    dissect_pairs(tmp_path).close()
    module = tiny_pair_network().module
    module[1] = nn.Softplus()
    with pytest.raises(StudyError, match="answers otherwise"):
        dissect_pairs(tmp_path, replace(tiny_pair_network(), module=module))


def dissect_pairs(folder, network=None, concepts=CONCEPTS, **options):
    return cw.dissect_pairs(
        network or tiny_pair_network(), "1", tiny_pairs(), folder, concepts=concepts, report=silent, **options
    )


def test_pairs_from_before_are_held_to_the_activations_that_the_study_holds(tmp_path):
    dissect_pairs(tmp_path).close()
    forget(tmp_path)
    dissect_pairs(tmp_path).close()
    module = tiny_pair_network().module
    module[1] = nn.Softplus()
    with pytest.raises(StudyError, match="activations on two samples"):
        dissect_pairs(tmp_path, replace(tiny_pair_network(), module=module))


def test_pairs_an_encode_that_drops_words_is_refused(tmp_path):
    network = tiny_pair_network()

    def dropping(batch):
        return (network.inputs.encode(batch)[0] * (torch.rand(len(batch), 1) < 0.9) + 1,)

    with pytest.raises(NetworkError, match="encode of tiny makes another input"):
        dissect_pairs(tmp_path, replace(network, inputs=replace(network.inputs, encode=dropping)))


def test_pairs_a_unit_that_is_not_finite_is_named_and_the_others_explained(tmp_path):
    class Spoiled(nn.Module):
        def forward(self, x):
            return torch.cat([x[:, :3], x[:, 3:] / 0.0], dim=1)

    module = tiny_pair_network().module
    last = nn.Sequential(nn.Flatten(), module[2])
    last[0].register_forward_hook(lambda _module, _inputs, output: torch.nan_to_num(output))
    spoiled = nn.Sequential(module[0], nn.Sequential(nn.ReLU(), Spoiled()), last).eval()
    with pytest.warns(UserWarning, match="1 of 4 units: unit 3"):
        study = dissect_pairs(tmp_path, replace(tiny_pair_network(), module=spoiled))
    assert study.configuration.not_finite == (3,)
    found = study.explain(max_length=1, report=silent)
    assert [one.best is None for one in found] == [False, False, False, True]
    assert len(study.to_frame(max_length=1)) == 4


WITH_NEIGHBORS = cw.LexicalSettings(tokens=20, skip=(), tags=False, neighbors=2)


def vectors(folder: Path, seed: int) -> Path:
    """A file of word vectors; all are of one size."""
    numbers = np.random.default_rng(seed).integers(-9, 10, (10, 4))
    words = ("dog", "cat", "man", "woman", "runs", "sleeps", "red", "blue", "not", "park")
    path = folder / f"vectors{seed}.txt"
    rows = (" ".join(f"{number:+.4f}" for number in row) for row in numbers)
    path.write_text("".join(f"{word} {row}\n" for word, row in zip(words, rows, strict=True)))
    return path


def test_word_vectors_are_known_by_what_they_hold(tmp_path):
    (first, second), place = (vectors(tmp_path, seed) for seed in (1, 2)), tmp_path / "here.txt"
    assert first.stat().st_size == second.stat().st_size
    place.write_bytes(first.read_bytes())
    dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=place).close()
    dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=first).close()  # the same, elsewhere
    held = cw.read_word_vectors(first)
    upside_down = WordVectors("by hand", held.words[::-1], held.vectors[::-1])
    dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=upside_down).close()
    place.write_bytes(second.read_bytes())
    with pytest.raises(StudyError, match="another choice of concepts"):
        dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=place)


def test_a_study_that_knows_its_vectors_by_place_goes_on_where_its_concepts_come_out_again(tmp_path):
    first, second = (vectors(tmp_path, seed) for seed in (1, 2))
    dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=first).close()
    described = tmp_path / "study" / "study.json"
    value = json.loads(described.read_text())
    described.write_text(json.dumps({**value, "concepts": f"chosen {'0' * 64}"}))
    moved = first.rename(tmp_path / "moved.txt")
    dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=moved).close()
    with pytest.raises(StudyError, match="another choice of concepts"):
        dissect_pairs(tmp_path / "study", concepts=WITH_NEIGHBORS, vectors=second)
    assert cw.open_study(tmp_path / "study").samples == 400


@pytest.fixture
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def test_a_run_that_was_stopped_goes_on_with_as_many_threads(tiny_dataset, tmp_path, four_threads):
    def stop(stage, done, total):
        if "shown" in stage and done >= 8:
            raise KeyboardInterrupt

    network = cw.Network.of(Net().eval(), preprocess, name="net")
    with pytest.raises(KeyboardInterrupt):
        cw.dissect(network, "last", tiny_dataset, tmp_path, batch_size=8, report=stop)
    torch.set_num_threads(2)
    study = cw.dissect(network, "last", tiny_dataset, tmp_path, batch_size=8, report=silent)
    assert torch.get_num_threads() == 2
    assert study.configuration.conditions.threads == 4
    assert "4 threads, batches of 8, cpu, float32" in str(study.certificate)


def test_a_recipe_is_replayed_with_as_many_threads_as_it_was_made_with(tiny_dataset, tmp_path, four_threads):
    seen = []

    def counting(picture):
        seen.append(torch.get_num_threads())
        return preprocess(picture)

    network = replace(tiny_network(), inputs=PictureInputs(counting))
    picture = tiny_dataset.picture(0)
    path = cw.adversarial.record(network, picture, []).save(tmp_path / "recipe.json")
    torch.set_num_threads(1)
    seen.clear()
    replay = cw.adversarial.replay(path, network)
    assert set(seen[:2]) == {4}
    assert torch.get_num_threads() == 1
    assert (replay.agreement, replay.otherwise) == ("identical", "")


def test_a_replay_says_what_is_otherwise_and_an_old_recipe_still_replays(tiny_dataset, tmp_path):
    network = tiny_network()
    recipe = cw.adversarial.record(network, tiny_dataset.picture(0), [])
    elsewhere = replace(recipe, conditions=replace(recipe.conditions, device="cuda"))
    assert cw.adversarial.replay(elsewhere, network).otherwise == "cuda then and cpu now"
    value = recipe.to_json()
    del value["conditions"]
    assert cw.adversarial.replay(type(recipe).from_json(value), network).agreement == "identical"


@pytest.mark.parametrize("value", [{"threads": 0}, {"threads": 1e300}, "one thread", {"threads": 2**40}])
def test_conditions_that_make_no_sense_are_refused(value, tiny_dataset):
    recipe = cw.adversarial.record(tiny_network(), tiny_dataset.picture(0), []).to_json()
    conditions = {**recipe["conditions"], **value} if isinstance(value, dict) else value
    with pytest.raises(CompexpError):
        cw.adversarial.Recipe.from_json({**recipe, "conditions": conditions})
