import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_broden import write_tiny_broden

from compexp_widgets.data.images import read_broden
from compexp_widgets.study import positions as positions_module
from compexp_widgets.study.positions import map_positions, open_positions


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broden")
    write_tiny_broden(folder, images=12)
    return read_broden(folder)


@pytest.fixture
def short_stretches(monkeypatch):
    monkeypatch.setattr(positions_module, "STRETCH", 3)


def folded(dataset, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    map_positions(dataset, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    with np.load(folder / "signatures.npz") as table:
        arrays = {name: table[name].tobytes() for name in table.files}
    return {"positions": (folder / "positions.npy").read_bytes(), **arrays}


class StoppedError(Exception):
    pass


def stopped_after(dataset, folder: Path, images: int) -> None:
    def stop(done: int, _total: int) -> None:
        if done == images:
            raise StoppedError

    folder.mkdir(exist_ok=True)
    with pytest.raises(StoppedError):
        map_positions(dataset, folder, on_samples=stop)


def test_every_position_has_the_signature_of_its_labels(dataset, tmp_path):
    table, positions, counts, _ = open_positions(folded(dataset, tmp_path / "study"))
    for image in range(len(dataset)):
        labels = dataset.labels(image).reshape(-1, positions[image].size).T
        for row, layers in zip(positions[image].ravel(), labels, strict=True):
            found = table.row_concepts[table.row_starts[row] : table.row_starts[row + 1]]
            assert found.tolist() == sorted({concept for concept in layers.tolist() if concept >= 0})
    assert counts.by_signature().tolist() == table.total.tolist()
    assert counts.by_sample().tolist() == [positions[0].size] * len(dataset)


@pytest.mark.parametrize("images", [1, 3, 7, 11, 12])
def test_folding_goes_on_where_it_was_stopped(dataset, tmp_path, short_stretches, images):
    whole = contents(folded(dataset, tmp_path / "whole"))
    stopped_after(dataset, tmp_path / "stopped", images)
    assert not (tmp_path / "stopped" / "signatures.npz").exists()
    done = []
    map_positions(dataset, tmp_path / "stopped", on_samples=lambda number, _total: done.append(number))
    assert contents(tmp_path / "stopped") == whole
    assert done[:1] == ([images // 3 * 3 + 1] if images // 3 * 3 < 12 else [])
    assert sorted(path.name for path in (tmp_path / "stopped").iterdir()) == ["positions.npy", "signatures.npz"]


def test_a_killed_process_costs_a_few_images(dataset, tmp_path):
    whole = contents(folded(dataset, tmp_path / "whole"))
    (tmp_path / "killed").mkdir()
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from compexp_widgets.study import positions\n"
        "from compexp_widgets.data.images.broden import read_broden\n"
        "positions.STRETCH = 2\n"
        "def kill(done, total):\n    if done == 5: os.kill(os.getpid(), signal.SIGTERM)\n"
        "positions.map_positions(read_broden(Path(sys.argv[1])), Path(sys.argv[2]), on_samples=kill)\n"
    )
    arguments = [sys.executable, "-c", script, str(dataset.folder), str(tmp_path / "killed")]
    killed = subprocess.run(arguments, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert killed.returncode in (-signal.SIGTERM, signal.SIGTERM, 1)
    done = []
    map_positions(dataset, tmp_path / "killed", on_samples=lambda number, _total: done.append(number))
    assert done[0] == 5
    assert contents(tmp_path / "killed") == whole


@pytest.mark.parametrize("name", ["positions.partial.npy", "signatures.partial/000000003.npz"])
def test_damaged_progress_is_made_anew_with_a_word(dataset, tmp_path, short_stretches, name):
    whole = contents(folded(dataset, tmp_path / "whole"))
    stopped_after(dataset, tmp_path / "study", 8)
    path = tmp_path / "study" / name
    path.write_bytes(path.read_bytes()[:200])
    with pytest.warns(UserWarning, match="are damaged .* and are made anew"):
        map_positions(dataset, tmp_path / "study")
    assert contents(tmp_path / "study") == whole
