import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatActivation,
  formatDuration,
  formatGain,
  formatPace,
  formatPercent,
  formatPlural,
  formatQuantile,
  formatScore,
  parseQuantile,
  shortName,
} from "../../compexp_widgets/widgets/shared/page/elements/format.js";

test("a score has three decimals and no leading zero", () => {
  assert.equal(formatScore(0.1416), ".142");
  assert.equal(formatScore(0), ".000");
  assert.equal(formatScore(1), "1.00");
  assert.equal(formatScore(0.9996), "1.00");
  assert.equal(formatScore(0.9994), ".999");
});

test("a score that is not known is a dash", () => {
  for (const nothing of [null, undefined, Number.NaN]) assert.equal(formatScore(nothing), "–");
});

test("a gain carries its sign, except when it rounds to nothing", () => {
  assert.equal(formatGain(0.0241), "+.024");
  assert.equal(formatGain(-0.003), "−.003");
  assert.equal(formatGain(0.0001), ".000");
  assert.equal(formatGain(-0.0001), ".000");
  assert.equal(formatGain(null), "–");
});

test("a percentage is as precise as it is small, and never rounds to all or nothing", () => {
  assert.equal(formatPercent(0.142), "14 %");
  assert.equal(formatPercent(0.005), "0.5 %");
  assert.equal(formatPercent(0.0005), "under 0.1 %");
  assert.equal(formatPercent(0), "0 %");
  assert.equal(formatPercent(1), "100 %");
  assert.equal(formatPercent(0.9999), "over 99 %");
});

test("counts have separators and the right noun", () => {
  assert.equal(formatPlural(1, "picture"), "1 picture");
  assert.equal(formatPlural(9031680, "position"), "9,031,680 positions");
});

test("activations have two decimals until they are large", () => {
  assert.equal(formatActivation(3.14159), "3.14");
  assert.equal(formatActivation(-0.5), "−0.50");
  assert.equal(formatActivation(1234.5), "1,235");
});

test("a quantile can be read back from what is shown", () => {
  for (const quantile of [0.0005, 0.005, 0.0125, 0.05, 0.1]) assert.equal(parseQuantile(formatQuantile(quantile)), quantile);
});

test("a quantile may be typed with a comma or in percent", () => {
  assert.equal(parseQuantile(" 0,005 "), 0.005);
  assert.equal(parseQuantile("0.5 %"), 0.005);
});

test("what is no number is no quantile", () => {
  for (const text of ["", "high", "0.1.2", "-0.1", "1e-3x"]) assert.equal(parseQuantile(text), null);
});

test("durations are rounded to what a person plans with", () => {
  assert.equal(formatDuration(0.4), "less than a second");
  assert.equal(formatDuration(5.2), "about 5 s");
  assert.equal(formatDuration(200), "about 3 min");
  assert.equal(formatPace(0.0123), "12 ms");
  assert.equal(formatPace(1.42), "1.4 s");
});

test("of a long file name the end is shown, without folders and ending", () => {
  assert.equal(shortName("images/coco/000000000632.jpg"), "000000000632");
  assert.equal(shortName("images/ADE_train_00012345.jpg"), "…_00012345");
  assert.equal(shortName("beach 12.png"), "beach 12");
});
