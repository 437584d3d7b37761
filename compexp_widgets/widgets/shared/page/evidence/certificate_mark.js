/** What was looked at before the layer was probed, in a few words beside the title; the rest to hover. */

import { element } from "../elements/element.js";

/**
 * @param {{words: string, details: string, held: boolean} | undefined} certificate as the kernel tells it
 */
export function certificateMark(certificate) {
  if (!certificate) return "";
  return element("span", { class: "compexp-caption compexp-certificate", title: certificate.details, tabindex: 0 }, certificate.words);
}
