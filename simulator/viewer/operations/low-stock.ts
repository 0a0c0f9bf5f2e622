import type { Claim, ShelfChange } from '../../../engine/index.ts';
import type { Run } from '../../scenario/run.ts';

/** A place with no more than this share of what it opened with is worth a note. */
const LOW_SHARE = 0.15;

/** A place that is, or is about to be, empty. */
export interface LowSlot {
  readonly slotId: string;
  readonly sku: string;
  readonly left: number;
}

/** Places that run empty by what the engine counted, emptiest first. */
export function lowStock(
  run: Run,
  claims: readonly Claim[],
  changes: ReadonlyMap<string, ShelfChange>,
  timeUs: number,
): LowSlot[] {
  const taken = new Map<string, number>();
  for (const { changeId, quantity, sku, timeUs: atUs } of claims) {
    const slotId = changes.get(changeId)?.slotId;
    if (!slotId || atUs > timeUs) continue;
    const key = `${slotId} ${sku}`;
    taken.set(key, (taken.get(key) ?? 0) + quantity);
  }
  return run.store.slots
    .flatMap(({ id, contents }) =>
      contents.map(({ sku, count }) => ({
        slotId: id,
        sku,
        count,
        left: Math.max(0, count - (taken.get(`${id} ${sku}`) ?? 0)),
      })),
    )
    .filter(({ left, count }) => left <= Math.max(1, LOW_SHARE * count))
    .sort((a, b) => a.left - b.left || (a.slotId < b.slotId ? -1 : 1))
    .map(({ slotId, sku, left }) => ({ slotId, sku, left }));
}
