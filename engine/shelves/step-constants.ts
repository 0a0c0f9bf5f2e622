/**
 * Every constant of step detection. "MPS" is the winner of the AutoCheckout competition 2020 (Multi-Person Shopping,
 * Carnegie Mellon), whose windows are 60, 30 and 30 samples at 60 Hz; here they are times, so any rate will do.
 */

/** Length of the window that mean and SD are taken over: 60 samples at 60 Hz (MPS). */
export const WINDOW_US = 1_000_000;
/** A window is active while the SD of the unit's summed load is above this (MPS). */
export const ACTIVE_SD_GRAMS = 20;
/** An activity counts only if windows stayed active this long: 30 samples at 60 Hz (MPS). */
export const ACTIVE_FOR_US = 500_000;
/** Windows must stay quiet this long before an activity is over: 30 samples at 60 Hz (MPS). */
export const QUIET_FOR_US = 500_000;
/** Least difference between the quiet windows before and after that is a change (MPS). */
export const MIN_CHANGE_GRAMS = 10;

/** Ours: how far before the activity's start its "before" window ends, so that a light item's own step is not in it. */
export const BEFORE_GUARD_US = 500_000;
/** Ours: a disturbance that lasts this long is settled without waiting for quiet, if its level holds. */
export const FORCE_AFTER_US = 20_000_000;
/** Ours: and this long whether its level holds or not. */
export const FORCE_ALWAYS_US = 40_000_000;
/** Ours: length of each of the two windows whose levels must agree to settle a lasting disturbance. */
export const FORCE_WINDOW_US = 2_000_000;
/** Ours: a silence longer than this ends a window; the levels on its two sides are compared like quiet windows. */
export const GAP_US = 1_000_000;
/** Ours: after a silence longer than this drift may exceed `MIN_CHANGE_GRAMS`: the level is taken afresh. */
export const STALE_US = 300_000_000;
/** Memory of samples; longer than any activity that can still be open. */
export const HISTORY_US = 90_000_000;
/** Ours: a unit without a sample for this long is blind. Batches come every 0.2 s and may be 1 s late. */
export const BLIND_US = 3_000_000;
