/** "Try next": what the formulas say should change the prediction, each placed with one click. */

import { AnswerPlace } from "../../../shared/page/protocol/job.js";
import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { smallFormula } from "../../../shared/page/formula/formula_line.js";

export class IdeaList {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {string[]} options.classes
   * @param {(idea: import("../messages").FormulaEdit) => void} options.onPlace
   */
  constructor({ categories, classes, onPlace }) {
    this.categories = categories;
    this.classes = classes;
    this.onPlace = onPlace;
    this.body = element("div", { class: "compexp-ideas" }, element("div", { class: "compexp-caption" }, "Looking for ideas …"));
    this.node = element(
      "section",
      { class: "compexp-idea-panel", "aria-label": "try next" },
      element("div", { class: "compexp-section-title" }, element("h3", {}, "Try next"), element("span", { class: "compexp-caption" }, "read off the formulas")),
      this.body,
    );
    this.place = new AnswerPlace(this.node);
  }

  /** The picture is another: ideas for the one before go. */
  forget() {
    this.place.drop();
    this.body.replaceChildren(element("div", { class: "compexp-caption" }, "Looking for ideas …"));
  }

  /** There are none, because they could not be had. */
  clear() {
    this.body.replaceChildren();
  }

  /**
   * @param {import("../messages").FormulaEdit[]} ideas
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} patchOf
   * @param {string} [note] why there can be none
   */
  show(ideas, patchOf, note) {
    if (ideas.length === 0) {
      this.body.replaceChildren(
        element("div", { class: "compexp-caption" }, note ? `Ideas are ${note}.` : "No formula suggests an edit here. Choose another wanted class, or search for a patch below."),
      );
      return;
    }
    this.body.replaceChildren(...ideas.map((idea) => this.line(idea, patchOf)));
  }

  /**
   * @param {import("../messages").FormulaEdit} idea
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} patchOf
   */
  line(idea, patchOf) {
    const { words, unit, formula, why, expected, edit } = idea;
    const patch = edit.edit === "paste" ? patchOf(edit.patch) : undefined;
    const reason = element(
      "div",
      { class: "compexp-idea-why", hidden: true },
      smallFormula(formula.tokens, this.categories),
      element("div", { class: "compexp-caption" }, why),
    );
    const explain = button("why", () => {
      reason.hidden = !reason.hidden;
      explain.setAttribute("aria-expanded", String(!reason.hidden));
    });
    explain.setAttribute("aria-expanded", "false");
    explain.setAttribute("aria-label", `why ${words}`);
    return element(
      "div",
      { class: "compexp-idea" },
      thumbnail(patch, edit),
      element(
        "div",
        { class: "compexp-idea-words" },
        element("span", { class: "compexp-strong compexp-break" }, words),
        element("span", { class: "compexp-caption compexp-break" }, `unit ${unit} → ${this.classes[expected] ?? "another class"}`),
      ),
      element("div", { class: "compexp-idea-buttons" }, button("place", () => this.onPlace(idea), { "aria-label": `place: ${words}` }), explain),
      reason,
    );
  }
}

/**
 * What an edit looks like: the patch, or the colour; nothing for a region that is removed.
 *
 * @param {import("../patches/patch_store.js").PatchInfo | undefined} patch
 * @param {import("../stage/edit_list.js").Edit} edit
 */
export function thumbnail(patch, edit) {
  if (patch) return element("img", { class: "compexp-thumbnail", src: patch.address, alt: "", draggable: "false" });
  const node = element("span", { class: "compexp-thumbnail compexp-thumbnail-region", "aria-hidden": "true" }, edit.edit === "remove" ? "×" : "");
  if (edit.edit === "recolour") node.style.background = `rgb(${edit.colour.map(Number).join(", ")})`;
  return node;
}
