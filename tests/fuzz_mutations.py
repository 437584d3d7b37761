"""Ways to spoil a well-formed input: the same seed spoils it in the same way on every machine."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import Any

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, -(2**63), 10**30, 0.5, -0.0, 1e308, -1e308, 5e-324),
    *(float("nan"), float("inf"), float("-inf")),
    *(
        "",
        " ",
        "0",
        "-1",
        "nan",
        "1e400",
        "9" * 5000,
        "\x00",
        "a\x00b",
        "\ud800",
        "\udcff",
        "\u202e",
        "e\u0301",
        "\U0001f600",
    ),
    *("../../../etc/passwd", "/etc/passwd", "C:\\x", "\\\\host\\share", "con", "a" * 300, "x" * 70_000, "(" * 5000),
    *("NOT " * 3000, "a OR " * 2000 + "a", '"', "\\", "%s{}", "<script>", ".", "~", "'; --"),
    *([], {}, [[]], [None], {"": None}, [1, "a"], {"edit": "paste"}, [[[[[[[[]]]]]]]]),
)
"""Values that a field of JSON may hold though nobody meant it to."""

_BYTES = (
    b"",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b",",
    b"\t",
    b'"',
    b"'",
    b"{",
    b"[",
    b"\xed\xa0\x80",
    b"\xc3\x28",
)
_NUMBERS = (b"-1", b"0", b"99999999999999999999", b"4294967296", b"1e999", b"nan", b"9" * 400, b"2147483647", b"65536")


def spoiled(content: bytes, kind: str, dice: random.Random) -> bytes:
    """A well-formed content with one to three faults.

    Parameters
    ----------
    kind
        What it is: ``"json"``, ``"jsonl"``, ``"text"``, ``"table"``, ``"zip"``, ``"gzip"`` or ``"binary"``; faults of
        that kind are made as well as those that any bytes can have.
    """
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        own = _OF_KIND.get(kind)
        content = own(content, dice) if own and dice.random() < 0.6 else _spoiled_bytes(content, dice)
    return content


def spoiled_value(value: Any, dice: random.Random) -> Any:
    """A value of JSON in which one place holds something else, lacks something, or has something twice."""
    value = json.loads(json.dumps(value))
    holders = list(_holders(value))
    if not holders:
        return dice.choice(HOSTILE)
    holder = dice.choice(holders)
    key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    deed = dice.randrange(10)
    if deed == 0:
        del holder[key]
    elif deed == 1 and isinstance(holder, list):
        holder.extend([holder[key]] * dice.choice((1, 2, 100)))
    elif deed == 2 and isinstance(holder, dict):
        holder[dice.choice(("", "extra", "\ud800", "edit"))] = holder[key]
    elif deed == 3:
        holder[key] = [holder[key]]
    elif deed == 4:
        holder[key] = str(holder[key])
    elif deed == 5:
        other = dice.choice(holders)
        holder[key] = json.loads(json.dumps(dice.choice(list(other.values() if isinstance(other, dict) else other))))
    else:
        holder[key] = dice.choice(HOSTILE)
    return value


def _holders(value: Any) -> Any:
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, (dict, list)) and one:
            yield one
            pending.extend(one.values() if isinstance(one, dict) else one)


def _spoiled_json(content: bytes, dice: random.Random) -> bytes:
    deed = dice.randrange(12)
    if deed == 0:
        depth = dice.choice((50, 80, 900, 100_000))
        return b"[" * depth + content + b"]" * depth
    if deed == 1:
        depth = dice.choice((70, 950, 20_000))
        return b'{"a":' * depth + b"1" + b"}" * depth
    if deed == 2:
        return content.decode("utf-8", "replace").encode(dice.choice(("utf-16", "utf-32-le", "latin-1")), "replace")
    if deed == 3:
        return content.replace(b":", b": " + b"1" * 6000 + b",", 1)
    try:
        value = spoiled_value(json.loads(content), dice)
        return json.dumps(value, ensure_ascii=dice.random() < 0.7).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return _spoiled_bytes(content, dice)


def _spoiled_lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    lines[place] = _spoiled_json(lines[place], dice)
    return b"\n".join(lines)


def _spoiled_table(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    separator = b"\t" if b"\t" in content else b","
    fields = lines[place].split(separator)
    deed = dice.randrange(6)
    if deed == 0:
        del fields[dice.randrange(len(fields))]
    elif deed == 1:
        fields.append(b"more")
    elif deed == 2:
        fields[dice.randrange(len(fields))] = b'"' + b"x" * dice.choice((3, 200_000))
    else:
        value = dice.choice(HOSTILE)
        text = value if isinstance(value, str) else json.dumps(value)
        fields[dice.randrange(len(fields))] = text.encode("utf-8", "surrogatepass")
    lines[place] = separator.join(fields)
    if dice.random() < 0.1:
        lines += lines
    return b"\n".join(lines)


def _spoiled_zip(content: bytes, dice: random.Random) -> bytes:
    """The archive is whole, what is in it is not; or it has a member that it should not have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:
        return _spoiled_bytes(content, dice)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        place = dice.randrange(len(members)) if members else -1
        for number, (name, data) in enumerate(members):
            if number == place and dice.random() < 0.15:
                continue
            if number == place and dice.random() < 0.2:
                name = dice.choice(("../x", "/x", "a\\b", "x" * 300, "e\u0301.npy", "arr.npy", "con"))  # noqa: PLW2901
            archive.writestr(name, _spoiled_header(data, dice) if number == place else data)
        if dice.random() < 0.05:
            archive.writestr("big.npy", b"\0" * 20_000_000)
    return buffer.getvalue()


def _spoiled_header(data: bytes, dice: random.Random) -> bytes:
    """The header of an ``.npy`` file says something else; other data have a fault like any bytes."""
    if not data.startswith(b"\x93NUMPY") or dice.random() < 0.3:
        return _spoiled_bytes(data, dice)
    end = data.find(b"\n")
    header = data[10:end].decode("latin-1")
    told = dice.choice(
        (
            ("shape", "'shape': (100000, 100000, 1000)"),
            ("shape", "'shape': (-1,)"),
            ("shape", f"'shape': ({'9' * 400},)"),
            ("shape", "'shape': 5"),
            ("shape", "'shape': (True,)"),
            ("shape", "'shape': ()"),
            ("descr", "'descr': '|O'"),
            ("descr", "'descr': '<U999999999'"),
            ("descr", "'descr': '<f16'"),
            ("descr", "'descr': '|V0'"),
            ("descr", "'descr': [('a', '<f4'), ('b', 'O')]"),
            ("descr", f"'descr': {'(' * 200}"),
            ("descr", f"'descr': {'-' * 3000}1"),
            ("descr", "'descr': '<M8[as]'"),
            ("descr", "'descr': '\\ud800'"),
            ("descr", "'descr': {1: 2}"),
        )
    )
    keys = [f"'{key}'" for key in ("descr", "fortran_order", "shape")]
    begin = header.find(f"'{told[0]}'")
    after = min((place for key in keys if (place := header.find(key, begin + 1)) > 0), default=header.rfind("}"))
    written = (header[:begin] + told[1] + ", " + header[after:]).encode("latin-1")
    length = min(len(written) + 1, 65535)
    return data[:8] + length.to_bytes(2, "little") + written[: length - 1] + b"\n" + data[end + 1 :]


def _spoiled_gzip(content: bytes, dice: random.Random) -> bytes:
    try:
        inner = gzip.decompress(content)
    except Exception:
        return _spoiled_bytes(content, dice)
    if dice.random() < 0.03:
        return gzip.compress(b"a 1\n" * 5_000_000, 9)
    return gzip.compress(_spoiled_table(inner, dice), 1, mtime=0)


def _spoiled_bytes(content: bytes, dice: random.Random) -> bytes:  # noqa: PLR0911 - one a deed
    if not content:
        return dice.choice(_BYTES)
    place, size = dice.randrange(len(content)), min(dice.choice((1, 1, 2, 8, 64)), len(content))
    deed = dice.randrange(9)
    if deed == 0:
        return content[:place]
    if deed == 1:
        return content[:place] + bytes([content[place] ^ (1 << dice.randrange(8))]) + content[place + 1 :]
    if deed == 2:
        return content[:place] + content[place + size :]
    if deed == 3:
        return content[:place] + dice.choice(_BYTES) + content[place:]
    if deed == 4:
        return content[:place] + dice.randbytes(size) + content[place + size :]
    if deed == 5:
        return content[:place] + content[place : place + size] * dice.choice((2, 3, 50)) + content[place:]
    if deed == 6:
        other = dice.randrange(len(content))
        return content[:place] + content[other : other + size] + content[place + size :]
    if deed == 7:
        digits = [at for at in range(len(content)) if content[at : at + 1].isdigit()]
        if digits:
            at = dice.choice(digits)
            return content[:at] + dice.choice(_NUMBERS) + content[at + 1 :]
    return content[place:] if dice.random() < 0.5 else content + content[:place]


_OF_KIND = {
    "json": _spoiled_json,
    "jsonl": _spoiled_lines,
    "table": _spoiled_table,
    "zip": _spoiled_zip,
    "gzip": _spoiled_gzip,
    "npy": _spoiled_header,
}
