/** A settled difference of load on one scale unit, before anyone asked what it was. */
export interface ShelfStep {
  /** Row in the store's `scales`. */
  readonly unitIndex: number;
  readonly scaleId: string;
  readonly shelfId: string;
  /** First and last moment at which the load was away from its old and its new level, event time. */
  readonly fromUs: number;
  readonly toUs: number;
  /** When the unit's summed load went from one level to the other. */
  readonly timeUs: number;
  /** Last sample that was needed to tell. */
  readonly settledUs: number;
  /** Sum over cells, after minus before. */
  readonly deltaGrams: number;
  /** Per cell, after minus before. */
  readonly cellDeltaGrams: Float64Array;
  /** Per cell, like `timeUs` for that cell alone. */
  readonly cellTimesUs: Float64Array;
  /** Per cell: SD of `cellDeltaGrams` from noise, 0 where it was not looked at; only of noise-aware detection. */
  readonly cellSdGrams?: Float64Array;
}
