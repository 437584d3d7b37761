import assert from "node:assert/strict";
import { test } from "node:test";
import { activationsOf, conceptsAt, decodePictures, decodeTiles, outlinesOf } from "../../compexp_widgets/widgets/shared/page/pictures/card.js";

const view = (typed) => new DataView(typed.buffer, typed.byteOffset, typed.byteLength);
const message = {
  map_shape: [1, 2],
  tiles: [{ image: 7, name: "a.jpg", split: "val", scene: "", peak: 2, neuron: 1, formula: 2, both: 1 }],
};
const buffers = () => [view(Uint8Array.of(0b10000000)), view(Uint8Array.of(0b11000000)), view(Float32Array.of(2, 0))];

test("a tile has its masks, its map and its counts", () => {
  const [tile] = decodeTiles(message, buffers(), [2, 2]);
  assert.deepEqual([...tile.neuron], [1, 0, 0, 0]);
  assert.deepEqual([...tile.formula], [1, 1, 0, 0]);
  assert.deepEqual([...tile.map], [2, 0]);
  assert.deepEqual(tile.counts, { neuron: 1, formula: 2, both: 1 });
});

test("a card with missing buffers is refused", () => {
  assert.throws(() => decodeTiles(message, buffers().slice(1), [2, 2]), /1 pictures, but 2 of 3 buffers/);
});

test("outlines and activations are computed once", () => {
  const [tile] = decodeTiles(message, buffers(), [2, 2]);
  assert.equal(outlinesOf(tile), outlinesOf(tile));
  assert.equal(outlinesOf(tile).both.length, 1);
  assert.deepEqual([...activationsOf(tile)], [2, 0, 2, 0]);
});

test("a picture's concepts are grouped by category, in the study's order", () => {
  const [picture] = decodePictures(
    { pictures: [{ image: 7, width: 4, height: 4, concepts: { 0: [], 1: [2, 0, 1] } }] },
    [view(Uint8Array.of(1, 2, 3)), view(Uint16Array.of(0, 1, 1, 0))],
    [2, 2],
  );
  const concepts = [
    { name: "water", category: "object" },
    { name: "blue", category: "colour" },
    { name: "boat", category: "object" },
  ];
  assert.deepEqual(conceptsAt(picture, 1, concepts, ["colour", "object"]), [
    { category: "colour", names: ["blue"] },
    { category: "object", names: ["boat", "water"] },
  ]);
  assert.deepEqual(conceptsAt(picture, 0, concepts, ["colour", "object"]), []);
});

test("pictures with missing buffers are refused", () => {
  assert.throws(() => decodePictures({ pictures: [{ image: 1 }] }, [], [2, 2]), /0 of 2 buffers/);
});
