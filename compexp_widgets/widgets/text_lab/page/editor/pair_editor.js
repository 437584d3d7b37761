/** Two sentences to edit: fields, the changes since the original, undo and redo, and which pair of the data it is. */

import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { newHistory, redone, same, stepped, undone } from "../../../shared/page/elements/edit_history.js";
import { formatPace } from "../../../shared/page/elements/format.js";
import { SentenceNote } from "../../../shared/page/sentences/sentence_notes.js";
import { placeWords } from "../text_words.js";
import { countChanges, trackedSentence, wordChanges } from "./word_changes.js";

/** How long typing rests before the kernel is asked, in milliseconds. */
const REST = 60;

const SIDES = ["premise", "hypothesis"];

/** @typedef {[string, string]} Sentences premise and hypothesis */

/**
 * What undo goes back to.
 *
 * @typedef {object} Step
 * @property {Sentences} sentences
 * @property {Record<string, unknown>[] | null} edits that lead there from the original; `null` once something was typed
 */

/**
 * @typedef {object} EditorListeners
 * @property {(edited: Sentences) => void} onEdit the sentences changed and typing rests
 * @property {(by: 1 | -1) => void} onStep another pair of the data
 * @property {(pair: number) => void} onPair this pair of the data
 * @property {() => void} onStart what stands in the fields is the original from now on
 */

export class PairEditor {
  /**
   * @param {number} pairs how many the data has
   * @param {import("../../../shared/page/sentences/label_words.js").LabelSets} labels
   * @param {EditorListeners} listeners
   */
  constructor(pairs, labels, listeners) {
    this.labels = labels;
    this.listeners = listeners;
    /** @type {Sentences} */
    this.original = ["", ""];
    /** @type {import("../../../shared/page/elements/edit_history.js").History<Step>} */
    this.history = newHistory(first(this.original));
    this.number = element("input", {
      type: "number",
      class: "compexp-small-input compexp-pair-number",
      min: 0,
      max: pairs - 1,
      "aria-label": "number of the pair",
      on: { change: () => this.numberTyped() },
    });
    this.pairs = pairs;
    this.place = element("span", { class: "compexp-caption", role: "status" });
    this.fields = SIDES.map((side, place) =>
      element("textarea", {
        class: "compexp-editor-input compexp-sentence-input",
        rows: 2,
        "aria-label": side,
        autocomplete: "off",
        spellcheck: "false",
        on: {
          input: () => this.typed(),
          keydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event, place),
        },
      }),
    );
    this.notes = SIDES.map((side) => new SentenceNote(side));
    this.tracked = SIDES.map(() => element("div", { class: "compexp-tracked-line" }));
    this.undo = button("↶ undo", () => this.move(undone), { "aria-label": "undo", "data-does": "undo" });
    this.redo = button("↷ redo", () => this.move(redone), { "aria-label": "redo", "data-does": "redo" });
    this.reset = button("back to the original", () => this.change(first(this.original)));
    this.start = button("start from this text", () => listeners.onStart());
    this.pace = element("span", { class: "compexp-caption compexp-number" });
    this.size = element("span", { class: "compexp-caption compexp-edit-size" });
    this.node = element(
      "section",
      { class: "compexp-pair-editor", "aria-label": "the pair" },
      element(
        "div",
        { class: "compexp-section-title" },
        element(
          "div",
          { class: "compexp-row" },
          element("h3", {}, "Pair"),
          button("◀", () => listeners.onStep(-1), { "aria-label": "previous pair", title: "The previous pair with this label", "data-does": "previous" }),
          this.number,
          button("▶", () => listeners.onStep(1), { "aria-label": "next pair", title: "The next pair with this label", "data-does": "next" }),
        ),
        element("div", { class: "compexp-row" }, this.size, this.pace),
      ),
      this.place,
      ...SIDES.map((side, place) =>
        element(
          "div",
          { class: "compexp-sentence" },
          element("label", { class: "compexp-sentence-field" }, element("span", { class: "compexp-caption" }, side), this.fields[place]),
          this.notes[place].node,
          this.tracked[place],
        ),
      ),
      element("div", { class: "compexp-row" }, this.undo, this.redo, this.reset, this.start),
    );
    this.updateButtons();
  }

  destroy() {
    clearTimeout(this.timer);
  }

  /** @returns {Sentences} what stands in the fields */
  get sentences() {
    return /** @type {Sentences} */ (this.fields.map(({ value }) => value));
  }

  /**
   * The traits, whoever set them.
   *
   * @param {{original: Sentences, edited: Sentences, pair: number | null}} traits
   */
  set({ original, edited, pair }) {
    if (!same(original, this.original)) {
      this.original = original;
      this.history = newHistory(first(original));
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    this.number.value = pair === null ? "" : String(pair);
    if (!same(edited, this.history.present.sentences)) this.history = stepped(this.history, { sentences: edited, edits: null });
    // What is being typed is newer than what anybody else has set.
    if (this.timer === undefined) this.write(edited);
    this.updateButtons();
  }

  /** @param {Sentences} sentences */
  write(sentences) {
    this.fields.forEach((field, place) => {
      if (field.value !== sentences[place]) field.value = sentences[place];
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const { sentences } = this;
      const { sentences: before } = this.history.present;
      const side = sentences[0] !== before[0] ? SIDES[0] : SIDES[1];
      if (!same(sentences, before)) this.history = stepped(this.history, { sentences, edits: null }, { kind: side, at: performance.now() });
      this.updateButtons();
      this.listeners.onEdit(sentences);
    }, REST);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} place
   */
  pressed(event, place) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && (key === "z" || key === "y")) {
      // The field's own history does not know of edits that were applied.
      event.preventDefault();
      this.settle();
      this.move(key === "y" || event.shiftKey ? redone : undone);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (place === 0) this.fields[1].focus();
    }
  }

  /** What is being typed becomes a step at once. */
  settle() {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!same(this.sentences, this.history.present.sentences)) this.history = stepped(this.history, { sentences: this.sentences, edits: null });
  }

  /** @param {(history: import("../../../shared/page/elements/edit_history.js").History<Step>) => import("../../../shared/page/elements/edit_history.js").History<Step>} way */
  move(way) {
    this.settle();
    this.history = way(this.history);
    this.write(this.history.present.sentences);
    this.updateButtons();
    this.listeners.onEdit(this.history.present.sentences);
  }

  /**
   * What was not typed: a step of its own.
   *
   * @param {Step} step
   */
  change(step) {
    this.settle();
    this.history = stepped(this.history, step);
    this.write(step.sentences);
    this.updateButtons();
    this.listeners.onEdit(step.sentences);
  }

  /**
   * An edit that was applied to what stands in the fields.
   *
   * @param {Record<string, unknown>} edit as JSON
   * @param {Sentences} sentences after it
   */
  apply(edit, sentences) {
    const { edits } = this.history.present;
    this.change({ sentences, edits: edits && [...edits, edit] });
  }

  /** The edits that lead from the original to what stands there; `null` when something was typed. */
  get edits() {
    return this.history.present.edits;
  }

  numberTyped() {
    const pair = Number(this.number.value);
    const fits = this.number.value !== "" && Number.isInteger(pair) && pair >= 0 && pair < this.pairs;
    this.number.setAttribute("aria-invalid", String(!fits));
    this.number.title = fits ? "" : `Pairs have the numbers 0 … ${this.pairs - 1}`;
    if (fits) this.listeners.onPair(pair);
  }

  updateButtons() {
    const unchanged = same(this.history.present.sentences, this.original) ? "The sentences are as they were at first" : null;
    outOfUse(this.undo, this.history.past.length > 0 ? null : "Nothing has been edited yet", "Take the last edit back (Ctrl+Z)");
    outOfUse(this.redo, this.history.future.length > 0 ? null : "Nothing has been undone", "Do again what was undone (Ctrl+Shift+Z)");
    outOfUse(this.reset, unchanged, "Take all edits back");
    outOfUse(this.start, unchanged, "What stands in the fields becomes the pair before the edit");
  }

  /** There is no answer to what stands in the fields. */
  forget() {
    this.pace.textContent = "";
    this.size.textContent = "";
    for (const line of this.tracked) line.replaceChildren();
    for (const note of this.notes) note.forget();
  }

  /**
   * The kernel's answer.
   *
   * @param {import("../messages").Response} response
   * @param {number} source
   */
  tell({ before, after, place, seconds }, source) {
    this.number.setAttribute("aria-invalid", "false");
    this.place.textContent = placeWords(place, source, this.labels);
    this.pace.textContent = `answered in ${formatPace(seconds)}`;
    const runs = [wordChanges(before.premise, after.premise), wordChanges(before.hypothesis, after.hypothesis)];
    runs.forEach((changes, side) => {
      const changed = changes.some(({ change }) => change !== "keep");
      this.tracked[side].replaceChildren(changed ? trackedSentence(changes) : "");
    });
    this.notes[0].tell(after.premise, after.unknown);
    this.notes[1].tell(after.hypothesis, after.unknown);
    const { inserted, deleted } = countChanges(runs.flat());
    this.size.textContent = inserted + deleted > 0 ? `${inserted} put in, ${deleted} taken out` : "";
  }
}

/**
 * @param {Sentences} sentences
 * @returns {Step}
 */
function first(sentences) {
  return { sentences, edits: [] };
}
