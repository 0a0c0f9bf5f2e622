/** What really happened: from the simulator to bench, to a recording's own channels and to the viewer. Never to the engine. */

/** One thing that happened to goods or people. Places are slot ids, `floor`, `elsewhere` or shopper keys. */
export type TruthEvent =
  | {
      readonly kind: 'entered';
      readonly timeUs: number;
      readonly shopper: string;
      readonly party: string;
      /** Opaque credential as the gate saw it; null for a tailgater. Shared by a party. */
      readonly credential: string | null;
      readonly role: 'shopper' | 'staff';
    }
  | { readonly kind: 'left'; readonly timeUs: number; readonly shopper: string }
  | {
      /**
       * An item moved. `timeUs` is when its mass left or arrived. A shelf slot on either side makes it a shelf change;
       * shopper to shopper is a hand-over.
       */
      readonly kind: 'moved';
      readonly timeUs: number;
      readonly sku: string;
      readonly itemId: number;
      readonly grams: number;
      readonly from: string;
      readonly to: string;
      /** Whose hands moved it. */
      readonly by: string;
      /** Movements with the same number belong to one grasp (several items at once). */
      readonly grasp: number;
    }
  | { readonly kind: 'touched'; readonly timeUs: number; readonly slot: string; readonly by: string }
  | {
      readonly kind: 'skipped';
      readonly timeUs: number;
      readonly shopper: string;
      readonly action: number;
      readonly reason: string;
    };

/** Where everyone was at one moment (10 Hz). */
export interface TruthPose {
  readonly timeUs: number;
  /** Index into the run's shoppers of each present body. */
  readonly shopperIndex: Int32Array;
  /** n × 9: head xyz, left hand xyz, right hand xyz, world metres; the body stands under its head. */
  readonly inWorldM: Float32Array;
  /** n × 2: body on the floor. */
  readonly onFloorM: Float32Array;
}

/** What one trip should be charged, at the end of the run. */
export interface TruthCart {
  /** Key of the trip's first member. */
  readonly shopper: string;
  readonly members: readonly string[];
  readonly credential: string | null;
  readonly role: 'shopper' | 'staff';
  readonly enteredAtUs: number;
  /** When the last member left; null = still inside at the end (unscored). */
  readonly exitedAtUs: number | null;
  /** SKU → items of the store's stock carried out (or consumed inside), sorted by SKU. */
  readonly lines: readonly { readonly sku: string; readonly count: number }[];
}
