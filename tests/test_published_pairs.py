"""Data sets in the very form that their authors publish, with sentences of our own: each opens in one step."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pair_files import write

import compexp_widgets as cw
from compexp_widgets.data.pairs import LABELS, NO_LABEL, TWO_WAY_LABELS

E, N, C = range(3)
YES, NO = range(2)

PREMISE = "A man isn\u2019t reading in the park."
HYPOTHESES = ("Nobody reads there.", "He is waiting.", "He reads a book.")
TOKENS = ("A", "man", "is", "n't", "reading", "in", "the", "park", ".")


def jsonl(path: Path, *records: dict[str, Any]) -> Path:
    return write(path, *(json.dumps(record, ensure_ascii=False) for record in records))


def tsv(path: Path, *rows: tuple[object, ...]) -> Path:
    return write(path, *("\t".join(map(str, row)) for row in rows))


def anli(folder: Path) -> Path:
    about = {"model_label": "e", "emturk": True, "genre": "wikipedia", "reason": "because", "tag": "r1"}
    records = (
        {"uid": f"u{place}", "context": PREMISE, "hypothesis": hypothesis, "label": label, **about}
        for place, (hypothesis, label) in enumerate(zip(HYPOTHESES, "enc", strict=True))
    )
    return jsonl(folder / "dev.jsonl", *records)


def fever(folder: Path) -> Path:
    verdicts = ("SUPPORTS", "NOT ENOUGH INFO", "REFUTES")
    records = (
        {"cid": place, "verifiable": "1", "fid": f"u{place}", "query": claim, "context": PREMISE, "label": verdict}
        for place, (claim, verdict) in enumerate(zip(HYPOTHESES, verdicts, strict=True))
    )
    return jsonl(folder / "dev_fitems.jsonl", *records)


def chaos(folder: Path) -> Path:
    records = (
        {
            "uid": f"u{place}",
            "label_counter": {label: 80, "x": 20},
            "majority_label": label,
            "label_dist": [0.8, 0.1, 0.1],
            "label_count": [80, 10, 10],
            "entropy": 0.9,
            "example": {"uid": f"u{place}", "premise": PREMISE, "hypothesis": hypothesis, "source": "snli_agree_3"},
            "old_label": "n",
            "old_labels": ["neutral", "entailment"],
        }
        for place, (hypothesis, label) in enumerate(zip(HYPOTHESES, "enc", strict=True))
    )
    return jsonl(folder / "chaosNLI_snli.jsonl", *records)


SNLI_HEADER = ("gold_label", "sentence1_binary_parse", "sentence2_binary_parse", "sentence1_parse", "sentence2_parse")


def hans(folder: Path) -> Path:
    header = (*SNLI_HEADER, "sentence1", "sentence2", "pairID", "heuristic", "subcase", "template")
    about = ("lexical_overlap", "ln_subject/object_swap", "temp1")
    parse = "( A ( man ( ( is n't ) ( reading ( in ( the ( park . ) ) ) ) ) ) )"
    rows = (
        (label, parse, f"( {hypothesis} )", "(ROOT …)", "(ROOT …)", PREMISE, hypothesis, f"u{place}", *about)
        for place, (hypothesis, label) in enumerate(
            zip(HYPOTHESES, ("entailment", "non-entailment", "non-entailment"), strict=True)
        )
    )
    return tsv(folder / "heuristics_evaluation_set.txt", header, *rows)


def hans_jsonl(folder: Path) -> Path:
    records = (
        {"gold_label": label, "sentence1": PREMISE, "sentence2": hypothesis, "pairID": f"u{place}", "heuristic": "x"}
        for place, (hypothesis, label) in enumerate(
            zip(HYPOTHESES, ("entailment", "non-entailment", "non-entailment"), strict=True)
        )
    )
    return jsonl(folder / "heuristics_evaluation_set.jsonl", *records)


SCITAIL = ("entails", "neutral", "neutral")


def scitail(folder: Path) -> Path:
    rows = ((PREMISE, hypothesis, label) for hypothesis, label in zip(HYPOTHESES, SCITAIL, strict=True))
    return tsv(folder / "scitail_1.0_dev.tsv", *rows)


def scitail_dgem(folder: Path) -> Path:
    rows = ((PREMISE, hypothesis, label, "a<>b") for hypothesis, label in zip(HYPOTHESES, SCITAIL, strict=True))
    return tsv(folder / "scitail_1.0_structure_dev.tsv", *rows)


def scitail_predictor(folder: Path) -> Path:
    records = (
        {"gold_label": label, "sentence1": PREMISE, "sentence2": hypothesis, "sentence2_structure": "a<>b"}
        for hypothesis, label in zip(HYPOTHESES, SCITAIL, strict=True)
    )
    return jsonl(folder / "scitail_1.0_structure_dev.jsonl", *records)


RTE = ("entailment", "not_entailment", "not_entailment")


def rte_of_glue(folder: Path) -> Path:
    rows = ((place, PREMISE, hypothesis, RTE[place]) for place, hypothesis in enumerate(HYPOTHESES))
    return tsv(folder / "dev.tsv", ("index", "sentence1", "sentence2", "label"), *rows)


def rte_of_superglue(folder: Path) -> Path:
    records = (
        {"premise": PREMISE, "hypothesis": hypothesis, "label": RTE[place], "idx": place}
        for place, hypothesis in enumerate(HYPOTHESES)
    )
    return jsonl(folder / "val.jsonl", *records)


XNLI_HEADER = (
    *("language", *SNLI_HEADER, "sentence1", "sentence2", "promptID", "pairID", "genre", "label1", "label2", "label3"),
    *("label4", "label5", "sentence1_tokenized", "sentence2_tokenized", "match"),
)


def xnli(folder: Path) -> Path:
    def row(language: str, premise: str, hypothesis: str, label: str, place: int) -> tuple[object, ...]:
        parses = ("", "", "", "")
        votes = (label,) * 5
        return (language, label, *parses, premise, hypothesis, 7, f"u{place}", "letters", *votes, "a b", "c d", True)

    mine = [row("en", PREMISE, each, LABELS[place], place) for place, each in enumerate(HYPOTHESES)]
    return tsv(folder / "xnli.dev.tsv", XNLI_HEADER, row("de", "Ein Mann liest.", "Er ist da.", LABELS[C], 0), *mine)


def xnli_jsonl(folder: Path) -> Path:
    def record(language: str, premise: str, hypothesis: str, label: str, place: int) -> dict[str, Any]:
        return {
            "annotator_labels": [label] * 5,
            "genre": "letters",
            "gold_label": label,
            "language": language,
            "match": "True",
            "pairID": f"u{place}",
            "promptID": "7",
            "sentence1": premise,
            "sentence1_tokenized": "a b",
            "sentence2": hypothesis,
            "sentence2_tokenized": "c d",
        }

    mine = [record("en", PREMISE, each, LABELS[place], place) for place, each in enumerate(HYPOTHESES)]
    return jsonl(folder / "xnli.dev.jsonl", record("de", "Ein Mann liest.", "Er ist da.", "neutral", 0), *mine)


def sick(folder: Path) -> Path:
    header = (
        *("pair_ID", "sentence_A", "sentence_B", "entailment_label", "relatedness_score", "entailment_AB"),
        *("entailment_BA", "sentence_A_original", "sentence_B_original", "sentence_A_dataset", "sentence_B_dataset"),
        "SemEval_set",
    )
    rows = (
        (f"u{place}", PREMISE, hypothesis, label.upper(), 3.2, "A_x_B", "B_x_A", "o", "o", "FLICKR", "FLICKR", "TRIAL")
        for place, (hypothesis, label) in enumerate(zip(HYPOTHESES, LABELS, strict=True))
    )
    return tsv(folder / "SICK.txt", header, *rows)


THREE, TWO = [E, N, C], [YES, NO, NO]
PUBLISHED = [
    (anli, THREE, {}),
    (fever, THREE, {}),
    (chaos, THREE, {}),
    (hans, TWO, {}),
    (hans_jsonl, TWO, {}),
    (scitail, TWO, {}),
    (scitail_dgem, TWO, {}),
    (scitail_predictor, TWO, {}),
    (rte_of_glue, TWO, {}),
    (rte_of_superglue, TWO, {}),
    (xnli, THREE, {"language": "en"}),
    (xnli_jsonl, THREE, {"language": "en"}),
    (sick, THREE, {}),
]
NAMELESS = (scitail, scitail_dgem, scitail_predictor, rte_of_glue, rte_of_superglue)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("build", "gold", "options"), PUBLISHED, ids=[case[0].__name__ for case in PUBLISHED])
def test_a_published_file_opens_in_one_step_packed_or_not(tmp_path, build, gold, options, packed):
    path = build(tmp_path)
    if packed:
        plain, path = path, path.with_name(path.name + ".gz")
        path.write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    pairs = cw.read_pairs(path, **options)
    assert pairs.premises == (TOKENS,) * 3
    assert [pairs.text(number) for number in range(3)] == [(PREMISE, hypothesis) for hypothesis in HYPOTHESES]
    assert pairs.gold.tolist() == gold
    assert pairs.labels == (TWO_WAY_LABELS if gold == TWO else LABELS)
    assert pairs.ids == (("0", "1", "2") if build in NAMELESS else ("u0", "u1", "u2"))


def test_another_label_of_a_nested_record_can_be_named(tmp_path):
    assert cw.read_pairs(chaos(tmp_path), label="old_label").gold.tolist() == [N, N, N]
    pairs = cw.read_pairs(chaos(tmp_path), premise="example.hypothesis", hypothesis="example.premise")
    assert pairs.text(0) == (HYPOTHESES[0], PREMISE)


def test_the_languages_of_a_file_are_listed_and_one_is_chosen(tmp_path):
    path = xnli(tmp_path)
    with pytest.raises(cw.CompexpError, match=r"pairs in 2 languages: de, en. Say which, as in language='de'"):
        cw.read_pairs(path)
    assert cw.read_pairs(path, language="de").text(0) == ("Ein Mann liest.", "Er ist da.")
    with pytest.raises(cw.CompexpError, match=r"no pairs in the language 'fr': it has de, en"):
        cw.read_pairs(path, language="fr")
    with pytest.raises(cw.CompexpError, match=r"it has no column called language"):
        cw.read_pairs(sick(tmp_path), language="en")


def test_columns_without_a_header_can_be_named(tmp_path):
    path = tsv(
        tmp_path / "mine.txt", ("1", "neutral", PREMISE, "x", "A man."), ("2", "-", "A dog.", "x", "Same, same.")
    )
    pairs = cw.read_pairs(path, columns=("id", "label", "premise", None, "hypothesis"))
    assert pairs.ids == ("1", "2")
    assert pairs.gold.tolist() == [N, NO_LABEL]
    with pytest.raises(cw.CompexpError, match=r"row 1 has 5 fields, but there are names for 2 columns"):
        cw.read_pairs(path, columns=("premise", "hypothesis"))
    with pytest.raises(
        cw.CompexpError, match=r"name all columns in order: columns=\('premise', 'hypothesis', 'label'\)"
    ):
        cw.read_pairs(path)


def test_scitail_can_be_read_with_three_labels_and_three_labels_as_two(tmp_path):
    three = cw.read_pairs(scitail(tmp_path), label_names={"neutral": "neutral"})
    assert (three.labels, three.gold.tolist()) == (LABELS, [E, N, N])
    assert three.two_way().gold.tolist() == TWO
    assert three.two_way().labels == TWO_WAY_LABELS
    two = cw.read_pairs(sick(tmp_path), label_names=dict.fromkeys(LABELS[1:], "not_entailment"))
    assert (two.labels, two.gold.tolist()) == (TWO_WAY_LABELS, TWO)


def test_labels_of_both_kinds_are_not_mixed_without_a_word(tmp_path):
    header = ("premise", "hypothesis", "label")
    path = tsv(tmp_path / "a.tsv", header, ("A", "B", "not_entailment"), ("A", "B", "contradiction"), ("A", "B", "e"))
    with pytest.raises(cw.CompexpError, match=r"called contradiction too.*label_names={'contradiction': 'not_entailm"):
        cw.read_pairs(path)
    assert cw.read_pairs(path, label_names={"contradiction": "not_entailment"}).gold.tolist() == [NO, NO, YES]


@pytest.mark.parametrize("numbers", [("0", "1"), (0, 1)])
def test_two_way_labels_by_number_are_told_apart_once_their_order_is_said(tmp_path, numbers):
    records = ({"premise": "A.", "hypothesis": "B.", "label": number} for number in (*numbers, -1))
    path = jsonl(tmp_path / "a.jsonl", *records)
    pairs = cw.read_pairs(path, label_names=("entailment", "not_entailment"))
    assert (pairs.labels, pairs.gold.tolist()) == (TWO_WAY_LABELS, [YES, NO, NO_LABEL])
    assert cw.read_pairs(path, label_names=("not_entailment", "entailment")).gold.tolist() == [NO, YES, NO_LABEL]


def test_all_unknown_labels_are_told_at_once_and_no_meaning_is_put_forward(tmp_path):
    header = ("premise", "hypothesis", "label")
    rows = [("A man.", "B.", "non-contradiction"), ("C.", "D.", "perhaps"), ("E.", "F.", "perhaps"), ("G.", "H.", "e")]
    with pytest.raises(cw.CompexpError) as caught:
        cw.read_pairs(tsv(tmp_path / "a.tsv", header, *rows))
    message = str(caught.value)
    assert "2 unknown labels: 'perhaps' (2 pairs, first at" in message
    assert "row 3: 'C.' / 'D.')" in message
    assert "'non-contradiction' (1 pair, first at" in message
    assert "label_names={'perhaps': '…', 'non-contradiction': '…'}" in message
    assert ": 'entailment'" not in message
