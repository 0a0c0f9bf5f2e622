/** What sensors may see of the world at one tick. Written by the world, read by the sensors; shared, never copied. */

export interface Body {
  /** Index into `run.shoppers`. */
  readonly shopperIndex: number;
  /** False outside the store and inside zones out of every camera's sight. */
  visible: boolean;
  /** False before arrival and after leaving. */
  present: boolean;
  xM: number;
  yM: number;
  /** Radians, counter-clockwise from +x. */
  headingRad: number;
  readonly heightM: number;
  /** Radius of the body on the floor. */
  readonly radiusM: number;
  /** x, y, z of the head's centre. */
  readonly headInWorldM: Float64Array;
  /** 2 × xyz: left, right hand. */
  readonly handsInWorldM: Float64Array;
}

/** Credential shown at a gate at this tick. */
export interface GateEvent {
  readonly gateId: string;
  readonly event: 'entry' | 'refused' | 'exit';
  readonly credential: string | null;
  readonly admits: number;
}

export interface WorldView {
  readonly timeUs: number;
  /** One per `run.shoppers`, same order. */
  readonly bodies: readonly Body[];
  /**
   * True load of every cell, grams: items that rest on it, the mass of a lifted item leaving over `liftUs`.
   * Cells are numbered through `run.scales` in order; see `cellOffset`.
   */
  readonly loadGrams: Float64Array;
  /** Extra force of hands on each cell at this tick, grams; 0 where nobody touches. */
  readonly pressGrams: Float64Array;
  /** Index of the first cell of each scale unit in `run.scales`. */
  readonly cellOffset: Int32Array;
  /** Openness 0..1 of each fixture's door in `run.store.fixtures` order; 1 where there is none. */
  readonly doorOpen: Float32Array;
  /** Gate events of this tick. */
  readonly gateEvents: readonly GateEvent[];
}
