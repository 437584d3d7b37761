import assert from "node:assert/strict";
import test from "node:test";

import { csvHeader, csvRow, searchableText } from "../../compexp_widgets/widgets/vision_explorer/page/vision_columns.js";
import { unitTitle } from "../../compexp_widgets/widgets/shared/page/explorer/subject_words.js";

test("a unit with a name is called by its number and name", () => {
  assert.equal(unitTitle(1, ["one", "two and one"]), "unit 1 · two and one");
});

test("a unit without a name is called by its number", () => {
  assert.equal(unitTitle(3), "unit 3");
  assert.equal(unitTitle(3, []), "unit 3");
});

test("the filter finds a unit by its name, explained or not", () => {
  assert.match(searchableText({ unit: 1, name: "two and one", row: null, stale: false }), /two and one/);
});

test("the exported file has a column of names where there are names", () => {
  const entry = { unit: 1, name: "two and one", row: { formula: "water" }, stale: false };
  assert.deepEqual(csvHeader(true).slice(0, 3), ["unit", "name", "formula"]);
  assert.deepEqual(csvRow(entry, true).slice(0, 3), [1, "two and one", "water"]);
  assert.deepEqual(csvHeader(false).slice(0, 2), ["unit", "formula"]);
});
