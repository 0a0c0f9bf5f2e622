import type { Outcome } from '../score/calibration.ts';

/** Outcomes of about one raw probability, pooled. */
export interface Block {
  /** Mean raw probability. */
  readonly raw: number;
  readonly count: number;
  readonly right: number;
}

/** Each block's share that came true is read with this many more outcomes, half of them right (Jeffreys' prior). */
const PRIOR = 1;

/** Share that came true, held away from 0 and 1 where a block is small. */
export const shareOf = ({ count, right }: Pick<Block, 'count' | 'right'>): number =>
  (right + PRIOR / 2) / (count + PRIOR);

const joined = (a: Block, b: Block): Block => {
  const count = a.count + b.count;
  return { raw: (a.raw * a.count + b.raw * b.count) / count, count, right: a.right + b.right };
};

/** Outcomes in order of raw probability, equal ones together, at least `least` to a block. */
export function blocksOf(outcomes: readonly Outcome[], least: number): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let last = Number.NaN;
  for (const [raw, right] of outcomes.toSorted((a, b) => a[0] - b[0])) {
    const one = { raw, count: 1, right };
    if (open !== null && open.count >= least && raw !== last) {
      blocks.push(open);
      open = null;
    }
    open = open === null ? one : joined(open, one);
    last = raw;
  }
  if (open !== null) {
    const before = blocks.at(-1);
    // What is left over is no block of its own.
    if (before && open.count < least) blocks[blocks.length - 1] = joined(before, open);
    else blocks.push(open);
  }
  return blocks;
}

/** Pools neighbours until shares rise (pool adjacent violators, Ayer et al. 1955; Zadrozny & Elkan 2002). */
export function pooledAdjacent(blocks: readonly Block[]): Block[] {
  const rising: Block[] = [];
  for (const block of blocks) {
    let next = block;
    while (rising.length > 0 && shareOf(rising.at(-1)!) >= shareOf(next)) next = joined(rising.pop()!, next);
    rising.push(next);
  }
  return rising;
}

/** Log loss of a block whose share stands for all of it, summed over its outcomes. */
function lossOf(block: Block): number {
  const share = shareOf(block);
  return -(block.right * Math.log(share) + (block.count - block.right) * Math.log(1 - share));
}

/** Joins the neighbours whose joining costs least log loss until at most `most` blocks are left; shares keep rising. */
export function thinned(blocks: readonly Block[], most: number): Block[] {
  const kept = [...blocks];
  while (kept.length > most) {
    let [cheapest, cost] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i + 1 < kept.length; i++) {
      const more = lossOf(joined(kept[i]!, kept[i + 1]!)) - lossOf(kept[i]!) - lossOf(kept[i + 1]!);
      if (more < cost) [cheapest, cost] = [i, more];
    }
    kept.splice(cheapest, 2, joined(kept[cheapest]!, kept[cheapest + 1]!));
  }
  return kept;
}
