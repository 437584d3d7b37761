"""Studies of sentence pairs: one vector a pair, and concepts of a lexicon."""

from __future__ import annotations

import hashlib
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon import LexicalSettings, LexicalVocabulary, WordVectors, read_word_vectors
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers import read_pairs
from compexp_widgets.errors import StudyError
from compexp_widgets.files import atomic_write, write_json
from compexp_widgets.progress import Report, within
from compexp_widgets.short_text import full_repr
from compexp_widgets.study.configuration import PAIRS, StudyConfiguration
from compexp_widgets.study.modality import Modality
from compexp_widgets.study.pairs.drawing import PairDrawing
from compexp_widgets.study.pairs.study import SENTENCES, PairStudy, are_those, write_pairs
from compexp_widgets.study.pairs.units import VOCABULARY, read_vocabulary
from compexp_widgets.study.study_folder import SIGNATURES


class Lexicon:
    """The annotator of sentence pairs, with `concepts` and `vectors` as given to `dissect`; see `Annotator`."""

    files: tuple[str, ...] = (VOCABULARY, SIGNATURES)

    @checked(StudyError)
    def __init__(
        self,
        pairs: PairDataset,
        concepts: LexicalSettings | LexicalVocabulary | None,
        vectors: WordVectors | str | Path | None,
    ) -> None:
        self._pairs = pairs
        self._concepts = concepts or LexicalSettings()
        self._given = vectors is not None
        self._vectors: WordVectors | None = None
        chosen = self._concepts
        if vectors is not None and isinstance(chosen, LexicalSettings) and chosen.neighbors and chosen.tokens:
            tokens = {*chain.from_iterable(chain(pairs.premises, pairs.hypotheses))}
            words = sorted({word_of(token) for token in tokens} - {""})
            self._vectors = (
                vectors.subset(words) if isinstance(vectors, WordVectors) else read_word_vectors(vectors, words)
            )

    def choice(self, folder: Path, begun_with: str | None, report: Report) -> str:
        """The choice as a text. Vectors go in by what they hold, wherever their file lies.

        Studies of version 0.1 say where the file of word vectors lay and how large it was, not what it held. Such a
        study goes on where the place is the same or not, as long as the concepts that it holds, if it holds any yet,
        come out again.
        """
        if isinstance(self._concepts, LexicalVocabulary):
            return f"vocabulary {self._concepts.fingerprint}"
        now = f"chosen {hashlib.sha256(full_repr(self._concepts).encode()).hexdigest()}"
        if self._vectors is not None:
            now = f"{now}{_VECTORS}{self._vectors.fingerprint}"
        before = begun_with or now
        if before == now or not self._given or _VECTORS in before or not before.startswith("chosen "):
            return now
        if (folder / VOCABULARY).exists() and read_vocabulary(folder).fingerprint != self._chosen(report).fingerprint:
            return now
        return before

    def annotate(self, folder: Path, report: Report) -> None:
        if (folder / SIGNATURES).exists():
            return
        vocabulary = self._chosen(within(report, 0.0, 0.3))
        table, positions = vocabulary.annotate(self._pairs, report=within(report, 0.3, 1.0)).fold(vocabulary.concepts)
        write_json(folder / VOCABULARY, vocabulary.to_json())
        with atomic_write(folder / SIGNATURES) as temporary, temporary.open("wb") as file:
            starts, concepts = table.row_starts, table.row_concepts
            np.savez(file, total=table.total, row_starts=starts, row_concepts=concepts, positions=positions)

    def _chosen(self, report: Report) -> LexicalVocabulary:
        if isinstance(self._concepts, LexicalVocabulary):
            return self._concepts
        return LexicalVocabulary.of(self._pairs, self._concepts, self._vectors, report=report)


class SentencePairs(Modality):
    kind, samples, data_type = PAIRS, "pairs", PairDataset
    drawing = PairDrawing()

    def read(self, place: str | Path) -> PairDataset:
        return read_pairs(place)

    def annotator(
        self,
        data: PairDataset,
        concepts: LexicalSettings | LexicalVocabulary | None = None,
        vectors: WordVectors | str | Path | None = None,
    ) -> Lexicon:
        return Lexicon(data, concepts, vectors)

    def keep(self, data: PairDataset, folder: Path) -> None:
        if not (folder / SENTENCES).exists():
            write_pairs(folder, data)

    def open(self, folder: Path, configuration: StudyConfiguration, data: Any = None) -> PairStudy:
        """The study, which holds its pairs."""
        if data is not None and not (isinstance(data, PairDataset) and are_those(data, configuration.data_fingerprint)):
            raise StudyError(f"the study in {folder} is of sentence pairs, which it holds itself: leave out data=")
        return PairStudy(folder, configuration)


_VECTORS = ", vectors "
