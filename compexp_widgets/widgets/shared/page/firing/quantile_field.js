/** The share of its activations at which a unit fires: a slider, the number as text, and words. */

import { slider } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { formatQuantile, parseQuantile } from "../elements/format.js";

export class QuantileField {
  /**
   * @param {object} options
   * @param {Scale} options.scale
   * @param {(quantile: number) => void} options.onChange
   * @param {(words: string) => void} options.say tells what is wrong with what was typed
   */
  constructor({ scale, onChange, say }) {
    this.scale = scale;
    this.onChange = onChange;
    this.say = say;
    this.slider = slider("quantile", { min: 0, max: STEPS }, (step) => onChange(quantileAt(step, scale)));
    this.text = element("input", {
      type: "text",
      class: "compexp-small-input",
      "aria-label": "quantile, as a number",
      on: {
        change: () => this.typed(),
        keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && this.typed(),
      },
    });
    this.nodes = [this.slider.node, this.text];
  }

  /**
   * @param {number} quantile
   * @param {boolean} inUse
   */
  set(quantile, inUse) {
    this.slider.set(stepOf(quantile, this.scale), formatQuantile(quantile));
    if (document.activeElement !== this.text) this.text.value = formatQuantile(quantile);
    this.text.removeAttribute("aria-invalid");
    this.slider.node.disabled = this.text.disabled = !inUse;
  }

  typed() {
    const quantile = parseQuantile(this.text.value);
    const ends = [this.scale.smallest, this.scale.largest].map(formatQuantile).join(" to ");
    if (quantile === null || quantile <= 0) {
      this.text.setAttribute("aria-invalid", "true");
      this.say(`“${this.text.value}” is no quantile. Type a number from ${ends}.`);
      return;
    }
    const nearest = clampQuantile(quantile, this.scale);
    this.say(nearest === quantile ? "" : `The quantile goes from ${ends}; the nearest is used.`);
    this.text.value = formatQuantile(nearest);
    this.onChange(nearest);
  }
}

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
