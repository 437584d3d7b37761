/** Tabs over one panel: the WAI-ARIA pattern, arrows move and choose. */

import { element, uniqueId } from "./element.js";
import { formatCount } from "./format.js";

/**
 * @param {string} label
 * @param {{value: string, text: string, wide?: string, rest?: string, title: string}[]} tabs `wide` is left out where room is scarce
 * @param {(value: string) => void} onChoose
 * @param {HTMLElement} panel
 * @returns {{node: HTMLElement, set: (value: string, counts: Record<string, number>) => void}}
 */
export function tabList(label, tabs, onChoose, panel) {
  panel.id ||= uniqueId("panel");
  panel.setAttribute("role", "tabpanel");
  const counts = tabs.map(() => element("span", { class: "compexp-tab-count" }));
  const nodes = tabs.map(({ value, text, wide, rest, title }, place) =>
    element(
      "button",
      { type: "button", role: "tab", class: "compexp-tab", id: uniqueId("tab"), title, "aria-controls": panel.id, on: { click: () => onChoose(value) } },
      element("span", {}, text, wide ? element("span", { class: "compexp-wide" }, wide) : null, rest),
      counts[place],
    ),
  );
  const node = element("div", { class: "compexp-tabs", role: "tablist", "aria-label": label }, ...nodes);
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const place = nodes.indexOf(/** @type {any} */ (event.target));
    const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: nodes.length - 1 });
    if (place < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const target = (steps[event.key] + nodes.length) % nodes.length;
    nodes[target].focus();
    onChoose(tabs[target].value);
  });
  return {
    node,
    set: (chosen, numbers) => {
      tabs.forEach(({ value }, place) => {
        nodes[place].setAttribute("aria-selected", String(value === chosen));
        nodes[place].tabIndex = value === chosen ? 0 : -1;
        counts[place].textContent = Number.isFinite(numbers[value]) ? formatCount(numbers[value]) : "";
        if (value === chosen) panel.setAttribute("aria-labelledby", nodes[place].id);
      });
    },
  };
}
