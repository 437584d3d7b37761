/** Pictures to edit, at their own size: asked for once and kept while there is room; also with their regions changed. */

import { pictureBlob } from "../patches/patch_store.js";
import { RecentlyUsed } from "../../../shared/page/pictures/picture_cache.js";

/** How many pixels are kept: 60 pictures of 1024 × 1024, at four bytes a pixel 240 MB. */
const PIXELS_KEPT = 60 * 1024 * 1024;

/** How many pictures with changed regions are kept. */
const BASES_KEPT = 12;

/** The number of the picture that was uploaded. */
export const UPLOADED = -1;

/**
 * @typedef {object} StagePicture
 * @property {number} image index into the probe dataset; `UPLOADED` for one's own
 * @property {string} name
 * @property {number} width
 * @property {number} height
 * @property {string[]} concepts present, the largest first
 * @property {string} [note] what the kernel says of it
 * @property {ImageBitmap} bitmap
 */

export class PictureLibrary {
  /** @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} channel */
  constructor(channel) {
    this.channel = channel;
    this.closed = false;
    /** @type {RecentlyUsed<StagePicture>} */
    this.kept = new RecentlyUsed({
      capacity: PIXELS_KEPT,
      weigh: ({ width, height }) => width * height,
      release: ({ bitmap }) => bitmap.close(),
    });
    /** @type {Map<string, ImageBitmap>} pictures with changed regions, by picture and edits */
    this.bases = new Map();
  }

  destroy() {
    this.closed = true;
    this.kept.clear();
    for (const bitmap of this.bases.values()) bitmap.close();
    this.bases.clear();
  }

  /** @param {number} image */
  get(image) {
    return this.kept.get(image);
  }

  /**
   * @param {number} image
   * @returns {Promise<StagePicture>}
   */
  async fetch(image) {
    const known = this.kept.get(image);
    if (known) return known;
    const { message, buffers } = await this.channel.request("picture", { image });
    return this.keep(message, buffers[0]);
  }

  /**
   * A picture of one's own, which the kernel then edits like any other.
   *
   * @param {File} file
   * @returns {Promise<StagePicture>}
   */
  async upload(file) {
    const bytes = await file.arrayBuffer();
    const { message, buffers } = await this.channel.request("upload_picture", { name: file.name }, { buffers: [bytes] });
    this.forgetUploaded();
    return this.keep(message, buffers[0]);
  }

  /** The picture of one's own is another now. */
  forgetUploaded() {
    this.kept.forget(UPLOADED);
    for (const [key, bitmap] of this.bases) {
      if (!key.startsWith(`[${UPLOADED},`)) continue;
      bitmap.close();
      this.bases.delete(key);
    }
  }

  /**
   * @param {import("../messages").Picture} message
   * @param {DataView} buffer
   */
  async keep(message, buffer) {
    const bitmap = await createImageBitmap(pictureBlob(buffer));
    const { image, name, width, height, concepts, note } = message;
    const picture = { image, name, width, height, concepts, note, bitmap };
    if (this.closed) bitmap.close();
    else this.kept.set(image, picture);
    return picture;
  }

  /**
   * A picture with its regions changed by the kernel, as the network sees it below the patches.
   *
   * @param {number} image
   * @param {import("../stage/edit_list.js").Edit[]} edits of regions only
   * @returns {ImageBitmap | undefined} when it is here
   */
  base(image, edits) {
    return edits.length === 0 ? this.kept.get(image)?.bitmap : this.bases.get(JSON.stringify([image, edits]));
  }

  /**
   * Asks the kernel for a picture with its regions changed.
   *
   * @param {number} image
   * @param {import("../stage/edit_list.js").Edit[]} edits of regions only
   */
  async fetchBase(image, edits) {
    const key = JSON.stringify([image, edits]);
    if (this.bases.has(key)) return;
    const { buffers } = await this.channel.request("picture", { image, edits });
    const bitmap = await createImageBitmap(pictureBlob(buffers[0]));
    if (this.closed) return bitmap.close();
    this.bases.set(key, bitmap);
    for (const [oldest, dropped] of this.bases) {
      if (this.bases.size <= BASES_KEPT || oldest === key) break;
      dropped.close();
      this.bases.delete(oldest);
    }
  }
}
