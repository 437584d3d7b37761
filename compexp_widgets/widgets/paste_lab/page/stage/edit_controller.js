/** What is done to the picture: every step, its undo, and how it shows on the stage, in numbers and in the list. */

import { newHistory, redone, same, stepped, undone } from "../../../shared/page/elements/edit_history.js";
import { isPaste, movedPlace, pasteOf, placementsOf, withEdit, withMoved, withoutEdit, withPlacement } from "./edit_list.js";
import { EditOrder } from "./edit_order.js";
import { editWords } from "../paste_words.js";
import { PasteStage } from "./paste_stage.js";
import { placedAt } from "./placement.js";
import { PlacementBar } from "./placement_bar.js";

/** @typedef {{image: number, edits: import("./edit_list.js").Edit[]}} State what undo goes back to */
/** @typedef {import("./placement.js").Placement} Placement */

export class EditController {
  /**
   * @param {object} options
   * @param {State} options.state
   * @param {import("../patches/patch_store.js").PatchStore} options.store
   * @param {(words: string) => void} options.announce for who does not see the picture
   * @param {(before: State) => void} options.onStep the picture or the edits are others now
   * @param {() => void} options.onSelect another patch is selected
   */
  constructor({ state, store, announce, onStep, onSelect }) {
    this.store = store;
    this.announce = announce;
    this.onStep = onStep;
    this.onSelect = onSelect;
    /** @type {import("../../../shared/page/elements/edit_history.js").History<State>} */
    this.history = newHistory(state);
    this.patchOf = (/** @type {string} */ id) => store.get(id);
    this.stage = new PasteStage({
      onPlace: (place, placement, kind) => this.place(place, placement, kind),
      onLive: (place, placement) => place === this.stage.selected && this.bar.set(placement),
      onSelect: (place) => this.select(place),
      onRemove: (place) => this.remove(place),
      onRaise: (place, by) => this.raise(place, by),
    });
    this.bar = new PlacementBar({
      onUndo: () => this.undo(),
      onRedo: () => this.redo(),
      onPlace: (placement, kind) => this.place(this.stage.selected, placement, kind && `${kind} ${this.stage.selected}`),
      onLive: (placement) => this.stage.preview(placement),
      onRemove: () => this.remove(this.stage.selected),
      onFront: () => this.move(this.stage.selected, this.state.edits.length - 1),
    });
    this.order = new EditOrder({
      onSelect: (place) => this.select(place, true),
      onRaise: (place, by) => this.raise(place, by),
      onRemove: (place) => this.remove(place),
    });
  }

  destroy() {
    this.stage.destroy();
  }

  get state() {
    return this.history.present;
  }

  /** The paste that is selected, else the uppermost; `null` when there is none. */
  get selectedPaste() {
    const { edits } = this.state;
    const selected = edits[this.stage.selected];
    return selected && isPaste(selected) ? selected : (edits.findLast(isPaste) ?? null);
  }

  /** Shows the state: on the stage, in numbers, in the list. */
  show() {
    const { edits } = this.state;
    this.stage.setEdits(edits, this.store);
    this.order.show(edits, this.stage.selected, this.patchOf);
    this.bar.set(placementsOf(edits)[this.stage.selected] ?? null);
    this.bar.setHistory(this.history.past.length > 0, this.history.future.length > 0);
    const done = edits.length === 0 ? "no edits" : edits.map((edit) => editWords(edit, this.patchOf)).join(", ");
    this.stage.setLabel(`${this.stage.picture?.name ?? "picture"}; ${done}`);
  }

  /**
   * One more step.
   *
   * @param {Partial<State>} change
   * @param {string} words what happened
   * @param {{kind?: string, select?: number}} [options]
   */
  commit(change, words, { kind = "", select } = {}) {
    const before = this.history;
    this.history = stepped(before, { ...this.state, ...change }, { kind, at: performance.now() });
    if (select !== undefined) this.stage.selected = select;
    if (this.history === before) this.show();
    else this.onStep(before.present);
    this.announce(words);
  }

  /**
   * The kernel's side set the picture or the edits: a step like any other.
   *
   * @param {State} state
   */
  take(state) {
    if (!same(state, this.state)) this.commit(state, "changed from the notebook");
  }

  /**
   * Begins anew: what could be undone was about something else.
   *
   * @param {State} state
   */
  restart(state) {
    this.history = newHistory(state);
    this.stage.selected = -1;
    this.onStep({ image: NaN, edits: [] });
  }

  undo() {
    this.travel(undone(this.history), "undone");
  }

  redo() {
    this.travel(redone(this.history), "redone");
  }

  /**
   * @param {import("../../../shared/page/elements/edit_history.js").History<State>} history
   * @param {string} words
   */
  travel(history, words) {
    const before = this.history;
    if (history === before) return;
    this.history = history;
    this.onStep(before.present);
    this.announce(words);
  }

  /**
   * @param {import("./edit_list.js").Edit} edit
   * @param {string} [words]
   */
  add(edit, words = editWords(edit, this.patchOf)) {
    const { edits, place } = withEdit(this.state.edits, edit);
    // A change of a region goes below the patches, which then stand one further up.
    const { selected } = this.stage;
    this.commit({ edits }, words, { select: isPaste(edit) ? place : selected < 0 ? -1 : selected + 1 });
    if (isPaste(edit)) this.stage.node.focus({ preventScroll: true });
  }

  /**
   * @param {import("../patches/patch_store.js").PatchInfo} patch
   * @param {{x: number, y: number} | null} at in client coordinates; `null` for the middle of the picture
   */
  addPatch(patch, at) {
    const { picture } = this.stage;
    const point = at ? this.stage.pointUnder(at.x, at.y) : undefined;
    if (picture && point !== null) this.add(pasteOf(patch.id, placedAt(patch, picture, point)), `${patch.name} placed`);
  }

  /**
   * @param {number} place
   * @param {Placement} placement
   * @param {string} [kind]
   */
  place(place, placement, kind = "") {
    const edits = withPlacement(this.state.edits, place, placement);
    const { left, top, width, height, rotation } = placement;
    this.commit({ edits }, `x ${left}, y ${top}, ${width} by ${height}${rotation ? `, turned ${rotation}°` : ""}`, { kind });
  }

  /**
   * Puts a patch somewhere: the one that is on the picture already, where there is one.
   *
   * @param {Placement} placement
   * @param {string} patch
   */
  placePatch(placement, patch) {
    const { edits } = this.state;
    const isOf = (/** @type {import("./edit_list.js").Edit | undefined} */ edit) => edit !== undefined && isPaste(edit) && edit.patch === patch;
    const place = isOf(edits[this.stage.selected]) ? this.stage.selected : edits.findLastIndex(isOf);
    if (place < 0) return this.add(pasteOf(patch, placement));
    this.stage.select(place);
    this.place(place, placement);
  }

  /**
   * @param {number} place
   * @param {boolean} [take] whether the keys go to the picture
   */
  select(place, take = false) {
    this.stage.select(place);
    this.order.show(this.state.edits, this.stage.selected, this.patchOf);
    this.bar.set(placementsOf(this.state.edits)[this.stage.selected] ?? null);
    this.onSelect();
    if (take) this.stage.node.focus({ preventScroll: true });
  }

  /** @param {number} place */
  remove(place) {
    const edit = this.state.edits[place];
    if (!edit) return;
    const { selected } = this.stage;
    const select = selected > place ? selected - 1 : selected === place ? -1 : selected;
    this.commit({ edits: withoutEdit(this.state.edits, place) }, `taken back: ${editWords(edit, this.patchOf)}`, { select });
  }

  /**
   * @param {number} place
   * @param {1 | -1} by
   */
  raise(place, by) {
    this.move(place, movedPlace(this.state.edits, place, by));
  }

  /**
   * @param {number} place
   * @param {number} target
   */
  move(place, target) {
    if (place < 0 || target === place) return;
    const chosen = this.state.edits[this.stage.selected];
    const edits = withMoved(this.state.edits, place, target);
    this.commit({ edits }, "reordered", { select: chosen ? edits.indexOf(chosen) : -1 });
  }

  /**
   * Undo and redo by keys.
   *
   * @param {KeyboardEvent} event
   */
  pressed(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(key === "z" || key === "y")) return;
    // In a field for text the browser's own undo is meant.
    if (event.target instanceof HTMLInputElement && !["range", "radio", "color"].includes(event.target.type)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.redo();
    else this.undo();
  }
}
