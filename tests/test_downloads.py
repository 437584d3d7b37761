"""Downloads from a server on this machine that breaks off, stalls, lies and changes its mind."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback_site import Site, announces, answers, breaks_off, drips, page, stalls
from tiny_broden import write_tiny_broden

from compexp_widgets import read_dataset
from compexp_widgets.cli import main
from compexp_widgets.downloads import Download, NoRoomError, RetryPolicy, fetch, find_download, known_downloads
from compexp_widgets.downloads.transfer import download_file
from compexp_widgets.errors import FetchError
from compexp_widgets.progress import silent

BODY = random.Random(7).randbytes(300_000)
SHA = hashlib.sha256(BODY).hexdigest()
HURRIED = RetryPolicy(timeout=10, attempts=4, first_wait=0.005, longest_wait=0.02, seed=0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.files["file.bin"] = BODY
    yield site
    site.close()


@pytest.fixture
def entry(site):
    """A `Download` of the file that the site serves, with its checksum."""

    def make(path: str = "file.bin", **fields) -> Download:
        known = {"name": "thing", "file": "file.bin", "place": "things/file.bin", "sha256": SHA, "licence": "CC0"}
        return Download(**{**known, "addresses": (site.address(path),), **fields})

    return make


@pytest.fixture
def get(tmp_path):
    """Fetch into the folder of the test, in a hurry."""

    def run(download, *, timeout: float = HURRIED.timeout, **options) -> Path:
        retry = replace(HURRIED, timeout=timeout)
        return fetch(download, tmp_path / "data", report=silent, retry=retry, **options)

    return run


def ranges_of(site: Site) -> list[str | None]:
    return [request.get("range") for request in site.requests]


def zipped(**members: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def leftovers(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "data" / ".downloads").iterdir() if path.suffix != ".lock"]


# A good day.


def test_a_file_is_downloaded_to_its_place(get, entry, tmp_path, site):
    place = get(entry())
    assert place == tmp_path / "data" / "things" / "file.bin"
    assert place.read_bytes() == BODY
    assert leftovers(tmp_path) == []


def test_fetching_twice_asks_the_server_once(get, entry, site):
    assert get(entry()) == get(entry())
    assert len(site.requests) == 1


def test_a_request_tells_the_package_and_its_version_and_nothing_else(get, entry, site):
    get(entry())
    (request,) = site.requests
    assert request["user-agent"].startswith("compexp-widgets/")
    assert set(request) == {"path", "host", "user-agent", "accept-encoding", "connection"}


def test_an_archive_is_unpacked_without_its_outermost_folder(get, entry, site, tmp_path):
    site.files["a.zip"] = zipped(top__index_csv=b"1", top__images__a_png=b"2")
    place = get(entry("a.zip", file="a.zip", place="a", unpack=True, sha256=None, expects=("index_csv",)))
    assert sorted(path.relative_to(place).as_posix() for path in place.rglob("*_*")) == ["images/a_png", "index_csv"]
    assert leftovers(tmp_path) == []


def test_the_licence_is_shown_before_anything_is_asked_of_the_server(get, entry, site, capsys):
    told = []
    site.moods = [lambda handler: bool(told.append(capsys.readouterr().err))]
    get(entry(licence="for research only", licence_address="https://example.org/terms"))
    assert "Licence: for research only\n  https://example.org/terms" in told[0]


def test_progress_ends_at_the_size_of_the_file(entry, tmp_path):
    seen = []
    fetch(entry(), tmp_path, report=lambda *now: seen.append(now), retry=HURRIED)
    assert seen[-1] == ("kB of file.bin", 300, 300)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_without_a_published_checksum_the_one_of_what_came_is_told(get, entry, capsys):
    get(entry(sha256=None))
    assert f"No checksum is published for file.bin. What came has SHA-256 {SHA}" in capsys.readouterr().err


def test_a_file_of_no_bytes_is_a_file(get, entry, site):
    site.files["file.bin"] = b""
    assert get(entry(sha256=None)).read_bytes() == b""


# Bad days.


def test_a_download_that_breaks_off_continues_where_it_was(get, entry, site):
    site.moods = [breaks_off(100_000), breaks_off(50_000)]
    assert get(entry()).read_bytes() == BODY
    assert ranges_of(site) == [None, "bytes=100000-", "bytes=150000-"]
    assert site.requests[1]["if-range"] == f'"{hashlib.sha1(BODY).hexdigest()}"'


def test_a_server_that_stalls_is_asked_again(get, entry, site, capsys):
    site.moods = [stalls(100_000)]
    assert get(entry(), timeout=0.4).read_bytes() == BODY
    assert "stalled: nothing came for 0.4 s; attempt 2 of 4" in capsys.readouterr().err


def test_a_server_that_drips_counts_as_stalled(get, entry, site, capsys):
    site.moods = [drips]
    assert get(entry(), timeout=0.4).read_bytes() == BODY
    assert "stalled: " in capsys.readouterr().err


def test_a_server_without_ranges_begins_anew_and_that_is_said(get, entry, site, capsys):
    site.ranges = False
    site.moods = [breaks_off(100_000)]
    assert get(entry()).read_bytes() == BODY
    assert "begins anew" in capsys.readouterr().err


def test_a_file_that_changes_between_two_parts_is_downloaded_anew(get, entry, site):
    after = BODY[::-1]

    def breaks_off_and_changes(handler):
        handler.serve(at_most=100_000)
        site.files["file.bin"] = after

    site.moods = [breaks_off_and_changes]
    assert get(entry(sha256=hashlib.sha256(after).hexdigest())).read_bytes() == after


def test_a_part_that_does_not_fit_is_thrown_away(get, entry, site):
    def another_part(handler):
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 0-9/{len(BODY)}")
        handler.end_headers()

    site.moods = [breaks_off(100_000), another_part]
    assert get(entry()).read_bytes() == BODY
    assert ranges_of(site) == [None, "bytes=100000-", None]


def test_without_etag_and_checksum_nothing_is_continued(get, entry, site):
    site.tags = False
    site.moods = [breaks_off(100_000)]
    assert get(entry(sha256=None)).read_bytes() == BODY
    assert ranges_of(site) == [None, None]


def test_without_etag_a_checksum_allows_to_continue(get, entry, site):
    site.tags = False
    site.moods = [breaks_off(100_000)]
    assert get(entry()).read_bytes() == BODY
    assert ranges_of(site) == [None, "bytes=100000-"]


def test_a_server_in_trouble_is_asked_again(get, entry, site):
    site.moods = [answers(500), answers(503, Retry_After="0"), answers(429)]
    assert get(entry()).read_bytes() == BODY


def test_a_server_that_stays_in_trouble_is_given_up(get, entry, site):
    site.moods = [answers(500)] * 9
    with pytest.raises(FetchError, match="the server answers 500 Internal Server Error, 4 times in a row"):
        get(entry())
    assert len(site.requests) == 4


def test_progress_renews_the_patience(get, entry, site):
    site.moods = [breaks_off(30_000) for _ in range(9)]
    assert get(entry()).read_bytes() == BODY
    assert len(site.requests) == 10


def test_the_pauses_grow_and_follow_the_seed(entry, site, tmp_path, monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    for _ in range(2):
        site.moods = [answers(500)] * 4
        with pytest.raises(FetchError):
            download_file(site.address("file.bin"), tmp_path / "p", retry=RetryPolicy(attempts=4, seed=5))
    assert len(waits) == 6
    assert waits[:3] == waits[3:]
    assert all(top / 2 <= wait <= top for wait, top in zip(waits, (1, 2, 4), strict=False))


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        (answers(404), "the server answers 404: there is no such file"),
        (answers(403), "the server answers 403: it refuses access"),
        (answers(401), "the server answers 401: it asks for a password"),
        (answers(204), "the server answers 204 No Content in place of a file"),
        (answers(302, Location="file:///etc/passwd"), "redirects in a way that is not followed"),
        (answers(302, Location="ftp://example.org/x"), "which is not followed"),
        (page("text/html; charset=utf-8", b"<!DOCTYPE html><title>Log in</title>"), "the server sends a web page"),
        (page("application/zip", b"\n <HTML><body>moved</body></html>"), "the server sends a web page"),
    ],
)
def test_an_answer_that_is_no_file_is_not_asked_for_again(get, entry, site, tmp_path, mood, reason):
    site.moods = [mood]
    with pytest.raises(FetchError, match=reason):
        get(entry())
    assert len(site.requests) == 1
    assert leftovers(tmp_path) == []


def test_a_redirect_to_another_address_is_followed_with_the_range(get, entry, site):
    site.moods = [breaks_off(100_000), answers(302, Location="/elsewhere/../file.bin"), lambda handler: False]
    site.files["elsewhere/../file.bin"] = BODY
    assert get(entry()).read_bytes() == BODY
    assert ranges_of(site)[1:] == ["bytes=100000-", "bytes=100000-"]


def test_a_circle_of_redirects_ends(get, entry, site):
    site.moods = [answers(302, Location="/file.bin")] * 30
    with pytest.raises(FetchError, match="redirects in a way that is not followed"):
        get(entry())


@pytest.mark.parametrize("lie", [1, 5000])
def test_a_server_that_announces_more_than_it_has_is_not_believed(get, entry, site, lie, tmp_path):
    site.moods = [announces(lie)] * 20
    with pytest.raises(FetchError, match=r"of 30\d,\d+ bytes|has changed on the server"):
        get(entry())
    assert not (tmp_path / "data" / "things" / "file.bin").exists()


def test_a_server_that_announces_less_than_it_has_is_noticed_by_the_checksum(get, entry, site, tmp_path):
    site.moods = [announces(-10)]
    with pytest.raises(FetchError, match="damaged or something else: its SHA-256 is"):
        get(entry())
    assert leftovers(tmp_path) == []


def test_a_file_of_another_size_is_refused_before_it_is_downloaded(get, entry, site, tmp_path):
    with pytest.raises(FetchError, match="announces 300,000 bytes, but the file has 299,999"):
        get(entry(bytes=299_999))
    assert leftovers(tmp_path) == []


def test_a_file_without_announced_size_is_not_read_further_than_it_may_be(get, entry, site):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(50_000))

    site.moods = [endless]
    with pytest.raises(FetchError, match="sends more than the 200,000 bytes"):
        get(entry(bytes=200_000))


def test_a_wrong_checksum_removes_the_file(get, entry, tmp_path):
    with pytest.raises(FetchError, match=f"its SHA-256 is {SHA}, that of thing 00ff") as error:
        get(entry(sha256="00FF" * 16))
    assert leftovers(tmp_path) == []
    assert "By hand: get file.bin on any machine" in str(error.value)


def test_md5_is_checked_where_only_that_is_published(get, entry):
    assert get(entry(sha256=None, md5=hashlib.md5(BODY).hexdigest())).is_file()
    with pytest.raises(FetchError, match="its MD5 is"):
        get(entry(sha256=None, md5="0" * 32, place="other"))


def test_the_next_address_is_tried_when_one_fails(get, entry, site):
    addresses = (site.address("gone.bin"), site.address("file.bin"))
    assert get(entry(addresses=addresses)).read_bytes() == BODY


def test_without_a_network_the_message_says_what_to_put_where(get, entry, tmp_path):
    closed = Site()
    address = closed.address("file.bin")
    closed.close()
    with pytest.raises(FetchError) as error:
        get(entry(addresses=(address,)))
    told = str(error.value)
    assert f"{address}: no connection (" in told
    assert f"put it to {tmp_path / 'data' / 'file.bin'} and run `compexp fetch thing" in told
    assert f"Its sha256 is {SHA}." in told


def test_a_host_that_does_not_exist_is_no_connection(get, entry):
    with pytest.raises(FetchError, match="no connection"):
        get(entry(addresses=("http://compexp.invalid/file.bin",)))


def test_a_file_put_by_hand_is_used_and_kept(get, entry, site, tmp_path):
    by_hand = tmp_path / "data" / "file.bin"
    by_hand.parent.mkdir()
    by_hand.write_bytes(BODY)
    assert get(entry()).read_bytes() == BODY
    assert by_hand.exists()
    assert site.requests == []


# Room, other processes, kills.


def test_too_small_a_disk_is_told_before_the_first_byte(get, entry, site, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=500_000))
    site.files["a.zip"] = BODY
    with pytest.raises(
        NoRoomError, match=r"thing, with its archive, takes 600 kB, and .* has 500 kB free. Free 100 kB"
    ):
        get(entry("a.zip", file="a.zip", place="a", unpack=True))
    assert leftovers(tmp_path) == []


def test_what_is_there_already_needs_no_room(entry, site, tmp_path, monkeypatch):
    part = tmp_path / "data" / ".downloads" / "file.bin.partial"
    part.parent.mkdir(parents=True)
    site.moods = [breaks_off(200_000), answers(404)]
    with pytest.raises(FetchError):
        fetch(entry(), tmp_path / "data", report=silent, retry=HURRIED)
    assert part.stat().st_size == 200_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=100_001))
    assert fetch(entry(), tmp_path / "data", report=silent, retry=HURRIED).read_bytes() == BODY


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_the_disk_running_full_is_told(get, entry, monkeypatch):
    really_open = Path.open

    def open_full(path, mode="r", **options):
        return really_open(Path("/dev/full") if path.suffix == ".partial" and mode == "ab" else path, mode, **options)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(NoRoomError, match=r"is full\. What has come is kept\."):
        get(entry())


def test_a_killed_download_continues_in_the_next_process(entry, site, tmp_path):
    site.moods = [lambda handler: handler.serve(pause=0.02)]
    code = (
        "import sys; from compexp_widgets.downloads import Download, fetch;"
        "from compexp_widgets.progress import silent;"
        "fetch(Download('thing', 'file.bin', 'things/file.bin', (sys.argv[1],)), sys.argv[2], report=silent)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, site.address("file.bin"), str(tmp_path / "data")])
    part = tmp_path / "data" / ".downloads" / "file.bin.partial"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size > 50_000):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    there = part.stat().st_size
    place = fetch(entry(sha256=None), tmp_path / "data", report=silent, retry=HURRIED)
    assert place.read_bytes() == BODY
    assert ranges_of(site) == [None, f"bytes={there}-"]


def test_two_at_once_download_once(entry, site, tmp_path):
    site.moods = [lambda handler: handler.serve(pause=0.002)]
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(fetch(entry(), tmp_path, report=silent, retry=RetryPolicy(timeout=5)))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(site.requests) == 1


def test_an_unpacking_that_was_killed_is_done_again(get, entry, site, tmp_path):
    work = tmp_path / "data" / ".downloads"
    (work / "thing.unpacked" / "half").mkdir(parents=True)
    (work / "a.zip").write_bytes(zipped(top__index_csv=b"1"))
    place = get(entry(file="a.zip", place="a", unpack=True, sha256=None, expects=("index_csv",)))
    assert [path.name for path in place.iterdir()] == ["index_csv"]
    assert site.requests == []
    assert leftovers(tmp_path) == []


def test_an_archive_with_something_else_inside_is_not_put_in_place(get, entry, site, tmp_path):
    site.files["a.zip"] = zipped(readme=b"1")
    wrong = entry("a.zip", file="a.zip", place="a", unpack=True, sha256=None, expects=("index.csv", "images"))
    with pytest.raises(FetchError, match=r"is not thing: it has no index.csv, images"):
        get(wrong)
    assert not (tmp_path / "data" / "a").exists()
    assert leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told_of(entry, tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(FetchError, match=r"thing cannot be put into .*data"):
        fetch(entry(), tmp_path / "data", report=silent)


def test_another_folder_in_its_place_is_not_touched(get, entry, tmp_path):
    (tmp_path / "data" / "a").mkdir(parents=True)
    with pytest.raises(FetchError, match=r"it has no index.csv. Move it away, or take another folder"):
        get(entry(file="a.zip", place="a", unpack=True, expects=("index.csv",)))


# Other copies.


def test_a_mirror_takes_the_place_of_the_address(get, entry, site):
    gone = ("http://compexp.invalid/file.bin",)
    assert get(entry(addresses=gone), from_=site.address("file.bin")).read_bytes() == BODY


def test_a_mirror_may_be_the_folder_of_the_file(get, entry, site):
    site.files["mirror/file.bin"] = BODY
    assert get(entry(), from_=site.address("mirror/")).read_bytes() == BODY


def test_a_local_copy_is_checked_and_left_where_it_is(get, entry, site, tmp_path):
    copy = tmp_path / "copy.bin"
    copy.write_bytes(BODY)
    assert get(entry(), from_=copy).read_bytes() == BODY
    assert copy.exists()
    assert site.requests == []


def test_a_wrong_local_copy_is_told_of_and_not_removed(get, entry, tmp_path):
    copy = tmp_path / "copy.bin"
    copy.write_bytes(BODY[1:])
    with pytest.raises(FetchError, match="If you know your file to be right, copy it to"):
        get(entry(), from_=copy)
    assert copy.exists()


@pytest.mark.parametrize("source", ["ftp://example.org/file.bin", "file:///etc/passwd", "http://", "https://a b/c"])
def test_only_http_addresses_are_taken(get, entry, source):
    with pytest.raises(FetchError, match="is not an address to download from"):
        get(entry(), from_=source)


def test_a_local_copy_that_is_missing_is_told_of(get, entry, tmp_path):
    with pytest.raises(FetchError, match="there is no such file"):
        get(entry(), from_=tmp_path / "nowhere.zip")


# The registry and the command line.


def test_every_entry_of_the_registry_says_what_an_analyst_needs():
    names = [download.name for download in known_downloads()]
    assert len(set(names)) == len(names)
    for download in known_downloads():
        assert download.title, download.name
        assert download.about, download.name
        assert download.licence, download.name
        assert download.licence_address.startswith("http"), download.name
        assert download.use, download.name
        assert bool(download.addresses) != bool(download.instead), download.name
        assert bool(download.checksum) == bool(download.checksum_source), download.name
        assert not download.verified


def test_a_name_may_be_written_in_other_ways():
    assert find_download("Broden1-224") is find_download("broden1_224")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(FetchError, match=r"nothing called 'broden_224' to fetch; the nearest are broden1_224"):
        find_download("broden_224")


def test_what_needs_a_registration_says_so(tmp_path):
    with pytest.raises(FetchError, match=r"Register at http.*run `compexp fetch ade20k --from FILE`"):
        fetch("ade20k", tmp_path, report=silent)


def test_imagenet_points_to_torchvision(tmp_path):
    with pytest.raises(FetchError, match=r'cw.load_network\("torchvision:resnet18"\)'):
        fetch("imagenet", tmp_path, report=silent)


@pytest.mark.parametrize("path", ["../x", "/x", "C:/x", "a\\b"])
def test_an_entry_cannot_lie_outside_its_folder(path):
    with pytest.raises(FetchError, match="must be a relative path"):
        Download("x", "x", path)


@pytest.fixture
def broden(tmp_path) -> Path:
    write_tiny_broden(tmp_path / "top" / "broden", images=4)
    return Path(shutil.make_archive(str(tmp_path / "broden1_227"), "zip", tmp_path / "top"))


def test_the_command_line_fetches_what_read_dataset_reads(broden, site, tmp_path, capsys):
    site.files["broden1_227.zip"] = broden.read_bytes()
    command = ["fetch", "broden1_227", "--from", site.address("broden1_227.zip"), "--to", str(tmp_path / "to"), "--yes"]
    assert main(command) == 0
    output = capsys.readouterr()
    assert len(read_dataset(Path(output.out.strip()))) == 4
    assert f'cw.read_dataset("{(tmp_path / "to" / "broden1_227").as_posix()}")' in output.err
    assert main([*command, "--quiet"]) == 0
    assert capsys.readouterr() == (output.out, "")
    assert main([*command, "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == {"name": "broden1_227", "place": output.out.strip()}
    assert all(json.loads(line) for line in told.err.splitlines())


def test_the_ade20k_part_of_broden_has_its_images_only(tmp_path):
    write_tiny_broden(tmp_path / "broden", images=4)
    index = tmp_path / "broden" / "index.csv"
    header, *rows = index.read_text(encoding="utf-8").splitlines()
    images = tmp_path / "broden" / "images"
    (images / "ade20k").mkdir()
    for path in [path for path in images.rglob("*") if path.is_file()]:
        shutil.copy(path, images / "ade20k" / path.name)
    folders = {path.name for path in images.iterdir() if path.is_dir()} - {"ade20k"}
    moved = rows[0]
    for folder in folders:
        moved = moved.replace(f"{folder}/", "ade20k/")
    index.write_text("\n".join([header, *rows[1:], moved]) + "\n", encoding="utf-8")
    archive = shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path, "broden")
    part = find_download("broden1_224_ade20k")
    own = Download(**{**vars(part), "md5": None})
    dataset = read_dataset(fetch(own, tmp_path / "to", from_=archive, report=silent))
    assert [image.name.split("/")[1] for image in dataset.images] == ["ade20k"]
    assert [path.name for path in (tmp_path / "to" / own.place / "images").iterdir()] == ["ade20k"]


def test_the_command_line_lists_what_there_is(capsys):
    assert main(["fetch"]) == 0
    listed = capsys.readouterr().out
    assert "  GloVe 6B word vectors (862 MB)\n" in listed
    assert "nobody has verified them here yet" in listed


def test_without_a_terminal_the_licence_must_be_agreed_to_beforehand(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: PTH123, SIM115
    assert main(["fetch", "snli", "--to", str(tmp_path)]) == 1
    assert "compexp: the licence of snli has to be agreed to: read it, then add --yes." in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("\n", 1), ("no\n", 1)])
def test_at_a_terminal_the_licence_is_asked_for(broden, site, tmp_path, monkeypatch, capsys, answer, status):
    site.files["broden1_227.zip"] = broden.read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True, readline=lambda: answer))
    assert main(["fetch", "broden1_227", "--from", site.address("broden1_227.zip"), "--to", str(tmp_path)]) == status
    assert "[y/N]" in capsys.readouterr().err
    assert len(site.requests) == (status == 0)
