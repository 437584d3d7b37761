"""Edits of sentence pairs: what each template makes of a sentence, and how the change is told."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.adversarial import Anchor, TextEdit
from compexp_widgets.adversarial.text.changes import tokens_changed, tracked_changes
from compexp_widgets.adversarial.text.edits import apply_text_edits
from compexp_widgets.data.pairs import detokenize, tokenize
from compexp_widgets.errors import EditError

PREMISE = "A man in a red shirt plays the guitar in the park."
NOUN, SUBJECT = Anchor("tag", "NN"), Anchor("subject")


def edited(edit, hypothesis, premise=PREMISE):
    pair = edit.on((tokenize(premise), tokenize(hypothesis)))
    return pair and detokenize(pair[1])


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (TextEdit("prepend", "Nobody"), "A man sleeps.", "Nobody a man sleeps."),
        (TextEdit("prepend", "tall"), "John sleeps.", "Tall John sleeps."),
        (TextEdit("prepend", "tall"), "Men sleep", "Tall men sleep"),
        (TextEdit("append", "to win a prize"), "A man runs.", "A man runs to win a prize."),
        (TextEdit("append", "outside"), "A man runs", "A man runs outside"),
        (TextEdit("insert", "old", anchor=NOUN), "A man runs.", "An old man runs."),
        (TextEdit("insert", "young", anchor=NOUN), "An old man runs.", "An old young man runs."),
        (TextEdit("insert", "not", anchor=Anchor("word", "is"), after=True), "He is here.", "He is not here."),
        (TextEdit("insert", "tall", anchor=NOUN), "Men run.", "Tall men run."),
        (TextEdit("insert", "now", anchor=Anchor("place", "2")), "A man runs.", "A man now runs."),
        (TextEdit("insert", "now", anchor=Anchor("place", "3")), "A man runs.", None),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "Two young men are outside.", "Nobody are outside."),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "There is a man outside.", "There is nobody outside."),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "A man and a woman are here.", "Nobody are here."),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "A group of men is here.", "Nobody is here."),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "Nobody is here.", None),
        (TextEdit("replace", "nobody", anchor=SUBJECT), "Running.", None),
        (
            TextEdit("replace", "dog", anchor=Anchor("word", "MAN"), every=True),
            "A man sees a man.",
            "A dog sees a dog.",
        ),
        (TextEdit("replace", "owl", anchor=Anchor("word", "man")), "A man sees a man.", "An owl sees a man."),
        (TextEdit("delete", anchor=Anchor("word", "nobody")), "Nobody is here.", "Is here."),
        (TextEdit("delete", anchor=Anchor("tag", "DT"), every=True), "The man sees the dog.", "Man sees dog."),
        (TextEdit("delete", anchor=Anchor("word", "cat")), "The man sees the dog.", None),
        (TextEdit("delete", anchor=Anchor("word", "run")), "Run.", None),
        (TextEdit("copy"), "A man plays.", "A man plays in red shirt the guitar park."),
        (TextEdit("copy", anchor=NOUN), "A man plays.", "A man plays shirt guitar park."),
        (TextEdit("copy"), PREMISE, None),
        (TextEdit("drop"), "A tall man plays badly.", "A man plays."),
        (TextEdit("drop"), "Dogs run", None),
        (TextEdit("front"), "A man runs in the park.", "In the park a man runs."),
        (TextEdit("front"), "A man runs.", None),
    ],
)
def test_an_edit_makes_a_sentence_of_it_or_does_not_apply(edit, before, after):
    assert edited(edit, before) == after


def test_an_edit_of_the_premise_leaves_the_hypothesis_alone():
    edit = TextEdit("prepend", "no", side="premise")
    assert edit.on((("A", "dog", "."), ("A", "cat", "."))) == (("No", "a", "dog", "."), ("A", "cat", "."))


def test_several_edits_are_made_one_after_the_other_or_not_at_all():
    edits = [TextEdit("replace", "nobody", anchor=SUBJECT), TextEdit("append", "there")]
    assert apply_text_edits((("A",), ("A", "man", "runs", ".")), edits) == (("A",), ("Nobody", "runs", "there", "."))
    assert apply_text_edits((("A",), ("Nobody", "runs", ".")), edits) is None


words = st.sampled_from(
    ["A", "an", "man", "dog", "John", "I", "runs", "n't", "<b>", "I'm", "é", "in", "park", "TV", ","]
)
sentences = st.tuples(st.lists(words, max_size=8), st.sampled_from([(), (".",), ("?",)])).map(lambda s: (*s[0], *s[1]))
anchors = st.sampled_from([Anchor("word", "man"), NOUN, SUBJECT, Anchor("place", "1")])
edits = st.one_of(
    st.builds(TextEdit, st.sampled_from(["prepend", "append"]), st.just(("old", "owl"))),
    st.builds(TextEdit, st.just("insert"), st.just(("old",)), anchor=anchors, after=st.booleans()),
    st.builds(TextEdit, st.just("replace"), st.just(("owl",)), anchor=anchors, every=st.booleans()),
    st.builds(TextEdit, st.just("delete"), anchor=anchors, every=st.booleans()),
    st.builds(TextEdit, st.sampled_from(["copy", "drop", "front"])),
)


@settings(max_examples=150, deadline=None)
@given(edits, sentences, sentences)
def test_an_edit_keeps_the_stop_last_and_changes_one_sentence(edit, premise, hypothesis):
    found = edit.on((premise, hypothesis))
    if found is not None:
        assert found[0] == premise
        assert found[1] != hypothesis
        assert found[1]
        assert hypothesis[-1:] not in ((".",), ("?",)) or found[1][-1:] == hypothesis[-1:]
        first = found[1][0][:1]
        assert first == first.upper() or not "".join(hypothesis[:1])[:1].isupper()


@settings(max_examples=60, deadline=None)
@given(edits)
def test_an_edit_comes_back_from_json(edit):
    assert TextEdit.from_json(json.loads(json.dumps(edit.to_json()))) == edit


@settings(max_examples=100, deadline=None)
@given(sentences, sentences)
def test_tracked_changes_hold_both_versions(before, after):
    runs = tracked_changes(before, after)
    one = tuple(word.lower() for run in runs if run.kind != "insert" for word in run.tokens)
    other = tuple(word for run in runs if run.kind != "delete" for word in run.tokens)
    assert one == tuple(map(str.lower, before))
    assert other == after
    assert (tokens_changed(before, after) == 0) == (one == tuple(map(str.lower, after)))


def test_a_word_in_the_place_of_another_counts_once():
    assert tokens_changed(("A", "man", "runs"), ("No", "old", "man", "runs")) == 2
    assert tokens_changed(("A", "man", "runs"), ("Runs",)) == 2


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (TextEdit("prepend", "nobody"), "denies"),
        (TextEdit("replace", "three", anchor=NOUN), "how many"),
        (TextEdit("append", "to win"), "may say more"),
        (TextEdit("replace", "dog", anchor=NOUN), "something else"),
        (TextEdit("delete", anchor=NOUN), "less than before"),
        (TextEdit("copy"), "copied words"),
        (TextEdit("drop"), "says less"),
        (TextEdit("front"), "belongs to a noun"),
    ],
)
def test_an_edit_warns_why_the_true_label_may_change(edit, reason):
    assert edit.changes_label.startswith("The true label may change")
    assert reason in edit.changes_label


def test_words_that_claim_nothing_new_call_for_no_warning():
    assert TextEdit("insert", "currently", anchor=Anchor("tag", "VBZ"), after=True).changes_label is None


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (TextEdit("replace", "nobody", anchor=SUBJECT), "replace the subject of the hypothesis by “nobody”"),
        (TextEdit("insert", "old", "premise", NOUN), "insert “old” before the first noun of the premise"),
        (TextEdit("delete", anchor=Anchor("word", "no"), every=True), "leave out every “no” of the hypothesis"),
        (TextEdit("delete", anchor=Anchor("place", "0")), "leave out word 1 of the hypothesis"),
    ],
)
def test_an_edit_says_what_it_does(edit, told):
    assert edit.description == told


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TextEdit("shout", "a"), "no edit of a sentence is called 'shout'; there are prepend"),
        (lambda: TextEdit("append"), "the edit 'append' needs words to put in"),
        (lambda: TextEdit("append", " "), "needs words to put in"),
        (lambda: TextEdit("append", ("a", "")), "the words of an edit are texts"),
        (lambda: TextEdit("delete", "a", anchor=NOUN), "puts in no words"),
        (lambda: TextEdit("insert", "a"), "needs an anchor"),
        (lambda: TextEdit("append", "a", anchor=NOUN), "has no anchor"),
        (lambda: TextEdit("append", "a", side="both"), "changes the premise or the hypothesis, not 'both'"),
        (lambda: Anchor("word"), "names no word"),
        (lambda: Anchor("subject", "man"), "names no subject"),
        (lambda: Anchor("place", "-1"), "a number from 0, not '-1'"),
        (lambda: Anchor("nothing", "a"), "not of 'nothing'"),
        (lambda: TextEdit.from_json({"edit": "append"}), "describes no edit"),
        (lambda: TextEdit.from_json({"edit": "append", "side": "premise", "tokens": "a"}), "a list of texts"),
        (lambda: TextEdit.from_json({"edit": "delete", "side": "premise", "anchor": 3}), "nothing for an edit to take"),
    ],
)
def test_what_is_no_edit_is_refused(make, message):
    with pytest.raises(EditError, match=message):
        make()
