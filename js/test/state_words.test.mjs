import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsWords } from "../../compexp_widgets/widgets/shared/page/firing/firing.js";
import { missingWords, shareWords, stateMeaning, stateSilence } from "../../compexp_widgets/widgets/shared/page/evidence/state_words.js";

test("every state but firing has a meaning", () => {
  assert.equal(stateMeaning("fires"), "");
  assert.equal(stateMeaning(undefined), "");
  for (const state of ["saturated", "silent", "constant", "not finite"]) assert.match(stateMeaning(state).toLowerCase(), new RegExp(`^${state}: `));
});

test("a unit whose state leaves nothing to explain says so, others do not", () => {
  assert.match(/** @type {string} */ (stateSilence({ unit: 3, state: "constant" }, "everywhere")), /^Unit 3 answers the same everywhere/);
  assert.match(/** @type {string} */ (stateSilence({ unit: 3, state: "not finite" }, "everywhere")), /not finite \(NaN/);
  assert.equal(stateSilence({ unit: 3, state: "silent" }, "everywhere"), null);
});

test("the table says why there is no formula", () => {
  assert.deepEqual(["silent", "constant", "not finite", "fires"].map(missingWords), [
    "silent: fires too rarely", "constant: never changes", "not finite: left out", "no concept fits",
  ]);
});

test("a small active share keeps two digits", () => {
  assert.deepEqual([0.00142, 0.005, 0.0251, 0.37, 1, 0, NaN].map(shareWords), [".14 %", ".5 %", "2.5 %", "37 %", "100 %", "0 %", "–"]);
});

test("a threshold that counts itself is told from one that does not", () => {
  assert.deepEqual([limitsWords(6, null), limitsWords(6, null, true), limitsWords(1, 2)], ["above 6.00", "from 6.00 on", "1.00 – 2.00"]);
});
