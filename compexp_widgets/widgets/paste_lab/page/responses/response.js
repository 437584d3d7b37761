/** The kernel's answer about an edited picture, put together for showing. Pure. */

import { intersect, outlineLoops, smoothLoop, unpackBits } from "../../../shared/page/pictures/overlay.js";

/**
 * One class in the list of predictions.
 *
 * @typedef {object} ClassRow
 * @property {number} index
 * @property {string} name
 * @property {number} before probability
 * @property {number} after
 * @property {boolean} original whether it is the class of the unedited picture
 * @property {boolean} predicted whether it is the class of the edited one
 * @property {boolean} wanted
 */

/**
 * The likeliest classes before and after, and the wanted one, the likeliest after the edits first.
 *
 * @param {import("../messages").Response} message
 * @param {string[]} classes their names
 * @param {number} target −1 where any other class will do
 * @param {number} [count] how many of either
 * @returns {ClassRow[]}
 */
export function classRows({ before, after, original }, classes, target, count = 5) {
  const likeliest = (/** @type {number[]} */ probabilities) =>
    probabilities
      .map((probability, index) => ({ probability, index }))
      .sort((one, other) => other.probability - one.probability || one.index - other.index)
      .slice(0, count)
      .map(({ index }) => index);
  const shown = new Set([...likeliest(after.probabilities), ...likeliest(before.probabilities), ...(target >= 0 ? [target] : [])]);
  return [...shown]
    .map((index) => ({
      index,
      name: classes[index] ?? `class ${index}`,
      before: before.probabilities[index],
      after: after.probabilities[index],
      original: index === original,
      predicted: index === after.predicted,
      wanted: index === target,
    }))
    .sort((one, other) => other.after - one.after || other.before - one.before || one.index - other.index);
}

/**
 * The outlines of where each shown unit fired before the edits and fires after them, by unit: `formula` is before,
 * `neuron` is after, so that they are painted apart.
 *
 * @param {import("../messages").Response} message
 * @param {DataView[]} buffers two a unit
 * @param {[number, number]} grid
 * @returns {Map<number, import("../../../shared/page/pictures/card.js").Outlines>}
 */
export function unitOutlines({ units }, buffers, grid) {
  if (buffers.length < units.length * 2) {
    throw new RangeError(`${units.length} units were shown, but ${buffers.length} of ${units.length * 2} masks came.`);
  }
  return new Map(
    units.map(({ unit }, place) => {
      const [before, after] = [0, 1].map((which) => unpackBits(buffers[place * 2 + which], grid[0] * grid[1]));
      const loops = (/** @type {Uint8Array} */ mask) => outlineLoops(mask, ...grid).map(smoothLoop);
      return [unit, { neuron: loops(after), formula: loops(before), both: loops(intersect(before, after)) }];
    }),
  );
}

/**
 * The outlines of a region of the picture.
 *
 * @param {DataView} buffer packed bits at the picture's size
 * @param {import("../stage/placement.js").Size} picture
 * @returns {import("../../../shared/page/pictures/card.js").Outlines}
 */
export function regionOutlines(buffer, { width, height }) {
  const mask = unpackBits(buffer, width * height);
  return { neuron: [], formula: outlineLoops(mask, height, width).map(smoothLoop), both: [] };
}

/**
 * @typedef {object} FormulaChange
 * @property {import("../../../shared/page/messages").FormulaPart} formula
 * @property {number[]} units whose formula it is
 * @property {number} before share of the positions where it held
 * @property {number} after
 */

/**
 * The formulas that changed, each once with all its units; their order stays.
 *
 * @param {import("../messages").ChangedFormula[]} changed
 * @returns {FormulaChange[]}
 */
export function changedFormulas(changed) {
  /** @type {Map<string, FormulaChange>} */
  const found = new Map();
  for (const { unit, formula, before, after } of changed) {
    const known = found.get(formula.text);
    if (known) known.units.push(unit);
    else found.set(formula.text, { formula, units: [unit], before, after });
  }
  return [...found.values()];
}

/**
 * Whether the edits did what was wanted.
 *
 * @param {import("../messages").Response} message
 * @param {number} target
 */
export function isReached({ after, original }, target) {
  return target < 0 ? after.predicted !== original : after.predicted === target && target !== original;
}
