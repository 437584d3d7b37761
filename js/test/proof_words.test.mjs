import assert from "node:assert/strict";
import { test } from "node:test";

import { proofOfLength, proofWords, provenCount, shortProofWords } from "../../compexp_widgets/widgets/shared/page/evidence/proof_words.js";

test("a proof is told with what it covers", () => {
  const words = proofWords({ proven: true, bound: 0.4, length: 3 }, 0.4);
  assert.equal(words?.text, "proven optimal");
  assert.match(words?.explanation ?? "", /No formula of up to 3 concepts .*, whatever its form, has a higher IoU/);
  assert.match(proofWords({ proven: true, bound: 0.4, length: 1 }, 0.4)?.explanation ?? "", /No single concept/);
});

test("of more than three concepts a proof speaks of left-deep formulas alone", () => {
  const words = proofWords({ proven: true, bound: 0.4, length: 4 }, 0.4);
  assert.equal(words?.text, "proven optimal among left-deep formulas");
  assert.match(words?.explanation ?? "", /No left-deep formula .* of up to 4 different concepts has a higher IoU/);
});

test("a gap is told in words", () => {
  const words = proofWords({ proven: false, bound: 0.45, length: 4 }, 0.4);
  assert.equal(words?.text, "not proven: at most .050 better");
  assert.match(words?.explanation ?? "", /exceeds an IoU of \.450/);
});

test("nothing is said where no proof was asked for", () => {
  assert.equal(proofWords(undefined, 0.4), null);
  assert.equal(proofWords({ proven: false, bound: null, length: 0 }, 0.4), null);
});

test("a gap that is not nothing does not look like nothing", () => {
  assert.equal(proofWords({ proven: false, bound: 0.40001, length: 3 }, 0.4)?.text, "not proven: at most .001 better");
});

test("while the search goes on, that is said", () => {
  const proof = { state: /** @type {const} */ ("searching"), proven: false, bound: 0.45, length: 4 };
  assert.equal(proofWords(proof, 0.4)?.text, "proving …");
  assert.match(proofWords(proof, 0.4)?.explanation ?? "", /a better one will take its place/);
  assert.equal(proofWords({ ...proof, bound: null }, 0.4)?.text, "searching …");
});

test("every length has its own bound", () => {
  const whole = { state: /** @type {const} */ ("done"), proven: false, bound: 0.45, length: 4 };
  const two = proofOfLength({ length: 2, proven: true, bound: 0.3 }, whole);
  assert.match(proofWords(two, 0.3)?.explanation ?? "", /up to 2 concepts .* has a higher IoU/);
  assert.equal(shortProofWords(two, 0.3)?.text, "proven");
  assert.equal(shortProofWords(proofOfLength({ length: 4, proven: false, bound: 0.45 }, whole), 0.4)?.text, "≤ +.050");
});

test("a length that is proven stays so while a longer one is searched for", () => {
  const whole = { state: /** @type {const} */ ("searching"), proven: false, bound: 0.45, length: 4 };
  assert.equal(shortProofWords(proofOfLength({ length: 1, proven: true, bound: 0.2 }, whole), 0.2)?.text, "proven");
  assert.equal(shortProofWords(proofOfLength({ length: 4, proven: false, bound: 0.45 }, whole), 0.4)?.text, "…");
});

test("proven units are counted among all", () => {
  const proven = { proven: true, formula: "a" };
  assert.equal(provenCount([], 3), null);
  assert.equal(provenCount([{ proven: false, formula: "a" }], 3), null);
  const words = provenCount([proven, proven, { proven: false, formula: "a" }, { proven: false, formula: "" }], 5);
  assert.equal(words?.text, "proven optimal: 2 of 5");
  assert.match(words?.explanation ?? "", /1 have a formula .*, 1 never fire .*, 1 are not explained yet/);
});
