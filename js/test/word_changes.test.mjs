import assert from "node:assert/strict";
import { test } from "node:test";
import { changedText, countChanges, wordChanges } from "../../compexp_widgets/widgets/text_lab/page/editor/word_changes.js";

const words = (text) => text.split(" ").filter(Boolean);
const marked = (before, after) =>
  wordChanges(words(before), words(after))
    .map(({ change, tokens }) => ({ keep: "", insert: "+", delete: "-" })[change] + tokens.join(" "))
    .join("|");

test("a word in front is inserted, and the capital that the next one loses is no change", () => {
  assert.equal(marked("The man sleeps .", "Nobody the man sleeps ."), "+Nobody|the man sleeps .");
});

test("a replaced word is taken out and put in", () => {
  assert.equal(marked("A man is outside .", "A man is inside ."), "A man is|-outside|+inside|.");
});

test("a removed word is taken out, at any place", () => {
  assert.equal(marked("a b c", "b c"), "-a|b c");
  assert.equal(marked("a b c", "a c"), "a|-b|c");
  assert.equal(marked("a b c", "a b"), "a b|-c");
});

test("nothing changed is one run, and nothing at all is none", () => {
  assert.equal(marked("a b", "a b"), "a b");
  assert.deepEqual(wordChanges([], []), []);
  assert.equal(marked("", "a"), "+a");
});

test("without the deleted words the runs are the sentence after, without the inserted ones the one before", () => {
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 300; round += 1) {
    const [before, after] = [0, 1].map(() => Array.from({ length: random(9) }, () => "abcd"[random(4)]));
    const runs = wordChanges(before, after);
    const left = (dropped) => runs.filter(({ change }) => change !== dropped).flatMap(({ tokens }) => tokens);
    assert.deepEqual(left("delete"), after);
    assert.deepEqual(left("insert"), before);
    assert.ok(runs.every((run, place) => place === 0 || run.change !== runs[place - 1].change));
    assert.ok(countChanges(runs).inserted + countChanges(runs).deleted <= before.length + after.length);
  }
});

test("blanks stand where English has them, also around changes", () => {
  const pieces = changedText(wordChanges(words("He sleeps ."), words("He does n't sleep .")));
  assert.equal(pieces.map(({ text, blank }) => (blank ? " " : "") + text).join(""), "He sleeps doesn't sleep.");
});
