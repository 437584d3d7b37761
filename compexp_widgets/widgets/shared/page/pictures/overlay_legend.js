/** What the overlay's drawing means, drawn by the same brush. */

import { heatGradient } from "../elements/colour.js";
import { element } from "../elements/element.js";
import { formatActivation } from "../elements/format.js";
import { paintMasks, prepareCanvas } from "./tile_painting.js";

const SWATCH = { width: 30, height: 18 };


/**
 * @param {import("./tile_painting.js").Overlay} overlay
 * @param {number} maxActivation
 * @param {string} fires such as "neuron fires"
 * @param {{formula: string}} [words] what the hatched places are, where they are not those of the formula
 * @returns {HTMLElement}
 */
export function overlayLegend(overlay, maxActivation, fires, { formula } = { formula: "formula holds" }) {
  const legend = element("div", { class: "compexp-legend compexp-overlay-legend" });
  if (overlay === "heat") {
    const ramp = element("span", { class: "compexp-heat-ramp" });
    ramp.style.backgroundImage = heatGradient();
    legend.append(element("span", {}, "activation 0"), ramp, element("span", {}, formatActivation(maxActivation)));
  } else if (overlay === "neuron") {
    legend.append(swatch(fires, 1, "neuron"));
  } else if (overlay === "formula") {
    legend.append(swatch(formula, 2, "formula"));
  } else if (overlay === "both") {
    legend.append(swatch(fires, 1, "both"), swatch(formula, 2, "both"), swatch("both", 3, "both"));
  }
  return legend;
}

/**
 * @param {string} words
 * @param {number} kinds 1 neuron, 2 formula, 3 both
 * @param {import("./tile_painting.js").Overlay} overlay
 */
function swatch(words, kinds, overlay) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  canvas.style.width = `${SWATCH.width}px`;
  canvas.style.height = `${SWATCH.height}px`;
  const context = prepareCanvas(canvas, SWATCH.width, SWATCH.height);
  context.fillStyle = "#8a929c";
  context.fillRect(0, 0, SWATCH.width, SWATCH.height);
  /** @type {[number, number][]} */
  const square = [[2, 2], [28, 2], [28, 16], [2, 16]];
  const loops = (/** @type {boolean} */ held) => (held ? [square] : []);
  const outlines = { neuron: loops((kinds & 1) > 0), formula: loops((kinds & 2) > 0), both: loops(kinds === 3) };
  paintMasks(context, { x: 0, y: 0, ...SWATCH }, outlines, [SWATCH.height, SWATCH.width], overlay, 1.4);
  return element("span", { class: "compexp-legend-item" }, canvas, words);
}
