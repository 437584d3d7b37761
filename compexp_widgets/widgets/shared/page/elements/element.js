/** Making elements. Data from the kernel only ever becomes text nodes and attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on` maps event names to listeners; `true` sets an empty attribute;
 *   `false`, `null` and `undefined` leave it out; all else becomes the attribute's text.
 * @param {...(Node | string | null | undefined | false)} children strings become text nodes
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/**
 * An SVG element; arguments as for `element`.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function svgElement(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

/** A number that no other element of the page carries in its id. */
let lastId = 0;

/**
 * An id for `aria-controls` and its kin, unique among all widgets of this module.
 *
 * @param {string} stem
 */
export function uniqueId(stem) {
  lastId += 1;
  return `compexp-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

/**
 * @param {Element} node
 * @param {Record<string, any>} attributes
 * @param {(Node | string | null | undefined | false)[]} children
 */
function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, /** @type {any} */ (listener));
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}
