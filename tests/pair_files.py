"""Small files of sentence pairs in the formats that the real ones have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SNLI_RECORDS: list[dict[str, Any]] = [
    {
        "annotator_labels": ["neutral", "entailment", "neutral"],
        "captionID": "4705552913.jpg#2",
        "gold_label": "neutral",
        "pairID": "4705552913.jpg#2r1n",
        "sentence1": 'A man can\'t read the "exit" sign (lit).',
        "sentence1_binary_parse": (
            "( ( A man ) ( ( ( ca n't ) ( read ( the ( `` ( exit ( '' sign ) ) ) ) ) ) ( -LRB- ( lit -RRB- ) ) ) . )"
        ),
        "sentence1_parse": "(ROOT (S (NP (DT A) (NN man)) …))",
        "sentence2": "He is lost.",
        "sentence2_binary_parse": "( He ( ( is lost ) . ) )",
        "sentence2_parse": "(ROOT (S (NP (PRP He)) …))",
    },
    {
        "annotator_labels": ["neutral", "entailment"],
        "captionID": "4705552913.jpg#2",
        "gold_label": "-",
        "pairID": "4705552913.jpg#2r1e",
        "sentence1": "A man reads.",
        "sentence1_binary_parse": "( ( A man ) ( reads . ) )",
        "sentence1_parse": "(ROOT …)",
        "sentence2": "Someone reads <i>it</i>",
        "sentence2_binary_parse": "( Someone ( reads <i>it</i> ) )",
        "sentence2_parse": "(ROOT …)",
    },
]
SNLI_COLUMNS = [
    *("gold_label", "sentence1_binary_parse", "sentence2_binary_parse", "sentence1_parse", "sentence2_parse"),
    *("sentence1", "sentence2", "captionID", "pairID", "label1", "label2", "label3", "label4", "label5"),
]


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    """A text file of these lines, in UTF-8 and with these line ends on every system."""
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def write_jsonl(path: Path, records: list[dict[str, Any]] | None = None) -> Path:
    """SNLI as JSON lines."""
    return write(path, *(json.dumps(record) for record in records or SNLI_RECORDS))


def write_snli_text(path: Path) -> Path:
    """SNLI as tab-separated text, its rows ending with the last annotator."""
    rows = ["\t".join(SNLI_COLUMNS)]
    for record in SNLI_RECORDS:
        rows.append("\t".join([*(record[name] for name in SNLI_COLUMNS[:9]), *record["annotator_labels"]]))
    return write(path, *rows)
