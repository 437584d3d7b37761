import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, toCsv } from "../../compexp_widgets/widgets/shared/page/elements/files.js";

test("text with commas, quotes or line breaks is quoted", () => {
  assert.equal(csvCell('a "b", c'), '"a ""b"", c"');
  assert.equal(csvCell("two\nlines"), '"two\nlines"');
  assert.equal(csvCell("ice rink"), "ice rink");
});

test("text that a spreadsheet would run as a formula is disarmed", () => {
  for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
    assert.match(csvCell(`${start}HYPERLINK`), /^"?'/, JSON.stringify(start));
  }
  assert.equal(csvCell("  =1+1"), "'  =1+1");
});

test("numbers stay numbers, also negative ones", () => {
  assert.equal(csvCell(-0.25), "-0.25");
  assert.equal(csvCell(Number.NaN), "");
  assert.equal(csvCell(null), "");
});

test("a file has a header and CRLF line ends", () => {
  assert.equal(toCsv(["unit", "formula"], [[3, "a OR b"]]), "unit,formula\r\n3,a OR b\r\n");
});
