import assert from "node:assert/strict";
import { test } from "node:test";

import { evidenceWords } from "../src/evidence_words.js";

const ANSWER = {
  found: true,
  p_value: 0.01,
  samples: 99,
  null_mean: 0.09,
  held_out: { text: "bear OR cat", searched_iou: 0.2, held_out_iou: 0.15 },
  interval: [0.1, 0.3],
};

test("evidence is told as p-value, held-out IoU and interval", () => {
  const words = evidenceWords(ANSWER);
  assert.deepEqual(words.map(({ text }) => text), ["p .010", "held out .150", "95 % .100 – .300"]);
  assert.match(words[0].explanation, /run 99 times .* none of them did as well/);
  assert.match(words[1].explanation, /bear OR cat with IoU \.200/);
});

test("what luck does as well is counted", () => {
  assert.match(evidenceWords({ ...ANSWER, p_value: 0.25 })[0].explanation, /24 of them did as well/);
});

test("a unit without a formula has nothing to test", () => {
  assert.equal(evidenceWords({ found: false })[0].text, "nothing to test");
});

test("a search that finds nothing in one part says so", () => {
  const held_out = { text: "", searched_iou: 0, held_out_iou: 0 };
  assert.match(evidenceWords({ ...ANSWER, held_out })[1].explanation, /no concept overlaps/);
});
