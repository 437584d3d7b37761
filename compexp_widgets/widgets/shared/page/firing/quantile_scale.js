/** The quantile slider: equal steps are equal ratios, because .001 to .002 matters as much as .05 to .1. */

/** @typedef {{smallest: number, largest: number}} Scale */

/** Pixels are many, and few of them are what a unit is about. @type {Scale} */
export const OF_POSITIONS = { smallest: 0.0005, largest: 0.1 };
/** Sentence pairs are thousands, and most are silent for most units. @type {Scale} */
export const OF_PAIRS = { smallest: 0.005, largest: 0.5 };
export const STEPS = 120;

/**
 * The quantile at a step of the slider, rounded to two digits.
 *
 * @param {number} step 0 … STEPS
 * @param {Scale} scale
 */
export function quantileAt(step, scale) {
  const { smallest, largest } = scale;
  const exact = smallest * (largest / smallest) ** (step / STEPS);
  return clampQuantile(Number(exact.toPrecision(2)), scale);
}

/**
 * The step nearest to a quantile.
 *
 * @param {number} quantile
 * @param {Scale} scale
 */
export function stepOf(quantile, scale) {
  const { smallest, largest } = scale;
  const ratio = Math.log(clampQuantile(quantile, scale) / smallest) / Math.log(largest / smallest);
  return Math.round(ratio * STEPS);
}

/**
 * The nearest quantile that the kernel accepts.
 *
 * @param {number} quantile
 * @param {Scale} scale
 */
export function clampQuantile(quantile, { smallest, largest }) {
  return Math.min(largest, Math.max(smallest, quantile));
}
