import assert from "node:assert/strict";
import { test } from "node:test";
import { changed } from "../../compexp_widgets/widgets/paste_lab/page/stage/placement_bar.js";

const BOX = { left: 10, top: 20, width: 60, height: 30, rotation: 0, flipped: false, opacity: 1 };

test("a width that is typed takes the height along, a height stands alone", () => {
  assert.deepEqual(changed(BOX, "width", 120), { ...BOX, width: 120, height: 60 });
  assert.deepEqual(changed(BOX, "height", 90), { ...BOX, height: 90 });
});

test("a rotation that is typed is brought between −180 and 180", () => {
  assert.equal(changed(BOX, "rotation", 270).rotation, -90);
});
