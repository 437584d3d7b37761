import io
import pickle
import zipfile

import nltk
import pytest
from convert_tagger import convert
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.concepts.lexicon.tagging import tag, tag_sentences
from compexp_widgets.data.pairs import tokenize
from compexp_widgets.errors import DataError


@pytest.mark.parametrize(
    ("sentence", "tags"),
    [
        ("Two dogs are running through a green field.", "CD NNS VBP VBG IN DT JJ NN ."),
        ("The old man doesn't sleep.", "DT JJ NN VBZ RB VB ."),
        ("A woman walks in New York with her dog.", "DT NN VBZ IN NNP NNP IN PRP$ NN ."),
        ("Nobody was eating the largest sandwiches yesterday!", "NN VBD VBG DT JJS NNS NN ."),
        ('He reads "HELP" (twice), and they left.', "PRP VBZ `` NNP '' -LRB- RB -RRB- , CC PRP VBD ."),
    ],
)
def test_the_tags_of_plain_sentences_are_those_of_the_penn_treebank(sentence, tags):
    assert tag(tokenize(sentence)) == tuple(tags.split())


def test_a_word_has_the_tag_that_its_sentence_gives_it():
    assert tag(("They", "walk", "home", "."))[1] == "VBP"
    assert tag(("They", "took", "a", "walk", "."))[3] == "NN"


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=6), max_size=6).map(tuple))
def test_every_token_has_one_tag_whatever_it_is(tokens):
    assert len(tag(tokens)) == len(tokens)


def test_many_sentences_have_the_tags_that_each_has_alone():
    sentences = [("A", "dog", "barks"), ("They", "walk"), ("A", "dog", "barks"), ()]
    reports = []
    assert tag_sentences(sentences, lambda *report: reports.append(report)) == [tag(each) for each in sentences]
    assert reports[-1] == ("tagging sentences", 3, 3)


def test_tokens_and_tags_need_no_data_of_nltk(monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(LookupError):
        nltk.pos_tag(["Two", "cats"])
    assert tag(tokenize("Two cats sleep. They eat.")) == ("CD", "NNS", "VBP", ".", "PRP", "VBP", ".")


def wheel_with(content, folder):
    path = folder / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("textblob_aptagger/trontagger-0.1.0.pickle", content)
    return path


def test_the_model_is_remade_from_its_package_byte_for_byte_the_same(tmp_path):
    wheel = wheel_with(pickle.dumps(({"bias": {"NN": 1.5}, "none": {}}, {"the": "DT"}, {"NN", "DT"}), 2), tmp_path)
    convert(wheel, tmp_path / "first.json.gz")
    convert(wheel, tmp_path / "second.json.gz")
    assert (tmp_path / "first.json.gz").read_bytes() == (tmp_path / "second.json.gz").read_bytes()


def test_a_pickle_that_would_run_code_is_not_read(tmp_path):
    class Hostile:
        def __reduce__(self):
            return io.open, (str(tmp_path / "made"), "w")

    with pytest.raises(DataError, match=r"the pickle asks for (io|_io)\.open"):
        convert(wheel_with(pickle.dumps(Hostile(), 2), tmp_path), tmp_path / "tagger.json.gz")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(3), pickle.dumps(({}, {}))])
def test_a_wheel_whose_model_is_none_is_named(content, tmp_path):
    with pytest.raises(DataError, match=r"package\.whl cannot be read as textblob-aptagger 0\.2\.0"):
        convert(wheel_with(content, tmp_path), tmp_path / "tagger.json.gz")
    assert not (tmp_path / "tagger.json.gz").exists()


def test_a_file_that_is_no_wheel_is_named(tmp_path):
    path = tmp_path / "empty.whl"
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"empty\.whl cannot be read as textblob-aptagger 0\.2\.0"):
        convert(path, tmp_path / "tagger.json.gz")
