import assert from "node:assert/strict";
import { test } from "node:test";

import { evidenceNotes as notesOf, formatProbability, verdict } from "../../compexp_widgets/widgets/shared/page/evidence/evidence_words.js";
import { PAIRS, PICTURES } from "../../compexp_widgets/widgets/shared/page/explorer/subject_words.js";

const evidenceNotes = (answer) => notesOf(answer, PICTURES);

const ANSWER = {
  found: true,
  p_value: 0.01,
  q_value: null,
  samples: 99,
  exceedances: 0,
  null_mean: 0.09,
  held_out: { text: "bear OR cat", searched_iou: 0.2, held_out_iou: 0.15 },
  interval: [0.1, 0.3],
};

test("evidence is told as p-value, held-out IoU and interval", () => {
  const notes = evidenceNotes(ANSWER);
  assert.deepEqual(notes.map(({ label, number }) => [label, number]), [["p-value", ".01"], ["held out", ".150"], ["interval", ".100 – .300"]]);
  assert.match(notes[0].sentence, /^None of 99 searches in shuffled pictures does as well/);
  assert.match(notes[1].sentence, /bear OR cat, IoU \.200/);
});

test("what luck does as well is counted", () => {
  assert.match(evidenceNotes({ ...ANSWER, p_value: 0.02, exceedances: 1 })[0].sentence, /^1 of 99 searches in shuffled pictures does/);
  assert.match(evidenceNotes({ ...ANSWER, p_value: 0.25, exceedances: 24 })[0].sentence, /^24 of 99 searches in shuffled pictures do /);
});

test("the verdict goes by the p-value, or by the q-value where it is known", () => {
  assert.equal(verdict(ANSWER), "More than luck: p is .01, below the usual .05.");
  assert.equal(verdict({ ...ANSWER, p_value: 0.25 }), "It may be luck: p is .25, above the usual .05.");
  assert.equal(verdict({ ...ANSWER, q_value: 0.06 }), "It may be luck: q is .06, above the usual .05.");
  assert.deepEqual(evidenceNotes({ ...ANSWER, q_value: 0.06 }).map(({ label }) => label), ["p-value", "q-value", "held out", "interval"]);
});

test("a unit without a formula has nothing to test", () => {
  assert.match(verdict({ found: false }), /^Nothing to test/);
  assert.deepEqual(evidenceNotes({ found: false }), []);
});

test("a search that finds nothing in one part says so", () => {
  const held_out = { text: "", searched_iou: 0, held_out_iou: 0 };
  assert.match(evidenceNotes({ ...ANSWER, held_out })[1].sentence, /no concept overlaps/);
});

test("probabilities are written short", () => {
  assert.deepEqual([0.01, 0.011, 0.001, 0.0001, 1, 0.25].map(formatProbability), [".01", ".011", ".001", "under .001", "1.00", ".25"]);
});

test("the words are those of the data", () => {
  assert.match(notesOf(ANSWER, PAIRS)[0].sentence, /^None of 99 searches in shuffled pairs does as well/);
});
