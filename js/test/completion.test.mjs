import assert from "node:assert/strict";
import { test } from "node:test";
import { insertName, matchNames, nameAt, nameMayStart, quoteName, tokenise } from "../../compexp_widgets/widgets/shared/page/formula/completion.js";
import { characterOffset } from "../../compexp_widgets/widgets/shared/page/formula/formula_editor.js";

const names = (text) => tokenise(text).map(({ kind, name }) => `${kind}:${name}`);

test("bare words that follow each other are one name", () => {
  assert.deepEqual(names("ice rink OR water"), ["name:ice rink", "operator:OR", "name:water"]);
});

test("a quoted name may hold operators, parentheses and escaped quotes", () => {
  assert.deepEqual(names('"lake AND (shore)" AND "say \\"hi\\""'), ["name:lake AND (shore)", "operator:AND", 'name:say "hi"']);
});

test("leaf operators and parentheses are their own pieces", () => {
  assert.deepEqual(names("NOT NEIGHBORS(red-c)"), ["operator:NOT", "operator:NEIGHBORS", "paren:(", "name:red-c", "paren:)"]);
});

test("operators in small letters are part of a name", () => {
  assert.deepEqual(names("water or river"), ["name:water or river"]);
});

test("the query is the name up to the caret, the span is the whole name", () => {
  assert.deepEqual(nameAt("water OR riv", 12), { start: 9, end: 12, query: "riv" });
  assert.deepEqual(nameAt("(wat", 4), { start: 1, end: 4, query: "wat" });
  assert.deepEqual(nameAt("river bed OR x", 3), { start: 0, end: 9, query: "riv" });
});

test("no name is begun after a blank, an operator or a parenthesis", () => {
  for (const text of ["water OR ", "water OR", "(", ""]) {
    assert.deepEqual(nameAt(text, text.length), { start: text.length, end: text.length, query: "" });
  }
});

test("a name that is open in quotes is completed inside them", () => {
  assert.deepEqual(nameAt('water OR "lake A', 16), { start: 9, end: 16, query: "lake A" });
});

test("names stand at the start, after operators and after an opening parenthesis only", () => {
  assert.ok(nameMayStart("", 0));
  assert.ok(nameMayStart("a OR ", 5));
  assert.ok(nameMayStart("NEIGHBORS(", 10));
  assert.ok(!nameMayStart("a ", 2));
  assert.ok(!nameMayStart("(a) ", 4));
});

test("matches are anywhere in the name: whole, prefix, beginning of a word, rest", () => {
  const concepts = ["underwater", "salt water", "water tower", "water", "sky"];
  assert.deepEqual(
    matchNames(concepts, "Water").map(({ index }) => concepts[index]),
    ["water", "water tower", "salt water", "underwater"],
  );
});

test("a match says where in the name it was found", () => {
  assert.deepEqual(matchNames(["salt water"], "wat"), [{ index: 0, at: 5 }]);
});

test("characters that mean something in patterns are searched as themselves", () => {
  assert.deepEqual(matchNames(["a(b)", "ab"], "(b"), [{ index: 0, at: 1 }]);
  assert.deepEqual(matchNames(["a.b", "axb"], "a.b").length, 1);
});

test("at most as many matches as asked for", () => {
  assert.equal(matchNames(Array.from({ length: 50 }, (_, index) => `tree ${index}`), "tree", 8).length, 8);
});

test("names are quoted exactly when the bare name would be misread", () => {
  for (const bare of ["water", "ice rink", "red-c", "pre:tok:man", "origin", "ANDes"]) assert.equal(quoteName(bare), bare);
  for (const name of ["lake AND shore", "OR", "a (b)", 'a"b', " a", "a ", "a  b", "", "a\tb", "a\nb"]) {
    assert.match(quoteName(name), /^".*"$/s, name);
  }
});

test("a quoted name reads back as itself", () => {
  for (const name of ["lake AND shore", 'say "hi" (twice)', "back\\slash OR", "line\nbreak", ' "', "tab\there"]) {
    assert.deepEqual(names(quoteName(name)), [`name:${name}`]);
  }
});

test("escapes by code point are read", () => {
  assert.deepEqual(names('"a\\u0007b"'), ["name:a\u0007b"]);
  assert.deepEqual(names('"\\U0001f600"'), ["name:😀"]);
});

test("a chosen name replaces the begun one and leaves the caret behind it", () => {
  assert.deepEqual(insertName("water OR riv AND x", { start: 9, end: 12 }, "river"), { text: "water OR river AND x", caret: 14 });
  assert.deepEqual(insertName("water OR", { start: 8, end: 8 }, "lake AND shore"), {
    text: 'water OR "lake AND shore"',
    caret: 25,
  });
});

test("positions count characters as Python does", () => {
  assert.equal(characterOffset("😀 OR x", 2), 3);
  assert.equal(characterOffset("ab", 5), 2);
});
