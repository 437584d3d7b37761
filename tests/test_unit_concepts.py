"""Every concept alone against a unit, for pictures and for sentence pairs."""

import pytest
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.progress import silent


@pytest.fixture(scope="module")
def pair_study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    study = cw.dissect(tiny_pair_network(), "1", tiny_pairs(), folder, concepts=CONCEPTS, report=silent)
    yield study
    study.close()


def test_concepts_are_scored_as_formulas_of_one_concept_best_first(tiny_study, pair_study):
    for unit in (next(unit for unit in study if unit.formula) for study in (tiny_study, pair_study)):
        frame = unit.concepts()
        assert sorted(frame.index) == sorted(str(leaf) for leaf in unit.study.table.leaves)
        assert frame["iou"].is_monotonic_decreasing
        assert frame["iou"].iloc[0] > 0
        for leaf in unit.study.table.leaves:
            row, alone = frame.loc[str(leaf)], unit.overlap(leaf)
            assert [row["iou"], row["precision"], row["recall"]] == [alone.iou, alone.precision, alone.recall]
            assert row["positions"] == alone.formula_count


def test_concepts_are_listed_of_some_categories_alone(tiny_study):
    unit = tiny_study[0]
    everything = unit.concepts()
    objects = unit.concepts(only="object")
    assert set(objects["category"]) == {"object"}
    assert list(objects.index) == list(everything.index[everything["category"] == "object"])
    assert objects.index[0] not in unit.concepts(exclude=objects.index[0]).index
    with pytest.raises(cw.CompexpError, match="'objects' is neither a concept nor a category"):
        unit.concepts(only="objects")
