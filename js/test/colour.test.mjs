import assert from "node:assert/strict";
import { test } from "node:test";
import { heatColour, heatOpacity } from "../../compexp_widgets/widgets/shared/page/elements/colour.js";

const lightness = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

test("the heat ramp gets lighter all the way", () => {
  for (let step = 1; step <= 100; step += 1) {
    assert.ok(lightness(heatColour(step / 100)) >= lightness(heatColour((step - 1) / 100)) - 1, `step ${step}`);
  }
});

test("values outside the ramp have the colour of its ends", () => {
  assert.deepEqual(heatColour(-1), heatColour(0));
  assert.deepEqual(heatColour(7), heatColour(1));
  assert.deepEqual(heatColour(Number.NaN), heatColour(0));
});

test("where the unit is silent the picture shows unchanged", () => {
  assert.equal(heatOpacity(0), 0);
  assert.equal(heatOpacity(-3), 0);
  assert.ok(heatOpacity(1) < 1);
});
