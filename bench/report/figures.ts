/** How numbers are written for people: the same in every table and plot. */

const DASH = '–';

/** A fraction as a percentage with one decimal; a dash where undefined. */
export function percent(value: number | null): string {
  return value === null ? DASH : `${(100 * value).toFixed(1)} %`;
}

/** A plain number, as many digits as it needs and no more. */
export function plain(value: number | null, digits = 3): string {
  if (value === null) return DASH;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

/** Event time as minutes, seconds and tenths; a dash where it did not happen. */
export function clock(timeUs: number | null): string {
  if (timeUs === null) return DASH;
  const tenths = Math.round(timeUs / 100_000);
  const seconds = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${seconds.toFixed(1).padStart(4, '0')}`;
}
