import assert from "node:assert/strict";
import { test } from "node:test";
import { groupTokens } from "../../compexp_widgets/widgets/shared/page/formula/formula_pills.js";

const paren = (text) => ({ kind: "paren", text });
const operator = (text) => ({ kind: "operator", text });
const leaf = (text) => ({ kind: "leaf", text });
const groups = (tokens) => groupTokens(tokens).map((group) => group.map(({ text }) => text).join(" "));

test("a line can break before an operator, but never between it and its concept", () => {
  const tokens = [paren("("), leaf("water"), operator("OR"), leaf("river"), paren(")"), operator("AND NOT"), leaf("blue")];
  assert.deepEqual(groups(tokens), ["( water", "OR river )", "AND NOT blue"]);
});

test("nested parentheses stay with the concepts they enclose", () => {
  const tokens = [leaf("a"), operator("AND"), paren("("), paren("("), leaf("b"), paren(")"), operator("OR"), leaf("c"), paren(")")];
  assert.deepEqual(groups(tokens), ["a", "AND ( ( b )", "OR c )"]);
});
