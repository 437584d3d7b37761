"""How often every concept occurs in an annotated image set, counted in one pass over its labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.concept import COLOUR_CATEGORY, Concept


@dataclass(frozen=True)
class ConceptCounts:
    """What was counted.

    Attributes
    ----------
    images
        int64, shape (concepts,): images in which each concept occurs.
    positions
        int64, shape (concepts,): positions at which it holds.
    largest
        int64, shape (concepts,): the image in which it holds at most positions, the first of equals; -1 for none.
    categories
        Every category, in the order of the concepts.
    category_images
        int64, shape (categories,): images with a concept of the category.
    category_positions
        int64, shape (categories,): positions with at least one concept of the category.
    labelled
        int64, shape (images of the set,): positions of each image where some layer names what is there. Colours, which
        any picture has, and whole-image concepts do not count.
    any_label
        bool, shape (images of the set,): whether an image has any label, colours aside.
    """

    images: NDArray[np.int64]
    positions: NDArray[np.int64]
    largest: NDArray[np.int64]
    categories: tuple[str, ...]
    category_images: NDArray[np.int64]
    category_positions: NDArray[np.int64]
    labelled: NDArray[np.int64]
    any_label: NDArray[np.bool_]


def count_concepts(
    concepts: Sequence[Concept], images: Iterable[tuple[NDArray[np.int32], int]], count: int
) -> ConceptCounts:
    """Count every concept over images, one after another.

    Parameters
    ----------
    concepts
        The concepts.
    images
        For each image its labels, int32, shape (layers, height, width), concept indices or -1, and how many of the last
        layers are concepts of the whole image.
    count
        How many images there are.
    """
    categories = tuple(dict.fromkeys(concept.category for concept in concepts))
    category_of = np.array([categories.index(concept.category) for concept in concepts], np.int64)
    colour = categories.index(COLOUR_CATEGORY) if COLOUR_CATEGORY in categories else -1
    in_images, at_positions, most = (np.zeros(len(concepts), np.int64) for _ in range(3))
    largest = np.full(len(concepts), -1, np.int64)
    category_images, category_positions = (np.zeros(len(categories), np.int64) for _ in range(2))
    labelled = np.zeros(count, np.int64)
    any_label = np.zeros(count, np.bool_)
    for image, (layers, whole) in enumerate(images):
        flat = layers.reshape(len(layers), layers.shape[1] * layers.shape[2])  # also where there is no layer
        areas = _areas(flat, len(concepts))
        present = np.flatnonzero(areas)
        in_images[present] += 1
        at_positions += areas
        record = areas > most
        largest[record] = image
        most[record] = areas[record]
        named = np.zeros(flat.shape[1], np.bool_)
        covered = np.zeros((len(categories), flat.shape[1]), np.bool_)
        for place, layer in enumerate(flat):
            where = np.flatnonzero(layer >= 0)
            kinds = category_of[layer[where]]
            covered[kinds, where] = True
            if place < len(flat) - whole:
                named[where[kinds != colour]] = True
        category_positions += covered.sum(axis=1)
        category_images += covered.any(axis=1)
        labelled[image] = named.sum()
        any_label[image] = bool((category_of[present] != colour).any())
    return ConceptCounts(
        in_images, at_positions, largest, categories, category_images, category_positions, labelled, any_label
    )


def _areas(flat: NDArray[np.int32], concepts: int) -> NDArray[np.int64]:
    """Positions at which each concept holds; one that stands in several layers of a position counts once."""
    areas = np.zeros(concepts, np.int64)
    seen = np.zeros(concepts, np.bool_)
    twice: set[int] = set()
    for layer in flat:
        counts = np.bincount(layer[layer >= 0], minlength=concepts)
        twice.update(np.flatnonzero(seen & (counts > 0)).tolist())
        seen |= counts > 0
        areas += counts
    for concept in twice:
        areas[concept] = int((flat == concept).any(axis=0).sum())
    return areas
