/** Regions of the picture: asked for while a formula is typed, shown on the picture, and changed. */

import { regionOutlines } from "../responses/response.js";
import { FormulaError, orFormulaError } from "../../../shared/page/protocol/channel.js";
import { LatestOnly } from "../../../shared/page/protocol/job.js";
import { RegionForm } from "./region_form.js";

export class RegionController {
  /**
   * @param {object} options
   * @param {import("../messages").Study} options.study
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {() => import("../pictures/picture_library.js").StagePicture | null} options.picture
   * @param {(outlines: import("../../../shared/page/pictures/card.js").Outlines | null, grid: [number, number]) => void} options.onShow
   * @param {(edit: import("../stage/edit_list.js").Edit) => void} options.onEdit
   * @param {import("../../../shared/page/explorer/unit_explorer.js").Fail} options.onFail
   */
  constructor({ study, channel, picture, onShow, onEdit, onFail }) {
    this.channel = channel;
    this.picture = picture;
    this.onShow = onShow;
    this.onEdit = onEdit;
    this.onFail = onFail;
    this.asked = new LatestOnly((/** @type {string} */ formula) => this.draft(formula));
    this.form = new RegionForm({
      concepts: study.concepts,
      categories: study.categories,
      onDraft: (formula) => this.asked.submit(formula),
      onApply: (edit) => void this.apply(edit),
      onClose: () => onShow(null, [1, 1]),
    });
  }

  /**
   * The region of a formula; tells of a formula that cannot be read, and of errors.
   *
   * @param {string} formula
   * @returns {Promise<{share: number, mask: DataView, picture: import("../pictures/picture_library.js").StagePicture} | null>} `null` when
   *   there is none, or another picture is shown by then
   */
  async find(formula) {
    const picture = this.picture();
    if (picture === null) return null;
    try {
      const reply = await orFormulaError(this.channel.request("region", { image: picture.image, formula }));
      if (!this.form.open || this.picture() !== picture) return null;
      if (reply instanceof FormulaError) {
        this.form.tell("");
        this.form.editor.setProblem(reply.failure);
        return null;
      }
      const { message, buffers } = reply;
      this.form.setShare(formula, message.share);
      return { share: message.share, mask: buffers[0], picture };
    } catch (error) {
      this.onFail(error, "The region was not found.");
      return null;
    }
  }

  /** @param {string} formula while it is typed */
  async draft(formula) {
    if (!this.form.open) return;
    const found = formula === "" ? null : await this.find(formula);
    if (!this.form.open || this.asked.waiting !== null) return;
    if (found === null) this.onShow(null, [1, 1]);
    else this.onShow(regionOutlines(found.mask, found.picture), [found.picture.height, found.picture.width]);
  }

  /** @param {import("../messages").RecolourRegion | import("../messages").RemoveRegion} edit */
  async apply(edit) {
    const found = await this.find(edit.formula);
    if (found === null || !(found.share > 0)) return;
    this.form.close();
    this.onEdit(edit);
  }
}
