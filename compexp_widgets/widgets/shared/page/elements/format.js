/** Numbers as a person reads them: `.142`, `+.024`, `14 %`, `9,031,680`, `about 5 s`. */

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/**
 * A score between 0 and 1 with three decimals and no leading zero: `.142`, `1.00`; `–` for what is not a number.
 *
 * @param {number | null | undefined} score
 */
export function formatScore(score) {
  if (score === null || score === undefined || !Number.isFinite(score)) return "–";
  if (Math.abs(score) >= 0.9995) return score.toFixed(2);
  const text = score.toFixed(3).replace(/^(-?)0\./, "$1.");
  return text === "-.000" ? ".000" : text.replace("-", "−");
}

/**
 * A difference of scores with its sign: `+.024`, `−.003`, `.000`.
 *
 * @param {number | null | undefined} gain
 */
export function formatGain(gain) {
  const text = formatScore(gain);
  return text === "–" || text === ".000" || /** @type {number} */ (gain) < 0 ? text : `+${text}`;
}

/**
 * A share of one as a percentage: `14 %`, `0.5 %`, `under 0.1 %`.
 *
 * @param {number} share
 */
export function formatPercent(share) {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.095) return "under 0.1 %";
  if (percent < 9.95) return `${Number(percent.toFixed(1))} %`;
  if (percent >= 99.5 && percent < 100) return "over 99 %";
  return `${percent.toFixed(0)} %`;
}

/**
 * A whole number with separators: `9,031,680`.
 *
 * @param {number} count
 */
export function formatCount(count) {
  return Number.isFinite(count) ? counts.format(count) : "–";
}

/**
 * `1 picture`, `1,203 pictures`.
 *
 * @param {number} count
 * @param {string} noun
 */
export function formatPlural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * An activation: two decimals below 100, none above.
 *
 * @param {number | null} activation
 */
export function formatActivation(activation) {
  if (activation === null || !Number.isFinite(activation)) return "–";
  return (Math.abs(activation) >= 100 ? counts.format(activation) : activation.toFixed(2)).replace("-", "−");
}

/**
 * A quantile without a leading zero and without trailing ones: `.005`, `.0125`.
 *
 * @param {number} quantile
 */
export function formatQuantile(quantile) {
  return String(Number(quantile.toPrecision(6))).replace(/^0\./, ".");
}

/**
 * What somebody typed as a quantile; `.005`, `0,005` and `0.5 %` all mean 0.005. `null` when it is no number.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseQuantile(text) {
  const match = /^\s*(\d*[.,]?\d+)\s*(%?)\s*$/.exec(text);
  if (!match) return null;
  const value = Number(match[1].replace(",", ".")) / (match[2] ? 100 : 1);
  return Number.isFinite(value) ? value : null;
}

/**
 * How long something still takes: `about 5 s`, `about 3 min`.
 *
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  if (seconds < 1) return "less than a second";
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/**
 * How long something took: `12 ms`, `1.4 s`.
 *
 * @param {number | null} seconds
 */
export function formatPace(seconds) {
  if (seconds === null) return "–";
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}

/**
 * A file's name where there is little room: without folders and ending; of a long one the end, which tells files apart.
 *
 * @param {string} name
 */
export function shortName(name) {
  const stem = (name.split("/").at(-1) ?? name).replace(/\.[^.]{1,5}$/, "");
  return stem.length > 14 ? `…${stem.slice(-9)}` : stem;
}

/**
 * A weight or another number with its sign and two decimals: `+1.20`, `−.34`.
 *
 * @param {number} value
 */
export function formatSigned(value) {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(2).replace(/^0\./, ".");
  return text === ".00" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/**
 * A probability with two decimals, and never as certain as none is: `.03`, `under .01`, `over .99`.
 *
 * @param {number} probability
 */
export function formatProbability(probability) {
  if (!Number.isFinite(probability)) return "–";
  if (probability < 0.005) return "under .01";
  if (probability >= 0.995) return "over .99";
  return probability.toFixed(2).replace(/^0/, "");
}
