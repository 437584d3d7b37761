import assert from "node:assert/strict";
import { test } from "node:test";

import { noneWords } from "../../compexp_widgets/widgets/paste_lab/page/responses/formula_changes.js";

test("what was not computed is not none", () => {
  const note = "not computed: an uploaded picture has no annotation";
  assert.equal(noneWords({ changed: null, note, explained: 3, units: 3 }), `Which formulas became true or false is ${note}.`);
  assert.match(noneWords({ changed: [], explained: 3, units: 3 }), /^No unit’s formula became/);
});

test("while units are being explained, none is said of those that are", () => {
  assert.match(noneWords({ changed: [], explained: 3, units: 8 }), /3 of 8 units explained so far/);
});
