import { calibrationError, type Outcome, percentile, reviewsPer1000, riskArea } from './calibration.ts';
import { addClear, type ClearCounts, clearOf, noClear } from './clear.ts';
import { addHota, type HotaCounts, hotaOf, noHota } from './hota.ts';
import { addIdentity, type IdentityCounts, idf1Of, noIdentity } from './identity.ts';

/** Units of one SKU over carts: in truth, and Σ of |pred − truth|, min and max of both. */
export type SkuCounts = readonly [truth: number, difference: number, least: number, most: number];

/** Sums behind the scores of one run: plain data, so that runs can be pooled by adding up. */
export interface ScoreCounts {
  /** F1 of each case (one per run; empty receipts for empty truth = 1); empty without a scored cart. */
  readonly caseF1: readonly number[];
  /** Scored carts, those exact, those in review, those final, and the final ones that are exact. */
  readonly carts: number;
  readonly exact: number;
  readonly review: number;
  readonly final: number;
  readonly exactFinal: number;
  /** Trips without any cart, carts with lines that no trip explains, and drafts of people who had left. */
  readonly missing: number;
  readonly phantom: number;
  readonly unsettled: number;
  /** Units over (cart, SKU): in both, in carts, in truth. */
  readonly tp: number;
  readonly predicted: number;
  readonly truth: number;
  readonly overMinor: number;
  readonly underMinor: number;
  /** Units that left the store and stand in nobody's cart. */
  readonly leaked: number;
  readonly skus: Readonly<Record<string, SkuCounts>>;
  /** (cart, SKU) pairs of truth, and those that stand in the cart in any quantity. */
  readonly listed: number;
  readonly listedFound: number;
  /** Shelf changes: in truth, reported, matched, with the right product and count, and with the right owner too. */
  readonly truthChanges: number;
  readonly changes: number;
  readonly matchedChanges: number;
  readonly productRight: number;
  readonly ownerRight: number;
  readonly lineOutcomes: readonly Outcome[];
  readonly cartOutcomes: readonly Outcome[];
  /** True exit to settlement, seconds. */
  readonly delaySeconds: readonly number[];
  readonly hota: HotaCounts;
  readonly clear: ClearCounts;
  readonly identity: IdentityCounts;
}

type Score = number | null;

/** Scores by their public names; all fractions but units, money, seconds and counts; null = undefined. */
export interface Scores {
  /** Units charged rightly among units charged, micro over receipts: TP = min(pred, truth) per cart and SKU (AutoCheckout MPS, section 4.4). */
  readonly itemPrecision: Score;
  /** Units charged rightly among units carried out. */
  readonly itemRecall: Score;
  /** 2·TP / (pred + truth). */
  readonly itemF1: Score;
  /** Mean over cases of the case's F1, 1 where receipt and truth are both empty (AutoCheckout competition 2020). */
  readonly caseF1: Score;
  /** Carts with every SKU's count exact, empty ones included (cAcc of RPC, Wei et al. 2019). */
  readonly exactCartRate: Score;
  /** Σ max(0, pred − truth) and Σ max(0, truth − pred), units. */
  readonly overchargedUnits: number;
  readonly underchargedUnits: number;
  /** Reported shelf changes that happened / happened ones that were reported: same shelf and sign, within 3 s, one to one. */
  readonly changePrecision: Score;
  readonly changeRecall: Score;
  /** Right SKU and count among matched changes (item identification of AIM3S, BuildSys 2019). */
  readonly productAccuracy: Score;
  /** Right owner among changes with the right product (AutoCheckout MPS: correct associations / correct products). */
  readonly associationAccuracy: Score;
  /** Expected calibration error of line confidences against "this SKU's quantity is exactly right", 10 equal-mass bins. */
  readonly calibrationError: Score;
  /** Carts in review among carts. */
  readonly reviewRate: Score;
  /** Exact carts among those final without review. */
  readonly autoExactRate: Score;
  /** True exit to settlement. */
  readonly receiptDelaySecondsP50: Score;
  readonly receiptDelaySecondsP95: Score;
  /** On the floor, match at 0.5 m: Luiten et al. 2021, Bernardin & Stiefelhagen 2008, Ristani et al. 2016. */
  readonly hota: Score;
  readonly mota: Score;
  readonly idf1: Score;

  readonly detA: Score;
  readonly assA: Score;
  readonly locA: Score;
  readonly motp: Score;
  readonly idSwitches: number;
  readonly fragments: number;
  readonly mostlyTracked: number;
  readonly mostlyLost: number;
  /** Mean over carts of Σ|pred − truth| (RPC's average counting distance). */
  readonly acd: Score;
  /** Mean over SKUs of Σ|pred − truth| / Σtruth (RPC). */
  readonly mccd: Score;
  /** Mean over SKUs of Σmin / Σmax (RPC). */
  readonly mciou: Score;
  /** SKUs carried out that stand in the cart in any quantity (PACK-RMPF, Sensors 2024). */
  readonly shoppingListRecall: Score;
  /** The same as `calibrationError`; and that of cart confidences against exact carts. */
  readonly lineEce: Score;
  readonly cartEce: Score;
  /** Areas under the risk–coverage curves. */
  readonly lineRiskArea: Score;
  readonly cartRiskArea: Score;
  /** Carts per 1,000 to review, least confident first, so that 99 % of the rest are exact. */
  readonly reviewsPer1000: Score;
  /** Money charged too much and too little, minor units of the store's currency. */
  readonly overchargedMinor: number;
  readonly underchargedMinor: number;
  /** Units that left the store and stand in nobody's cart, per SKU over the whole run. */
  readonly leakedUnits: number;
  /** Carts settled within 1 s after the true exit; one before it is a fault, not a quick receipt. */
  readonly finalAtExitRate: Score;
  readonly missingCarts: number;
  readonly phantomCarts: number;
  /** Drafts of people who had left: in no other score, so read those beside this. */
  readonly unsettledCarts: number;
}

export type ScoreName = keyof Scores;

const ratio = (part: number, whole: number): Score => (whole > 0 ? part / whole : null);
const mean = (values: readonly number[]): Score =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

/** F1 of units; null without any. */
export const f1Of = (tp: number, predicted: number, truth: number): Score => ratio(2 * tp, predicted + truth);

export const noCounts = (): ScoreCounts => ({
  caseF1: [],
  ...{ carts: 0, exact: 0, review: 0, final: 0, exactFinal: 0, missing: 0, phantom: 0, unsettled: 0 },
  ...{ tp: 0, predicted: 0, truth: 0, overMinor: 0, underMinor: 0, leaked: 0, skus: {}, listed: 0, listedFound: 0 },
  ...{ truthChanges: 0, changes: 0, matchedChanges: 0, productRight: 0, ownerRight: 0 },
  ...{ lineOutcomes: [], cartOutcomes: [], delaySeconds: [] },
  ...{ hota: noHota(), clear: noClear(), identity: noIdentity() },
});

function addSkus(all: readonly ScoreCounts[]): Record<string, SkuCounts> {
  const sums = new Map<string, [number, number, number, number]>();
  for (const { skus } of all) {
    for (const [sku, counts] of Object.entries(skus)) {
      const sum = sums.get(sku) ?? [0, 0, 0, 0];
      sums.set(sku, sum);
      counts.forEach((count, k) => {
        sum[k] += count;
      });
    }
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type PlainCount = {
  [K in keyof ScoreCounts]: ScoreCounts[K] extends number ? K : never;
}[keyof ScoreCounts];

const plainCounts = Object.entries(noCounts())
  .filter(([, value]) => typeof value === 'number')
  .map(([name]) => name as PlainCount);

/** Adds up the counts of several runs. */
export function addCounts(all: readonly ScoreCounts[]): ScoreCounts {
  const sums = Object.fromEntries(
    plainCounts.map((name) => [name, all.reduce((sum, counts) => sum + counts[name], 0)]),
  ) as Record<PlainCount, number>;
  return {
    ...sums,
    caseF1: all.flatMap((counts) => counts.caseF1),
    skus: addSkus(all),
    lineOutcomes: all.flatMap((counts) => counts.lineOutcomes),
    cartOutcomes: all.flatMap((counts) => counts.cartOutcomes),
    delaySeconds: all.flatMap((counts) => counts.delaySeconds),
    hota: all.reduce((sum, counts) => addHota(sum, counts.hota), noHota()),
    clear: all.reduce((sum, counts) => addClear(sum, counts.clear), noClear()),
    identity: all.reduce((sum, counts) => addIdentity(sum, counts.identity), noIdentity()),
  };
}

/** Delay up to which a receipt counts as there at the exit, seconds. */
const AT_EXIT_SECONDS = 1;

function itemScores(c: ScoreCounts) {
  const skus = Object.values(c.skus);
  return {
    itemPrecision: ratio(c.tp, c.predicted),
    itemRecall: ratio(c.tp, c.truth),
    itemF1: f1Of(c.tp, c.predicted, c.truth),
    caseF1: mean(c.caseF1),
    exactCartRate: ratio(c.exact, c.carts),
    overchargedUnits: c.predicted - c.tp,
    underchargedUnits: c.truth - c.tp,
    overchargedMinor: c.overMinor,
    underchargedMinor: c.underMinor,
    leakedUnits: c.leaked,
    acd: ratio(c.predicted + c.truth - 2 * c.tp, c.carts),
    mccd: mean(skus.filter(([truth]) => truth > 0).map(([truth, difference]) => difference / truth)),
    mciou: mean(skus.filter(([, , , most]) => most > 0).map(([, , least, most]) => least / most)),
    shoppingListRecall: ratio(c.listedFound, c.listed),
  };
}

function trustScores(c: ScoreCounts) {
  const lineEce = calibrationError(c.lineOutcomes);
  return {
    calibrationError: lineEce,
    lineEce,
    cartEce: calibrationError(c.cartOutcomes),
    lineRiskArea: riskArea(c.lineOutcomes),
    cartRiskArea: riskArea(c.cartOutcomes),
    reviewsPer1000: reviewsPer1000(c.cartOutcomes),
    reviewRate: ratio(c.review, c.review + c.final),
    autoExactRate: ratio(c.exactFinal, c.final),
    receiptDelaySecondsP50: percentile(c.delaySeconds, 0.5),
    receiptDelaySecondsP95: percentile(c.delaySeconds, 0.95),
    finalAtExitRate: ratio(
      c.delaySeconds.filter((delay) => delay >= 0 && delay <= AT_EXIT_SECONDS).length,
      c.delaySeconds.length,
    ),
    missingCarts: c.missing,
    phantomCarts: c.phantom,
    unsettledCarts: c.unsettled,
  };
}

function trackingScores({ hota, clear, identity }: ScoreCounts) {
  const seen = clear.tp + clear.fn + clear.fp > 0;
  const { hota: headline, detA, assA, locA } = hotaOf(hota);
  return {
    ...(seen ? { hota: headline, detA, assA, locA } : { hota: null, detA: null, assA: null, locA: null }),
    ...clearOf(clear),
    idf1: idf1Of(identity),
    idSwitches: clear.idSwitches,
    fragments: clear.fragments,
    mostlyTracked: clear.mostlyTracked,
    mostlyLost: clear.mostlyLost,
  };
}

/** Scores of one run or of several pooled ones. */
export function poolScores(all: readonly ScoreCounts[]): Scores {
  const c = addCounts(all);
  return {
    ...itemScores(c),
    changePrecision: ratio(c.matchedChanges, c.changes),
    changeRecall: ratio(c.matchedChanges, c.truthChanges),
    productAccuracy: ratio(c.productRight, c.matchedChanges),
    associationAccuracy: ratio(c.ownerRight, c.productRight),
    ...trustScores(c),
    ...trackingScores(c),
  };
}
