/** Which activations count as firing: the field of the settings that differs between kinds of networks. */

import { choice } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { isRange, rangeName } from "./firing.js";
import { formatPercent } from "../elements/format.js";
import { OF_PAIRS, OF_POSITIONS, QuantileField } from "./quantile_field.js";

/**
 * @typedef {object} FiringField
 * @property {string} label
 * @property {string} explanation
 * @property {Node[]} nodes
 * @property {(settings: Record<string, any>) => void} set
 */

const THRESHOLD_ON = [
  {
    value: "map",
    text: "of the map",
    title: "The share is of the network’s own activation map, as published. Made as large as the picture, a small map reaches its peaks at fewer positions, so the active share is smaller.",
  },
  {
    value: "grid",
    text: "of the grid",
    title: "The share is of all positions of the picture: the neuron is active at exactly so many of them, whatever the size of its map, and layers can be compared.",
  },
];

/** @typedef {{onChange: (changes: Record<string, any>) => void, say: (words: string) => void}} FieldListeners */

/**
 * Vision: the largest activations, unless a range of them is shown.
 *
 * @param {FieldListeners} listeners
 * @returns {FiringField}
 */
export function largestActivations({ onChange, say }) {
  const field = new QuantileField({ scale: OF_POSITIONS, onChange: (quantile) => onChange({ quantile }), say });
  const words = element("span", { class: "compexp-caption compexp-field-words" });
  const on = choice("of which activations", THRESHOLD_ON, (value) => onChange({ threshold_on: value }));
  return {
    label: "quantile",
    explanation: "A unit fires where its activation is among its largest",
    nodes: [...field.nodes, on.node, words],
    set: ({ quantile, threshold_on: threshold, cluster }) => {
      on.set(threshold ?? "map");
      field.set(quantile, !isRange(cluster));
      words.textContent = isRange(cluster)
        ? `out of use: ${rangeName(cluster)} of the activations is shown, not the largest ones`
        : `fires at its strongest ${formatPercent(quantile)}`;
    },
  };
}

/**
 * Sentence pairs: above 0, as a rectified unit is meant, or the largest activations.
 *
 * @param {FieldListeners} listeners
 * @returns {FiringField}
 */
export function aboveZeroOrLargest({ onChange, say }) {
  const field = new QuantileField({ scale: OF_PAIRS, onChange: (quantile) => onChange({ quantile }), say });
  const options = [
    { value: "positive", text: "above 0", title: "A unit fires where its activation is above 0" },
    { value: "largest", text: "its largest", title: "A unit fires where its activation is among its largest" },
  ];
  const way = choice("a unit fires where its activation is", options, (firing) => onChange({ firing }));
  const words = element("span", { class: "compexp-caption" });
  return {
    label: "fires",
    explanation: "Which activations count as firing",
    nodes: [way.node, ...field.nodes, words],
    set: ({ firing, quantile }) => {
      const largest = firing === "largest";
      way.set(firing);
      field.set(quantile, largest);
      for (const node of field.nodes) node.hidden = !largest;
      words.textContent = largest ? `on its strongest ${formatPercent(quantile)}` : "wherever its activation is above 0";
    },
  };
}
