/**
 * Completing concept names in a formula while it is typed. Pure: text and caret in, spans and suggestions out.
 *
 * The grammar is that of `compexp_widgets.formula`: operators in capitals, parentheses, and names that are either bare
 * (words separated by single blanks, none of them an operator) or in double quotes with backslash escapes.
 */

const OPERATORS = ["OR", "AND", "NOT", "NEIGHBORS", "HYPERNYM"];

/**
 * @typedef {object} Token
 * @property {"operator" | "paren" | "name"} kind
 * @property {number} start
 * @property {number} end one past the last character
 * @property {string} name what the name says, unquoted; the characters themselves for other kinds
 */

/**
 * The pieces of a formula's text; text that is not a formula is cut up all the same.
 *
 * @param {string} text
 * @returns {Token[]}
 */
export function tokenise(text) {
  /** @type {Token[]} */
  const tokens = [];
  const piece = /"(?:[^"\\]|\\.)*"?|[()]|[^\s()"]+/gsu;
  for (const { 0: found, index: start } of text.matchAll(piece)) {
    const end = start + found.length;
    const last = tokens.at(-1);
    if (found === "(" || found === ")") tokens.push({ kind: "paren", start, end, name: found });
    else if (OPERATORS.includes(found)) tokens.push({ kind: "operator", start, end, name: found });
    else if (found.startsWith('"')) tokens.push({ kind: "name", start, end, name: unquote(found) });
    else if (last?.kind === "name" && text[last.start] !== '"') {
      last.end = end;
      last.name = text.slice(last.start, end);
    } else tokens.push({ kind: "name", start, end, name: found });
  }
  return tokens;
}

/**
 * The name that is being typed at the caret: what it says so far, and the span that a chosen name replaces.
 *
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, end: number, query: string}} an empty span at the caret where no name is begun
 */
export function nameAt(text, caret) {
  const token = tokenise(text).find(({ start, end }) => start < caret && caret <= end);
  if (!token || token.kind === "paren") return { start: caret, end: caret, query: "" };
  if (token.kind === "operator") return { start: caret, end: caret, query: "" };
  const typed = text.slice(token.start, caret);
  const query = typed.startsWith('"') ? unquote(caret < token.end ? typed : text.slice(token.start, token.end)) : typed;
  return { start: token.start, end: token.end, query: query.trim() };
}

/**
 * Whether a name can stand at this place: at the start, after an operator or after an opening parenthesis.
 *
 * @param {string} text
 * @param {number} start
 */
export function nameMayStart(text, start) {
  const before = tokenise(text.slice(0, start)).at(-1);
  return !before || before.kind === "operator" || before.name === "(";
}

/**
 * @typedef {object} Match
 * @property {number} index into the list of names
 * @property {number} at where in the name the query was found
 */

/**
 * The names that contain the query, whole names first, then prefixes, then beginnings of words, then the rest; the order
 * of `names` within each. An empty query gives the first names.
 *
 * @param {string[]} names
 * @param {string} query case does not matter
 * @param {number} [limit]
 * @returns {Match[]}
 */
export function matchNames(names, query, limit = 8) {
  const wanted = query.toLowerCase();
  const beginning = new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(wanted)}`, "u");
  /** @type {Match[][]} */
  const ranks = [[], [], [], []];
  names.forEach((name, index) => {
    const candidate = name.toLowerCase();
    const at = candidate.indexOf(wanted);
    if (at < 0) return;
    const startsWord = at === 0 ? at : candidate.search(beginning);
    if (candidate === wanted) ranks[0].push({ index, at });
    else if (at === 0) ranks[1].push({ index, at });
    else if (startsWord > 0) ranks[2].push({ index, at: startsWord });
    else ranks[3].push({ index, at });
  });
  return ranks.flat().slice(0, limit);
}

/**
 * The text with a span replaced by a name, quoted where needed, and where the caret then stands.
 *
 * @param {string} text
 * @param {{start: number, end: number}} span
 * @param {string} name
 * @returns {{text: string, caret: number}}
 */
export function insertName(text, span, name) {
  const before = text.slice(0, span.start);
  const after = text.slice(span.end);
  const lead = before !== "" && !/[\s(]$/.test(before) ? " " : "";
  const tail = after !== "" && !/^[\s)]/.test(after) ? " " : "";
  const inserted = lead + quoteName(name);
  return { text: before + inserted + tail + after, caret: before.length + inserted.length };
}

/**
 * A name as it stands in a formula: in double quotes when the bare name would be read as something else.
 *
 * @param {string} name
 */
export function quoteName(name) {
  const words = name.split(" ");
  const bare = words.every((word) => word !== "" && !OPERATORS.includes(word)) && !/[()"\\\p{C}]|[^\S ]/u.test(name);
  if (bare) return name;
  const escaped = name.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** @param {string} quoted */
function unquote(quoted) {
  const closed = quoted.length > 1 && /(?<!\\)(?:\\\\)*"$/.test(quoted.slice(1));
  const inside = quoted.slice(1, closed ? -1 : undefined);
  const letters = /** @type {Record<string, string>} */ ({ n: "\n", r: "\r", t: "\t" });
  return inside.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu, (found, short, long, letter) => {
    if (letter !== undefined) return letters[letter] ?? letter;
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : found;
  });
}

/** @param {string} text */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
