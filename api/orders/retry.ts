/** Waits before the next attempt at an order, then it is stuck: some 20 hours in all. */
const WAITS_MS = [1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600].map((seconds) => seconds * 1000);

/** After this many failures in a row a retailer is left alone for a while. */
const OPEN_AFTER = 5;
const OPEN_MS = 30_000;

/** The wait after so many failed attempts, up to a fifth longer so that not all come back at once; null: give up. */
export function nextWaitMs(attempts: number, retryAfterMs: number | null, random: () => number): number | null {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return null;
  return Math.max(Math.round(wait * (1 + random() / 5)), retryAfterMs ?? 0);
}

/** Per retailer: whether it is worth asking now. */
export class Circuit {
  readonly #failures = new Map<string, { count: number; openUntilMs: number }>();

  /** When it may be asked again, or null: now. */
  openUntilMs(retailerId: string, nowMs: number): number | null {
    const { openUntilMs = 0 } = this.#failures.get(retailerId) ?? {};
    return openUntilMs > nowMs ? openUntilMs : null;
  }

  succeeded(retailerId: string): void {
    this.#failures.delete(retailerId);
  }

  /** Once open, the first call after the pause decides alone. */
  failed(retailerId: string, nowMs: number): void {
    const count = (this.#failures.get(retailerId)?.count ?? 0) + 1;
    this.#failures.set(retailerId, { count, openUntilMs: count >= OPEN_AFTER ? nowMs + OPEN_MS : 0 });
  }
}
