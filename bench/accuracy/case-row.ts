import type { CartStatus } from '../../engine/cart.ts';
import type { WrongLine } from '../score/wrong-lines.ts';

/** One scored receipt. */
export interface CartRow {
  readonly status: CartStatus;
  readonly confidence: number;
  readonly exact: boolean;
  /** Units charged too many and too few. */
  readonly over: number;
  readonly under: number;
  /** True exit to settlement, seconds. */
  readonly delaySeconds: number | null;
}

/** One line of a scored receipt. */
export interface LineRow {
  readonly confidence: number;
  readonly right: boolean;
  /** Somebody of another party stood where they could have done it. */
  readonly contested: boolean;
}

/** What one method made of one scenario with one seed: plain data, small enough to keep. */
export interface CaseRow {
  readonly method: string;
  readonly file: string;
  readonly seed: number;
  readonly scenario: string;
  /** People who came in. */
  readonly people: number;
  readonly verdict: 'pass' | 'fail';
  readonly failures: readonly string[];
  /** Null where no cart was scored. */
  readonly caseF1: number | null;
  /** Every cart exact and none missing. */
  readonly perfect: boolean;
  readonly units: {
    readonly tp: number;
    readonly predicted: number;
    readonly truth: number;
    readonly leaked: number;
  };
  readonly changes: {
    readonly truth: number;
    readonly reported: number;
    readonly matched: number;
    readonly productRight: number;
    readonly ownerRight: number;
  };
  readonly carts: readonly CartRow[];
  readonly lines: readonly LineRow[];
  /** Trips without a cart: late receipts, all of them. */
  readonly missing: number;
  readonly engineSeconds: number;
  /** Engine time each shelf change took on top of a turn without one, µs, one per turn that reported any. */
  readonly changeUs: readonly number[];
  readonly wrongLines: readonly WrongLine[];
}
