/** Where a range lies on the axis of a unit's activations, as a small histogram. Heights are pure and under test. */

import { svgElement } from "../elements/element.js";

const HEIGHT = 20;

/**
 * Heights of a histogram's bars. Small activations are thousands of times as frequent as large ones, so that heights are
 * logarithms; a bar that is not empty can be seen.
 *
 * @param {number[]} counts
 * @param {number} height of the highest bar
 * @returns {number[]}
 */
export function barHeights(counts, height) {
  const highest = Math.log1p(Math.max(1, ...counts));
  return counts.map((count) => (count > 0 ? Math.max(1.5, (height * Math.log1p(count)) / highest) : 0));
}

/**
 * How much of each bar lies in a range: 0 … 1.
 *
 * @param {number} bars over 0 … largest
 * @param {number} largest
 * @param {number} low
 * @param {number | null} high
 * @returns {number[]}
 */
export function barsWithin(bars, largest, low, high) {
  const width = largest / bars;
  return Array.from({ length: bars }, (_, place) => {
    const from = Math.max(low, place * width);
    const to = Math.min(high ?? Infinity, (place + 1) * width);
    return width > 0 ? Math.min(1, Math.max(0, (to - from) / width)) : 0;
  });
}

/**
 * @param {number[]} counts
 * @param {number} largest the activation at the right end
 * @param {number} low
 * @param {number | null} high
 * @returns {SVGElement}
 */
export function activationBar(counts, largest, low, high) {
  const heights = barHeights(counts, HEIGHT);
  const within = barsWithin(counts.length, largest, low, high);
  const start = (low / largest) * counts.length;
  const end = ((high ?? largest) / largest) * counts.length;
  return svgElement(
    "svg",
    { class: "compexp-activation-bar", viewBox: `0 0 ${counts.length} ${HEIGHT + 3}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...heights.map((height, place) =>
      svgElement("rect", { x: place + 0.1, width: 0.8, y: HEIGHT - height, height, class: within[place] >= 0.5 ? "compexp-within" : null }),
    ),
    svgElement("rect", { x: 0, width: counts.length, y: HEIGHT + 1, height: 2 }),
    svgElement("rect", { x: start, width: Math.max(0.6, end - start), y: HEIGHT + 1, height: 2, class: "compexp-within" }),
  );
}
