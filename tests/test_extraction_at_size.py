import json
import shutil
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_broden import write_tiny_broden
from tiny_network import preprocess, tiny_network
from torch import nn

import compexp_widgets as cw
from compexp_widgets.data.images import read_broden
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.networks.images.activations import LayerToProbe, extract_activations
from compexp_widgets.study.positions import open_activations


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broden")
    write_tiny_broden(folder, images=22)
    return read_broden(folder)


def silent(_stage, _done, _total):
    pass


def extracted(dataset, folder, layer="body.1", **settings) -> bytes:
    folder.mkdir(exist_ok=True)
    extract_activations(tiny_network(), [LayerToProbe(layer, folder)], dataset, batch_size=4, **settings)
    return (folder / "activations.npy").read_bytes()


class StoppedError(Exception):
    pass


def stopped_after(images):
    def report(stage, done, _total):
        if stage.startswith("images shown") and done >= images:
            raise StoppedError

    return report


def test_the_maps_are_those_of_the_probe_by_unit_and_image(dataset, tmp_path):
    extracted(dataset, tmp_path / "a")
    network = tiny_network()
    with network.probe("body.1") as probe:
        inputs = [network.input_from(dataset.picture(index)) for index in range(len(dataset))]
        expected = np.concatenate([probe.activations(one[None]).numpy() for one in inputs])
    np.testing.assert_allclose(open_activations(tmp_path / "a"), expected.swapaxes(0, 1), rtol=1e-5, atol=1e-6)


def test_the_budget_of_memory_changes_nothing(dataset, tmp_path):
    assert extracted(dataset, tmp_path / "a") == extracted(dataset, tmp_path / "b", memory=0.000_06)


def test_too_little_memory_is_answered_with_the_least_that_will_do(dataset, tmp_path):
    with pytest.raises(CompexpError, match=r"memory=1e-09 gigabytes do not suffice .* Give at least memory=0\.001"):
        extracted(dataset, tmp_path, memory=1e-9)


@pytest.mark.parametrize("images", [4, 12, 22])
def test_extraction_goes_on_where_it_was_stopped(dataset, tmp_path, images):
    whole = extracted(dataset, tmp_path / "whole")
    with pytest.raises(StoppedError):
        extracted(dataset, tmp_path / "stopped", report=stopped_after(images))
    seen = []
    again = extracted(dataset, tmp_path / "stopped", report=lambda stage, done, total: seen.append((stage, done)))
    assert again == whole
    assert ("images shown to the network", images) == seen[0]
    assert sorted(path.name for path in (tmp_path / "stopped").iterdir()) == ["activations.npy"]


@pytest.mark.parametrize("damage", ["shorter maps", "no state", "state of other batches", "state that is no JSON"])
def test_what_cannot_be_continued_is_made_from_the_first_image(dataset, tmp_path, damage):
    whole = extracted(dataset, tmp_path / "whole")
    folder = tmp_path / "stopped"
    with pytest.raises(StoppedError):
        extracted(dataset, folder, report=stopped_after(12))
    maps, state = folder / "activations.partial", folder / "activations.partial.json"
    if damage == "shorter maps":
        maps.write_bytes(maps.read_bytes()[:100])
    elif damage == "no state":
        state.unlink()
    elif damage == "state of other batches":
        state.write_text(json.dumps({**json.loads(state.read_text()), "batch_size": 5}))
    else:
        state.write_text("{")
    assert extracted(dataset, folder) == whole


def test_several_layers_are_dissected_in_one_pass_as_one_by_one(dataset, tmp_path):
    layers = ["body.1", "body.3"]
    studies = cw.dissect_layers(tiny_network(), layers, dataset, tmp_path / "both", report=silent)
    assert list(studies) == layers
    for layer, study in studies.items():
        alone = cw.dissect(tiny_network(), layer, dataset, tmp_path / layer, report=silent)
        assert (study.units.maps == alone.units.maps).all()
        assert study.explain(quantile=0.1, report=silent) == alone.explain(quantile=0.1, report=silent)
        alone.close()
        study.close()


def test_layers_that_were_stopped_at_different_images_go_on_together(dataset, tmp_path):
    whole = extracted(dataset, tmp_path / "whole")
    with pytest.raises(StoppedError):
        extracted(dataset, tmp_path / "one", report=stopped_after(12))
    folders = [LayerToProbe("body.1", tmp_path / "one"), LayerToProbe("body.3", tmp_path / "two")]
    (tmp_path / "two").mkdir()
    extract_activations(tiny_network(), folders, dataset, batch_size=4)
    assert (tmp_path / "one" / "activations.npy").read_bytes() == whole
    assert open_activations(tmp_path / "two").shape[:2] == (5, 22)


def test_layers_that_would_share_a_folder_are_refused(dataset, tmp_path):
    with pytest.raises(StudyError, match="would share a folder"):
        cw.dissect_layers(tiny_network(), ["body:1", "body_1"], dataset, tmp_path)


def test_half_precision_is_kept_where_it_moves_little(dataset, tmp_path):
    extracted(dataset, tmp_path / "full")
    extracted(dataset, tmp_path / "half", half=0.5)
    full, half = open_activations(tmp_path / "full"), open_activations(tmp_path / "half")
    assert half.dtype == np.float16
    np.testing.assert_array_equal(half, full.astype(np.float16))


@pytest.mark.parametrize(
    ("scale", "bias", "reason"),
    [
        (1e5, 0.0, r"its largest activations have no place \(above 65,504\)"),
        (0.001, 40.0, "of the activations of a unit"),
    ],
)
def test_half_precision_that_moves_too_much_is_refused_with_a_word(dataset, tmp_path, scale, bias, reason):
    network = tiny_network()
    network.module.body[0].weight.data *= scale
    network.module.body[0].bias.data[:] = bias
    layer = LayerToProbe("body.1", tmp_path)
    with pytest.warns(UserWarning, match=f"kept in full precision: in half, .*{reason}"):
        extract_activations(network, [layer], dataset, half=0.01)
    assert open_activations(tmp_path).dtype == np.float32


def test_a_study_in_half_precision_is_explained_like_one_of_the_rounded_maps(dataset, tmp_path):
    study = cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "half", half=1.0, report=silent)
    assert study.units.maps.dtype == np.float16
    assert study.units.activations(1).dtype == np.float32
    assert study.explain([1], quantile=0.1, report=silent)[0].best is not None
    study.close()


def test_a_disk_without_room_is_told_before_the_work(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(total=10, used=9, free=1))
    with pytest.raises(CompexpError, match=r"the activation maps take 0\.0 GB while they are made"):
        extracted(dataset, tmp_path / "a")


def test_the_room_on_disk_is_told_beforehand(dataset, tmp_path):
    module = nn.Sequential(nn.Upsample((320, 320)), nn.Conv2d(3, 6, 1))
    seen = []
    network = cw.Network.of(module.eval(), preprocess)
    extract_activations(network, [LayerToProbe("1", tmp_path)], dataset, report=lambda stage, *_: seen.append(stage))
    assert seen[0] == "images shown to the network (0.1 GB on disk)"


def test_directions_are_units_of_a_study_of_their_own(dataset, tmp_path):
    directions = cw.Directions(np.eye(5)[[2, 0]] + np.eye(5)[[1, 1]], names=["two and one", "zero and one"])
    study = cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "a", directions=directions, report=silent)
    plain = cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "b", report=silent)
    channels = plain.units.maps
    np.testing.assert_allclose(
        study.units.maps, np.stack([channels[2] + channels[1], channels[0] + channels[1]]), rtol=1e-5
    )
    assert study.configuration.unit_names == ("two and one", "zero and one")
    study.close()
    plain.close()
    with pytest.raises(StudyError, match=r"was made with another directions \(then [0-9a-f]{12}\)"):
        cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "a", report=silent)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "a", directions=directions, report=silent).close()


def test_another_layout_is_another_study(dataset, tmp_path):
    cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "a", report=silent).close()
    with pytest.raises(StudyError, match=r"was made with another layout \(then as recognised\)"):
        cw.dissect(tiny_network(), "body.3", dataset, tmp_path / "a", layout="maps", report=silent)
