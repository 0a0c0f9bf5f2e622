import type { Store } from '../../engine/store.ts';
import type { Run } from '../scenario/run.ts';
import type { FloorUseSoFar } from './shop/floor-use.ts';

/** What the page knows of a store before the first scene; see the server's `/live/model`. */
export interface LiveModel {
  readonly run: Run;
  readonly store: {
    readonly products: Store['products'];
  };
  readonly pace: { readonly speed: number; readonly isPaused: boolean };
  readonly nowUs: number;
  readonly fromUs: number | null;
  readonly isOver: boolean;
  /** Whether what really happened is told of. */
  readonly hasTruth: boolean;
  /** Whether recordings may be dropped onto the page. */
  readonly takesRecordings: boolean;
  /** Whether guests may be sent in and sensors broken. */
  readonly canIntervene: boolean;
  /** Whether a gateway answers beside the page, with orders, payments and reviews. */
  readonly hasGateway: boolean;
}

export async function fetchModel(): Promise<LiveModel> {
  const reply = await fetch('live/model');
  if (!reply.ok) throw new Error(`live/model: found status ${reply.status}, expected 200`);
  return (await reply.json()) as LiveModel;
}

/** How the floor was used before the page was opened. */
export async function fetchFloor(): Promise<FloorUseSoFar> {
  const reply = await fetch('live/floor');
  if (!reply.ok) throw new Error(`live/floor: found status ${reply.status}, expected 200`);
  return (await reply.json()) as FloorUseSoFar;
}
