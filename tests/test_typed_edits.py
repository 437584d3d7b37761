"""What somebody typed, as edits that lead to the same sentences."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.adversarial.text.changes import edits_between
from compexp_widgets.adversarial.text.edits import apply_text_edits

SENTENCES = st.lists(st.sampled_from(["the", "dog", "<b>", "runs", "home", "no", "red"]), min_size=1, max_size=6).map(
    lambda words: (*words, ".")
)


@settings(max_examples=60, deadline=None)
@given(st.tuples(SENTENCES, SENTENCES), st.tuples(SENTENCES, SENTENCES))
def test_the_edits_lead_from_one_pair_to_the_other(before, after):
    edits = edits_between(before, after)
    assert edits is not None
    assert (apply_text_edits(before, edits) or before) == after


def test_a_word_in_front_takes_the_capital():
    before, after = ("The", "man", "runs", "."), ("Nobody", "runs", ".")
    edits = edits_between((before, before), (before, after))
    assert [edit.side for edit in edits] == ["hypothesis"] * len(edits)
    assert apply_text_edits((before, before), edits) == (before, after)


def test_nothing_typed_is_no_edit():
    pair = ("A", "man", "."), ("A", "man")
    assert edits_between(pair, pair) == ()


def test_what_edits_cannot_lead_to_is_none():
    pair = ("A", "man", "runs", "."), ("A", "man", "runs", ".")
    assert edits_between(pair, (pair[0], ("A", "man", "runs", "!"))) is None
    assert edits_between(pair, (pair[0], ("A", "MAN", "runs"))) is None
    assert edits_between(pair, (pair[0], ())) is None
