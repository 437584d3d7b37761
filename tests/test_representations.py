"""Representations: nothing prints more than a screen, in a notebook all is shown, and no name of the data is markup."""

import re

import numpy as np

import compexp_widgets as cw
from compexp_widgets.listing import Listing


def test_a_formula_that_was_found_is_the_formula_and_its_score():
    night, rain = np.array([1, 1, 1, 1, 0, 0, 0, 0]), np.array([1, 1, 0, 0, 1, 1, 0, 0])
    found = cw.explain_masks({"night": night, "rain": rain}, np.array([0, 0, 1, 0, 0, 0, 0, 0]))
    assert str(found.best) == "night AND NOT rain, IoU .500"
    assert repr(found) == "<CertifiedResult: night AND NOT rain, IoU .500; proven optimal>"


def test_an_explanation_says_its_formula_its_score_and_its_proof(tiny_study):
    (explanation,) = tiny_study.explain(0, max_length=2, quantile=0.2)
    score = f"{explanation.best.overlap.iou:.3f}"[1:]
    assert repr(explanation) == f"<Explanation of unit 0: {explanation.best.formula}, IoU {score}; proven optimal>"
    assert str(explanation) in repr(explanation)


def test_many_explanations_print_the_first_and_how_many_more_there_are(tiny_study):
    many = tiny_study.explain([0, 1, 2, 3, 4] * 4)
    assert [line[1:25] for line in repr(many).splitlines()][:2] == [
        "<Explanation of unit 0: ",
        "<Explanation of unit 1: ",
    ]
    assert repr(many).endswith(" … 10 more]")
    assert many[1:3] == list(many)[1:3]
    assert type(many[1:3]) is Listing
    assert len(re.findall("<tr>", many._repr_html_())) == 1 + 20
