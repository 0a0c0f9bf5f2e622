/**
 * Constants of the joint attribution. "Seen" figures were measured on development scenarios (thirty, behaviours,
 * populations at low seeds) with the engine's own tracks; the others are physics or commissioning figures.
 */

/** Relative spread of lot weights about the catalogue's (commissioning figure, 1.5 %). */
export const LOT_SPREAD = 0.015;
/** Least spread between items of one product, grams, where the catalogue says less. */
export const MIN_ITEM_SD_GRAMS = 0.3;
/** What a neighbouring cell feels of a load, mean and SD (trace: −12.9 and −5.8 g beside −623 g). */
export const CROSS_TALK = 0.015;
export const CROSS_TALK_SD = 0.006;
/** A cell below this share of its heavier neighbour is only felt, not pressed. */
export const FELT_SHARE = 0.045;
/** Error of a measured weight beyond noise, share: gain and placing. */
export const GAIN_SD = 0.0005;

/** Hands are looked at from this long before a change to this long after it. */
export const HAND_BEFORE_US = 300_000;
export const HAND_AFTER_US = 150_000;
/** SD of a hand about the package it moves: along, into and above the shelf, metres (seen: 5 cm at the 95th percentile). */
export const HAND_SD_M = [0.04, 0.05, 0.05] as const;
/** A doer's hands were not seen, or seen elsewhere only, in one of a hundred changes (seen); log. */
export const HAND_MISSED_LOG = -4.6;
/** Nobody known did it, against a hand in the right place; log. */
export const NOBODY_LOG = -9;
/** Farthest a head stands from the front edge of what its hands move, and its softness, metres (seen: 0.46 at most). */
export const REACH_M = 0.9;
export const REACH_SD_M = 0.12;
/** Part of the hand evidence that counts where bodies compete: sightings of one reach are not independent. */
export const BODIES_WITHIN_M = 2.5;

/** n + 1 items in one grasp are this often as likely as n. */
export const MORE_ITEM_SHARE = 0.25;
export const MOST_ITEMS = 12;
/** Prior of taking what another shopper left there, against what belongs there. */
export const FOREIGN_LOG = Math.log(0.3);
/** Prior that a slot holds its neighbour's product instead of its own (commissioning figure: 2 % of slots are swapped). */
export const SWAPPED_SLOT_PROB = 0.02;
/** Prior of a product that nobody is known to have left there, each. */
export const STRAY_LOG = Math.log(2e-5);
/** Density of a change no product explains, per gram; log. */
export const UNKNOWN_LOG = Math.log(1e-7);
/** Taking more than the books say is there: opening stock is miscounted by one in a tenth of the slots. */
export const OVERDRAWN_LOG = [Math.log(0.06), Math.log(0.002)] as const;
/**
 * Of what somebody holds, the kind taken last goes back most often (seen: 8 of 17, 3 of 10 and 69 of 72 in thirty, behaviours
 * and populations; each suite counts the same); each kind before it less.
 */
export const LAST_TAKEN_SHARE = 0.62;
export const EARLIER_KIND_SHARE = 0.4;
/**
 * Where things are put back: in their own slot; where the same shopper took something else that is still in hand; the rest is
 * spread over this many metres of shelf (seen, mean of the three suites: what was taken last 0.62, 0.17, 0.21; what was taken
 * before it 0.22, 0.78 and 0).
 */
export const PUT_SHARES = {
  last: { home: 0.62, visited: 0.16 },
  earlier: { home: 0.23, visited: 0.7 },
} as const;
export const ELSEWHERE_M = 6;
/** A weight that nobody was seen to hold, per gram: a hand that leans on the shelf, or something brought in; log. */
export const UNSEEN_PUT_LOG = Math.log(3e-6);
/** Two different products moved in one go rather than one, log. */
export const MIXED_LOG = Math.log(0.01);

/** Whole hypotheses kept at most, and how far behind the best, log. */
export const BEAM_WIDTH = 32;
export const BEAM_LOG = 9;
/** A trip less likely than this to have a body is left out. */
export const MIN_TRIP_SHARE = 0.01;
/** Who is this much less likely to have done something than the likeliest is left out. */
export const LEAST_DOER_PROB = 5e-4;

/** A hand-over takes both a reach and a moment's hold: looks (0.1 s) with a hand between the two for it to count (seen: 13 at least). */
export const MEETING_LEAST_LOOKS = 12;
/** What was taken before is this much less likely in the hand than what was taken after it. */
export const EARLIER_SHARE = 0.4;
/** How often who bends down to the floor where something was left takes it, before the bend itself is looked at. */
export const PICKED_UP_PROB = 0.5;
/** What hands did away from scales is weighed when the changes before it have settled. */
export const HAND_EVENT_AFTER_US = 2_000_000;

/** What staff take is theirs to pay, or goes to the stockroom (even odds, a little towards paying); more of it after it likewise. */
export const STAFF_BUYS_PROB = 0.58;
export const STAFF_BUYS_AGAIN_PROB = 0.5;
export const STAFF_BUYS_WITHDRAWN_PROB = 0.05;
