/** The quantile slider: equal steps are equal ratios, because .001 to .002 matters as much as .05 to .1. */

export const SMALLEST = 0.0005;
export const LARGEST = 0.1;
export const STEPS = 120;

/**
 * The quantile at a step of the slider, rounded to two digits.
 *
 * @param {number} step 0 … STEPS
 */
export function quantileAt(step) {
  const exact = SMALLEST * (LARGEST / SMALLEST) ** (step / STEPS);
  return clampQuantile(Number(exact.toPrecision(2)));
}

/**
 * The step nearest to a quantile.
 *
 * @param {number} quantile
 */
export function stepOf(quantile) {
  const ratio = Math.log(clampQuantile(quantile) / SMALLEST) / Math.log(LARGEST / SMALLEST);
  return Math.round(ratio * STEPS);
}

/**
 * The nearest quantile that the kernel accepts.
 *
 * @param {number} quantile
 */
export function clampQuantile(quantile) {
  return Math.min(LARGEST, Math.max(SMALLEST, quantile));
}
