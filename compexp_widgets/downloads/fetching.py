"""Fetch a data set or a network: licence, download, checks, unpacking, and everything again from where it stopped."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from compexp_widgets.argument_types import checked
from compexp_widgets.downloads.disk_space import NoRoomError, require_room
from compexp_widgets.downloads.extraction import unpack
from compexp_widgets.downloads.registry import DifferentFileError, Download, find_download, verify, web_address
from compexp_widgets.downloads.transfer import RetryPolicy, download_file, forget
from compexp_widgets.errors import FetchError
from compexp_widgets.files.regular import readable
from compexp_widgets.files.user_cache import cache_folder
from compexp_widgets.progress import Report, Stage, bars, within


@checked(FetchError)
def fetch(
    name: str | Download,
    folder: str | Path | None = None,
    *,
    from_: str | Path | None = None,
    report: Report | None = None,
    tell: Callable[[str], None] | None = None,
    yes: bool = True,
    retry: RetryPolicy | None = None,
) -> Path:
    """Download a data set or a network, check it, unpack it, and say where it lies.

    What is there already is not fetched again. A download that was interrupted, even killed, continues; only one
    process fetches a thing into a folder, others wait for it. No address is asked but those in the registry file of
    the package, or the one given.

    Parameters
    ----------
    name
        What to fetch, such as ``"broden1_224"``; `known_downloads` lists all. Or a `Download` of one's own.
    folder
        Where it goes, in a folder of its own; by default the cache folder (environment variable ``COMPEXP_CACHE``).
    from_
        The address of another copy (one that ends with ``/`` is the folder of the file), or a file on this machine.
    report
        Told of progress; the default shows bars.
    tell
        Told in sentences what it is, its licence, and what else happens; the default prints them on standard error.
    yes
        Whether the licence is agreed to; False asks at the terminal.
    retry
        How long to wait for a server and how often to try again.

    Returns
    -------
    pathlib.Path
        The folder with the data, or the file.

    Raises
    ------
    FetchError
        When there is nothing of that name, no address gives it (the message says what to put where by hand), it is
        not what it should be, or the licence is not agreed to.
    NoRoomError
        When the disk has no room for it.
    """
    if report is None:
        with bars() as shown:
            return fetch(name, folder, from_=from_, report=shown, tell=tell, yes=yes, retry=retry)
    download = find_download(name) if isinstance(name, str) else name
    root = Path(folder).expanduser() if folder is not None else cache_folder() / "fetched"
    job = _Fetching(download, root.absolute(), report, tell or _say, retry or RetryPolicy())
    if not job.is_here():
        job.fetch(from_, yes)
    job.tell(f"{download.name} is in {job.place}" + (f"\n  {job.use}" if download.use else ""))
    return job.place


# The shares of the work after which a file has come, and has been checked.
_DOWNLOADED, _VERIFIED = 0.8, 0.85


class _Fetching:
    """One download into one folder."""

    def __init__(
        self, download: Download, root: Path, report: Report, tell: Callable[[str], None], retry: RetryPolicy
    ) -> None:
        self.download, self.root, self.report, self.tell, self.retry = download, root, report, tell, retry
        self.place = root / download.place
        self.work = root / ".downloads"
        self.partial = self.work / f"{download.file}.partial"
        self.archive = self.work / download.file
        self.by_hand = root / download.file

    @property
    def use(self) -> str:
        return self.download.use.replace("{path}", f'"{self.place.as_posix()}"')

    def is_here(self) -> bool:
        """True if it has been fetched; an error where something else lies in its place."""
        if not self.download.place or not self.place.exists():
            return False
        try:
            self._check_contents(self.place)
        except FetchError as error:
            raise FetchError(f"{error} Move it away, or take another folder (--to FOLDER, folder=…).") from error
        return True

    def fetch(self, from_: str | Path | None, yes: bool) -> None:
        local, _ = self._sources(from_)
        # Whoever began a download, or has the file, has agreed before.
        self._show_licence(ask=not yes and local is None and not self.partial.exists())
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.work.mkdir(parents=True, exist_ok=True)
            # By the file: two data sets may come out of one archive.
            with _Alone(self.work / f"{self.download.file}.lock", self.download.file, self.tell):
                if not self.is_here():  # another process may have been faster
                    self._fetch_alone(from_)
        except OSError as error:
            raise FetchError(f"{self.download.name} cannot be put into {self.root}: {error}") from error

    def _fetch_alone(self, from_: str | Path | None) -> None:
        local, addresses = self._sources(from_)
        if local is None:
            self._download(addresses)
            self.partial.replace(self.archive)
            forget(self.partial)
        else:
            self._check_local(local)
        self._put_in_place(local or self.archive)

    def _put_in_place(self, file: Path) -> None:
        """Unpack or move what has been checked; a file of the user's stays where it is."""
        try:
            if self.download.unpack:
                self._unpack(file)
            elif file != self.archive:
                self._copy(file)
            else:
                file.replace(self.place)
        except NoRoomError:
            raise
        except FetchError:
            self.archive.unlink(missing_ok=True)
            raise
        self.archive.unlink(missing_ok=True)

    def _sources(self, from_: str | Path | None) -> tuple[Path | None, tuple[str, ...]]:
        """A file on this machine, or else the addresses to try."""
        if from_ is not None and "://" in str(from_):
            address = web_address(str(from_))
            return None, (address + self.download.file if address.endswith("/") else address,)
        if from_ is not None:
            local = Path(from_).expanduser()
            if not local.is_file():
                raise FetchError(f"--from {local}: there is no such file. It takes a file or an address (https://…).")
            return local, ()
        for left in (self.archive, self.by_hand):
            if self.download.file and left.is_file():
                return left, ()
        if self.download.instead:
            then = f", and run `compexp fetch {self.download.name} --from FILE`." if self.download.file else "."
            raise FetchError(self.download.instead + then)
        return None, self.download.addresses

    def _show_licence(self, *, ask: bool) -> None:
        about = self.download
        size = f" ({readable(about.bytes)})" if about.bytes else ""
        self.tell(f"{about.title or about.name}{size}" + (f": {about.about}" if about.about else ""))
        self.tell(f"Licence: {about.licence or 'none stated'}")
        if about.licence_address:
            self.tell(f"  {about.licence_address}")
        if not ask:
            return
        if not sys.stdin.isatty():
            raise FetchError(f"the licence of {about.name} has to be agreed to: read it, then add --yes.")
        print("Fetch it under this licence? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise FetchError(f"{about.name} was not fetched, since its licence was not agreed to.")

    def _download(self, addresses: tuple[str, ...]) -> None:
        """Try one address after another until `partial` is the whole file."""
        reasons = []
        for address in addresses:
            try:
                self._download_from(address)
                return
            except NoRoomError:
                raise
            except FetchError as error:
                reasons.append(f"  {address}: {error}")
                if address != addresses[-1]:
                    self.tell(f"{reasons[-1]}; trying the next address")
        known = self.download.checksum
        raise FetchError(
            "\n".join(
                [
                    f"{self.download.name} could not be downloaded.",
                    *reasons,
                    f"By hand: get {self.download.file} on any machine, put it to {self.by_hand} "
                    f'and run `compexp fetch {self.download.name} --to "{self.root}"` again. '
                    "Or name a copy of it: --from FILE or --from ADDRESS.",
                ]
                + ([f"Its {known[0]} is {known[1]}."] if known else [])
            )
        )

    def _download_from(self, address: str) -> None:
        download_file(
            address,
            self.partial,
            size=self.download.bytes,
            checked_later=self.download.checksum is not None,
            retry=self.retry,
            on_size=self._require_room,
            on_bytes=self._report_bytes,
            say=self.tell,
        )
        try:
            checksum = verify(self.partial, self.download, within(self.report, _DOWNLOADED, _VERIFIED))
        except DifferentFileError:
            forget(self.partial)
            raise
        if self.download.checksum is None:
            self.tell(f"No checksum is published for {self.download.file}. What came has {checksum}")

    def _require_room(self, size: int | None) -> None:
        size = size or self.download.bytes or 0
        here = self.partial.stat().st_size if self.partial.exists() else 0
        unpacked = (self.download.unpacked_bytes or size) if self.download.unpack else 0
        require_room(
            self.root,
            size - here + unpacked,
            f"{self.download.name}, with its archive," if unpacked else self.download.name,
        )

    def _report_bytes(self, done: int, size: int | None) -> None:
        unit, scale = ("MB", 1_000_000) if (size or done) >= 10_000_000 else ("kB", 1000)
        total = -(-size // scale) if size is not None else done // scale + 1
        stage = Stage(f"{unit} of {self.download.file}", "download", 0.0, _DOWNLOADED)
        self.report(stage, total if done == size else done // scale, total)

    def _check_local(self, local: Path) -> None:
        try:
            verify(local, self.download, self.report)
        except DifferentFileError as error:
            self.archive.unlink(missing_ok=True)
            source = f" (from {self.download.checksum_source})" if self.download.checksum_source else ""
            raise FetchError(
                f"{error} The checksum is the one in the registry of this package{source}. If you know your file to be "
                f"right, {'unpack' if self.download.unpack else 'copy'} it to {self.place} yourself."
            ) from error

    def _unpack(self, archive: Path) -> None:
        fresh = self.work / f"{self.download.name}.unpacked"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            unpack(archive, fresh, keep=self.download.keep, report=within(self.report, _VERIFIED, 1.0))
            inside = list(fresh.iterdir())
            data = inside[0] if len(inside) == 1 and inside[0].is_dir() else fresh
            if self.download.index_rows:
                _keep_rows(data / "index.csv", self.download.index_rows)
            self._check_contents(data)
            data.replace(self.place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _copy(self, local: Path) -> None:
        require_room(self.root, local.stat().st_size, self.download.name)
        try:
            shutil.copyfile(local, self.partial)
            self.partial.replace(self.place)
        except OSError as error:
            raise FetchError(f"{local} cannot be copied to {self.place}: {error}") from error

    def _check_contents(self, place: Path) -> None:
        if not self.download.unpack:
            verify(place, self.download, self.report)
        elif missing := [name for name in self.download.expects if not (place / name).exists()]:
            raise FetchError(f"{place} is not {self.download.name}: it has no {', '.join(missing)}.")


class _Alone:
    """The only process that fetches a thing; others are told and wait."""

    def __init__(self, path: Path, name: str, tell: Callable[[str], None]) -> None:
        self._lock, self._name, self._tell = FileLock(path), name, tell

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._tell(f"another process is fetching {self._name}; waiting for it")
            self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


def _keep_rows(index: Path, beginning: str) -> None:
    """Keep the rows of an ``index.csv`` in the Broden layout whose image begins so."""
    try:
        with index.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        column = header.index("image")
        kept = [row for row in rows if row[column].startswith(beginning)]
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise FetchError(f"{index} is not the index of a data set in the Broden layout: {error}") from error
    with index.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *kept])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
