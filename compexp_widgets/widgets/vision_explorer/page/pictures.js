/** The pictures of a probe dataset: asked for once, and kept while there is room. */

import { decodePictures } from "../../shared/page/pictures/card.js";
import { RecentlyUsed } from "../../shared/page/pictures/picture_cache.js";

/** How many pixels of pictures are kept: 300 pictures of 320 × 320, at four bytes a pixel 120 MB. */
const PIXELS_KEPT = 300 * 320 * 320;

export class Pictures {
  /**
   * @param {import("../../shared/page/protocol/channel.js").Channel<import("./messages").Requests>} channel
   * @param {[number, number]} grid
   */
  constructor(channel, grid) {
    this.channel = channel;
    this.grid = grid;
    this.closed = false;
    /** @type {RecentlyUsed<import("../../shared/page/pictures/picture_cache.js").Picture>} */
    this.kept = new RecentlyUsed({
      capacity: PIXELS_KEPT,
      weigh: ({ width, height }) => width * height,
      release: ({ bitmap }) => bitmap.close(),
    });
    /** @type {Map<number, Promise<void>>} pictures on their way */
    this.wanted = new Map();
  }

  destroy() {
    this.closed = true;
    this.kept.clear();
  }

  /** @param {number} image */
  get(image) {
    return this.kept.get(image);
  }

  /** @param {number[]} images */
  missing(images) {
    return images.filter((image) => !this.kept.has(image));
  }

  /**
   * Asks for pictures that are neither here nor on their way, and waits until all are here.
   *
   * @param {number[]} images
   */
  async fetch(images) {
    const missing = this.missing(images);
    const fresh = missing.filter((image) => !this.wanted.has(image));
    if (fresh.length > 0) {
      const arriving = this.receive(fresh).finally(() => fresh.forEach((image) => this.wanted.delete(image)));
      fresh.forEach((image) => this.wanted.set(image, arriving));
    }
    await Promise.all(missing.map((image) => this.wanted.get(image)));
  }

  /** @param {number[]} images */
  async receive(images) {
    const { message, buffers } = await this.channel.request("pictures", { images });
    if (this.closed) return;
    await Promise.all(
      decodePictures(message, buffers, this.grid).map(async ({ file, image, ...picture }) => {
        const bytes = new Uint8Array(/** @type {ArrayBuffer} */ (file.buffer), file.byteOffset, file.byteLength);
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
        if (this.closed) bitmap.close();
        else this.kept.set(image, { ...picture, bitmap });
      }),
    );
  }
}
