import assert from "node:assert/strict";
import { test } from "node:test";
import { movedPlace, pasteOf, patchIds, placementsOf, regionEdits, withEdit, withMoved, withoutEdit, withPlacement } from "../../compexp_widgets/widgets/paste_lab/page/stage/edit_list.js";

const BOX = { left: 1, top: 2, width: 3, height: 4, rotation: 0, flipped: false, opacity: 1 };
const IGLOO = pasteOf("p1", BOX);
const BOAT = pasteOf("p2", BOX);
const BLUE = { edit: "recolour", formula: "water", colour: [0, 0, 255], strength: 1 };
const GONE = { edit: "remove", formula: "window" };

test("a patch comes on top, a change of a region below all patches", () => {
  assert.deepEqual(withEdit([BLUE, IGLOO], BOAT), { edits: [BLUE, IGLOO, BOAT], place: 2 });
  assert.deepEqual(withEdit([BLUE, IGLOO], GONE), { edits: [BLUE, GONE, IGLOO], place: 1 });
});

test("an edit moves among its own kind only", () => {
  const edits = [BLUE, GONE, IGLOO, BOAT];
  assert.equal(movedPlace(edits, 0, 1), 1);
  assert.equal(movedPlace(edits, 1, 1), 1);
  assert.equal(movedPlace(edits, 2, -1), 2);
  assert.equal(movedPlace(edits, 3, 1), 3);
  assert.deepEqual(withMoved(edits, 3, 2), [BLUE, GONE, BOAT, IGLOO]);
  assert.deepEqual(withMoved(edits, 0, 1), [GONE, BLUE, IGLOO, BOAT]);
});

test("placing a patch elsewhere keeps what it is and the order", () => {
  const edits = withPlacement([BLUE, IGLOO], 1, { ...BOX, left: 9.6 });
  assert.deepEqual(edits, [BLUE, { ...IGLOO, left: 10 }]);
  assert.deepEqual(placementsOf(edits), [null, { ...BOX, left: 10 }]);
});

test("what is left out is gone, and each patch is named once", () => {
  assert.deepEqual(withoutEdit([BLUE, IGLOO], 0), [IGLOO]);
  assert.deepEqual(patchIds([IGLOO, BLUE, BOAT, IGLOO]), ["p1", "p2"]);
  assert.deepEqual(regionEdits([BLUE, IGLOO, GONE]), [BLUE, GONE]);
});
