"""Formulas over concepts: the tree, the text it is read from, and the text it is printed as."""

from compexp_widgets.formula.tree import (
    And,
    AnyLeaf,
    Formula,
    FormulaSyntaxError,
    Hypernym,
    Leaf,
    Neighbors,
    Not,
    Or,
    as_formula,
    closest_names,
    evaluate,
    parse,
    quote,
    to_tokens,
    without,
)

__all__ = [
    "And",
    "AnyLeaf",
    "Formula",
    "FormulaSyntaxError",
    "Hypernym",
    "Leaf",
    "Neighbors",
    "Not",
    "Or",
    "as_formula",
    "closest_names",
    "evaluate",
    "parse",
    "quote",
    "to_tokens",
    "without",
]
