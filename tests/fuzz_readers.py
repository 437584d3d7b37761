"""Spoiled input for every reader of the package: refused or accepted, and nothing else, in bounded memory and time.

    python tests/fuzz_readers.py                    # 100,000 inputs, some minutes
    python tests/fuzz_readers.py --reader directions --inputs 5000 --seed 3

Of each reader: inputs, those refused with a `CompexpError`, those accepted, those that ended in another exception, the
slowest, and by how much the largest raised the memory of the process, which may take 2 GB more than at its start
(`RLIMIT_AS`, where there is one). A refusal that a lack of memory led to counts as too large, one that took more than
10 s as too slow. Ends with 1 where there were foreign exceptions, or inputs that were too large or too slow.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fuzz_mutations import spoiled
from fuzz_seeds import Reader, readers

from compexp_widgets.errors import CompexpError

SECONDS = 10
BYTES = 2 << 30
_KINDS = {
    **{".json": "json", ".jsonl": "jsonl", ".npy": "npy", ".gz": "gzip", ".zip": "zip", ".npz": "zip", ".pth": "zip"},
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tok"), "table"),
}


@dataclass
class Tally:
    """What became of the inputs of one reader."""

    inputs: int = 0
    refused: int = 0
    accepted: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    too_large: int = 0
    too_slow: int = 0
    slowest: float = 0.0
    grown: int = 0

    @property
    def faults(self) -> int:
        """Inputs that went otherwise than they should."""
        return self.foreign.total() + self.too_large + self.too_slow


class _TooSlowError(BaseException):
    """Not an Exception, which a reader would turn into a refusal."""


def fuzz(reader: Reader, inputs: int, seed: int, folder: Path) -> Tally:
    """Hand spoiled inputs to a reader.

    Parameters
    ----------
    folder
        A new folder, left as it is.
    """
    tally = Tally()
    folder.mkdir(parents=True)
    reader.write(folder)
    names = sorted({path for pattern in reader.spoiled for path in folder.glob(pattern) if path.is_file()})
    contents = {path: path.read_bytes() for path in names}
    reader.read(folder)  # what is not spoiled is accepted
    before = _peak()
    for number in range(inputs):
        dice = random.Random(f"{reader.name} {seed} {number}")
        path = dice.choice(names)
        path.write_bytes(spoiled(contents[path], _KINDS.get(path.suffix, "binary"), dice))
        began = time.process_time()
        try:
            with _limited(SECONDS):
                reader.read(folder)
            tally.accepted += 1
        except CompexpError as error:
            tally.refused += 1
            if not _is_printable(str(error)):
                tally.foreign["a message that cannot be printed"] += 1
            if _lacked_memory(error):
                tally.too_large += 1
                tally.examples[f"too large, input {number}"] = str(error)[:300]
        except _TooSlowError:
            tally.too_slow += 1
            tally.foreign[f"more than {SECONDS} s: input {number}"] += 1
        except MemoryError:
            tally.too_large += 1
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)
            ours = next((frame for frame in reversed(place) if "compexp_widgets" in frame.filename), place[-1])
            where = f"{Path(ours.filename).name}:{ours.lineno}"
            tally.foreign[f"{type(error).__name__} at {where}"] += 1
            tally.examples.setdefault(f"{type(error).__name__} at {where}", f"input {number}: {error!s:.80}")
        tally.slowest = max(tally.slowest, time.process_time() - began)
        tally.inputs += 1
        path.write_bytes(contents[path])
    tally.grown = _peak() - before
    return tally


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise _TooSlowError

    # Of the processor, since the machine may have other work; by the clock much later, for what only waits.
    before = [signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(6 * seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


def _lacked_memory(error: BaseException | None) -> bool:
    for _ in range(20):
        if error is None:
            return False
        # Python's parser says MemoryError, too, of parentheses that are nested too deeply; it has none to take.
        parsing = any(Path(frame.filename).name == "ast.py" for frame in traceback.extract_tb(error.__traceback__))
        if (isinstance(error, MemoryError) and not parsing) or "allocate" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_printable(message: str) -> bool:
    try:
        message.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _peak() -> int:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else 1024 * kilobytes


def _limit_memory() -> None:
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE") + BYTES,) * 2)


def main() -> int:
    """Fuzz as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many, over all readers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", default="", help="a regular expression that the names of the readers must match")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    chosen = [reader for reader in readers() if re.search(options.reader, reader.name)]
    weights = sum(reader.weight for reader in chosen)
    _limit_memory()
    root = Path(tempfile.mkdtemp(prefix="fuzz-readers-"))
    total, began = Tally(), time.perf_counter()
    print(f"{'reader':24}{'inputs':>8}{'refused':>9}{'accepted':>9}{'foreign':>9}{'large':>7}{'slow':>6}", end="")
    print(f"{'slowest':>10}{'memory':>10}")
    try:
        for reader in chosen:
            inputs = -(-round(options.inputs * reader.weight) // round(weights)) if weights >= 1 else options.inputs
            tally = fuzz(reader, inputs, options.seed, root / f"{zlib.crc32(reader.name.encode()):08x}")
            _print(reader.name, tally)
            for what, told in tally.examples.items():
                if what not in tally.foreign:
                    print(f"    {what}: {told}")
            for what, count in tally.foreign.most_common():
                print(f"    {count:6} × {what} {tally.examples.get(what, '')}")
            for name in ("inputs", "refused", "accepted", "too_large", "too_slow"):
                setattr(total, name, getattr(total, name) + getattr(tally, name))
            total.foreign += tally.foreign
            total.slowest, total.grown = max(total.slowest, tally.slowest), max(total.grown, tally.grown)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    _print("all", total)
    print(f"{time.perf_counter() - began:.0f} s, seed {options.seed}")
    return 1 if total.faults else 0


def _print(name: str, tally: Tally) -> None:
    print(f"{name:24}{tally.inputs:8,}{tally.refused:9,}{tally.accepted:9,}{tally.foreign.total():9,}", end="")
    print(f"{tally.too_large:7}{tally.too_slow:6}{tally.slowest:8.2f} s{tally.grown / 1e6:7,.0f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
