import assert from "node:assert/strict";
import { test } from "node:test";

import { barHeights, barsWithin } from "../../compexp_widgets/widgets/shared/page/firing/activation_bar.js";

test("bars grow with the logarithm of their counts, and one that is not empty can be seen", () => {
  const heights = barHeights([9999, 99, 1, 0], 20);
  assert.equal(heights[0], 20);
  assert.ok(Math.abs(heights[1] - 10) < 0.01);
  assert.equal(heights[2], 1.5051499783199058);
  assert.equal(heights[3], 0);
});

test("no activations give no bars", () => {
  assert.deepEqual(barHeights([0, 0], 20), [0, 0]);
});

test("a bar lies in a range by its part that does", () => {
  assert.deepEqual(barsWithin(4, 8, 2, 5), [0, 1, 0.5, 0]);
  assert.deepEqual(barsWithin(4, 8, 5, null), [0, 0, 0.5, 1]);
  assert.deepEqual(barsWithin(2, 0, 0, null), [0, 0]);
});
