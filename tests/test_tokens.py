from hypothesis import given, settings
from hypothesis import strategies as st

from compexp_widgets.nli.tokens import as_treebank, detokenize, from_treebank, tokenize

# Rich in what the rules are about: quotes of all kinds, brackets, stops, contractions, blanks beyond ASCII.
PIECES = """' " `` '' ` ( ) [ . ... ! n't cannot gonna 's Mr. U.S. - -- , : 3,5 « “ a B é 😀 <b> & *""".split()  # noqa: SIM905
BLANKS = [" ", "  ", "\n", "\t", "\u00a0", "\u2028"]
TEXT = st.lists(st.sampled_from([*PIECES, *BLANKS])).map("".join) | st.text(max_size=30)


@settings(deadline=None)
@given(TEXT)
def test_tokens_are_the_text_without_its_white_space(text):
    assert "".join(tokenize(text)) == "".join(text.split())
    assert all(tokenize(text))


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
