import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, cellIndex, cellPlacement, cellWords, probabilityColour } from "../../compexp_widgets/widgets/paste_lab/page/evaluation/sweep_grid.js";

const SWEEP = { lefts: [-50, 0, 50], tops: [0, 40], sizes: [73, 112], outcomes: "fffsp", target: [0.1, 0.1, 0.2, 0.61, 0.3] };

test("sizes are outermost and lefts innermost", () => {
  assert.equal(cellIndex(SWEEP, 0, 0, 2), 2);
  assert.equal(cellIndex(SWEEP, 0, 1, 0), 3);
  assert.equal(cellIndex(SWEEP, 1, 1, 2), 11);
});

test("a cell says where it is, how it went and how likely the wanted class is", () => {
  assert.equal(cellWords(SWEEP, 0, 1, 0, "clean room"), "73 pixels large at x −50, y 40: success, clean room 61 %");
  assert.equal(cellWords(SWEEP, 1, 0, 0, "clean room"), "112 pixels large at x −50, y 0: not tried yet");
  assert.deepEqual(cellAt(SWEEP, 4), { outcome: "p", probability: 0.3 });
});

test("a cell puts the patch there with its longer side of the cell's size, turned and faded as it was", () => {
  const placement = { left: 9, top: 9, width: 10, height: 10, rotation: 30, flipped: true, opacity: 0.5 };
  const there = { left: 50, top: 40, width: 56, height: 112, rotation: 30, flipped: true, opacity: 0.5 };
  assert.deepEqual(cellPlacement(SWEEP, 1, 1, 2, placement, { width: 20, height: 40 }), there);
});

test("likelier is lighter, and marks are dark on light cells", () => {
  assert.deepEqual(probabilityColour(0), { fill: "rgb(0, 34, 78)", dark: true });
  assert.deepEqual(probabilityColour(1), { fill: "rgb(254, 232, 56)", dark: false });
  assert.equal(probabilityColour(2).fill, probabilityColour(1).fill);
});
