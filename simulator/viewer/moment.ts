import type { TrackLink } from '../../api/live.ts';
import type { Cart } from '../../engine/index.ts';

/** One body as the engine has it: where, and whose cart it probably fills. */
export interface TrackedBody {
  readonly trackId: number;
  readonly xM: number;
  readonly yM: number;
  readonly link: TrackLink | null;
  /** Cart of its likeliest trip. */
  readonly cart: Cart | null;
}

/** What the panels show: the store at one moment. */
export interface Moment {
  readonly timeUs: number;
  readonly isLive: boolean;
  readonly isPlaying: boolean;
  readonly bodies: readonly TrackedBody[];
  readonly carts: readonly Cart[];
}
