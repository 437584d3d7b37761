import assert from "node:assert/strict";
import { test } from "node:test";
import { ownEditOf } from "../../compexp_widgets/widgets/text_lab/page/editor/own_edit.js";

test("an edit of one's own is what the kernel reads", () => {
  assert.deepEqual(ownEditOf("prepend", "hypothesis", " in  order to win "), {
    edit: { edit: "prepend", tokens: "in order to win", side: "hypothesis" },
    words: "put in front of the hypothesis: “in order to win”",
  });
  assert.deepEqual(ownEditOf("subject", "premise", "nobody")?.edit, { edit: "replace", tokens: "nobody", anchor: { kind: "subject", name: "" }, side: "premise" });
  assert.deepEqual(ownEditOf("delete", "hypothesis", "man")?.edit, { edit: "delete", anchor: { kind: "word", name: "man" }, every: true, side: "hypothesis" });
});

test("without words there is no edit, and one word at a time is left out", () => {
  assert.equal(ownEditOf("append", "hypothesis", "  "), null);
  assert.equal(ownEditOf("delete", "hypothesis", "a man"), null);
});
