import type { Store } from '../../engine/store.ts';
import type { Gallery } from '../../models/product-recogniser/gallery.ts';
import type { PictureModel } from '../../simulator/render/picture-model.ts';

/** What a picture worker knows from its start. */
export interface PictureWorkerData {
  /** For drawing: the truth. */
  readonly model: PictureModel;
  /** For looking: what the engine is told. */
  readonly store: Store;
  /** What hands may hold is recognised with this; null leaves it. */
  readonly gallery: Gallery | null;
  readonly slots: SharedArrayBuffer;
  readonly slotCount: number;
}

/** A picture to be drawn into a slot: the simulator's side. */
export interface DrawOrder {
  readonly slot: number;
  readonly camera: number;
  readonly frame: number;
  readonly timeUs: number;
  /** The world at that time, in shared memory. */
  readonly snapshot: Float32Array;
  readonly isFogged: boolean;
}

/** A picture to be looked at: the engine's side. Says where it lies and whose it is, nothing of what it shows. */
export interface LookOrder {
  readonly slot: number;
  readonly camera: number;
  readonly frame: number;
}

export type PictureTask =
  | { readonly kind: 'draw'; readonly orders: readonly DrawOrder[] }
  | { readonly kind: 'look'; readonly orders: readonly LookOrder[] };
