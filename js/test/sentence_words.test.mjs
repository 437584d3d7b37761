import assert from "node:assert/strict";
import { test } from "node:test";
import { sentencePieces, sentenceText } from "../../compexp_widgets/widgets/shared/page/sentences/sentence_words.js";

const joined = (text) => sentenceText(text.split(" "));

test("signs stand where English has them", () => {
  assert.equal(joined("A man is n't asleep , is he ?"), "A man isn't asleep, is he?");
  assert.equal(joined("The dog 's ball ( red ) costs $ 5 ."), "The dog's ball (red) costs $5.");
});

test("quotes stand at what they open and close", () => {
  assert.equal(joined('He reads " Ulysses " slowly .'), 'He reads "Ulysses" slowly.');
});

test("marked words are pieces of their own, and no blank is lost or marked", () => {
  const tokens = ["A", "man", "in", "red", "sleeps", "."];
  const pieces = sentencePieces(tokens, [[], [0], [], [], [0, 1], []]);
  assert.equal(pieces.map(({ text }) => text).join(""), "A man in red sleeps.");
  assert.deepEqual(
    pieces.filter(({ leaves }) => leaves.length > 0),
    [{ text: "man", leaves: [0] }, { text: "sleeps", leaves: [0, 1] }],
  );
});

test("two marked neighbours have an unmarked blank between them", () => {
  const pieces = sentencePieces(["old", "man"], [[0], [1]]);
  assert.deepEqual(pieces, [{ text: "old", leaves: [0] }, { text: " ", leaves: [] }, { text: "man", leaves: [1] }]);
});

test("a sentence without words is empty", () => {
  assert.deepEqual(sentencePieces([], []), []);
});
