"""Arguments that make no sense are answered in a sentence, and a class goes by its name wherever it goes by number."""

import numpy as np
import pytest
from PIL import Image
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network
from tiny_pairs import tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets import adversarial
from compexp_widgets.cli import main
from compexp_widgets.errors import CompexpError
from compexp_widgets.progress import silent
from compexp_widgets.signatures.activation_ranges import ranges_of


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arguments")
    write_tiny_broden(folder / "data", images=4)
    study = cw.dissect(tiny_network(), "body.3", cw.read_dataset(folder / "data"), folder / "study", report=silent)
    yield study
    study.close()


NO_NUMBERS = ("5", "x", True, None, 2.5, float("nan"), -1, 0, [], {})


@pytest.mark.parametrize("name", ["max_length", "beam_size"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_a_search_wants_whole_numbers_from_one(name, value):
    with pytest.raises(CompexpError, match=f"{name} is a whole number, at least 1, not "):
        cw.ExplanationSettings.of(**{name: value})


@pytest.mark.parametrize("name", ["quantile", "threshold", "min_active", "proof_nodes", "length_penalty", "metric"])
@pytest.mark.parametrize("value", ["x", True, float("nan"), float("inf"), -1.5, [], 10**400], ids=repr)
def test_a_setting_of_another_kind_is_named(name, value):
    with pytest.raises(CompexpError, match=name):
        cw.ExplanationSettings.of(**{name: value}) if name != "threshold" or value != -1.5 else _refuse(name)


def _refuse(name):
    raise CompexpError(name)  # a threshold may be any finite number


def test_numbers_of_numpy_are_numbers():
    settings = cw.ExplanationSettings.of(quantile=np.float64(0.01), max_length=np.int64(2), beam_size=np.uint8(3))
    assert settings == cw.ExplanationSettings.of(quantile=0.01, max_length=2, beam_size=3)
    assert settings.key == cw.ExplanationSettings.of(quantile=0.01, max_length=2, beam_size=3).key


@pytest.mark.parametrize(
    "ranges", ["5", True, 2.5, 0, -1, None, ("0.2",), (0.2, "x"), (), (float("nan"),), 10**9], ids=repr
)
def test_ranges_are_a_number_of_clusters_or_quantiles(ranges):
    with pytest.raises(CompexpError, match=r"ranges|quantile"):
        ranges_of(ranges)


@pytest.mark.parametrize("units", ["5", b"5", 2.5, True, [1.5], ["1"], 99, [-1], [None]], ids=repr)
def test_units_are_whole_numbers(study, units):
    with pytest.raises(CompexpError, match="unit"):
        study.explain(units)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, "8", True], ids=repr)
def test_a_batch_has_at_least_one_sample(study, batch_size, tmp_path):
    picture = study.dataset.picture(0)
    for begin in (
        lambda: cw.dissect(tiny_network(), "body.1", study.dataset, tmp_path / "s", batch_size=batch_size),
        lambda: cw.dissect_pairs(tiny_pair_network(), "1", tiny_pairs(9), tmp_path / "p", batch_size=batch_size),
        lambda: adversarial.contributions(tiny_network(), "body.3", picture, batch_size=batch_size),
        lambda: adversarial.SearchSettings(batch_size=batch_size),
        lambda: adversarial.TextSearchSettings(batch_size=batch_size),
        lambda: adversarial.ControlSettings(batch_size=batch_size),
    ):
        with pytest.raises(CompexpError, match="batch_size"):
            begin()
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("memory", [float("nan"), float("inf"), 0, -1, "1", True], ids=repr)
def test_memory_is_a_number_of_gigabytes(study, memory, tmp_path):
    with pytest.raises(CompexpError, match="memory"):
        cw.dissect(tiny_network(), "body.1", study.dataset, tmp_path / "s", memory=memory)


def _patch():
    return adversarial.Patch(np.full((4, 4, 4), 255, np.uint8), "white")


def _pictures():
    network = tiny_network()
    return network, Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 24, 3), np.uint8))


def test_a_class_goes_by_its_name_as_by_its_number():
    network, picture = _pictures()
    found = adversarial.sweep(network, picture, _patch(), adversarial.SweepGrid((0, 5), (0, 5), (6,)))
    name, other = network.class_names[found.original], network.class_names[1 - found.original]
    assert found.counts(other, original=name) == found.counts(1 - found.original, original=found.original)
    np.testing.assert_array_equal(found.heat(other), found.heat(1 - found.original))
    twenty = adversarial.SearchSettings(budget=20)
    by_name, by_number = (
        adversarial.suggest_edit(network, picture, [_patch()], target=one, settings=twenty)
        for one in (other, 1 - found.original)
    )
    assert by_name.target == by_number.target == 1 - found.original
    by_name = adversarial.contributions(network, "body.3", picture, classes=[other])
    by_number = adversarial.contributions(network, "body.3", picture, classes=[1 - found.original])
    np.testing.assert_array_equal(by_name.contribution, by_number.contribution)


def test_an_unknown_class_is_answered_with_those_of_a_like_name():
    network, picture = _pictures()
    for begin in (
        lambda: adversarial.suggest_edit(network, picture, [_patch()], target="indoor"),
        lambda: adversarial.contributions(network, "body.3", picture, classes=["indoor"]),
        lambda: adversarial.sweep(network, picture, _patch(), adversarial.SweepGrid((0,), (0,), (6,))).heat("indoor"),
    ):
        with pytest.raises(CompexpError, match=r"no class 'indoor'; did you mean indoors"):
            begin()


@pytest.mark.parametrize(
    "option",
    [
        "--batch-size=0", "--batch-size=2.5", "--beam=0", "--max-length=x", "--memory=nan", "--memory=0",
        "--units=5-1", "--units=x", "--units=0-99999999999", "--ranges=x", "--min-images=0", "--quantile=x",
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense_ends_with_two(option, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "explain",
                "--data",
                str(tmp_path),
                "--network",
                "torchvision:alexnet",
                "--layer",
                "x",
                "--out",
                "s",
                option,
            ]
        )
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
