import type { Keep, ProductPlan } from '../scenario/run.ts';
import type { Footprint } from './cell-loads.ts';

/** An item on a shelf: which slot and facing, where exactly, and what it rests on. */
export interface ShelfSpot {
  /** Index of the slot in the layout. */
  readonly slot: number;
  readonly facing: number;
  /** Middle of the item from the shelf's left end, and its width along the shelf as it stands or lies. */
  alongM: number;
  widthM: number;
  /** Middle of the item from the shelf's front edge. */
  intoM: number;
  /** Lower face above the board. */
  upM: number;
  footprint: Footprint;
}

/** Where an item is; exactly one of these. `gone` = eaten, carried out, or in the stockroom. */
export type ItemPlace =
  | { readonly at: 'shelf'; readonly spot: ShelfSpot }
  | { readonly at: 'person'; readonly shopperIndex: number; keep: Keep; hand: 0 | 1 }
  | { readonly at: 'floor'; readonly xM: number; readonly yM: number }
  | { readonly at: 'gone' };

/** One thing with its own weight. */
export interface Item {
  readonly id: number;
  readonly product: ProductPlan;
  /** What is left of it, grams. */
  grams: number;
  place: ItemPlace;
  /** Party that carried it in from outside, or null for the store's own stock. */
  broughtBy: string | null;
  /** Staff took it off the shelf for the stockroom: charged to nobody. */
  withdrawn: boolean;
  /** Trip that was charged for it because someone ate of it; it is charged only once. */
  chargedTo: string | null;
  /** The opened multipack it came out of, or null. */
  readonly pack: OpenedPack | null;
}

/** A multipack opened inside the store. */
export interface OpenedPack {
  readonly sku: string;
  readonly singleSku: string;
  /** Party of who opened it. */
  readonly openedBy: string;
  /** Parties that left with a part of it or ate of it, with the number of singles. */
  readonly keptBy: Map<string, number>;
}
