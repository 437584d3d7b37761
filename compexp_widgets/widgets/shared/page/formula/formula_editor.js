/** A formula as text, with completion of concept names and with the parser's errors under the character they mean. */

import { categoryMark } from "../elements/colour.js";
import { insertName, matchNames, nameAt, nameMayStart } from "./completion.js";
import { button } from "../elements/controls.js";
import { element, uniqueId } from "../elements/element.js";

/** How long typing rests before the kernel is asked, and before an error is shown, in milliseconds. */
const REST_BEFORE_ASKING = 120;
const REST_BEFORE_ERROR = 600;

/** @typedef {import("../messages").FormulaFailure} FormulaProblem */

/** @typedef {{text: string, category: string, operator: boolean, at: number, length: number}} Option */

/**
 * What stands on a formula's field.
 *
 * @typedef {object} EditorWords
 * @property {string} label of the field, for those who do not see what it is about
 * @property {string} [placeholder]
 * @property {{text: string, title: string}} keep
 * @property {{text: string, title: string} | null} abandon `null` where there is nothing to go back to
 * @property {string} hint
 */

/** @type {EditorWords} */
const EDITING = {
  label: "formula, as text",
  keep: { text: "keep", title: "Keep this formula (Enter)" },
  abandon: { text: "back to the search’s answer", title: "Drop the edit (Esc)" },
  hint: "OR, AND, NOT in capitals · Tab completes",
};

export class FormulaEditor {
  /**
   * @param {object} listeners
   * @param {(text: string) => void} listeners.onDraft the text changed and typing rests
   * @param {(text: string) => void} listeners.onKeep Enter
   * @param {() => void} listeners.onAbandon Esc
   * @param {EditorWords} [words]
   */
  constructor({ onDraft, onKeep, onAbandon }, { label, placeholder, keep, abandon, hint } = EDITING) {
    this.onDraft = onDraft;
    this.onKeep = onKeep;
    this.onAbandon = onAbandon;
    /** @type {{name: string, category: string}[]} */
    this.concepts = [];
    /** @type {string[]} */
    this.categories = [];
    /** @type {Option[]} */
    this.options = [];
    this.active = -1;
    /** @type {FormulaProblem | null} */
    this.problem = null;

    const listId = uniqueId("options");
    const errorId = uniqueId("error");
    this.input = element("input", {
      type: "text",
      class: "compexp-editor-input",
      role: "combobox",
      "aria-label": label,
      placeholder,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-describedby": errorId,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      on: {
        input: () => this.typed(),
        keydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event),
        click: () => this.close(),
        blur: () => this.close(),
      },
    });
    this.list = element("ul", { class: "compexp-options", role: "listbox", id: listId, "aria-label": "concepts", hidden: true });
    // Choosing with the mouse must not take the focus out of the field.
    this.list.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault());
    this.error = element("div", { class: "compexp-editor-error", id: errorId, role: "status", hidden: true });
    this.node = element(
      "div",
      { class: "compexp-editor", hidden: true },
      element("div", { class: "compexp-editor-field" }, this.input, this.list),
      element(
        "div",
        { class: "compexp-row" },
        button(keep.text, () => this.onKeep(this.input.value.trim()), { title: keep.title }),
        abandon && button(abandon.text, () => this.onAbandon(), { title: abandon.title }),
        element("span", { class: "compexp-caption" }, hint),
      ),
      this.error,
    );
  }

  /** @returns {boolean} */
  get open() {
    return !this.node.hidden;
  }

  /**
   * @param {{name: string, category: string}[]} concepts
   * @param {string[]} categories
   */
  setConcepts(concepts, categories) {
    this.concepts = concepts;
    this.names = concepts.map(({ name }) => name);
    this.categories = categories;
  }

  /**
   * @param {string} text
   * @param {boolean} [takeFocus]
   */
  start(text, takeFocus = true) {
    this.node.hidden = false;
    this.input.value = text;
    this.setProblem(null);
    this.close();
    if (takeFocus) {
      this.input.focus();
      this.input.setSelectionRange(text.length, text.length);
    }
  }

  stop() {
    clearTimeout(this.askTimer);
    clearTimeout(this.errorTimer);
    this.node.hidden = true;
    this.close();
  }

  /**
   * Shows what the parser says of the text, once typing rests; `null` when it says nothing.
   *
   * @param {FormulaProblem | null} problem
   */
  setProblem(problem) {
    clearTimeout(this.errorTimer);
    this.problem = problem;
    if (problem === null) {
      this.error.hidden = true;
      this.input.removeAttribute("aria-invalid");
    } else {
      this.errorTimer = setTimeout(() => this.showProblem(), this.error.hidden ? REST_BEFORE_ERROR : 0);
    }
  }

  showProblem() {
    if (this.problem === null || this.problem.text.trim() !== this.input.value.trim()) return;
    const { text, message, position, suggestions } = this.problem;
    this.input.setAttribute("aria-invalid", "true");
    const lines = [pointAt(text, position), element("div", { class: "compexp-editor-message" }, message)];
    if (suggestions.length > 0) {
      lines.push(
        element(
          "div",
          { class: "compexp-row" },
          element("span", {}, "did you mean"),
          ...suggestions.slice(0, 5).map((name) => button(name, () => this.replaceWrong(name))),
        ),
      );
    }
    this.error.replaceChildren(...lines);
    this.error.hidden = false;
  }

  /** @param {string} name */
  replaceWrong(name) {
    if (this.problem === null) return;
    const text = this.input.value;
    const offset = characterOffset(text, this.problem.position ?? 0);
    this.replace(insertName(text, nameAt(text, Math.min(text.length, offset + 1)), name));
  }

  typed() {
    clearTimeout(this.errorTimer);
    this.error.hidden = true;
    this.input.removeAttribute("aria-invalid");
    this.suggest(false);
    clearTimeout(this.askTimer);
    this.askTimer = setTimeout(() => this.onDraft(this.input.value.trim()), REST_BEFORE_ASKING);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.options.length === 0) this.suggest(true);
      else this.setActive(this.active + (key === "ArrowDown" ? 1 : -1));
    } else if ((key === "Enter" || key === "Tab") && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (key === "Enter") {
      event.preventDefault();
      this.close();
      this.onKeep(this.input.value.trim());
      this.showProblem();
    } else if (key === "Escape") {
      event.preventDefault();
      if (this.options.length > 0) this.close();
      else this.onAbandon();
    } else if (key === " " && event.ctrlKey) {
      event.preventDefault();
      this.suggest(true);
    }
  }

  /** @param {boolean} asked whether the person asked for the list, so that it also opens where nothing is typed */
  suggest(asked) {
    const text = this.input.value;
    const caret = this.input.selectionStart ?? text.length;
    this.span = nameAt(text, caret);
    const { query, start } = this.span;
    /** @type {Option[]} */
    let options = [];
    if (nameMayStart(text, start)) {
      if (query !== "" || asked) {
        options = matchNames(this.names ?? [], query).map(({ index, at }) => ({
          text: this.concepts[index].name,
          category: this.concepts[index].category,
          operator: false,
          at,
          length: query.length,
        }));
      }
      if (!asked && options.length > 0 && options[0].text === query) options = [];
    } else if (query === "" && (asked || /\s$/.test(text.slice(0, caret)))) {
      options = ["OR", "AND", "AND NOT"].map((word) => ({ text: word, category: "operator", operator: true, at: 0, length: 0 }));
    }
    this.showOptions(options, query !== "" ? 0 : -1);
  }

  /**
   * @param {Option[]} options
   * @param {number} active
   */
  showOptions(options, active) {
    this.options = options;
    this.list.replaceChildren(
      ...options.map((option, place) =>
        element(
          "li",
          { role: "option", id: `${this.list.id}-${place}`, on: { click: () => this.choose(place) } },
          option.operator ? null : categoryMark(this.categories, option.category),
          element(
            "span",
            { class: "compexp-option-text" },
            option.text.slice(0, option.at),
            element("b", {}, option.text.slice(option.at, option.at + option.length)),
            option.text.slice(option.at + option.length),
          ),
          element("span", { class: "compexp-caption" }, option.category),
        ),
      ),
    );
    this.list.hidden = options.length === 0;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    if (active >= 0 && options.length > 0) this.setActive(active);
  }

  /** @param {number} place wraps around at both ends */
  setActive(place) {
    const count = this.options.length;
    this.active = (place + count) % count;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.active)));
    const item = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.showOptions([], -1);
  }

  /** @param {number} place */
  choose(place) {
    const option = this.options[place];
    const text = this.input.value;
    const span = this.span ?? { start: text.length, end: text.length };
    if (!option.operator) this.replace(insertName(text, span, option.text));
    else {
      const before = `${text.slice(0, span.start).trimEnd()} ${option.text} `;
      this.replace({ text: before + text.slice(span.end).trimStart(), caret: before.length });
    }
  }

  /** @param {{text: string, caret: number}} edit */
  replace({ text, caret }) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(caret, caret);
    this.typed();
    this.close();
  }
}

/**
 * The text with a mark under the character that the parser stopped at.
 *
 * @param {string} text
 * @param {number} position
 */
function pointAt(text, position) {
  const offset = characterOffset(text, position);
  const { end } = nameAt(text, Math.min(text.length, offset + 1));
  const wrong = text.slice(offset, Math.max(end, offset + 1)) || " ";
  return element(
    "div",
    { class: "compexp-editor-place", "aria-hidden": "true" },
    text.slice(0, offset),
    element("mark", {}, wrong),
    text.slice(offset + wrong.length),
  );
}

/**
 * Where a character that Python counts stands in a JavaScript string, which counts some characters twice.
 *
 * @param {string} text
 * @param {number} position
 */
export function characterOffset(text, position) {
  return [...text].slice(0, position).join("").length;
}
