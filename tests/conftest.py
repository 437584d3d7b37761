from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network

from compexp_widgets.data.images.broden import read_broden
from compexp_widgets.data.images.segmentation import SegmentationDataset
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources import load_network
from compexp_widgets.progress import silent
from compexp_widgets.study import Study, dissect

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real photographs, networks and sentence pairs; skips the test where it is absent."""
    folder = Path(os.environ.get("COMPEXP_REAL") or Path(__file__).resolve().parents[2] / "shared" / "real")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set COMPEXP_REAL to the folder that has broden_coco in it")
    return folder


@pytest.fixture(scope="session")
def places365_squeezenet(real_data: Path) -> Network:
    """SqueezeNet 1.1 with the weights of Places365, read by the example of a network of one's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACES365_SQUEEZENET", str(real_data / "places365"))
        patch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
        return load_network("places365_squeezenet:load")


@pytest.fixture(scope="session")
def tiny_dataset(tmp_path_factory: pytest.TempPathFactory) -> SegmentationDataset:
    """Forty small images in the Broden layout, with every category."""
    folder = tmp_path_factory.mktemp("tiny_broden")
    write_tiny_broden(folder, images=40)
    return read_broden(folder)


@pytest.fixture
def tiny_study(tiny_dataset: SegmentationDataset, tmp_path: Path) -> Iterator[Study]:
    """The tiny network's last convolution, dissected on the tiny data set."""
    study = dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "study", report=silent)
    yield study
    study.close()
