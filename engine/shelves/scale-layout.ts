import type { Fixture, ScaleUnit, Shelf, Slot, Store } from '../store.ts';

/** Where one scale unit's cells are in the world and which slots stand on each of them. */
export interface ScaleLayout {
  readonly unit: ScaleUnit;
  readonly unitIndex: number;
  /** cells × 3: middle of the stretch of shelf that each cell carries, world metres. */
  readonly cellsInWorldM: Float64Array;
  /** Slots that stand on each cell, left to right. */
  readonly slotsByCell: readonly (readonly Slot[])[];
}

/** A slot stands on a cell if they share more than this part of the narrower one; ours, for rounded offsets. */
const MIN_OVERLAP = 0.05;

/** Layouts of all scale units in the store's order; throws where a unit names a shelf the store does not have. */
export function scaleLayouts(store: Store): ScaleLayout[] {
  const places = new Map<string, { fixture: Fixture; shelf: Shelf }>();
  for (const fixture of store.fixtures) {
    for (const shelf of fixture.shelves) places.set(shelf.id, { fixture, shelf });
  }
  return store.scales.map((unit, unitIndex) => {
    const place = places.get(unit.shelfId);
    if (!place) throw new Error(`scale ${unit.id}: found shelf ${unit.shelfId}, expected a shelf of the store`);
    return {
      unit,
      unitIndex,
      cellsInWorldM: cellsInWorld(unit, place.fixture, place.shelf),
      slotsByCell: slotsByCell(unit, store.slots),
    };
  });
}

function cellsInWorld(unit: ScaleUnit, fixture: Fixture, shelf: Shelf): Float64Array {
  const out = new Float64Array(unit.cells.length * 3);
  const outX = Math.cos(fixture.facingRad);
  const outY = Math.sin(fixture.facingRad);
  unit.cells.forEach((cell, i) => {
    // A shopper facing the shelf looks against the front's normal, so "right" is the normal turned by +90°.
    const alongM = (cell.fromM + cell.toM) / 2 - fixture.lengthM / 2;
    out[i * 3] = fixture.atM[0] - outY * alongM - (outX * shelf.depthM) / 2;
    out[i * 3 + 1] = fixture.atM[1] + outX * alongM - (outY * shelf.depthM) / 2;
    out[i * 3 + 2] = shelf.heightM;
  });
  return out;
}

function slotsByCell(unit: ScaleUnit, slots: readonly Slot[]): Slot[][] {
  const onShelf = slots.filter((slot) => slot.shelfId === unit.shelfId).sort((a, b) => a.fromM - b.fromM);
  return unit.cells.map((cell) =>
    onShelf.filter((slot) => {
      const sharedM = Math.min(slot.toM, cell.toM) - Math.max(slot.fromM, cell.fromM);
      return sharedM > MIN_OVERLAP * Math.min(slot.toM - slot.fromM, cell.toM - cell.fromM);
    }),
  );
}
