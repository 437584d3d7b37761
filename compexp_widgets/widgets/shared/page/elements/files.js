/** Text and tables leave the page: copied, or saved as files. */

/**
 * Copies text, also where a notebook server is reached over plain http and browsers hide their clipboard.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** @param {string} text */
function copyBySelection(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.style.cssText = "position:fixed;top:0;left:0;opacity:0";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}

/**
 * Hands the person a file, made in the page.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function saveFile(name, type, text) {
  save(name, new Blob([text], { type }));
}

/**
 * Hands the person a file that came from the kernel.
 *
 * @param {string} name
 * @param {string} type
 * @param {DataView} bytes
 */
export function saveBytes(name, type, bytes) {
  save(name, new Blob([new Uint8Array(/** @type {ArrayBuffer} */ (bytes.buffer), bytes.byteOffset, bytes.byteLength)], { type }));
}

/**
 * @param {string} name
 * @param {Blob} file
 */
function save(name, file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * A table as CSV that a spreadsheet reads as data (RFC 4180): no cell starts a spreadsheet formula.
 *
 * The whole file, with a header line and CRLF line ends.
 *
 * @param {string[]} header
 * @param {(string | number | boolean | null | undefined)[][]} rows
 */
export function toCsv(header, rows) {
  return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

/**
 * One cell. Numbers are written as they are; text that a spreadsheet would run as a formula gets an apostrophe in front.
 *
 * @param {string | number | boolean | null | undefined} cell
 */
export function csvCell(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const value = String(cell);
  const safe = /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
