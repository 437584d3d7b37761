"""A short run of `fuzz_readers`: spoiled input is refused or accepted, and nothing else."""

import warnings

import pytest
from fuzz_readers import fuzz
from fuzz_seeds import readers


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_spoiled_input_is_refused_or_accepted(reader, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tally = fuzz(reader, 25, 1, tmp_path / "input")
    assert not tally.faults, (tally.foreign, tally.examples)
