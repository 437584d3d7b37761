import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cornerOf,
  CORNERS,
  covers,
  extentOf,
  inView,
  LARGEST,
  matrixOf,
  middleOf,
  moved,
  placedAt,
  resized,
  scaled,
  SMALLEST,
  tidied,
  turnedTo,
  turnedTowards,
  turningPoint,
  uppermostAt,
} from "../../compexp_widgets/widgets/paste_lab/page/stage/placement.js";

const PICTURE = { width: 224, height: 160 };
const BOX = { left: 40, top: 20, width: 60, height: 30, rotation: 0, flipped: false, opacity: 1 };
const OPPOSITE = { nw: "se", ne: "sw", se: "nw", sw: "ne" };
const TURNS = [0, 17, 90, 135, 180, -60];

const near = (one, other, slack = 1e-9) => {
  for (const key of Object.keys(other)) assert.ok(Math.abs(one[key] - other[key]) <= slack, `${key}: ${one[key]} is not ${other[key]}`);
};

test("a quarter turn is clockwise: the upper left corner comes to the upper right", () => {
  const turnedBox = { ...BOX, rotation: 90 };
  const { x, y } = middleOf(BOX);
  near(cornerOf(turnedBox, "nw"), { x: x + 15, y: y - 30 });
  near(extentOf(turnedBox), { left: x - 15, right: x + 15, top: y - 30, bottom: y + 30 });
});

test("a point is on a turned patch exactly when the turned-back point is on its box", () => {
  const turnedBox = { ...BOX, rotation: 90 };
  const { x, y } = middleOf(BOX);
  assert.ok(covers(turnedBox, { x, y: y + 29 }));
  assert.ok(!covers(turnedBox, { x: x + 29, y }));
  assert.ok(covers(turnedBox, { x: x + 18, y }, 4));
});

test("of patches that lie over each other the uppermost is grasped, and of what is no patch none", () => {
  const over = { ...BOX, left: 70 };
  assert.equal(uppermostAt([BOX, over], { x: 80, y: 30 }), 1);
  assert.equal(uppermostAt([BOX, over], { x: 45, y: 30 }), 0);
  assert.equal(uppermostAt([BOX, over], { x: 5, y: 5 }), -1);
  assert.equal(uppermostAt([null, null], { x: 80, y: 30 }), -1);
});

test("pulling a corner keeps the opposite corner, however the patch is turned", () => {
  for (const rotation of TURNS) {
    for (const corner of CORNERS) {
      for (const free of [false, true]) {
        const before = { ...BOX, rotation };
        const fixed = cornerOf(before, OPPOSITE[corner]);
        const after = resized(before, corner, { x: 133, y: 71 }, free);
        near(cornerOf(after, OPPOSITE[corner]), fixed, 1e-7);
        assert.equal(after.rotation, rotation);
      }
    }
  }
});

test("a corner that is pulled freely follows the pointer, where both sides stay large enough", () => {
  for (const rotation of TURNS) {
    const before = { ...BOX, rotation };
    const start = cornerOf(before, "se");
    const middle = middleOf(before);
    const target = { x: start.x + (start.x - middle.x) * 0.4, y: start.y + (start.y - middle.y) * 0.4 };
    near(cornerOf(resized(before, "se", target, true), "se"), target, 1e-7);
  }
});

test("pulling a corner keeps the ratio of the sides, unless it is freed", () => {
  const kept = resized(BOX, "se", { x: 160, y: 60 }, false);
  assert.ok(Math.abs(kept.width / kept.height - 2) < 1e-9);
  const free = resized(BOX, "se", { x: 160, y: 60 }, true);
  near(free, { left: 40, top: 20, width: 120, height: 40 });
});

test("a corner that is pulled across the opposite one stops at the smallest side", () => {
  const tiny = resized(BOX, "se", { x: -500, y: -500 }, true);
  near(tiny, { left: 40, top: 20, width: SMALLEST, height: SMALLEST });
  const kept = resized(BOX, "se", { x: -500, y: -500 }, false);
  near(kept, { width: 2 * SMALLEST, height: SMALLEST });
});

test("a patch grows about its middle, up to what the kernel takes", () => {
  near(middleOf(scaled(BOX, 1.5)), middleOf(BOX));
  near(scaled(BOX, 2), { width: 120, height: 60 });
  assert.equal(scaled(BOX, 1e6).width, LARGEST);
});

test("a patch that is smaller than the smallest side can grow, and does not shrink further", () => {
  const speck = { ...BOX, width: 2, height: 2 };
  assert.ok(scaled(speck, 3).width > 2);
  assert.equal(scaled(speck, 0.5).width, 2);
});

test("a patch turns towards the pointer, in steps when they are wanted", () => {
  const { x, y } = middleOf(BOX);
  assert.equal(turnedTowards(BOX, { x, y: y - 50 }).rotation, 0);
  near(turnedTowards(BOX, { x: x + 50, y }), { rotation: 90 });
  near(turnedTowards(BOX, { x, y: y + 50 }), { rotation: 180 });
  assert.equal(turnedTowards(BOX, { x: x + 50, y: y - 12 }, 15).rotation, 75);
});

test("dragging the turning handle nowhere turns nothing", () => {
  for (const rotation of TURNS) {
    const box = { ...BOX, rotation };
    near(turnedTowards(box, turningPoint(box, 20)), { rotation }, 1e-7);
  }
});

test("a rotation is told between −180 and 180", () => {
  assert.equal(turnedTo(BOX, 190).rotation, -170);
  assert.equal(turnedTo(BOX, -180).rotation, 180);
  assert.equal(turnedTo(BOX, 720).rotation, 0);
});

test("a patch cannot be moved out of sight, and one in sight stays", () => {
  assert.equal(inView(BOX, PICTURE), BOX);
  near(moved(BOX, -1000, 0, PICTURE), { left: -52, top: 20 });
  near(moved(BOX, 0, 1000, PICTURE), { left: 40, top: 152 });
  near(moved(BOX, 7, -3, PICTURE), { left: 47, top: 17 });
});

test("a patch is put where it is dropped, a third as wide as the picture", () => {
  assert.deepEqual(placedAt({ width: 300, height: 150 }, { width: 300, height: 300 }, { x: 100, y: 200 }), { ...BOX, left: 50, top: 175, width: 100, height: 50 });
  assert.equal(placedAt({ width: 10, height: 1000 }, PICTURE).height, 80);
});

test("the matrix lays the patch's corners where the placement has them", () => {
  const patch = { width: 20, height: 50 };
  for (const rotation of TURNS) {
    const box = { ...BOX, rotation };
    const at = (matrix, x, y) => ({ x: matrix[0] * x + matrix[2] * y + matrix[4], y: matrix[1] * x + matrix[3] * y + matrix[5] });
    const twice = (corner) => ({ x: 2 * cornerOf(box, corner).x, y: 2 * cornerOf(box, corner).y });
    near(at(matrixOf(box, patch, 2), 0, 0), twice("nw"), 1e-7);
    near(at(matrixOf(box, patch, 2), 20, 50), twice("se"), 1e-7);
    near(at(matrixOf({ ...box, flipped: true }, patch, 2), 0, 0), twice("ne"), 1e-7);
    near(at(matrixOf({ ...box, flipped: true }, patch, 2), 20, 50), twice("sw"), 1e-7);
  }
});

test("what is handed to the kernel is in whole pixels and tenths of a degree", () => {
  assert.deepEqual(tidied({ left: 1.4, top: -2.6, width: 0.2, height: 9.5, rotation: 12.345, flipped: true, opacity: 0.333 }), {
    left: 1, top: -3, width: 1, height: 10, rotation: 12.3, flipped: true, opacity: 0.33,
  });
});
