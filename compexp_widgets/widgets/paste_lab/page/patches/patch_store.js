/** The patches that the page has: what they are, and their pixels as something an image element shows. */

/** @typedef {import("../messages").PatchInfo & {address: string}} PatchInfo with the address of its PNG */

export class PatchStore {
  constructor() {
    /** @type {Map<string, PatchInfo>} */
    this.patches = new Map();
  }

  /** @param {string} id */
  get(id) {
    return this.patches.get(id);
  }

  /**
   * Patches that came with a message, their pixels in its buffers.
   *
   * @param {import("../messages").PatchInfo[]} infos
   * @param {DataView[]} buffers one a patch
   * @returns {PatchInfo[]}
   */
  take(infos, buffers) {
    if (buffers.length < infos.length) {
      throw new RangeError(`${infos.length} patches were announced, but ${buffers.length} pictures of them came.`);
    }
    return infos.map((info, place) => {
      const { id } = info;
      // An id stands for its pixels: those that are here already stay, and with them what shows them.
      const address = this.patches.get(id)?.address ?? URL.createObjectURL(pictureBlob(buffers[place], "image/png"));
      const patch = { ...info, address };
      this.patches.set(id, patch);
      return patch;
    });
  }

  /**
   * Those of some ids that are not here.
   *
   * @param {string[]} ids
   */
  missing(ids) {
    return ids.filter((id) => !this.patches.has(id));
  }

  destroy() {
    for (const { address } of this.patches.values()) URL.revokeObjectURL(address);
    this.patches.clear();
  }
}

/**
 * The bytes of a message's buffer as a file.
 *
 * @param {DataView} view
 * @param {string} [type]
 */
export function pictureBlob(view, type) {
  return new Blob([new Uint8Array(/** @type {ArrayBuffer} */ (view.buffer), view.byteOffset, view.byteLength)], type ? { type } : {});
}
