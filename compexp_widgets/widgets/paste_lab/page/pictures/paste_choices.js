/** Above the picture: which one it is, and which class is wanted. */

import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { NameField } from "./name_field.js";
import { filePicker, PICTURE_FILES } from "../patches/patch_strip.js";

/** The first line of the list of classes. */
const ANY = "any other class";

export class PasteChoices {
  /**
   * @param {object} options
   * @param {{image: number, name: string}[]} options.images
   * @param {string[]} options.classes
   * @param {(image: number) => void} options.onImage
   * @param {(file: File) => void} options.onUpload
   * @param {(target: number) => void} options.onTarget −1 for any other class
   */
  constructor({ images, classes, onImage, onUpload, onTarget }) {
    this.images = images;
    this.classes = classes;
    this.onImage = onImage;
    this.image = -1;
    this.picture = new NameField({ label: "picture", names: images.map(({ name }) => name), onChoose: (index) => onImage(images[index].image) });
    this.target = new NameField({ label: "wanted class", names: [ANY, ...classes], onChoose: (index) => onTarget(index - 1) });
    const own = filePicker("own picture…", PICTURE_FILES, onUpload, "A picture file of your own");
    this.node = element(
      "div",
      { class: "compexp-paste-choices" },
      element(
        "div",
        { class: "compexp-choice-field" },
        element("span", { class: "compexp-caption" }, "picture"),
        this.picture.node,
        button("‹", () => this.step(-1), { "aria-label": "previous picture", title: "Previous picture" }),
        button("›", () => this.step(1), { "aria-label": "next picture", title: "Next picture" }),
        own.node,
      ),
      element("div", { class: "compexp-choice-field" }, element("span", { class: "compexp-caption" }, "wanted"), this.target.node),
    );
  }

  /** @param {import("./picture_library.js").StagePicture} picture */
  setPicture({ image, name }) {
    this.image = image;
    this.picture.set(name);
  }

  /** @param {number} target */
  setTarget(target) {
    this.target.set(target < 0 ? ANY : (this.classes[target] ?? `class ${target}`));
  }

  /** @param {1 | -1} by */
  step(by) {
    const count = this.images.length;
    if (count === 0) return;
    const place = this.images.findIndex(({ image }) => image === this.image);
    // From a picture of one's own the first, or the last, is the next.
    const next = place < 0 ? (by > 0 ? 0 : count - 1) : (place + by + count) % count;
    this.onImage(this.images[next].image);
  }
}
