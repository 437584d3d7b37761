# ruff: noqa: E501 - a message is easier to compare on one line
"""Broken files of sentence pairs: what each is refused with, to the letter. `{}` stands for the folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pair_files import SNLI_COLUMNS, SNLI_RECORDS, write, write_jsonl

from compexp_widgets import PairDataset, read_pairs
from compexp_widgets.errors import DataError

Build = Callable[[Path], PairDataset]
HEADER = "premise,hypothesis,label"


def refused(build: Build, folder: Path) -> str:
    """The message, with the folder as ``{}`` and forward slashes."""
    with pytest.raises(DataError) as caught:
        build(folder)
    message = str(caught.value).replace(str(folder), "{}")
    return message.replace("\\\\", "/").replace("\\", "/") if os.sep == "\\" else message


def jsonl(*records: Any, **arguments: Any) -> Build:
    """SNLI whose line 2 and those after it are these."""
    lines = [json.dumps(SNLI_RECORDS[0]), *(each if isinstance(each, str) else json.dumps(each) for each in records)]
    return lambda folder: read_pairs(write(folder / "a.jsonl", *lines), **arguments)


def changed(**fields: Any) -> dict[str, Any]:
    return SNLI_RECORDS[1] | fields


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SNLI_RECORDS[1].items() if key != name}


def content(name: str, data: bytes, read: Callable[..., PairDataset] = read_pairs, **arguments: Any) -> Build:
    def build(folder: Path) -> PairDataset:
        (folder / name).write_bytes(data)
        return read(folder / name, **arguments)

    return build


def csv(*lines: str, **arguments: Any) -> Build:
    return lambda folder: read_pairs(write(folder / "a.csv", *lines), **arguments)


def tsv(*lines: str) -> Build:
    return lambda folder: read_pairs(write(folder / "a.tsv", *lines))


def tok(*lines: str, labels: tuple[str, ...] = ()) -> Build:
    return lambda folder: read_pairs(
        write(folder / "a.tok", *lines), labels=write(folder / "labels.csv", *labels) if labels else None
    )


def parallel(premises: list[str], hypotheses: list[str], labels: list[str]) -> Build:
    def build(folder: Path) -> PairDataset:
        write(folder / "s2.dev", *hypotheses)
        write(folder / "labels.dev", *labels)
        return read_pairs(write(folder / "s1.dev", *premises))

    return build


def frame(columns: dict[str, Any], **arguments: Any) -> Build:
    return lambda folder: read_pairs(pd.DataFrame(columns), **arguments)


def two_splits(folder: Path) -> PairDataset:
    write(folder / "s1.dev", "A")
    write(folder / "s1.test", "A")
    return read_pairs(folder)


def labels_beside_jsonl(folder: Path) -> PairDataset:
    return read_pairs(write_jsonl(folder / "a.jsonl"), labels=folder / "labels.txt")


def missing_labels(folder: Path) -> PairDataset:
    write(folder / "s2.dev", "A")
    return read_pairs(write(folder / "s1.dev", "A"))


def frame_with_twins(folder: Path) -> PairDataset:
    return read_pairs(pd.DataFrame([["A", "B", "neutral"]], columns=["premise", "premise", "label"]))


CUT = "Is the file cut off?"
SKIP = "Mend it, or pass skip_empty=True to leave such pairs out."

BROKEN: list[tuple[str, Build, str]] = [
    # SNLI as JSON lines
    ("json cut off", jsonl('{"gold_label": "neut'), f"{{}}/a.jsonl, line 2 is no valid JSON: Unterminated string starting at: line 1 column 16 (char 15). {CUT}"),
    ("json that is a list", jsonl([1]), "{}/a.jsonl, line 2 holds list, not an object with named fields."),
    ("json nested without end", jsonl("[" * 200_000), "{}/a.jsonl, line 2 is nested more than 64 levels deep, too deeply to be read."),
    ("json without a sentence", jsonl(without("sentence2")), f"{{}}/a.jsonl, line 2 lacks the field 'sentence2'. {CUT}"),
    ("json without a label", jsonl(without("gold_label")), f"{{}}/a.jsonl, line 2 lacks the field 'gold_label'. {CUT}"),
    ("json with a number for a sentence", jsonl(changed(sentence1=3)), "{}/a.jsonl, line 2: the field 'sentence1' holds int, not text."),
    ("json with null for a sentence", jsonl(changed(sentence2=None)), "{}/a.jsonl, line 2: the field 'sentence2' holds NoneType, not text."),
    ("json with a label nobody knows", jsonl(changed(gold_label="maybe")), "{}/a.jsonl has 1 unknown label: 'maybe' (1 pair, first at {}/a.jsonl, line 2: 'A man reads.' / 'Someone reads <i>it</i>'). Say what each means: label_names={'maybe': '\N{HORIZONTAL ELLIPSIS}'}, where '\N{HORIZONTAL ELLIPSIS}' is one of entailment, neutral, contradiction, not_entailment, or None for no gold label."),
    ("json with a label by number", jsonl(changed(gold_label=2)), "{}/a.jsonl has labels by number: '2' (1 pair, first at {}/a.jsonl, line 2: 'A man reads.' / 'Someone reads <i>it</i>'). Look up what they stand for, which differs from one data set to the next, and say it in the order of 0, 1, \N{HORIZONTAL ELLIPSIS}: label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, neutral, contradiction, or label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, not_entailment."),
    ("json with a list for a label", jsonl(changed(gold_label=["neutral"])), "{}/a.jsonl has 1 unknown label: \"['neutral']\" (1 pair, first at {}/a.jsonl, line 2: 'A man reads.' / 'Someone reads <i>it</i>'). Say what each means: label_names={\"['neutral']\": '\N{HORIZONTAL ELLIPSIS}'}, where '\N{HORIZONTAL ELLIPSIS}' is one of entailment, neutral, contradiction, not_entailment, or None for no gold label."),
    ("json with an empty sentence", jsonl(changed(sentence2=" ", sentence2_binary_parse="( )")), f"{{}}/a.jsonl, line 2: the hypothesis is empty. {SKIP}"),
    ("json with half a character", jsonl(changed(sentence2="a \ud800", sentence2_binary_parse="")), "{}/a.jsonl, line 2 holds characters that are no text (surrogates not allowed). Save it in UTF-8."),
    ("json with NUL", jsonl(changed(sentence1_binary_parse="( A\0 man )")), "{}/a.jsonl, line 2: the premise holds characters that are no text."),
    ("json of another kind", content("a.jsonl", b'{"text": "A", "summary": "B"}\n'), "{}/a.jsonl, line 1: no column is called premise, sentence1, sentence_a, s1; it has: text, summary. Name it with premise='\N{HORIZONTAL ELLIPSIS}'."),
    ("json without labels at all", content("a.jsonl", b'{"premise": "A", "hypothesis": "B"}\n'), "{}/a.jsonl, line 1: no column is called gold_label, label, majority_label, entailment_judgment, entailment_label, gold, gt; it has: premise, hypothesis. Name it with label='\N{HORIZONTAL ELLIPSIS}' or label=False for pairs without labels."),
    ("json without the field named", jsonl(premise="text"), "{}/a.jsonl, line 1: there is no column 'text' for the premise; it has: annotator_labels, captionID, gold_label, pairID, sentence1, sentence1_binary_parse, sentence1_parse, sentence2, sentence2_binary_parse, sentence2_parse."),
    ("json in Latin-1", content("a.jsonl", b'{"premise": "A", "hypothesis": "B", "label": "-"}\n{"premise": "caf\xe9"}'), "{}/a.jsonl, line 2: byte 0xe9 is not UTF-8. Save the file in UTF-8."),
    ("a file of labels beside json", labels_beside_jsonl, "{}/a.jsonl has its labels in a column: name that with label='\N{HORIZONTAL ELLIPSIS}' instead of a file of labels."),
    # SNLI as text
    ("text with too many fields", content("a.txt", ("\t".join(SNLI_COLUMNS) + "\n" + "\t" * 14).encode()), "{}/a.txt, line 2 has 15 fields, but line 1 names 14 columns."),
    ("text cut off", content("a.txt", ("\t".join(SNLI_COLUMNS) + "\nneutral\t( A )\n").encode()), f"{{}}/a.txt, line 2 lacks the field 'sentence1'. {CUT}"),
    ("text in Latin-1", content("a.txt", ("\t".join(SNLI_COLUMNS) + "\n\n").encode() + b"caf\xe9"), "{}/a.txt, line 3: byte 0xe9 is not UTF-8. Save the file in UTF-8."),
    ("text with a header only", content("a.txt", "\t".join(SNLI_COLUMNS).encode()), "{}/a.txt has no sentence pairs."),
    # Parallel files
    ("unequal sentences", parallel(["A", "B"], ["C"], ["neutral"]), "{}/s1.dev has 2 lines and {}/s2.dev has 1: not parallel."),
    ("unequal labels", parallel(["A", "B"], ["C", "D"], ["neutral"]), "{}/s1.dev has 2 premises, but {}/labels.dev has 1 labels."),
    ("an empty line", parallel(["A", "B"], ["C", " "], ["neutral", "neutral"]), f"{{}}/s2.dev, line 2: the hypothesis is empty. {SKIP}"),
    ("an empty label", parallel(["A", "B"], ["C", "D"], ["neutral", ""]), "{}/s1.dev has 1 unknown label: '' (1 pair, first at {}/labels.dev, line 2: 'B' / 'D'). Say what each means: label_names={'': '\N{HORIZONTAL ELLIPSIS}'}, where '\N{HORIZONTAL ELLIPSIS}' is one of entailment, neutral, contradiction, not_entailment, or None for no gold label."),
    ("labels that are missing", missing_labels, "there is no file {}/labels.dev"),
    ("a folder with two splits", two_splits, "{} holds the splits s1.dev, s1.test: name the file of one."),
    ("a folder without pairs", read_pairs, "{} has no parallel files (s1.SPLIT or SPLIT_premises.txt). Name a file instead of the folder."),
    # Alternating lines
    ("an odd number of lines", tok("A", "B", "C"), "{}/a.tok has 3 lines; premises and hypotheses alternate, so the number must be even."),
    ("no lines", tok(), "{}/a.tok has no sentence pairs."),
    ("an empty hypothesis", tok("A", "B", "C", ""), f"{{}}/a.tok, line 4: the hypothesis is empty. {SKIP}"),
    ("labels for another file", tok("A", "B", labels=("gt,pred", "neutral,neutral", "UNK,neutral")), "{}/a.tok has 1 pairs, but {}/labels.csv has 2 labels."),
    ("labels without a known column", tok("A", "B", labels=("true,pred", "neutral,neutral")), "{}/labels.csv has none of the columns gold_label, label, gt, gold; its header is: true, pred."),
    ("a label by number beside lines", tok("A", "B", labels=("gt,pred", "0,0")), "{}/a.tok has labels by number: '0' (1 pair, first at {}/labels.csv, line 2: 'A' / 'B'). Look up what they stand for, which differs from one data set to the next, and say it in the order of 0, 1, \N{HORIZONTAL ELLIPSIS}: label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, neutral, contradiction, or label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, not_entailment."),
    ("lines in UTF-16", content("a.tok", "A\nB\n".encode("utf-16")), "{}/a.tok, line 1: byte 0xff is not UTF-8. Save the file in UTF-8."),
    ("bytes that are no text", content("a.tok", b"A\0\nB\n"), "{}/a.tok, line 1: the premise holds characters that are no text."),
    ("a column of lines", lambda folder: read_pairs(write(folder / "a.tok", "A", "B"), premise="text"), "{}/a.tok has no columns, so premise='text' means nothing there."),
    # Tables
    ("a table without a column", csv("premise,label", "A,neutral"), "{}/a.csv, row 1: no column is called hypothesis, sentence2, sentence_b, s2; it has: premise, label. Name it with hypothesis='\N{HORIZONTAL ELLIPSIS}'."),
    ("a row that is too long", csv(HEADER, "A,B,C,neutral"), "{}/a.csv, row 2 has 4 fields, but the header names 3 columns. Put a field that contains a comma in double quotes."),
    ("a row that is too short", tsv(HEADER.replace(",", "\t"), "A\tB"), "{}/a.tsv, row 2 has 2 fields, but the header names 3 columns. No field has a tab."),
    ("a quote that stays open", csv(HEADER, '"A,B,neutral'), "{}/a.csv, row 2 or near it is no valid CSV: unexpected end of data."),
    ("a column twice", csv("premise,premise,label", "A,B,neutral"), "{}/a.csv has two columns called 'premise'. Remove one."),
    ("an empty premise", csv(HEADER, "A,B,neutral", ",B,neutral"), f"{{}}/a.csv, row 3: the premise is empty. {SKIP}"),
    ("nothing but empty sentences", csv(HEADER, ",B,neutral", skip_empty=True), "{}/a.csv has no sentence pairs."),
    ("a label that is markup", csv(HEADER, "A,B,<script>alert(1)</script>"), "{}/a.csv has 1 unknown label: '<script>alert(1)</script>' (1 pair, first at {}/a.csv, row 2: 'A' / 'B'). Say what each means: label_names={'<script>alert(1)</script>': '\N{HORIZONTAL ELLIPSIS}'}, where '\N{HORIZONTAL ELLIPSIS}' is one of entailment, neutral, contradiction, not_entailment, or None for no gold label."),
    ("a table in Latin-1", content("a.csv", HEADER.encode() + b"\nA,caf\xe9,neutral\n"), "{}/a.csv, row 2: byte 0xe9 is not UTF-8. Save the file in UTF-8."),
    ("an empty table", content("a.csv", b""), "{}/a.csv, row 1: no column is called premise, sentence1, sentence_a, s1; it has: (none). Name it with premise='\N{HORIZONTAL ELLIPSIS}'."),
    # Frames
    ("a frame with a missing sentence", frame({"premise": ["A", np.nan], "hypothesis": ["B", "C"], "label": ["-", "-"]}), "a data frame, row 1: the premise is nan, not text. If pandas read it from a file, have it read with keep_default_na=False."),
    ("a frame with a number", frame({"premise": ["A"], "hypothesis": [3], "label": ["-"]}, name="mine"), "mine, row 0: the hypothesis is 3, not text."),
    ("a frame with labels by number", frame({"premise": ["A"], "hypothesis": ["B"], "label": [1]}), "a data frame has labels by number: '1' (1 pair, first at a data frame, row 0: 'A' / 'B'). Look up what they stand for, which differs from one data set to the next, and say it in the order of 0, 1, \N{HORIZONTAL ELLIPSIS}: label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, neutral, contradiction, or label_names=('\N{HORIZONTAL ELLIPSIS}', '\N{HORIZONTAL ELLIPSIS}') with entailment, not_entailment."),
    ("a frame with a column twice", frame_with_twins, "a data frame has two columns called 'premise'. Remove one."),
    # What a person says of a file
    ("an order that lacks a label", jsonl(label_names=("entailment", "contradiction")), "label_names: ('entailment', 'contradiction') is neither entailment, neutral, contradiction nor entailment, not_entailment, in the order of the numbers 0, 1, \N{HORIZONTAL ELLIPSIS}, nor a mapping from the file's spellings to these."),
    ("a meaning that is no label", jsonl(label_names={"yes": "true"}), "label_names: 'yes' cannot mean 'true', only one of entailment, neutral, contradiction, not_entailment, or None."),
    ("a file that is not there", lambda folder: read_pairs(folder / "none.jsonl"), "{}/none.jsonl: there is no such file or folder."),
    ("a file of no known kind", content("a.txt", b"A man sleeps.\nHe is awake.\n"), "{}/a.txt, line 1: this is no format that is known: JSON lines, a table with a header (.csv, .tsv), alternating lines (.tok), or parallel files (s1.SPLIT, s2.SPLIT, labels.SPLIT). For alternating lines in a file of another name pass format='tok', for parallel files give both: (premises, hypotheses)."),
    ("parallel files that are not there", lambda folder: read_pairs((folder / "a", folder / "b")), "there is no file {}/a"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_is_refused_with_its_place_and_the_way_on(build, message, tmp_path):
    assert refused(build, tmp_path) == message
