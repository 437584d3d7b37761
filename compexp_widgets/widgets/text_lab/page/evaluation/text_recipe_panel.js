/** A recipe: the edit, its pair and what came of it as a small file that replays exactly. */

import { copyText, saveFile } from "../../../shared/page/elements/files.js";
import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";

export class RecipePanel {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {() => import("../messages").RecipeRequest} options.onAsk what stands on the page, and the edits that lead there
   * @param {(answer: import("../messages").Requests["load_recipe"]["answer"]) => void} options.onLoaded
   * @param {(words: string) => void} options.announce
   * @param {(error: unknown, wayOn: string) => void} options.onFail
   */
  constructor({ channel, onAsk, onLoaded, announce, onFail }) {
    this.channel = channel;
    this.onAsk = onAsk;
    this.onLoaded = onLoaded;
    this.announce = announce;
    this.onFail = onFail;
    this.copy = button("copy", () => void this.take(async ({ text }) => this.say((await copyText(text)) ? "Copied the recipe." : "The browser did not let the page copy; save the recipe instead.")));
    this.save = button("save", () => void this.take(async ({ text, name }) => saveFile(name, "application/json", text)));
    this.file = element("input", { type: "file", accept: ".json,application/json", hidden: true, on: { change: () => void this.load() } });
    this.words = element("div", { class: "compexp-break", role: "status" });
    this.node = element(
      "div",
      { class: "compexp-recipe" },
      element("div", {}, "A recipe is a small JSON file: the pair, the edits, what was expected and what the network said. It replays anywhere with the same network: adversarial.replay(recipe, network)."),
      element("div", { class: "compexp-row" }, this.copy, this.save, button("load …", () => this.file.click(), { title: "Replay a recipe from a file" }), this.file),
      this.words,
    );
  }

  /** @param {string | null} reason why there is no recipe */
  setReason(reason) {
    outOfUse(this.copy, reason, "Copy the recipe of the edited pair");
    outOfUse(this.save, reason, "Save the recipe of the edited pair as a file");
  }

  /** @param {string} words */
  say(words) {
    this.words.textContent = words;
    this.announce(words);
  }

  /** @param {(message: import("../messages").Requests["recipe"]["answer"]) => Promise<void>} use */
  async take(use) {
    try {
      await use((await this.channel.request("recipe", this.onAsk())).message);
    } catch (error) {
      this.onFail(error, "There is no recipe.");
    }
  }

  async load() {
    const [file] = this.file.files ?? [];
    this.file.value = "";
    if (!file) return;
    try {
      const { message } = await this.channel.request("load_recipe", { text: await file.text() });
      this.onLoaded(message);
      this.say(message.words);
    } catch (error) {
      this.onFail(error, "The recipe was not loaded.");
    }
  }
}
