/** Where the blanks of an English sentence stand, given its tokens. Pure. */

const NO_BLANK_BEFORE = /^(?:[.,;:!?%)\]}…]+|n[’']t|[’'](?:s|m|d|re|ve|ll)?)$/i;
const NO_BLANK_AFTER = /^[([{$£€#]$/;

/**
 * Whether a blank stands before each token.
 *
 * @param {string[]} tokens
 * @returns {boolean[]}
 */
export function blanksBefore(tokens) {
  let quoted = false;
  let glued = true;
  return tokens.map((token) => {
    const quote = token === '"' || token === "``" || token === "''";
    const closes = quote && quoted;
    const blank = !glued && !closes && !NO_BLANK_BEFORE.test(token);
    if (quote) quoted = !quoted;
    glued = NO_BLANK_AFTER.test(token) || (quote && quoted);
    return blank;
  });
}

/**
 * A sentence as a person would type it.
 *
 * @param {string[]} tokens
 */
export function sentenceText(tokens) {
  const blanks = blanksBefore(tokens);
  return tokens.map((token, place) => (blanks[place] ? ` ${token}` : token)).join("");
}

/**
 * Neighbouring tokens that the same leaves of a formula are marked with, as one piece of text each.
 *
 * @param {string[]} tokens
 * @param {number[][]} marks for each token, which leaves it makes true
 * @returns {{text: string, leaves: number[]}[]}
 */
export function sentencePieces(tokens, marks) {
  const blanks = blanksBefore(tokens);
  /** @type {{text: string, leaves: number[]}[]} */
  const pieces = [];
  tokens.forEach((token, place) => {
    const leaves = marks[place] ?? [];
    const last = pieces.at(-1);
    const same = last !== undefined && last.leaves.length === 0 && leaves.length === 0;
    const blank = blanks[place] ? " " : "";
    if (same) last.text += blank + token;
    else {
      // A blank belongs to the unmarked text beside it, or stands alone between two marks.
      if (blank && last && last.leaves.length === 0) last.text += blank;
      else if (blank && leaves.length > 0) pieces.push({ text: blank, leaves: [] });
      pieces.push({ text: leaves.length > 0 ? token : blank + token, leaves });
    }
  });
  return pieces;
}
