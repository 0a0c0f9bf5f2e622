/** A rest between two changes lasts at least this many blocks; shorter ones are told apart by their cells alone. */
const LEAST_BLOCKS = 2;
/** A lift or a put is over within this many blocks (trace: 50 ms, with the press before it 0.3 s). */
const EDGE_BLOCKS = 4;
/** Each of the two changes is at least this much, grams, and this share of both together. */
const LEAST_GRAMS = 15;
const LEAST_SHARE = 0.08;
/** Blocks of a rest differ by no more than this, grams, or SDs. */
const REST_GRAMS = 1.5;
const REST_SDS = 2.5;

/**
 * The longest rest [from, to) of a load (grams per block) on its way from `before` to `after`, reached and left by
 * sharp changes in the same direction; null without one. A slow pull has no such rest.
 */
export function findPlateau(
  grams: readonly number[],
  before: number,
  after: number,
  sdGrams: number,
): { from: number; to: number } | null {
  const least = Math.max(LEAST_GRAMS, LEAST_SHARE * Math.abs(after - before), 6 * sdGrams);
  const rest = Math.max(REST_GRAMS, REST_SDS * sdGrams);
  const sign = Math.sign(after - before);
  let best: { from: number; to: number } | null = null;
  for (let from = 1; from < grams.length; from++) {
    let to = from + 1;
    let sum = grams[from]!;
    while (to < grams.length && Math.abs(grams[to]! - sum / (to - from)) < rest) sum += grams[to++]!;
    if (to - from < LEAST_BLOCKS) continue;
    const level = sum / (to - from);
    const isBetween = sign * (level - before) > least && sign * (after - level) > least;
    if (!isBetween) continue;
    const wasBefore = grams
      .slice(Math.max(0, from - EDGE_BLOCKS), from)
      .some((one) => sign * (one - before) < least / 2);
    const isAfter = grams.slice(to, to + EDGE_BLOCKS).some((one) => sign * (after - one) < least / 2);
    if (wasBefore && isAfter && (best === null || to - from > best.to - best.from)) best = { from, to };
    from = to - 1;
  }
  return best;
}
