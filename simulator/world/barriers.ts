import type { Run } from '../scenario/run.ts';

/** The scenario's `sync` barriers. The k-th use of a name by one shopper meets the k-th use of it by the others. */
export class Barriers {
  private readonly expected = new Map<string, number>();
  private readonly arrived = new Map<string, Set<number>>();
  private readonly keys = new Map<number, readonly (string | null)[]>();

  constructor(run: Run) {
    run.shoppers.forEach((shopper, index) => {
      if (!shopper.actions.some((action) => action.sync !== null)) return;
      const uses = new Map<string, number>();
      const keys = shopper.actions.map(({ sync }) => {
        if (sync === null) return null;
        const use = (uses.get(sync) ?? 0) + 1;
        uses.set(sync, use);
        const key = `${sync}#${use}`;
        this.expected.set(key, (this.expected.get(key) ?? 0) + 1);
        return key;
      });
      this.keys.set(index, keys);
    });
  }

  /** A shopper stands at the barrier of its action, or will never come to it. */
  arrive(shopperIndex: number, action: number): void {
    const key = this.keys.get(shopperIndex)?.[action];
    if (!key) return;
    const there = this.arrived.get(key);
    if (there) there.add(shopperIndex);
    else this.arrived.set(key, new Set([shopperIndex]));
  }

  /** True when all who share the barrier have come or given up. */
  isOpen(shopperIndex: number, action: number): boolean {
    const key = this.keys.get(shopperIndex)?.[action];
    return !key || (this.arrived.get(key)?.size ?? 0) >= this.expected.get(key)!;
  }

  /** Nobody waits for this shopper any more. */
  giveUp(shopperIndex: number): void {
    this.keys.get(shopperIndex)?.forEach((_, action) => {
      this.arrive(shopperIndex, action);
    });
  }
}
