/** Formulas as the mock kernels have them: names and operators in turn, read from the left. */

import { quoteName, tokenise } from "../../compexp_widgets/widgets/shared/page/formula/completion.js";
import { CONCEPTS } from "./mock_world.js";

export function packBits(mask) {
  const bytes = new Uint8Array(Math.ceil(mask.length / 8));
  mask.forEach((value, index) => (bytes[index >> 3] |= value << (7 - (index & 7))));
  return bytes;
}

export function dropLeaves(parts, indices) {
  const kept = [];
  parts.forEach((name, place) => {
    if (place % 2 === 1 || indices.includes(place / 2)) return;
    if (kept.length > 0) kept.push(parts[place - 1]);
    kept.push(name);
  });
  return kept;
}

export function readParts(text) {
  const parts = [];
  for (const { kind, name } of tokenise(text)) {
    if (kind === "paren") continue;
    if (kind === "operator" && name === "NOT" && parts.at(-1) === "AND") parts[parts.length - 1] = "AND NOT";
    else parts.push(name);
  }
  return parts;
}

export function print(parts) {
  return tokens(parts).map(({ kind, text }) => (kind === "operator" ? ` ${text} ` : text)).join("");
}

export function tokens(parts) {
  const mixed = parts.length > 3 && parts[1] === "OR" && parts[3] !== "OR";
  const list = [];
  parts.forEach((part, place) => {
    if (place % 2 === 1) list.push({ kind: "operator", text: part });
    else {
      const category = CONCEPTS.find(({ name }) => name === part)?.category ?? "";
      list.push({ kind: "leaf", index: place / 2, text: quoteName(part), name: part, category, negated: parts[place - 1] === "AND NOT" });
    }
  });
  if (mixed) {
    list.unshift({ kind: "paren", text: "(" });
    list.splice(4, 0, { kind: "paren", text: ")" });
  }
  return list;
}
