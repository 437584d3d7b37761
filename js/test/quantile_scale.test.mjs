import assert from "node:assert/strict";
import { test } from "node:test";
import { clampQuantile, LARGEST, quantileAt, SMALLEST, stepOf, STEPS } from "../src/quantile_scale.js";

test("the slider's ends are the smallest and the largest quantile", () => {
  assert.equal(quantileAt(0), SMALLEST);
  assert.equal(quantileAt(STEPS), LARGEST);
});

test("every step to the right is a larger quantile", () => {
  for (let step = 1; step <= STEPS; step += 1) assert.ok(quantileAt(step) >= quantileAt(step - 1));
});

test("a quantile set from outside moves the slider to within a step of it", () => {
  for (let step = 0; step <= STEPS; step += 1) assert.ok(Math.abs(stepOf(quantileAt(step)) - step) <= 1);
});

test("quantiles beyond the slider go to its ends", () => {
  assert.equal(clampQuantile(0.5), LARGEST);
  assert.equal(stepOf(0.00001), 0);
});
