import assert from "node:assert/strict";
import { test } from "node:test";
import { clampQuantile, OF_PAIRS, OF_POSITIONS, quantileAt, stepOf, STEPS } from "../../compexp_widgets/widgets/shared/page/firing/quantile_field.js";

for (const [name, scale] of Object.entries({ positions: OF_POSITIONS, pairs: OF_PAIRS })) {
  test(`the slider's ends are the smallest and the largest quantile of ${name}`, () => {
    assert.equal(quantileAt(0, scale), scale.smallest);
    assert.equal(quantileAt(STEPS, scale), scale.largest);
  });

  test(`every step to the right is a larger quantile of ${name}`, () => {
    for (let step = 1; step <= STEPS; step += 1) assert.ok(quantileAt(step, scale) >= quantileAt(step - 1, scale));
  });

  test(`a quantile of ${name} set from outside moves the slider to within a step of it`, () => {
    for (let step = 0; step <= STEPS; step += 1) assert.ok(Math.abs(stepOf(quantileAt(step, scale), scale) - step) <= 1);
  });
}

test("quantiles beyond the slider go to its ends", () => {
  assert.equal(clampQuantile(0.5, OF_POSITIONS), OF_POSITIONS.largest);
  assert.equal(stepOf(0.00001, OF_POSITIONS), 0);
});
