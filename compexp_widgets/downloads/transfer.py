"""One file over http or https: continued after an interruption, and tried again with growing pauses."""

from __future__ import annotations

import errno
import http.client
import random
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from compexp_widgets.downloads.disk_space import NoRoomError
from compexp_widgets.downloads.registry import web_address
from compexp_widgets.errors import FetchError
from compexp_widgets.files import read_json, write_json

# Request timeout, too early, too many requests, and what a server in trouble says.
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class BrokenTransferError(Exception):
    """Something that may go better the next time.

    `wait`: the seconds that the server asked to wait. `answered`: whether there was a server at all.
    """

    def __init__(self, reason: str, *, wait: float | None = None, answered: bool = True) -> None:
        super().__init__(reason)
        self.wait = wait
        self.answered = answered


class NotInRangeError(Exception):
    """The server has no bytes from where the rest should begin; `size` is how many it has, where it says so."""

    def __init__(self, size: int | None) -> None:
        super().__init__()
        self.size = size


def request(address: str, headers: Mapping[str, str], timeout: float) -> http.client.HTTPResponse:
    """The answer of a server, its body still to be read.

    The request says which package asks and in which version, and nothing else about whom it comes from.

    Raises `BrokenTransferError` when trying again may help. Raises `NotInRangeError` when the range asked for does not
    exist (status 416). Raises `FetchError` when it will not.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"compexp-widgets/{version('compexp-widgets')}")]
    try:
        answer: http.client.HTTPResponse = opener.open(
            urllib.request.Request(web_address(address), headers=dict(headers)), timeout=timeout
        )
        return answer
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise failure(error) from error


def failure(error: OSError | http.client.HTTPException) -> BrokenTransferError | FetchError:
    """Describe an error below HTTP in words."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return FetchError(
            f"the certificate of the server cannot be checked ({reason.verify_message}). Is the clock right? On macOS, "
            "run “Install Certificates.command” of the Python installation; behind a proxy, set SSL_CERT_FILE."
        )
    if isinstance(reason, http.client.InvalidURL):
        return FetchError(f"not an address: {reason}")
    if isinstance(reason, TimeoutError):
        # Without a connection it comes as a URLError, after one as it is.
        return BrokenTransferError("no answer within the time limit", answered=reason is error)
    if isinstance(reason, OSError) and not isinstance(reason, ConnectionResetError | BrokenPipeError | ssl.SSLError):
        return BrokenTransferError(f"no connection ({reason})", answered=False)
    return BrokenTransferError(f"the connection broke off ({type(reason).__name__}: {reason})")


def _refusal(error: urllib.error.HTTPError) -> Exception:
    error.close()
    if error.code == 416:
        unit, _, size = error.headers.get("Content-Range", "").partition("/")
        return NotInRangeError(int(size) if unit.startswith("bytes") and size.isdecimal() else None)
    if error.code in _PASSING:
        asked = error.headers.get("Retry-After", "")
        return BrokenTransferError(
            f"the server answers {status_in_words(error.code)}", wait=float(asked) if asked.isdecimal() else None
        )
    if 300 <= error.code < 400:
        return FetchError(f"the server redirects in a way that is not followed ({status_in_words(error.code)})")
    hint = {401: "it asks for a password", 403: "it refuses access", 404: "there is no such file", 410: "it is gone"}
    said = f"{error.code}: {hint[error.code]}" if error.code in hint else status_in_words(error.code)
    return FetchError(f"the server answers {said}")


def status_in_words(code: int) -> str:
    """A status with its usual meaning; what the server calls it could be anything."""
    return f"{code} {http.client.responses.get(code, '')}".rstrip()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http and https, and from https to https only."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        target = urlsplit(newurl).scheme
        if target not in {"http", "https"} or (target == "http" and req.type == "https"):
            raise FetchError(f"the server redirects to {newurl!r}, which is not followed: it is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_disk_full(error: OSError) -> bool:
    """True if a write failed for want of room."""
    return error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


_CHUNK = 1 << 18


@dataclass(frozen=True)
class RetryPolicy:
    """Timeouts and repetitions of a download.

    Attributes
    ----------
    timeout
        Seconds to wait for a connection, and for the next bytes.
    slowest
        Bytes a second below which, over `timeout` seconds, a server counts as stalled.
    attempts
        How many attempts in a row may bring nothing new.
    first_wait, longest_wait
        Seconds before the second attempt, and at most; each wait is twice the one before, less up to half by chance.
    seed
        Of that chance; None takes a new one each time.
    """

    timeout: float = 30.0
    slowest: float = 100.0
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    seed: int | None = None


@dataclass(frozen=True)
class _Remembered:
    """Record of the file that the bytes so far are part of, kept beside them."""

    address: str
    validator: str
    size: int | None


def download_file(
    address: str,
    partial: Path,
    *,
    size: int | None = None,
    checked_later: bool = False,
    retry: RetryPolicy | None = None,
    on_size: Callable[[int | None], None] = lambda size: None,
    on_bytes: Callable[[int, int | None], None] = lambda done, size: None,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Download a file to `partial`, continuing what is there of it.

    What is there is continued only if the server says that the file has not changed since (a strong ETag or a date of
    change, sent back as If-Range), or has neither while a checksum will be `checked_later`. A server that does not
    send parts begins anew.

    `size`: the bytes the file must have, where that is known. `on_size`: told the size before the first byte is
    written, as far as it is known; may refuse by an error. `on_bytes`: told how many bytes are there, and of how many.
    `say`: told in a sentence of every interruption. Raises `FetchError` when the address gives no such file, or keeps
    failing. What has come is kept for the next time, unless it cannot be continued.
    """
    retry = retry or RetryPolicy()
    transfer = _Transfer(address, partial, size, checked_later, retry, on_size, on_bytes, say)
    chance = random.Random(retry.seed)
    furthest, failures, answered = transfer.done(), 0, False
    while True:
        try:
            transfer.attempt()
            return
        except BrokenTransferError as error:
            answered = answered or error.answered or transfer.done() > furthest
            if transfer.done() > furthest:
                furthest, failures = transfer.done(), 0
            failures += 1
            # Where no server ever answered there is probably no network, which waiting does not mend.
            if failures >= (retry.attempts if answered else min(retry.attempts, 2)):
                tried = f", {failures} times in a row" if failures > 1 else ""
                raise FetchError(f"{error}{tried}") from error
            wait = min(retry.longest_wait, retry.first_wait * 2.0 ** (failures - 1)) * chance.uniform(0.5, 1.0)
            wait = min(max(wait, error.wait or 0.0), max(retry.longest_wait, wait))
            say(f"{partial.name}: {error}; attempt {failures + 1} of {retry.attempts} in {wait:.0f} s")
            time.sleep(wait)


def forget(partial: Path) -> None:
    """Delete what has come of a file and what is known about it."""
    _beside(partial).unlink(missing_ok=True)
    partial.unlink(missing_ok=True)


@dataclass
class _Transfer:
    address: str
    partial: Path
    size: int | None
    checked_later: bool
    retry: RetryPolicy
    on_size: Callable[[int | None], None]
    on_bytes: Callable[[int, int | None], None]
    say: Callable[[str], None]

    def done(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def attempt(self) -> None:
        """One request, until the file is whole; `BrokenTransferError` where another may help."""
        done, known = self.done(), self._remembered()
        if done and known is not None and done == known.size:
            return
        headers = {"Accept-Encoding": "identity"}
        if done and known is not None:
            headers["Range"] = f"bytes={done}-"
            if known.validator:
                headers["If-Range"] = known.validator
        try:
            answer = request(self.address, headers, self.retry.timeout)
        except NotInRangeError as error:
            if error.size == done and known is not None and known.size in {None, done}:
                return
            forget(self.partial)
            raise BrokenTransferError("the file has changed on the server") from error
        with answer:
            if answer.status == 206 and known is not None:
                self._continue(answer, done, known)
            elif answer.status == 200:
                if "Range" in headers:
                    self.say(f"{self.partial.name}: the server sends no part, or the file has changed: begins anew")
                self._begin(answer)
            else:
                raise FetchError(f"the server answers {status_in_words(answer.status)} in place of a file")

    def _remembered(self) -> _Remembered | None:
        """Read the record of the bytes so far, if they may be continued."""
        try:
            known = _Remembered(**read_json(_beside(self.partial), "record of a download", error=FetchError))
        except (FetchError, TypeError):
            return None
        return known if known.address == self.address and (known.validator or self.checked_later) else None

    def _begin(self, answer: http.client.HTTPResponse) -> None:
        size = _length(answer)
        head = self._read(answer, 1024)
        _refuse_page(answer, head)
        if size is not None and self.size is not None and size != self.size:
            raise FetchError(f"the server announces {size:,} bytes, but the file has {self.size:,}")
        forget(self.partial)
        self.on_size(size if size is not None else self.size)
        # Written before the first byte, so that there are never bytes of which nothing is known.
        write_json(_beside(self.partial), asdict(_Remembered(self.address, _validator(answer), size)))
        self._write(answer, head, 0, size)

    def _continue(self, answer: http.client.HTTPResponse, done: int, known: _Remembered) -> None:
        part = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip())
        size = int(part[2]) if part and part[2] != "*" else known.size
        if not part or int(part[1]) != done or size != known.size or _validator(answer) not in {"", known.validator}:
            forget(self.partial)
            raise BrokenTransferError("the server sent another part than was asked for")
        self.on_size(size)
        self._write(answer, b"", done, size)

    def _write(self, answer: http.client.HTTPResponse, head: bytes, done: int, size: int | None) -> None:
        most = size if size is not None else self.size
        try:
            with self.partial.open("ab") as file:
                chunk = head
                window, arrived = time.monotonic(), 0
                while chunk or (chunk := self._read(answer)):
                    file.write(chunk)
                    file.flush()
                    done, arrived, chunk = done + len(chunk), arrived + len(chunk), b""
                    if most is not None and done > most:
                        raise FetchError(f"the server sends more than the {most:,} bytes of the file")
                    self.on_bytes(done, most)
                    if (elapsed := time.monotonic() - window) >= self.retry.timeout:
                        if arrived < self.retry.slowest * elapsed and done != size:
                            raise BrokenTransferError(f"stalled: {arrived} bytes in {elapsed:.0f} s")
                        window, arrived = time.monotonic(), 0
        except OSError as error:
            if is_disk_full(error):
                raise NoRoomError(f"the disk of {self.partial.parent} is full. What has come is kept.") from error
            raise FetchError(f"{self.partial} cannot be written: {error}") from error
        if most is not None and done < most:
            raise BrokenTransferError(f"the connection ended after {done:,} of {most:,} bytes")

    def _read(self, answer: http.client.HTTPResponse, whole: int | None = None) -> bytes:
        """The next bytes; with `whole`, that many unless the body ends before."""
        try:
            return answer.read1(_CHUNK) if whole is None else answer.read(whole)
        except TimeoutError as error:
            raise BrokenTransferError(f"stalled: nothing came for {self.retry.timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise _broken(error) from error


def _broken(error: OSError | http.client.HTTPException) -> BrokenTransferError:
    told = failure(error)
    return told if isinstance(told, BrokenTransferError) else BrokenTransferError(str(told))


def _length(answer: http.client.HTTPResponse) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() and "Transfer-Encoding" not in answer.headers else None


def _validator(answer: http.client.HTTPResponse) -> str:
    """Validator of a file (RFC 9110, section 8.8): a strong ETag, else the date of its last change."""
    tag = answer.headers.get("ETag", "").strip()
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "").strip()


def _refuse_page(answer: http.client.HTTPResponse, head: bytes) -> None:
    """A page to be read by a person (a login, a notice that something has moved) in place of the file."""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    declared = answer.headers.get_content_type() in {"text/html", "application/xhtml+xml"}
    if begins.startswith((b"<!doctype html", b"<html", b"<head")) or (declared and begins.startswith(b"<")):
        raise FetchError("the server sends a web page in place of the file (a login, or it has moved): open it and see")


def _beside(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.json")
