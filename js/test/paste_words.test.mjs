import assert from "node:assert/strict";
import { test } from "node:test";
import { colourName, editWords, progressWords, sweepWords, truthWords, unitsWords, verdictWords } from "../../compexp_widgets/widgets/paste_lab/page/paste_words.js";

test("an edit is told by what it does", () => {
  const patchOf = (id) => (id === "p1" ? { name: "igloo" } : undefined);
  assert.equal(editWords({ edit: "paste", patch: "p1" }, patchOf), "paste igloo");
  assert.equal(editWords({ edit: "paste", patch: "p2" }, patchOf), "paste a patch");
  assert.equal(editWords({ edit: "recolour", formula: "water OR river", colour: [30, 90, 210] }, patchOf), "make water OR river blue");
  assert.equal(editWords({ edit: "remove", formula: "window" }, patchOf), "remove window");
});

test("a colour has the name of the nearest basic one", () => {
  assert.equal(colourName([255, 255, 255]), "white");
  assert.equal(colourName([0, 0, 0]), "black");
  assert.equal(colourName([250, 220, 40]), "yellow");
});

test("the verdict says whether it flipped, and whether to what was wanted", () => {
  const about = { from: "corridor", to: "clean room", target: "clean room", edits: 1 };
  assert.equal(verdictWords({ ...about, flipped: true, reached: true }), "Flipped from corridor to clean room, as wanted.");
  assert.equal(verdictWords({ ...about, to: "street", flipped: true, reached: false }), "Flipped from corridor to street, not to clean room.");
  assert.equal(verdictWords({ ...about, to: "street", flipped: true, reached: true, target: null }), "Flipped from corridor to street.");
  assert.equal(verdictWords({ ...about, to: "corridor", flipped: false, reached: false }), "Not flipped: it still says corridor.");
  assert.equal(verdictWords({ ...about, to: "corridor", flipped: false, reached: false, edits: 0 }), "The picture as it is. Wanted: clean room.");
});

test("a formula became true, became false, or holds elsewhere", () => {
  assert.equal(truthWords(0, 0.08), "now true, on 8 % of the picture");
  assert.equal(truthWords(0.2, 0), "no longer true, was on 20 % of the picture");
  assert.equal(truthWords(0.2, 0.1), "true on 20 % → 10 % of the picture");
});

test("a sweep is told with all its placements, never only the lucky ones", () => {
  const counts = { success: 10, partial: 3, failure: 203 };
  assert.equal(
    sweepWords(counts, 216, "clean room", "corridor"),
    "216 placements: 10 reach clean room (success), 3 some other class than corridor (partial), 203 change nothing or only show the patch (failure).",
  );
  assert.match(sweepWords({ success: 1, partial: 0, failure: 9 }, 216, null, "corridor"), /^10 of 216 placements tried: 1 turn it into another class than corridor, 9 do not/);
});

test("progress says how many were tried, how many flipped and how long it still takes", () => {
  const progress = { done: 312, total: 1000, succeeded: 4, seconds_left: 20 };
  assert.equal(progressWords(progress, "placement", false), "tried 312 of 1,000 placements · flipped 4 · about 20 s left");
  assert.equal(progressWords(progress, "placement", true), "tried 312 placements of 1,000, then stopped · flipped 4");
  assert.equal(progressWords({ ...progress, done: 1000 }, "placement", true), "tried 1,000 placements · flipped 4");
  assert.equal(progressWords({ done: 0, total: 0, seconds_left: null }, "placement", false), "starting …");
});

test("many units are told by the first of them", () => {
  assert.equal(unitsWords([8]), "unit 8");
  assert.equal(unitsWords([1, 2, 3, 4]), "units 1, 2, 3, 4");
  assert.equal(unitsWords([1, 2, 3, 4, 5]), "units 1, 2, 3 and 2 more");
});
