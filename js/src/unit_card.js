/** The right side of the explorer: one unit's formula, scores, curve and pictures. */

import { copyText } from "./clipboard.js";
import { button, choice, outOfUse } from "./controls.js";
import { element } from "./element.js";
import { formatActivation, formatCount, formatPercent, formatPlural, formatScore } from "./format.js";
import { Evidence } from "./evidence.js";
import { FormulaEditor } from "./formula_editor.js";
import { categoryLegend, FormulaPills } from "./formula_pills.js";
import { Gallery } from "./gallery.js";
import { lengthCurve } from "./length_curve.js";
import { overlayLegend } from "./overlay_legend.js";
import { proofWords } from "./proof_words.js";
import { SEARCH_TRAITS } from "./settings.js";
import { scoreRow } from "./score_bars.js";
import { tabList } from "./tabs.js";

const GALLERIES = [
  { value: "fires", text: "fires most", title: "Pictures where the unit’s activation is largest" },
  { value: "silent", text: "formula holds, ", wide: "neuron ", rest: "silent", title: "Pictures with the largest area where the formula holds and the neuron does not fire" },
  { value: "unexplained", text: "", wide: "neuron ", rest: "fires, formula false", title: "Pictures with the largest area where the neuron fires and the formula does not hold" },
];

const OVERLAYS = [
  { value: "both", text: "both", title: "Neuron and formula" },
  { value: "neuron", text: "neuron", title: "Where the neuron fires; all else darkened" },
  { value: "formula", text: "formula", title: "Where the formula holds" },
  { value: "heat", text: "heat", title: "The activation as a heat map" },
  { value: "none", text: "none", title: "The plain picture" },
];

/** @type {Record<string, string>} */
const EMPTY_WORDS = {
  fires: "No picture where the neuron fires.",
  silent: "No picture where the formula holds and the neuron is silent.",
  unexplained: "No picture where the neuron fires and the formula is false: the formula explains every firing.",
};

export class UnitCard {
  /**
   * @param {object} options
   * @param {any} options.study
   * @param {number} options.tiles
   * @param {import("./tooltip.js").Tooltip} options.tooltip
   * @param {(words: string) => void} options.announce
   * @param {(changes: Record<string, any>) => void} options.onChange sets traits
   * @param {(by: number) => void} options.onStep to another unit of the table
   * @param {(settings: Record<string, any>) => Promise<any>} options.onEvidence asks what speaks for the formula
   * @param {(text: string | null) => void} options.onDraft a formula while it is typed; `null` when typing ends
   */
  constructor({ study, tiles, tooltip, announce, onChange, onStep, onDraft, onEvidence }) {
    this.study = study;
    this.onChange = onChange;
    this.onDraft = onDraft;
    this.tooltip = tooltip;
    /** @type {any} the reply shown */
    this.message = null;
    /** @type {string | null} a formula that is to be kept once the kernel has read it */
    this.keeping = null;
    /** @type {number[]} the trait's value, which may be newer than the card */
    this.switchedOff = [];
    /** Whether the editor was opened to show what is wrong with a formula that came from the kernel's side. */
    this.openedForProblem = false;
    /** What the overlay's legend was drawn for. */
    this.legendKey = "";

    this.title = element("h2", {}, "unit");
    this.edit = button("edit", () => this.startEditing(), { title: "Edit the formula by hand" });
    this.copy = button("copy", () => this.copyFormula(), { title: "Copy the formula’s text" });
    this.before = button("‹", () => onStep(-1), { "aria-label": "previous unit in the table", title: "Previous unit in the table" });
    this.after = button("›", () => onStep(1), { "aria-label": "next unit in the table", title: "Next unit in the table" });
    this.pills = new FormulaPills({ tooltip, onToggle: (index) => this.toggle(index) });
    this.legend = element("div", { class: "compexp-formula-foot" });
    this.editor = new FormulaEditor({
      onDraft: (text) => {
        this.openedForProblem = false;
        onDraft(text);
      },
      onKeep: (text) => this.keep(text),
      onAbandon: () => this.abandon(),
    });
    this.editor.setConcepts(study.concepts, study.categories);
    this.scores = scoreRow(["iou", "precision", "recall", "f1"], tooltip);
    this.curve = lengthCurve(tooltip, (answer) => this.chooseLength(answer));
    this.evidence = new Evidence({ tooltip, onAsk: onEvidence });
    this.numbers = element("div", { class: "compexp-caption compexp-numbers" });
    this.silence = element("div", { class: "compexp-empty compexp-silence", hidden: true });
    this.gallery = new Gallery({ tooltip, announce, slots: tiles });
    this.tabs = tabList("which pictures", GALLERIES, (value) => onChange({ gallery: value }), this.gallery.node);
    this.overlay = choice("overlay", OVERLAYS, (value) => onChange({ overlay: value }));
    this.overlayLegend = element("div", { class: "compexp-overlay-words" });

    this.words = element("div", { class: "compexp-answer-words" }, this.pills.node, this.editor.node, this.legend);
    this.answer = element(
      "div",
      { class: "compexp-answer" },
      this.words,
      element("div", { class: "compexp-measures" }, this.scores.node, this.curve.node),
      this.numbers,
      this.evidence.node,
    );
    this.pictures = element(
      "div",
      { class: "compexp-pictures" },
      this.tabs.node,
      element("div", { class: "compexp-overlay-row" }, this.overlay.node, this.overlayLegend),
      this.gallery.node,
    );
    this.node = element(
      "section",
      { class: "compexp-card", "aria-label": "unit" },
      element(
        "div",
        { class: "compexp-section-title compexp-card-title" },
        element("div", { class: "compexp-row" }, this.title, this.before, this.after),
        element("div", { class: "compexp-row" }, this.edit, this.copy),
      ),
      this.answer,
      this.silence,
      this.pictures,
    );
  }

  destroy() {
    this.editor.stop();
    this.gallery.destroy();
  }

  /**
   * @param {any} message a reply of type `card`
   * @param {import("./card.js").Tile[]} tiles
   * @param {object} context
   * @param {import("./tile_painting.js").Overlay} context.overlay
   * @param {(image: number) => import("./picture_cache.js").Picture | undefined} context.picture
   */
  show(message, tiles, { overlay, picture }) {
    this.message = message;
    const { formula, searched, settings } = message;
    this.title.textContent = `unit ${message.unit}`;
    this.silence.hidden = !message.silent;
    this.answer.hidden = message.silent;
    this.pictures.hidden = message.silent;
    if (message.silent) {
      this.silence.textContent =
        `Unit ${message.unit} never fires on these pictures: its largest activation, ${formatActivation(message.max_activation)}, ` +
        `is not above its threshold, ${formatActivation(message.threshold)}. There is nothing to explain. ` +
        "Choose another unit, or probe the network with other pictures.";
      return;
    }
    const leaves = message.leaves ?? [];
    this.words.classList.toggle("compexp-two-lines", settings.max_length > 3 || formula.edited);
    this.pills.show(formula.tokens, { leaves, switchedOff: settings.switched_off, categories: this.study.categories });
    this.showFoot(message, leaves);
    this.scores.set(message.scores);
    this.answer.classList.remove("compexp-outdated");
    this.curve.set(message.by_length ?? [], formula.text);
    this.showNumbers(message);
    const tested = ["unit", ...SEARCH_TRAITS].map((name) => settings[name]);
    this.evidence.offer(formula.edited || !searched.text ? "" : JSON.stringify(tested), settings);
    this.tabs.set(settings.gallery, message.gallery_counts ?? {});
    this.gallery.show(
      tiles,
      { study: this.study, picture, overlay, maxActivation: message.max_activation, threshold: message.threshold },
      EMPTY_WORDS[settings.gallery] ?? "No picture.",
    );
    this.setOverlay(overlay);
    this.editor.setProblem(null);
    if (this.openedForProblem) this.setEditing(false);
    if (this.keeping !== null && this.keeping === settings.formula_text) this.keep(this.keeping);
  }

  /**
   * @param {any} message
   * @param {any[]} leaves
   */
  showFoot(message, leaves) {
    const { formula, searched, settings } = message;
    const parts = [categoryLegend(this.study.categories, leaves.map((leaf) => leaf.category))];
    if (settings.switched_off.length > 0) {
      const shown = message.shown?.text ? `shown: ${message.shown.text}` : "every concept is switched off";
      parts.push(
        element("span", { class: "compexp-caption compexp-break" }, shown),
        button("all back on", () => this.onChange({ switched_off: [] })),
      );
    } else if (formula.edited && !this.editor.open) {
      parts.push(
        element("span", { class: "compexp-caption compexp-break" }, `edited by hand; the search found ${searched.text}, IoU ${formatScore(searched.iou)}`),
        button("back to it", () => this.abandon(), { title: "Back to the search’s answer" }),
      );
    } else if (!formula.edited) {
      const proof = proofWords(message.proof, searched.iou);
      if (proof) {
        const badge = element("span", { class: "compexp-proof", tabindex: 0, "aria-label": `${proof.text}. ${proof.explanation}` }, proof.text);
        this.tooltip.explain(badge, () => element("div", {}, proof.explanation));
        parts.push(badge);
      }
    }
    this.legend.replaceChildren(...parts);
  }

  /** @param {any} message */
  showNumbers(message) {
    const { scores, threshold, active_images: images, settings } = message;
    this.numbers.textContent =
      `Fires above ${formatActivation(threshold)}, its strongest ${formatPercent(settings.quantile)}: ` +
      `${formatPlural(scores.active, "position")} in ${formatPlural(images, "picture")}. ` +
      `The formula holds at ${formatCount(scores.holds)}; both at ${formatCount(scores.both)}.`;
  }

  /**
   * What changes at once, before the kernel has answered.
   *
   * @param {Record<string, any>} settings
   */
  anticipate(settings) {
    this.switchedOff = settings.switched_off;
    this.pills.setSwitchedOff(settings.switched_off);
    this.tabs.set(settings.gallery, this.message?.gallery_counts ?? {});
    this.title.textContent = `unit ${settings.unit}`;
  }

  /** @param {import("./tile_painting.js").Overlay} overlay */
  setOverlay(overlay) {
    this.overlay.set(overlay);
    this.gallery.setOverlay(overlay);
    const key = `${overlay} ${overlay === "heat" ? this.message?.max_activation : ""} ${window.devicePixelRatio}`;
    if (key !== this.legendKey) {
      this.legendKey = key;
      this.overlayLegend.replaceChildren(overlayLegend(overlay, this.message?.max_activation ?? 0));
    }
  }

  /**
   * @param {number | null} before
   * @param {number | null} after
   */
  setNeighbours(before, after) {
    outOfUse(this.before, before === null ? "This is the first unit of the table." : null, "Previous unit in the table");
    outOfUse(this.after, after === null ? "This is the last unit of the table." : null, "Next unit in the table");
  }

  /** @param {number} index */
  toggle(index) {
    const now = this.switchedOff;
    const next = now.includes(index) ? now.filter((other) => other !== index) : [...now, index].sort((a, b) => a - b);
    this.onChange({ switched_off: next });
  }

  startEditing() {
    if (this.editor.open || !this.message || this.message.silent) return;
    this.setEditing(true);
    this.editor.start(this.message.formula.text);
  }

  /** @param {boolean} editing */
  setEditing(editing) {
    this.openedForProblem = false;
    this.pills.node.hidden = editing;
    outOfUse(this.edit, editing ? "The formula is being edited: Enter keeps it, Esc drops it." : null, "Edit the formula by hand");
    if (!editing) {
      this.editor.stop();
      this.keeping = null;
    }
  }

  /** @param {any} problem a reply of type `formula_error` */
  showProblem(problem) {
    if (!this.editor.open) {
      this.setEditing(true);
      this.openedForProblem = true;
      this.editor.start(problem.text, false);
    }
    this.keeping = null;
    this.answer.classList.add("compexp-outdated");
    this.editor.setProblem(problem);
  }

  /** @param {string} text */
  keep(text) {
    if (text === "") return this.abandon();
    if (this.message?.settings.formula_text !== text && this.message?.formula.text !== text) {
      this.keeping = text;
      this.onDraft(text);
      return;
    }
    const wasSearched = text === this.message.searched?.text;
    this.closeEditor();
    this.onChange({ formula_text: wasSearched ? "" : text });
    this.onDraft(null);
  }

  abandon() {
    this.closeEditor();
    this.onChange({ formula_text: "" });
    this.onDraft(null);
  }

  closeEditor() {
    const hadFocus = this.editor.node.contains(document.activeElement);
    this.setEditing(false);
    if (hadFocus) this.edit.focus();
  }

  /** @param {{text: string}} answer */
  chooseLength({ text }) {
    this.setEditing(false);
    this.onDraft(null);
    this.onChange({ formula_text: text === this.message.searched?.text ? "" : text });
  }

  async copyFormula() {
    const text = this.message?.shown?.text || this.message?.formula.text;
    if (!text) return;
    const copied = await copyText(text);
    this.copy.textContent = copied ? "copied" : "not copied";
    clearTimeout(this.copyTimer);
    this.copyTimer = setTimeout(() => (this.copy.textContent = "copy"), 1600);
  }
}
