const HOUR_US = 3.6e9;
const MINUTE_US = 60e6;
const LAMPS = 0.88;
const DAYLIGHT = 0.12;

/** Brightness of the shop at a time of day, 0..1: lamps, and what comes in at the doors. Changes once a minute. */
export function brightnessAt(clockStartUs: number, timeUs: number): number {
  const clock = Math.floor((clockStartUs + timeUs) / MINUTE_US) * MINUTE_US;
  const hour = (clock / HOUR_US) % 24;
  // From 6 to 20 o'clock, highest at 13.
  const height = 1 - ((hour - 13) / 7) * ((hour - 13) / 7);
  return LAMPS + DAYLIGHT * Math.max(0, height);
}
