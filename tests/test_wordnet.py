"""WordNet as it ships, and how it is made from WordNet's own files."""

from __future__ import annotations

from pathlib import Path

import pytest
from convert_wordnet import convert_wordnet

from compexp_widgets.concepts.lexicon.wordnet import PARTS, hypernym_words, lemma_of, load_wordnet
from compexp_widgets.errors import DataError

LICENCE = "  1 This software and database is being provided to you, the LICENSEE, by\n"
SMALL = {
    "data.noun": LICENCE
    + "00000100 03 n 01 entity 0 001 ~ 00000200 n 0000 | all there is\n"
    + "00000200 03 n 02 animal 0 living_Thing 0 002 @ 00000100 n 0000 ~ 00000300 n 0000 | a thing; lives\n"
    + "00000300 05 n 01 goose 0 001 @ 00000200 n 0000 | a bird | with a sign\n"
    + "00000400 15 n 01 Nile 0 001 @i 00000100 n 0000 | a river\n",
    "index.noun": LICENCE
    + "animal n 1 2 @ ~ 1 1 00000200  \n"
    + "entity n 1 1 ~ 1 1 00000100  \n"
    + "goose n 2 1 @ 2 1 00000300 00000200  \n"
    + "living_thing n 1 2 @ ~ 1 0 00000200  \n"
    + "nile n 1 1 @i 1 0 00000400  \n",
    "noun.exc": "geese goose\n",
    "data.verb": LICENCE
    + "00000100 29 v 01 restrain 0 001 @ 00000200 v 0000 01 + 02 00 | a circle\n"
    + "00000200 29 v 01 inhibit 0 001 @ 00000100 v 0000 01 + 02 00 | a circle\n",
    "index.verb": "restrain v 1 1 @ 1 1 00000100  \ninhibit v 1 1 @ 1 1 00000200  \n",
    "verb.exc": "",
    "data.adj": "00000100 00 s 01 galore(ip) 0 000 | in plenty\n",
    "index.adj": "galore a 1 0 1 0 00000100  \n",
    "adj.exc": "better good well\n",
    "data.adv": "00000100 02 r 01 well 0 000 | well\n",
    "index.adv": "well r 1 0 1 0 00000100  \n",
    "adv.exc": "",
    "cntlist.rev": "goose%1:05:00:: 1 7\ngoose%1:05:01:: 2 3\nrestrain%2:29:00:: 1 2\nwell%4:02:00:: 1 9\n",
}


def written(folder: Path, **changed: str) -> Path:
    for name, text in {**SMALL, **{name.replace("_", "."): text for name, text in changed.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("word", "part", "forms"),
    [
        ("dogs", "noun", ("dog",)),
        ("geese", "noun", ("goose",)),
        ("men", "noun", ("man", "men")),
        ("leaves", "noun", ("leaf", "leave")),
        ("churches", "noun", ("church",)),
        ("sitting", "verb", ("sit",)),
        ("was", "verb", ("be",)),
        ("hoping", "verb", ("hope", "hop")),
        ("bigger", "adj", ("big", "bigger")),
        ("dog", "noun", ("dog",)),
        ("qwrtz", "noun", ()),
    ],
)
def test_base_forms_are_those_of_morphy(word, part, forms):
    assert load_wordnet().base_forms(word, part) == forms


def test_the_shipped_file_holds_all_of_wordnet_3():
    wordnet = load_wordnet()
    assert len(wordnet.names) == 117_659
    assert [len(wordnet.senses[part]) for part in PARTS] == [117_798, 11_529, 21_479, 4_481]
    dog = wordnet.synsets("dog", "noun")[0]
    assert {wordnet.names[synset] for synset in wordnet.parents_of(dog)} == {"canine", "domestic animal"}
    assert {"animal", "organism", "entity"} < {wordnet.names[synset] for synset in wordnet.above(dog)}


def test_what_is_above_a_synset_ends_even_in_the_circle_of_the_verbs():
    wordnet = load_wordnet()
    for synset in range(len(wordnet.names)):
        if wordnet.names[synset] in ("inhibit", "restrain"):
            assert synset in wordnet.above(synset)


@pytest.mark.parametrize(
    ("word", "tag", "lemma"),
    [
        ("men", "NNS", "man"),
        ("saw", "VBD", "see"),
        ("saw", "NN", "saw"),
        ("left", "VBD", "leave"),
        ("left", "JJ", "left"),
        ("boss", "NN", "boss"),
        ("bigger", "JJR", "big"),
        ("his", "PRP$", "his"),
        ("swam", "NN", "swim"),
        ("qwrtz", "NNS", "qwrtz"),
    ],
)
def test_the_lemma_of_a_word_follows_its_part_of_speech(word, tag, lemma):
    assert lemma_of(word, tag, load_wordnet()) == lemma


def test_a_word_is_under_a_hypernym_by_its_first_sense_unless_more_are_asked_for():
    tags = {"dog": "NN", "cat": "NN", "woman": "NN", "boy": "NN", "table": "NN", "in": "IN"}
    first, every = (hypernym_words(tags, list(tags), load_wordnet(), senses) for senses in (1, None))
    people = {lemma: words for lemma, words in first.items() if set(words) == {"boy", "woman"}}
    assert people == {"person": ("boy", "woman")}
    assert ("boy", "cat", "dog", "woman") not in [first.get("person"), first.get("individual")]
    assert any({"boy", "dog", "woman"} <= set(words) and "table" not in words for words in every.values())
    assert not any("in" in words for words in (*first.values(), *every.values()))


def test_hypernyms_of_one_word_or_of_nearly_all_are_none():
    tags = dict.fromkeys(("dog", "cat", "table", "lamp"), "NN")
    found = hypernym_words(tags, list(tags), load_wordnet())
    assert {len(words) for words in found.values()} <= {2, 3}
    assert len(set(found.values())) == len(found)


def test_wordnets_own_files_become_one_that_reads_back(tmp_path):
    convert_wordnet(written(tmp_path), tmp_path / "wordnet.npz")
    wordnet = load_wordnet(tmp_path / "wordnet.npz")
    goose, animal = wordnet.synsets("goose", "noun")
    assert [wordnet.names[synset] for synset in (goose, animal)] == ["goose", "animal"]
    assert wordnet.synsets("living thing", "noun") == (animal,)
    assert {wordnet.names[synset] for synset in wordnet.above(goose)} == {"goose", "animal", "entity"}
    assert [wordnet.names[synset] for synset in wordnet.parents_of(wordnet.synsets("nile", "noun")[0])] == ["entity"]
    assert len(wordnet.above(wordnet.synsets("inhibit", "verb")[0])) == 2
    assert wordnet.base_forms("geese", "noun") == ("goose",)
    assert wordnet.irregular["adj"] == {"better": ("good", "well")}
    assert wordnet.names[wordnet.synsets("galore", "adj")[0]] == "galore"
    assert wordnet.occurrences == {"goose": 10, "restrain": 2}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"data_noun": LICENCE + "00000100 03 n 01 entity\n"}, r"data\.noun, line 2"),
        ({"index_noun": "animal n 2 2 @ ~ 1 1 00000200  \n"}, r"index\.noun, line 1"),
        ({"noun_exc": "geese goose\nmice\n"}, r"noun\.exc, line 2"),
        ({"cntlist_rev": "goose 7\n"}, r"cntlist\.rev, line 1"),
    ],
)
def test_a_broken_line_of_wordnets_files_is_named(tmp_path, changed, named):
    with pytest.raises(DataError, match=named):
        convert_wordnet(written(tmp_path, **changed), tmp_path / "wordnet.npz")


def test_a_synset_that_points_nowhere_is_named(tmp_path):
    text = SMALL["data.noun"].replace("@ 00000200 n", "@ 00000999 n")
    with pytest.raises(DataError, match="noun 00000999"):
        convert_wordnet(written(tmp_path, data_noun=text), tmp_path / "wordnet.npz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"data\.noun cannot be read"):
        convert_wordnet(tmp_path, tmp_path / "wordnet.npz")


def test_a_damaged_wordnet_is_refused(tmp_path):
    (tmp_path / "wordnet.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(DataError, match="cannot be read"):
        load_wordnet(tmp_path / "wordnet.npz")
