import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.data.pairs import detokenize, tokenize
from compexp_widgets.data.pairs.dataset import (
    PLAIN,
    as_treebank,
    from_treebank,
    plain_text,
)

# Rich in what the rules are about: quotes of all kinds, brackets, stops, contractions, blanks beyond ASCII.
PIECES = """' " `` '' ` ( ) [ . ... ! n't cannot gonna 's Mr. U.S. - -- , : 3,5 « “ a B é 😀 <b> & *""".split()  # noqa: SIM905
BLANKS = [" ", "  ", "\n", "\t", "\u00a0", "\u2028"]
TEXT = st.lists(st.sampled_from([*PIECES, *BLANKS])).map("".join) | st.text(max_size=30)


@settings(deadline=None)
@given(TEXT)
def test_tokens_are_the_plain_text_without_its_white_space(text):
    assert "".join(tokenize(text)) == "".join(plain_text(text).split())
    assert all(tokenize(text))


# As typed on a plain keyboard, and as editors, telephones and pages set the same.
SETTINGS = [
    ("The man isn't asleep.", "The man isn\u2019t asleep."),
    ("They can't, it's theirs", "They can\u02bct, it\u201bs theirs"),
    ('He said "no".', "He said \u201cno\u201d."),
    ('She said "yes"', "She said \u201eyes\u201f"),
    ("'tis so", "\u2018tis so"),
    ("Wait... no", "Wait\u2026 no"),
    ("a man-made lake", "a man\u2010made lake"),
    ("a man-made lake", "a man\u2011made lake"),
    ("pages 5-6", "pages 5\u20136"),
    ("it is -3 outside", "it is \u22123 outside"),
    ("he left--she stayed", "he left\u2014she stayed"),
    ("Is it so?", "\uff29\uff53\u3000\uff49\uff54\u3000\uff53\uff4f\uff1f"),
    ("12 men isn't 5 %", "12\u00a0men isn\uff07t 5\u202f%"),
    ("a thin man", "a\u2009thin\u2002man"),
    ("an invisible man isn't here", "an in\u00advisible \u200bman isn\u200d't\ufeff here"),
    ("a café", "a cafe\u0301"),
]


@pytest.mark.parametrize(("plain", "typed"), SETTINGS, ids=[plain for plain, _ in SETTINGS])
def test_a_sentence_has_the_same_tokens_however_its_signs_were_set(plain, typed):
    assert plain != typed
    assert tokenize(typed) == tokenize(plain)


def test_every_sign_that_stands_for_a_plain_one_is_another_sign_and_has_one_plain_form():
    signs = "".join(PLAIN.values())
    assert len(set(signs)) == len(signs)
    assert not any(sign.isascii() for sign in signs)
    assert all(plain_text(sign) == plain for plain, group in PLAIN.items() for sign in group)


@given(TEXT)
def test_a_plain_text_is_its_own_plain_form(text):
    plain = plain_text(text)
    assert plain_text(plain) == plain
    assert unicodedata.is_normalized("NFC", plain)


def test_the_words_of_concepts_are_plain_so_that_tokens_a_file_gives_name_the_same_concepts():
    assert word_of("n\u2019t") == word_of("N't") == "n't"
    assert word_of("\u200b") == ""


def test_words_signs_and_contractions_stand_apart_and_quotes_and_case_stay():
    assert tokenize('The man isn\'t reading "Ulysses" (again), is he?') == (
        "The", "man", "is", "n't", "reading", '"', "Ulysses", '"', "(", "again", ")", ",", "is", "he", "?",
    )  # fmt: skip


def test_every_sentence_of_a_text_ends_in_a_token_of_its_own():
    assert tokenize("He runs. Mr. Hall sleeps.") == ("He", "runs", ".", "Mr.", "Hall", "sleeps", ".")


def test_tokens_stay_as_they_are_when_they_are_tokenised_again():
    tokens = tokenize("Mr. Hall's dog can't eat \"Fido's\" food, he said; it's 3.50 dollars a tin.")
    assert tokenize(" ".join(tokens)) == tokens


def test_a_sentence_reads_well_again():
    for sentence in [
        "A man isn't asleep.",
        'The man said "no" (twice), and left.',
        "The girls' dog, which is brown, can't swim!",
    ]:
        assert detokenize(tokenize(sentence)) == sentence


def test_white_space_alone_has_no_tokens():
    assert tokenize(" \n\t ") == ()
    assert detokenize(()) == ""


def test_the_treebank_spells_quotes_and_brackets_its_own_way():
    tokens = ("the", "words", '"', "HELP", "(", "me", ")", '"')
    assert as_treebank(tokens) == ("the", "words", "``", "HELP", "-LRB-", "me", "-RRB-", "''")
    assert from_treebank(as_treebank(tokens)) == tokens
