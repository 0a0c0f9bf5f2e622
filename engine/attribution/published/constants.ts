/** Constants of the MPS baseline (AutoCheckout 2020 winner, §4 and code), then our own for its probabilities. */

/** Share of a product's score that comes from the plates the change fell on; the rest comes from its weight (MPS). */
export const ARRANGEMENT_WEIGHT = 0.8;
/** SD of a measured change and of a product's weight, grams (MPS). */
export const EVENT_SIGMA_GRAMS = 10;
export const PRODUCT_SIGMA_GRAMS = 10;
/** Least change of an event, and of a part of one (MPS). */
export const MIN_CHANGE_GRAMS = 10;
/** A pick below this share of the product's weight is no pick (MPS). */
export const MIN_PICK_SHARE = 0.4;
/** A put-back below this share of the product's weight is none (MPS). */
export const MIN_PUT_BACK_SHARE = 0.75;
/** A plate takes part in a change from this share of the shelf's lightest product on (MPS). */
export const ACTIVE_PLATE_SHARE = 1 / 3;
/** Hands and heads with a lower score are not looked at (MPS). */
export const MIN_JOINT_SCORE = 0.8;

/** Ours: a neighbouring plate feels up to this share of a change; measured 1 to 2 % on a real gondola. */
export const CROSS_TALK_SHARE = 0.05;
/** Ours: hands seen this long before or after the change count; MPS reads the nearest frame of a 10 Hz stream. */
export const HAND_WINDOW_US = 250_000;
/** Ours: distance over which a rival's share falls by e; about the scatter of hand positions seen by two cameras. */
export const OWNER_SCALE_M = 0.15;
/** Ours: bodies less likely than this, measured against the nearest, are no rivals; 1.4 m farther away. */
export const MIN_RIVAL_WEIGHT = 1e-4;
/** Ours: nobody known is as likely as a body at this distance; a head above a bottom shelf is 1.5 m away. */
export const NOBODY_AT_M = 2;
/** Ours: difference of product score over which a rival product's share falls by e. */
export const SCORE_SCALE = 0.05;
/** Ours: relative spread of lot weights about the catalogue's (commissioning figure, 1.5 %). */
export const LOT_SPREAD = 0.015;
/** Ours: how likely a change is that no listed product explains, against a perfect fit. */
export const UNKNOWN_PRODUCT = 0.02;
/** Ours: products whose share is listed beside the chosen one. */
export const MAX_RIVAL_PRODUCTS = 5;
/** Ours: staff put back from their own cart only what fits this well, else they restock; both sigmas together. */
export const STAFF_FIT_GRAMS = EVENT_SIGMA_GRAMS + PRODUCT_SIGMA_GRAMS;
/** Ours, for weight alone: n + 1 items at once are this often as likely as n, or light products would fit anything. */
export const MORE_ITEM_SHARE = 0.3;

/** The constants that a search may change. */
export interface PublishedConstants {
  readonly arrangementWeight: number;
  readonly eventSigmaGrams: number;
  readonly productSigmaGrams: number;
  readonly minChangeGrams: number;
  readonly minPickShare: number;
  readonly minPutBackShare: number;
  readonly activePlateShare: number;
  readonly crossTalkShare: number;
  readonly minJointScore: number;
  readonly handWindowUs: number;
  readonly ownerScaleM: number;
  readonly nobodyAtM: number;
  readonly scoreScale: number;
  readonly lotSpread: number;
  readonly unknownProduct: number;
  readonly moreItemShare: number;
}

export const PUBLISHED: PublishedConstants = {
  arrangementWeight: ARRANGEMENT_WEIGHT,
  eventSigmaGrams: EVENT_SIGMA_GRAMS,
  productSigmaGrams: PRODUCT_SIGMA_GRAMS,
  minChangeGrams: MIN_CHANGE_GRAMS,
  minPickShare: MIN_PICK_SHARE,
  minPutBackShare: MIN_PUT_BACK_SHARE,
  activePlateShare: ACTIVE_PLATE_SHARE,
  crossTalkShare: CROSS_TALK_SHARE,
  minJointScore: MIN_JOINT_SCORE,
  handWindowUs: HAND_WINDOW_US,
  ownerScaleM: OWNER_SCALE_M,
  nobodyAtM: NOBODY_AT_M,
  scoreScale: SCORE_SCALE,
  lotSpread: LOT_SPREAD,
  unknownProduct: UNKNOWN_PRODUCT,
  moreItemShare: MORE_ITEM_SHARE,
};
