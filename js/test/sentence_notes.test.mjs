import assert from "node:assert/strict";
import test from "node:test";
import { emptyWords, unknownWords } from "../../compexp_widgets/widgets/shared/page/sentences/sentence_notes.js";

test("unknown words are told once each, as they stand there first", () => {
  const tokens = ["Blorp", "is", "a", "blorp", "zint", "."];
  assert.deepEqual(unknownWords(tokens, [true, false, false, true, true, false]), ["Blorp", "zint"]);
  assert.deepEqual(unknownWords(tokens, tokens.map(() => false)), []);
});

test("a network that does not tell which words it knows has no unknown ones", () => {
  assert.deepEqual(unknownWords(["Blorp"], null), []);
});

test("a sentence without words is said to be empty, and no other", () => {
  assert.equal(emptyWords("premise", []), "The premise is empty: the network is shown no word there.");
  assert.equal(emptyWords("premise", ["."]), "");
});
