/** Changing a region of the photograph itself: a formula says which, a colour or nothing says to what. */

import { button, slider } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatPercent } from "../../../shared/page/elements/format.js";
import { FormulaEditor } from "../../../shared/page/formula/formula_editor.js";
import { COLOURS } from "../paste_words.js";
import { quoteName } from "../../../shared/page/formula/completion.js";

/** How many of the concepts present are offered. */
const OFFERED = 8;

export class RegionForm {
  /**
   * @param {object} options
   * @param {{name: string, category: string}[]} options.concepts
   * @param {string[]} options.categories
   * @param {(formula: string) => void} options.onDraft asks which region that is
   * @param {(edit: import("../messages").RecolourRegion | import("../messages").RemoveRegion) => void} options.onApply
   * @param {() => void} options.onClose
   */
  constructor({ concepts, categories, onDraft, onApply, onClose }) {
    this.onDraft = onDraft;
    this.onApply = onApply;
    this.onClose = onClose;
    /** @type {"recolour" | "remove"} */
    this.kind = "recolour";
    /** @type {[number, number, number]} */
    this.colour = [...COLOURS[4][1]];
    this.strength = 1;
    this.title = element("h3", {}, "");
    this.editor = new FormulaEditor(
      { onDraft, onKeep: () => this.apply(), onAbandon: () => this.close() },
      {
        label: "region, as a formula",
        placeholder: "a concept of this picture, or a formula",
        keep: { text: "apply", title: "Change the region (Enter)" },
        abandon: { text: "close", title: "Change nothing (Esc)" },
        hint: "the region is hatched on the picture",
      },
    );
    this.editor.setConcepts(concepts, categories);
    this.present = element("div", { class: "compexp-row compexp-present", role: "group", "aria-label": "concepts of this picture" });
    this.share = element("div", { class: "compexp-caption", role: "status" });
    this.swatches = COLOURS.map(([name, colour]) => {
      const node = button("", () => this.setColour(colour), { class: "compexp-button compexp-swatch", title: name, "aria-label": name });
      node.style.background = `rgb(${colour.join(", ")})`;
      return { node, colour };
    });
    this.own = element("input", { type: "color", class: "compexp-own-colour", "aria-label": "another colour", title: "Another colour" });
    this.own.addEventListener("input", () => this.setColour(/** @type {[number, number, number]} */ ([1, 3, 5].map((start) => Number.parseInt(this.own.value.slice(start, start + 2), 16)))));
    this.amount = slider("strength of the colour", { min: 10, max: 100 }, (percent) => this.setStrength(percent / 100));
    this.amountWords = element("span", { class: "compexp-caption compexp-number" });
    this.colours = element(
      "div",
      { class: "compexp-row" },
      element("div", { class: "compexp-row compexp-swatches", role: "group", "aria-label": "colour" }, ...this.swatches.map(({ node }) => node), this.own),
      element("label", { class: "compexp-fade" }, element("span", { class: "compexp-caption" }, "strength"), this.amount.node, this.amountWords),
    );
    this.node = element("div", { class: "compexp-region-form", hidden: true }, this.title, this.present, this.colours, this.editor.node, this.share);
    this.setColour(this.colour);
    this.setStrength(1);
  }

  get open() {
    return !this.node.hidden;
  }

  /** @param {"recolour" | "remove"} kind */
  start(kind) {
    this.kind = kind;
    this.node.hidden = false;
    this.title.textContent = kind === "recolour" ? "Recolour a region" : "Remove a region: it is filled from its surroundings";
    this.colours.hidden = kind !== "recolour";
    const text = this.editor.input.value;
    this.editor.start(text);
    if (text.trim()) this.onDraft(text.trim());
    else this.tell("Which region? Choose a concept of the picture, or type a formula.");
  }

  close() {
    this.node.hidden = true;
    this.onClose();
  }

  /** @param {string[]} concepts of the picture, the largest first */
  setPresent(concepts) {
    this.present.replaceChildren(
      ...concepts.slice(0, OFFERED).map((name) =>
        button(name, () => {
          this.editor.start(quoteName(name));
          this.onDraft(quoteName(name));
        }),
      ),
    );
    this.present.hidden = concepts.length === 0;
  }

  /** @param {string} words about the region */
  tell(words) {
    this.share.textContent = words;
  }

  /**
   * @param {string} formula
   * @param {number} share of the picture
   */
  setShare(formula, share) {
    this.editor.setProblem(null);
    this.tell(share > 0 ? `${formula} holds on ${formatPercent(share)} of the picture.` : `${formula} holds nowhere in this picture: there is nothing to change.`);
  }

  /** @param {[number, number, number]} colour */
  setColour(colour) {
    this.colour = [...colour];
    this.own.value = `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    for (const { node, colour: one } of this.swatches) node.setAttribute("aria-pressed", String(one.every((value, channel) => value === colour[channel])));
  }

  /** @param {number} strength */
  setStrength(strength) {
    this.strength = strength;
    this.amount.set(Math.round(strength * 100), `${Math.round(strength * 100)} %`);
    this.amountWords.textContent = formatPercent(strength);
  }

  apply() {
    const formula = this.editor.input.value.trim();
    if (formula === "") return this.tell("Which region? Choose a concept of the picture, or type a formula.");
    this.onApply(this.kind === "recolour" ? { edit: "recolour", formula, colour: this.colour, strength: this.strength } : { edit: "remove", formula });
  }
}
