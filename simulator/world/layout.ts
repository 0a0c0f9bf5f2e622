import { cos, sin } from '../maths.ts';
import type { DoorPlan, FixturePlan, Run, ShelfPlan, SlotPlan } from '../scenario/run.ts';

/** An oriented box on the floor: centre, half extents, unit vector `u` along its length. Metres. */
export interface FloorBox {
  readonly xM: number;
  readonly yM: number;
  readonly ux: number;
  readonly uy: number;
  readonly halfLengthM: number;
  readonly halfDepthM: number;
}

/** A fixture on the floor. `u` runs along the front to the right as a shopper facing it sees it, `n` out of the front. */
export interface PlacedFixture extends FloorBox {
  readonly index: number;
  readonly plan: FixturePlan;
  readonly nx: number;
  readonly ny: number;
}

/** A slot and where it is. */
export interface PlacedSlot {
  readonly index: number;
  readonly plan: SlotPlan;
  readonly fixture: PlacedFixture;
  readonly shelf: ShelfPlan;
}

/** A door in the nearest wall; `n` points into the store. */
export interface PlacedDoor {
  readonly plan: DoorPlan;
  readonly xM: number;
  readonly yM: number;
  readonly nx: number;
  readonly ny: number;
  readonly widthM: number;
}

/** Walls stand outside the floor plan, this thick. */
export const WALL_M = 0.2;

/** The store's geometry and its addresses: fixtures, slots, doors, zones. */
export class Layout {
  readonly sizeM: readonly [number, number];
  readonly fixtures: readonly PlacedFixture[];
  readonly slots: readonly PlacedSlot[];
  readonly doors: readonly PlacedDoor[];
  readonly walls: readonly FloorBox[];
  readonly zones: Run['store']['zones'];
  private readonly slotsByAddress = new Map<string, PlacedSlot[]>();
  private readonly fixtureById = new Map<string, PlacedFixture>();

  constructor(run: Run) {
    const { store } = run;
    this.sizeM = store.sizeM;
    this.zones = store.zones;
    this.fixtures = store.fixtures.map(placeFixture);
    for (const fixture of this.fixtures) this.fixtureById.set(fixture.plan.id, fixture);
    this.slots = placeSlots(this.fixtures, store.slots);
    for (const slot of this.slots)
      for (const address of [slot.plan.id, slot.shelf.id, slot.fixture.plan.id]) this.address(address, slot);
    this.doors = store.doors.map((plan) => placeDoor(plan, store.sizeM));
    this.walls = buildWalls(store.sizeM, [...this.doors, ...zoneOpenings(store.zones, store.sizeM)]);
  }

  /** Slots at an address `fixture`, `fixture.shelf` or `fixture.shelf.slot`; empty when there is no such place. */
  slotsAt(address: string): readonly PlacedSlot[] {
    return this.slotsByAddress.get(address) ?? [];
  }

  fixture(id: string): PlacedFixture | undefined {
    return this.fixtureById.get(id) ?? this.slotsByAddress.get(id)?.[0]?.fixture;
  }

  door(id: string): PlacedDoor | undefined {
    return this.doors.find((door) => door.plan.id === id);
  }

  /** Writes x, y, z of a point on a slot's shelf: `alongM` from the shelf's left end, `intoM` from its front edge, `upM` above the board. */
  pointOnShelfInto(out: Float64Array, slot: PlacedSlot, alongM: number, intoM: number, upM: number): void {
    const { fixture, shelf } = slot;
    const along = alongM - fixture.halfLengthM;
    const { atM } = fixture.plan;
    out[0] = atM[0] + fixture.ux * along - fixture.nx * intoM;
    out[1] = atM[1] + fixture.uy * along - fixture.ny * intoM;
    out[2] = shelf.heightM + upM;
  }

  /** True inside the walls and outside every zone: where cameras may look. */
  inSight(xM: number, yM: number): boolean {
    if (xM < 0 || yM < 0 || xM > this.sizeM[0] || yM > this.sizeM[1]) return false;
    for (const zone of this.zones)
      if (xM >= zone.minM[0] && xM <= zone.maxM[0] && yM >= zone.minM[1] && yM <= zone.maxM[1]) return false;
    return true;
  }

  private address(address: string, slot: PlacedSlot): void {
    const there = this.slotsByAddress.get(address);
    if (there) there.push(slot);
    else this.slotsByAddress.set(address, [slot]);
  }
}

function placeFixture(plan: FixturePlan, index: number): PlacedFixture {
  const nx = cos(plan.facingRad);
  const ny = sin(plan.facingRad);
  const halfDepthM = plan.depthM / 2;
  return {
    index,
    plan,
    xM: plan.atM[0] - nx * halfDepthM,
    yM: plan.atM[1] - ny * halfDepthM,
    ux: -ny,
    uy: nx,
    nx,
    ny,
    halfLengthM: plan.lengthM / 2,
    halfDepthM,
  };
}

/** A shelf without a planogram (a ledge) gets one slot over its whole length, so that goods can be left on it. */
function placeSlots(fixtures: readonly PlacedFixture[], plans: readonly SlotPlan[]): PlacedSlot[] {
  const slots: PlacedSlot[] = [];
  const homes = new Map<string, { fixture: PlacedFixture; shelf: ShelfPlan }>();
  for (const fixture of fixtures) for (const shelf of fixture.plan.shelves) homes.set(shelf.id, { fixture, shelf });
  const used = new Set<string>();
  for (const plan of plans) {
    const home = homes.get(plan.shelfId);
    if (!home) throw new Error(`slot ${plan.id}: found shelf ${plan.shelfId}, expected a shelf of a fixture`);
    used.add(plan.shelfId);
    slots.push({ index: slots.length, plan, ...home });
  }
  for (const [shelfId, home] of homes) {
    if (used.has(shelfId)) continue;
    const { lengthM } = home.fixture.plan;
    const facings = Math.max(1, Math.floor(lengthM / 0.2));
    const empty = { contents: [], skus: [], facings, depth: 3 };
    slots.push({
      index: slots.length,
      plan: { id: `${shelfId}.1`, shelfId, fromM: 0, toM: lengthM, ...empty },
      ...home,
    });
  }
  return slots;
}

/** Snaps a door to the nearest wall. */
function placeDoor(plan: DoorPlan, sizeM: readonly [number, number]): PlacedDoor {
  const [x, y] = plan.atM;
  const [w, d] = sizeM;
  const gaps = [x, w - x, y, d - y];
  const wall = gaps.indexOf(Math.min(...gaps));
  const along = (value: number, size: number) => Math.min(Math.max(value, plan.widthM / 2), size - plan.widthM / 2);
  const base = { plan, widthM: plan.widthM };
  if (wall === 0) return { ...base, xM: 0, yM: along(y, d), nx: 1, ny: 0 };
  if (wall === 1) return { ...base, xM: w, yM: along(y, d), nx: -1, ny: 0 };
  if (wall === 2) return { ...base, xM: along(x, w), yM: 0, nx: 0, ny: 1 };
  return { ...base, xM: along(x, w), yM: d, nx: 0, ny: -1 };
}

type Opening = Omit<PlacedDoor, 'plan'>;

/** A zone that reaches outside the walls is entered through a metre of open wall. */
function zoneOpenings(zones: Run['store']['zones'], sizeM: readonly [number, number]): Opening[] {
  const openings: Opening[] = [];
  const [w, d] = sizeM;
  for (const { minM, maxM } of zones) {
    const xM = (Math.max(0, minM[0]) + Math.min(w, maxM[0])) / 2;
    const yM = (Math.max(0, minM[1]) + Math.min(d, maxM[1])) / 2;
    if (minM[0] < 0) openings.push({ xM: 0, yM, nx: 1, ny: 0, widthM: Math.min(1, maxM[1] - minM[1]) });
    if (maxM[0] > w) openings.push({ xM: w, yM, nx: -1, ny: 0, widthM: Math.min(1, maxM[1] - minM[1]) });
    if (minM[1] < 0) openings.push({ xM, yM: 0, nx: 0, ny: 1, widthM: Math.min(1, maxM[0] - minM[0]) });
    if (maxM[1] > d) openings.push({ xM, yM: d, nx: 0, ny: -1, widthM: Math.min(1, maxM[0] - minM[0]) });
  }
  return openings;
}

/** The four walls, left open at the doors. */
function buildWalls(sizeM: readonly [number, number], doors: readonly Opening[]): FloorBox[] {
  const [w, d] = sizeM;
  const walls: FloorBox[] = [];
  const build = (vertical: boolean, atM: number, lengthM: number, nx: number, ny: number) => {
    const gaps = doors
      .filter((door) => door.nx === nx && door.ny === ny)
      .map((door) => ({ middleM: vertical ? door.yM : door.xM, halfM: door.widthM / 2 }))
      .sort((a, b) => a.middleM - b.middleM);
    let fromM = -WALL_M;
    for (const { middleM, halfM } of [...gaps, { middleM: lengthM + WALL_M, halfM: 0 }]) {
      const halfLengthM = (middleM - halfM - fromM) / 2;
      const middle = fromM + halfLengthM;
      const place = vertical ? { xM: atM, yM: middle, ux: 0, uy: 1 } : { xM: middle, yM: atM, ux: 1, uy: 0 };
      if (halfLengthM > 0) walls.push({ ...place, halfLengthM, halfDepthM: WALL_M / 2 });
      fromM = Math.max(fromM, middleM + halfM);
    }
  };
  build(true, -WALL_M / 2, d, 1, 0);
  build(true, w + WALL_M / 2, d, -1, 0);
  build(false, -WALL_M / 2, w, 0, 1);
  build(false, d + WALL_M / 2, w, 0, -1);
  return walls;
}
