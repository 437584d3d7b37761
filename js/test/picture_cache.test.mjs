import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentlyUsed } from "../../compexp_widgets/widgets/shared/page/pictures/picture_cache.js";

test("what was not used longest goes first, and is released", () => {
  const released = [];
  const cache = new RecentlyUsed({ capacity: 2, release: (value) => released.push(value) });
  cache.set(1, "one");
  cache.set(2, "two");
  cache.get(1);
  cache.set(3, "three");
  assert.deepEqual([cache.has(1), cache.has(2), cache.has(3)], [true, false, true]);
  assert.deepEqual(released, ["two"]);
});

test("capacity is in what the values weigh", () => {
  const cache = new RecentlyUsed({ capacity: 10, weigh: (value) => value });
  cache.set(1, 4);
  cache.set(2, 4);
  cache.set(3, 4);
  assert.deepEqual([cache.has(1), cache.has(2), cache.has(3)], [false, true, true]);
});

test("a value heavier than the capacity still stays until the next", () => {
  const cache = new RecentlyUsed({ capacity: 10, weigh: (value) => value });
  cache.set(1, 50);
  assert.equal(cache.get(1), 50);
  cache.set(2, 5);
  assert.equal(cache.has(1), false);
});

test("a replaced value is released, and clearing releases all", () => {
  const released = [];
  const cache = new RecentlyUsed({ capacity: 5, release: (value) => released.push(value) });
  cache.set(1, "old");
  cache.set(1, "new");
  cache.clear();
  assert.deepEqual(released, ["old", "new"]);
  assert.equal(cache.weight, 0);
});
