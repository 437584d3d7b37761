import assert from "node:assert/strict";
import { test } from "node:test";
import { changeTraits, NLI_TRAITS, readTraits, sameSettings, VISION_TRAITS, withConsequences } from "../../compexp_widgets/widgets/shared/page/protocol/settings.js";

test("a new unit drops the edited formula, the range and what was switched off", () => {
  assert.deepEqual(withConsequences({ unit: 4 }, "a OR b", VISION_TRAITS), { cluster: [], formula_text: "", switched_off: [], unit: 4 });
});

test("what one explorer does not have is not set by its page", () => {
  assert.deepEqual(withConsequences({ unit: 4 }, "a OR b", NLI_TRAITS), { formula_text: "", switched_off: [], unit: 4 });
});

test("another way to fire is a new search", () => {
  assert.deepEqual(withConsequences({ firing: "largest" }, "", NLI_TRAITS), { switched_off: [], firing: "largest" });
});

test("another range of activations drops the edited formula and what was switched off", () => {
  assert.deepEqual(withConsequences({ cluster: [2, 5] }, "a OR b", VISION_TRAITS), { formula_text: "", switched_off: [], cluster: [2, 5] });
});

test("a formula may be kept together with what is switched off in it", () => {
  const kept = { formula_text: "a OR b", switched_off: [1] };
  assert.deepEqual(withConsequences(kept, "", VISION_TRAITS), kept);
});

test("a new search puts switched-off leaves back on", () => {
  assert.deepEqual(withConsequences({ quantile: 0.01 }, "", VISION_TRAITS), { switched_off: [], quantile: 0.01 });
});

test("an edited formula keeps its switched-off leaves while the search's settings move", () => {
  assert.deepEqual(withConsequences({ quantile: 0.01 }, "a OR b", VISION_TRAITS), { quantile: 0.01 });
});

test("switching leaves, galleries and overlays changes nothing else", () => {
  for (const change of [{ switched_off: [1] }, { gallery: "silent" }, { overlay: "heat" }]) {
    assert.deepEqual(withConsequences(change, "", VISION_TRAITS), change);
  }
});

test("changes are set before they are sent, in one message", () => {
  const calls = [];
  const model = {
    get: () => "",
    set: (name) => calls.push(name),
    save_changes: () => calls.push("saved"),
  };
  changeTraits(model, { unit: 4 }, VISION_TRAITS);
  assert.deepEqual(calls, ["cluster", "formula_text", "switched_off", "unit", "saved"]);
});

test("settings are compared by value", () => {
  const one = readTraits({ get: (name) => (name === "operators" ? ["OR"] : 1) }, ["operators", "unit"]);
  assert.ok(sameSettings(one, { operators: ["OR"], unit: 1 }, ["operators", "unit"]));
  assert.ok(!sameSettings(one, { operators: ["AND"], unit: 1 }, ["operators", "unit"]));
  assert.ok(!sameSettings(one, null, ["unit"]));
});
