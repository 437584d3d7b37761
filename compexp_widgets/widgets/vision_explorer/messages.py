"""What VisionExplorer's page asks and what it is answered: studies, cards and pictures as messages with buffers.

A message is a JSON-able dictionary and a list of binary buffers. Names and formulas come from data sets: they are sent
as text, and the page shows them as text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from compexp_widgets.analysis.gallery import GALLERIES, galleries
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula
from compexp_widgets.search import METRICS, OPERATORS, Overlap
from compexp_widgets.signatures.activation_ranges import Cluster, Limits, QuantileRange
from compexp_widgets.study import Explanation, ExplanationSettings, VisionStudy
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.shared.explanation_messages import (
    Message,
    by_length_message,
    certificate_message,
    chosen_formulas,
    finite,
    firing_message,
    formula_message,
    leaves_message,
    proof_of,
    scores_message,
    searched_message,
    settings_label,
)

# The longest side of a picture as it is sent: twice the size of a tile, for dense screens.
PICTURE_SIZE = 448


@dataclass(frozen=True)
class CardRequest:
    """What the page wants to see of one unit.

    Attributes
    ----------
    unit
        Number of the unit.
    settings
        How it is explained.
    formula_text
        A formula written by hand; empty for the one that the search finds.
    switched_off
        Leaves that are left out of the formula, counted from the left.
    gallery
        Which images: one of `GALLERIES`.
    tiles
        How many images.
    """

    unit: int
    settings: ExplanationSettings
    formula_text: str = ""
    switched_off: tuple[int, ...] = ()
    gallery: str = "fires"
    tiles: int = 12

    @classmethod
    def from_page(cls, content: PageRequest) -> CardRequest:
        """Read a request as the page sends it.

        Raises
        ------
        CompexpError
            When a value is missing or out of range.
        """
        try:
            asked = content.fields("settings")
            request = cls(
                asked.number("unit"),
                settings_from_page(asked),
                str(asked.get("formula_text") or ""),
                tuple(sorted({int(leaf) for leaf in asked.get("switched_off") or ()})),
                str(asked.get("gallery") or "fires"),
                min(max(int(content.get("tiles", 12)), 0), 60),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CompexpError(f"the page sent a request that cannot be read: {error!r}") from error
        if request.gallery not in GALLERIES:
            raise CompexpError(f"no gallery {request.gallery!r}; there are {', '.join(GALLERIES)}")
        return request


def settings_from_page(asked: dict[str, Any], *, with_cluster: bool = True) -> ExplanationSettings:
    """The settings of an explanation, as the page names them; without the cluster for what is not about one unit."""
    settings = ExplanationSettings.of(
        quantile=float(asked["quantile"]),
        threshold_on=asked.get("threshold_on") or "map",
        exclude=tuple(asked.get("excluded_categories") or ()),
        beam_size=int(asked["beam_size"]),
        max_length=int(asked["max_length"]),
        operators=tuple(asked["operators"]),
        metric=asked["metric"],
    )
    return of_cluster(settings, [int(number) for number in asked.get("cluster") or ()]) if with_cluster else settings


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
    number, of = cluster
    usual = ExplanationSettings()
    return replace(
        settings, quantile=usual.quantile, threshold_on=usual.threshold_on, activation_range=Cluster(number, of)
    )


def study_message(study: VisionStudy, settings: ExplanationSettings, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The study's title, its concepts, and the rows of the unit table that are known."""
    about = study.configuration
    return {
        "type": "study",
        "title": f"{about.network} · {about.layer}",
        "certificate": certificate_message(study),
        "subtitle": f"{study.dataset.folder.name} · {len(study.dataset):,} images · {len(study.table.concepts):,} "
        f"concepts · {study.table.positions:,} positions · {len(study.table):,} signatures",
        "units": list(range(study.units.count)),
        "unit_names": list(about.unit_names),
        "concepts": [{"name": concept.name, "category": concept.category} for concept in study.dataset.concepts],
        "categories": list(dict.fromkeys(concept.category for concept in study.dataset.concepts)),
        "classes": list(about.class_names),
        "grid": list(study.dataset.grid),
        "operators": list(OPERATORS),
        "metrics": list(METRICS),
        "defaults": {
            "quantile": settings.quantile,
            "threshold_on": settings.threshold_on,
            "max_length": settings.search.max_length,
            "beam_size": settings.search.beam_size,
            "operators": list(settings.search.operators),
            "metric": settings.search.metric,
        },
        "table_label": vision_label(settings),
        "rows": rows,
    }


def vision_label(settings: ExplanationSettings) -> str:
    """The settings in a few words, for a heading."""
    return settings_label(str(QuantileRange(settings.quantile, on=settings.threshold_on)), settings)


def card_message(
    study: VisionStudy, request: CardRequest, explanation: Explanation, *, searching: bool = False
) -> Message:
    """The card of one unit: its formula, scores, best formulas by length, and the tiles of one gallery.

    Buffers, for each tile: the neuron's mask and the formula's, packed bits, and the activation map, float32.

    Parameters
    ----------
    explanation
        What is found so far.
    searching
        Whether more is searched for.
    """
    activity = study.activity(request.unit, request.settings.firing)
    formula, shown = chosen_formulas(study, request, explanation)
    active = activity.counts.by_signature()

    def overlap(part: Formula | None) -> Overlap:
        if part is None:
            return Overlap(int(active.sum()), 0, 0)
        return study.overlap(part, request.unit, request.settings.firing)

    ranked = galleries(study, request.unit, activity, shown)
    images = ranked[request.gallery][: request.tiles]  # type: ignore[index]
    tiles, buffers = _tiles(study, request.unit, activity.limits, shown, images)
    message = {
        "type": "card",
        "unit": request.unit,
        **firing_message(explanation),
        "upper_limit": finite(explanation.upper_limit),
        "active_positions": int(active.sum()),
        "active_images": len(ranked["fires"]),
        "max_activation": finite(activity.extent[1]),
        "proof": proof_of(explanation, searching=searching),
        "formula": {
            **formula_message(study, formula),
            "edited": bool(request.formula_text),
            "length": len(formula or ()),
        },
        "shown": {"text": str(shown) if shown else ""},
        "scores": scores_message(overlap(shown)),
        "searched": searched_message(study, explanation),
        "by_length": by_length_message(study, explanation),
        "leaves": leaves_message(study, formula, overlap) if formula else [],
        "map_shape": list(study.units.maps.shape[2:]),
        "gallery": request.gallery,
        "gallery_counts": {name: len(found) for name, found in ranked.items()},
        "tiles": tiles,
    }
    return message, buffers


def pictures_message(study: VisionStudy, images: list[int]) -> Message:
    """Pictures with what their positions are labelled.

    Buffers, for each picture: a JPEG, and uint16 little-endian, one a position of the grid: which of the picture's own
    concept sets holds there, as a key of ``concepts``.
    """
    pictures, buffers = [], []
    for index in images:
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
        pictures.append({"image": index, "width": picture.width, "height": picture.height, "concepts": concepts})
        buffers += [file.getvalue(), local.astype("<u2").tobytes()]
    return {"type": "pictures", "pictures": pictures}, buffers


def _tiles(
    study: VisionStudy, unit: int, limits: Limits, formula: Formula | None, images: np.ndarray
) -> tuple[list[dict[str, Any]], list[bytes]]:
    neuron = study.units.active_mask(unit, limits, images)
    holds = study.formula_mask(formula, images) if formula else np.zeros_like(neuron)
    maps = study.units.maps_of(unit)[images]
    tiles: list[dict[str, Any]] = []
    buffers: list[bytes] = []
    for index, fires, formula_mask, activation in zip(images.tolist(), neuron, holds, maps, strict=True):
        image = study.dataset.images[index]
        whole = [study.dataset.concepts[concept] for concept in image.whole]
        tiles.append(
            {
                "image": index,
                "name": image.name,
                "split": image.split,
                "scene": next((concept.name for concept in whole if concept.category == "scene"), ""),
                "peak": finite(float(activation.max())),
                "neuron": int(fires.sum()),
                "formula": int(formula_mask.sum()),
                "both": int((fires & formula_mask).sum()),
            }
        )
        buffers += [
            np.packbits(fires).tobytes(),
            np.packbits(formula_mask).tobytes(),
            activation.astype("<f4").tobytes(),
        ]
    return tiles, buffers
