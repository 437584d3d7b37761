/** What TextLab says, in a student's words. Pure. */

import { formatCount, formatPlural, formatProbability } from "../../shared/page/elements/format.js";
import { LABELS, THREE } from "../../shared/page/sentences/label_words.js";

/**
 * @typedef {object} Judged what the network says of a pair
 * @property {string[]} premise
 * @property {string[]} hypothesis
 * @property {number[]} probabilities
 * @property {number} predicted
 */

/**
 * The answer, large: which label, from where to where; and in a sentence whether the edit did what it should.
 *
 * @param {{edited: boolean, before: Judged, after: Judged}} response
 * @param {number} source
 * @param {number} target
 * @param {string[]} [labels] the network's
 * @returns {{label: number, from: string | null, to: string, sentence: string, reached: boolean}}
 */
export function headline({ edited, before, after }, source, target, labels = LABELS) {
  const is = labels[after.predicted];
  if (!edited) {
    const label = before.predicted;
    const sentence =
      label === source
        ? `That is what the network says now. Edit a word, or apply a suggestion, to make it say ${labels[target]}.`
        : `The network does not call this pair ${labels[source]}. Take another pair, or choose from which label the edit should lead.`;
    return { label, from: null, to: formatProbability(before.probabilities[label]), sentence, reached: false };
  }
  const flipped = before.predicted !== after.predicted;
  const label = flipped ? after.predicted : target;
  const reached = flipped && after.predicted === target;
  const was = `${labels[before.predicted]} before, ${formatProbability(before.probabilities[before.predicted])}`;
  const sentence = reached
    ? `Flipped as wanted: it was ${was}.`
    : flipped
      ? `Flipped, but not to ${labels[target]}: it was ${was}.`
      : before.predicted === target
        ? `It was ${is} before the edit, too.`
        : `Not flipped: the network still says ${is}, ${formatProbability(after.probabilities[after.predicted])}.`;
  return { label, from: formatProbability(before.probabilities[label]), to: formatProbability(after.probabilities[label]), sentence, reached };
}

/**
 * Where a pair of the data stands, and what people say of it.
 *
 * @param {{count: number, place: number | null, id: string | null, gold: number | null}} place
 * @param {number} source
 * @param {import("../../shared/page/sentences/label_words.js").LabelSets} [labels]
 */
export function placeWords({ count, place, id, gold }, source, { answers, gold: ofData } = THREE) {
  const among = `${formatPlural(count, "pair")} that the network calls ${answers[source]}`;
  if (id === null) return `Your own sentences. The data has ${among}.`;
  const people = gold !== null && ofData[gold] ? `People say ${ofData[gold]}.` : "People did not agree on a label.";
  return place === null ? `Not among the ${among}. ${people}` : `${formatCount(place + 1)} of ${among}. ${people}`;
}

/**
 * How many units an edit moved.
 *
 * @param {Pick<import("./messages").Response, "edited" | "units" | "moved" | "began" | "ended">} response
 * @param {number} all units of the layer
 */
export function movedWords({ edited, units, moved, began, ended }, all) {
  if (moved === 0) return edited ? "The edit moved no unit." : "No unit fires on this pair.";
  const shown = units.length < moved ? `; the ${formatCount(units.length)} that matter most` : "";
  if (!edited) return `${formatPlural(moved, "unit")} of ${formatCount(all)} fire${moved === 1 ? "s" : ""} on this pair${shown}:`;
  const firing = [began > 0 ? `${formatCount(began)} began to fire` : "", ended > 0 ? `${formatCount(ended)} fell silent` : ""].filter(Boolean);
  return `The edit moved ${formatPlural(moved, "unit")} of ${formatCount(all)}${firing.length > 0 ? `, ${firing.join(", ")}` : ""}${shown}:`;
}

/**
 * The units in the order in which they speak for one label against another: what their weights say times how often they
 * fire; in their own order where the layer has no weights to the labels.
 *
 * @param {number[]} units
 * @param {number[][] | null} weights of every unit for each label, labels first
 * @param {Map<number, {share: number}>} rows of the unit table, by unit
 * @param {number} source
 * @param {number} target
 */
export function unitsThatSpeak(units, weights, rows, source, target) {
  if (!weights) return units;
  const says = (/** @type {number} */ unit) => (weights[target][unit] - weights[source][unit]) * (rows.get(unit)?.share ?? 0);
  return [...units].sort((one, other) => says(other) - says(one) || one - other);
}

/**
 * A unit in one line of a list: its number and formula, cut where it gets too long.
 *
 * @param {number} unit
 * @param {{formula: string} | undefined} row of the unit table
 * @param {number} [longest] characters
 */
export function unitLine(unit, row, longest = 72) {
  const formula = row?.formula || (row ? "no formula" : "not explained yet");
  const letters = [...formula];
  return `${unit} · ${letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : formula}`;
}

/**
 * What an edit did to the concepts of a formula: only those that it made true or false, each once.
 *
 * @param {import("./messages").LeafChange[]} leaves
 */
export function changedLeaves(leaves) {
  return leaves
    .filter(({ name, negated, before, after }, place) => before !== after && leaves.findIndex((leaf) => leaf.name === name && leaf.negated === negated) === place)
    .map(({ name, negated, after }) => ({ name, negated, holds: after, became: after === negated ? "became false" : "became true" }));
}

/**
 * What happened to the formula as a whole.
 *
 * @param {Pick<import("./messages").UnitResponse, "text" | "holds_before" | "holds_after">} unit
 * @param {boolean} edited
 */
export function formulaState({ text, holds_before: before, holds_after: after }, edited) {
  if (!text) return "";
  if (!edited || before === after) return after ? "true" : "false";
  return after ? "became true" : "became false";
}
