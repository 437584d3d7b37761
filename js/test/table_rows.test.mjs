import assert from "node:assert/strict";
import { test } from "node:test";
import { filterRows, moveSelection, sortRows, visibleSpan } from "../../compexp_widgets/widgets/shared/page/table/table_rows.js";
import { csvRow, searchableText } from "../../compexp_widgets/widgets/vision_explorer/page/vision_columns.js";

const rows = [
  { unit: 3, row: { formula: "water OR river", single: "water", iou: 0.2 } },
  { unit: 17, row: { formula: "sky AND NOT blue-c", single: "sky", iou: 0.4 } },
  { unit: 5, row: null },
  { unit: 8, row: { formula: "Underwater", single: "fish", iou: 0.2 } },
];
const units = (list) => list.map(({ unit }) => unit);

test("the filter finds concepts anywhere, whatever their case", () => {
  assert.deepEqual(units(filterRows(rows, "WATER", searchableText)), [3, 8]);
});

test("every word of the filter has to occur", () => {
  assert.deepEqual(units(filterRows(rows, "river water", searchableText)), [3]);
});

test("a unit is also found by its number, and a blank filter shows all", () => {
  assert.deepEqual(units(filterRows(rows, "17", searchableText)), [17]);
  assert.equal(filterRows(rows, "  ", searchableText).length, 4);
});

test("rows without a value come last in both directions, ties keep their order", () => {
  const iou = ({ row }) => row?.iou;
  assert.deepEqual(units(sortRows(rows, iou, "descending")), [17, 3, 8, 5]);
  assert.deepEqual(units(sortRows(rows, iou, "ascending")), [3, 8, 17, 5]);
});

test("sorting leaves the rows it was given alone", () => {
  const before = [...rows];
  sortRows(rows, ({ unit }) => unit, "ascending");
  assert.deepEqual(rows, before);
});

test("the drawn span covers the view and stays inside the list", () => {
  assert.deepEqual(visibleSpan(0, 320, 32, 512), { first: 0, end: 16 });
  assert.deepEqual(visibleSpan(3200, 320, 32, 512), { first: 94, end: 116 });
  assert.deepEqual(visibleSpan(99999, 320, 32, 5), { first: 5, end: 5 });
});

test("keys move the selection and stop at the ends", () => {
  assert.equal(moveSelection("ArrowDown", 4, 6, 3), 5);
  assert.equal(moveSelection("ArrowDown", 5, 6, 3), 5);
  assert.equal(moveSelection("PageUp", 1, 6, 3), 0);
  assert.equal(moveSelection("End", -1, 6, 3), 5);
  assert.equal(moveSelection("ArrowDown", -1, 6, 3), 0);
});

test("other keys, and an empty list, move nothing", () => {
  assert.equal(moveSelection("x", 0, 6, 3), null);
  assert.equal(moveSelection("ArrowDown", -1, 0, 3), null);
});

test("an exported row has a cell for every column", () => {
  assert.deepEqual(csvRow(rows[0]), [3, "water OR river", 0.2, null, null, null, null, null, null, "water"]);
});
