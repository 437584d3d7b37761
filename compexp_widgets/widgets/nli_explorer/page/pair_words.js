/** What is said of a unit of a sentence-pair network, and what its galleries of pairs are called. Pure. */

import { limitsWords } from "../../shared/page/firing/firing.js";
import { formatActivation, formatCount, formatPercent, formatPlural } from "../../shared/page/elements/format.js";
import { stateSilence } from "../../shared/page/evidence/state_words.js";

export const PAIR_TABS = [
  { value: "words", text: "words", title: "Every concept against this unit, alone and together with the formula" },
  { value: "pairs", text: "pairs", title: "The pairs that show best what the formula gets right, and what it gets wrong" },
  { value: "labels", text: "labels", title: "What people and the network say where the neuron fires and where the formula holds" },
];

export const PAIR_GALLERIES = [
  { value: "fires", text: "fires most", title: "Pairs with the largest activation" },
  { value: "unexplained", text: "", wide: "neuron ", rest: "fires, formula false", title: "Pairs on which the neuron fires although the formula is false" },
  { value: "silent", text: "formula holds, ", wide: "neuron ", rest: "silent", title: "Pairs for which the formula is true although the neuron is silent" },
];

/** @type {Record<string, string>} */
export const NO_PAIRS = {
  fires: "No pair on which the neuron fires.",
  unexplained: "No pair on which the neuron fires and the formula is false: the formula explains every firing.",
  silent: "No pair for which the formula is true and the neuron is silent.",
};

/**
 * What is counted for the card.
 *
 * @param {import("./pair_card.js").ShownPairCard} message
 */
export function numbersOf({ scores, threshold, includes_threshold: included, state, pairs, settings }) {
  const fires =
    state === "saturated"
      ? `Fires at ${formatActivation(threshold)}, its largest activation`
      : settings.firing === "largest"
      ? `Fires ${limitsWords(threshold, null, included)}, on its strongest ${formatPercent(settings.quantile)}`
      : "Fires above 0";
  return (
    `${fires}: on ${formatPlural(scores.active, "pair")} of ${formatCount(pairs)} (${formatPercent(scores.active / pairs)}). ` +
    `The formula holds for ${formatCount(scores.holds)}; both for ${formatCount(scores.both)}.`
  );
}

/**
 * Why a unit has no formula; `null` when it has one.
 *
 * @param {import("./pair_card.js").ShownPairCard} message
 */
export function silenceOf({ unit, formula, active, pairs, max_activation: largest, threshold, min_active: least, silent, state }) {
  if (formula.text) return null;
  const told = active === 0 && state === "constant" ? null : stateSilence({ unit, state }, "on all of these pairs");
  if (told) return told;
  if (active === 0) {
    return (
      `Unit ${unit} never fires on these pairs: its largest activation, ${formatActivation(largest)}, is not above ` +
      `${formatActivation(threshold)}. There is nothing to explain. Choose another unit.`
    );
  }
  if (silent) {
    return (
      `Unit ${unit} fires on ${formatPlural(active, "pair")} of ${formatCount(pairs)}, fewer than the ${formatCount(least)} ` +
      "that an explanation needs: a handful of pairs fits any formula. Choose another unit, or let it fire on its largest " +
      "activations with a greater quantile. A click on a word below tries a formula of your own."
    );
  }
  return `No concept holds for any of the ${formatPlural(active, "pair")} on which unit ${unit} fires. Put kinds of concepts back that are left out.`;
}
