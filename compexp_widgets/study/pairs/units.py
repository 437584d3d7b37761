"""Where the units of a layer fire over sentence pairs, from the files of a finished study alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.concepts.lexicon import LexicalVocabulary
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.files import load_array, load_arrays, read_json
from compexp_widgets.signatures import PositionCounts, SignatureTable
from compexp_widgets.study.array_checks import check_array, check_below, check_counts, check_table
from compexp_widgets.study.positions import Probed
from compexp_widgets.study.study_folder import ACTIVATIONS, SIGNATURES
from compexp_widgets.study.units import PositionUnits

VOCABULARY = "vocabulary.json"


def open_pair_units(folder: Path) -> Probed:
    """The files of a finished study: signatures, units, and the signature of each pair as counts."""
    try:
        values: NDArray[np.float32] = load_array(folder / ACTIVATIONS, "file of activations", memory_map=True)
        arrays = load_arrays(folder / SIGNATURES, "file of signatures")
        concepts = read_vocabulary(folder).concepts
        table = SignatureTable(
            tuple(concept.name for concept in concepts),
            arrays["total"],
            arrays["row_starts"],
            arrays["row_concepts"],
            tuple(concept.leaf for concept in concepts),
        )
        positions = arrays["positions"]
    except (CompexpError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"the study in {folder} is not finished or damaged: {error}") from error
    check_table(folder / SIGNATURES, table)
    check_array(folder / SIGNATURES, "positions", positions, [np.int32], (None,))
    check_below(folder / SIGNATURES, "positions", positions, len(table))
    check_array(folder / ACTIVATIONS, "activations", values, [np.float32], (None, len(positions)))
    pairs = len(positions)
    counts = PositionCounts.of_positions(np.arange(pairs), positions, (pairs, len(table)))
    check_counts(folder / SIGNATURES, table, counts)
    units = PositionUnits(values, positions, len(table), np.arange(pairs + 1))
    return Probed(table, units, counts, tuple(concept.category for concept in concepts))


def read_vocabulary(folder: Path) -> LexicalVocabulary:
    return LexicalVocabulary.from_json(read_json(folder / VOCABULARY, "vocabulary", error=StudyError))
