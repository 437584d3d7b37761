/** The watched units before and after the edits, and their places on the picture. */

import { button, choice, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { limitsWords } from "../../../shared/page/firing/firing.js";
import { formatActivation, formatCount, formatSigned } from "../../../shared/page/elements/format.js";
import { smallFormula } from "../../../shared/page/formula/formula_line.js";

const VIEWS = [
  { value: "none", text: "none", title: "The plain picture" },
  { value: "before", text: "before", title: "Where the unit fired in the picture as it was" },
  { value: "after", text: "after", title: "Where it fires now; all else darkened" },
  { value: "both", text: "both", title: "Hatched: before. Outlined: after" },
];

/** What is painted for each view: `formula` is where the unit fired before, `neuron` where it fires now. */
export const VIEW_OVERLAYS = /** @type {Record<string, import("../../../shared/page/pictures/tile_painting.js").Overlay>} */ ({ none: "none", before: "formula", after: "neuron", both: "both" });

export class UnitChanges {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {string[]} options.classes
   * @param {number} options.count how many units there are
   * @param {import("../../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {(units: number[]) => void} options.onUnits which units to watch
   * @param {(unit: number | null, view: string) => void} options.onView whose places to show
   */
  constructor({ categories, classes, count, tooltip, onUnits, onView }) {
    this.categories = categories;
    this.classes = classes;
    this.count = count;
    this.tooltip = tooltip;
    this.onUnits = onUnits;
    this.onView = onView;
    /** @type {number[]} */
    this.units = [];
    /** @type {number | null} whose places are shown */
    this.unit = null;
    this.view = "none";
    this.views = choice("where the unit fires", VIEWS, (value) => this.setView(this.unit ?? this.units[0] ?? null, value));
    this.views.set("none");
    this.input = element("input", { type: "number", class: "compexp-small-input", min: 0, max: count - 1, "aria-label": "number of a unit to watch", placeholder: "unit" });
    this.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && this.add());
    this.rows = element("div", { class: "compexp-lines", role: "group", "aria-label": "watched units" });
    this.most = button("most telling", () => onUnits([]), { title: "Watch the units that tell most of what the edits do" });
    this.explained = element("div", { class: "compexp-caption", role: "status", hidden: true });
    this.node = element(
      "section",
      { class: "compexp-unit-changes", "aria-label": "units" },
      element("div", { class: "compexp-section-title" }, element("h3", {}, "Units"), element("div", { class: "compexp-row" }, this.most, this.input, button("watch", () => this.add(), { title: "Watch this unit (Enter)" }))),
      this.rows,
      this.explained,
      element("div", { class: "compexp-row compexp-view-row" }, element("span", { class: "compexp-caption" }, "on the picture"), this.views.node),
    );
  }

  add() {
    const unit = this.input.valueAsNumber;
    this.input.removeAttribute("aria-invalid");
    if (!(Number.isInteger(unit) && unit >= 0 && unit < this.count)) {
      this.input.setAttribute("aria-invalid", "true");
      this.input.title = `A whole number from 0 to ${this.count - 1}.`;
      return;
    }
    this.input.value = "";
    this.input.title = "";
    if (!this.units.includes(unit)) this.onUnits([...this.units, unit]);
  }

  /**
   * @param {number | null} unit
   * @param {string} view
   */
  setView(unit, view) {
    this.unit = unit;
    this.view = unit === null ? "none" : view;
    this.views.set(this.view);
    for (const row of this.rows.querySelectorAll("[data-unit]")) row.setAttribute("aria-pressed", String(this.view !== "none" && Number(/** @type {HTMLElement} */ (row).dataset.unit) === unit));
    this.onView(this.unit, this.view);
  }

  /**
   * @param {import("../messages").Response} message
   * @param {number} target
   * @param {boolean} edited
   */
  show({ units, original }, target, edited) {
    this.units = units.map(({ unit }) => unit);
    if (this.unit !== null && !this.units.includes(this.unit)) this.unit = null;
    const largest = Math.max(1e-9, ...units.flatMap((one) => [one.before ?? 0, one.after ?? 0, one.threshold ?? 0]));
    const focused = document.activeElement instanceof HTMLElement && this.rows.contains(document.activeElement) ? document.activeElement.dataset.unit : undefined;
    this.rows.replaceChildren(...units.map((one) => this.row(one, largest, target, original, edited)));
    if (focused !== undefined) this.rows.querySelector(`[data-unit="${Number(focused)}"]`)?.focus();
    this.setView(this.unit, this.view);
  }

  /**
   * @param {import("../messages").UnitResponse} one
   * @param {number} largest activation, whose bar is full
   * @param {number} target
   * @param {number} original
   * @param {boolean} edited
   */
  row(one, largest, target, original, edited) {
    const { unit, formula, before, after, threshold, fires_before: firedBefore, fires_after: fires } = one;
    const [was, is] = [before ?? 0, after ?? 0];
    const rises = is > was * 1.02 + 1e-6 ? "▲" : is < was * 0.98 - 1e-6 ? "▼" : "";
    const bar = element("span", { class: "compexp-unit-bar", "aria-hidden": "true" });
    for (const [when, value] of /** @type {[string, number][]} */ ([["before", was], ["after", is]])) {
      if (when === "before" && !edited) continue;
      const fill = element("span", { class: `compexp-class-${when}` });
      fill.style.width = `${Math.min(100, (100 * Math.max(0, value)) / largest)}%`;
      bar.append(fill);
    }
    const line = element("span", { class: "compexp-unit-threshold" });
    line.style.left = `${Math.min(100, (100 * (threshold ?? 0)) / largest)}%`;
    bar.append(line);
    const state = fires === firedBefore ? (fires ? "fires" : "is silent") : fires ? "fires now" : "no longer fires";
    const node = element(
      "button",
      { type: "button", class: "compexp-line compexp-unit-line", "data-unit": unit, "aria-pressed": "false", on: { click: () => this.pressed(unit) } },
      element("span", { class: "compexp-number" }, String(unit)),
      formula ? smallFormula(formula.tokens, this.categories) : element("span", { class: "compexp-caption" }, "no formula yet"),
      bar,
      element("span", { class: "compexp-number" }, edited ? `${formatActivation(before)} → ${formatActivation(after)} ${rises}` : formatActivation(after)),
      element("span", { class: `compexp-line-proof${fires !== firedBefore ? " compexp-strong" : ""}` }, state),
    );
    this.tooltip.explain(node, () => this.explain(one, target, original));
    const away = button("×", () => this.onUnits(this.units.filter((other) => other !== unit)), { "aria-label": `do not watch unit ${unit}`, title: "Watch it no longer" });
    return element("div", { class: "compexp-unit-row" }, node, away);
  }

  /** @param {import("../messages").Explained} explained how many units are */
  setExplained({ done, total, finished }) {
    this.explained.hidden = finished;
    this.explained.textContent = `Explaining units in the background: ${formatCount(done)} of ${formatCount(total)}.`;
  }

  /** @param {boolean} chosen whether somebody chose the units; otherwise the kernel does */
  setChosen(chosen) {
    outOfUse(this.most, chosen ? null : "These are they: the units that tell most of what the edits do.", "Watch the units that tell most of what the edits do");
  }

  /** @param {number} unit */
  pressed(unit) {
    if (this.unit === unit && this.view !== "none") this.setView(unit, "none");
    else this.setView(unit, this.view === "none" ? "both" : this.view);
  }

  /**
   * @param {import("../messages").UnitResponse} one
   * @param {number} target
   * @param {number} original
   */
  explain({ unit, before, after, threshold, includes_threshold: included, weight_target: wanted, weight_original: own }, target, original) {
    const name = (/** @type {number} */ index) => this.classes[index] ?? `class ${index}`;
    const lines = [`Unit ${unit}: its largest activation was ${formatActivation(before)}, and is ${formatActivation(after)}.`];
    if (threshold !== null) lines.push(`It fires ${limitsWords(threshold, null, included)}, the line on the bar.`);
    if (own !== null) lines.push(`It speaks for ${name(original)} with ${formatSigned(own)}${target >= 0 && wanted !== null ? `, for ${name(target)} with ${formatSigned(wanted)}` : ""}.`);
    lines.push("Click shows where it fires.");
    return element("div", {}, ...lines.map((line, place) => element("div", place ? {} : { class: "compexp-strong" }, line)));
  }
}
