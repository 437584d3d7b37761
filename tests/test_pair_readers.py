import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pair_files import write, write_jsonl, write_snli_text

from compexp_widgets import read_pairs
from compexp_widgets.data.pairs import LABELS, NO_LABEL

ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)
PREMISE = ("A", "man", "ca", "n't", "read", "the", '"', "exit", '"', "sign", "(", "lit", ")", ".")


def content(pairs):
    return pairs.premises, pairs.hypotheses, pairs.gold.tolist(), pairs.ids


@pytest.mark.parametrize("write_snli", [write_jsonl, write_snli_text])
def test_snli_has_the_tokens_of_its_parses_and_keeps_pairs_without_a_gold_label(tmp_path, write_snli):
    pairs = read_pairs(write_snli(tmp_path / "snli_1.0_dev.txt"))
    assert pairs.premises == (PREMISE, ("A", "man", "reads", "."))
    assert pairs.hypotheses == (("He", "is", "lost", "."), ("Someone", "reads", "<i>it</i>"))
    assert pairs.gold.tolist() == [NEUTRAL, NO_LABEL]
    assert pairs.ids == ("4705552913.jpg#2r1n", "4705552913.jpg#2r1e")
    assert pairs.source == str(tmp_path / "snli_1.0_dev.txt")


def test_the_sentences_of_snli_are_tokenised_where_its_parses_are_not_wanted(tmp_path):
    path = write_jsonl(tmp_path / "dev.jsonl")
    assert read_pairs(path, tokenized=False).premises[0] == PREMISE
    assert read_pairs(path, tokenized=True).hypotheses[0] == ("He", "is", "lost.")


def test_json_lines_of_any_set_have_labels_by_number_once_their_order_is_said(tmp_path):
    records = [
        {"premise": "It rains.", "hypothesis": "It is wet.", "label": label, "idx": label} for label in (0, 1, 2, -1)
    ]
    path = write(tmp_path / "set.jsonl", *(json.dumps(record) for record in records))
    pairs = read_pairs(path, label_names=("contradiction", "neutral", "entailment"))
    assert pairs.gold.tolist() == [CONTRADICTION, NEUTRAL, ENTAILMENT, NO_LABEL]
    assert pairs.premises[0] == ("It", "rains", ".")
    assert pairs.ids == ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("names", "end"),
    [(("s1.dev", "s2.dev", "labels.dev"), "\n"), (("x_premises.txt", "x_hypotheses.txt", "x_labels.txt"), "\r\n")],
)
def test_parallel_files_are_found_from_any_one_of_them_and_from_their_folder(tmp_path, names, end):
    write(tmp_path / names[0], "A dog runs . ", "A cat sits .", end=end)
    write(tmp_path / names[1], "It 's fast .", "It does n't .", end=end)
    write(tmp_path / names[2], "entailment", "-", end=end)
    first = read_pairs(tmp_path)
    assert first.premises == (("A", "dog", "runs", "."), ("A", "cat", "sits", "."))
    assert first.hypotheses == (("It", "'s", "fast", "."), ("It", "does", "n't", "."))
    assert first.gold.tolist() == [ENTAILMENT, NO_LABEL]
    for name in names:
        assert content(read_pairs(tmp_path / name)) == content(first)


def test_parallel_files_without_labels_have_no_gold_labels(tmp_path):
    premises = write(tmp_path / "s1.new", "A dog runs .")
    hypotheses = write(tmp_path / "s2.new", "It moves .")
    assert read_pairs((premises, hypotheses)).gold.tolist() == [NO_LABEL]
    assert read_pairs(premises, label=False).gold.tolist() == [NO_LABEL]


@pytest.mark.parametrize(
    "labels",
    [
        ["gt,pred,correct", "neutral,neutral,True", "UNK,entailment,True"],
        ["gold_label\tby", "NEUTRAL\ta", "-\tb"],
        ["neutral", "-"],
    ],
    ids=["csv", "tsv", "lines"],
)
def test_alternating_lines_take_their_labels_from_another_file(tmp_path, labels):
    path = write(tmp_path / "dev.tok", "Two don't .", "Two do .", "A b c.", "Yes")
    pairs = read_pairs(path, labels=write(tmp_path / "labels", *labels))
    assert pairs.premises == (("Two", "don't", "."), ("A", "b", "c."))
    assert pairs.hypotheses == (("Two", "do", "."), ("Yes",))
    assert pairs.gold.tolist() == [NEUTRAL, NO_LABEL]
    assert read_pairs(path).gold.tolist() == [NO_LABEL, NO_LABEL]


def test_tables_are_read_by_the_usual_names_of_their_columns(tmp_path):
    sick = write(
        tmp_path / "SICK.txt",
        "pair_ID\tsentence_A\tsentence_B\tscore\tentailment_judgment",
        "7\tA dog isn't here\tA dog is here\t3.2\tCONTRADICTION",
    )
    esnli = write(
        tmp_path / "esnli.csv",
        "pairID,gold_label,Sentence1,Sentence2,Explanation_1",
        '7,contradiction,"A dog isn\'t here",A dog is here,"not, is"',
    )
    semicolons = write(
        tmp_path / "mine.csv", "id;premise;hypothesis;label", "7;A dog isn't here;A dog is here;Contradiction"
    )
    for path in (sick, esnli, semicolons):
        assert content(read_pairs(path)) == (
            (("A", "dog", "is", "n't", "here"),),
            (("A", "dog", "is", "here"),),
            [CONTRADICTION],
            ("7",),
        )


def test_columns_and_labels_of_any_name_can_be_named(tmp_path):
    path = write(tmp_path / "claims.tsv", "text\tclaim\tverdict", "It rains .\tIt is wet .\tSUPPORTS", "No .\tYes .\t?")
    pairs = read_pairs(
        path, premise="text", hypothesis="claim", label="verdict", label_names={"supports": "entailment", "?": None}
    )
    assert pairs.gold.tolist() == [ENTAILMENT, NO_LABEL]
    unlabelled = read_pairs(path, premise="text", hypothesis="claim", label=False)
    assert unlabelled.gold.tolist() == [NO_LABEL, NO_LABEL]


def test_quotes_of_a_tsv_file_part_fields_only_where_the_whole_file_is_written_so(tmp_path):
    header = "premise\thypothesis\tlabel"
    quoted = write(tmp_path / "quoted.tsv", header, '"He says ""no"""\tHe nods\tneutral', "A b\tC d\tneutral")
    plain = write(tmp_path / "plain.tsv", header, '"No" he says\tHe nods\tneutral', 'A b\t"C d\tneutral')
    across = write(tmp_path / "across.tsv", header, 'A b\t"C d\tneutral', 'A b\tC d"\tneutral')
    assert read_pairs(quoted).premises[0] == ("He", "says", '"', "no", '"')
    assert read_pairs(plain).premises[0] == ('"', "No", '"', "he", "says")
    assert read_pairs(plain).hypotheses[1] == ('"', "C", "d")
    assert read_pairs(across).hypotheses == (('"', "C", "d"), ("C", "d", '"'))


def test_a_table_of_tokenised_sentences_keeps_their_tokens(tmp_path):
    path = write(tmp_path / "a.csv", "premise,hypothesis,label", "The u.s .,It 's fast .,neutral")
    assert read_pairs(path).premises == (("The", "u.s", "."),)
    assert read_pairs(path, tokenized=False).hypotheses == (("It", "'s", "fast", "."),)


def test_pairs_come_from_a_pandas_frame():
    frame = pd.DataFrame(
        {"premise": ["It rains.", "It rains."], "hypothesis": ["It is wet.", "n/a"], "label": [2.0, np.nan]},
        index=["first", "second"],
    )
    pairs = read_pairs(frame, label_names=LABELS, name="weather")
    assert pairs.hypotheses == (("It", "is", "wet", "."), ("n/a",))
    assert pairs.gold.tolist() == [CONTRADICTION, NO_LABEL]
    assert pairs.source == "weather"
    assert content(read_pairs(frame.convert_dtypes(), label_names=LABELS)) == content(pairs)


def test_pairs_with_an_empty_sentence_are_left_out_on_request_and_the_others_keep_their_numbers(tmp_path):
    path = write(tmp_path / "a.csv", "premise,hypothesis,label", "A b,C,neutral", "A b, ,strange", "D,E,entailment")
    reports = []
    pairs = read_pairs(path, skip_empty=True, report=lambda *report: reports.append(report))
    assert pairs.ids == ("0", "2")
    assert pairs.gold.tolist() == [NEUTRAL, ENTAILMENT]
    assert reports[-1] == ("reading sentence pairs", 3, 3)


def test_a_byte_order_mark_and_line_separators_of_unicode_part_nothing(tmp_path):
    path = tmp_path / "a.tok"
    path.write_bytes("\ufeffA\u2028b\x85c .\nYes .\n".encode())
    assert read_pairs(path).premises == (("A", "b", "c", "."),)


SENTENCE = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), min_size=1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SENTENCE, SENTENCE, st.sampled_from([*LABELS, "-"])), min_size=1, max_size=4))
def test_every_format_that_holds_tokens_gives_the_same_pairs(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("pairs")
    texts = [(" ".join(premise), " ".join(hypothesis), label) for premise, hypothesis, label in rows]
    first, second, labels = zip(*texts, strict=True)
    files = [write(folder / name, *lines) for name, lines in [("s1.x", first), ("s2.x", second), ("labels.x", labels)]]
    parallel = read_pairs(tuple(files[:2]), labels=files[2], tokenized=True)
    tok = read_pairs(write(folder / "x.tok", *(text for row in texts for text in row[:2])), labels=files[2])
    frame = pd.DataFrame(texts, columns=["premise", "hypothesis", "label"])
    frame.to_csv(folder / "x.csv", index=False)
    frame.to_json(folder / "x.jsonl", orient="records", lines=True)
    assert parallel.premises == tuple(tuple(premise) for premise, _, _ in rows)
    for pairs in (
        tok,
        read_pairs(frame, tokenized=True),
        read_pairs(folder / "x.csv", tokenized=True),
        read_pairs(folder / "x.jsonl", tokenized=True),
    ):
        assert content(pairs) == content(parallel)
