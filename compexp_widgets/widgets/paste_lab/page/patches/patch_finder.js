/** Asks the kernel for patches: those that a search finds, those that an edit names, and files of one's own. */

import { FormulaError, orFormulaError } from "../../../shared/page/protocol/channel.js";
import { LatestOnly } from "../../../shared/page/protocol/job.js";
import { foundWords } from "./patch_strip.js";

export class PatchFinder {
  /**
   * @param {object} options
   * @param {any} options.model
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {import("./patch_store.js").PatchStore} options.store
   * @param {import("./patch_strip.js").PatchStrip} options.strip
   * @param {() => {image: number, unit: number}} options.about the picture, and the unit that patches are to drive; −1 for none
   * @param {() => void} options.onShow the list has others
   * @param {import("../../../shared/page/explorer/unit_explorer.js").Fail} options.onFail for patches of an edit, and files
   */
  constructor({ model, channel, store, strip, about, onShow, onFail }) {
    this.model = model;
    this.channel = channel;
    this.store = store;
    this.strip = strip;
    this.about = about;
    this.onShow = onShow;
    this.onFail = onFail;
    /** @type {Map<string, Promise<void>>} patches on their way; those that never came stay, and are not asked for again */
    this.wanted = new Map();
    this.searches = new LatestOnly((/** @type {string} */ query) => this.find(query));
  }

  /** @param {string} query typed in the page */
  search(query) {
    if (query === this.model.get("query")) return this.searches.submit(query);
    this.model.set("query", query);
    this.model.save_changes();
  }

  /** The trait has another query, from here or from the kernel's side. */
  queryChanged() {
    this.strip.setQuery(this.model.get("query"));
    this.searches.submit(this.model.get("query"));
  }

  /**
   * @param {string} query
   * @returns {Promise<void>}
   */
  async find(query) {
    if (query === "") return this.clear(null);
    const { image, unit } = this.about();
    const reply = await this.strip.place.ask(() => orFormulaError(this.channel.request("patches", { query, unit, image })), "No patches were searched for.", {
      text: "try again",
      onPress: () => this.searches.submit(query),
    });
    if (query !== this.model.get("query")) return;
    // Patches that another query found do not stand under this one.
    if (reply === null) return this.clear(null);
    if (reply instanceof FormulaError) return this.clear(reply.failure);
    const { message, buffers } = reply;
    this.strip.editor.setProblem(null);
    const patches = this.store.take(message.patches, buffers);
    this.show(patches, [foundWords(patches.length), unit >= 0 && patches.length > 0 ? `those that drive unit ${unit} most first` : ""].filter(Boolean).join(", "));
  }

  /** @param {import("../../../shared/page/messages").FormulaFailure | null} problem why there are no patches; `null` where that is told elsewhere */
  clear(problem) {
    this.strip.editor.setProblem(problem);
    this.strip.clear();
    this.onShow();
  }

  /**
   * Patches that came with ideas, where nobody has searched yet.
   *
   * @param {import("./patch_store.js").PatchInfo[]} patches
   */
  offer(patches) {
    if (this.model.get("query") !== "" || patches.length === 0) return;
    const once = [...new Map(patches.map((patch) => [patch.id, patch])).values()];
    const shown = new Set(this.strip.patches.map(({ id }) => id));
    if (once.length !== shown.size || once.some(({ id }) => !shown.has(id))) this.show(once, "from the ideas; search for others");
  }

  /**
   * Gets the pixels of patches that were never shown here, as after a reload.
   *
   * @param {string[]} ids
   */
  async fetch(ids) {
    const missing = this.store.missing(ids);
    const fresh = missing.filter((id) => !this.wanted.has(id));
    if (fresh.length > 0) {
      const arriving = this.receive(fresh);
      fresh.forEach((id) => this.wanted.set(id, arriving));
    }
    await Promise.all(missing.map((id) => this.wanted.get(id)));
  }

  /** @param {string[]} ids */
  async receive(ids) {
    try {
      const { message, buffers } = await this.channel.request("known_patches", { ids });
      this.store.take(message.patches, buffers);
      this.onShow();
    } catch (error) {
      this.onFail(error, "A patch of this picture cannot be shown.");
    }
  }

  /**
   * A picture file of one's own.
   *
   * @param {File} file
   * @returns {Promise<import("./patch_store.js").PatchInfo | undefined>}
   */
  async upload(file) {
    try {
      const { message, buffers } = await this.channel.request("upload_patch", { name: file.name }, { buffers: [await file.arrayBuffer()] });
      const [patch] = this.store.take(message.patches, buffers);
      this.show([patch, ...this.strip.patches.filter(({ id }) => id !== patch.id)], "with your own");
      return patch;
    } catch (error) {
      this.onFail(error, "Choose a PNG file, best with a transparent background.");
      return undefined;
    }
  }

  /**
   * @param {import("./patch_store.js").PatchInfo[]} patches
   * @param {string} words
   */
  show(patches, words) {
    this.strip.show(patches, words);
    this.onShow();
  }
}
