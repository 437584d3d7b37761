"""A study's folder and its store of explanations: whoever opens it, whatever befell it."""

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets.errors import DataError, StudyError
from compexp_widgets.progress import silent
from compexp_widgets.study import row_file

STORE = "explanations.sqlite"
SETTINGS = {"quantile": 0.1, "proof_nodes": 0}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Overlays go here, and nobody waits long for a lock."""
    monkeypatch.setenv("COMPEXP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(row_file, "READING", 0.05)
    monkeypatch.setattr(row_file, "WRITING", 0.05)
    return tmp_path / "cache"


@pytest.fixture
def explained(tiny_study):
    """The folder of a study with every unit explained, closed."""
    tiny_study.explain(report=silent, **SETTINGS)
    tiny_study.close()
    return tiny_study.folder


def formulas(study, **settings):
    found = study.explain(report=silent, **{**SETTINGS, **settings})
    return [str(one.best.formula) if one.best else None for one in found]


def stored(study, **settings):
    return len(study.stored_explanations(study.default_settings.changed(**{**SETTINGS, **settings})))


def rows_in(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM explanations").fetchone()[0]


def warned(*actions):
    """What is warned of while things are done one after another."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for action in actions:
            action()
    return [str(one.message) for one in caught]


def states(folder):
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir()}


def test_a_finished_study_is_opened_without_a_lock_and_without_writing(explained, tiny_dataset):
    (explained / ".lock").unlink()
    before = states(explained)
    for study in (
        cw.open_study(explained),
        cw.dissect(tiny_network(), "body.3", tiny_dataset, explained, report=silent),
    ):
        assert len(formulas(study)) == 5
        study.close()
    assert states(explained) == before


def test_a_store_that_is_locked_is_read_and_kept_and_written_when_it_is_free(explained):
    with closing(sqlite3.connect(explained / STORE)) as viewer:
        viewer.execute("PRAGMA locking_mode = EXCLUSIVE")
        viewer.execute("BEGIN EXCLUSIVE")
        study = cw.open_study(explained)
        assert stored(study) == 5
        with pytest.warns(UserWarning, match=r"sqlite is locked by another program.* kept in memory"):
            made = formulas(study, max_length=1)
        assert stored(study, max_length=1) == 5
        viewer.rollback()
    study.close()
    assert [path.name for path in explained.glob("explanations*")] == [STORE]
    assert rows_in(explained / STORE) == 10
    assert formulas(cw.open_study(explained), max_length=1) == made


def test_a_store_that_stays_locked_leaves_its_news_in_an_overlay(explained, own_cache):
    with closing(sqlite3.connect(explained / STORE)) as viewer:
        viewer.execute("BEGIN EXCLUSIVE")
        study = cw.open_study(explained)
        told = warned(lambda: formulas(study, max_length=1), study.close)
        viewer.rollback()
    assert all("is locked" in one for one in told)
    assert "New explanations are kept in " in told[1]
    assert rows_in(next(own_cache.rglob("*.sqlite"))) == 5
    assert stored(cw.open_study(explained), max_length=1) == 5


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("database or disk is full", "its disk is full: make room"),
        ("attempt to write a readonly database", "cannot be written by this user"),
        ("disk I/O error", "look after the disk or the network drive"),
        ("unable to open database file", "cannot be written by this user"),
    ],
)
def test_what_cannot_be_written_is_told_once_and_goes_to_an_overlay(explained, own_cache, monkeypatch, message, told):
    connect = sqlite3.connect

    def refusing(address, *args, **more):
        # As Python 3.10 raises it: with the message alone.
        if str(address) == str(explained / STORE):
            raise sqlite3.OperationalError(message)
        return connect(address, *args, **more)

    monkeypatch.setattr(sqlite3, "connect", refusing)
    study = cw.open_study(explained)
    (said,) = warned(lambda: formulas(study, max_length=1), lambda: formulas(study, max_length=2))
    assert told in said
    study.close()
    monkeypatch.undo()
    monkeypatch.setenv("COMPEXP_CACHE", str(own_cache))
    assert rows_in(explained / STORE) == 5
    assert stored(cw.open_study(explained), max_length=2) == 5


def test_a_disk_that_is_full_is_no_damage(explained, monkeypatch):
    connect = sqlite3.connect

    def without_room(address, *args, **more):
        connection = connect(address, *args, **more)
        if str(address) == str(explained / STORE):
            connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(sqlite3, "connect", without_room)
    monkeypatch.setattr("compexp_widgets.study.explanation_store.cache_folders", list)
    study = cw.open_study(explained)
    (said,) = warned(*(lambda beam=beam: formulas(study, max_length=1, beam_size=beam) for beam in range(1, 15)))
    assert "its disk is full" in said
    assert "kept in memory, as long as the study is open" in said
    assert stored(study, max_length=1, beam_size=14) == 5
    assert [path.name for path in explained.glob("explanations*")] == [STORE]


def test_damaged_stores_are_put_aside_under_names_of_their_own(explained):
    for number in (1, 2):
        (explained / STORE).write_bytes(b"no database" * 100 * number)
        with pytest.warns(UserWarning, match=rf"is damaged.* renamed to explanations.damaged-{number} "):
            study = cw.open_study(explained)
        assert stored(study) == 0
        formulas(study)
        study.close()
        assert rows_in(explained / STORE) == 5
    assert [(explained / f"explanations.damaged-{number}").stat().st_size for number in (1, 2)] == [1100, 2200]


def test_a_damaged_row_is_found_out_again_with_a_word(explained):
    with closing(sqlite3.connect(explained / STORE)) as connection, connection:
        texts = ["{", '{"unit": 1}', "[" * 5000, None, 7, b"\xff", "null"]
        rows = connection.execute("SELECT settings, unit, explanation FROM explanations ORDER BY unit").fetchall()
        wrong = json.loads(rows[0][2])
        wrong["limits"] = ["high", None]
        texts += [json.dumps(wrong), rows[3][2]]
    for text in texts:
        with closing(sqlite3.connect(explained / STORE)) as connection, connection:
            connection.execute("UPDATE explanations SET explanation = ? WHERE unit = 0", (text,))
        study = cw.open_study(explained)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert len(formulas(study)) == 5
        if isinstance(text, str):
            assert "about unit 0 is damaged: it is found out again" in str(caught[0].message)
        study.close()
        with closing(sqlite3.connect(explained / STORE)) as connection:
            kept = connection.execute("SELECT settings, unit, explanation FROM explanations ORDER BY unit").fetchall()
        assert kept == rows


def test_a_store_with_a_log_of_an_earlier_version_is_read_as_it_is_and_leaves_its_log_when_written(explained):
    with closing(sqlite3.connect(explained / STORE)) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    before = states(explained)
    study = cw.open_study(explained)
    assert stored(study) == 5
    assert states(explained) == before
    formulas(study, max_length=1)
    study.close()
    assert (explained / STORE).read_bytes()[18:20] == b"\1\1"
    assert rows_in(explained / STORE) == 10


def test_a_store_of_something_else_is_left_alone(explained):
    (explained / STORE).unlink()
    with closing(sqlite3.connect(explained / STORE)) as connection, connection:
        connection.execute("CREATE TABLE explanations (thesis TEXT)")
        connection.execute("CREATE TABLE evidence (thesis TEXT)")
    study = cw.open_study(explained)
    with pytest.warns(UserWarning, match="cannot be used as a store of explanations: move it away"):
        assert len(formulas(study)) == 5
    study.close()
    assert rows_in(explained / STORE) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_two_processes_that_write_at_once_keep_everything(explained, monkeypatch):
    monkeypatch.setattr(row_file, "WRITING", 20.0)
    children = []
    for first in (0, 100):
        if (child := os.fork()) == 0:
            try:
                for number in range(first, first + 40):
                    row_file.write_rows(explained / STORE, {("settings",): {number: "text"}})
                os._exit(0)
            except BaseException:
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert sorted(row_file.read_rows(explained / STORE, ("settings",))) == [*range(40), *range(100, 140)]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user"
)
def test_another_user_opens_a_study_that_was_left_in_the_middle_of_writing_and_may_not_be_written(explained, tmp_path):
    # A process of an earlier version that was killed: its last rows are in the log alone.
    left = (
        f"import sqlite3, os; c = sqlite3.connect({str(explained / STORE)!r}); c.execute('PRAGMA journal_mode = WAL'); "
        "c.execute('PRAGMA wal_autocheckpoint = 0'); c.execute(\"DELETE FROM explanations WHERE unit > 2\"); "
        "c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", left], check=True)
    (explained / f"{STORE}-shm").unlink()
    assert (explained / f"{STORE}-wal").stat().st_size > 0
    folder = Path("/tmp") / f"compexp-test-{os.getpid()}"
    data = json.loads((explained / "study.json").read_text(encoding="utf-8"))["data"]["folder"]
    try:
        shutil.copytree(explained, folder / "study")
        shutil.copytree(data, folder / "data")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        script = f"""
import warnings; warnings.simplefilter("always")
import compexp_widgets as cw
study = cw.open_study({str(folder / "study")!r}, data={str(folder / "data")!r})
settings = study.default_settings.changed(**{SETTINGS!r})
print("stored", len(study.stored_explanations(settings)))
print("made", len(study.explain(quantile=0.2, proof_nodes=0, report=lambda *_: None)))
study.close()
"""
        environment = {**os.environ, "HOME": "/nonexistent", "PYTHONPATH": str(Path(cw.__file__).parents[1])}
        environment.pop("COMPEXP_CACHE")
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        import_it = [*user, sys.executable, "-c", "import compexp_widgets"]
        if subprocess.run(import_it, env=environment, cwd="/", capture_output=True, check=False).returncode:
            pytest.skip("another user may not read this checkout")
        done = subprocess.run(
            [*user, sys.executable, "-c", script], env=environment, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.stdout.split("\n")[:2] == ["stored 3", "made 5"], done.stderr
        assert "cannot be written by this user" in done.stderr
        assert "kept in memory" in done.stderr
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def partial(name, number, machine=None):
    return f".{name}.{number}{f'@{machine}' if machine else ''}.partial"


def test_what_killed_processes_left_is_swept_before_work_and_nothing_else(explained, tiny_dataset):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    dead, here = child.pid, platform.node()
    gone = [partial("activations.npy", dead), partial("study.json", dead, here), partial("old", os.getpid(), "far")]
    stays = [
        partial("mine.csv", os.getpid(), here), partial("far.npy", dead, "another-machine"), ".notes.partial", "my.txt",
    ]  # fmt: skip
    logs = ["activations.partial", "activations.partial.json", "positions.partial.npy"]
    for name in (*gone, *stays, *logs):
        (explained / name).write_text("left", encoding="utf-8")
    os.utime(explained / gone[2], (time.time() - 90_000,) * 2)
    cw.dissect(tiny_network(), "body.3", tiny_dataset, explained, report=silent).close()
    assert set(stays) <= {path.name for path in explained.iterdir()}
    assert not {*gone, *logs} & {path.name for path in explained.iterdir()}


def test_nothing_is_swept_in_a_folder_that_is_no_study(tmp_path, tiny_dataset):
    left = tmp_path / "thesis" / partial("thesis.tex", 2**22 + 1)
    left.parent.mkdir()
    left.write_text("mine", encoding="utf-8")
    (left.parent / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="is not a study and not empty"):
        cw.dissect(tiny_network(), "body.3", tiny_dataset, left.parent, report=silent)
    assert left.exists()


def test_what_systems_and_sqlite_leave_in_a_folder_does_not_make_it_somebody_elses(tmp_path, tiny_dataset):
    folder = tmp_path / "study"
    folder.mkdir()
    for name in (f"{STORE}-journal", f"{STORE}-wal", "explanations.damaged-1", "Thumbs.db", "desktop.ini", ".DS_Store"):
        (folder / name).write_bytes(b"left")
    study = cw.dissect(tiny_network(), "body.3", tiny_dataset, folder, report=silent)
    assert len(formulas(study)) == 5
    study.close()


def test_a_store_without_its_study_is_never_taken_over(explained, tiny_dataset):
    for path in explained.iterdir():
        if path.name != STORE:
            path.unlink()
    with pytest.raises(StudyError, match=r"is not a study and not empty \(it holds explanations.sqlite\)"):
        cw.dissect(tiny_network(), "body.3", tiny_dataset, explained, report=silent)


def changed_array(folder, name, change):
    path = folder / name
    if path.suffix == ".npy":
        array = change(np.load(path))
        np.save(path, array)
    else:
        with np.load(path) as arrays:
            kept = dict(arrays)
        change(kept)
        np.savez(path, **kept)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("activations.npy", lambda maps: maps.astype(np.float64), "maps of float64 .* needs float32 or float16"),
        ("activations.npy", lambda maps: maps[:, :-1], r"shape \(5, 39, .* of shape \(any, 40, any, any\)"),
        ("activations.npy", lambda maps: maps[0], r"shape \(40, "),
        ("activations.npy", np.asfortranarray, "turned round"),
        ("positions.npy", lambda rows: rows.astype(np.int64), "positions of int64 .* needs int32"),
        ("positions.npy", lambda rows: rows[:, :-1].copy(), r"positions of int32 and shape \(40, "),
        ("signatures.npz", lambda table: table["total"].__setitem__(0, 10**6), "do not add up"),
        ("signatures.npz", lambda table: table["row_concepts"].__setitem__(0, 999), "row_concepts from 0 to 999"),
        ("signatures.npz", lambda table: table.update(counts=table["counts"].astype(float)), "counts of float64"),
        ("signatures.npz", lambda table: table.update(rows=table["rows"] + 10**6), "rows from 1000000 to"),
        ("signatures.npz", lambda table: table.update(concepts=table["concepts"][::-1]), "holds other concepts"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused_with_the_file(explained, name, change, told):
    changed_array(explained, name, change)
    with pytest.raises(StudyError, match=told) as caught:
        cw.open_study(explained)
    assert name in str(caught.value)
    assert "dissect again" in str(caught.value)


def test_pictures_that_have_moved_are_told_with_the_way_on(explained, tmp_path):
    about = json.loads((explained / "study.json").read_text(encoding="utf-8"))
    place = about["data"]["folder"]
    about["data"]["folder"] = str(tmp_path / "nowhere")
    (explained / "study.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(StudyError, match=r"nowhere .*is not a folder.* give their folder as data="):
        cw.open_study(explained)
    assert len(formulas(cw.open_study(explained, data=place))) == 5


def test_a_cache_that_cannot_be_written_is_told_with_the_way_on(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("COMPEXP_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("compexp_widgets.files.user_cache.user_cache_dir", lambda *_, **__: "~/no-home-here")
    with pytest.raises(DataError, match=r"no cache folder can be written .*COMPEXP_CACHE"):
        cw.demo.vision_world_folder(progress=False)


def test_maps_in_half_precision_are_told_where_full_ones_are_asked_for(tmp_path, tiny_dataset):
    def dissect(**more):
        cw.dissect(tiny_network(), "body.3", tiny_dataset, tmp_path / "half", report=silent, **more).close()

    assert warned(lambda: dissect(half=1.0), lambda: dissect(half=1.0)) == []
    (said,) = warned(dissect)
    assert "keeps its maps in half precision" in said
