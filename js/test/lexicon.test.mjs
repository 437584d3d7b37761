import assert from "node:assert/strict";
import { test } from "node:test";
import { clickWords, IN_FORMULA, ofKind, wordRows } from "../../compexp_widgets/widgets/nli_explorer/page/lexicon.js";

const CONCEPTS = [
  { name: "pre:tok:man", category: "premise token", side: "premise", kind: "token", count: 7 },
  { name: "oth:overlap:25", category: "overlap", side: "both", kind: "overlap", count: 3 },
];
const floats = (...values) => new DataView(new Float32Array(values).buffer);
const BUFFERS = [floats(0.5, 0.25), floats(1, 0), floats(0, 1), floats(0.125, -0.5), new DataView(new Int8Array([2, -1]).buffer)];

test("rows are put together from the kernel's columns", () => {
  const rows = wordRows(CONCEPTS, BUFFERS);
  assert.deepEqual(rows[0], { index: 0, ...CONCEPTS[0], iou: 0.5, precision: 1, recall: 0, change: 0.125, way: 2 });
  assert.equal(rows[1].way, IN_FORMULA);
});

test("columns that do not fit the concepts are refused", () => {
  assert.throws(() => wordRows(CONCEPTS, BUFFERS.slice(1)), RangeError);
  assert.throws(() => wordRows(CONCEPTS.slice(1), BUFFERS), RangeError);
});

test("rows are filtered by side and kind", () => {
  const rows = wordRows(CONCEPTS, BUFFERS);
  assert.deepEqual(ofKind(rows, "", "").length, 2);
  assert.deepEqual(ofKind(rows, "premise", "").map(({ index }) => index), [0]);
  assert.deepEqual(ofKind(rows, "", "overlap").map(({ index }) => index), [1]);
  assert.deepEqual(ofKind(rows, "premise", "overlap"), []);
});

test("a click is announced with what it does to the IoU", () => {
  const [other, inside] = wordRows(CONCEPTS, BUFFERS);
  const operators = ["OR", "AND", "AND NOT"];
  assert.equal(clickWords(other, operators, String), "Puts AND NOT pre:tok:man behind the formula: IoU 0.125");
  assert.equal(clickWords(inside, operators, String), "Takes oth:overlap:25 out of the formula: IoU 0.5");
});
