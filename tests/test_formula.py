from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compexp_widgets.errors import FormulaError
from compexp_widgets.formula import (
    And,
    AnyLeaf,
    Formula,
    FormulaSyntaxError,
    Hypernym,
    Leaf,
    Neighbors,
    Not,
    Or,
    evaluate,
    parse,
    quote,
    to_tokens,
    without,
)

FEW_NAMES = ("water", "ice rink", "blue-c", "a AND b", "(")


def formulas(names: st.SearchStrategy[str]) -> st.SearchStrategy[Formula]:
    leaf = st.one_of(st.builds(Leaf, names), st.builds(Neighbors, names), st.builds(Hypernym, names))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, inner, inner),
            st.builds(Or, inner, inner),
        ),
        max_leaves=12,
    )


some_formula = formulas(st.sampled_from(FEW_NAMES))
awkward_names = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"))),
    st.lists(st.sampled_from(["OR", "AND", "NOT", "NEIGHBORS", "HYPERNYM", "not", "a", "(", ")", '"', "\\", ""])).map(
        " ".join
    ),
)


# Reading


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("water", Leaf("water")),
        ("ice rink", Leaf("ice rink")),
        ("pre:tok:man", Leaf("pre:tok:man")),
        ("  water  ", Leaf("water")),
        ("NOT water", Not(Leaf("water"))),
        ("a OR b AND c", Or(Leaf("a"), And(Leaf("b"), Leaf("c")))),
        ("NOT a AND b", And(Not(Leaf("a")), Leaf("b"))),
        ("NOT (a AND b)", Not(And(Leaf("a"), Leaf("b")))),
        ("a OR b OR c", Or(Or(Leaf("a"), Leaf("b")), Leaf("c"))),
        ("(ice rink OR water) AND NOT blue-c", And(Or(Leaf("ice rink"), Leaf("water")), Not(Leaf("blue-c")))),
        ("((a))", Leaf("a")),
        ("a\nAND\tb", And(Leaf("a"), Leaf("b"))),
        ("NEIGHBORS(man) OR HYPERNYM( ice rink )", Or(Neighbors("man"), Hypernym("ice rink"))),
        (r'"a AND b"', Leaf("a AND b")),
        (r'"say \"(hi)\"\n\u00e9\U0001f600\\"', Leaf('say "(hi)"\né\U0001f600\\')),
        ('""', Leaf("")),
        ("not", Leaf("not")),
    ],
)
def test_text_is_read_as_the_grammar_says(text: str, formula: Formula) -> None:
    assert parse(text) == formula


@given(formulas(awkward_names))
def test_every_formula_is_read_back_from_its_text(formula: Formula) -> None:
    assert parse(str(formula)) == formula


@given(awkward_names)
def test_every_name_is_read_back_and_printed_visibly(name: str) -> None:
    assert parse(quote(name)) == Leaf(name)
    assert quote(name).isprintable()


@given(st.text(alphabet='ab "()\\ANDORNOT uU0dé\n'))
def test_any_text_is_a_formula_or_a_formula_error_within_the_text(text: str) -> None:
    try:
        outcome: Formula | FormulaSyntaxError = parse(text)
    except FormulaSyntaxError as error:
        outcome = error
    if isinstance(outcome, FormulaSyntaxError):
        assert 0 <= outcome.position <= len(text)
        assert "^" in str(outcome)
    else:
        assert parse(str(outcome)) == outcome


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 0, "empty"),
        (" ", 1, "empty"),
        ("a AND", 5, "formula ends"),
        ("a AND OR b", 6, '"OR" stands'),
        ("(a OR b", 0, "never closed"),
        ("a OR (b", 5, "never closed"),
        ("a)", 1, "closes nothing"),
        ("()", 1, "A concept name"),
        ("a NOT b", 2, "AND, OR or the end"),
        ('a "b"', 2, "b stands"),
        ('a OR "b', 5, "not closed"),
        (r'"a\x"', 2, "backslash"),
        (r'"\U99999999"', 1, "backslash"),
        ("NEIGHBORS", 9, "NEIGHBORS takes one concept"),
        ("HYPERNYM(a", 10, "HYPERNYM takes one concept"),
        ("NEIGHBORS((a))", 10, "NEIGHBORS takes one concept"),
    ],
)
def test_a_broken_text_is_refused_where_it_breaks(text: str, position: int, problem: str) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position
    assert problem in caught.value.problem


def test_the_message_shows_the_text_with_a_caret_under_the_position() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse("water AND wter", vocabulary=["water", "river"])
    assert str(caught.value).splitlines() == [
        "No concept is called wter.",
        "  water AND wter",
        "            ^",
        "Did you mean water?",
    ]


def test_the_message_shows_only_the_part_around_the_position_of_a_long_text() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(" OR ".join(["water"] * 1000) + ") OR " + " OR ".join(["water"] * 1000))
    shown, caret = str(caught.value).splitlines()[1:3]
    assert len(shown) < 120
    assert shown[caret.index("^")] == ")"


def test_a_syntax_error_survives_pickling() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse("a OR wter", vocabulary=["a", "water"])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.position, copy.suggestions) == (str(caught.value), 5, ("water",))


# Known concepts


def test_a_formula_of_known_concepts_is_accepted() -> None:
    assert parse("a OR NEIGHBORS(b)", vocabulary=("a", "b")) == Or(Leaf("a"), Neighbors("b"))


@pytest.mark.parametrize(
    ("name", "vocabulary", "suggestions"),
    [
        ("Water", ["WATER", "water", "waiter"], ("WATER", "water", "waiter")),
        ("wter", ["river", "water"], ("water",)),
        ("man", ["pre:tok:man", "hyp:tok:man", "dog"], ("hyp:tok:man", "pre:tok:man")),
        ("zzz", ["water"], ()),
        ('""', ["water"], ()),
        ("x" * 5000, ["x" * 5000 + "y"], ()),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_names(
    name: str, vocabulary: list[str], suggestions: tuple[str, ...]
) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(name, vocabulary)
    assert caught.value.suggestions == suggestions


def test_an_unknown_name_inside_a_leaf_operator_is_pointed_at() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse("NEIGHBORS(mna)", vocabulary=["man"])
    assert (caught.value.position, caught.value.suggestions) == (10, ("man",))


@pytest.mark.parametrize("text", ["water or river", "water And river", "not water", "neighbors(water)"])
def test_operators_in_small_letters_are_explained_where_the_name_is_unknown(text: str) -> None:
    with pytest.raises(FormulaSyntaxError, match="Operators are written in capitals: OR, AND, NOT"):
        parse(text, vocabulary=["water", "river"])


def test_a_known_name_may_contain_operators_in_small_letters() -> None:
    assert parse("bed and breakfast", vocabulary=["bed and breakfast"]) == Leaf("bed and breakfast")


# Printing


@pytest.mark.parametrize(
    "text",
    [
        "a AND NOT b AND NOT c",
        "(water OR river) AND NOT blue-c",
        "(a AND b) OR c",
        "a OR (b AND c)",
        "a AND (b AND c)",
        "NOT (a OR b) AND c",
        "NOT NOT a",
        "a OR NOT NEIGHBORS(ice rink)",
        '"a AND b" OR "(" OR " a" OR "a  b" OR ""',
        r'"\n\u200b\U000e0001\ud800"',
    ],
)
def test_a_canonical_text_is_printed_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [("a AND b OR c", "(a AND b) OR c"), ("(a OR b) OR (c)", "a OR b OR c"), ('"water"  OR b', "water OR b")],
)
def test_parentheses_stand_where_and_meets_or_and_nowhere_else(text: str, printed: str) -> None:
    assert str(parse(text)) == printed


def test_the_representation_can_be_pasted_back() -> None:
    formula = parse(r'"it\'s" OR "\"" AND NOT b'.replace(r"\'", "'"))
    assert eval(repr(formula), {"parse": parse}) == formula


# Comparing


@given(some_formula, some_formula)
def test_formulas_are_equal_exactly_when_they_print_the_same(first: Formula, second: Formula) -> None:
    assert (first == second) == (str(first) == str(second))
    assert first != second or hash(first) == hash(second)


def test_a_leaf_differs_from_a_leaf_operator_over_the_same_name() -> None:
    assert len({Leaf("a"), Neighbors("a"), Hypernym("a")}) == 3
    assert Leaf("a") != "a"


@given(formulas(awkward_names))
def test_a_formula_survives_pickling(formula: Formula) -> None:
    assert pickle.loads(pickle.dumps(formula)) == formula


def test_a_formula_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Leaf("a").name = "b"  # type: ignore[misc]


# Leaves


def test_leaves_and_concepts_stand_in_reading_order() -> None:
    formula = parse("(b OR NEIGHBORS(a)) AND NOT b")
    assert formula.leaves() == (Leaf("b"), Neighbors("a"), Leaf("b"))
    assert formula.concepts() == ("b", "a")
    assert len(formula) == 3


# Tokens


def test_tokens_tell_leaves_operators_and_parentheses_apart() -> None:
    assert to_tokens(parse('(a OR "(") AND NOT NEIGHBORS(b)')) == [
        {"kind": "paren", "text": "("},
        {"kind": "leaf", "index": 0, "text": "a", "name": "a", "negated": False},
        {"kind": "operator", "text": "OR"},
        {"kind": "leaf", "index": 1, "text": '"("', "name": "(", "negated": False},
        {"kind": "paren", "text": ")"},
        {"kind": "operator", "text": "AND NOT"},
        {"kind": "leaf", "index": 2, "text": "NEIGHBORS(b)", "name": "b", "negated": True},
    ]


def test_a_leaf_is_negated_by_an_odd_number_of_nots() -> None:
    negated = [token["negated"] for token in to_tokens(parse("NOT (a OR NOT b) AND NOT NOT c")) if "index" in token]
    assert negated == [True, False, False]


@given(formulas(awkward_names))
def test_tokens_joined_with_blanks_are_the_text(formula: Formula) -> None:
    tokens = to_tokens(formula)
    text = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        glued = before is None or before["text"] == "(" or token["text"] == ")"
        text += token["text"] if glued else " " + token["text"]
    assert text == str(formula)
    assert [token["text"] for token in json.loads(json.dumps(tokens))] == [token["text"] for token in tokens]
    assert [token["name"] for token in tokens if token["kind"] == "leaf"] == [leaf.name for leaf in formula.leaves()]


# Leaving leaves out


@pytest.mark.parametrize(
    ("text", "dropped", "remaining"),
    [
        ("a AND NOT b", [1], "a"),
        ("a AND NOT b", [0], "NOT b"),
        ("a AND NOT b", [], "a AND NOT b"),
        ("(a OR b) AND NOT c", [0, 1], "NOT c"),
        ("(a OR b) AND NOT c", [1], "a AND NOT c"),
        ("NOT (a OR b) AND a", [2], "NOT (a OR b)"),
        ("a OR NEIGHBORS(a)", {0}, "NEIGHBORS(a)"),
    ],
)
def test_a_leaf_is_taken_out_with_the_operator_that_joins_it(text: str, dropped: list[int], remaining: str) -> None:
    assert str(without(parse(text), dropped)) == remaining


def test_nothing_remains_when_every_leaf_is_taken_out() -> None:
    assert without(parse("a AND NOT (b OR c)"), [0, 1, 2]) is None


@given(some_formula, st.data())
def test_the_other_leaves_remain_in_order(formula: Formula, data: st.DataObject) -> None:
    dropped = data.draw(st.sets(st.integers(0, len(formula) - 1)))
    remaining = without(formula, dropped)
    expected = tuple(leaf for index, leaf in enumerate(formula.leaves()) if index not in dropped)
    assert (remaining.leaves() if remaining else ()) == expected


@pytest.mark.parametrize("index", [-1, 2])
def test_a_leaf_that_does_not_exist_cannot_be_taken_out(index: int) -> None:
    with pytest.raises(FormulaError, match=f"a OR b has leaves 0 to 1, so leaf {index} "):
        without(parse("a OR b"), [index])


# Evaluating


def test_a_formula_holds_where_its_operators_say() -> None:
    truths = {
        Leaf("a"): np.array([[True, True], [False, False]]),
        Leaf("b"): np.array([[True, False], [True, False]]),
        Neighbors("b"): np.array([[False, False], [True, True]]),
    }
    expected = (truths[Leaf("a")] | ~truths[Leaf("b")]) & ~truths[Neighbors("b")]
    np.testing.assert_array_equal(evaluate(parse("(a OR NOT b) AND NOT NEIGHBORS(b)"), truths.__getitem__), expected)


def test_each_distinct_leaf_is_looked_up_once_and_left_unchanged() -> None:
    asked = []
    truth = np.array([True, False])

    def look_up(leaf: AnyLeaf) -> np.ndarray:
        asked.append(leaf)
        return truth

    evaluate(parse("a AND NOT a OR NOT a"), look_up)
    assert asked == [Leaf("a")]
    assert truth.tolist() == [True, False]


# Depth


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(f"c{index}" for index in range(5000)),
        "(" * 5000 + "a" + ")" * 5000,
        "NOT " * 5000 + "a",
        "a OR (" * 5000 + "b" + ")" * 5000,
        "(" * 5000 + "a" + "".join(f" {'AND' if i % 2 else 'OR'} c{i % 7})" for i in range(5000)),
    ],
    ids=["left chain", "parentheses", "negations", "right chain", "alternating"],
)
def test_depth_is_no_limit(text: str) -> None:
    formula = parse(text)
    assert parse(str(formula)) == formula
    assert hash(pickle.loads(pickle.dumps(formula))) == hash(formula)
    assert evaluate(formula, lambda leaf: np.ones(1, bool)).shape == (1,)
    assert without(formula, [0]) is None or len(formula) > 1


@pytest.mark.parametrize("text", ["(" * 5000, ")" * 5000, "NOT " * 5000, "a AND " * 5000, "NEIGHBORS(" * 5000])
def test_deep_broken_texts_are_refused(text: str) -> None:
    with pytest.raises(FormulaSyntaxError):
        parse(text)
