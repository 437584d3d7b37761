import assert from "node:assert/strict";
import { test } from "node:test";

import { firingWords, limitsWords, rangeName } from "../../compexp_widgets/widgets/shared/page/firing/firing.js";
import { rangeFigures } from "../../compexp_widgets/widgets/shared/page/firing/range_list.js";

test("activations that count are told by their limits", () => {
  assert.equal(limitsWords(0.64, 1.394), "0.64 – 1.39");
  assert.equal(limitsWords(6.543, null), "above 6.54");
  assert.equal(limitsWords(null, null), "none");
});

test("a neuron fires, an activation lies in a range", () => {
  assert.equal(firingWords([]).clause, "the neuron fires");
  assert.equal(firingWords([2, 5]).clause, "the activation lies in the range");
  assert.equal(rangeName([2, 5]), "range 2 of 5");
});

test("the figures of a range have the field's names", () => {
  const row = { share: 0.048, detection_accuracy: 0.412, activation_coverage: 0.33, sample_coverage: 0.7 };
  const figures = rangeFigures(row);
  assert.deepEqual(figures.map(({ label, number }) => `${label} ${number}`), ["share 4.8 %", "accuracy .412", "recall .330", "pictures .700"]);
  assert.match(figures[1].explanation, /^Detection accuracy .412: .* 41 %/);
  assert.match(figures[2].explanation, /^Activation coverage/);
  assert.match(figures[3].explanation, /^Sample coverage/);
});
