/**
 * Constants of the noise-aware detection of changes. Figures marked "trace" come from the real 17 s recording of 240
 * plates at 60 Hz (AutoCheckout competition 2020): SD of 1 s windows 0.9 g at the median and 13.6 g at worst, lifts of
 * 50 ms after a press of 50 g, vibration bursts of 1 to 4 s around 8 and 17 Hz, neighbours moving by 1 to 2 %.
 */

/** Samples are looked at in blocks of this length: about one period of the shaking in a burst (trace). */
export const BLOCK_US = 100_000;
/** A load must hold for this many blocks before a disturbance is over; half the shortest dwell of a hand and press. */
export const FLAT_BLOCKS = 5;
/** Blocks kept for levels before and after. */
export const BLOCK_MEMORY = 64;
/** A level before a disturbance is taken over up to this many blocks of quiet: two periods of the slowest hum (trace). */
export const BEFORE_BLOCKS = 20;
/** Blocks left out just before a disturbance shows, for slow beginnings. */
export const GUARD_BLOCKS = 2;
/** A block this many SDs off its level is a disturbance. */
export const DISTURBED_SDS = 5;
/** And at least this far off, grams: a tenth of the lightest packages. */
export const DISTURBED_GRAMS = 2;
/** A settled difference counts from this many SDs on. */
export const CHANGED_SDS = 5;
/** And from this many grams on: below, nothing that is sold stands on a shelf; drift and creep stay under it for minutes. */
export const CHANGED_GRAMS = 5;
/** Halves of a flat stretch may differ by this much, grams, or by `FLAT_SDS` of their noise. */
export const FLAT_GRAMS = 1;
export const FLAT_SDS = 2.5;
/** Share of the shaking inside a block that is left in its mean: shaking at 8 and 17 Hz over 0.1 s. */
export const SHAKING_LEFT = 0.5;
/** A quiet level follows its load with this time constant: drift is grams per hour, a slow pull 5 g per second. */
export const FOLLOW_US = 4_000_000;
/** A disturbance that does not end is settled after this long with what is there. */
export const PATIENCE_US = 20_000_000;
/** A silence longer than this is a disturbance of its own. */
export const GAP_US = 1_000_000;
/** After a silence longer than this, drift could pass for goods: levels are taken afresh. */
export const STALE_US = 300_000_000;
/** Memory of samples, for the moment of a change; longer than `PATIENCE_US`. */
export const SAMPLES_US = 30_000_000;
