"""Begin a study of a sentence-pair network, or continue it after a stop."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from compexp_widgets.files import whole_file, write_json
from compexp_widgets.nli.lexicon import LexicalSettings, LexicalVocabulary, WordVectors
from compexp_widgets.nli.networks import PairNetwork
from compexp_widgets.nli.pairs import LABELS, PairDataset
from compexp_widgets.progress import Report, bars
from compexp_widgets.study.configuration import PAIRS, StudyConfiguration, claim
from compexp_widgets.study.pair_study import (
    ACTIVATIONS,
    ANSWERS,
    SENTENCES,
    SIGNATURES,
    VOCABULARY,
    PairStudy,
    write_pairs,
)
from compexp_widgets.study.study_folder import study_folder
from compexp_widgets.torch_modules import split_layer


def dissect_pairs(
    network: PairNetwork,
    layer: str,
    pairs: PairDataset,
    folder: str | Path,
    *,
    concepts: LexicalSettings | LexicalVocabulary | None = None,
    vectors: WordVectors | str | Path | None = None,
    batch_size: int = 64,
    report: Report | None = None,
) -> PairStudy:
    """Probe every unit of a layer on sentence pairs, and keep what was found.

    Continues a study that was stopped, and opens a finished one. Only one process works on a folder at a time; others
    wait for it.

    Parameters
    ----------
    network
        See `load_bowman` and `PairNetwork.of`.
    layer
        Name of the layer, see `PairNetwork.layers`.
    pairs
        See `read_pairs`.
    folder
        Where the study is kept; made when it is not there.
    concepts
        How the concepts are chosen, from these pairs; or a vocabulary chosen before.
    vectors
        Word vectors for NEIGHBORS, or where `read_word_vectors` finds some; a vocabulary chosen before needs none.
    batch_size
        Pairs shown to the network at once.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    StudyError
        When the folder holds a study of something else.
    NetworkError
        When the network has no such layer, or cannot be run on these pairs.
    """
    if report is None:
        with bars() as shown:
            return dissect_pairs(
                network, layer, pairs, folder, concepts=concepts, vectors=vectors, batch_size=batch_size, report=shown
            )
    folder = Path(folder)
    concepts = concepts or LexicalSettings()
    split_layer(network.module, layer)  # an unknown layer is told before the folder becomes its study
    configuration = StudyConfiguration(
        network.name,
        network.fingerprint,
        layer,
        pairs.source,
        pairs.fingerprint,
        class_names=LABELS,
        kind=PAIRS,
        concepts=_choice(concepts, vectors),
    )
    with study_folder(folder):
        claim(folder, configuration)
        if not (folder / SENTENCES).exists():
            write_pairs(folder, pairs)
        if not (folder / ACTIVATIONS).exists():
            _probe(network, layer, pairs, folder, batch_size, report)
        if not (folder / SIGNATURES).exists():
            _annotate(pairs, folder, concepts, vectors, report)
    return PairStudy(folder, configuration)


def _choice(concepts: LexicalSettings | LexicalVocabulary, vectors: WordVectors | str | Path | None) -> str:
    """What the concepts follow from, besides the pairs: equal when it is."""
    if isinstance(concepts, LexicalVocabulary):
        return f"vocabulary {concepts.fingerprint}"
    digest = hashlib.sha256(repr(concepts).encode())
    if isinstance(vectors, WordVectors):
        digest.update(json.dumps(vectors.words).encode())
        digest.update(vectors.vectors.tobytes())
    elif vectors is not None:
        path = Path(vectors)
        digest.update(repr((str(vectors), path.stat().st_size if path.exists() else 0)).encode())
    return f"chosen {digest.hexdigest()}"


def _probe(network: PairNetwork, layer: str, pairs: PairDataset, folder: Path, batch_size: int, report: Report) -> None:
    responses = network.respond(pairs, layer, batch_size=batch_size, report=report)
    weights = network.class_weights(layer)
    with whole_file(folder / ANSWERS) as temporary, temporary.open("wb") as file:
        if weights is None:
            np.savez(file, logits=responses.logits)
        else:
            np.savez(file, logits=responses.logits, class_weights=weights)
    with whole_file(folder / ACTIVATIONS) as temporary, temporary.open("wb") as file:
        np.save(file, np.ascontiguousarray(responses.activations.T))


def _annotate(
    pairs: PairDataset,
    folder: Path,
    concepts: LexicalSettings | LexicalVocabulary,
    vectors: WordVectors | str | Path | None,
    report: Report,
) -> None:
    vocabulary = (
        concepts
        if isinstance(concepts, LexicalVocabulary)
        else LexicalVocabulary.of(pairs, concepts, vectors, report=report)
    )
    table, positions = vocabulary.annotate(pairs, report=report).fold(vocabulary.concepts)
    write_json(folder / VOCABULARY, vocabulary.to_json())
    with whole_file(folder / SIGNATURES) as temporary, temporary.open("wb") as file:
        np.savez(
            file, total=table.total, row_starts=table.row_starts, row_concepts=table.row_concepts, positions=positions
        )
