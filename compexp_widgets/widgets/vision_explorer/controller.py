"""VisionExplorer's controller: cards with pictures, and the formulas of each range of activations."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula
from compexp_widgets.signatures.activation_ranges import Cluster, Limits, QuantileRange, clusters
from compexp_widgets.study import Explanation, ExplanationSettings, VisionStudy
from compexp_widgets.widgets.kernel.jobs import Job, Later, latest
from compexp_widgets.widgets.kernel.messages import Done, Reply, finite
from compexp_widgets.widgets.kernel.router import Contract, Route
from compexp_widgets.widgets.shared.explanations import (
    CardSubject,
    formula_fields,
    proof_state,
    search_defaults,
    settings_label,
    study_fields,
)
from compexp_widgets.widgets.shared.explorer import CARD, EVIDENCE, TABLE, ExplorerController, explanations_until
from compexp_widgets.widgets.shared.messages import EvidenceMessage, Hello, NamedConcept, Proof, Row, Rows
from compexp_widgets.widgets.vision_explorer import messages

# The longest side of a picture as it is sent: twice the size of a tile, for dense screens.
PICTURE_SIZE = 448

# Bars of the histogram of a unit's activations: as many as a line of the table has room for.
_BINS = 40


class VisionController(ExplorerController):
    """Answers the page about a study of images."""

    study: VisionStudy

    def settings(self, asked: messages.VisionSettings) -> ExplanationSettings:
        return of_cluster(self.table_settings(asked), asked.cluster)

    def table_settings(self, asked: messages.VisionSettings) -> ExplanationSettings:
        """The settings without the cluster, which belongs to one unit."""
        return _settings(
            quantile=asked.quantile,
            threshold_on=asked.threshold_on,
            exclude=tuple(asked.excluded_categories),
            beam_size=asked.beam_size,
            max_length=asked.max_length,
            operators=tuple(asked.operators),
            metric=asked.metric,
        )

    def describe_study(self, settings: ExplanationSettings, rows: list[Row]) -> messages.VisionStudyMessage:
        data = self.study.dataset
        return messages.VisionStudyMessage(
            **study_fields(self.study),
            subtitle=f"{data.folder.name} · {len(data):,} images · {len(self.study.table.concepts):,} concepts · "
            f"{self.study.table.positions:,} positions · {len(self.study.table):,} signatures",
            concepts=[NamedConcept(name=one.name, category=one.category) for one in data.concepts],
            grid=data.grid,
            defaults=messages.VisionDefaults(
                quantile=settings.quantile, threshold_on=settings.threshold_on, **search_defaults(settings)
            ),
            table_label=self.label(settings),
            rows=rows,
        )

    def label(self, settings: ExplanationSettings) -> str:
        return settings_label(str(QuantileRange(settings.quantile, on=settings.threshold_on)), settings)

    def draw(self, asked: messages.CardRequest, subject: CardSubject) -> tuple[messages.VisionCard, list[bytes]]:
        """The card of a unit with the tiles of one gallery."""
        gallery, limits = asked.settings.gallery, subject.activity.limits
        tiles, buffers = self._tiles(subject.unit, limits, subject.shown, subject.ranked[gallery][: asked.tiles])
        card = messages.VisionCard(
            **subject.fields,
            max_activation=finite(subject.activity.extent[1]),
            upper_limit=finite(limits.high),
            active_images=len(subject.ranked["fires"]),
            map_shape=self.study.units.maps.shape[2:],
            gallery=gallery,
            gallery_counts={name: len(found) for name, found in subject.ranked.items()},
            tiles=tiles,
        )
        return card, buffers

    def _tiles(
        self, unit: int, limits: Limits, formula: Formula | None, images: NDArray[np.intp]
    ) -> tuple[list[messages.Tile], list[bytes]]:
        study = self.study
        neuron = study.units.fires(unit, limits, images)
        holds = study.holds(formula, images) if formula else np.zeros_like(neuron)
        maps = study.units.activations(unit)[images]
        tiles: list[messages.Tile] = []
        buffers: list[bytes] = []
        for index, fires, formula_mask, activation in zip(images.tolist(), neuron, holds, maps, strict=True):
            image = study.dataset.images[index]
            whole = [study.dataset.concepts[concept] for concept in image.whole]
            tiles.append(
                messages.Tile(
                    image=index,
                    name=image.name,
                    split=image.split,
                    scene=next((concept.name for concept in whole if concept.category == "scene"), ""),
                    peak=finite(float(activation.max())),
                    neuron=int(fires.sum()),
                    formula=int(formula_mask.sum()),
                    both=int((fires & formula_mask).sum()),
                )
            )
            buffers += [
                np.packbits(fires).tobytes(),
                np.packbits(formula_mask).tobytes(),
                activation.astype("<f4").tobytes(),
            ]
        return tiles, buffers

    def pictures(self, asked: messages.PicturesRequest) -> Reply:
        """Pictures with the labels of their positions."""
        study = self.study
        pictures: list[messages.PicturePart] = []
        buffers: list[bytes] = []
        for index in asked.images:
            if not 0 <= index < len(study.dataset):
                raise CompexpError(f"there is no image {index}: the data set has {len(study.dataset)}")
            picture = study.dataset.picture(index)
            picture.thumbnail((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.LANCZOS)
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=90)
            present, local = np.unique(study.units.positions[index], return_inverse=True)
            concepts = {}
            for number, signature in enumerate(present.tolist()):
                entries = slice(study.table.row_starts[signature], study.table.row_starts[signature + 1])
                concepts[str(number)] = study.table.row_concepts[entries].tolist()
            pictures.append(
                messages.PicturePart(image=index, width=picture.width, height=picture.height, concepts=concepts)
            )
            buffers += [file.getvalue(), local.astype("<u2").tobytes()]
        return messages.Pictures(pictures=pictures), buffers

    def ranges(self, asked: messages.RangesRequest) -> Later:
        """Explain the clusters of a unit's activations, from the highest down."""
        study, unit, of = self.study, asked.settings.unit, asked.of
        settings = of_cluster(self.table_settings(asked.settings), (of, of))

        def work(job: Job) -> Reply | None:
            where = self._where_ranges_lie(unit, of)
            if not where.ranges:
                return where
            job.tell(where)
            parts = [Cluster(place, of) for place in range(of, 0, -1)]
            last = None
            for firing, explanation in zip(
                parts, explanations_until(job, study, [unit], settings, parts), strict=False
            ):
                if last:
                    job.tell(last)
                last = self._range_formula(explanation, firing)
            return last

        return Later(work)

    def _where_ranges_lie(self, unit: int, of: int) -> messages.Ranges:
        maps = self.study.units.activations(unit)
        largest = float(max(maps.max(), 0.0))
        borders = clusters(maps, of)
        between = list(pairwise(borders)) if borders else []
        counts, _ = np.histogram(maps[maps > 0], _BINS, (0.0, largest or 1.0))
        limits = [
            messages.RangeLimits(number=number, low=low, high=finite(high))
            for number, (low, high) in enumerate(between, start=1)
        ]
        return messages.Ranges(unit=unit, ranges=limits[::-1], largest=largest, histogram=counts.tolist())

    def _range_formula(self, explanation: Explanation, firing: Cluster) -> messages.RangeFormula:
        best, study = explanation.best, self.study
        formula = best.formula if best else None
        active = int(study.activity(explanation.unit, firing).counts.by_signature().sum())
        return messages.RangeFormula(
            unit=explanation.unit,
            number=firing.number,
            share=active / study.table.positions,
            **formula_fields(study, formula),
            iou=best.overlap.iou if best else 0.0,
            detection_accuracy=best.overlap.precision if best else 0.0,
            activation_coverage=best.overlap.recall if best else 0.0,
            sample_coverage=study.sample_coverage(explanation, firing),
            proof=proof_state(explanation),
        )


# Every card asks for its settings, mostly for the same ones as the card before.
_settings = lru_cache(maxsize=16)(ExplanationSettings.of)


def of_cluster(settings: ExplanationSettings, cluster: Sequence[int]) -> ExplanationSettings:
    """The settings for one range of a unit's activations.

    Its quantile is the default one, which has no effect: a range has one explanation, the one that
    ``study.explain(unit, ranges=number)`` gives and stores.

    Parameters
    ----------
    cluster
        Number and how many there are, as in `Cluster`; empty leaves the settings as they are.
    """
    if not cluster:
        return settings
    if len(cluster) != 2:
        raise CompexpError(f"a cluster is empty or two numbers, such as [2, 5], not {list(cluster)!r:.60}")
    number, of = cluster
    usual = ExplanationSettings()
    return replace(
        settings, quantile=usual.quantile, threshold_on=usual.threshold_on, activation_range=Cluster(number, of)
    )


CONTRACT = Contract(
    "VisionExplorer",
    routes=(
        Route(Hello, VisionController.hello, (messages.VisionStudyMessage,)),
        Route(
            messages.CardRequest,
            VisionController.card,
            (messages.VisionCard, Proof),
            CARD,
            parts=(messages.VisionCard,),
            buffers="for each tile: the neuron's mask and the formula's, packed bits; the activation map, float32",
        ),
        Route(messages.EvidenceRequest, VisionController.evidence, (EvidenceMessage,), EVIDENCE),
        Route(messages.ExplainAll, VisionController.explain_all, (Done,)),
        Route(
            messages.RangesRequest,
            VisionController.ranges,
            (messages.Ranges, messages.RangeFormula),
            latest("ranges"),
            (messages.Ranges, messages.RangeFormula),
        ),
        Route(
            messages.PicturesRequest,
            VisionController.pictures,
            (messages.Pictures,),
            buffers="for each picture: a JPEG file; uint16 little-endian, one a position of the grid: which of the "
            "picture's own sets of concepts holds there",
        ),
    ),
    events=(Rows,),
    jobs=(TABLE,),
)
