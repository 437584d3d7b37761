import assert from "node:assert/strict";
import { test } from "node:test";
import { effectWords, flipShares, pairText } from "../../compexp_widgets/widgets/text_lab/page/evaluation/effect_words.js";
import { formatProbability } from "../../compexp_widgets/widgets/shared/page/elements/format.js";
import { triedWords } from "../../compexp_widgets/widgets/text_lab/page/evaluation/smallest_panel.js";
import { changedLeaves, formulaState, headline, movedWords, placeWords, unitLine, unitsThatSpeak } from "../../compexp_widgets/widgets/text_lab/page/text_words.js";

const judged = (...probabilities) => ({ premise: [], hypothesis: [], probabilities, predicted: probabilities.indexOf(Math.max(...probabilities)) });
const look = (before, after) => ({ edited: before !== after, before, after });

test("an unedited pair says what the network says, and what to do", () => {
  const now = judged(0.9, 0.07, 0.03);
  const told = headline(look(now, now), 0, 2);
  assert.deepEqual([told.label, told.from, told.to, told.reached], [0, null, ".90", false]);
  assert.match(told.sentence, /apply a suggestion, to make it say contradiction/);
  assert.match(headline(look(now, now), 1, 2).sentence, /does not call this pair neutral/);
});

test("a flip is told with the new label from where to where, another flip with what it is, no flip with how far it came", () => {
  const before = judged(0.9, 0.07, 0.03);
  const told = headline(look(before, judged(0.05, 0.04, 0.91)), 0, 2);
  assert.deepEqual([told.label, told.from, told.to, told.reached], [2, ".03", ".91", true]);
  assert.equal(told.sentence, "Flipped as wanted: it was entailment before, .90.");
  const elsewhere = headline(look(before, judged(0.1, 0.8, 0.1)), 0, 2);
  assert.deepEqual([elsewhere.label, elsewhere.from, elsewhere.to, elsewhere.reached], [1, ".07", ".80", false]);
  assert.match(elsewhere.sentence, /but not to contradiction/);
  const nearly = headline(look(before, judged(0.6, 0, 0.4)), 0, 2);
  assert.deepEqual([nearly.label, nearly.from, nearly.to], [2, ".03", ".40"]);
  assert.equal(nearly.sentence, "Not flipped: the network still says entailment, .60.");
});

test("a pair that had the wanted label before the edit did not flip", () => {
  const told = headline(look(judged(0.1, 0.1, 0.8), judged(0.1, 0, 0.9)), 0, 2);
  assert.equal(told.sentence, "It was contradiction before the edit, too.");
  assert.equal(told.reached, false);
});

test("no probability is told as certain", () => {
  assert.deepEqual([0, 0.0049, 0.005, 0.034, 0.5, 0.994, 0.995, 1, NaN].map(formatProbability), ["under .01", "under .01", ".01", ".03", ".50", ".99", "over .99", "over .99", "–"]);
});

test("a pair's place is told among those with the same label", () => {
  assert.equal(placeWords({ count: 1618, place: 16, id: "p1", gold: 0 }, 0), "17 of 1,618 pairs that the network calls entailment. People say entailment.");
  assert.match(placeWords({ count: 3, place: null, id: "p1", gold: -1 }, 1), /Not among the 3 pairs .* neutral\. People did not agree/);
  assert.match(placeWords({ count: 3, place: null, id: null, gold: null }, 1), /Your own sentences/);
});

test("units that moved are counted, and which began or ceased to fire", () => {
  const units = [{}, {}];
  assert.equal(movedWords({ edited: true, units, moved: 2, began: 1, ended: 0 }, 160), "The edit moved 2 units of 160, 1 began to fire:");
  assert.equal(movedWords({ edited: true, units, moved: 30, began: 0, ended: 3 }, 160), "The edit moved 30 units of 160, 3 fell silent; the 2 that matter most:");
  assert.equal(movedWords({ edited: true, units: [], moved: 0, began: 0, ended: 0 }, 160), "The edit moved no unit.");
  assert.equal(movedWords({ edited: false, units, moved: 2, began: 0, ended: 0 }, 160), "2 units of 160 fire on this pair:");
});

test("units are listed by how much they speak for one label against the other, and how often they fire", () => {
  const weights = [[1, 0, 0], [0, 0, 0], [0, 1, 2]];
  const rows = new Map([[0, { share: 1 }], [1, { share: 1 }], [2, { share: 0.1 }]]);
  assert.deepEqual(unitsThatSpeak([0, 1, 2], weights, rows, 0, 2), [1, 2, 0]);
  assert.deepEqual(unitsThatSpeak([0, 1, 2], null, rows, 0, 2), [0, 1, 2]);
});

test("a unit's line is cut between letters and says why there is no formula", () => {
  assert.equal(unitLine(3, { formula: "a OR b" }), "3 · a OR b");
  assert.equal(unitLine(3, { formula: "𝒂𝒃𝒄𝒅" }, 3), "3 · 𝒂𝒃…");
  assert.equal(unitLine(3, { formula: "" }), "3 · no formula");
  assert.equal(unitLine(3, undefined), "3 · not explained yet");
});

test("only leaves that an edit changed are told, each once, and NOT turns them around", () => {
  const leaf = (name, negated, before, after) => ({ name, negated, before, after });
  const told = changedLeaves([leaf("a", false, false, true), leaf("a", false, false, true), leaf("b", true, false, true), leaf("c", false, true, true), leaf("d", true, true, false)]);
  assert.deepEqual(told.map(({ name, became }) => [name, became]), [["a", "became true"], ["b", "became false"], ["d", "became true"]]);
});

test("the formula's state tells the change, or how it stands", () => {
  const unit = { text: "a", holds_before: false, holds_after: true };
  assert.equal(formulaState(unit, true), "became true");
  assert.equal(formulaState({ ...unit, holds_before: true, holds_after: false }, true), "became false");
  assert.equal(formulaState(unit, false), "true");
  assert.equal(formulaState({ ...unit, text: "" }, true), "");
});

test("an edit's effect is told in a sentence, also where there is nothing to count", () => {
  const effect = { applicable: 501, pairs: 600, flipped: { count: 2, of: 25 }, complete: true };
  assert.equal(effectWords(effect, 0, 2), "It applies to 501 of 600 pairs. Of the 25 that the network rightly calls entailment, 2 (8 %) flip to contradiction.");
  assert.match(effectWords({ ...effect, complete: false }, 0, 2), /as far as they were looked at/);
  assert.match(effectWords({ ...effect, flipped: { count: 0, of: 0 } }, 1, 2), /None of them is rightly called neutral/);
  assert.match(effectWords({ ...effect, applicable: 0 }, 1, 2), /nothing to count/);
});

test("flips are shares of the label before", () => {
  assert.deepEqual(flipShares([[1, 3, 0], [0, 0, 0], [0, 0, 5]]), [[0.25, 0.75, 0], [NaN, NaN, NaN], [0, 0, 1]]);
});

test("a pair is copied as two lines", () => {
  assert.equal(pairText({ premise: "A.", hypothesis: "B." }), "A.\nB.");
});

test("a search says how many were tried and how many flip, never only the lucky one", () => {
  assert.equal(triedWords({ tried: 312, succeeded: 4, complete: true }, true), "Tried 312 edits that the rule allows, 4 flip the pair.");
  assert.equal(triedWords({ tried: 1, succeeded: 1, complete: false }, false), "Tried 1 edit that the rule allows, 1 flips the pair so far.");
  assert.equal(triedWords({ tried: 9, succeeded: 0, complete: false }, true), "Tried 9 edits that the rule allows, none flips the pair; not everything was tried.");
});

test("a rule that allows nothing says so", () => {
  assert.match(triedWords({ tried: 0, succeeded: 0, complete: true }, true), /The rule allows none/);
  assert.match(triedWords({ tried: 0, succeeded: 0, complete: false }, true), /Stopped before/);
});
