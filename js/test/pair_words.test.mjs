import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSigned } from "../../compexp_widgets/widgets/shared/page/elements/format.js";
import { verdictOn } from "../../compexp_widgets/widgets/shared/page/sentences/label_words.js";
import { missingFormula, nliColumns, searchable } from "../../compexp_widgets/widgets/nli_explorer/page/nli_columns.js";
import { numbersOf, silenceOf } from "../../compexp_widgets/widgets/nli_explorer/page/pair_words.js";

const CARD = { unit: 7, formula: { text: "" }, active: 0, pairs: 10000, max_activation: 0, threshold: 0, min_active: 500, silent: true };

test("a unit without a formula says why", () => {
  assert.match(silenceOf(CARD), /never fires on these pairs/);
  assert.match(silenceOf({ ...CARD, active: 31 }), /fires on 31 pairs of 10,000, fewer than the 500/);
  assert.match(silenceOf({ ...CARD, active: 900, silent: false }), /No concept holds/);
  assert.equal(silenceOf({ ...CARD, active: 31, formula: { text: "hyp:tok:man" } }), null);
});

test("the table says the same in few words, and finds silent units", () => {
  assert.equal(missingFormula(null), "not explained yet");
  assert.equal(missingFormula({ active: 0, silent: true }), "never fires");
  assert.equal(missingFormula({ active: 3, silent: true }), "silent: fires too rarely");
  assert.equal(missingFormula({ active: 900, silent: false }), "no concept fits");
  assert.match(searchable({ unit: 0, row: { formula: "", silent: true } }), /^0 silent/);
});

test("what is counted is said with the threshold", () => {
  const scores = { active: 500, holds: 400, both: 300 };
  const words = numbersOf({ scores, threshold: 1.5, pairs: 1000, settings: { firing: "largest", quantile: 0.5 } });
  assert.equal(words, "Fires above 1.50, on its strongest 50 %: on 500 pairs of 1,000 (50 %). The formula holds for 400; both for 300.");
});

test("the file has the weights where the layer has them", () => {
  const entry = { unit: 1, row: { formula: "a", iou: 0.5, silent: false }, stale: false };
  assert.deepEqual(nliColumns(null).csvHeader.length, nliColumns(null).csvRow(entry).length);
  const withWeights = nliColumns([[0, 1], [0, 2], [0, 3]]);
  assert.deepEqual(withWeights.csvHeader.slice(-3), ["weight_entailment", "weight_neutral", "weight_contradiction"]);
  assert.deepEqual(withWeights.csvRow(entry).slice(-3), [1, 2, 3]);
});

test("gold and predicted labels are told in words", () => {
  assert.equal(verdictOn(0, 0), "people and the network say entailment");
  assert.equal(verdictOn(2, 1), "people say contradiction, the network neutral");
  assert.equal(verdictOn(-1, 1), "people did not agree; the network says neutral");
});

test("weights have their sign", () => {
  assert.deepEqual([1.2, -0.341, 0.001, NaN].map(formatSigned), ["+1.20", "−.34", ".00", "–"]);
});
