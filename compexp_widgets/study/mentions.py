"""What a formula speaks of: which concepts it is about, and which it only rules out."""

from __future__ import annotations

from compexp_widgets.formula import And, AnyLeaf, Formula, Leaf, Not, operands_first, to_tokens


def mentions(formula: Formula, wanted: Formula) -> bool:
    """True if a formula speaks of what is wanted.

    >>> spoken = parse("(water OR river) AND NOT blue-c")
    >>> [mentions(spoken, parse(text)) for text in ("water", "blue-c", "NOT blue-c", "water AND sky", "water OR sky")]
    [True, False, True, False, True]

    Parameters
    ----------
    formula
        The formula of a unit.
    wanted
        A concept is wanted where it stands and is not ruled out; under NOT, where it is. AND wants both sides, OR one
        of them. A concept by its name alone is found under ``NEIGHBORS`` and ``HYPERNYM`` too.
    """
    signs = [token["negated"] for token in to_tokens(formula) if token["kind"] == "leaf"]
    spoken = set(zip(formula.leaves(), signs, strict=True))
    named = {(leaf.name, negated) for leaf, negated in spoken}

    def told(leaf: AnyLeaf, negated: bool) -> bool:
        return (leaf.name, negated) in named if isinstance(leaf, Leaf) else (leaf, negated) in spoken

    found: list[tuple[bool, bool]] = []  # of each operand: whether it is spoken of as it stands, and under NOT
    for node in operands_first(wanted):
        if isinstance(node, AnyLeaf):
            found.append((told(node, False), told(node, True)))
        elif isinstance(node, Not):
            found.append(found.pop()[::-1])
        else:
            (right, not_right), (left, not_left) = found.pop(), found.pop()
            both = isinstance(node, And)
            stands = (left and right) if both else (left or right)
            found.append((stands, (not_left or not_right) if both else (not_left and not_right)))
    return found.pop()[0]
