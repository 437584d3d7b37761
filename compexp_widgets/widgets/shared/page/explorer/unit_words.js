/** What a unit is called. Pure. */

/**
 * @param {number} unit
 * @param {string[]} [names] of all units; none where they are channels
 */
export function unitTitle(unit, names = []) {
  const name = names[unit];
  return name ? `unit ${unit} · ${name}` : `unit ${unit}`;
}
