/** Which picture is on the stage: asked for, uploaded, and with its regions changed as the network sees them. */

import { regionEdits } from "../stage/edit_list.js";
import { PictureLibrary, UPLOADED } from "./picture_library.js";
import { LatestOnly } from "../../../shared/page/protocol/job.js";

export class PictureController {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {import("../../../shared/page/protocol/waiting.js").Waiting} options.waiting
   * @param {import("../stage/edit_controller.js").EditController} options.controller
   * @param {(picture: import("./picture_library.js").StagePicture) => void} options.onPicture another one is on the stage
   * @param {import("../../../shared/page/explorer/unit_explorer.js").Fail} options.onFail
   */
  constructor({ channel, waiting, controller, onPicture, onFail }) {
    this.library = new PictureLibrary(channel);
    this.waiting = waiting;
    this.controller = controller;
    this.onPicture = onPicture;
    this.onFail = onFail;
    this.destroyed = false;
    /** @type {import("./picture_library.js").StagePicture | null} the one on the stage */
    this.picture = null;
    this.bases = new LatestOnly(() => this.askBase());
  }

  destroy() {
    this.destroyed = true;
    this.library.destroy();
  }

  /** Brings the picture to the stage, with its regions changed as far as the kernel has answered. */
  async show() {
    const { image, edits } = this.controller.state;
    const known = this.library.get(image);
    // Until it comes the picture before stands there, dimmed.
    this.controller.stage.node.setAttribute("aria-busy", String(!known));
    if (!known) return this.fetch(image);
    const another = this.picture !== known;
    this.picture = known;
    const base = this.library.base(image, regionEdits(edits));
    if (!base) this.bases.submit(null);
    if (base || another) this.controller.stage.setPicture(known, base ?? known.bitmap);
    if (another) this.onPicture(known);
  }

  /** @param {number} image */
  async fetch(image) {
    await this.wait(
      async () => {
        await this.library.fetch(image);
        if (!this.destroyed && this.controller.state.image === image) await this.show();
      },
      "Choose another picture.",
      { text: "try again", onPress: () => void this.show() },
    );
  }

  async askBase() {
    const { image, edits } = this.controller.state;
    const regions = regionEdits(edits);
    if (this.destroyed || regions.length === 0) return;
    await this.wait(async () => {
      await this.library.fetchBase(image, regions);
      if (!this.destroyed) await this.show();
    }, "The picture is shown without the change of its region.");
  }

  /** @param {File} file */
  async upload(file) {
    await this.wait(async () => {
      await this.library.upload(file);
      if (!this.destroyed) this.beginUploaded([]);
    }, "Choose a PNG or JPEG file.");
  }

  /**
   * What could be undone was about another picture of the same number.
   *
   * @param {import("../stage/edit_list.js").Edit[]} edits
   */
  beginUploaded(edits) {
    this.picture = null;
    this.controller.restart({ image: UPLOADED, edits });
  }

  /**
   * @param {() => Promise<void>} job
   * @param {string} wayOn when it fails
   * @param {{text: string, onPress: () => void}} [action]
   */
  async wait(job, wayOn, action) {
    const done = this.waiting.begin();
    try {
      await job();
    } catch (error) {
      this.onFail(error, wayOn, action);
    } finally {
      done();
    }
  }
}
