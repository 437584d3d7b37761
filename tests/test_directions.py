import numpy as np
import pytest
import torch

import compexp_widgets as cw
from compexp_widgets.errors import NetworkError

MATRIX = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.0]])


def test_a_fingerprint_is_of_the_numbers_and_not_of_the_names():
    same = [
        cw.Directions(MATRIX),
        cw.Directions(torch.tensor(MATRIX), ["a", "b"]),
        cw.Directions(MATRIX.tolist(), bias=[0, 0]),
    ]
    other = [cw.Directions(MATRIX * 2), cw.Directions(MATRIX, bias=[0, 1]), cw.Directions(MATRIX, rectified=True)]
    assert len({one.fingerprint for one in same}) == 1
    assert len({one.fingerprint for one in [same[0], *other]}) == 4


def test_a_later_change_of_the_given_matrix_changes_nothing():
    given = MATRIX.astype(np.float32)
    directions = cw.Directions(given)
    given[:] = 7
    assert np.array_equal(directions.matrix, MATRIX)
    assert directions.names == ("direction 0", "direction 1")


@pytest.mark.parametrize(
    ("matrix", "settings", "message"),
    [
        ([1, 2], {}, r"has shape \(k, channels\), not \(2,\)"),
        (np.zeros((0, 3)), {}, r"has shape \(k, channels\), not \(0, 3\)"),
        ([[1, "x"]], {}, "the matrix of directions must be numbers"),
        ([[1, np.nan]], {}, "the matrix of directions has values that are not finite"),
        ([[1, 2], [0, 0]], {}, "direction 1 is zero in every channel"),
        (MATRIX, {"bias": [1]}, r"the bias has shape \(1,\), not \(2,\)"),
        (MATRIX, {"names": ["a"]}, "2 directions need as many different names, not 1"),
        (MATRIX, {"names": ["a", "a"]}, "2 directions need as many different names, not 1"),
        (MATRIX, {"names": "ab"}, "the names of directions are texts"),
    ],
)
def test_directions_that_make_no_sense_are_refused(matrix, settings, message):
    with pytest.raises(NetworkError, match=message):
        cw.Directions(matrix, **settings)
