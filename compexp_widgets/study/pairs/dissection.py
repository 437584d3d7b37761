"""Begin a study of a sentence-pair network, or continue it after a stop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from compexp_widgets.arguments import whole_number
from compexp_widgets.concepts.lexicon import LexicalSettings, LexicalVocabulary, WordVectors
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.errors import StudyError
from compexp_widgets.files import load_array, whole_file, write_json
from compexp_widgets.networks.behaviour import observe
from compexp_widgets.networks.certificate import Certificate, Conditions
from compexp_widgets.networks.class_weights import class_weights
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import Report, bars
from compexp_widgets.study.behaving import apart_from_activations, finite_check, see_same_behaviour, warn_of
from compexp_widgets.study.configuration import (
    PAIRS,
    StudyConfiguration,
    claim,
    read_configuration,
    write_configuration,
)
from compexp_widgets.study.pairs.concept_choice import concept_choice, continued_choice, vectors_needed
from compexp_widgets.study.pairs.study import (
    ACTIVATIONS,
    ANSWERS,
    SENTENCES,
    SIGNATURES,
    VOCABULARY,
    PairStudy,
    read_vocabulary,
    write_pairs,
)
from compexp_widgets.study.study_folder import study_folder


def dissect_pairs(
    network: Network,
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
        See `load_bowman` and `Network.of_pairs`.
    layer
        Name of the layer, see `Network.layers`.
    pairs
        See `read_pairs`.
    folder
        Where the study is kept; made when it is not there.
    concepts
        How the concepts are chosen, from these pairs; or a vocabulary chosen before.
    vectors
        Word vectors for NEIGHBORS, or where `read_word_vectors` finds some; a vocabulary chosen before needs none. A
        study goes on with other ones only where they hold the same numbers; where their file lies is all one.
    batch_size
        Pairs shown to the network at once.
    report
        Told of progress; the default shows bars.

    Raises
    ------
    StudyError
        When the folder holds a study of something else, or the network has the weights of the one that was probed and
        answers otherwise.
    NetworkError
        When the network has no such layer, cannot be run on these pairs, or it or `encode` answers differently the
        second time.
    """
    if report is None:
        with bars() as shown:
            return dissect_pairs(
                network, layer, pairs, folder, concepts=concepts, vectors=vectors, batch_size=batch_size, report=shown
            )
    whole_number(batch_size, "batch_size")
    folder = Path(folder)
    concepts = concepts or LexicalSettings()
    # An unknown layer is told here, before the folder becomes its study.
    observed = observe(network, [network.probe(layer)], network.inputs.fixed_samples())
    (behaviour,) = observed.behaviours
    needed = vectors_needed(concepts, vectors, pairs)
    configuration = StudyConfiguration(
        network.name,
        network.fingerprint,
        layer,
        pairs.source,
        network.inputs.samples_fingerprint(pairs),
        class_names=network.class_names,
        kind=PAIRS,
        concepts=concept_choice(concepts, needed),
        certificate=Certificate(observed.checks),
        conditions=Conditions.now(network.device, network.dtype, batch_size),
    )
    with study_folder(folder):
        if (folder / "study.json").exists():
            before = read_configuration(folder).concepts
            choice = continued_choice(
                before, concepts, vectors, needed, lambda: _same_concepts(folder, pairs, concepts, needed, report)
            )
            configuration = replace(configuration, concepts=choice)
        configuration = claim(folder, configuration)
        finished = (folder / ACTIVATIONS).exists()
        apart = partial(_apart, network, layer, pairs, folder) if finished else None
        see_same_behaviour(folder, network.name, behaviour, apart)
        warn_of(network.name, [configuration])
        if not (folder / SENTENCES).exists():
            write_pairs(folder, pairs)
        if not finished:
            configuration = _probe(network, pairs, folder, configuration, batch_size, report)
        if not (folder / SIGNATURES).exists():
            _annotate(pairs, folder, concepts, needed, report)
    return PairStudy(folder, configuration)


def _apart(network: Network, layer: str, pairs: PairDataset, folder: Path) -> float:
    kept = load_array(folder / ACTIVATIONS, "file of activations", error=StudyError, memory_map=True)
    return apart_from_activations(network, layer, pairs, kept)


def _probe(
    network: Network,
    pairs: PairDataset,
    folder: Path,
    configuration: StudyConfiguration,
    batch_size: int,
    report: Report,
) -> StudyConfiguration:
    """Show all pairs to the network, and keep what it answers; gives the configuration with what is known then."""
    layer, conditions = configuration.layer, Conditions.now(network.device, network.dtype, batch_size)
    responses = network.respond(pairs, layer, batch_size=batch_size, report=report)
    weights = class_weights(network, layer)
    strange, units = responses.not_finite, responses.activations.shape[1]
    known = replace(
        configuration,
        certificate=configuration.certificate.and_also(finite_check(layer, units, strange), conditions.check),
        conditions=conditions,
        not_finite=strange,
    )
    write_configuration(folder, known)
    with whole_file(folder / ANSWERS) as temporary, temporary.open("wb") as file:
        if weights is None:
            np.savez(file, logits=responses.logits)
        else:
            np.savez(file, logits=responses.logits, class_weights=weights)
    with whole_file(folder / ACTIVATIONS) as temporary, temporary.open("wb") as file:
        np.save(file, np.ascontiguousarray(responses.activations.T))
    return known


def _same_concepts(
    folder: Path,
    pairs: PairDataset,
    concepts: LexicalSettings | LexicalVocabulary,
    vectors: WordVectors | None,
    report: Report,
) -> bool:
    """Whether the concepts that a study holds, if it holds any yet, follow from these settings and vectors."""
    if isinstance(concepts, LexicalVocabulary) or not (folder / VOCABULARY).exists():
        return not isinstance(concepts, LexicalVocabulary)
    now = LexicalVocabulary.of(pairs, concepts, vectors, report=report)
    return bool(read_vocabulary(folder).fingerprint == now.fingerprint)


def _annotate(
    pairs: PairDataset,
    folder: Path,
    concepts: LexicalSettings | LexicalVocabulary,
    vectors: WordVectors | None,
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
