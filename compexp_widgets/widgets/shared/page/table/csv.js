/** A table as CSV that a spreadsheet reads as data: RFC 4180 quoting, and no cell that starts a spreadsheet formula. */

/**
 * The whole file, with a header line and CRLF line ends.
 *
 * @param {string[]} header
 * @param {(string | number | null | undefined)[][]} rows
 */
export function toCsv(header, rows) {
  return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

/**
 * One cell. Numbers are written as they are; text that a spreadsheet would run as a formula gets an apostrophe in front.
 *
 * @param {string | number | null | undefined} value
 */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
