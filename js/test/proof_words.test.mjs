import assert from "node:assert/strict";
import { test } from "node:test";

import { proofWords, provenCount } from "../src/proof_words.js";

test("a proof is told with what it covers", () => {
  const words = proofWords({ proven: true, bound: 0.4, length: 3 }, 0.4);
  assert.equal(words?.text, "proven optimal");
  assert.match(words?.explanation ?? "", /No formula of up to 3 different concepts has a higher IoU/);
  assert.match(proofWords({ proven: true, bound: 0.4, length: 1 }, 0.4)?.explanation ?? "", /No single concept/);
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

test("proven rows are counted", () => {
  assert.equal(provenCount([]), "");
  assert.equal(provenCount([{ proven: false }, {}]), "");
  assert.equal(provenCount([{ proven: true }, { proven: false }]), "1 of 2 proven optimal");
  assert.equal(provenCount([{ proven: true }, { proven: true }]), "all proven optimal");
});
