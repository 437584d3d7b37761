"""The downloads that are known, from the registry file, and whether a file is the one that an entry means."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from compexp_widgets.errors import FetchError
from compexp_widgets.files import read_json
from compexp_widgets.files.regular import readable
from compexp_widgets.progress import Report, Stage


@dataclass(frozen=True)
class Download:
    """Something to fetch: an archive to be unpacked, or a single file.

    Attributes
    ----------
    name
        What it is asked for by.
    file
        What the file is called where it comes from.
    place
        Where it lies afterwards, relative to the folder of downloads, with forward slashes: a folder for an archive.
    addresses
        Where it is to be had, http or https, tried in this order.
    title, about
        What it is, in a few words and in a sentence.
    bytes, unpacked_bytes
        Sizes, where they are published.
    sha256, md5
        Checksums in hexadecimal, where they are published; the first is taken where both are.
    checksum_source
        Who published the checksum.
    licence, licence_address
        What it may be used for, and where that stands.
    unpack
        Whether it is an archive.
    expects
        Paths in the unpacked folder without which it is something else.
    keep
        Patterns of the paths to unpack, as for `fnmatch`; empty for all.
    index_rows
        Of an unpacked ``index.csv``, keep the rows whose ``image`` begins so.
    instead
        What to do where it cannot be downloaded.
    use
        The call it is read with; ``{path}`` stands for where it lies.
    verified
        Whether somebody has downloaded it with this entry and found it right.
    """

    name: str
    file: str
    place: str
    addresses: tuple[str, ...] = ()
    title: str = ""
    about: str = ""
    bytes: int | None = None
    unpacked_bytes: int | None = None
    sha256: str | None = None
    md5: str | None = None
    checksum_source: str = ""
    licence: str = ""
    licence_address: str = ""
    unpack: bool = False
    expects: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    index_rows: str = ""
    instead: str = ""
    use: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        for what, path in (("file", self.file), ("place", self.place)):
            if path and (PurePosixPath(path).is_absolute() or ".." in path.split("/") or re.search(r"[\\:\x00]", path)):
                raise FetchError(f"{self.name}: the {what} {path!r} must be a relative path with forward slashes.")
        for address in self.addresses:
            web_address(address)

    @property
    def checksum(self) -> tuple[str, str] | None:
        """The name of an algorithm of `hashlib` and what it must give, in lower case."""
        if self.sha256:
            return "sha256", self.sha256.lower()
        return ("md5", self.md5.lower()) if self.md5 else None


@cache
def known_downloads() -> tuple[Download, ...]:
    """All that the package knows to fetch, in the order of its registry file."""
    path = Path(__file__).with_name("registry.json")
    entries: list[dict[str, Any]] = read_json(path, "list of downloads", error=FetchError)
    return tuple(_from_json(entry) for entry in entries)


def _from_json(entry: dict[str, Any]) -> Download:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Download(**fields)


def find_download(name: str) -> Download:
    """Look a download up by its name; case does not matter, nor whether words are joined by ``-``, ``_`` or ``.``.

    Raises `FetchError` when there is nothing of that name; the message says what is near.
    """
    known = {_plain(download.name): download for download in known_downloads()}
    if (found := known.get(_plain(name))) is not None:
        return found
    near = get_close_matches(_plain(name), known, n=4, cutoff=0.4) or list(known)
    raise FetchError(
        f"there is nothing called {name!r} to fetch; the nearest are {', '.join(known[key].name for key in near)}. "
        "`compexp fetch` lists all."
    )


def overview() -> str:
    """A line for each download: name, size where it is published, and what it is."""
    downloads = known_downloads()
    width = max(len(download.name) for download in downloads)
    lines = [
        f"{download.name:<{width}}  {download.title}" + (f" ({readable(download.bytes)})" if download.bytes else "")
        for download in downloads
    ]
    if not all(download.verified for download in downloads):
        lines.append("\nThe addresses come from the authors' and other public code; nobody has verified them here yet.")
    return "\n".join(lines)


def web_address(address: str) -> str:
    """The address itself, if it is one of http or https.

    Raises `FetchError` when it is not.
    """
    try:
        parts = urlsplit(address)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or re.search(r"[\x00-\x20\x7f]", address):
        raise FetchError(f"{address!r} is not an address to download from: it must begin with http:// or https://")
    return address


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]+", "_", name.strip().lower())


_CHUNK = 1 << 20


class DifferentFileError(FetchError):
    """A file that is whole but not the one that was meant."""


def verify(path: Path, download: Download, report: Report) -> str:
    """Check a file against the size and the checksum that are published for it.

    Returns its checksum: ``"SHA-256 …"``, or ``"MD5 …"`` where only that is published. Raises `DifferentFileError`
    when one of them differs; the file is left alone.
    """
    size = path.stat().st_size
    if download.bytes is not None and size != download.bytes:
        raise DifferentFileError(f"{path} has {size:,} bytes, but {download.name} has {download.bytes:,}.")
    algorithm, expected = download.checksum or ("sha256", None)
    found = _digest(path, algorithm, report)
    name = {"sha256": "SHA-256", "md5": "MD5"}[algorithm]
    if expected is not None and found != expected:
        raise DifferentFileError(
            f"{path} is damaged or something else: its {name} is {found}, that of {download.name} {expected}."
        )
    return f"{name} {found}"


def _digest(path: Path, algorithm: str, report: Report) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    size = path.stat().st_size
    # A small file is read before anybody could watch.
    stage, megabytes, shown = (
        Stage(f"MB of {path.name.removesuffix('.partial')} checked", "verify"),
        size // 1_000_000,
        size >= 100_000_000,
    )
    with path.open("rb") as file:
        done = 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if shown:
                report(stage, done // 1_000_000, megabytes)
    return digest.hexdigest()
