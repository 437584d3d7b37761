/** Colours and marks: one a category, and the ramp of the heat map. */

import { svgElement } from "./element.js";

/** How many category colours the style sheet has, `--compexp-category-0` and on. */
const COLOURS = 8;

/** Mark shapes on a 10 × 10 field: told apart without colour, too. */
const SHAPES = [
  "M5 .5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z",
  "M1 1h8v8h-8z",
  "M5 0L10 5L5 10L0 5z",
  "M5 .4L9.8 9H.2z",
  "M5 9.6L.2 1H9.8z",
];

/**
 * The mark of a category: a small shape in its colour. Neighbouring categories differ in both.
 *
 * @param {string[]} categories all categories, in the study's order
 * @param {string} category
 */
export function categoryMark(categories, category) {
  const index = categories.indexOf(category);
  const colour = index < 0 ? "var(--compexp-muted)" : `var(--compexp-category-${index % COLOURS})`;
  const shape = svgElement("path", { d: SHAPES[Math.max(0, index) % SHAPES.length] });
  const mark = svgElement("svg", { class: "compexp-mark", viewBox: "0 0 10 10", "aria-hidden": "true" }, shape);
  mark.style.color = colour;
  return mark;
}

/** Nine samples of matplotlib's inferno (van der Walt and Smith), from its middle tones up: its black end is left out. */
const RAMP = [
  [87, 16, 110],
  [114, 25, 110],
  [140, 41, 99],
  [168, 50, 88],
  [196, 60, 74],
  [221, 81, 58],
  [240, 111, 35],
  [251, 155, 6],
  [252, 255, 164],
];

/**
 * The heat map's colour, perceptually even.
 *
 * @param {number} share 0 … 1 of the largest activation; values outside are clamped
 * @returns {[number, number, number]} red, green, blue, 0 … 255
 */
export function heatColour(share) {
  const place = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * (RAMP.length - 1);
  const first = Math.min(RAMP.length - 2, Math.floor(place));
  const rest = place - first;
  const mixed = RAMP[first].map((value, channel) => Math.round(value * (1 - rest) + RAMP[first + 1][channel] * rest));
  return [mixed[0], mixed[1], mixed[2]];
}

/**
 * How opaque the heat map is: nothing where the unit is silent, so that the picture stays visible.
 *
 * @param {number} share 0 … 1 of the largest activation
 */
export function heatOpacity(share) {
  return share <= 0 ? 0 : Math.min(0.85, 0.85 * Math.min(1, share) ** 0.75);
}

/** The heat ramp as a CSS gradient, for a legend. */
export function heatGradient() {
  const stops = [0, 0.05, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1].map((share) => {
    const [red, green, blue] = heatColour(share);
    return `rgba(${red}, ${green}, ${blue}, ${heatOpacity(share).toFixed(3)}) ${share * 100}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
