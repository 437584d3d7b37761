import assert from "node:assert/strict";
import { test } from "node:test";
import { labelShares } from "../../compexp_widgets/widgets/nli_explorer/page/label_panel.js";

test("shares of gold labels leave out the pairs without one, shares of predictions do not", () => {
  const shares = labelShares([[3, 1, 0], [0, 2, 0], [0, 1, 1], [0, 0, 2]]);
  assert.equal(shares.total, 10);
  assert.deepEqual(shares.gold, [0.5, 0.25, 0.25]);
  assert.deepEqual(shares.predicted, [0.3, 0.4, 0.3]);
  assert.equal(shares.accuracy, 6 / 8);
});

test("of no pairs there are no shares", () => {
  const shares = labelShares([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]);
  assert.equal(shares.total, 0);
  assert.ok(shares.gold.every(Number.isNaN) && Number.isNaN(shares.accuracy));
});
