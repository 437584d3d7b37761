"""Renaming, merging and leaving out concepts, against the labels themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_network import tiny_network

from compexp_widgets import with_colours
from compexp_widgets.data.images import Concept, SegmentationDataset
from compexp_widgets.errors import DataError, StudyError
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect, open_study


def where(dataset: SegmentationDataset, names: list[str]) -> np.ndarray:
    """bool, shape (images, height, width): where one of the concepts holds."""
    numbers = [dataset.concept_names.index(name) for name in names]
    return np.stack([np.isin(dataset.labels(image), numbers).any(axis=0) for image in range(8)])


def test_a_renamed_concept_holds_where_it_held(tiny_dataset: SegmentationDataset) -> None:
    renamed = tiny_dataset.renamed({"water": "<i>wasser</i>"})
    np.testing.assert_array_equal(where(renamed, ["<i>wasser</i>"]), where(tiny_dataset, ["water"]))
    assert renamed.concepts.index(Concept("<i>wasser</i>", "object")) == tiny_dataset.concept_names.index("water")


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_merged_concept_holds_where_one_of_its_members_did(
    tiny_dataset: SegmentationDataset, data: st.DataObject
) -> None:
    members = data.draw(st.lists(st.sampled_from(tiny_dataset.concept_names), min_size=1, unique=True))
    merged = tiny_dataset.merged({"all of them": members})
    np.testing.assert_array_equal(where(merged, ["all of them"]), where(tiny_dataset, members))
    for name in set(tiny_dataset.concept_names) - set(members):
        np.testing.assert_array_equal(where(merged, [name]), where(tiny_dataset, [name]))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_is_left_holds_where_it_held(tiny_dataset: SegmentationDataset, data: st.DataObject) -> None:
    names = tiny_dataset.concept_names
    kept = data.draw(st.sets(st.sampled_from(names), min_size=1))
    only = tiny_dataset.only(kept)
    assert only.concept_names == tuple(name for name in names if name in kept)
    assert only.fingerprint == tiny_dataset.without(set(names) - kept).fingerprint
    np.testing.assert_array_equal(where(only, sorted(kept)), where(tiny_dataset, sorted(kept)))


def test_rare_concepts_are_left_out_by_images_and_positions(tiny_dataset: SegmentationDataset) -> None:
    counts = tiny_dataset.counts(report=silent)
    images, positions = int(np.median(counts.images)), int(np.median(counts.positions))
    limited = tiny_dataset.limited(min_images=images, min_positions=positions, report=silent)
    frequent = (counts.images >= images) & (counts.positions >= positions)
    assert limited.concept_names == tuple(np.array(tiny_dataset.concept_names)[frequent])
    assert len(limited.concepts) < len(tiny_dataset.concepts)


def test_counts_are_those_of_the_labels(tiny_dataset: SegmentationDataset) -> None:
    counts = tiny_dataset.counts(report=silent)
    for place in range(len(tiny_dataset.concepts)):
        areas = [(tiny_dataset.labels(image) == place).any(axis=0).sum() for image in range(len(tiny_dataset))]
        assert counts.positions[place] == sum(areas)
        assert counts.images[place] == sum(area > 0 for area in areas)
        assert counts.largest[place] == (int(np.argmax(areas)) if any(areas) else -1)


def test_every_selection_has_a_fingerprint_of_its_own(tiny_dataset: SegmentationDataset) -> None:
    selections = [
        tiny_dataset,
        tiny_dataset.renamed({"water": "wine"}),
        tiny_dataset.merged({"water": ["water", "tree"]}),
        tiny_dataset.without(["water"]),
        tiny_dataset.without(["street-s"]),
    ]
    assert len({selection.fingerprint for selection in selections}) == len(selections)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (
            lambda d: d.only(["watre"]),
            "there is no concept 'watre' among the 19 of this data set. Close to it: 'water', 'tree'.",
        ),
        (lambda d: d.without(d.concept_names), "without(…) leaves no concept of 19."),
        (
            lambda d: d.limited(min_images=99, report=silent),
            "limited(min_images=99, min_positions=1) leaves no concept of 19.",
        ),
        (
            lambda d: d.renamed({"water": "tree"}),
            "'water' and 'tree' would both be called 'tree'. To make one concept of them, "
            "use merged({'tree': ['water', 'tree']}).",
        ),
        (
            lambda d: d.renamed({"water": ""}),
            "the concept 'water' cannot be renamed to '': a concept needs a name.",
        ),
        (
            lambda d: d.merged({"a": ["water"], "b": ["water"]}),
            "the concept 'water' cannot be merged into 'a' and 'b' both.",
        ),
        (lambda d: d.merged({"a": []}), "merged got 'a' with []: a merged concept needs a name and concepts."),
        (
            lambda d: d.merged({"tree": ["water"]}),
            "there is a concept 'tree' already. Merge it too, or give the merged concept another name.",
        ),
    ],
)
def test_a_selection_that_cannot_be_is_refused_with_these_words(
    tiny_dataset: SegmentationDataset, select: Callable[[SegmentationDataset], object], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        select(tiny_dataset)
    assert str(caught.value) == message


def test_a_study_of_selected_concepts_opens_with_the_same_selection_and_no_other(
    tiny_dataset: SegmentationDataset, tmp_path: Path
) -> None:
    selected = with_colours(tiny_dataset.without(["black-c", "blue-c", "green-c", "red-c"])).merged({"plant": ["tree"]})
    dissect(tiny_network(), "body.3", selected, tmp_path / "study", report=silent).close()
    for again in (open_study(tmp_path / "study"), open_study(tmp_path / "study", selected)):
        assert {"plant", "pink-c"} <= set(again.table.concepts)
        again.close()
    with pytest.raises(StudyError, match="are not those of the study"):
        open_study(tmp_path / "study", tiny_dataset.without(["water"]))
