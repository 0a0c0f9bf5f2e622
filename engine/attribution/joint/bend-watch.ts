import type { FixtureOutlines } from './fixture-outlines.ts';
import type { BodyHands } from './meeting-watch.ts';

/** One body that bent down low and came up again. */
export interface Bend {
  readonly trackId: number;
  readonly fromUs: number;
  readonly toUs: number;
  /** Lowest head height as a share of the standing one. */
  readonly lowestShare: number;
  /** Lowest hand seen outside all fixtures, world metres; the head's place on the floor where none was. */
  readonly inWorldM: readonly [number, number, number];
}

interface Row {
  standingM: number;
  lastUs: number;
  bend: { fromUs: number; lowestShare: number; inWorldM: readonly [number, number, number] } | null;
}

/** A head below this share of its height is bent, and above the second one up again. */
const BENT_SHARE = 0.75;
const UP_SHARE = 0.82;
/** What counts as standing follows the highest seen, and forgets it by this much per look, metres. */
const FORGOTTEN_M = 0.002;
/** Unseen for this long, a bend is over. */
const LOST_US = 1_000_000;

/** Follows how low heads go. */
export class BendWatch {
  readonly #outlines: FixtureOutlines;
  readonly #rows = new Map<number, Row>();

  constructor(outlines: FixtureOutlines) {
    this.#outlines = outlines;
  }

  /** Takes one look at all bodies; gives the bends that are over. */
  look(bodies: readonly BodyHands[], nowUs: number): Bend[] {
    const over: Bend[] = [];
    for (const body of bodies) {
      const { trackId, headM } = body;
      let row = this.#rows.get(trackId);
      if (row === undefined) this.#rows.set(trackId, (row = { standingM: headM, lastUs: nowUs, bend: null }));
      row.standingM = Math.max(headM, row.standingM - FORGOTTEN_M);
      row.lastUs = nowUs;
      const share = headM / row.standingM;
      if (row.bend === null && share < BENT_SHARE) {
        row.bend = { fromUs: nowUs, lowestShare: share, inWorldM: [body.xM, body.yM, headM] };
      }
      if (row.bend === null) continue;
      row.bend.lowestShare = Math.min(row.bend.lowestShare, share);
      this.#lowest(row.bend, body);
      if (share < UP_SHARE) continue;
      over.push({ trackId, toUs: nowUs, ...row.bend });
      row.bend = null;
    }
    for (const [trackId, { lastUs }] of this.#rows) if (nowUs - lastUs > LOST_US) this.#rows.delete(trackId);
    return over;
  }

  #lowest(bend: NonNullable<Row['bend']>, { rows }: BodyHands): void {
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const [x, y, z] = [rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
      if (z < bend.inWorldM[2] && !this.#outlines.covers(x, y, 0)) bend.inWorldM = [x, y, z];
    }
  }
}
