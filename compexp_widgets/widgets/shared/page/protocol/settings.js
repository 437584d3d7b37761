/** The widget's traits as the page uses them: what a card depends on, and how to change it. */

/**
 * The traits of one kind of explorer.
 *
 * @typedef {object} TraitNames
 * @property {string[]} card whose change asks for a new card
 * @property {string[]} search that change what the search finds, in all units
 * @property {string[]} view that change what is shown, but not the card
 */

/** @type {string[]} */
const SEARCH = ["max_length", "beam_size", "operators", "metric", "excluded_categories"];
/** @type {string[]} */
const CARD = ["unit", ...SEARCH, "formula_text", "switched_off", "gallery"];

/** @type {TraitNames} */
export const VISION_TRAITS = { card: [...CARD, "quantile", "threshold_on", "cluster"], search: ["quantile", "threshold_on", ...SEARCH], view: ["overlay"] };

/** @type {TraitNames} */
export const NLI_TRAITS = { card: [...CARD, "firing", "quantile", "tab"], search: ["firing", "quantile", ...SEARCH], view: [] };

/**
 * The values of a card's traits: what all explorers have, and what one of them has.
 *
 * @typedef {Required<import("../../../vision_explorer/page/messages").VisionSettings> & Required<import("../../../nli_explorer/page/messages").PairSettings>} Settings
 */

/**
 * The model's values of some traits.
 *
 * @param {any} model
 * @param {string[]} names
 * @returns {any}
 */
export function readTraits(model, names) {
  return Object.fromEntries(names.map((name) => [name, model.get(name)]));
}

/**
 * Sets traits, here and in the kernel, in one message.
 *
 * A new search makes the switched-off leaves of the last formula meaningless; a new unit also a formula edited for
 * another, and the range of its activations.
 *
 * @param {any} model
 * @param {Partial<Settings & {overlay: string}>} changes
 * @param {TraitNames} traits
 */
export function changeTraits(model, changes, traits) {
  const whole = withConsequences(changes, model.get("formula_text"), traits);
  for (const [name, value] of Object.entries(whole)) model.set(name, value);
  model.save_changes();
}

/**
 * @param {Partial<Settings>} changes
 * @param {string} formulaText the formula edited by hand, if any
 * @param {TraitNames} traits
 * @returns {Partial<Settings>}
 */
export function withConsequences(changes, formulaText, traits) {
  const consequences = /** @type {Partial<Settings>} */ ({});
  if ("unit" in changes && traits.card.includes("cluster")) consequences.cluster = [];
  if ("unit" in changes || "cluster" in changes) consequences.formula_text = "";
  const searchesAnew = formulaText === "" && traits.search.some((name) => name in changes);
  if ("formula_text" in consequences || "formula_text" in changes || searchesAnew) consequences.switched_off = [];
  return { ...consequences, ...changes };
}

/**
 * Whether two settings ask for the same thing.
 *
 * @param {any} one
 * @param {any} other
 * @param {string[]} names
 */
export function sameSettings(one, other, names) {
  return names.every((name) => JSON.stringify(one?.[name]) === JSON.stringify(other?.[name]));
}

/**
 * What a search is about: the unit and how it is searched, not what is shown of the answer.
 *
 * @param {Settings} settings
 */
export function searchKey({ formula_text: _text, switched_off: _off, gallery: _gallery, tab: _tab, ...about }) {
  return JSON.stringify(Object.entries(about).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** @type {Record<string, string>} */
export const METRIC_NAMES = { iou: "IoU", precision: "precision", recall: "recall", f1: "F1" };
