"""What looks like a formula and was read as a name is told: with the concepts known by an error, else by a warning."""

import pickle
import warnings

import pytest

import compexp_widgets as cw
from compexp_widgets.errors import FormulaError

MEANT = {
    "water or river": "water OR river",
    "water & river": "water AND river",
    "water|river": "water OR river",
    "~water": "NOT water",
    "! water": "NOT water",
    "water, river": "water OR river",
    "water and not river": "water AND NOT river",
    "Not water": "NOT water",
}
NAMES = ("chest of drawers", "blue-c", "pre:tok:and", "pre:tok:&", "C++", "and", "salt+pepper", "band")


@pytest.mark.parametrize("text", MEANT)
def test_without_a_vocabulary_a_warning_says_what_is_read_and_what_to_write(text):
    with pytest.warns(UserWarning, match="read as the name of one concept") as told:
        formula = cw.parse(text)
    assert len(formula) == 1
    assert MEANT[text] in str(told[0].message)
    assert told[0].filename == __file__


@pytest.mark.parametrize("text", MEANT)
def test_with_one_the_error_says_what_to_write(text):
    with pytest.raises(FormulaError, match=f"Is {MEANT[text]} meant"):
        cw.parse(text, ["water", "river"])


@pytest.mark.parametrize("text", MEANT)
def test_a_concept_may_be_called_so(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cw.parse(text, ["water", text]).concepts() == (text,)
        quoted = cw.parse(f'"{text}" OR water')
        assert quoted.concepts() == (text, "water")
        assert pickle.loads(pickle.dumps(quoted)) == quoted


@pytest.mark.parametrize("name", NAMES)
def test_other_names_need_no_word(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cw.parse(name).concepts() == (name,)


def test_a_study_says_so_of_a_formula_that_was_read_before(tiny_study):
    with pytest.warns(UserWarning, match="one concept"):
        formula = cw.parse("water or tree")
    with pytest.raises(FormulaError, match="is water OR tree meant"):
        tiny_study.overlap(formula, 0)
