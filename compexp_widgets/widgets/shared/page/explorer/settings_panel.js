/** What a unit is explained with: every control explains the unit anew while it moves. */

import { button, checkBox, choice, slider } from "../elements/controls.js";
import { categoryMark } from "../elements/colour.js";
import { element } from "../elements/element.js";
import { formatPace } from "../elements/format.js";
import { METRIC_NAMES, sameSettings } from "../protocol/settings.js";

const OPERATORS = ["OR", "AND", "AND NOT"];
const LONGEST_BEAM = 20;

/**
 * @param {import("./subject_words.js").Subject} subject
 * @returns {Record<string, string>}
 */
const metricWords = ({ position }) => ({
  iou: `the share of ${position}s that are both, of those that are either`,
  precision: `of the ${position}s where the formula holds, the share where the neuron fires`,
  recall: `of the ${position}s where the neuron fires, the share where the formula holds`,
  f1: "precision and recall in one number",
});

export class SettingsPanel {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {Record<string, any>} options.defaults
   * @param {string[]} options.searchTraits
   * @param {number} options.longest the largest number of concepts that is offered
   * @param {import("./subject_words.js").Subject} options.subject
   * @param {(listeners: import("../firing/firing_fields.js").FieldListeners) => import("../firing/firing_fields.js").FiringField} options.firing
   * @param {(changes: Record<string, any>) => void} options.onChange
   */
  constructor({ categories, defaults, searchTraits, longest, subject, firing, onChange }) {
    this.defaults = defaults;
    this.searchTraits = searchTraits;
    this.longest = longest;
    /** @type {Record<string, any>} */
    this.settings = {};
    this.onChange = onChange;
    this.reason = element("div", { class: "compexp-caption", role: "status" });

    this.firing = firing({ onChange, say: (words) => this.say(words) });
    const lengths = Array.from({ length: longest }, (_, place) => place + 1);
    this.length = choice("maximum length", lengths.map((value) => ({ value, text: String(value) })), (value) => onChange({ max_length: value }));
    this.longer = element("span", { class: "compexp-caption" });

    this.beam = slider("beam", { min: 1, max: LONGEST_BEAM }, (beam) => onChange({ beam_size: beam }));
    this.beamText = element("output", { class: "compexp-number compexp-beam" });

    this.operators = OPERATORS.map((name) => checkBox(name, (checked) => this.toggle("operators", OPERATORS, name, checked)));
    const words = metricWords(subject);
    this.metric = choice(
      "metric",
      Object.entries(METRIC_NAMES).map(([value, text]) => ({ value, text, title: words[value] })),
      (value) => onChange({ metric: value }),
    );
    this.categories = categories;
    this.used = categories.map((name) =>
      checkBox(element("span", { class: "compexp-category" }, categoryMark(categories, name), name), (checked) =>
        this.toggleCategory(name, checked),
      ),
    );
    this.pace = element("span", { class: "compexp-caption compexp-number" });
    this.reset = button("reset", () => onChange(Object.fromEntries(searchTraits.map((name) => [name, defaults[name]]))), {
      title: "Back to the settings that the table was first filled with",
    });

    this.node = element(
      "section",
      { class: "compexp-settings", "aria-label": "settings" },
      element("div", { class: "compexp-section-title" }, element("h3", {}, "Explain with"), element("div", { class: "compexp-row" }, this.pace, this.reset)),
      field(this.firing.label, this.firing.explanation, ...this.firing.nodes),
      field("max length", "How many concepts a formula may have", this.length.node, this.longer),
      field("operators", "What may join two concepts", ...this.operators.map(({ node }) => node)),
      field("metric", "What the search maximises", this.metric.node),
      field("beam", "How many formulas the search keeps at every length: more find better ones, and take longer", this.beam.node, this.beamText),
      field("concepts", "Kinds of concepts that a formula may use", ...this.used.map(({ node }) => node)),
      this.reason,
    );
  }

  /** @param {Record<string, any>} settings the values of the traits */
  set(settings) {
    this.settings = settings;
    const { max_length: length, beam_size: beam, operators, metric, excluded_categories: excluded } = settings;
    this.firing.set(settings);
    this.length.set(length);
    this.longer.textContent = length > this.longest ? `now ${length}` : "";
    this.beam.node.max = String(Math.max(LONGEST_BEAM, beam));
    this.beam.set(beam, String(beam));
    this.beamText.textContent = String(beam);
    this.operators.forEach(({ set }, place) => set(operators.includes(OPERATORS[place])));
    this.metric.set(metric);
    this.used.forEach(({ set }, place) => set(!excluded.includes(this.categories[place])));
    this.reset.hidden = sameSettings(settings, this.defaults, this.searchTraits);
  }

  /**
   * @param {number} seconds that the kernel took for a card
   * @param {number} [more] that it searched afterwards
   */
  setPace(seconds, more) {
    const first = Number.isFinite(seconds) ? formatPace(seconds) : "–";
    this.pace.textContent = more === undefined ? `explained in ${first}` : `explained in ${first} + ${formatPace(more)}`;
    this.pace.title = more === undefined ? "" : `The first answer came after ${first}; then the search went on for ${formatPace(more)}.`;
  }

  /**
   * @param {string} trait
   * @param {string[]} all
   * @param {string} name
   * @param {boolean} checked
   */
  toggle(trait, all, name, checked) {
    const chosen = all.filter((other) => (other === name ? checked : this.settings[trait].includes(other)));
    if (chosen.length === 0) {
      this.say("At least one operator has to stay. For single concepts choose max length 1.");
      return false;
    }
    this.say("");
    this.onChange({ [trait]: chosen });
    return true;
  }

  /**
   * @param {string} name
   * @param {boolean} checked
   */
  toggleCategory(name, checked) {
    const excluded = this.categories.filter((other) => (other === name ? !checked : this.settings.excluded_categories.includes(other)));
    if (excluded.length === this.categories.length) {
      this.say("At least one kind of concept has to stay: formulas are made of them.");
      return false;
    }
    this.say("");
    this.onChange({ excluded_categories: excluded });
    return true;
  }

  /** @param {string} words */
  say(words) {
    this.reason.textContent = words;
  }
}

/**
 * @param {string} label
 * @param {string} explanation
 * @param {...Node} controls
 */
function field(label, explanation, ...controls) {
  return element(
    "div",
    { class: "compexp-field" },
    element("span", { class: "compexp-field-label", title: explanation }, label),
    element("div", { class: "compexp-field-controls" }, ...controls),
  );
}
