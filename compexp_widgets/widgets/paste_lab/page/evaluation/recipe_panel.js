/** The edits as a small file that replays exactly, and as pictures. */

import { copyText, saveBytes, saveFile } from "../../../shared/page/elements/files.js";
import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { failureWords } from "../../../shared/page/protocol/channel.js";
import { filePicker } from "../patches/patch_strip.js";

export class RecipePanel {
  /**
   * @param {object} options
   * @param {() => {image: number, edits: import("../stage/edit_list.js").Edit[], target: number}} options.about
   * @param {(fields: import("../messages").RecipeRequest) => Promise<import("../../../shared/page/protocol/channel.js").Reply<import("../../../shared/page/messages").RecipeFile>>} options.onAsk
   * @param {(text: string) => Promise<string>} options.onLoad replays a recipe, resolves to what there is to say of it
   */
  constructor({ about, onAsk, onLoad }) {
    this.about = about;
    this.onAsk = onAsk;
    this.onLoad = onLoad;
    /** Of the latest recipe: one of the edits before is not handed out. */
    this.turn = 0;
    this.words = element("span", { class: "compexp-caption compexp-break", role: "status" });
    const load = filePicker("load…", "application/json,.json", (file) => void this.load(file), "Replay a recipe that was saved");
    this.node = element(
      "div",
      { class: "compexp-tool" },
      element("div", { class: "compexp-caption" }, "A recipe holds the picture’s fingerprint, the patches, where they lie, and what the network said. Loaded again, it gives the same pixels and the same prediction."),
      element(
        "div",
        { class: "compexp-row" },
        button("copy", () => void this.make("copy"), { title: "Copy the recipe as JSON" }),
        button("save", () => void this.make("save"), { title: "Save the recipe as a file" }),
        button("PNG", () => void this.make("png"), { title: "Save the edited picture" }),
        button("figure", () => void this.make("figure"), { title: "Save a figure: before, after, predictions" }),
        load.node,
        this.words,
      ),
    );
  }

  /** @param {"copy" | "save" | "png" | "figure"} what */
  async make(what) {
    const { image, edits, target } = this.about();
    if (edits.length === 0) {
      this.words.textContent = "There is no edit yet: a recipe tells what was done to a picture.";
      return;
    }
    this.words.textContent = "Making it …";
    this.turn += 1;
    const { turn } = this;
    try {
      const { message, buffers } = await this.onAsk({ image, edits, target });
      if (turn !== this.turn) return;
      const stem = message.name.replace(/(\.recipe)?\.json$/, "");
      if (what === "copy") this.words.textContent = (await copyText(message.text)) ? "copied" : "The browser did not allow copying. Save it instead.";
      else {
        if (what === "save") saveFile(message.name, "application/json", message.text);
        else if (what === "png") saveBytes(`${stem}.png`, "image/png", buffers[0]);
        else saveBytes(`${stem}-figure.png`, "image/png", buffers[1]);
        this.words.textContent = "saved";
      }
    } catch (error) {
      if (turn === this.turn) this.words.textContent = `No recipe was made. ${failureWords(error)}`;
    }
  }

  /** @param {File} file */
  async load(file) {
    this.words.textContent = "Replaying …";
    try {
      this.words.textContent = await this.onLoad(await file.text());
    } catch (error) {
      this.words.textContent = `The recipe was not loaded. ${failureWords(error)}`;
    }
  }

  /** The edits are others now. */
  forget() {
    this.turn += 1;
    this.words.textContent = "";
  }
}
