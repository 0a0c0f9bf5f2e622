import type { Door, Store } from '../store.ts';

/** A door as a stretch of the store's outline with an inward direction. */
export interface Doorway {
  /** Place in the store's list. */
  readonly index: number;
  readonly gateId: string | null;
  readonly lets: { readonly in: boolean; readonly out: boolean };
  readonly xM: number;
  readonly yM: number;
  readonly halfWidthM: number;
  /** Unit vector into the store. */
  readonly inX: number;
  readonly inY: number;
}

/** The doors of a store; each stands on the nearest side of the outline, which gives its inward direction. */
export function doorwaysOf(store: Store): Doorway[] {
  return store.doors.map((door, index) => doorwayOf(store, door, index));
}

function doorwayOf(store: Store, door: Door, index: number): Doorway {
  const [x, y] = door.atM;
  const [width, depth] = store.sizeM;
  const gaps = [Math.abs(x), Math.abs(width - x), Math.abs(y), Math.abs(depth - y)];
  const nearest = gaps.indexOf(Math.min(...gaps));
  const inX = nearest === 0 ? 1 : nearest === 1 ? -1 : 0;
  const inY = nearest === 2 ? 1 : nearest === 3 ? -1 : 0;
  return {
    index,
    gateId: door.gateId ?? null,
    lets: { in: door.use !== 'exit', out: door.use !== 'entry' },
    xM: x,
    yM: y,
    halfWidthM: door.widthM / 2,
    inX,
    inY,
  };
}

/** Signed distance inside the door's line, metres; negative outside. */
export function depthInside(door: Doorway, xM: number, yM: number): number {
  return (xM - door.xM) * door.inX + (yM - door.yM) * door.inY;
}

/** Distance along the wall from the door's middle, metres, unsigned. */
export function offsetAlong(door: Doorway, xM: number, yM: number): number {
  return Math.abs((xM - door.xM) * door.inY - (yM - door.yM) * door.inX);
}

/** Distance from the door's opening, metres. */
export function distanceToDoor(door: Doorway, xM: number, yM: number): number {
  const beside = Math.max(0, offsetAlong(door, xM, yM) - door.halfWidthM);
  const deep = depthInside(door, xM, yM);
  return Math.sqrt(beside * beside + deep * deep);
}
