import assert from "node:assert/strict";
import { test } from "node:test";
import { changedFormulas, classRows, isReached, regionOutlines, unitOutlines } from "../../compexp_widgets/widgets/paste_lab/page/responses/response.js";

const NAMES = ["corridor", "clean room", "street", "pantry"];
const RESPONSE = {
  original: 0,
  before: { predicted: 0, probabilities: [0.9, 0.02, 0.05, 0.03] },
  after: { predicted: 1, probabilities: [0.1, 0.6, 0.25, 0.05] },
};

test("the likeliest of either and the wanted class are listed, the likeliest now first", () => {
  const rows = classRows(RESPONSE, NAMES, 3, 1);
  assert.deepEqual(rows.map(({ name }) => name), ["clean room", "corridor", "pantry"]);
  assert.deepEqual(rows[0], { index: 1, name: "clean room", before: 0.02, after: 0.6, original: false, predicted: true, wanted: false });
  assert.ok(rows[1].original && rows[2].wanted);
});

test("a class without a name is told by its number", () => {
  assert.equal(classRows(RESPONSE, [], -1, 1)[0].name, "class 1");
});

test("the wanted class is reached when it is predicted now and was not before; any other will do where none is named", () => {
  assert.ok(isReached(RESPONSE, 1));
  assert.ok(!isReached(RESPONSE, 2));
  assert.ok(isReached(RESPONSE, -1));
  assert.ok(!isReached({ original: 1, after: { predicted: 1 } }, 1));
  assert.ok(!isReached({ original: 1, after: { predicted: 1 } }, -1));
});

test("each unit has the outline of where it fired and of where it fires", () => {
  const bits = (...bytes) => new DataView(Uint8Array.from(bytes).buffer);
  const outlines = unitOutlines({ units: [{ unit: 8 }] }, [bits(0b10000000), bits(0b11110000)], [2, 2]).get(8);
  assert.equal(outlines.formula.length, 1);
  assert.deepEqual(outlines.formula, outlines.both);
  assert.notDeepEqual(outlines.neuron, outlines.formula);
  assert.throws(() => unitOutlines({ units: [{ unit: 8 }] }, [bits(0)], [2, 2]), /1 of 2 masks/);
});

test("a region is outlined at the picture's size", () => {
  const { formula, neuron } = regionOutlines(new DataView(Uint8Array.from([0b11000000]).buffer), { width: 3, height: 1 });
  assert.equal(formula.length, 1);
  assert.deepEqual(Math.max(...formula[0].map(([x]) => x)), 2);
  assert.deepEqual(neuron, []);
});

test("a formula of several units is told once, with all of them", () => {
  const change = (unit, text) => ({ unit, formula: { text, tokens: [] }, before: 0, after: 0.1 });
  const changes = changedFormulas([change(8, "igloo"), change(3, "water"), change(32, "igloo")]);
  assert.deepEqual(changes.map(({ formula, units }) => [formula.text, units]), [["igloo", [8, 32]], ["water", [3]]]);
});
