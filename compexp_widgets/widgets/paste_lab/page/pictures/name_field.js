/** One of many by its name: a field that completes while one types. */

import { matchNames } from "../../../shared/page/formula/completion.js";
import { element, uniqueId } from "../../../shared/page/elements/element.js";

const SHOWN = 12;

export class NameField {
  /**
   * @param {object} options
   * @param {string} options.label
   * @param {string[]} options.names
   * @param {(index: number) => void} options.onChoose
   */
  constructor({ label, names, onChoose }) {
    this.names = names;
    this.onChoose = onChoose;
    /** What stands in the field while nobody types. */
    this.chosen = "";
    /** @type {import("../../../shared/page/formula/completion.js").Match[]} */
    this.matches = [];
    this.active = -1;
    const listId = uniqueId("names");
    this.input = element("input", {
      type: "text",
      class: "compexp-filter compexp-name-input",
      role: "combobox",
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      autocomplete: "off",
      spellcheck: "false",
      on: {
        focus: () => this.input.select(),
        click: () => this.suggest(true),
        input: () => this.suggest(false),
        keydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event),
        blur: () => this.leave(),
      },
    });
    this.list = element("ul", { class: "compexp-options", role: "listbox", id: listId, "aria-label": label, hidden: true });
    // Choosing with the mouse must not take the focus out of the field first.
    this.list.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault());
    this.node = element("div", { class: "compexp-name-field" }, this.input, this.list);
  }

  /** @param {string} name what is chosen now */
  set(name) {
    this.chosen = name;
    this.input.title = name;
    if (document.activeElement !== this.input) this.input.value = name;
  }

  /** @param {boolean} all whether to list names whatever the field says */
  suggest(all) {
    this.matches = matchNames(this.names, all ? "" : this.input.value.trim(), SHOWN);
    this.list.replaceChildren(
      ...this.matches.map(({ index }, place) =>
        element(
          "li",
          { role: "option", id: `${this.list.id}-${place}`, on: { click: () => this.choose(place) } },
          element("span", { class: "compexp-option-text" }, this.names[index]),
        ),
      ),
    );
    if (this.matches.length === 0) this.list.append(element("li", { class: "compexp-caption" }, "No name contains this."));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.setActive(all ? -1 : 0);
  }

  /** @param {number} place */
  setActive(place) {
    const count = this.matches.length;
    this.active = count === 0 || place < 0 ? -1 : place % count;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.active)));
    const item = this.list.children[this.active];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (this.list.hidden) this.suggest(true);
      else this.setActive(key === "ArrowDown" ? this.active + 1 : this.active <= 0 ? this.matches.length - 1 : this.active - 1);
    } else if (key === "Enter") {
      if (this.active >= 0) this.choose(this.active);
    } else if (key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  /** @param {number} place */
  choose(place) {
    const { index } = this.matches[place];
    this.set(this.names[index]);
    this.leave();
    this.onChoose(index);
  }

  leave() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.value = this.chosen;
  }
}
