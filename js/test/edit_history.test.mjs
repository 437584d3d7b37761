import assert from "node:assert/strict";
import { test } from "node:test";
import { newHistory, redone, stepped, undone } from "../../compexp_widgets/widgets/shared/page/elements/edit_history.js";

test("what is undone can be redone, until something else is done", () => {
  const two = stepped(stepped(newHistory([]), ["a"]), ["a", "b"]);
  assert.deepEqual(undone(two).present, ["a"]);
  assert.deepEqual(undone(undone(two)).present, []);
  assert.deepEqual(redone(undone(two)), { ...two, kind: "", at: 0 });
  const other = stepped(undone(two), ["c"]);
  assert.equal(redone(other), other);
  assert.deepEqual(undone(other).present, ["a"]);
});

test("at either end nothing happens", () => {
  const start = newHistory(1);
  assert.equal(undone(start), start);
  assert.equal(redone(start), start);
});

test("a step that changes nothing is no step", () => {
  const one = stepped(newHistory([]), [{ left: 1 }]);
  assert.equal(stepped(one, [{ left: 1 }]), one);
});

test("steps of a key held down are undone together; a pause, or another kind, parts them", () => {
  let history = newHistory(0);
  for (const [present, at] of [[1, 100], [2, 300], [3, 900]]) history = stepped(history, present, { kind: "move", at });
  assert.equal(undone(history).present, 0);
  const later = stepped(history, 4, { kind: "move", at: 5000 });
  assert.equal(undone(later).present, 3);
  const turned = stepped(history, 5, { kind: "turn", at: 950 });
  assert.equal(undone(turned).present, 3);
});

test("what follows an undo is a step of its own", () => {
  const moved = stepped(stepped(newHistory(0), 1, { kind: "move", at: 10 }), 2, { kind: "turn", at: 20 });
  const again = stepped(undone(moved), 3, { kind: "move", at: 30 });
  assert.equal(undone(again).present, 1);
});

test("the oldest steps are forgotten", () => {
  let history = newHistory(0);
  for (let step = 1; step <= 250; step += 1) history = stepped(history, step);
  assert.equal(history.past.length, 200);
  assert.equal(history.past[0], 50);
});
