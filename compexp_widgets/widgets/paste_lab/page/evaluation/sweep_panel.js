/** One patch at many places and sizes: a map a size, whose cells are coloured, marked, and place the patch when clicked. */

import { same } from "../../../shared/page/elements/edit_history.js";
import { element } from "../../../shared/page/elements/element.js";
import { Job } from "../../../shared/page/protocol/job.js";
import { OUTCOMES, progressWords, sweepWords } from "../paste_words.js";
import { cellAt, cellIndex, cellPlacement, cellWords, probabilityColour, probabilityGradient } from "./sweep_grid.js";

const STEPS = 6;

/** What is the same at all places. */
const PLACED_ALIKE = /** @type {const} */ (["rotation", "flipped", "opacity"]);

export class SweepPanel {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {string[]} options.classes
   * @param {import("../../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {() => {image: number, target: number, original: number, others: import("../stage/edit_list.js").Edit[], edit: import("../messages").PastePatch | null, patch: import("../patches/patch_store.js").PatchInfo | undefined}} options.about
   *   what would be swept, on top of the other edits; `edit` is `null` when no patch is selected
   * @param {(placement: import("../stage/placement.js").Placement, patch: string) => void} options.onPlace
   */
  constructor({ channel, classes, tooltip, about, onPlace }) {
    this.classes = classes;
    this.tooltip = tooltip;
    this.about = about;
    this.onPlace = onPlace;
    /** @type {{edit: import("../messages").PastePatch, others: import("../stage/edit_list.js").Edit[], patch: import("../patches/patch_store.js").PatchInfo, target: number, original: number} | null} what was swept, for which class */
    this.subject = null;
    /** @type {import("../messages").Sweep | null} as far as it is */
    this.sweep = null;
    /** @type {HTMLElement[][]} cells by size */
    this.cells = [];
    this.focused = [0, 0, 0];
    this.job = new Job({
      type: "sweep",
      start: "sweep this patch",
      label: "progress",
      words: (part, finished) => progressWords(part, "placement", finished),
      channel,
      ask: () => this.ask(),
      onMessage: (message) => this.hear(message),
    });
    this.with = element("div", { class: "compexp-caption" });
    this.counts = element("div", { class: "compexp-sweep-counts", role: "status" });
    this.maps = element("div", { class: "compexp-sweep-maps" });
    this.legend = this.makeLegend();
    this.node = element("div", { class: "compexp-tool" }, this.with, this.job.node, this.counts, this.maps, this.legend);
    this.refresh();
  }

  makeLegend() {
    const ramp = element("span", { class: "compexp-heat-ramp" });
    ramp.style.backgroundImage = probabilityGradient();
    this.legendWords = element("span", {}, "");
    return element(
      "div",
      { class: "compexp-legend", hidden: true },
      element("span", { class: "compexp-legend-item" }, this.legendWords, "0", ramp, "1"),
      element("span", { class: "compexp-legend-item" }, "● success"),
      element("span", { class: "compexp-legend-item" }, "○ partial"),
      element("span", { class: "compexp-legend-item" }, "no mark: failure"),
      element("span", { class: "compexp-legend-item" }, "click a cell to put the patch there"),
    );
  }

  /** Says what would be swept; a sweep over other edits than there are now goes. */
  refresh() {
    const { others, edit, patch } = this.about();
    const turned = this.subject !== null && (edit === null || PLACED_ALIKE.some((name) => edit[name] !== this.subject?.edit[name]));
    if (this.subject !== null && patch?.id === this.subject.patch.id && (turned || !same(others, this.subject.others))) this.forget();
    this.with.textContent = patch
      ? `Pastes ${patch.name} at ${STEPS} × ${STEPS} places in ${STEPS} sizes, as it is turned and faded now.`
      : "Place a patch on the picture first, and select it: a sweep moves it over the whole picture.";
  }

  /** @returns {import("../messages").SweepRequest | null} */
  ask() {
    const { image, target, original, others, edit, patch } = this.about();
    if (!edit || !patch) {
      this.job.tell("There is no patch to sweep.");
      return null;
    }
    this.subject = { edit, others, patch, target, original };
    this.sweep = null;
    this.maps.replaceChildren();
    this.counts.textContent = "";
    this.legend.hidden = true;
    return { image, edits: others, patch: edit.patch, rotation: edit.rotation, flipped: edit.flipped, opacity: edit.opacity, target, steps: STEPS };
  }

  /** @param {import("../messages").Sweep} sweep */
  hear(sweep) {
    const first = this.sweep === null;
    this.sweep = sweep;
    if (first || this.cells.length !== sweep.sizes.length) this.build(sweep);
    if (this.subject === null) return;
    const { target, original } = this.subject;
    const name = (/** @type {number} */ index) => this.classes[index] ?? `class ${index}`;
    this.wanted = target < 0 ? `another class than ${name(original)}` : name(target);
    this.legend.hidden = false;
    this.legendWords.textContent = `probability of ${this.wanted}: `;
    // Another patch may be selected by now.
    this.counts.textContent = `${this.subject.patch.name}: ` + sweepWords(sweep.counts, sweep.total, target < 0 ? null : name(target), name(original));
    this.paint();
  }

  /** @param {import("../messages").Sweep} sweep */
  build({ lefts, tops, sizes }) {
    this.focused = [0, 0, 0];
    this.cells = sizes.map((/** @type {number} */ _, /** @type {number} */ size) =>
      tops.flatMap((/** @type {number} */ __, /** @type {number} */ row) =>
        lefts.map((/** @type {number} */ ___, /** @type {number} */ column) => {
          const cell = element("span", { role: "gridcell", class: "compexp-sweep-cell", tabindex: size + row + column === 0 ? 0 : -1 });
          cell.dataset.cell = JSON.stringify([size, row, column]);
          return cell;
        }),
      ),
    );
    this.maps.replaceChildren(
      ...sizes.map((/** @type {number} */ pixels, /** @type {number} */ size) => {
        const grid = element("div", { class: "compexp-sweep-map", role: "grid", "aria-label": `${pixels} pixels large` });
        grid.style.gridTemplateColumns = `repeat(${lefts.length}, minmax(0, 1fr))`;
        tops.forEach((/** @type {number} */ _, /** @type {number} */ row) => {
          grid.append(element("div", { role: "row", class: "compexp-sweep-row" }, ...this.cells[size].slice(row * lefts.length, (row + 1) * lefts.length)));
        });
        return element("figure", { class: "compexp-sweep-figure" }, element("figcaption", { class: "compexp-caption" }, `${pixels} px`), grid);
      }),
    );
    this.maps.onclick = (/** @type {Event} */ event) => this.pressed(event.target);
    this.maps.onkeydown = (/** @type {KeyboardEvent} */ event) => this.keyed(event);
    for (const cell of this.cells.flat()) this.tooltip.explain(cell, () => this.explain(JSON.parse(/** @type {string} */ (cell.dataset.cell))), true);
  }

  paint() {
    const { sweep } = this;
    if (sweep === null) return;
    this.cells.forEach((cells, size) =>
      cells.forEach((cell, place) => {
        const index = cellIndex(sweep, size, 0, 0) + place;
        const { outcome, probability } = cellAt(sweep, index);
        const drawn = `${outcome} ${probability}`;
        if (cell.dataset.drawn === drawn) return;
        cell.dataset.drawn = drawn;
        cell.dataset.outcome = outcome;
        cell.textContent = OUTCOMES[outcome].mark;
        const colour = probability === null ? null : probabilityColour(probability);
        cell.style.background = colour?.fill ?? "";
        cell.classList.toggle("compexp-sweep-dark", colour?.dark ?? false);
        const [, row, column] = JSON.parse(/** @type {string} */ (cell.dataset.cell));
        cell.setAttribute("aria-label", cellWords(sweep, size, row, column, this.wanted ?? ""));
      }),
    );
  }

  /** @param {[number, number, number]} cell */
  explain([size, row, column]) {
    return element("div", {}, this.sweep ? cellWords(this.sweep, size, row, column, this.wanted ?? "") : "", element("div", { class: "compexp-muted" }, "Click puts the patch there."));
  }

  /** @param {EventTarget | null} target */
  pressed(target) {
    const name = target instanceof HTMLElement ? target.dataset.cell : undefined;
    if (!name || this.sweep === null || this.subject === null) return;
    const [size, row, column] = JSON.parse(name);
    const { edit, patch } = this.subject;
    this.moveFocus(size, row, column, false);
    this.onPlace(cellPlacement(this.sweep, size, row, column, edit, patch), patch.id);
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    if (this.sweep === null) return;
    const [size, row, column] = this.focused;
    const { lefts, tops, sizes } = this.sweep;
    const steps = /** @type {Record<string, [number, number, number]>} */ ({
      ArrowLeft: [size, row, column - 1],
      ArrowRight: [size, row, column + 1],
      ArrowUp: [size, row - 1, column],
      ArrowDown: [size, row + 1, column],
      PageDown: [size + 1, row, column],
      PageUp: [size - 1, row, column],
    });
    if (event.key === "Enter" || event.key === " ") this.pressed(event.target);
    else if (event.key in steps) {
      let [nextSize, nextRow, nextColumn] = steps[event.key];
      // Over a map's side lies the next map.
      if (nextColumn < 0) [nextSize, nextColumn] = [nextSize - 1, lefts.length - 1];
      if (nextColumn >= lefts.length) [nextSize, nextColumn] = [nextSize + 1, 0];
      if (nextSize >= 0 && nextSize < sizes.length && nextRow >= 0 && nextRow < tops.length) this.moveFocus(nextSize, nextRow, nextColumn, true);
    } else return;
    event.preventDefault();
  }

  /**
   * @param {number} size
   * @param {number} row
   * @param {number} column
   * @param {boolean} take
   */
  moveFocus(size, row, column, take) {
    const columns = this.sweep?.lefts.length ?? 0;
    const cellOf = (/** @type {number[]} */ [one, two, three]) => this.cells[one][two * columns + three];
    cellOf(this.focused).tabIndex = -1;
    this.focused = [size, row, column];
    const cell = cellOf(this.focused);
    cell.tabIndex = 0;
    if (take) cell.focus();
  }

  /** The picture or the wanted class is another. */
  forget() {
    this.job.forget();
    this.subject = null;
    this.sweep = null;
    this.cells = [];
    this.maps.replaceChildren();
    this.counts.textContent = "";
    this.legend.hidden = true;
    this.refresh();
  }
}
