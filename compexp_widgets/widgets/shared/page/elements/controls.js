/** Buttons, choices, check boxes and sliders in the look that all widgets share. */

import { element, uniqueId } from "./element.js";

/**
 * A button with words on it.
 *
 * @param {string} text
 * @param {() => void} onPress not called while the button is out of use
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(text, onPress, attributes = {}) {
  const node = element("button", { type: "button", class: "compexp-button", ...attributes }, text);
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-disabled") !== "true") onPress();
  });
  return node;
}

/**
 * Takes a control out of use with a reason, or puts it back. It keeps its place in the tab order, so that the reason can
 * be read.
 *
 * @param {HTMLElement} node
 * @param {string | null} reason why it cannot be used; `null` when it can
 * @param {string} [otherwise] its title when it can be used
 */
export function outOfUse(node, reason, otherwise = "") {
  if (reason === null) node.removeAttribute("aria-disabled");
  else node.setAttribute("aria-disabled", "true");
  node.title = reason ?? otherwise;
}

/**
 * One of a few: radio buttons drawn as one bar.
 *
 * @param {string} label what is chosen, for those who do not see the bar
 * @param {{value: any, text: string, title?: string}[]} options
 * @param {(value: any) => void} onChoose
 * @returns {{node: HTMLElement, set: (value: any) => void}}
 */
export function choice(label, options, onChoose) {
  const name = uniqueId("choice");
  const inputs = options.map(({ value }) =>
    element("input", { type: "radio", name, on: { change: () => onChoose(value) } }),
  );
  const labels = options.map(({ text, title }, index) =>
    element("label", { title }, inputs[index], element("span", {}, text)),
  );
  return {
    node: element("div", { class: "compexp-choice", role: "radiogroup", "aria-label": label }, ...labels),
    set: (value) => inputs.forEach((input, index) => (input.checked = options[index].value === value)),
  };
}

/**
 * A check box with its words.
 *
 * @param {Node | string} text
 * @param {(checked: boolean) => boolean} onChange returns whether the change stands
 * @returns {{node: HTMLLabelElement, set: (checked: boolean) => void}}
 */
export function checkBox(text, onChange) {
  const input = element("input", { type: "checkbox" });
  input.addEventListener("change", () => {
    if (!onChange(input.checked)) input.checked = !input.checked;
  });
  return {
    node: element("label", { class: "compexp-check" }, input, element("span", {}, text)),
    set: (checked) => (input.checked = checked),
  };
}

/**
 * A slider; `onMove` is called while it moves.
 *
 * @param {string} label
 * @param {{min: number, max: number}} range
 * @param {(value: number) => void} onMove
 * @returns {{node: HTMLInputElement, set: (value: number, words: string) => void}}
 */
export function slider(label, { min, max }, onMove) {
  const node = element("input", { type: "range", class: "compexp-slider", min, max, step: 1, "aria-label": label });
  node.addEventListener("input", () => onMove(Number(node.value)));
  return {
    node,
    set: (value, words) => {
      node.value = String(value);
      node.setAttribute("aria-valuetext", words);
      node.style.setProperty("--compexp-share", String((value - Number(node.min)) / (Number(node.max) - Number(node.min))));
    },
  };
}
